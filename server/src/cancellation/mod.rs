//! What happens to the tickets of an event that is called off: those that were bought are refunded,
//! those that were given are taken back. In batches, so that nobody waits; each batch is a
//! transaction that counts itself, so that a server that is killed has done it or has not, and any
//! other goes on.

mod db;

use api::tickets::TicketName;
use api::{EventId, OrderId, UserId};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use crate::host::guests::take_back;
use crate::jobs::postponed::Postponed;
use crate::mail::recipients;
use crate::orders::pending::{GivenUp, give_up};
use crate::orders::purchase::lock_stock;
use crate::refunds::decide::SoldTicket;
use crate::refunds::{db as refunds, refund_all};

/// Orders whose tickets could not be sent back, and events of which nothing could be done.
static ORDERS: Postponed<OrderId> = Postponed::new("refund a cancelled event");
static EVENTS: Postponed<EventId> = Postponed::new("refund cancelled events");
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
/// nothing to do, or others are at it. Where that fails orders are sent back one by one, and those
/// that cannot be are put off.
pub async fn run_batch(pool: &PgPool, size: i64) -> Result<Option<usize>> {
    let mut transaction = pool.begin().await?;
    let Some(work) = db::take(&mut transaction, &EVENTS.waiting()).await? else {
        return Ok(None);
    };
    // They may be of other events as well, whose stock has to be locked with this one's.
    let held = db::pending_orders(&mut transaction, work.event, &ORDERS.waiting()).await?;
    if !held.is_empty() {
        transaction.rollback().await?;
        release(pool, &held).await;
        return Ok(Some(0));
    }
    let done = match send_some_back(transaction, &work, size).await {
        Err(failed) if failed.orders.len() > 1 => {
            let error = failed.error;
            tracing::warn!(event = %work.event, %error, "orders are sent back one by one");
            let mut done = 0;
            for _ in failed.orders {
                let transaction = pool.begin().await?;
                done += put_off(&work, send_some_back(transaction, &work, 1).await);
            }
            done
        }
        outcome => put_off(&work, outcome),
    };
    Ok(Some(done))
}

/// What could not be done, and the orders that it was about, where it is known.
struct Failed {
    orders: Vec<OrderId>,
    error: Error,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self {
            orders: Vec::new(),
            error,
        }
    }
}

/// How many tickets were sent back. A failure puts off the order, or else the event.
fn put_off(work: &db::Work, outcome: Result<usize, Failed>) -> usize {
    match outcome {
        Ok(done) => done,
        Err(Failed { orders, error }) => {
            match orders.first() {
                Some(order) => ORDERS.failed(*order, &error),
                None => EVENTS.failed(work.event, &error),
            }
            0
        }
    }
}

async fn send_some_back(
    mut transaction: Transaction<'_, Postgres>,
    work: &db::Work,
    size: i64,
) -> Result<usize, Failed> {
    lock_stock(&mut transaction, &[work.event]).await?;
    let next = db::next_tickets(&mut transaction, work.event, size, &ORDERS.waiting()).await?;
    if next.is_empty() && db::is_anything_left(&mut transaction, work.event).await? {
        return Err(Error::internal("some of its orders cannot be sent back").into());
    }
    let mut orders: Vec<OrderId> = next.iter().map(|(order, _)| *order).collect();
    orders.sort_unstable();
    orders.dedup();
    let names: Vec<TicketName> = next.into_iter().map(|(_, name)| name).collect();
    let sent = async {
        let (tickets, _) = refunds::tickets(&mut transaction, &names).await?;
        send_back(&mut transaction, tickets, work.by).await?;
        db::count(&mut transaction, work.event, names.len()).await?;
        transaction.commit().await?;
        Ok::<_, Error>(names.len())
    };
    match sent.await {
        Ok(sent) => {
            for order in orders {
                ORDERS.done(order);
            }
            Ok(sent)
        }
        Err(error) => Err(Failed { orders, error }),
    }
}

/// Gives up orders that were not paid yet.
async fn release(pool: &PgPool, orders: &[OrderId]) {
    for order in orders {
        match release_one(pool, *order).await {
            Ok(()) => ORDERS.done(*order),
            Err(error) => ORDERS.failed(*order, &error),
        }
    }
}

async fn release_one(pool: &PgPool, order: OrderId) -> Result<()> {
    let mut transaction = pool.begin().await?;
    give_up(&mut transaction, order, GivenUp::Cancelled).await?;
    transaction.commit().await?;
    Ok(())
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
