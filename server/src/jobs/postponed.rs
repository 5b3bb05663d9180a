//! What a job could not do is put off, so that it keeps nothing else from being done.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::http::report;

/// How long an item that failed is put off: so long, twice as long each time, at most so long.
const FIRST_DELAY: Duration = Duration::from_secs(10);
const LONGEST_DELAY: Duration = Duration::from_secs(300);
/// How many items are remembered; of more, those that are due soonest are forgotten.
const ITEMS_MAX: usize = 10_000;

/// Items of a job that failed, and when each is tried again. In memory: another server tries them
/// once and finds out itself.
pub struct Postponed<K> {
    job: &'static str,
    items: Mutex<BTreeMap<K, Failure>>,
}

#[derive(Clone, Copy)]
struct Failure {
    times: u32,
    again: Instant,
}

impl<K: Copy + Ord + Debug> Postponed<K> {
    /// Of this job nothing has failed yet.
    pub const fn new(job: &'static str) -> Self {
        Self {
            job,
            items: Mutex::new(BTreeMap::new()),
        }
    }

    /// What is not to be tried now.
    pub fn waiting(&self) -> Vec<K> {
        let now = Instant::now();
        self.lock()
            .iter()
            .filter(|(_, failure)| failure.again > now)
            .map(|(item, _)| *item)
            .collect()
    }

    /// Puts off an item that failed, and writes it to the log.
    pub fn failed(&self, item: K, error: &Error) {
        let mut items = self.lock();
        let times = items.get(&item).map_or(0, |failure| failure.times);
        let delay = delay_after(times);
        let again = Instant::now() + delay;
        if items.len() >= ITEMS_MAX
            && !items.contains_key(&item)
            && let Some(soonest) = items.iter().min_by_key(|(_, failure)| failure.again)
        {
            let soonest = *soonest.0;
            items.remove(&soonest);
        }
        let times = times.saturating_add(1);
        items.insert(item, Failure { times, again });
        drop(items);
        let cause = report(error);
        tracing::error!(job = self.job, ?item, times, again_in = ?delay, cause, "skipped an item");
    }

    /// Forgets how often an item failed, now that it is done.
    pub fn done(&self, item: K) {
        self.lock().remove(&item);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<K, Failure>> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long an item is put off that failed so many times before.
fn delay_after(times: u32) -> Duration {
    let delay = FIRST_DELAY.saturating_mul(2_u32.saturating_pow(times));
    delay.min(LONGEST_DELAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_waits_ever_longer() {
        let delays: Vec<u64> = (0..8).map(|times| delay_after(times).as_secs()).collect();
        assert_eq!(delays, [10, 20, 40, 80, 160, 300, 300, 300]);
        assert_eq!(delay_after(u32::MAX), LONGEST_DELAY);

        let postponed = Postponed::new("a job");
        postponed.failed(1, &Error::NotFound);
        postponed.failed(2, &Error::NotFound);
        assert_eq!(postponed.waiting(), [1, 2]);
        postponed.done(1);
        assert_eq!(postponed.waiting(), [2]);
    }

    #[test]
    fn not_everything_is_remembered() {
        let postponed = Postponed::new("a job");
        for item in 0..ITEMS_MAX + 5 {
            postponed.failed(item, &Error::NotFound);
        }
        assert_eq!(postponed.waiting().len(), ITEMS_MAX);
    }
}
