//! What was sold out a moment ago: requests for it are worth a look at the stock without its lock, so
//! that the many who come too late do not queue for it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use api::TicketTypeId;

use super::batch::Outcome;
use super::decide::PurchaseRequest;
use crate::orders::Refusal;

/// For how long others who ask for the same look first.
const GOOD_FOR: Duration = Duration::from_millis(250);
/// What is remembered at most; more is begun anew.
const ENTRIES_MAX: usize = 10_000;

/// Ticket types of which nothing was left, with the number asked for and when that was so.
#[derive(Default)]
pub(super) struct SoldOut {
    asked: Mutex<HashMap<(TicketTypeId, i32), Instant>>,
}

impl SoldOut {
    /// The ticket type of each of `requests`, if somebody who asked for the same was refused a
    /// moment ago, for all of them.
    pub(super) fn suspects(&self, requests: &[PurchaseRequest]) -> Option<Vec<TicketTypeId>> {
        let asked = self.lock();
        let suspect = |request: &PurchaseRequest| {
            let what @ (ticket_type, _) = one_line(request)?;
            let since = asked.get(&what)?;
            (since.elapsed() < GOOD_FOR).then_some(ticket_type)
        };
        requests.iter().map(suspect).collect()
    }

    /// Remembers who was refused, by stock that was read after `read_after`.
    pub(super) fn learn(
        &self,
        requests: &[PurchaseRequest],
        outcomes: &[Outcome],
        read_after: Instant,
    ) {
        for (request, outcome) in requests.iter().zip(outcomes) {
            if let Err(Refusal::SoldOut { left: 0, .. }) = outcome
                && let Some(what) = one_line(request)
            {
                let mut asked = self.lock();
                if asked.len() >= ENTRIES_MAX {
                    asked.clear();
                }
                asked.insert(what, read_after);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(TicketTypeId, i32), Instant>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An order of one line, which is judged by that line alone once it is sold out.
fn one_line(request: &PurchaseRequest) -> Option<(TicketTypeId, i32)> {
    match request.lines.as_slice() {
        [line] => Some((line.ticket_type_id, line.quantity)),
        _ => None,
    }
}
