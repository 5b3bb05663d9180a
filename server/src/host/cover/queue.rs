//! Whose picture is worked on next.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use api::UserId;
use tokio::sync::{OwnedMutexGuard, Semaphore, SemaphorePermit};

use crate::error::{Error, Result};

/// How long an upload waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many uploads of one account are kept in memory at a time.
const UPLOADS_MAX: usize = 3;

/// Lets accounts take turns. A picture takes a few hundred megabytes while it is worked on, so that
/// is done one at a time, and each account waits with one picture at a time: anyone who sends a hundred
/// keeps others waiting for one.
#[derive(Default)]
pub(super) struct Queue {
    accounts: Mutex<HashMap<UserId, Account>>,
}

#[derive(Default)]
struct Account {
    first: Arc<tokio::sync::Mutex<()>>,
    uploads: usize,
}

pub(super) static QUEUE: LazyLock<Queue> = LazyLock::new(Queue::default);
static TURN: Semaphore = Semaphore::const_new(1);

/// One of an account's places in the queue. It is given back when it is dropped.
pub(super) struct Place<'a> {
    queue: &'a Queue,
    user: UserId,
    first: Arc<tokio::sync::Mutex<()>>,
}

/// The right to work on a picture.
pub(super) struct Turn {
    _account: OwnedMutexGuard<()>,
    _permit: SemaphorePermit<'static>,
}

impl Queue {
    /// Takes a place for `user`. Ask for it before the picture is read.
    pub(super) fn enter(&self, user: UserId) -> Result<Place<'_>> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let account = accounts.entry(user).or_default();
        if account.uploads >= UPLOADS_MAX {
            return Err(busy());
        }
        account.uploads += 1;
        Ok(Place {
            queue: self,
            user,
            first: Arc::clone(&account.first),
        })
    }
}

impl Place<'_> {
    /// Waits until the account's earlier pictures are done, and then for its turn among others.
    pub(super) async fn turn(&self) -> Result<Turn> {
        let turn = async {
            let account = Arc::clone(&self.first).lock_owned().await;
            let permit = TURN.acquire().await.map_err(Error::internal)?;
            Ok(Turn {
                _account: account,
                _permit: permit,
            })
        };
        tokio::time::timeout(PATIENCE, turn)
            .await
            .map_err(|_elapsed| busy())?
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut accounts = self
            .queue
            .accounts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(account) = accounts.get_mut(&self.user) {
            account.uploads -= 1;
            if account.uploads == 0 {
                accounts.remove(&self.user);
            }
        }
    }
}

fn busy() -> Error {
    Error::Busy {
        retry_after: PATIENCE,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn an_account_with_many_pictures_keeps_others_waiting_for_one() {
        let queue = Queue::default();
        let (eve, ada) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let eves: Vec<Place> = (0..UPLOADS_MAX)
            .map(|_| queue.enter(eve).expect("a place"))
            .collect();
        assert!(matches!(queue.enter(eve), Err(Error::Busy { .. })));
        let working = eves[0].turn().await.expect("a turn");
        let adas = queue.enter(ada).expect("a place");
        let order = Mutex::new(Vec::new());
        let next = async |place: &Place<'_>, name| {
            let _turn = place.turn().await.expect("a turn");
            order.lock().expect("kept").push(name);
        };
        let release = async {
            tokio::task::yield_now().await;
            drop(working);
        };
        tokio::join!(
            next(&eves[1], "eve"),
            next(&eves[2], "eve"),
            next(&adas, "ada"),
            release
        );
        assert_eq!(*order.lock().expect("kept"), ["ada", "eve", "eve"]);
        drop(eves);
        drop(adas);
        assert!(queue.accounts.lock().expect("kept").is_empty());
    }
}
