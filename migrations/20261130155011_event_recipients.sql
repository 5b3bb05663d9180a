-- Everyone whom the news of an event concerns, each address once: whoever has a ticket that is valid
-- or on its way to someone, was sent one, has an order that is not decided yet (offers of the waiting
-- list are such orders), or waits for tickets. `relation` is the first of these that holds.
create view event_recipients as
select event_id, email, (array['holder', 'sent', 'ordering', 'waiting'])[min(relation)] as relation
from (
    select w.event_id, u.email, 1 as relation
    from wallet_tickets w
    join tickets t on t.event_id = w.event_id and t.number = w.number
        and t.state in ('valid', 'checked_in')
    join users u on u.id = w.user_id
    union all
    select event_id, recipient_email, 2 from transfers where state = 'pending'
    union all
    select l.event_id, u.email, 3
    from orders o
    join order_lines l on l.order_id = o.id
    join users u on u.id = o.user_id
    where o.state = 'pending'
    union all
    select w.event_id, u.email, 4
    from waiting_parties w
    join users u on u.id = w.user_id
    where w.closed_at is null and w.order_id is null
) concerned
where email is not null
group by event_id, email;

-- Emails about cancelled events name an address, as those about rescheduled ones do.
delete from jobs j using users u
where j.done_at is null and j.payload ->> 'letter' = 'event_cancelled'
    and u.id = (j.payload ->> 'user')::uuid and u.email is null;
update jobs j set payload = (j.payload - 'user')
    || jsonb_build_object('email', u.email, 'relation', 'holder')
from users u
where j.done_at is null and j.payload ->> 'letter' = 'event_cancelled'
    and u.id = (j.payload ->> 'user')::uuid;
