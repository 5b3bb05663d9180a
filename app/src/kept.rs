//! The server's last answers, kept on this device for when it cannot be asked: what a screen shows
//! until there is a newer one. Signing out forgets them.

use std::fmt;

use ::api::events::When;
use ::api::tickets::TicketsWhen;
use ::api::{EventId, OrderId, TicketNumber, Time};
use leptos::prelude::document;
use serde::de::DeserializeOwned;

use crate::{api, format, session, storage};

const PREFIX: &str = "kept-";
const EVENTS: &str = "events-";
const DOOR_LIST: &str = "door-list ";

/// Browsers give an app five million characters, and doors and purchases need theirs.
const MAX_CHARACTERS: usize = 1_000_000;

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Events(When),
    Event(EventId),
    Tickets(TicketsWhen),
    Ticket(EventId, TicketNumber),
    Orders,
    Order(OrderId),
    Hosted,
    /// Tickets on their way, sent or received.
    PendingTransfers,
    WaitingPlaces,
}

impl fmt::Display for Name {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Events(when) => write!(to, "{EVENTS}{when:?}"),
            Self::Event(id) => write!(to, "event-{id}"),
            Self::Tickets(when) => write!(to, "tickets-{when:?}"),
            Self::Ticket(event, number) => write!(to, "ticket-{event}-{number}"),
            Self::Orders => to.write_str("orders"),
            Self::Order(id) => write!(to, "order-{id}"),
            Self::Hosted => to.write_str("hosted"),
            Self::PendingTransfers => to.write_str("pending-transfers"),
            Self::WaitingPlaces => to.write_str("waiting-places"),
        }
    }
}

/// Something kept, and when it was true.
pub(crate) struct Kept<T> {
    pub(crate) value: T,
    pub(crate) as_of: Time,
}

/// Where an answer is kept: nobody is shown what somebody else was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place(String);

impl Place {
    /// Of who is signed in now; the list of events is the same for all.
    pub(crate) fn of(name: Name) -> Self {
        Self::named(&name.to_string())
    }

    fn named(name: &str) -> Self {
        let user = session::user_id().filter(|_| !name.starts_with(EVENTS));
        let whose = user.map_or_else(String::new, |user| user.to_string());
        Self(format!("{PREFIX}{whose}-{name}"))
    }

    /// Whether it is of nobody who is signed in.
    fn is_shared(&self) -> bool {
        let name = self.0.strip_prefix(PREFIX);
        name.is_some_and(|name| name.starts_with('-'))
    }

    pub(crate) fn keep(&self, answer: &str) {
        let now = format::now().timestamp();
        let is_new = storage::get(&self.0).is_none();
        storage::set(&self.0, &format!("{now} {answer}"));
        if is_new {
            make_room();
        }
    }

    pub(crate) fn forget(&self) {
        storage::remove(&self.0);
    }
}

/// Keeps what the page came with: the server wrote its first screen of it.
pub(crate) fn take_over() {
    let Ok(Some(answer)) = document().query_selector("script[data-kept]") else {
        return;
    };
    let name = answer.get_attribute("data-kept").unwrap_or_default();
    let place = Place::named(&name);
    // To the page everyone is a stranger; what is kept for somebody knows more of them.
    if place.is_shared() || storage::get(&place.0).is_none() {
        place.keep(&answer.text_content().unwrap_or_default());
    }
}

fn make_room() {
    let entries = storage::keys(PREFIX)
        .into_iter()
        .filter_map(|key| {
            let text = storage::get(&key)?;
            Some((written_at(&text), text.len(), key))
        })
        .collect();
    for key in too_many(entries, MAX_CHARACTERS) {
        storage::remove(&key);
    }
}

/// Whether something is kept.
pub(crate) fn has(name: Name) -> bool {
    storage::get(&Place::of(name).0).is_some()
}

pub(crate) fn read<T: DeserializeOwned>(name: Name) -> Option<Kept<T>> {
    let text = storage::get(&Place::of(name).0)?;
    let (_, answer) = text.split_once(' ')?;
    Some(Kept {
        // Another version of the app may have kept what this one cannot read.
        value: api::parse(answer)?,
        as_of: Time::from_timestamp(written_at(&text), 0)?,
    })
}

/// Where a door keeps its guests.
pub(crate) fn door_list(event: EventId) -> String {
    format!("{DOOR_LIST}{event}")
}

/// Forgets everything.
pub(crate) fn forget_all() {
    for prefix in [PREFIX, DOOR_LIST] {
        for key in storage::keys(prefix) {
            storage::remove(&key);
        }
    }
}

fn written_at(text: &str) -> i64 {
    let seconds = text.split_once(' ').map(|(seconds, _)| seconds.parse());
    seconds.and_then(Result::ok).unwrap_or_default()
}

/// The oldest of what was written when, how long and where, that have to go for the rest to fit.
fn too_many(mut entries: Vec<(i64, usize, String)>, most: usize) -> Vec<String> {
    let mut length: usize = entries.iter().map(|(_, length, _)| length).sum();
    let mut gone = Vec::new();
    while length > most
        && let Some(oldest) = (0..entries.len()).min_by_key(|index| entries[*index].0)
    {
        let (_, freed, key) = entries.swap_remove(oldest);
        length -= freed;
        gone.push(key);
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries() -> Vec<(i64, usize, String)> {
        vec![
            (10, 40, "old".to_owned()),
            (30, 40, "new".to_owned()),
            (20, 40, "middle".to_owned()),
        ]
    }

    #[test]
    fn the_oldest_go_first_and_only_when_they_have_to() {
        assert!(too_many(entries(), 120).is_empty());
        assert_eq!(too_many(entries(), 119), ["old"]);
        assert_eq!(too_many(entries(), 50), ["old", "middle"]);
    }

    #[test]
    fn when_an_answer_came_stands_before_it() {
        assert_eq!(written_at("1800000000 {\"items\": []}"), 1_800_000_000);
        assert_eq!(written_at("something else"), 0);
    }
}
