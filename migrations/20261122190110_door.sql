-- Staff are named by their address, so that adding one does not tell whether it has an account.
-- The account that proved to own the address is the one that may act.
alter table event_staff add column id uuid, add column email text;
update event_staff s set id = gen_random_uuid(), email = u.email from users u where u.id = s.user_id;
delete from event_staff where email is null;
alter table event_staff drop column user_id;
alter table event_staff
    alter column id set not null,
    alter column email set not null,
    add primary key (id),
    add constraint event_staff_email_key unique (event_id, email),
    add check (email = lower(btrim(email)) and char_length(email) <= 254);
create index event_staff_email on event_staff (email);

-- Everything that was shown at a door, once each, with the answer it got: sent again, it gets the
-- same one. `let_in` without an admission is a double entry, or one with a dead ticket, that a
-- scanner could not know of while it was offline.
create table scans (
    event_id uuid not null references events,
    nonce uuid not null,
    number int,
    verdict text not null check (verdict in ('valid', 'already_used', 'refunded', 'revoked',
        'transferred', 'wrong_event', 'not_a_ticket', 'not_yet')),
    answer jsonb not null,
    let_in boolean not null,
    gate text not null,
    scanned_by uuid not null references users,
    scanned_at timestamptz not null,
    recorded_at timestamptz not null default now(),
    primary key (event_id, nonce)
);
create index scans_disputed on scans (event_id, scanned_at) where let_in and verdict <> 'valid';
