//! The SQL of sales.

use api::host::SalesPoint;
use api::{EventId, TicketTypeId, Time};
use chrono::Duration;
use sqlx::PgConnection;

use crate::error::Result;

/// What one ticket type brought.
pub struct Takings {
    /// Of which event.
    pub event: EventId,
    /// Which type.
    pub ticket_type: TicketTypeId,
    /// Paid for it, less what was refunded.
    pub amount: i64,
}

/// What the ticket types of `events` brought; those that brought nothing may be missing.
pub async fn takings(connection: &mut PgConnection, events: &[EventId]) -> Result<Vec<Takings>> {
    let takings = sqlx::query_as!(
        Takings,
        r#"
        select event_id as "event!", ticket_type_id as "ticket_type!",
            sum(amount)::bigint as "amount!"
        from (
            select l.event_id, l.ticket_type_id, l.unit_price * l.quantity - l.discount as amount
            from order_lines l join orders o on o.id = l.order_id
            where l.event_id = any($1) and o.kind = 'purchase' and o.state = 'paid'
            union all
            select r.event_id, l.ticket_type_id, -r.amount
            from refunded_tickets r
            join order_lines l on l.order_id = r.refund_id and l.line = r.line
            where r.event_id = any($1)
        ) amounts
        group by event_id, ticket_type_id
        "#,
        events,
    )
    .fetch_all(connection)
    .await?;
    Ok(takings)
}

/// How long it was from the event's first sale to its last; absent without any.
pub async fn span(connection: &mut PgConnection, event: EventId) -> Result<Option<Duration>> {
    let span = sqlx::query!(
        "select min(o.created_at) as first, max(o.created_at) as last
        from order_lines l join orders o on o.id = l.order_id
        where l.event_id = $1 and o.kind in ('purchase', 'comp') and o.state = 'paid'",
        event,
    )
    .fetch_one(connection)
    .await?;
    Ok(span.first.zip(span.last).map(|(first, last)| last - first))
}

/// What was sold or given in each stretch of `bucket_seconds`, of which one begins at `origin`;
/// oldest first, those without sales left out.
pub async fn series(
    connection: &mut PgConnection,
    event: EventId,
    origin: Time,
    bucket_seconds: i32,
) -> Result<Vec<SalesPoint>> {
    let points = sqlx::query_as!(
        SalesPoint,
        r#"
        select date_bin(make_interval(secs => $3::int), o.created_at, $2) as "at!",
            sum(l.quantity)::int as "tickets!",
            sum(l.unit_price * l.quantity - l.discount)::bigint as "takings!"
        from order_lines l join orders o on o.id = l.order_id
        where l.event_id = $1 and o.kind in ('purchase', 'comp') and o.state = 'paid'
        group by 1 order by 1
        "#,
        event,
        origin,
        bucket_seconds,
    )
    .fetch_all(connection)
    .await?;
    Ok(points)
}

/// How many were admitted.
pub async fn checked_in(connection: &mut PgConnection, event: EventId) -> Result<i32> {
    let admitted = sqlx::query_scalar!(
        r#"select count(*)::int as "n!" from check_ins where event_id = $1 and undone_at is null"#,
        event,
    )
    .fetch_one(connection)
    .await?;
    Ok(admitted)
}
