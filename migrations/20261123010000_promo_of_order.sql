-- An order has at most one promo code, and what it takes off stands in the order's lines: so the
-- code is a column of the order, which costs a purchase no row and no index of its own.
alter table orders add column promo_code_id uuid references promo_codes;
update orders o set promo_code_id = r.promo_code_id from promo_redemptions r where r.order_id = o.id;
create index orders_of_promo_code on orders (promo_code_id, user_id) where promo_code_id is not null;
drop table promo_redemptions;
