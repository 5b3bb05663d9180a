//! The simple model: what the rules say becomes of tickets and money, one operation after another.

mod comps;
mod door;
mod known;
mod news;
mod organizer;
mod refunds;
mod sales;
mod transfers;
mod waiting;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use api::Code;
use api::door::Verdict;
use api::tickets::TicketState;
use uuid::Uuid;

use super::operation::{Kind, Name, Operation, Person, Purchase, Refund, Told};

/// Why an answer is not what the rules say.
pub(super) type Explained = Result<(), String>;

#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) events: Vec<Event>,
    /// What each person paid, less what came back.
    pub(super) money: Vec<i64>,
    pub(super) parties: BTreeMap<Uuid, Party>,
    keys: HashMap<(Person, Uuid), (Wish, Uuid)>,
    /// The orders that use a promo code: of which event, and whose they are.
    redeemed: HashMap<Uuid, (usize, Person)>,
    gifts: HashMap<Uuid, (Kind, Vec<Person>, Uuid)>,
    unissued: Vec<Batch>,
    transfers: BTreeMap<Uuid, Transfer>,
    scans: BTreeMap<(usize, Uuid), (Verdict, Option<Uuid>)>,
    admissions: BTreeMap<Uuid, Admission>,
    /// Whom it concerned when an event was cancelled, until they are told.
    cancelled: Vec<(usize, Person)>,
    /// The same, those who were told included.
    pub(super) all_cancelled: Vec<(usize, Person)>,
    /// Events that were moved, until everyone is told.
    moved: BTreeSet<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) kinds: Vec<Stock>,
    pub(super) tickets: BTreeMap<i32, Ticket>,
    pub(super) promo: Option<Promo>,
    pub(super) max_per_user: Option<i32>,
    pub(super) on_sale: bool,
    cancelled: bool,
    /// By each person, and not given back.
    bought: HashMap<Person, i32>,
}

#[derive(Clone, Debug)]
pub(super) struct Stock {
    pub(super) price: i64,
    pub(super) capacity: i32,
    pub(super) max_per_order: i32,
    pub(super) sold: i32,
    pub(super) held: i32,
}

/// Takes a part of the price off orders for its event.
#[derive(Clone, Debug)]
pub(super) struct Promo {
    pub(super) percent: i64,
    pub(super) max_uses: i32,
    pub(super) max_per_user: i32,
    pub(super) used: i32,
    pub(super) used_by: HashMap<Person, i32>,
}

#[derive(Clone, Debug)]
pub(super) struct Ticket {
    pub(super) kind: usize,
    pub(super) state: TicketState,
    pub(super) version: u16,
    pub(super) holder: Option<Person>,
    sent: Option<Uuid>,
    sale: Option<Sale>,
    pub(super) asked_of: Option<Person>,
    admission: Option<Uuid>,
}

/// What is known of a ticket that was not a gift of the organizer.
#[derive(Clone, Copy, Debug)]
struct Sale {
    order: Uuid,
    buyer: Person,
    paid: i64,
}

#[derive(Clone, Debug)]
pub(super) struct Transfer {
    ticket: Name,
    pub(super) from: Person,
    pub(super) to: Person,
    pub(super) is: TransferIs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TransferIs {
    Pending,
    Accepted,
    Declined,
    Recalled,
    Void,
}

#[derive(Clone, Debug)]
pub(super) struct Party {
    of: Person,
    kind: Kind,
    quantity: i32,
    pub(super) offered: bool,
    due: bool,
    pub(super) closed: bool,
}

#[derive(Clone, Debug)]
struct Batch {
    id: Uuid,
    kind: Kind,
    guests: Vec<Person>,
}

#[derive(Clone, Debug)]
struct Admission {
    ticket: Name,
    undone: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Wish {
    Purchase(Purchase),
    Refund(Refund),
}

impl Told {
    fn is(&self, expected: &Self) -> Explained {
        match self == expected {
            true => Ok(()),
            false => Err(format!("expected {expected:?}")),
        }
    }

    fn is_refused(&self, codes: &[Code]) -> Explained {
        match self {
            Self::Refused(code) if codes.contains(code) => Ok(()),
            _ => Err(format!("expected a refusal, {codes:?}")),
        }
    }
}

impl Event {
    pub(super) fn new(kinds: Vec<Stock>, promo: Option<Promo>, max_per_user: Option<i32>) -> Self {
        Self {
            kinds,
            tickets: BTreeMap::new(),
            promo,
            max_per_user,
            on_sale: true,
            cancelled: false,
            bought: HashMap::new(),
        }
    }

    fn is_open(&self) -> bool {
        self.closed_with().is_none()
    }

    /// Why nothing of it is sold now.
    fn closed_with(&self) -> Option<Code> {
        match (self.cancelled, self.on_sale) {
            (true, _) => Some(Code::SalesClosed),
            (false, false) => Some(Code::SalesPaused),
            (false, true) => None,
        }
    }

    fn left(&self, kind: usize) -> i32 {
        self.kinds[kind].capacity - self.kinds[kind].sold
    }

    fn may_buy(&self, person: Person) -> i32 {
        let bought = self.bought.get(&person).copied().unwrap_or(0);
        self.max_per_user.map_or(i32::MAX, |max| max - bought)
    }

    fn count_bought(&mut self, person: Person, more: i32) {
        *self.bought.entry(person).or_default() += more;
    }

    fn issue(&mut self, kind: usize, holder: Option<Person>, sale: Option<Sale>) -> i32 {
        let number = self.tickets.len() as i32 + 1;
        let ticket = Ticket {
            kind,
            state: TicketState::Valid,
            version: 1,
            holder,
            sent: None,
            sale,
            asked_of: None,
            admission: None,
        };
        self.tickets.insert(number, ticket);
        number
    }
}

impl Party {
    /// Whether something is held for it that it can take.
    pub(super) fn is_offered(&self) -> bool {
        self.offered && !self.closed && !self.due
    }
}

impl Ticket {
    fn is_live(&self) -> bool {
        matches!(self.state, TicketState::Valid | TicketState::CheckedIn)
    }
}

/// What the rules say to an operation.
impl Model {
    pub(super) fn new(events: Vec<Event>, people: usize) -> Self {
        Self {
            events,
            money: vec![0; people],
            parties: BTreeMap::new(),
            keys: HashMap::new(),
            redeemed: HashMap::new(),
            gifts: HashMap::new(),
            unissued: Vec::new(),
            transfers: BTreeMap::new(),
            scans: BTreeMap::new(),
            admissions: BTreeMap::new(),
            cancelled: Vec::new(),
            all_cancelled: Vec::new(),
            moved: BTreeSet::new(),
        }
    }

    /// Does it, if the rules say what was told.
    pub(super) fn apply(&mut self, operation: &Operation, told: &Told) -> Explained {
        match operation {
            Operation::Buy(purchase) => self.buy(purchase, told),
            Operation::Refund(refund) => self.refund(refund, told),
            Operation::RefundByOrganizer(name) => self.refund_by_organizer(*name, told),
            Operation::Revoke(name) => self.revoke(*name, told),
            Operation::Send {
                sender,
                to,
                tickets,
            } => self.send(*sender, *to, tickets, told),
            Operation::Accept(who, id) => self.accept(*who, *id, told),
            Operation::Decline(who, id) => self.decline(*who, *id, told),
            Operation::Recall(who, id) => self.recall(*who, *id, told),
            Operation::AskBack(who, order, tickets) => self.ask_back(*who, *order, tickets, told),
            Operation::GiveBack(who, name) => self.give_back(*who, *name, told),
            Operation::Scan { at, shown, nonce } => self.scan(*at, shown, *nonce, told),
            Operation::Undo(event, id) => self.undo(*event, *id, told),
            Operation::Give { kind, guests, key } => self.give(*kind, guests, *key, told),
            Operation::Issue(batch) => self.issue(*batch, told),
            Operation::Join(who, kind, quantity) => self.join(*who, *kind, *quantity, told),
            Operation::Take(who, party) => self.take(*who, *party, told),
            Operation::Leave(who, party) => self.leave(*who, *party, told),
            Operation::Expire(party) => self.expire(*party, told),
            Operation::Collect => self.collect(told),
            Operation::OfferWhatIsFree => {
                (0..self.events.len()).for_each(|event| self.offer(event));
                told.is(&Told::Done)
            }
            Operation::SetSales(event, on) => self.set_sales(*event, *on, told),
            Operation::Grow(kind, more) => self.grow(*kind, *more, told),
            Operation::CallOff(event) => self.call_off(*event, told),
            Operation::Move(event, _) => self.relocate(*event, told),
            Operation::Notify => self.notify(told),
            Operation::SendBack => self.send_back(told),
        }
    }

    fn stock(&mut self, (event, kind): Kind) -> &mut Stock {
        &mut self.events[event].kinds[kind]
    }

    fn ticket(&self, (event, number): Name) -> &Ticket {
        &self.events[event].tickets[&number]
    }

    fn ticket_mut(&mut self, (event, number): Name) -> &mut Ticket {
        let tickets = &mut self.events[event].tickets;
        tickets.get_mut(&number).expect("a ticket that was issued")
    }
}
