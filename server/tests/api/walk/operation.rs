//! What people and organizers do, and how one of it is picked at random.

use api::Code;
use api::door::Verdict;
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use uuid::Uuid;

use super::model::{Model, TransferIs};

/// Who does it: one of the attendees, or the organizer.
pub(super) type Person = usize;
/// Attendees are 0 to 4.
pub(super) const ATTENDEES: Person = 5;
pub(super) const ORGANIZER: Person = ATTENDEES;
/// An address without an account.
pub(super) const STRANGER: Person = ORGANIZER + 1;
/// An event's index, and a ticket's number within it.
pub(super) type Name = (usize, i32);
/// An event's index, and a ticket type's within it.
pub(super) type Kind = (usize, usize);

/// Something to do, at once or as a part of something longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Buy(Purchase),
    Refund(Refund),
    RefundByOrganizer(Name),
    Revoke(Name),
    Send {
        sender: Person,
        to: Person,
        tickets: Vec<Name>,
    },
    Accept(Person, Uuid),
    Decline(Person, Uuid),
    Recall(Person, Uuid),
    AskBack(Person, Uuid, Vec<Name>),
    GiveBack(Person, Name),
    Scan {
        at: usize,
        shown: Shown,
        nonce: Uuid,
    },
    Undo(usize, Uuid),
    /// Tickets for these guests are held, and then [`Operation::Issue`]d.
    Give {
        kind: Kind,
        guests: Vec<Person>,
        key: Uuid,
    },
    Issue(Uuid),
    Join(Person, Kind, i32),
    Take(Person, Uuid),
    Leave(Person, Uuid),
    /// The time of an offer is over; then [`Operation::Collect`] notices.
    Expire(Uuid),
    Collect,
    /// What became free without anyone noticing is offered.
    OfferWhatIsFree,
    SetSales(usize, bool),
    Grow(Kind, i32),
    CallOff(usize),
    /// The event takes place elsewhere: at a venue with this number.
    Move(usize, u32),
    /// The emails about cancelled and moved events go out.
    Notify,
    /// The tickets of events that were called off go back.
    SendBack,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Purchase {
    pub(super) buyer: Person,
    pub(super) key: Uuid,
    /// In the order of the types.
    pub(super) lines: Vec<(Kind, i32)>,
    pub(super) promo: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refund {
    pub(super) buyer: Person,
    pub(super) key: Uuid,
    pub(super) order: Uuid,
    /// Sorted, each once.
    pub(super) tickets: Vec<Name>,
}

/// What is held before the scanner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Code(Name, u16),
    Number(i32),
}

/// What was answered.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Told {
    Refused(Code),
    Done,
    Order {
        id: Uuid,
        total: i64,
        tickets: Vec<Name>,
        replayed: bool,
    },
    Sent(Vec<(Name, Uuid)>),
    Judged(Verdict, Option<Uuid>),
    Batch {
        id: Uuid,
        replayed: bool,
    },
    Joined(Uuid),
    /// Who got which email, about which event; sorted.
    Notified(Vec<(usize, News, Person)>),
}

/// What the people of an event are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum News {
    Cancelled,
    Moved,
}

impl Operation {
    /// Something that makes sense more often than not.
    pub(super) fn random(rng: &mut StdRng, model: &Model) -> Self {
        loop {
            let picked = match rng.random_range(0..100) {
                0..23 => Some(Self::Buy(purchase(rng, model))),
                23..24 => Some(relocate(rng, model)),
                24..36 => refund(rng, model).map(Self::Refund),
                36..39 => ticket(rng, model).map(Self::RefundByOrganizer),
                39..42 => ticket(rng, model).map(Self::Revoke),
                42..50 => send(rng, model),
                50..60 => answer(rng, model),
                60..64 => ask_back(rng, model),
                64..69 => give_back(rng, model),
                69..76 => scan(rng, model),
                76..79 => undo(rng, model),
                79..82 => Some(give(rng, model)),
                82..88 => Some(join(rng, model)),
                88..91 => take(rng, model),
                91..93 => leave(rng, model),
                93..96 => offered(rng, model).map(Self::Expire),
                96..97 => Some(set_sales(rng, model)),
                97..98 => Some(Self::Grow(kind(rng, model), rng.random_range(1..3))),
                _ => call_off(rng, model),
            };
            if let Some(operation) = picked {
                return operation;
            }
        }
    }
}

fn attendee(rng: &mut StdRng) -> Person {
    rng.random_range(0..ATTENDEES)
}

/// Now and then another than who it should be.
fn or_somebody(rng: &mut StdRng, person: Person) -> Person {
    if rng.random_bool(0.1) {
        attendee(rng)
    } else {
        person
    }
}

fn kind(rng: &mut StdRng, model: &Model) -> Kind {
    let event = rng.random_range(0..model.events.len());
    (event, rng.random_range(0..model.events[event].kinds.len()))
}

/// A key that was never used, or now and then one that was.
fn key(rng: &mut StdRng, model: &Model, of: Person) -> Uuid {
    let used: Vec<Uuid> = model.keys_of(of);
    match used.choose(rng) {
        Some(used) if rng.random_bool(0.08) => *used,
        _ => Uuid::from_u128(rng.random()),
    }
}

fn purchase(rng: &mut StdRng, model: &Model) -> Purchase {
    let buyer = attendee(rng);
    if rng.random_bool(0.05)
        && let Some(again) = model.purchases_of(buyer).choose(rng)
    {
        return again.clone();
    }
    let mut lines = Vec::new();
    for (event, of) in model.events.iter().enumerate() {
        for kind in 0..of.kinds.len() {
            if rng.random_bool(0.3) {
                lines.push(((event, kind), rng.random_range(1..5)));
            }
        }
    }
    if lines.is_empty() {
        lines.push((kind(rng, model), rng.random_range(1..4)));
    }
    Purchase {
        buyer,
        key: key(rng, model, buyer),
        lines,
        promo: rng.random_bool(0.3),
    }
}

fn refund(rng: &mut StdRng, model: &Model) -> Option<Refund> {
    let orders = model.orders();
    let (order, of) = *orders.choose(rng)?;
    let tickets = some_of(rng, &model.tickets_of(order))?;
    let buyer = or_somebody(rng, of);
    Some(Refund {
        buyer,
        key: key(rng, model, buyer),
        order,
        tickets,
    })
}

fn some_of(rng: &mut StdRng, tickets: &[Name]) -> Option<Vec<Name>> {
    let most = tickets.len().min(4);
    let count = rng.random_range(1..=most.max(1));
    let mut some: Vec<Name> = tickets.sample(rng, count).copied().collect();
    some.sort_unstable();
    (!some.is_empty()).then_some(some)
}

fn ticket(rng: &mut StdRng, model: &Model) -> Option<Name> {
    let live_only = rng.random_bool(0.8);
    model.tickets(live_only).choose(rng).copied()
}

fn send(rng: &mut StdRng, model: &Model) -> Option<Operation> {
    let sender = rng.random_range(0..=ORGANIZER);
    let tickets = some_of(rng, &model.had_by(sender))?;
    Some(Operation::Send {
        sender: or_somebody(rng, sender),
        to: rng.random_range(0..=STRANGER),
        tickets,
    })
}

fn answer(rng: &mut StdRng, model: &Model) -> Option<Operation> {
    let pending_only = rng.random_bool(0.85);
    let transfers = model.transfers(pending_only);
    let (id, transfer) = transfers.choose(rng)?;
    let is_stranger = transfer.to == STRANGER;
    Some(match rng.random_range(0..4) {
        0 | 1 if !is_stranger => Operation::Accept(or_somebody(rng, transfer.to), *id),
        2 if !is_stranger => Operation::Decline(or_somebody(rng, transfer.to), *id),
        _ => Operation::Recall(or_somebody(rng, transfer.from), *id),
    })
}

fn ask_back(rng: &mut StdRng, model: &Model) -> Option<Operation> {
    let gifted = model.gifted();
    let (name, order, buyer) = *gifted.choose(rng)?;
    Some(Operation::AskBack(
        or_somebody(rng, buyer),
        order,
        vec![name],
    ))
}

fn give_back(rng: &mut StdRng, model: &Model) -> Option<Operation> {
    let (name, holder) = *model.asked_back().choose(rng)?;
    Some(Operation::GiveBack(or_somebody(rng, holder), name))
}

fn scan(rng: &mut StdRng, model: &Model) -> Option<Operation> {
    let name = ticket(rng, model)?;
    let version = model.version(name);
    let shown = match rng.random_range(0..10) {
        0..2 => Shown::Number(name.1),
        2 => Shown::Code(name, version.saturating_sub(1).max(1)),
        3 => Shown::Code(name, version + 1),
        _ => Shown::Code(name, version),
    };
    let wrong_door = rng.random_bool(0.05);
    let at = if wrong_door { 0 } else { name.0 };
    let nonces = model.nonces(at);
    let nonce = match nonces.choose(rng) {
        Some(nonce) if rng.random_bool(0.1) => *nonce,
        _ => Uuid::from_u128(rng.random()),
    };
    Some(Operation::Scan { at, shown, nonce })
}

fn undo(rng: &mut StdRng, model: &Model) -> Option<Operation> {
    let (id, event) = *model.admissions().choose(rng)?;
    Some(Operation::Undo(event, id))
}

fn give(rng: &mut StdRng, model: &Model) -> Operation {
    let everyone = [0, 1, 2, 3, 4, STRANGER];
    let count = rng.random_range(1..4);
    Operation::Give {
        kind: kind(rng, model),
        guests: everyone.sample(rng, count).copied().collect(),
        key: key(rng, model, ORGANIZER),
    }
}

/// Mostly what cannot be had.
fn join(rng: &mut StdRng, model: &Model) -> Operation {
    let person = attendee(rng);
    match model.scarce().choose(rng) {
        Some((kind, left)) if rng.random_bool(0.8) => {
            Operation::Join(person, *kind, left + rng.random_range(1..3))
        }
        _ => Operation::Join(person, kind(rng, model), rng.random_range(1..5)),
    }
}

fn party(rng: &mut StdRng, parties: &[(Uuid, Person)]) -> Option<(Uuid, Person)> {
    let (id, of) = *parties.choose(rng)?;
    Some((id, or_somebody(rng, of)))
}

fn take(rng: &mut StdRng, model: &Model) -> Option<Operation> {
    let offered_only = rng.random_bool(0.9);
    let parties = model.parties(|party| !offered_only || party.is_offered());
    party(rng, &parties).map(|(id, of)| Operation::Take(of, id))
}

fn leave(rng: &mut StdRng, model: &Model) -> Option<Operation> {
    let open_only = rng.random_bool(0.8);
    let parties = model.parties(|party| !open_only || !party.closed);
    party(rng, &parties).map(|(id, of)| Operation::Leave(of, id))
}

fn offered(rng: &mut StdRng, model: &Model) -> Option<Uuid> {
    model.offered().choose(rng).copied()
}

/// Sales are paused less often than resumed, or nobody would buy.
fn set_sales(rng: &mut StdRng, model: &Model) -> Operation {
    let event = rng.random_range(0..model.events.len());
    Operation::SetSales(event, rng.random_bool(0.85))
}

fn relocate(rng: &mut StdRng, model: &Model) -> Operation {
    Operation::Move(rng.random_range(0..model.events.len()), rng.random())
}

fn call_off(rng: &mut StdRng, model: &Model) -> Option<Operation> {
    let event = rng.random_range(0..model.events.len());
    model
        .may_call_off(event)
        .then_some(Operation::CallOff(event))
}

impl Operation {
    /// Whether both at once could not be told apart afterwards: the end of one offer's time lets
    /// every other's be noticed too, and organizers overwrite each other's changes.
    pub(super) fn disturbs(&self, other: &Self) -> bool {
        matches!(
            (self, other),
            (Self::Expire(_), Self::Expire(_)) | (Self::Grow(..), Self::Grow(..))
        )
    }
}

impl TransferIs {
    /// Whether it waits for its recipient.
    pub(super) fn is_pending(self) -> bool {
        self == Self::Pending
    }

    /// As the database has it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Recalled => "recalled",
            Self::Void => "void",
        }
    }
}
