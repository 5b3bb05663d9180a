//! What becomes of pending orders: paid, or given up, which frees their stock at once.

use api::{EventId, OrderId, Time};
use sqlx::{PgConnection, PgPool};

use super::purchase::lock_stock;
use crate::error::Result;
use crate::mail::{self, Mail};
use crate::waiting;

/// How an order can be given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenUp {
    /// Not paid in time.
    Expired,
    /// Called off by the buyer.
    Cancelled,
    /// The payment did not work.
    Failed,
}

impl GivenUp {
    fn state(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }
}

/// Marks a pending order as paid and issues its tickets; false when it was decided before or its
/// time is over, in which case the money has to go back. Call it in a transaction.
pub async fn settle(connection: &mut PgConnection, order: OrderId) -> Result<bool> {
    lock_stock_of(connection, order).await?;
    let paid = sqlx::query!(
        "update orders set state = 'paid', expires_at = null
        where id = $1 and state = 'pending' and expires_at > clock_timestamp()",
        order,
    )
    .execute(&mut *connection)
    .await?;
    if paid.rows_affected() == 0 {
        return Ok(false);
    }
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
    .execute(&mut *connection)
    .await?;
    waiting::close(connection, order).await?;
    mail::enqueue(connection, &[Mail::OrderConfirmation { order }]).await?;
    Ok(true)
}

/// Gives up a pending order and frees its stock, first for those who wait for it; false when it was
/// decided before. Call it in a transaction.
pub async fn give_up(connection: &mut PgConnection, order: OrderId, how: GivenUp) -> Result<bool> {
    let events = lock_stock_of(connection, order).await?;
    let given_up = sqlx::query!(
        "update orders set state = $2, expires_at = null where id = $1 and state = 'pending'",
        order,
        how.state(),
    )
    .execute(&mut *connection)
    .await?;
    if given_up.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!(
        "with unused as (
            update promo_codes p set used = p.used - 1
            from orders o where o.id = $1 and p.id = o.promo_code_id
        )
        update ticket_types t set sold = t.sold - l.quantity, held = t.held - l.quantity
        from order_lines l where l.order_id = $1 and t.id = l.ticket_type_id",
        order,
    )
    .execute(&mut *connection)
    .await?;
    waiting::close(connection, order).await?;
    waiting::offer(connection, &events).await?;
    Ok(true)
}

/// Gives up every pending order whose time was over at `now`, each in a transaction of its own;
/// how many it were.
pub async fn expire_due(db: &PgPool, now: Time) -> Result<usize> {
    let due = sqlx::query_scalar!(
        "select id from orders where state = 'pending' and expires_at <= $1 order by expires_at",
        now,
    )
    .fetch_all(db)
    .await?;
    let mut expired = 0;
    for order in due {
        let mut transaction = db.begin().await?;
        let given_up = give_up(&mut transaction, order, GivenUp::Expired).await?;
        transaction.commit().await?;
        expired += usize::from(given_up);
    }
    Ok(expired)
}

async fn lock_stock_of(connection: &mut PgConnection, order: OrderId) -> Result<Vec<EventId>> {
    let events = sqlx::query_scalar!(
        "select distinct event_id from order_lines where order_id = $1",
        order
    )
    .fetch_all(&mut *connection)
    .await?;
    lock_stock(connection, &events).await?;
    Ok(events)
}
