//! Which tickets are to be refunded, and what that comes to.

use std::collections::BTreeSet;

use api::Money;
use api::orders::Order;
use api::refunds::{NotRefundable, QuotedTicket, RefundQuote, RefundTickets};
use api::tickets::TicketName;

/// The tickets that are chosen.
pub(super) type Chosen = BTreeSet<TicketName>;

/// The tickets of one line of the order, under its name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    pub(super) title: String,
    pub(super) tickets: Vec<QuotedTicket>,
}

pub(super) fn name(ticket: &QuotedTicket) -> TicketName {
    TicketName {
        event_id: ticket.event_id,
        number: ticket.number,
    }
}

/// Every ticket of the order.
pub(super) fn all(order: &Order) -> RefundTickets {
    let tickets = order.lines.iter().flat_map(|line| {
        line.tickets.iter().map(|ticket| TicketName {
            event_id: line.event.id,
            number: ticket.number,
        })
    });
    RefundTickets {
        tickets: tickets.collect(),
    }
}

/// The quoted tickets by the lines of the order; those that are dead already are left out.
pub(super) fn groups(order: &Order, quote: &RefundQuote) -> Vec<Group> {
    let groups = order.lines.iter().map(|line| {
        let of_line = |ticket: &&QuotedTicket| {
            let numbers = line.tickets.iter().map(|own| own.number);
            ticket.event_id == line.event.id && numbers.into_iter().any(|own| own == ticket.number)
        };
        let dead = |ticket: &&QuotedTicket| {
            let dead = [NotRefundable::Refunded, NotRefundable::Revoked];
            ticket
                .refusal
                .is_some_and(|refusal| dead.contains(&refusal))
        };
        let tickets = quote.tickets.iter().filter(of_line);
        Group {
            title: format!("{} · {}", line.event.title, line.ticket_type),
            tickets: tickets.filter(|ticket| !dead(ticket)).copied().collect(),
        }
    });
    groups.filter(|group| !group.tickets.is_empty()).collect()
}

/// What the chosen tickets bring.
pub(super) fn total(quote: &RefundQuote, chosen: &Chosen) -> Money {
    let of_chosen = quote
        .tickets
        .iter()
        .filter(|ticket| ticket.refusal.is_none() && chosen.contains(&name(ticket)));
    let amount = of_chosen.map(|ticket| ticket.amount.amount).sum();
    Money::new(amount, quote.total.currency)
}

/// Those of the tickets that can be refunded.
pub(super) fn refundable(tickets: &[QuotedTicket]) -> impl Iterator<Item = TicketName> {
    tickets
        .iter()
        .filter(|ticket| ticket.refusal.is_none())
        .map(name)
}

#[cfg(test)]
mod tests {
    use api::Currency;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_what_can_be_refunded_counts() {
        let ticket = |number, refusal| QuotedTicket {
            event_id: Uuid::nil(),
            number,
            amount: Money::new(2500, Currency::EUR),
            refusal,
        };
        let quote = RefundQuote {
            tickets: vec![
                ticket(1, None),
                ticket(2, None),
                ticket(3, Some(NotRefundable::Gifted)),
            ],
            total: Money::new(5000, Currency::EUR),
        };
        let chosen: Chosen = quote.tickets.iter().skip(1).map(name).collect();
        assert_eq!(total(&quote, &chosen), Money::new(2500, Currency::EUR));
        assert_eq!(refundable(&quote.tickets).count(), 2);
    }
}
