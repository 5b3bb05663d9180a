//! The SQL of pending orders.

use api::{EventId, OrderId, Time};
use sqlx::{PgConnection, PgPool};

use crate::error::Result;

/// Marks a pending order as paid, if its time is not over; whether it was.
pub(super) async fn mark_paid(connection: &mut PgConnection, order: OrderId) -> Result<bool> {
    let paid = sqlx::query!(
        "update orders set state = 'paid', expires_at = null
        where id = $1 and state = 'pending' and expires_at > clock_timestamp()",
        order,
    )
    .execute(connection)
    .await?;
    Ok(paid.rows_affected() > 0)
}

/// Issues the tickets of an order that held its stock so far. Call it with the stock locked.
pub(super) async fn issue_tickets(connection: &mut PgConnection, order: OrderId) -> Result<()> {
    sqlx::query!(
        "with lines as materialized (
            select l.order_id, l.line, l.event_id, l.ticket_type_id, l.quantity, o.user_id,
                s.next_number + (sum(l.quantity) over (partition by l.event_id order by l.line)
                    - l.quantity)::int as first_number
            from order_lines l
            join orders o on o.id = l.order_id
            join event_stock s on s.event_id = l.event_id
            where l.order_id = $1
        ), numbered as (
            update order_lines l set first_number = lines.first_number
            from lines where l.order_id = lines.order_id and l.line = lines.line
        ), new_tickets as (
            insert into tickets (event_id, number, ticket_type_id, order_id, line)
            select event_id, number, ticket_type_id, order_id, line
            from lines, generate_series(first_number, first_number + quantity - 1) as number
        ), new_holders as (
            insert into ticket_user (event_id, number, user_id)
            select event_id, number, user_id
            from lines, generate_series(first_number, first_number + quantity - 1) as number
        ), stock as (
            update event_stock s set next_number = s.next_number + issued.quantity
            from (select event_id, sum(quantity)::int as quantity from lines group by event_id) issued
            where s.event_id = issued.event_id
        )
        update ticket_types t set held = t.held - lines.quantity
        from lines where t.id = lines.ticket_type_id",
        order,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives a pending order another state; whether it was pending.
pub(super) async fn mark_given_up(
    connection: &mut PgConnection,
    order: OrderId,
    state: &str,
) -> Result<bool> {
    let given_up = sqlx::query!(
        "update orders set state = $2, expires_at = null where id = $1 and state = 'pending'",
        order,
        state,
    )
    .execute(connection)
    .await?;
    Ok(given_up.rows_affected() > 0)
}

/// Frees what an order held, and the use of its promo code. Call it with the stock locked.
pub(super) async fn free_stock(connection: &mut PgConnection, order: OrderId) -> Result<()> {
    sqlx::query!(
        "with unused as (
            update promo_codes p set used = p.used - 1
            from orders o where o.id = $1 and p.id = o.promo_code_id
        )
        update ticket_types t set sold = t.sold - l.quantity, held = t.held - l.quantity
        from order_lines l where l.order_id = $1 and t.id = l.ticket_type_id",
        order,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The pending orders whose time was over at `now`.
pub(super) async fn due(db: &PgPool, now: Time) -> Result<Vec<OrderId>> {
    let due = sqlx::query_scalar!(
        "select id from orders where state = 'pending' and expires_at <= $1 order by expires_at",
        now,
    )
    .fetch_all(db)
    .await?;
    Ok(due)
}

/// The events that an order is for.
pub(super) async fn events_of(
    connection: &mut PgConnection,
    order: OrderId,
) -> Result<Vec<EventId>> {
    let events = sqlx::query_scalar!(
        "select distinct event_id from order_lines where order_id = $1",
        order
    )
    .fetch_all(connection)
    .await?;
    Ok(events)
}
