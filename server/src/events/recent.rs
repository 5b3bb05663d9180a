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

/// The most lists, and the most events, that are kept.
const ENTRIES_MAX: u64 = 2_000;

/// Recent answers to public reads. While one is made, whoever asks for the same waits for it.
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
                .max_capacity(ENTRIES_MAX)
                .time_to_live(age)
                .build(),
            events: Cache::builder()
                .max_capacity(ENTRIES_MAX)
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
