//! Moves the tickets of events long over out of the hot tables. A ticket is in exactly one place at
//! any time, and the views over both show it as before.

use api::EventId;
use sqlx::{PgPool, Postgres, Transaction};
use tokio_util::sync::CancellationToken;

use super::db;
use super::postponed::Postponed;
use crate::error::Result;

/// Events that could not be archived.
static POSTPONED: Postponed<EventId> = Postponed::new("archive events");
/// Small enough to be done in well under a second.
const BATCH: i64 = 5000;

/// Archives every event that ended more than `after_days` ago; how many tickets were moved.
pub async fn run_once(pool: &PgPool, after_days: u16, stop: &CancellationToken) -> Result<usize> {
    let mut moved = 0;
    while !stop.is_cancelled() {
        match run_batch(pool, after_days, BATCH).await? {
            Some(batch) => moved += batch,
            None => break,
        }
    }
    Ok(moved)
}

/// Moves up to `size` tickets of one event, and marks it when none are left; `None` when there is
/// nothing to archive, or others are at it. An event that fails is put off.
pub async fn run_batch(pool: &PgPool, after_days: u16, size: i64) -> Result<Option<usize>> {
    let mut transaction = pool.begin().await?;
    let skip = POSTPONED.waiting();
    let Some(event) = db::lock_archivable(&mut transaction, after_days, &skip).await? else {
        return Ok(None);
    };
    match move_some(transaction, event, size).await {
        Ok(moved) => {
            POSTPONED.done(event);
            Ok(Some(moved))
        }
        Err(error) => {
            POSTPONED.failed(event, &error);
            Ok(Some(0))
        }
    }
}

async fn move_some(
    mut transaction: Transaction<'_, Postgres>,
    event: EventId,
    size: i64,
) -> Result<usize> {
    let moved = db::move_tickets(&mut transaction, event, size).await?;
    if i64::try_from(moved).is_ok_and(|moved| moved < size) {
        db::mark_archived(&mut transaction, event).await?;
    }
    transaction.commit().await?;
    Ok(moved)
}
