-- How many guests of a list were left out, since they had a ticket of the event already.
alter table comp_batches add column left_out int not null default 0 check (left_out >= 0);
