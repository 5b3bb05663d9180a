-- What proves that someone reads the mail of an account's address. Told in a letter, of which at
-- most one of a purpose is good at a time; only its hash is kept.
create table email_tokens (
    user_id uuid not null references users,
    purpose text not null check (purpose in ('verify', 'reset')),
    token_hash bytea not null check (octet_length(token_hash) = 32),
    email text not null,
    expires_at timestamptz not null,
    primary key (user_id, purpose),
    constraint email_tokens_token_hash_key unique (token_hash)
);
