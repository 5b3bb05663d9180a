-- The whole model. Money is bigint minor units; ids are UUIDv7 minted by the program; times are
-- timestamptz. Constraints say what must hold; their names are what conflicts are known by.

create extension if not exists pg_trgm;

------------------------------------------------------------------------------------ users

create table users (
    id uuid primary key,
    name text not null check (char_length(name) between 1 and 100),
    -- Trimmed and lower-cased. Null once the account is deleted: its orders stay in the ledger.
    email text check (email = lower(btrim(email)) and char_length(email) <= 254),
    email_verified_at timestamptz,
    password_hash text check (password_hash like '$argon2id$%'),
    created_at timestamptz not null default now(),
    deleted_at timestamptz,
    constraint users_email_key unique (email),
    check ((deleted_at is null) = (email is not null)),
    check ((deleted_at is null) = (password_hash is not null))
);

-- A session is a family of refresh tokens, of which at most one is live.
create table sessions (
    id uuid primary key,
    user_id uuid not null references users,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz
);
create index sessions_user_id on sessions (user_id);

create table refresh_tokens (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    session_id uuid not null references sessions on delete cascade,
    created_at timestamptz not null default now(),
    used_at timestamptz
);
create unique index refresh_tokens_one_live on refresh_tokens (session_id) where used_at is null;
create index refresh_tokens_session_id on refresh_tokens (session_id);

----------------------------------------------------------------------------------- events

create table covers (
    id uuid primary key,
    content_type text not null,
    content bytea not null,
    created_at timestamptz not null default now()
);

create table events (
    id uuid primary key,
    organizer_id uuid not null references users,
    status text not null default 'draft'
        check (status in ('draft', 'published', 'ended', 'archived', 'cancelled')),
    title text not null check (char_length(title) between 1 and 120),
    description text not null check (char_length(description) <= 10000),
    venue text not null check (char_length(venue) <= 200),
    address text not null check (char_length(address) <= 200),
    city text not null check (char_length(city) <= 200),
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    timezone text not null,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    max_per_user int check (max_per_user between 1 and 10000),
    cover_id uuid references covers,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    published_at timestamptz,
    cancelled_at timestamptz,
    check (starts_at < ends_at),
    check (status = 'draft' or published_at is not null),
    check ((status = 'cancelled') = (cancelled_at is not null)),
    check (status = 'draft' or (venue <> '' and city <> ''))
);
create index events_upcoming on events (starts_at, id) where status <> 'draft';
create index events_organizer on events (organizer_id, id);
create index events_to_end on events (ends_at) where status in ('published', 'ended');
create index events_search on events
    using gin (lower(title || ' ' || venue || ' ' || city) gin_trgm_ops) where status <> 'draft';

-- The hot row: every purchase of the event locks it. Nothing references it and it has no other
-- index, so that its updates stay heap-only.
create table event_stock (
    event_id uuid primary key,
    next_number int not null default 1 check (next_number >= 1),
    sales_open boolean not null default true
) with (fillfactor = 20);

-- Signs the event's ticket codes (an Ed25519 seed), so that doors can check them offline.
create table event_keys (
    event_id uuid primary key references events,
    seed bytea not null check (octet_length(seed) = 32)
);

create table event_staff (
    event_id uuid not null references events,
    user_id uuid not null references users,
    role text not null check (role in ('manager', 'door')),
    created_at timestamptz not null default now(),
    primary key (event_id, user_id)
);
create index event_staff_user_id on event_staff (user_id);

-- `sold` and `held` change only while the event's stock row is locked. `held` is the part of
-- `sold` that belongs to pending orders; the rest are live tickets.
create table ticket_types (
    id uuid primary key,
    event_id uuid not null references events,
    position int not null,
    name text not null check (char_length(name) between 1 and 60),
    description text not null default '' check (char_length(description) <= 300),
    price bigint not null check (price between 0 and 100000000),
    capacity int not null check (capacity between 1 and 1000000),
    sold int not null default 0,
    held int not null default 0,
    max_per_order int not null check (max_per_order between 1 and 100),
    sale_starts_at timestamptz,
    sale_ends_at timestamptz,
    constraint ticket_types_never_oversold check (sold between 0 and capacity),
    constraint ticket_types_held_is_sold check (held between 0 and sold),
    constraint ticket_types_of_event unique (event_id, id),
    check (sale_starts_at < sale_ends_at)
) with (fillfactor = 50);

----------------------------------------------------------------------------------- orders

create table promo_codes (
    id uuid primary key,
    event_id uuid not null references events,
    code text not null check (code = upper(btrim(code)) and char_length(code) between 1 and 40),
    percent int check (percent between 1 and 100),
    amount bigint check (amount > 0),
    ticket_type_id uuid,
    starts_at timestamptz,
    ends_at timestamptz,
    max_uses int check (max_uses > 0),
    max_per_user int check (max_per_user > 0),
    used int not null default 0,
    created_at timestamptz not null default now(),
    constraint promo_codes_never_overused
        check (used >= 0 and (max_uses is null or used <= max_uses)),
    constraint promo_codes_code_key unique (event_id, code),
    foreign key (event_id, ticket_type_id) references ticket_types (event_id, id),
    check ((percent is null) <> (amount is null))
);

-- The ledger. A purchase is `pending` until it is decided; nothing changes afterwards.
create table orders (
    id uuid primary key,
    user_id uuid not null references users,
    kind text not null check (kind in ('purchase', 'refund', 'comp')),
    state text not null check (state in ('pending', 'paid', 'expired', 'cancelled', 'failed')),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    total bigint not null,
    payment text not null,
    idempotency_key uuid not null,
    request_hash bytea not null check (octet_length(request_hash) = 32),
    purchase_id uuid references orders,
    created_at timestamptz not null,
    expires_at timestamptz,
    constraint orders_idempotency_key unique (user_id, idempotency_key),
    check ((kind = 'refund') = (purchase_id is not null)),
    check (state <> 'pending' or (kind = 'purchase' and expires_at is not null)),
    check (case kind when 'purchase' then total >= 0 when 'refund' then total <= 0 else total = 0 end)
);
create index orders_of_user on orders (user_id, id);
create index orders_pending on orders (expires_at) where state = 'pending';
create index orders_refunds on orders (purchase_id) where purchase_id is not null;

-- A line's tickets are numbered in a row from `first_number`, which is null until they are issued;
-- so no index on the hot table of tickets is needed to find them.
create table order_lines (
    order_id uuid not null references orders,
    line int not null check (line >= 1),
    event_id uuid not null,
    ticket_type_id uuid not null,
    quantity int not null check (quantity >= 1),
    unit_price bigint not null check (unit_price >= 0),
    discount bigint not null default 0 check (discount between 0 and unit_price * quantity),
    first_number int check (first_number >= 1),
    primary key (order_id, line),
    foreign key (event_id, ticket_type_id) references ticket_types (event_id, id)
);
create index order_lines_of_event on order_lines (event_id, order_id);

create table promo_redemptions (
    order_id uuid primary key references orders,
    promo_code_id uuid not null references promo_codes,
    user_id uuid not null references users,
    discount bigint not null check (discount >= 0)
);
create index promo_redemptions_of_user on promo_redemptions (promo_code_id, user_id);

---------------------------------------------------------------------------------- tickets

-- Append-only per event; only state and code version change. The primary key is a second guard
-- against overselling: a number is issued once.
create table tickets (
    event_id uuid not null,
    number int not null check (number >= 1),
    ticket_type_id uuid not null,
    order_id uuid not null,
    line int not null,
    state text not null default 'valid'
        check (state in ('valid', 'checked_in', 'refunded', 'revoked')),
    code_version int not null default 1 check (code_version >= 1),
    primary key (event_id, number)
);

-- Who holds a ticket, and the one place that says so. A ticket waiting to be claimed has no row.
create table ticket_user (
    event_id uuid not null,
    number int not null,
    user_id uuid not null,
    primary key (event_id, number)
);
create index ticket_user_user_id on ticket_user (user_id, event_id, number);

-- The same for events long over, moved here so that the hot tables stay small.
create table archived_tickets (like tickets including constraints, primary key (event_id, number));
create table archived_ticket_user (like ticket_user, primary key (event_id, number));
create index archived_ticket_user_user_id on archived_ticket_user (user_id, event_id, number);

create view all_tickets as
    select * from tickets union all select * from archived_tickets;
create view all_ticket_user as
    select * from ticket_user union all select * from archived_ticket_user;

create table refunded_tickets (
    event_id uuid not null references events,
    number int not null,
    refund_id uuid not null,
    line int not null,
    amount bigint not null check (amount >= 0),
    primary key (event_id, number),
    foreign key (refund_id, line) references order_lines (order_id, line)
);
create index refunded_tickets_refund on refunded_tickets (refund_id);

create table revoked_tickets (
    event_id uuid not null references events,
    number int not null,
    revoked_by uuid not null references users,
    reason text not null check (char_length(reason) between 1 and 300),
    revoked_at timestamptz not null default now(),
    primary key (event_id, number)
);

create table transfers (
    id uuid primary key,
    event_id uuid not null references events,
    number int not null,
    sender_id uuid not null references users,
    recipient_email text not null check (recipient_email = lower(btrim(recipient_email))),
    recipient_id uuid references users,
    claim_token_hash bytea not null check (octet_length(claim_token_hash) = 32),
    state text not null default 'pending'
        check (state in ('pending', 'accepted', 'declined', 'recalled', 'void')),
    created_at timestamptz not null default now(),
    decided_at timestamptz,
    constraint transfers_claim_token_key unique (claim_token_hash),
    check ((state = 'pending') = (decided_at is null)),
    check ((state = 'accepted') = (recipient_id is not null))
);
create unique index transfers_one_pending on transfers (event_id, number) where state = 'pending';
create index transfers_sender on transfers (sender_id, id);
create index transfers_recipient on transfers (recipient_email, id);

create table check_ins (
    id uuid primary key,
    event_id uuid not null references events,
    number int not null,
    nonce uuid not null,
    gate text not null default '',
    scanned_by uuid not null references users,
    scanned_at timestamptz not null,
    recorded_at timestamptz not null default now(),
    undone_at timestamptz,
    constraint check_ins_nonce_key unique (event_id, nonce)
);
create unique index check_ins_one_admission on check_ins (event_id, number) where undone_at is null;

------------------------------------------------------------------------------------- jobs

-- What has to happen outside the database, written in the transaction that calls for it.
create table jobs (
    id uuid primary key,
    kind text not null,
    payload jsonb not null,
    run_at timestamptz not null default now(),
    attempts int not null default 0,
    last_error text,
    created_at timestamptz not null default now(),
    done_at timestamptz
);
create index jobs_due on jobs (run_at) where done_at is null;
