//! What becomes of pending orders: paid, or given up, which frees their stock at once.

mod db;

use api::{EventId, OrderId, Time};
use sqlx::{PgConnection, PgPool};

use super::purchase::lock_stock;
use crate::error::Result;
use crate::jobs::postponed::Postponed;
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
    if !db::mark_paid(connection, order).await? {
        return Ok(false);
    }
    db::issue_tickets(connection, order).await?;
    waiting::close(connection, order).await?;
    mail::enqueue(connection, &[Mail::OrderConfirmation { order }]).await?;
    Ok(true)
}

/// Gives up a pending order and frees its stock, first for those who wait for it; false when it was
/// decided before. Call it in a transaction.
pub async fn give_up(connection: &mut PgConnection, order: OrderId, how: GivenUp) -> Result<bool> {
    let events = lock_stock_of(connection, order).await?;
    if !db::mark_given_up(connection, order, how.state()).await? {
        return Ok(false);
    }
    db::free_stock(connection, order).await?;
    waiting::close(connection, order).await?;
    waiting::offer(connection, &events).await?;
    Ok(true)
}

/// Orders that could not be given up.
static POSTPONED: Postponed<OrderId> = Postponed::new("expire orders");

/// Gives up every pending order whose time was over at `now`, each in a transaction of its own;
/// how many it were. An order that fails is put off.
pub async fn expire_due(db: &PgPool, now: Time) -> Result<usize> {
    let mut expired = 0;
    let skip = POSTPONED.waiting();
    let due = db::due(db, now).await?;
    for order in due.into_iter().filter(|order| !skip.contains(order)) {
        match expire(db, order).await {
            Ok(given_up) => {
                POSTPONED.done(order);
                expired += usize::from(given_up);
            }
            Err(error) => POSTPONED.failed(order, &error),
        }
    }
    Ok(expired)
}

async fn expire(db: &PgPool, order: OrderId) -> Result<bool> {
    let mut transaction = db.begin().await?;
    let given_up = give_up(&mut transaction, order, GivenUp::Expired).await?;
    transaction.commit().await?;
    Ok(given_up)
}

async fn lock_stock_of(connection: &mut PgConnection, order: OrderId) -> Result<Vec<EventId>> {
    let events = db::events_of(connection, order).await?;
    lock_stock(connection, &events).await?;
    Ok(events)
}
