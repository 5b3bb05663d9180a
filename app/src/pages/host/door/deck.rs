//! What this device knows of one door, and how it decides without a network.

use ::api::door::{
    Admission, CheckIn, Door, DoorTicket, OfflineScan, Scan, Verdict, judge, read_typed,
};
use ::api::tickets::TicketState;
use ::api::{EventId, TicketNumber, Time};
use serde::{Deserialize, Serialize};

/// What a scan says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A signed code.
    Signed {
        /// The event's key signed it.
        genuine: bool,
        event: EventId,
        number: TicketNumber,
        version: u16,
    },
    /// A typed code.
    Typed(TicketNumber, String),
    Nothing,
}

impl Reading {
    /// What is not a signed code may be a typed one.
    pub(super) fn of_typed(text: &str) -> Self {
        read_typed(text).map_or(Self::Nothing, |(number, check)| Self::Typed(number, check))
    }
}

/// A scan that was decided here, and that the server does not know of yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Decided {
    pub(super) scan: OfflineScan,
    pub(super) answer: CheckIn,
}

/// The list of tickets as far as this device knows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Deck {
    pub(super) door: Door,
    /// In the order they were decided.
    pub(super) queue: Vec<Decided>,
}

impl Deck {
    /// A list from the server, with what it does not know of yet.
    pub(super) fn new(door: Door, queue: Vec<Decided>) -> Self {
        let mut deck = Self {
            door,
            queue: Vec::new(),
        };
        for decided in &queue {
            deck.note(&decided.answer);
        }
        deck.queue = queue;
        deck
    }

    /// Decides a scan with what is known here.
    pub(super) fn answer(&self, scan: &Scan, reading: &Reading, now: Time) -> CheckIn {
        let nothing = |verdict| CheckIn::of_nothing(scan.nonce, verdict);
        let (number, version) = match reading {
            Reading::Nothing => return nothing(Verdict::NotATicket),
            // Whether the other event's key signed it cannot be told here.
            Reading::Signed { event, .. } if *event != self.door.event.id => {
                return nothing(Verdict::WrongEvent);
            }
            Reading::Signed { genuine: false, .. } => return nothing(Verdict::NotATicket),
            Reading::Signed {
                number, version, ..
            } => (*number, Some(*version)),
            Reading::Typed(number, check) => match self.ticket(*number) {
                Some(ticket) if ticket.check == *check => (*number, Some(ticket.version)),
                _ => return nothing(Verdict::NotATicket),
            },
        };
        let Some(ticket) = self.ticket(number) else {
            // Sold after the list was fetched, and signed by us.
            return self.newer(scan, number, now);
        };
        let verdict = judge(&self.door.event, ticket, version, now);
        let mut answer = CheckIn::of(scan.nonce, verdict, ticket, &self.door.event);
        if verdict == Verdict::Valid {
            answer.used = Some(admission(scan, now));
        }
        answer
    }

    /// A ticket that is not on the list yet.
    fn newer(&self, scan: &Scan, number: TicketNumber, now: Time) -> CheckIn {
        let ticket = DoorTicket {
            number,
            ticket_type: String::new(),
            holder: None,
            state: TicketState::Valid,
            version: 1,
            check: String::new(),
            in_transfer: false,
            used: None,
            due: None,
        };
        let before = self.queue.iter().find_map(|decided| {
            let same = decided.answer.number == Some(number);
            decided.answer.used.clone().filter(|_| same)
        });
        let verdict = match judge(&self.door.event, &ticket, None, now) {
            Verdict::Valid if before.is_some() => Verdict::AlreadyUsed,
            verdict => verdict,
        };
        let mut answer = CheckIn::of(scan.nonce, verdict, &ticket, &self.door.event);
        answer.ticket_type = None;
        answer.used = match verdict {
            Verdict::Valid => Some(admission(scan, now)),
            Verdict::AlreadyUsed => before,
            _ => None,
        };
        answer
    }

    /// Takes over what the server, or this device itself, has answered.
    pub(super) fn note(&mut self, answer: &CheckIn) {
        if let (Some(number), Some(used)) = (answer.number, &answer.used)
            && let Some(ticket) = self.ticket_mut(number)
            && ticket.state.is_live()
        {
            ticket.state = TicketState::CheckedIn;
            ticket.used = Some(used.clone());
        }
    }

    /// Takes an admission back; whether only this device knew of it.
    pub(super) fn undo(&mut self, id: uuid::Uuid) -> bool {
        let ours = |ticket: &&mut DoorTicket| {
            let used = ticket.used.as_ref();
            used.is_some_and(|used| used.id == id)
        };
        if let Some(ticket) = self.door.tickets.iter_mut().find(ours) {
            ticket.state = TicketState::Valid;
            ticket.used = None;
        }
        let before = self.queue.len();
        self.queue.retain(|decided| decided.answer.nonce != id);
        self.queue.len() < before
    }

    /// People who are in, and tickets that could be.
    pub(super) fn counts(&self) -> (usize, usize) {
        let tickets = &self.door.tickets;
        let is_in = |ticket: &&DoorTicket| ticket.state == TicketState::CheckedIn;
        let live = |ticket: &&DoorTicket| ticket.state.is_live();
        (
            tickets.iter().filter(is_in).count(),
            tickets.iter().filter(live).count(),
        )
    }

    fn ticket(&self, number: TicketNumber) -> Option<&DoorTicket> {
        let tickets = &self.door.tickets;
        let place = tickets.binary_search_by_key(&number, |ticket| ticket.number);
        place.ok().map(|place| &tickets[place])
    }

    fn ticket_mut(&mut self, number: TicketNumber) -> Option<&mut DoorTicket> {
        let tickets = &mut self.door.tickets;
        let place = tickets.binary_search_by_key(&number, |ticket| ticket.number);
        place.ok().map(|place| &mut tickets[place])
    }
}

/// An admission that the server has not heard of is undone by its scan's nonce.
fn admission(scan: &Scan, at: Time) -> Admission {
    Admission {
        id: scan.nonce,
        at,
        gate: scan.gate.clone(),
    }
}

#[cfg(test)]
mod tests {
    use ::api::events::EventRef;
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;

    fn now() -> Time {
        Time::from_timestamp(1_800_000_000, 0).expect("a time")
    }

    fn ticket(number: TicketNumber) -> DoorTicket {
        DoorTicket {
            number,
            ticket_type: "Standing".to_owned(),
            holder: Some("Ada".to_owned()),
            state: TicketState::Valid,
            version: 2,
            check: "K7QF2M".to_owned(),
            in_transfer: false,
            used: None,
            due: None,
        }
    }

    fn door() -> Door {
        Door {
            event: EventRef {
                id: Uuid::from_u128(1),
                title: "Night".to_owned(),
                starts_at: now(),
                ends_at: now() + TimeDelta::hours(3),
                timezone: "Europe/Berlin".to_owned(),
                venue: String::new(),
                address: String::new(),
                city: String::new(),
                cover_url: None,
                cancelled: false,
                sequence: 0,
            },
            public_key: String::new(),
            as_of: now(),
            tickets: vec![ticket(1), ticket(2), ticket(3)],
            disputed: Vec::new(),
        }
    }

    fn scan(nonce: u128) -> Scan {
        Scan {
            nonce: Uuid::from_u128(nonce),
            code: Some("a code".to_owned()),
            number: None,
            gate: "A".to_owned(),
        }
    }

    fn signed(number: TicketNumber, version: u16) -> Reading {
        Reading::Signed {
            genuine: true,
            event: Uuid::from_u128(1),
            number,
            version,
        }
    }

    fn decide(deck: &mut Deck, nonce: u128, reading: &Reading) -> Verdict {
        let scan = scan(nonce);
        let answer = deck.answer(&scan, reading, now());
        deck.note(&answer);
        let verdict = answer.verdict;
        let scan = OfflineScan {
            scan,
            at: now(),
            let_in: verdict == Verdict::Valid,
        };
        deck.queue.push(Decided { scan, answer });
        verdict
    }

    #[test]
    fn every_verdict_that_can_be_told_offline() {
        let mut deck = Deck::new(door(), Vec::new());
        let forged = Reading::Signed {
            genuine: false,
            event: Uuid::from_u128(1),
            number: 1,
            version: 2,
        };
        let elsewhere = Reading::Signed {
            genuine: false,
            event: Uuid::from_u128(2),
            number: 1,
            version: 2,
        };
        for (reading, verdict) in [
            (Reading::Nothing, Verdict::NotATicket),
            (forged, Verdict::NotATicket),
            (elsewhere, Verdict::WrongEvent),
            (signed(1, 1), Verdict::Transferred),
            (signed(1, 2), Verdict::Valid),
            (signed(1, 2), Verdict::AlreadyUsed),
            (Reading::of_typed("2-k7qf2m"), Verdict::Valid),
            (Reading::of_typed("2-k7qf2m"), Verdict::AlreadyUsed),
            (Reading::of_typed("3-AAAAAA"), Verdict::NotATicket),
        ] {
            assert_eq!(decide(&mut deck, 1, &reading), verdict, "{reading:?}");
        }
        assert_eq!(deck.counts(), (2, 3));
    }

    #[test]
    fn a_ticket_sold_after_the_list_was_fetched_is_let_in_once() {
        let mut deck = Deck::new(door(), Vec::new());
        assert_eq!(decide(&mut deck, 1, &signed(9, 1)), Verdict::Valid);
        assert_eq!(decide(&mut deck, 2, &signed(9, 1)), Verdict::AlreadyUsed);
        assert_eq!(deck.counts(), (0, 3));
    }

    #[test]
    fn a_new_list_keeps_what_the_server_does_not_know() {
        let mut deck = Deck::new(door(), Vec::new());
        decide(&mut deck, 1, &signed(1, 2));
        let mut deck = Deck::new(door(), deck.queue);
        assert_eq!(decide(&mut deck, 2, &signed(1, 2)), Verdict::AlreadyUsed);
    }

    #[test]
    fn what_only_this_device_knows_is_undone_here() {
        let mut deck = Deck::new(door(), Vec::new());
        decide(&mut deck, 1, &signed(1, 2));
        assert!(deck.undo(Uuid::from_u128(1)));
        assert!(deck.queue.is_empty());
        assert_eq!(decide(&mut deck, 2, &signed(1, 2)), Verdict::Valid);
        assert!(!deck.undo(Uuid::from_u128(7)));
    }
}
