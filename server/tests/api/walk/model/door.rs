//! The door.

use api::Code;
use api::door::Verdict;
use api::tickets::TicketState;
use uuid::Uuid;

use super::{Admission, Explained, Model};
use crate::walk::operation::{Shown, Told};

impl Model {
    pub(super) fn scan(&mut self, at: usize, shown: &Shown, nonce: Uuid, told: &Told) -> Explained {
        if let Some((verdict, admission)) = self.scans.get(&(at, nonce)) {
            return told.is(&Told::Judged(*verdict, *admission));
        }
        let verdict = self.judge(at, shown);
        let admission = match told {
            Told::Judged(_, admission) => *admission,
            _ => None,
        };
        self.scans.insert((at, nonce), (verdict, admission));
        let number = match shown {
            Shown::Code((_, number), _) | Shown::Number(number) => *number,
        };
        if let (Verdict::Valid, Some(id)) = (verdict, admission) {
            let ticket = (at, number);
            let admitted = self.ticket_mut(ticket);
            (admitted.state, admitted.admission) = (TicketState::CheckedIn, Some(id));
            let admission = Admission {
                ticket,
                undone: false,
            };
            self.admissions.insert(id, admission);
        }
        told.is(&Told::Judged(verdict, admission))
    }

    pub(super) fn judge(&self, at: usize, shown: &Shown) -> Verdict {
        let (number, version) = match shown {
            Shown::Code((event, _), _) if *event != at => return Verdict::WrongEvent,
            Shown::Code((_, number), version) => (number, Some(*version)),
            Shown::Number(number) => (number, None),
        };
        let Some(ticket) = self.events[at].tickets.get(number) else {
            return Verdict::NotATicket;
        };
        match ticket.state {
            _ if version.is_some_and(|version| version > ticket.version) => Verdict::NotATicket,
            _ if version.is_some_and(|version| version < ticket.version) => Verdict::Transferred,
            TicketState::Refunded => Verdict::Refunded,
            TicketState::Revoked => Verdict::Revoked,
            _ if self.events[at].cancelled => Verdict::Refunded,
            _ if ticket.sent.is_some() => Verdict::Transferred,
            TicketState::CheckedIn => Verdict::AlreadyUsed,
            TicketState::Valid => Verdict::Valid,
        }
    }

    pub(super) fn undo(&mut self, event: usize, id: Uuid, told: &Told) -> Explained {
        let Some(admission) = self.admissions.get(&id).filter(|of| of.ticket.0 == event) else {
            return told.is_refused(&[Code::NotFound]);
        };
        let name = admission.ticket;
        if admission.undone {
            return told.is(&Told::Done);
        }
        let ticket = self.ticket_mut(name);
        if ticket.state != TicketState::CheckedIn {
            return told.is_refused(&[Code::Conflict]);
        }
        (ticket.state, ticket.admission) = (TicketState::Valid, None);
        self.admissions.entry(id).and_modify(|of| of.undone = true);
        told.is(&Told::Done)
    }
}
