//! What happens by the clock: holds expire, events end and are archived. Any number of servers may
//! run the same jobs at once, and each may be killed at any time: a job moves in small transactions
//! that leave everything true, and goes on from what it finds.

pub mod archive;
pub mod db;
pub mod ending;

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::error::Result;
use crate::http::report;
use crate::orders::pending;
use crate::state::AppState;

/// How long between looks at the clock.
const INTERVAL: Duration = Duration::from_secs(10);

/// Runs the jobs until `stop`.
pub fn start(state: AppState, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        while !stop.is_cancelled() {
            log("expire orders", expire_orders(&state).await);
            log("end events", ending::run_once(&state.db, &stop).await);
            let days = state.config.archive_after_days;
            log(
                "archive events",
                archive::run_once(&state.db, days, &stop).await,
            );
            tokio::select! { () = tokio::time::sleep(INTERVAL) => {}, () = stop.cancelled() => {} }
        }
    })
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

async fn expire_orders(state: &AppState) -> Result<usize> {
    let mut connection = state.db.acquire().await?;
    let now = db::now(&mut connection).await?;
    drop(connection);
    pending::expire_due(&state.db, now).await
}
