-- Parties that wait for tickets of a type that is sold out, first come first served by id. What is
-- offered to one is a pending order, which holds its tickets. A party that is closed waits no more:
-- it took its offer, let it go, let its time run out, or left.
create table waiting_parties (
    id uuid primary key,
    event_id uuid not null references events,
    ticket_type_id uuid not null,
    user_id uuid not null references users,
    quantity int not null check (quantity between 1 and 100),
    joined_at timestamptz not null default now(),
    order_id uuid unique references orders,
    closed_at timestamptz,
    foreign key (event_id, ticket_type_id) references ticket_types (event_id, id)
);
create unique index waiting_parties_one_each on waiting_parties (ticket_type_id, user_id)
    where closed_at is null;
create index waiting_parties_in_line on waiting_parties (event_id, id)
    where closed_at is null and order_id is null;

-- Whether tickets of a type could be bought now if there were any.
create function waiting_is_open(status text, ends_at timestamptz, sales_open boolean,
    sale_starts_at timestamptz, sale_ends_at timestamptz) returns boolean language sql volatile
    return status = 'published' and sales_open and ends_at > clock_timestamp()
        and coalesce(sale_starts_at <= clock_timestamp(), true)
        and coalesce(sale_ends_at > clock_timestamp(), true);

-- Tickets for an event that someone has bought or holds in a pending order, and not given back.
create function tickets_bought(of_event uuid, buyer uuid) returns int language sql stable
    return (select coalesce(sum(case o.kind when 'refund' then -l.quantity else l.quantity end), 0)::int
        from orders o join order_lines l on l.order_id = o.id
        where o.user_id = buyer and l.event_id = of_event
            and o.kind in ('purchase', 'refund') and o.state in ('paid', 'pending'));
