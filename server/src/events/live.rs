//! Tells event screens how many tickets are left. One query every half second serves all events
//! that anyone watches, however many watch; it reads the database, so that any number of server
//! processes tell the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api::EventId;
use api::events::LiveStock;
use sqlx::PgPool;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::db;
use crate::error::Result;

const INTERVAL: Duration = Duration::from_millis(500);

type Watched = HashMap<EventId, watch::Sender<Option<LiveStock>>>;

/// The events being watched.
#[derive(Clone)]
pub struct Live {
    db: PgPool,
    watched: Arc<Mutex<Watched>>,
}

impl Live {
    /// Watches until `stop`, which also ends every stream.
    pub fn start(db: PgPool, stop: CancellationToken) -> Self {
        let live = Self {
            db,
            watched: Arc::default(),
        };
        let refresher = live.clone();
        tokio::spawn(async move {
            let refreshing = async {
                loop {
                    tokio::time::sleep(INTERVAL).await;
                    if let Err(error) = refresher.refresh().await {
                        tracing::warn!(%error, "cannot read what is left");
                    }
                }
            };
            tokio::select! { () = refreshing => {}, () = stop.cancelled() => {} }
            refresher.lock().clear();
        });
        live
    }

    /// The stock of a published event, now and whenever it changes.
    pub async fn watch(
        &self,
        event: EventId,
    ) -> Result<Option<watch::Receiver<Option<LiveStock>>>> {
        let mut connection = self.db.acquire().await?;
        let mut stocks = db::live_stock(&mut connection, &[event]).await?;
        let Some(stock) = stocks.remove(&event) else {
            return Ok(None);
        };
        let mut watched = self.lock();
        let sender = watched
            .entry(event)
            .or_insert_with(|| watch::channel(Some(stock)).0);
        Ok(Some(sender.subscribe()))
    }

    async fn refresh(&self) -> Result<()> {
        let events: Vec<EventId> = {
            let mut watched = self.lock();
            watched.retain(|_, sender| sender.receiver_count() > 0);
            watched.keys().copied().collect()
        };
        if events.is_empty() {
            return Ok(());
        }
        let mut connection = self.db.acquire().await?;
        let stocks = db::live_stock(&mut connection, &events).await?;
        let watched = self.lock();
        for (event, stock) in stocks {
            if let Some(sender) = watched.get(&event) {
                sender.send_if_modified(|known| {
                    let changed = known.as_ref() != Some(&stock);
                    *known = Some(stock);
                    changed
                });
            }
        }
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
