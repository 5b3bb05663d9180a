//! What happens by the clock: holds expire, events end and are archived, what was sent is forgotten. Any number of servers may
//! run the same jobs at once, and each may be killed at any time: a job moves in small transactions
//! that leave everything true, and goes on from what it finds.

pub mod archive;
pub mod db;
pub mod ending;
pub mod postponed;

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::error::Result;
use crate::http::report;
use crate::orders::pending;
use crate::state::AppState;
use crate::transfers::over;
use crate::{cancellation, comps, throttle, users, waiting};

/// How long between looks at the clock.
const INTERVAL: Duration = Duration::from_secs(10);

/// For how long it can be looked up what became of a letter.
const DONE_KEPT_DAYS: i32 = 30;
/// Small enough to be forgotten in well under a second.
const DONE_BATCH: i64 = 10_000;

/// How long between looks for tickets to refund or to give.
const BATCHES_INTERVAL: Duration = Duration::from_secs(1);

/// Runs the jobs until `stop`.
pub fn start(state: AppState, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::join!(by_the_clock(&state, &stop), in_batches(&state, &stop));
    })
}

async fn by_the_clock(state: &AppState, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        log("expire orders", expire_orders(state).await);
        log("end events", ending::run_once(&state.db, stop).await);
        log("end transfers", over::run_once(&state.db, stop).await);
        let days = state.config.archive_after_days;
        log(
            "archive events",
            archive::run_once(&state.db, days, stop).await,
        );
        log("forget sent mail", forget_done(state).await);
        log("clear limits", clear_limits(state).await);
        log("forget devices", forget_devices(state).await);
        tokio::select! { () = tokio::time::sleep(INTERVAL) => {}, () = stop.cancelled() => {} }
    }
}

/// What people wait for: it takes many small transactions, so that buyers are not kept waiting.
async fn in_batches(state: &AppState, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        log(
            "refund cancelled events",
            cancellation::run_once(&state.db, stop).await,
        );
        log(
            "offer to those who wait",
            waiting::run_once(&state.db).await,
        );
        log("give tickets", comps::run_once(&state.db, stop).await);
        tokio::select! {
            () = tokio::time::sleep(BATCHES_INTERVAL) => {},
            () = stop.cancelled() => {}
        }
    }
}

/// What failed is tried again at the next look, and keeps nothing else from being done.
fn log(job: &str, outcome: Result<usize>) {
    match outcome {
        Ok(0) => {}
        Ok(done) => tracing::info!(job, done, "job done"),
        Err(error) => {
            tracing::error!(job, cause = report(&error), "job failed");
        }
    }
}

async fn forget_done(state: &AppState) -> Result<usize> {
    let mut connection = state.db.acquire().await?;
    db::forget_done(&mut connection, DONE_KEPT_DAYS, DONE_BATCH).await
}

async fn clear_limits(state: &AppState) -> Result<usize> {
    throttle::clear(&mut *state.db.acquire().await?, DONE_BATCH).await
}

async fn forget_devices(state: &AppState) -> Result<usize> {
    users::forget_devices(&mut *state.db.acquire().await?, DONE_BATCH).await
}

async fn expire_orders(state: &AppState) -> Result<usize> {
    let mut connection = state.db.acquire().await?;
    let now = db::now(&mut connection).await?;
    drop(connection);
    pending::expire_due(&state.db, now).await
}
