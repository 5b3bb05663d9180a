-- What an organizer writes to the people whom a refund, a cancellation or a change of time or place
-- concerns. It stands in the email about that.
alter table orders add column message text check (char_length(message) between 1 and 1000);
alter table cancellations
    add column message text check (char_length(message) between 1 and 1000);
alter table events
    add column change_message text check (char_length(change_message) between 1 and 1000);
