//! What organizers change.

use api::Code;
use api::tickets::TicketState;
use uuid::Uuid;

use super::{Explained, Model};
use crate::walk::operation::{Kind, Name, Told};

impl Model {
    pub(super) fn set_sales(&mut self, event: usize, on: bool, told: &Told) -> Explained {
        let event = &mut self.events[event];
        if event.cancelled {
            return told.is_refused(&[Code::Conflict]);
        }
        event.on_sale = on;
        told.is(&Told::Done)
    }

    pub(super) fn grow(&mut self, kind: Kind, more: i32, told: &Told) -> Explained {
        if self.events[kind.0].cancelled {
            return told.is_refused(&[Code::Conflict]);
        }
        self.stock(kind).capacity += more;
        told.is(&Told::Done)
    }

    pub(super) fn call_off(&mut self, event: usize, told: &Told) -> Explained {
        if !self.events[event].cancelled {
            let concerned = self.concerned(event).into_iter();
            let concerned: Vec<_> = concerned.map(|person| (event, person)).collect();
            self.cancelled.extend(&concerned);
            self.all_cancelled.extend(concerned);
        }
        self.events[event].cancelled = true;
        let batches = std::mem::take(&mut self.unissued).into_iter();
        let (dropped, kept): (Vec<_>, Vec<_>) = batches.partition(|batch| batch.kind.0 == event);
        self.unissued = kept;
        for batch in dropped {
            let stock = self.stock(batch.kind);
            stock.sold -= batch.guests.len() as i32;
            stock.held -= batch.guests.len() as i32;
        }
        told.is(&Told::Done)
    }

    pub(super) fn relocate(&mut self, event: usize, told: &Told) -> Explained {
        if self.events[event].cancelled {
            return told.is_refused(&[Code::Conflict]);
        }
        self.moved.insert(event);
        told.is(&Told::Done)
    }

    pub(super) fn send_back(&mut self, told: &Told) -> Explained {
        let called_off = |event: usize| self.events[event].cancelled;
        let events: Vec<usize> = (0..self.events.len()).filter(|e| called_off(*e)).collect();
        for event in events {
            let held = self
                .parties
                .iter()
                .filter(|(_, party)| party.kind.0 == event && party.offered && !party.closed);
            let held: Vec<Uuid> = held.map(|(id, _)| *id).collect();
            held.into_iter().for_each(|id| self.give_up(id));
            let live = self
                .tickets(true)
                .into_iter()
                .filter(|name| name.0 == event);
            let (bought, given): (Vec<Name>, Vec<Name>) =
                live.partition(|name| self.ticket(*name).sale.is_some());
            self.give_money_back(&bought);
            self.end(&given, TicketState::Revoked);
        }
        told.is(&Told::Done)
    }
}
