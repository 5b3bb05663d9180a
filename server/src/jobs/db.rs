//! The SQL of the jobs. Those that touch an event lock its stock first, as every change does, and
//! pass over what others have locked.

use api::{EventId, Time};
use sqlx::PgConnection;

use crate::error::{Error, Result};

/// The database's clock.
pub async fn now(connection: &mut PgConnection) -> Result<Time> {
    let now = sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#)
        .fetch_one(connection)
        .await?;
    Ok(now)
}

/// Forgets at most `limit` letters that were sent, or given up, more than `days` ago; how many it
/// were.
pub async fn forget_done(connection: &mut PgConnection, days: i32, limit: i64) -> Result<usize> {
    let forgotten = sqlx::query!(
        "delete from jobs where id in (
            select id from jobs where done_at < now() - make_interval(days => $1)
            limit $2 for update skip locked)",
        days,
        limit,
    )
    .execute(connection)
    .await?;
    usize::try_from(forgotten.rows_affected()).map_err(Error::internal)
}

/// At most `limit` published events that are over, but for those to `skip`.
pub async fn due_to_end(
    connection: &mut PgConnection,
    limit: i64,
    skip: &[EventId],
) -> Result<Vec<EventId>> {
    let due = sqlx::query_scalar!(
        "select id from events
        where status = 'published' and ends_at <= now() and id <> all($2)
        order by ends_at limit $1",
        limit,
        skip,
    )
    .fetch_all(connection)
    .await?;
    Ok(due)
}

/// Ends a published event that is over; whether it did.
pub async fn end(connection: &mut PgConnection, event: EventId) -> Result<bool> {
    let ended = sqlx::query!(
        "with due as (
            select event_id from event_stock where event_id = $1 for update skip locked
        )
        update events e set status = 'ended' from due
        where e.id = due.event_id and e.status = 'published' and e.ends_at <= now()",
        event,
    )
    .execute(connection)
    .await?;
    Ok(ended.rows_affected() > 0)
}

/// An event that ended more than `after_days` ago and is not archived, its stock locked; none of
/// those to `skip`.
pub async fn lock_archivable(
    connection: &mut PgConnection,
    after_days: u16,
    skip: &[EventId],
) -> Result<Option<EventId>> {
    let event = sqlx::query_scalar!(
        "select s.event_id from events e join event_stock s on s.event_id = e.id
        where e.status = 'ended' and e.ends_at < now() - make_interval(days => $1)
            and e.id <> all($2)
        order by e.ends_at limit 1 for update of s skip locked",
        i32::from(after_days),
        skip,
    )
    .fetch_optional(connection)
    .await?;
    Ok(event)
}

/// Moves at most `limit` tickets of `event` and their holders into the archive; how many tickets
/// it were.
pub async fn move_tickets(
    connection: &mut PgConnection,
    event: EventId,
    limit: i64,
) -> Result<usize> {
    let moved = sqlx::query!(
        "with batch as materialized (
            select number from tickets where event_id = $1 order by number limit $2
        ), holders as (
            delete from ticket_user h using batch
            where h.event_id = $1 and h.number = batch.number
            returning h.event_id, h.number, h.user_id
        ), archived_holders as (
            insert into archived_ticket_user (event_id, number, user_id)
            select event_id, number, user_id from holders
        ), moved as (
            delete from tickets t using batch
            where t.event_id = $1 and t.number = batch.number
            returning t.event_id, t.number, t.ticket_type_id, t.order_id, t.line, t.state,
                t.code_version
        )
        insert into archived_tickets (event_id, number, ticket_type_id, order_id, line, state,
            code_version)
        select event_id, number, ticket_type_id, order_id, line, state, code_version from moved",
        event,
        limit,
    )
    .execute(connection)
    .await?;
    Ok(usize::try_from(moved.rows_affected()).unwrap_or(usize::MAX))
}

/// Marks an ended event as archived, unless another server has.
pub async fn mark_archived(connection: &mut PgConnection, event: EventId) -> Result<()> {
    sqlx::query!(
        "update events set status = 'archived' where id = $1 and status = 'ended'",
        event,
    )
    .execute(connection)
    .await?;
    Ok(())
}
