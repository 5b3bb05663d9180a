//! Whom the news of an event concerns.

use std::collections::BTreeSet;

use super::{Explained, Model};
use crate::walk::operation::{News, ORGANIZER, Person, Told};

impl Model {
    /// Whether somebody is to be told of something.
    pub(in crate::walk) fn has_news(&self) -> bool {
        !self.cancelled.is_empty() || !self.moved.is_empty()
    }

    /// Everyone who has a ticket that is live, sent it or was sent it, waits, or is held something.
    pub(super) fn concerned(&self, event: usize) -> BTreeSet<Person> {
        let mut people = BTreeSet::new();
        for ticket in self.events[event].tickets.values() {
            if !ticket.is_live() {
                continue;
            }
            people.extend(ticket.holder);
            people.extend(self.sent_to(ticket));
            // What the organizer gives away was never theirs.
            let theirs = |sender: &Person| ticket.sale.is_some() || *sender != ORGANIZER;
            people.extend(self.sender(ticket).filter(theirs));
        }
        let parties = self.parties.values();
        let parties = parties.filter(|party| party.kind.0 == event && !party.closed);
        people.extend(parties.map(|party| party.of));
        people
    }

    pub(super) fn notify(&mut self, told: &Told) -> Explained {
        let cancelled = std::mem::take(&mut self.cancelled).into_iter();
        let mut expected: Vec<_> = cancelled
            .map(|(event, person)| (event, News::Cancelled, person))
            .collect();
        for event in std::mem::take(&mut self.moved) {
            if !self.events[event].cancelled {
                let people = self.concerned(event).into_iter();
                expected.extend(people.map(|person| (event, News::Moved, person)));
            }
        }
        expected.sort_unstable();
        told.is(&Told::Notified(expected))
    }
}
