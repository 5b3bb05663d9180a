//! When an event is over nobody can accept its tickets: they are their senders' again.

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::db;
use crate::error::Result;

/// Makes every transfer void whose event is over; how many it were.
pub async fn run_once(pool: &PgPool, stop: &CancellationToken) -> Result<usize> {
    let mut voided = 0;
    while !stop.is_cancelled() {
        let mut transaction = pool.begin().await?;
        let Some(event) = db::lock_over(&mut transaction).await? else {
            break;
        };
        voided += db::void_over(&mut transaction, event).await?;
        transaction.commit().await?;
    }
    Ok(voided)
}
