-- What is in each person's wallet: what they possess, and what they have on its way to someone.
-- Comps that wait for their guests were never in the wallet of who gave them.
create view wallet_tickets as
    select event_id, number, user_id, null::uuid as transfer_id from possessed_tickets
    union all
    select f.event_id, f.number, f.sender_id, f.id
    from transfers f
    join tickets t on t.event_id = f.event_id and t.number = f.number
    join orders o on o.id = t.order_id
    where f.state = 'pending' and (o.kind = 'purchase' or o.user_id <> f.sender_id);
