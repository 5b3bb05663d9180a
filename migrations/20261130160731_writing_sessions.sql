-- Whether the account's address was not confirmed yet: a purchase reads it with the session, where
-- it costs nothing.
alter table sessions add column unconfirmed boolean not null default false;
update sessions s set unconfirmed = true
from users u where u.id = s.user_id and u.email_verified_at is null;
