-- Which orders use a promo code: those that are paid or may still be. A purchase that was refunded as
-- a whole gives its use back.
create view promo_uses as
    select o.id as order_id, o.promo_code_id, o.user_id
    from orders o
    where o.promo_code_id is not null and o.kind = 'purchase' and o.state in ('paid', 'pending')
        and (select sum(quantity) from order_lines where order_id = o.id)
            > (select coalesce(sum(l.quantity), 0) from orders r
                join order_lines l on l.order_id = r.id where r.purchase_id = o.id);

update promo_codes p set used = u.uses
from (select p.id, count(u.order_id)::int as uses
    from promo_codes p left join promo_uses u on u.promo_code_id = p.id group by p.id) u
where u.id = p.id and u.uses <> p.used;
