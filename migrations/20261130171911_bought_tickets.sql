-- How many tickets for an event somebody has bought or holds in a pending order, without those that
-- were refunded: what limits per person are judged by.
create view bought_tickets as
    select l.event_id, o.user_id,
        sum(case o.kind when 'refund' then -l.quantity else l.quantity end)::int as bought
    from orders o join order_lines l on l.order_id = o.id
    where o.kind in ('purchase', 'refund') and o.state in ('paid', 'pending')
    group by l.event_id, o.user_id;

create or replace function tickets_bought(of_event uuid, buyer uuid) returns int
    language sql stable
    return coalesce((select bought from bought_tickets
        where event_id = of_event and user_id = buyer), 0);
