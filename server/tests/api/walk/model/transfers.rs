//! Sending tickets, and the way back.

use api::Code;
use api::tickets::TicketState;
use uuid::Uuid;

use super::{Explained, Model, Ticket, Transfer, TransferIs};
use crate::walk::operation::{Name, Person, Told};

impl Model {
    pub(super) fn send(
        &mut self,
        sender: Person,
        to: Person,
        tickets: &[Name],
        told: &Told,
    ) -> Explained {
        let has =
            |ticket: &Ticket| ticket.holder == Some(sender) || self.sender(ticket) == Some(sender);
        if !tickets.iter().all(|name| has(self.ticket(*name))) {
            return told.is_refused(&[Code::NotFound]);
        }
        let refusal = |name: &Name| match self.ticket(*name) {
            ticket if ticket.sent.is_some() => Some(Code::TransferPending),
            ticket if ticket.state == TicketState::CheckedIn => Some(Code::AlreadyCheckedIn),
            _ if self.events[name.0].cancelled => Some(Code::Conflict),
            _ => None,
        };
        let mut refusals: Vec<Code> = tickets.iter().filter_map(refusal).collect();
        if refusals.is_empty() && sender == to {
            refusals.push(Code::Invalid);
        }
        if !refusals.is_empty() {
            return told.is_refused(&refusals);
        }
        let Told::Sent(sent) = told else {
            return Err("expected an offer".to_owned());
        };
        for (ticket, id) in sent {
            self.begin_transfer(*ticket, *id, sender, to);
        }
        let names: Vec<Name> = sent.iter().map(|(name, _)| *name).collect();
        match names == *tickets {
            true => Ok(()),
            false => Err(format!("{names:?} were sent")),
        }
    }

    pub(super) fn begin_transfer(&mut self, name: Name, id: Uuid, from: Person, to: Person) {
        let ticket = self.ticket_mut(name);
        (ticket.holder, ticket.sent) = (None, Some(id));
        let transfer = Transfer {
            ticket: name,
            from,
            to,
            is: TransferIs::Pending,
        };
        self.transfers.insert(id, transfer);
    }

    pub(super) fn accept(&mut self, who: Person, id: Uuid, told: &Told) -> Explained {
        let transfer = &self.transfers[&id];
        let (name, pending) = (transfer.ticket, transfer.is.is_pending());
        if transfer.to == who && pending && self.events[name.0].cancelled {
            return told.is_refused(&[Code::Conflict]);
        }
        self.decide(transfer.to == who, id, TransferIs::Accepted, told)?;
        if pending && *told == Told::Done {
            let ticket = self.ticket_mut(name);
            (ticket.holder, ticket.sent) = (Some(who), None);
            ticket.version += 1;
        }
        Ok(())
    }

    pub(super) fn decline(&mut self, who: Person, id: Uuid, told: &Told) -> Explained {
        self.end_transfer(
            self.transfers[&id].to == who,
            id,
            TransferIs::Declined,
            told,
        )
    }

    pub(super) fn recall(&mut self, who: Person, id: Uuid, told: &Told) -> Explained {
        self.end_transfer(
            self.transfers[&id].from == who,
            id,
            TransferIs::Recalled,
            told,
        )
    }

    /// The ticket is its sender's again.
    pub(super) fn end_transfer(
        &mut self,
        is_party: bool,
        id: Uuid,
        wanted: TransferIs,
        told: &Told,
    ) -> Explained {
        let transfer = self.transfers[&id].clone();
        self.decide(is_party, id, wanted, told)?;
        if transfer.is.is_pending() && *told == Told::Done {
            let ticket = self.ticket_mut(transfer.ticket);
            (ticket.holder, ticket.sent) = (Some(transfer.from), None);
        }
        Ok(())
    }

    pub(super) fn decide(
        &mut self,
        is_party: bool,
        id: Uuid,
        wanted: TransferIs,
        told: &Told,
    ) -> Explained {
        let transfer = self.transfers.get_mut(&id).expect("a transfer");
        if !is_party {
            return told.is_refused(&[Code::NotFound]);
        }
        if transfer.is != TransferIs::Pending && transfer.is != wanted {
            return told.is_refused(&[Code::TransferDecided]);
        }
        transfer.is = wanted;
        told.is(&Told::Done)
    }

    pub(super) fn ask_back(
        &mut self,
        who: Person,
        order: Uuid,
        tickets: &[Name],
        told: &Told,
    ) -> Explained {
        let sale = |name: &Name| self.ticket(*name).sale;
        if tickets
            .iter()
            .filter_map(sale)
            .any(|sale| sale.buyer != who)
        {
            return told.is_refused(&[Code::NotFound]);
        }
        debug_assert!(
            tickets
                .iter()
                .filter_map(sale)
                .all(|sale| sale.order == order)
        );
        let is_gifted = |name: &Name| {
            let ticket = self.ticket(*name);
            ticket.state == TicketState::Valid
                && ticket.holder != Some(who)
                && self.sender(ticket) != Some(who)
        };
        let refused = tickets.iter().filter(|name| !is_gifted(name));
        let refused = refused.map(|name| self.refusal(*name).unwrap_or(Code::Conflict));
        let refused: Vec<Code> = refused.collect();
        if !refused.is_empty() {
            return told.is_refused(&refused);
        }
        for name in tickets {
            let ticket = self.ticket(*name);
            let possessor = ticket.holder.or(self.sender(ticket));
            self.ticket_mut(*name).asked_of = possessor;
        }
        told.is(&Told::Done)
    }

    pub(super) fn give_back(&mut self, who: Person, name: Name, told: &Told) -> Explained {
        let ticket = self.ticket_mut(name);
        let Some(sale) = ticket.sale.filter(|_| ticket.holder == Some(who)) else {
            return told.is_refused(&[Code::NotFound]);
        };
        if ticket.asked_of != Some(who) || ticket.state != TicketState::Valid {
            return told.is_refused(&[Code::Conflict]);
        }
        (ticket.holder, ticket.asked_of) = (Some(sale.buyer), None);
        ticket.version += 1;
        told.is(&Told::Done)
    }
}
