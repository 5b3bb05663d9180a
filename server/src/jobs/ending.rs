//! Published events that are over become `ended`.

use api::EventId;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::db;
use super::postponed::Postponed;
use crate::error::Result;

/// Events that could not be ended.
static POSTPONED: Postponed<EventId> = Postponed::new("end events");
const BATCH: i64 = 100;

/// Ends every event that is over; how many it were. An event that fails is put off.
pub async fn run_once(pool: &PgPool, stop: &CancellationToken) -> Result<usize> {
    let mut ended = 0;
    loop {
        let mut connection = pool.acquire().await?;
        let due = db::due_to_end(&mut connection, BATCH, &POSTPONED.waiting()).await?;
        drop(connection);
        let mut batch = 0;
        for event in due {
            if stop.is_cancelled() {
                return Ok(ended);
            }
            match end(pool, event).await {
                Ok(done) => {
                    POSTPONED.done(event);
                    batch += usize::from(done);
                }
                Err(error) => POSTPONED.failed(event, &error),
            }
        }
        // What is left is locked by others.
        if batch == 0 {
            return Ok(ended);
        }
        ended += batch;
    }
}

async fn end(pool: &PgPool, event: EventId) -> Result<bool> {
    let mut connection = pool.acquire().await?;
    db::end(&mut connection, event).await
}
