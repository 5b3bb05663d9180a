-- Emails wait in lines by who causes them: the next of somebody who causes many stands further back,
-- so that others' are not kept waiting.
alter table jobs
    add column sender uuid,
    add column queue_at timestamptz not null default clock_timestamp();
update jobs set queue_at = run_at where done_at is null;
drop index jobs_due;
create index jobs_due on jobs (kind, queue_at) where done_at is null;
create index jobs_of_sender on jobs (sender, queue_at) where done_at is null and sender is not null;

alter table users add column suspended_at timestamptz;

-- Names and titles with links, which nobody sees before a person has looked at them. What is released
-- for an account may be used by it from then on.
create table reviews (
    id uuid primary key,
    user_id uuid not null references users,
    event_id uuid references events,
    text text not null check (char_length(text) between 1 and 300),
    created_at timestamptz not null default now(),
    released_at timestamptz,
    constraint reviews_text_key unique (user_id, text)
);
create index reviews_held on reviews (created_at) where released_at is null;

-- What was done by `boxoffice admin`, and by whom.
create table admin_audit (
    id uuid primary key,
    at timestamptz not null default now(),
    by text not null check (char_length(by) between 1 and 100),
    act text not null check (act in ('list_held', 'release', 'suspend', 'unsuspend', 'show_order')),
    -- The review, account or order.
    subject uuid,
    reason text not null default ''
);
create index admin_audit_subject on admin_audit (subject);
