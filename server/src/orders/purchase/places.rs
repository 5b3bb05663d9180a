//! How many purchases one person may have under way: a few are served at once, some more wait before
//! their bodies are read, and the rest is told to come back. So nobody fills the queue of an event.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use api::UserId;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::state::AppState;

/// How many purchases of one person are served at once.
const AT_ONCE: usize = 4;
/// How many of them there may be, with those that wait.
const UNDER_WAY_MAX: usize = 64;
/// How long one may wait.
const WAIT_TIMEOUT: Duration = Duration::from_secs(10);
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Who has purchases under way right now, and nobody else.
#[derive(Clone, Default)]
pub struct Places {
    people: Arc<Mutex<HashMap<UserId, Person>>>,
}

struct Person {
    turns: Arc<Semaphore>,
    under_way: usize,
}

/// A purchase's place, until this is dropped.
pub(crate) struct Place {
    /// Given back before the count is, so that a person who is gone has none taken.
    turn: Option<OwnedSemaphorePermit>,
    user: UserId,
    places: Places,
}

impl Places {
    /// Waits for a place for a purchase of `user`.
    pub(crate) async fn take(&self, user: UserId) -> Result<Place> {
        let busy = || Error::Busy {
            retry_after: RETRY_AFTER,
        };
        let turns = {
            let mut people = self.lock();
            let person = people.entry(user).or_insert_with(|| Person {
                turns: Arc::new(Semaphore::new(AT_ONCE)),
                under_way: 0,
            });
            if person.under_way >= UNDER_WAY_MAX {
                return Err(busy());
            }
            person.under_way += 1;
            Arc::clone(&person.turns)
        };
        let mut place = Place {
            turn: None,
            user,
            places: self.clone(),
        };
        let turn = timeout(WAIT_TIMEOUT, turns.acquire_owned()).await;
        let turn = turn.map_err(|_late| busy())?;
        place.turn = Some(turn.map_err(Error::internal)?);
        Ok(place)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, Person>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(self.turn.take());
        let mut people = self.places.lock();
        if let Some(person) = people.get_mut(&self.user) {
            person.under_way -= 1;
            if person.under_way == 0 {
                people.remove(&self.user);
            }
        }
    }
}

/// Someone signed in who has a place for a purchase, taken before the body is read.
pub(crate) struct Buyer {
    pub(crate) signed_in: SignedIn,
    _place: Place,
}

impl FromRequestParts<AppState> for Buyer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let signed_in =
            <SignedIn as FromRequestParts<AppState>>::from_request_parts(parts, state).await?;
        Ok(Self {
            signed_in,
            _place: state.purchases.places.take(signed_in.user).await?,
        })
    }
}

#[cfg(test)]
mod tests {
    use futures::poll;
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn a_person_has_a_few_places_and_others_have_theirs() {
        let places = Places::default();
        let (ada, bo) = (Uuid::now_v7(), Uuid::now_v7());
        let mut served = Vec::new();
        for _ in 0..AT_ONCE {
            served.push(places.take(ada).await.expect("a place"));
        }
        let mut waiting: Vec<_> = (AT_ONCE..UNDER_WAY_MAX)
            .map(|_| Box::pin(places.take(ada)))
            .collect();
        for wait in &mut waiting {
            assert!(poll!(wait).is_pending(), "it waits");
        }
        let refused = places.take(ada).await;
        assert!(matches!(refused, Err(Error::Busy { .. })));
        assert!(places.take(bo).await.is_ok());

        served.pop();
        assert!(waiting.remove(0).await.is_ok());
        drop((served, waiting));
        assert!(places.lock().is_empty(), "nobody is remembered");
    }
}
