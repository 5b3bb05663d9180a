//! When an event is over nobody can accept its tickets: they are their senders' again.

use api::EventId;
use sqlx::{PgPool, Postgres, Transaction};
use tokio_util::sync::CancellationToken;

use super::db;
use crate::error::Result;
use crate::jobs::postponed::Postponed;

/// Events whose transfers could not be ended.
static POSTPONED: Postponed<EventId> = Postponed::new("end transfers");

/// Makes every transfer void whose event is over; how many it were. An event that fails is put off.
pub async fn run_once(pool: &PgPool, stop: &CancellationToken) -> Result<usize> {
    let mut voided = 0;
    while !stop.is_cancelled() {
        let mut transaction = pool.begin().await?;
        let skip = POSTPONED.waiting();
        let Some(event) = db::lock_over(&mut transaction, &skip).await? else {
            break;
        };
        match void(transaction, event).await {
            Ok(some) => {
                POSTPONED.done(event);
                voided += some;
            }
            Err(error) => POSTPONED.failed(event, &error),
        }
    }
    Ok(voided)
}

async fn void(mut transaction: Transaction<'_, Postgres>, event: EventId) -> Result<usize> {
    let voided = db::void_over(&mut transaction, event).await?;
    transaction.commit().await?;
    Ok(voided)
}
