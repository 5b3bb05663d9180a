//! The SQL of cancellations.

use api::tickets::TicketName;
use api::{EventId, OrderId, UserId};
use sqlx::PgConnection;

use crate::error::Result;

/// An event whose tickets go back.
pub(super) struct Work {
    pub(super) event: EventId,
    /// Who called it off.
    pub(super) by: UserId,
}

pub(super) async fn insert(
    connection: &mut PgConnection,
    event: EventId,
    by: UserId,
    message: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "insert into cancellations (event_id, cancelled_by, total, message)
        select $1, $2, count(*), $3 from tickets
        where event_id = $1 and state in ('valid', 'checked_in')",
        event,
        by,
        message,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Something to do that nobody else is at; no event of those to `skip`.
pub(super) async fn take(connection: &mut PgConnection, skip: &[EventId]) -> Result<Option<Work>> {
    let work = sqlx::query_as!(
        Work,
        "select event_id as event, cancelled_by as by from cancellations
        where finished_at is null and event_id <> all($1)
        order by event_id limit 1 for update skip locked",
        skip,
    )
    .fetch_optional(connection)
    .await?;
    Ok(work)
}

/// Orders that are not paid yet, but for those to `skip`. There will be no more of them once the
/// event is called off.
pub(super) async fn pending_orders(
    connection: &mut PgConnection,
    event: EventId,
    skip: &[OrderId],
) -> Result<Vec<OrderId>> {
    let orders = sqlx::query_scalar!(
        "select id from orders o where state = 'pending' and id <> all($2)
            and exists (select from order_lines where order_id = o.id and event_id = $1)",
        event,
        skip,
    )
    .fetch_all(connection)
    .await?;
    Ok(orders)
}

/// Frees what is held for guests who have no ticket yet, and forgets them.
pub(super) async fn drop_waiting_guests(
    connection: &mut PgConnection,
    event: EventId,
) -> Result<()> {
    sqlx::query!(
        "with given_up as (
            update comp_batches set finished_at = now()
            where event_id = $1 and finished_at is null
            returning id, ticket_type_id, total - done as waiting
        ), forgotten as (
            delete from comp_guests g using given_up b where g.batch_id = b.id and g.number is null
        )
        update ticket_types t set sold = t.sold - b.waiting, held = t.held - b.waiting
        from (select ticket_type_id, sum(waiting)::int as waiting from given_up
            group by ticket_type_id) b
        where t.id = b.ticket_type_id",
        event,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The next `size` live tickets, and the others of their orders, each with its order; none of the
/// orders to `skip`.
pub(super) async fn next_tickets(
    connection: &mut PgConnection,
    event: EventId,
    size: i64,
    skip: &[OrderId],
) -> Result<Vec<(OrderId, TicketName)>> {
    let tickets = sqlx::query!(
        "with next as (
            select distinct order_id from (
                select order_id from tickets
                where event_id = $1 and state in ('valid', 'checked_in') and order_id <> all($3)
                order by number limit $2
            ) first
        )
        select t.order_id, t.event_id, t.number
        from next
        join order_lines l on l.order_id = next.order_id and l.event_id = $1
        join tickets t on t.event_id = $1
            and t.number >= l.first_number and t.number < l.first_number + l.quantity
        where t.state in ('valid', 'checked_in')
        order by t.number",
        event,
        size,
        skip,
    )
    .fetch_all(connection)
    .await?;
    let named = tickets.into_iter().map(|ticket| {
        let name = TicketName {
            event_id: ticket.event_id,
            number: ticket.number,
        };
        (ticket.order_id, name)
    });
    Ok(named.collect())
}

/// Whether the event has live tickets, or orders that are not paid yet.
pub(super) async fn is_anything_left(
    connection: &mut PgConnection,
    event: EventId,
) -> Result<bool> {
    let left = sqlx::query_scalar!(
        r#"select exists (
            select from tickets where event_id = $1 and state in ('valid', 'checked_in')
        ) or exists (
            select from orders o where state = 'pending'
                and exists (select from order_lines where order_id = o.id and event_id = $1)
        ) as "left!""#,
        event,
    )
    .fetch_one(connection)
    .await?;
    Ok(left)
}

/// Counts `done` more; none means that there are none left.
pub(super) async fn count(
    connection: &mut PgConnection,
    event: EventId,
    done: usize,
) -> Result<()> {
    sqlx::query!(
        "update cancellations set done = done + $2,
            finished_at = case when $2 = 0 then now() end
        where event_id = $1",
        event,
        i32::try_from(done).unwrap_or(i32::MAX),
    )
    .execute(connection)
    .await?;
    Ok(())
}
