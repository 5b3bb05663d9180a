-- Who held a ticket when it died, so that they are told what became of it, and who refunded it.
alter table refunded_tickets
    add column holder_id uuid references users,
    add column refunded_by uuid not null references users;
create index refunded_tickets_holder on refunded_tickets (holder_id);
alter table revoked_tickets add column holder_id uuid references users;
create index revoked_tickets_holder on revoked_tickets (holder_id);

-- A buyer asks the holder of a gifted ticket to give it back. It counts while that holder has it.
create table give_back_requests (
    event_id uuid not null references events,
    number int not null,
    holder_id uuid not null references users,
    asked_at timestamptz not null default now(),
    primary key (event_id, number)
);

-- What a person has, or had until somebody else ended it: that they are told of.
create view possessed_tickets as
    select event_id, number, user_id from ticket_user
    union all select event_id, number, user_id from archived_ticket_user
    union all select event_id, number, holder_id from revoked_tickets where holder_id is not null
    union all select event_id, number, holder_id from refunded_tickets
        where holder_id is not null and holder_id <> refunded_by;
