//! What operations are picked from.

use uuid::Uuid;

use super::{Model, Party, Ticket, Transfer, Wish};
use crate::walk::operation::{Kind, Name, ORGANIZER, Person, Purchase};

impl Model {
    pub(in crate::walk) fn keys_of(&self, person: Person) -> Vec<Uuid> {
        let orders = self.keys.keys().filter(|(of, _)| *of == person);
        let mut keys: Vec<Uuid> = match person {
            ORGANIZER => self.gifts.keys().copied().collect(),
            _ => orders.map(|(_, key)| *key).collect(),
        };
        keys.sort_unstable();
        keys
    }

    pub(in crate::walk) fn purchases_of(&self, person: Person) -> Vec<Purchase> {
        let wishes = self.keys.iter().filter(|((of, _), _)| *of == person);
        let mut purchases: Vec<Purchase> = wishes
            .filter_map(|(_, (wish, _))| match wish {
                Wish::Purchase(purchase) => Some(purchase.clone()),
                Wish::Refund(_) => None,
            })
            .collect();
        purchases.sort_unstable_by_key(|purchase| purchase.key);
        purchases
    }

    pub(in crate::walk) fn tickets(&self, live_only: bool) -> Vec<Name> {
        let events = self.events.iter().enumerate();
        let tickets = events.flat_map(|(event, of)| {
            let tickets = of.tickets.iter();
            let tickets = tickets.filter(move |(_, ticket)| ticket.is_live() || !live_only);
            tickets.map(move |(number, _)| (event, *number))
        });
        tickets.collect()
    }

    fn named(&self) -> impl Iterator<Item = (Name, &Ticket)> {
        let names = self.tickets(false).into_iter();
        names.map(|name| (name, self.ticket(name)))
    }

    /// Orders with whose they are.
    pub(in crate::walk) fn orders(&self) -> Vec<(Uuid, Person)> {
        let sales = self.named().filter_map(|(_, ticket)| ticket.sale);
        let mut orders: Vec<_> = sales.map(|sale| (sale.order, sale.buyer)).collect();
        orders.sort_unstable();
        orders.dedup();
        orders
    }

    pub(in crate::walk) fn tickets_of(&self, order: Uuid) -> Vec<Name> {
        let of = |ticket: &Ticket| ticket.sale.is_some_and(|sale| sale.order == order);
        let tickets = self.named().filter(|(_, ticket)| of(ticket));
        tickets.map(|(name, _)| name).collect()
    }

    /// Held by a person, or sent by them.
    pub(in crate::walk) fn had_by(&self, person: Person) -> Vec<Name> {
        let has =
            |ticket: &Ticket| ticket.holder == Some(person) || self.sender(ticket) == Some(person);
        let tickets = self.named().filter(|(_, ticket)| has(ticket));
        tickets.map(|(name, _)| name).collect()
    }

    pub(in crate::walk) fn transfers(&self, pending_only: bool) -> Vec<(Uuid, &Transfer)> {
        let transfers = self.transfers.iter();
        let transfers = transfers.filter(|(_, of)| of.is.is_pending() || !pending_only);
        transfers.map(|(id, transfer)| (*id, transfer)).collect()
    }

    /// Bought tickets that another has, with their order and buyer.
    pub(in crate::walk) fn gifted(&self) -> Vec<(Name, Uuid, Person)> {
        let gifted = self.named().filter_map(|(name, ticket)| {
            let sale = ticket.sale?;
            let elsewhere = ticket.holder.is_some_and(|holder| holder != sale.buyer);
            elsewhere.then_some((name, sale.order, sale.buyer))
        });
        gifted.collect()
    }

    pub(in crate::walk) fn asked_back(&self) -> Vec<(Name, Person)> {
        let asked = self.named().filter_map(|(name, ticket)| {
            ticket.sale?;
            Some((name, ticket.holder.filter(|_| ticket.asked_of.is_some())?))
        });
        asked.collect()
    }

    pub(in crate::walk) fn version(&self, name: Name) -> u16 {
        self.ticket(name).version
    }

    pub(in crate::walk) fn nonces(&self, at: usize) -> Vec<Uuid> {
        let scans = self.scans.keys().filter(|(event, _)| *event == at);
        scans.map(|(_, nonce)| *nonce).collect()
    }

    /// With their events.
    pub(in crate::walk) fn admissions(&self) -> Vec<(Uuid, usize)> {
        let admissions = self.admissions.iter();
        admissions.map(|(id, of)| (*id, of.ticket.0)).collect()
    }

    /// Such parties, with whose they are.
    pub(in crate::walk) fn parties(&self, such: impl Fn(&Party) -> bool) -> Vec<(Uuid, Person)> {
        let parties = self.parties.iter().filter(|(_, party)| such(party));
        parties.map(|(id, party)| (*id, party.of)).collect()
    }

    pub(in crate::walk) fn offered(&self) -> Vec<Uuid> {
        let offered = self.parties.iter().filter(|(_, party)| party.is_offered());
        offered.map(|(id, _)| *id).collect()
    }

    /// Of which types little is left, and how much.
    pub(in crate::walk) fn scarce(&self) -> Vec<(Kind, i32)> {
        let events = self.events.iter().enumerate();
        let kinds = events.flat_map(|(event, of)| {
            let kinds = 0..of.kinds.len();
            kinds.map(move |kind| ((event, kind), of.left(kind)))
        });
        kinds.filter(|(_, left)| *left < 3).collect()
    }

    /// One event goes on, or nothing would happen any more.
    pub(in crate::walk) fn may_call_off(&self, event: usize) -> bool {
        self.events.iter().all(|event| !event.cancelled) && self.events[event].tickets.len() > 20
    }

    pub(in crate::walk) fn has_to_send_back(&self) -> bool {
        let mut called_off = self.events.iter().filter(|event| event.cancelled);
        called_off.any(|event| event.tickets.values().any(Ticket::is_live))
    }

    /// To whom a ticket was sent that nobody holds.
    pub(in crate::walk) fn sent_to(&self, ticket: &Ticket) -> Option<Person> {
        ticket.sent.map(|id| self.transfers[&id].to)
    }
}
