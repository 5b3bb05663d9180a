-- What is left to do after an event was called off: every ticket goes back, in batches, each in a
-- transaction that also counts it here.
create table cancellations (
    event_id uuid primary key references events,
    cancelled_by uuid not null references users,
    total int not null check (total >= 0),
    done int not null default 0 check (done >= 0),
    finished_at timestamptz
);
create index cancellations_to_do on cancellations (event_id) where finished_at is null;

-- The guests that an organizer gave tickets to in one go. Those without a number wait for their
-- ticket, which `ticket_types.held` keeps for them.
create table comp_batches (
    id uuid primary key,
    event_id uuid not null references events,
    ticket_type_id uuid not null,
    given_by uuid not null references users,
    idempotency_key uuid not null,
    request_hash bytea not null check (octet_length(request_hash) = 32),
    total int not null check (total >= 1),
    done int not null default 0,
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    constraint comp_batches_key unique (given_by, idempotency_key),
    foreign key (event_id, ticket_type_id) references ticket_types (event_id, id),
    check (done between 0 and total)
);
create index comp_batches_to_do on comp_batches (created_at) where finished_at is null;
create index comp_batches_of_event on comp_batches (event_id);

create table comp_guests (
    batch_id uuid not null references comp_batches,
    place int not null,
    event_id uuid not null,
    name text not null check (char_length(name) between 1 and 100),
    email text not null check (email = lower(btrim(email)) and char_length(email) <= 254),
    number int,
    primary key (batch_id, place),
    constraint comp_guests_ticket unique (event_id, number)
);
