-- How often what calendars show of an event has changed: they take the file with the highest number
-- (RFC 5545, SEQUENCE). Files of earlier versions counted minutes, so events that are there go on
-- from now.
alter table events add column sequence int not null default 0 check (sequence >= 0);
update events set sequence = extract(epoch from now()) / 60;

create function count_event_change() returns trigger language plpgsql as $$
begin
    new.sequence := old.sequence + 1;
    return new;
end $$;
create trigger events_sequence before update on events for each row
    when ((old.title, old.starts_at, old.ends_at, old.timezone, old.venue, old.address, old.city,
            old.cancelled_at)
        is distinct from (new.title, new.starts_at, new.ends_at, new.timezone, new.venue,
            new.address, new.city, new.cancelled_at))
    execute function count_event_change();
