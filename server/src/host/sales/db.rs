//! The SQL of sales.

use api::host::SalesPoint;
use api::{EventId, TicketTypeId, Time};
use chrono::Duration;
use sqlx::PgConnection;

use crate::error::Result;

/// How one ticket type sold.
pub struct TypeSold {
    /// Of which event.
    pub event: EventId,
    /// Which type.
    pub ticket_type: TicketTypeId,
    /// Tickets that were bought and not given back.
    pub sold: i32,
    /// Tickets that were given and not revoked.
    pub given: i32,
    /// Money received, less what was refunded of it.
    pub received: i64,
    /// Money that is still owed.
    pub due: i64,
}

/// How the ticket types of `events` sold; those of which nothing was ordered are missing. What a
/// cancellation ends still counts as sold or given. Who pays at the door owes the price of a valid
/// ticket, and has paid it once let in.
pub async fn sold(connection: &mut PgConnection, events: &[EventId]) -> Result<Vec<TypeSold>> {
    let sold = sqlx::query_as!(
        TypeSold,
        r#"
        with lines as (
            select l.order_id, l.line, l.event_id, l.ticket_type_id, l.first_number, l.quantity,
                l.unit_price, l.discount, o.kind, o.payment = 'pay_at_door' as at_door,
                coalesce(e.cancelled_at, 'infinity') as cancelled_at
            from order_lines l
            join orders o on o.id = l.order_id
            join events e on e.id = l.event_id
            where l.event_id = any($1) and o.kind in ('purchase', 'comp') and o.state = 'paid'
        ), counted as (
            select event_id, ticket_type_id, quantity as tickets, kind = 'comp' as comp,
                unit_price * quantity - discount as ordered, 0 as admitted, at_door
            from lines
            union all
            select r.event_id, l.ticket_type_id,
                case when o.created_at < coalesce(e.cancelled_at, 'infinity') then -1 else 0 end,
                false, -r.amount, 0, o.payment = 'pay_at_door'
            from refunded_tickets r
            join events e on e.id = r.event_id
            join orders o on o.id = r.refund_id
            join order_lines l on l.order_id = r.refund_id and l.line = r.line
            where r.event_id = any($1)
            union all
            select l.event_id, l.ticket_type_id,
                case when v.revoked_at < l.cancelled_at then -1 else 0 end,
                l.kind = 'comp',
                -- What was paid elsewhere is not paid back by a revocation.
                case when v.number is not null and l.at_door then -price else 0 end,
                case when v.number is null and l.at_door then price else 0 end,
                l.at_door
            from all_tickets t
            join lines l on l.order_id = t.order_id and l.line = t.line
            cross join lateral ticket_price(l.unit_price, l.discount, l.quantity,
                t.number - l.first_number) as price
            left join revoked_tickets v on v.event_id = t.event_id and v.number = t.number
            where t.event_id = any($1) and t.state in ('checked_in', 'revoked')
        )
        select event_id as "event!", ticket_type_id as "ticket_type!",
            coalesce(sum(tickets) filter (where not comp), 0)::int as "sold!",
            coalesce(sum(tickets) filter (where comp), 0)::int as "given!",
            sum(case when at_door then admitted else ordered end)::bigint as "received!",
            sum(case when at_door and e.status <> 'cancelled' then ordered - admitted else 0 end)
                ::bigint as "due!"
        from counted join events e on e.id = event_id
        group by event_id, ticket_type_id
        "#,
        events,
    )
    .fetch_all(connection)
    .await?;
    Ok(sold)
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
            sum(l.unit_price * l.quantity - l.discount)::bigint as "amount!"
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
