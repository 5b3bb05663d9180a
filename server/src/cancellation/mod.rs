//! What happens to the tickets of an event that is called off: those that were bought are refunded,
//! those that were given are taken back. In batches, so that nobody waits; each batch is a
//! transaction that counts itself, so that a server that is killed has done it or has not, and any
//! other goes on.

mod db;

use api::{EventId, OrderId, UserId};
use sqlx::{PgConnection, PgPool};
use tokio_util::sync::CancellationToken;

use crate::error::Result;
use crate::host::guests::take_back;
use crate::mail::recipients;
use crate::orders::pending::{GivenUp, give_up};
use crate::orders::purchase::lock_stock;
use crate::refunds::decide::SoldTicket;
use crate::refunds::{db as refunds, refund_all};

/// Small enough to be done in well under a second.
const BATCH: i64 = 500;
const REASON: &str = "The event has been cancelled.";

/// Has every ticket of `event` go back, and everyone told whom it concerns. Call it with the event's stock
/// locked.
pub async fn begin(
    connection: &mut PgConnection,
    event: EventId,
    by: UserId,
    message: Option<&str>,
) -> Result<()> {
    db::insert(connection, event, by, message).await?;
    db::drop_waiting_guests(connection, event).await?;
    recipients::tell_cancelled(connection, event).await
}

/// Works off everything there is to do; how many tickets it were.
pub async fn run_once(pool: &PgPool, stop: &CancellationToken) -> Result<usize> {
    let mut done = 0;
    while !stop.is_cancelled() {
        match run_batch(pool, BATCH).await? {
            Some(batch) => done += batch,
            None => break,
        }
    }
    Ok(done)
}

/// Sends about `size` tickets of one event back, whole orders at a time; `None` when there is
/// nothing to do, or others are at it.
pub async fn run_batch(pool: &PgPool, size: i64) -> Result<Option<usize>> {
    let mut transaction = pool.begin().await?;
    let Some(work) = db::take(&mut transaction).await? else {
        return Ok(None);
    };
    // They may be of other events as well, whose stock has to be locked with this one's.
    let held = db::pending_orders(&mut transaction, work.event).await?;
    if !held.is_empty() {
        transaction.rollback().await?;
        return release(pool, &held).await.map(Some);
    }
    lock_stock(&mut transaction, &[work.event]).await?;
    let names = db::next_tickets(&mut transaction, work.event, size).await?;
    let (tickets, _) = refunds::tickets(&mut transaction, &names).await?;
    send_back(&mut transaction, tickets, work.by).await?;
    db::count(&mut transaction, work.event, names.len()).await?;
    transaction.commit().await?;
    Ok(Some(names.len()))
}

/// Gives up orders that were not paid yet.
async fn release(pool: &PgPool, orders: &[OrderId]) -> Result<usize> {
    for order in orders {
        let mut transaction = pool.begin().await?;
        give_up(&mut transaction, *order, GivenUp::Cancelled).await?;
        transaction.commit().await?;
    }
    Ok(0)
}

async fn send_back(
    connection: &mut PgConnection,
    tickets: Vec<SoldTicket>,
    by: UserId,
) -> Result<()> {
    let (comps, bought): (Vec<_>, Vec<_>) = tickets.into_iter().partition(|t| t.comp);
    take_back(connection, &comps, by, REASON).await?;
    refund_all(connection, bought, by).await
}
