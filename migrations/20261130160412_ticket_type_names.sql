-- What a ticket type was called when it was ordered: types are renamed, the ledger is not. Null only
-- where a server of an earlier version writes a line while the next one starts.
alter table order_lines
    add column ticket_type_name text check (char_length(ticket_type_name) between 1 and 60);
update order_lines l set ticket_type_name = y.name from ticket_types y where y.id = l.ticket_type_id;
