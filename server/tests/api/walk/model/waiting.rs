//! The waiting list.

use api::Code;
use uuid::Uuid;

use super::{Explained, Model, Party};
use crate::walk::operation::{Kind, Person, Told};

impl Model {
    pub(super) fn join(
        &mut self,
        who: Person,
        kind: Kind,
        quantity: i32,
        told: &Told,
    ) -> Explained {
        let event = &self.events[kind.0];
        let may_have = event.kinds[kind.1].max_per_order.min(event.may_buy(who));
        let waits = |party: &Party| party.of == who && party.kind == kind && !party.closed;
        let refusal = match () {
            () if !event.is_open() => event.closed_with(),
            () if may_have <= 0 => Some(Code::LimitReached),
            () if quantity > may_have => Some(Code::Invalid),
            () if quantity <= event.left(kind.1) => Some(Code::Conflict),
            () if self.parties.values().any(waits) => Some(Code::Conflict),
            () => None,
        };
        if let Some(code) = refusal {
            return told.is_refused(&[code]);
        }
        let &Told::Joined(id) = told else {
            return Err("expected a place in line".to_owned());
        };
        let party = Party {
            of: who,
            kind,
            quantity,
            offered: false,
            due: false,
            closed: false,
        };
        self.parties.insert(id, party);
        Ok(())
    }

    /// Offers what is left of an event to those in line, one offer a person.
    pub(super) fn offer(&mut self, event: usize) {
        let mut people = Vec::new();
        let of = &mut self.events[event];
        let in_line = |party: &&mut Party| party.kind.0 == event && !party.offered && !party.closed;
        for party in self.parties.values_mut().filter(in_line) {
            let fits = party.quantity <= of.left(party.kind.1)
                && party.quantity <= of.may_buy(party.of)
                && !people.contains(&party.of);
            if fits && of.is_open() {
                people.push(party.of);
                party.offered = true;
                let stock = &mut of.kinds[party.kind.1];
                stock.sold += party.quantity;
                stock.held += party.quantity;
                of.count_bought(party.of, party.quantity);
            }
        }
    }

    pub(super) fn open_party(&self, who: Person, id: Uuid) -> Option<Party> {
        let party = self.parties.get(&id)?;
        (party.of == who && !party.closed).then(|| party.clone())
    }

    pub(super) fn take(&mut self, who: Person, id: Uuid, told: &Told) -> Explained {
        let Some(party) = self.open_party(who, id) else {
            return told.is_refused(&[Code::NotFound]);
        };
        if !party.offered || party.due {
            return told.is_refused(&[Code::Conflict]);
        }
        let &Told::Order { id: order, .. } = told else {
            return Err("expected the tickets that are held".to_owned());
        };
        let stock = self.stock(party.kind);
        stock.held -= party.quantity;
        let price = stock.price;
        self.parties
            .entry(id)
            .and_modify(|party| party.closed = true);
        let total = price * i64::from(party.quantity);
        self.money[who] += total;
        let tickets = self.sell(party.kind, party.quantity, who, order, price);
        told.is(&Told::Order {
            id: order,
            total,
            tickets,
            replayed: false,
        })
    }

    pub(super) fn leave(&mut self, who: Person, id: Uuid, told: &Told) -> Explained {
        if self.open_party(who, id).is_none() {
            return told.is_refused(&[Code::NotFound]);
        }
        self.give_up(id);
        told.is(&Told::Done)
    }

    /// A party goes, and what is held for it to the next.
    pub(super) fn give_up(&mut self, id: Uuid) {
        let party = self.parties.get_mut(&id).expect("a party");
        party.closed = true;
        if party.offered {
            let party = party.clone();
            let stock = self.stock(party.kind);
            stock.sold -= party.quantity;
            stock.held -= party.quantity;
            self.events[party.kind.0].count_bought(party.of, -party.quantity);
            self.offer(party.kind.0);
        }
    }

    pub(super) fn expire(&mut self, id: Uuid, told: &Told) -> Explained {
        let party = self.parties.get_mut(&id).expect("a party");
        party.due = party.offered && !party.closed;
        told.is(&Told::Done)
    }

    pub(super) fn collect(&mut self, told: &Told) -> Explained {
        let due = self
            .parties
            .iter()
            .filter(|(_, party)| party.due && !party.closed);
        let due: Vec<Uuid> = due.map(|(id, _)| *id).collect();
        due.into_iter().for_each(|id| self.give_up(id));
        told.is(&Told::Done)
    }
}
