//! What everyone reads, kept in memory for a moment: the list and the public side of an event. It
//! may be as old as configured; buying never trusts it.

use std::sync::Arc;
use std::time::Duration;

use api::EventId;
use api::events::EventDetail;
use moka::future::Cache;
use serde::Serialize;

use crate::answer::Answer;
use crate::error::{Error, Result};
use crate::reader::Reader;

/// The most bytes of lists, and of events, that are kept. Anyone can ask for any list, so their
/// number says little.
const BYTES_MAX: u64 = 16 * 1024 * 1024;
/// What an entry takes beside its text.
const ENTRY_BYTES: u32 = 512;

/// Recent answers to public reads. While one is made, anyone who asks for the same waits for it.
pub struct Recent {
    lists: Cache<String, Answer>,
    events: Cache<EventId, Option<Event>>,
}

/// The public side of an event.
#[derive(Clone)]
pub struct Event {
    /// As somebody signed out sees it.
    pub detail: Arc<EventDetail>,
    /// The same, written.
    pub answer: Answer,
    /// Who made it: what stands beside their words is in their language.
    pub organizer: Reader,
}

impl Recent {
    /// Keeps answers for `age`.
    pub fn new(age: Duration) -> Self {
        Self {
            lists: Cache::builder()
                .max_capacity(BYTES_MAX)
                .weigher(|key: &String, list: &Answer| {
                    let key = u32::try_from(key.len()).unwrap_or(u32::MAX);
                    list.size().saturating_add(key).saturating_add(ENTRY_BYTES)
                })
                .time_to_live(age)
                .build(),
            events: Cache::builder()
                .max_capacity(BYTES_MAX)
                .weigher(|_: &EventId, event: &Option<Event>| {
                    // An event is there twice: as it is, and written.
                    let event = event.as_ref().map_or(0, |event| event.answer.size());
                    event.saturating_mul(2).saturating_add(ENTRY_BYTES)
                })
                .time_to_live(age)
                .build(),
        }
    }

    /// The list that `key` names, made by `load` when none is recent.
    pub async fn list<T: Serialize>(
        &self,
        key: String,
        load: impl Future<Output = Result<T>>,
    ) -> Result<Answer> {
        let load = async { Answer::json(&load.await?) };
        self.lists.try_get_with(key, load).await.map_err(again)
    }

    /// The public side of an event, made by `load` when none is recent; none for a draft.
    pub async fn event(
        &self,
        id: EventId,
        load: impl Future<Output = Result<Option<(EventDetail, Reader)>>>,
    ) -> Result<Option<Event>> {
        let load = async {
            let Some((detail, organizer)) = load.await? else {
                return Ok(None);
            };
            let answer = Answer::json(&detail)?;
            let detail = Arc::new(detail);
            Ok(Some(Event {
                detail,
                answer,
                organizer,
            }))
        };
        self.events.try_get_with(id, load).await.map_err(again)
    }
}

/// The error that all who waited share.
fn again(error: Arc<Error>) -> Error {
    match *error {
        Error::Busy { retry_after } => Error::Busy { retry_after },
        _ => Error::internal(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn made_up_searches_do_not_fill_the_memory() {
        let recent = Recent::new(Duration::from_secs(60));
        let long = "x".repeat(40_000);
        for number in 0..1_000_u32 {
            let key = format!("search {number}");
            let list = recent.list(key, async { Ok(&long) }).await;
            assert!(list.is_ok());
            let none = recent.event(uuid::Uuid::new_v4(), async { Ok(None) }).await;
            assert!(matches!(none, Ok(None)));
        }
        recent.lists.run_pending_tasks().await;
        recent.events.run_pending_tasks().await;
        assert!(recent.lists.entry_count() > 10, "something is kept");
        assert!(recent.lists.weighted_size() <= BYTES_MAX);
        assert!(recent.events.weighted_size() <= BYTES_MAX);
        assert!(recent.events.weighted_size() >= u64::from(ENTRY_BYTES) * 1_000);
    }
}
