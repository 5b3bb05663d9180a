-- What the ticket at `index` of an order line was sold for, from 0: each bears its part of the
-- discount, to the smallest unit, so that all of them come to the line's total. The same as
-- `refunds::decide::paid`; a test compares them.
create function ticket_price(unit_price bigint, discount bigint, quantity int, index int)
    returns bigint language sql immutable
    return unit_price - (discount * (index + 1) / quantity - discount * index / quantity);
