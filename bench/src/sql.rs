//! The SQL of the benchmark: what is there before a sale, and what is read after it.

use anyhow::Result;
use sqlx::{Acquire, PgConnection, PgPool};
use uuid::Uuid;

/// How many accounts there are at least, so that each order of a level is someone else's.
pub(crate) const BUYERS: i64 = 60_000;
/// How many tickets a holder has: two orders of five, for two events.
pub(crate) const TICKETS_A_HOLDER: i64 = 10;

/// Settings that figures depend on, by name.
pub(crate) async fn settings(connection: &mut PgConnection) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        r#"select name as "name!", current_setting(name) as "value!" from pg_settings
        where name in ('server_version', 'fsync', 'full_page_writes', 'synchronous_commit',
            'wal_sync_method', 'shared_buffers', 'max_wal_size', 'wal_compression', 'commit_delay')
        order by name"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.value)).collect())
}

/// Writes accounts, and events of which `tickets` tickets are sold. Ids and all else follow from
/// numbers, so that the generator knows the accounts without reading them.
pub(crate) async fn fill(pool: &PgPool, tickets: i64) -> Result<()> {
    let holders = tickets / TICKETS_A_HOLDER;
    let mut connection = pool.acquire().await?;
    fill_accounts(&mut connection, holders.max(BUYERS)).await?;
    fill_events(&mut connection, tickets / 5000).await?;
    drop(connection);
    let orders = async {
        let mut connection = pool.acquire().await?;
        fill_orders(&mut connection, tickets / 5, holders).await?;
        fill_tickets(&mut connection, tickets).await
    };
    let holders = async { fill_holders(&mut *pool.acquire().await?, tickets, holders).await };
    tokio::try_join!(orders, holders)?;
    sqlx::raw_sql("vacuum analyze").execute(pool).await?;
    sqlx::raw_sql("checkpoint").execute(pool).await?;
    Ok(())
}

async fn fill_accounts(connection: &mut PgConnection, count: i64) -> Result<()> {
    sqlx::query!(
        "with people as (
            insert into users (id, name, email, password_hash, email_verified_at)
            select ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'Person ' || i,
                'person' || i || '@example.com', '$argon2id$none', now()
            from generate_series(0, $1::bigint - 1) i
            returning id
        )
        insert into sessions (id, user_id, expires_at)
        select id, id, now() + interval '30 days' from people",
        count,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn fill_events(connection: &mut PgConnection, count: i64) -> Result<()> {
    sqlx::query!(
        "with e as (
            select ('00000000-0000-7002-8000-' || lpad(to_hex(i), 12, '0'))::uuid as id,
                ('00000000-0000-7003-8000-' || lpad(to_hex(i), 12, '0'))::uuid as type_id, i
            from generate_series(0, $1::bigint - 1) i
        ), new_events as (
            insert into events (id, organizer_id, status, title, description, venue, address, city,
                starts_at, ends_at, timezone, currency, published_at)
            select id, '00000000-0000-7000-8000-000000000000', 'published', 'Evening ' || i,
                'An evening of music.', 'Hall', 'Street 1', 'Berlin',
                now() + interval '10 days' + i * interval '1 hour',
                now() + interval '10 days 3 hours' + i * interval '1 hour',
                'Europe/Berlin', 'EUR', now() from e
        ), new_stock as (
            insert into event_stock (event_id, next_number) select id, 5001 from e
        ), new_keys as (
            insert into event_keys (event_id, seed)
            select id, decode(repeat('07', 32), 'hex') from e
        )
        insert into ticket_types (id, event_id, position, name, price, capacity, sold, max_per_order)
        select type_id, id, 0, 'Standing', 2500, 10000, 5000, 10 from e",
        count,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Orders of five tickets; 1000 of them are an event's.
async fn fill_orders(connection: &mut PgConnection, count: i64, holders: i64) -> Result<()> {
    let mut transaction = connection.begin().await?;
    // What refers to what is known to be there, and `verify` looks at it all the same.
    sqlx::raw_sql("set local session_replication_role = replica")
        .execute(&mut *transaction)
        .await?;
    sqlx::query!(
        "insert into orders (id, user_id, kind, state, currency, total, payment, idempotency_key,
            request_hash, created_at)
        select ('00000000-0000-7001-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
            ('00000000-0000-7000-8000-' || lpad(to_hex(i % $2), 12, '0'))::uuid,
            'purchase', 'paid', 'EUR', 12500, 'pay_at_door', gen_random_uuid(),
            decode(repeat('07', 32), 'hex'), now()
        from generate_series(0, $1::bigint - 1) i",
        count,
        holders,
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query!(
        "insert into order_lines (order_id, line, event_id, ticket_type_id, quantity, unit_price,
            first_number)
        select ('00000000-0000-7001-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 1,
            ('00000000-0000-7002-8000-' || lpad(to_hex(i / 1000), 12, '0'))::uuid,
            ('00000000-0000-7003-8000-' || lpad(to_hex(i / 1000), 12, '0'))::uuid,
            5, 2500, i % 1000 * 5 + 1
        from generate_series(0, $1::bigint - 1) i",
        count,
    )
    .execute(&mut *transaction)
    .await?;
    Ok(transaction.commit().await?)
}

async fn fill_tickets(connection: &mut PgConnection, count: i64) -> Result<()> {
    sqlx::query!(
        "insert into tickets (event_id, number, ticket_type_id, order_id, line)
        select ('00000000-0000-7002-8000-' || lpad(to_hex(i / 5000), 12, '0'))::uuid,
            i % 5000 + 1,
            ('00000000-0000-7003-8000-' || lpad(to_hex(i / 5000), 12, '0'))::uuid,
            ('00000000-0000-7001-8000-' || lpad(to_hex(i / 5), 12, '0'))::uuid, 1
        from generate_series(0, $1::bigint - 1) i",
        count,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn fill_holders(connection: &mut PgConnection, tickets: i64, holders: i64) -> Result<()> {
    sqlx::query!(
        "insert into ticket_user (event_id, number, user_id)
        select ('00000000-0000-7002-8000-' || lpad(to_hex(i / 5000), 12, '0'))::uuid,
            i % 5000 + 1,
            ('00000000-0000-7000-8000-' || lpad(to_hex(i / 5 % $2), 12, '0'))::uuid
        from generate_series(0, $1::bigint - 1) i",
        tickets,
        holders,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An event on sale, and its one ticket type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sale {
    pub(crate) event: Uuid,
    pub(crate) ticket_type: Uuid,
}

/// Puts an event with this many tickets on sale.
pub(crate) async fn new_sale(connection: &mut PgConnection, capacity: i32) -> Result<Sale> {
    let sale = Sale {
        event: Uuid::now_v7(),
        ticket_type: Uuid::now_v7(),
    };
    sqlx::query!(
        "with new_event as (
            insert into events (id, organizer_id, status, title, description, venue, address, city,
                starts_at, ends_at, timezone, currency, published_at)
            values ($1, '00000000-0000-7000-8000-000000000000', 'published', 'Stadium', 'One night.',
                'Stadium', 'Street 1', 'Berlin', now() + interval '9 days',
                now() + interval '9 days 3 hours', 'Europe/Berlin', 'EUR', now())
        ), new_stock as (
            insert into event_stock (event_id) values ($1)
        ), new_key as (
            insert into event_keys (event_id, seed) values ($1, decode(repeat('07', 32), 'hex'))
        )
        insert into ticket_types (id, event_id, position, name, price, capacity, max_per_order)
        values ($2, $1, 0, 'Standing', 2500, $3, 10)",
        sale.event,
        sale.ticket_type,
        capacity,
    )
    .execute(connection)
    .await?;
    Ok(sale)
}

/// Adds a promo code for any number of orders.
pub(crate) async fn new_promo_code(
    connection: &mut PgConnection,
    event: Uuid,
    code: &str,
) -> Result<()> {
    sqlx::query!(
        "insert into promo_codes (id, event_id, code, percent, max_uses)
        values ($1, $2, $3, 20, 1000000)",
        Uuid::now_v7(),
        event,
        code,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An order as the database has it, with the numbers of its tickets.
pub(crate) struct SoldOrder {
    pub(crate) id: Uuid,
    pub(crate) user: Uuid,
    pub(crate) key: Uuid,
    pub(crate) numbers: Vec<i32>,
}

/// Every order of an event.
pub(crate) async fn sold(connection: &mut PgConnection, event: Uuid) -> Result<Vec<SoldOrder>> {
    let orders = sqlx::query_as!(
        SoldOrder,
        r#"select o.id, o.user_id as user, o.idempotency_key as key,
            array_agg(t.number order by t.number) as "numbers!"
        from tickets t join orders o on o.id = t.order_id
        where t.event_id = $1 group by o.id"#,
        event,
    )
    .fetch_all(connection)
    .await?;
    Ok(orders)
}

/// Adds one to a row that nothing else is about.
pub(crate) async fn count_up(connection: &mut PgConnection, event: Uuid) -> Result<()> {
    sqlx::query!(
        "update event_stock set next_number = next_number + 1 where event_id = $1",
        event,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How often [`count_up`] was called since [`new_sale`]; and undoes it.
pub(crate) async fn take_count(connection: &mut PgConnection, event: Uuid) -> Result<i64> {
    let mut transaction = connection.begin().await?;
    let next = sqlx::query_scalar!(
        "select next_number from event_stock where event_id = $1 for update",
        event,
    )
    .fetch_one(&mut *transaction)
    .await?;
    sqlx::query!(
        "update event_stock set next_number = 1 where event_id = $1",
        event,
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(i64::from(next) - 1)
}
