//! Takes letters that are due, writes and sends them. Any number of servers do so at once: a letter
//! that one has taken is no other's until its lease is over, which only a kill lets happen.

use std::time::Duration;

use futures::StreamExt;
use sqlx::PgPool;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::letter::Sealed;
use super::transport::{Transport, Undelivered};
use super::{ACCOUNT_MAIL, INVITATION, MAIL, MAIL_TO_MANY, Mail, db, letters};
use crate::error::{Error, Result};
use crate::http::report;
use crate::state::AppState;

/// How long between looks at what is due.
const INTERVAL: Duration = Duration::from_secs(1);
/// Mail servers refuse more than some; and drawing tickets must leave the machine to the buyers.
const LETTERS_PER_SECOND: f64 = 20.0;
/// How many are taken, and sent side by side.
const BATCH: usize = 8;
/// One at a time: drawing the tickets of a letter takes 15 MB.
static DRAWING: Semaphore = Semaphore::const_new(1);
/// How long a job that took a letter may keep it: longer than writing, sending and marking take.
const LEASE: Duration = Duration::from_secs(120);
/// Waits after a failure: twice as long each time.
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// Days after which a letter that cannot be sent is given up.
const KEEP_DAYS: i32 = 4;

/// Sends what is due until `stop`.
pub fn start(state: AppState, transport: Transport, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !stop.is_cancelled() {
            let pause = match deliver_due(&state, &transport).await {
                Ok(0) => INTERVAL,
                Ok(sent) => Duration::from_secs_f64(sent as f64 / LETTERS_PER_SECOND),
                Err(error) => {
                    tracing::warn!(cause = report(&error), "cannot look for mail");
                    INTERVAL
                }
            };
            tokio::select! { () = tokio::time::sleep(pause) => {}, () = stop.cancelled() => {} }
        }
    })
}

/// Sends a batch of what is due; how many letters were taken. Buyers come first: while many buy at
/// once, drawing tickets would take as much of the processor as hundreds of purchases.
pub async fn deliver_due(state: &AppState, transport: &Transport) -> Result<usize> {
    let mut jobs = take(state, ACCOUNT_MAIL, BATCH).await?;
    if !state.purchases.rush() {
        for kind in [MAIL, INVITATION, MAIL_TO_MANY] {
            jobs.extend(take(state, kind, BATCH - jobs.len()).await?);
        }
    }
    let taken = jobs.len();
    futures::stream::iter(jobs)
        .for_each_concurrent(BATCH, |job| deliver(state, transport, job))
        .await;
    Ok(taken)
}

async fn take(state: &AppState, kind: &str, limit: usize) -> Result<Vec<db::Job>> {
    let mut connection = state.db.acquire().await?;
    let lease = LEASE.as_secs_f64();
    db::take(&mut connection, kind, limit as i64, lease, KEEP_DAYS).await
}

async fn deliver(state: &AppState, transport: &Transport, job: db::Job) {
    let id = job.id;
    let outcome = match write(state, &job).await {
        Ok(Some(letter)) => transport.send(id, &letter.envelope, &letter.message).await,
        // Whom it was for is gone, or what it was about.
        Ok(None) => Ok(()),
        // An address from before addresses were checked, to which nothing can be sent.
        Err(error @ Error::Invalid(_)) => Err(Undelivered::ForGood(report(&error))),
        Err(error) => Err(Undelivered::ForNow(report(&error))),
    };
    let outcome = match outcome {
        Err(Undelivered::ForNow(error)) if job.last_try => Err(Undelivered::ForGood(error)),
        outcome => outcome,
    };
    match &outcome {
        Ok(()) => tracing::debug!(%id, "mail dealt with"),
        Err(Undelivered::ForNow(error)) => tracing::warn!(%id, error, "mail put off"),
        Err(Undelivered::ForGood(error)) => tracing::error!(%id, error, "mail given up"),
    }
    mark(&state.db, id, job.attempts, &outcome).await;
}

/// The letter, ready to send. What writing it changes, like the link that it tells, is committed
/// before it is sent.
async fn write(state: &AppState, job: &db::Job) -> Result<Option<Sealed>> {
    let mail: Mail = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
    let mut transaction = state.db.begin().await?;
    if mail.split(&mut transaction).await? {
        // Anyone who was slower than the lease queues nothing.
        if db::finish_once(&mut transaction, job.id).await? {
            transaction.commit().await?;
        }
        return Ok(None);
    }
    let letter = letters::write(&mut transaction, &state.config.public_url, &mail).await?;
    transaction.commit().await?;
    let Some(letter) = letter else {
        return Ok(None);
    };
    let (from, id, fonts) = (state.config.mail_from.clone(), job.id, state.fonts.clone());
    let _turn = DRAWING.acquire().await.map_err(Error::internal)?;
    let sealed = on_a_thread_of_its_own(move || letter.seal(&fonts, &from, id));
    sealed.await?.map(Some)
}

/// Each thread keeps memory that it once needed. A thread that ends gives back what drawing took.
async fn on_a_thread_of_its_own<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let (done, when_done) = oneshot::channel();
    let thread = std::thread::Builder::new().name("letter".to_owned());
    let started = thread.spawn(move || {
        // A server that stops waits for no letter.
        let _nobody_waits = done.send(work());
    });
    started.map_err(Error::internal)?;
    when_done.await.map_err(Error::internal)
}

/// Notes what became of a letter, however long the database is away within the lease: one that was
/// sent and is not marked would be sent again.
async fn mark(pool: &PgPool, id: Uuid, attempts: i32, outcome: &Result<(), Undelivered>) {
    let once = async || {
        let mut connection = pool.acquire().await?;
        match outcome {
            Ok(()) => db::finish(&mut connection, id, None).await,
            Err(Undelivered::ForGood(error)) => db::finish(&mut connection, id, Some(error)).await,
            Err(Undelivered::ForNow(error)) => {
                db::put_off(&mut connection, id, wait(attempts).as_secs_f64(), error).await
            }
        }
    };
    let patiently = async {
        while let Err(error) = once().await {
            tracing::warn!(%id, cause = report(&error), "cannot mark mail");
            tokio::time::sleep(INTERVAL).await;
        }
    };
    let _lease_is_over = tokio::time::timeout(LEASE / 2, patiently).await;
}

fn wait(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(16);
    LONGEST_WAIT.min(FIRST_WAIT * 2_u32.pow(doublings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_minutes() {
        let waits: Vec<u64> = (1..=9).map(|attempts| wait(attempts).as_secs()).collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
        assert_eq!(wait(i32::MAX), LONGEST_WAIT);
    }
}
