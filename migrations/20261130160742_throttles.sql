-- How often something was done, for limits that all servers share. A row says until when its key has
-- used up its allowance; from then on it says nothing and is cleared away. Unlogged: after a crash
-- everyone may try again, and a flood of tries writes no WAL.
create unlogged table throttles (
    key bytea primary key check (octet_length(key) = 32),
    used_until timestamptz not null
);

-- What a device was given when someone signed in on it: whoever brings it signs in there again
-- whatever strangers try, and keeps the session from whoever stole its refresh token alone.
create table known_devices (
    token_hash bytea not null check (octet_length(token_hash) = 32),
    user_id uuid not null references users,
    last_used_at timestamptz not null default now(),
    primary key (token_hash, user_id)
);
create index known_devices_user_id on known_devices (user_id);
alter table sessions add column device_hash bytea check (octet_length(device_hash) = 32);
-- Whether a refresh token was used by the device of its session.
alter table refresh_tokens add column used_by_device boolean not null default false;
