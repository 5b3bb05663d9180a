//! The SQL that only demo data needs.

use api::{EventId, Time, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// Whether there is no event yet and nobody else is about to change that; until the transaction
/// ends, nobody else gets to.
pub(super) async fn claim(connection: &mut PgConnection) -> Result<bool> {
    let first =
        sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock(hashtext('demo')) as "first!""#)
            .fetch_one(&mut *connection)
            .await?;
    if !first {
        return Ok(false);
    }
    let empty = sqlx::query_scalar!(r#"select not exists (select from events) as "empty!""#)
        .fetch_one(connection)
        .await?;
    Ok(empty)
}

/// Creates accounts, verified 90 days ago, unless there are any with these addresses; the accounts
/// of the addresses, in their order.
pub(super) async fn insert_users(
    connection: &mut PgConnection,
    names: &[String],
    emails: &[String],
    password_hash: &str,
) -> Result<Vec<UserId>> {
    let ids: Vec<Uuid> = names.iter().map(|_| Uuid::now_v7()).collect();
    sqlx::query!(
        "insert into users (id, name, email, password_hash, created_at, email_verified_at)
        select id, name, email, $4, now() - interval '90 days', now() - interval '90 days'
        from unnest($1::uuid[], $2::text[], $3::text[]) as u (id, name, email)
        on conflict (email) do nothing",
        &ids,
        names,
        emails,
        password_hash,
    )
    .execute(&mut *connection)
    .await?;
    let ids = sqlx::query_scalar!(
        "select u.id from unnest($1::text[]) with ordinality as wanted (email, position)
        join users u on u.email = wanted.email order by position",
        emails,
    )
    .fetch_all(connection)
    .await?;
    Ok(ids)
}

/// Makes the event look as if it had been made, and published, at `time`.
pub(super) async fn backdate_event(
    connection: &mut PgConnection,
    event: EventId,
    time: Time,
) -> Result<()> {
    sqlx::query!(
        "update events set created_at = $2, updated_at = $2,
            published_at = case when published_at is not null then $2::timestamptz end
        where id = $1",
        event,
        time,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Admits seven of eight ticket holders within the hour before the event begins.
pub(super) async fn admit_most(
    connection: &mut PgConnection,
    event: EventId,
    scanned_by: UserId,
    starts_at: Time,
) -> Result<()> {
    let numbers = sqlx::query_scalar!(
        "update tickets set state = 'checked_in'
        where event_id = $1 and state = 'valid' and number % 8 <> 0 returning number",
        event,
    )
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<Uuid> = numbers.iter().map(|_| Uuid::now_v7()).collect();
    let nonces: Vec<Uuid> = numbers.iter().map(|_| Uuid::new_v4()).collect();
    sqlx::query!(
        "insert into check_ins (id, event_id, number, nonce, gate, scanned_by, scanned_at,
            recorded_at)
        select id, $4, number, nonce, 'Main entrance', $5, at, at
        from unnest($1::uuid[], $2::int[], $3::uuid[]) as c (id, number, nonce),
            lateral (select $6::timestamptz - make_interval(mins => number * 37 % 60) as at) arrival",
        &ids,
        &numbers,
        &nonces,
        event,
        scanned_by,
        starts_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}
