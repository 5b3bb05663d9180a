//! Published events that are over become `ended`.

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::db;
use crate::error::Result;

const BATCH: i64 = 100;

/// Ends every event that is over; how many it were.
pub async fn run_once(pool: &PgPool, stop: &CancellationToken) -> Result<usize> {
    let mut ended = 0;
    while !stop.is_cancelled() {
        let mut connection = pool.acquire().await?;
        match db::end_due(&mut connection, BATCH).await? {
            0 => break,
            batch => ended += batch,
        }
    }
    Ok(ended)
}
