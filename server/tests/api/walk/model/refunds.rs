//! Refunds and revocations.

use api::Code;
use api::tickets::TicketState;
use uuid::Uuid;

use super::{Explained, Model, Sale, Ticket, TransferIs, Wish, sales::is_replay};
use crate::walk::operation::{Name, Person, Refund, Told};

impl Model {
    pub(super) fn refund(&mut self, refund: &Refund, told: &Told) -> Explained {
        let of = |name: &Name| {
            self.ticket(*name)
                .sale
                .filter(|sale| sale.order == refund.order)
        };
        let sales: Vec<Sale> = refund.tickets.iter().filter_map(of).collect();
        if sales[0].buyer != refund.buyer {
            return told.is_refused(&[Code::NotFound]);
        }
        let wish = Wish::Refund(refund.clone());
        if let Some((known, order)) = self.keys.get(&(refund.buyer, refund.key)) {
            return match *known == wish {
                true => is_replay(told, *order),
                false => told.is_refused(&[Code::KeyReused]),
            };
        }
        let refusals = refund.tickets.iter().map(|name| self.refusal(*name));
        let refusals: Vec<Code> = refusals.flatten().collect();
        if !refusals.is_empty() {
            return told.is_refused(&refusals);
        }
        let Told::Order { id, tickets, .. } = told else {
            return Err("expected a refund".to_owned());
        };
        // Its lines are in an order of their own.
        let (mut listed, mut asked) = (tickets.clone(), refund.tickets.clone());
        listed.sort_unstable();
        asked.sort_unstable();
        if listed != asked {
            return Err(format!("{listed:?} were refunded, not {asked:?}"));
        }
        self.give_money_back(&refund.tickets);
        self.keys.insert((refund.buyer, refund.key), (wish, *id));
        told.is(&Told::Order {
            id: *id,
            total: -sales.iter().map(|sale| sale.paid).sum::<i64>(),
            tickets: tickets.clone(),
            replayed: false,
        })
    }

    /// Why its buyer cannot have a ticket refunded.
    pub(super) fn refusal(&self, name: Name) -> Option<Code> {
        let ticket = self.ticket(name);
        let Some(Sale { buyer, .. }) = ticket.sale else {
            return Some(Code::NotRefundable);
        };
        match ticket.state {
            TicketState::Refunded | TicketState::Revoked => Some(Code::NotRefundable),
            TicketState::CheckedIn => Some(Code::AlreadyCheckedIn),
            TicketState::Valid if ticket.holder == Some(buyer) => None,
            TicketState::Valid if self.sender(ticket) == Some(buyer) => Some(Code::TransferPending),
            TicketState::Valid => Some(Code::NotRefundable),
        }
    }

    pub(super) fn sender(&self, ticket: &Ticket) -> Option<Person> {
        ticket.sent.map(|id| self.transfers[&id].from)
    }

    pub(super) fn give_money_back(&mut self, tickets: &[Name]) {
        for name in tickets {
            if let Some(sale) = self.ticket(*name).sale {
                self.money[sale.buyer] -= sale.paid;
                self.events[name.0].count_bought(sale.buyer, -1);
            }
        }
        self.end(tickets, TicketState::Refunded);
        for name in tickets {
            if let Some(sale) = self.ticket(*name).sale {
                self.return_promo(sale.order);
            }
        }
    }

    /// An order that was refunded as a whole gives back the use of its promo code, once.
    fn return_promo(&mut self, order: Uuid) {
        let tickets = self.events.iter().flat_map(|event| event.tickets.values());
        let of_order = |ticket: &&Ticket| ticket.sale.is_some_and(|sale| sale.order == order);
        let is_left = |ticket: &Ticket| ticket.state != TicketState::Refunded;
        if tickets.filter(of_order).any(is_left) {
            return;
        }
        if let Some((event, buyer)) = self.redeemed.remove(&order)
            && let Some(promo) = self.events[event].promo.as_mut()
        {
            promo.used -= 1;
            *promo.used_by.entry(buyer).or_default() -= 1;
        }
    }

    /// Tickets die, and what that frees goes to those who wait.
    pub(super) fn end(&mut self, tickets: &[Name], state: TicketState) {
        for name in tickets {
            let ticket = self.ticket_mut(*name);
            (ticket.state, ticket.holder) = (state, None);
            let (kind, sent) = (ticket.kind, ticket.sent.take());
            self.stock((name.0, kind)).sold -= 1;
            if let Some(transfer) = sent.and_then(|id| self.transfers.get_mut(&id)) {
                transfer.is = TransferIs::Void;
            }
        }
        for event in 0..self.events.len() {
            if tickets.iter().any(|(of, _)| *of == event) {
                self.offer(event);
            }
        }
    }

    pub(super) fn refund_by_organizer(&mut self, name: Name, told: &Told) -> Explained {
        let ticket = self.ticket(name);
        match ticket.state {
            _ if ticket.sale.is_none() => return told.is_refused(&[Code::NotRefundable]),
            TicketState::Revoked => return told.is_refused(&[Code::NotRefundable]),
            TicketState::Refunded => {}
            TicketState::Valid | TicketState::CheckedIn => self.give_money_back(&[name]),
        }
        told.is(&Told::Done)
    }

    pub(super) fn revoke(&mut self, name: Name, told: &Told) -> Explained {
        match self.ticket(name).state {
            TicketState::CheckedIn => return told.is_refused(&[Code::AlreadyCheckedIn]),
            TicketState::Refunded => return told.is_refused(&[Code::Conflict]),
            TicketState::Revoked => {}
            TicketState::Valid => self.end(&[name], TicketState::Revoked),
        }
        told.is(&Told::Done)
    }
}
