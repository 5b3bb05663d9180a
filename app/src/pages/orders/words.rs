use api::OrderId;
use api::events::EventRef;
use api::orders::{Order, OrderKind, OrderState};
use api::refunds::NotRefundable;
use api::tickets::TicketState;
use i18n::t;

use crate::components::Tone;

/// What the server calls paying there.
const PAY_AT_DOOR: &str = "pay_at_door";

/// The order's number for people: the end of its id, which differs even between orders of one
/// moment.
pub(super) fn number(id: OrderId) -> String {
    let id = id.simple().to_string();
    id[id.len() - 8..].to_uppercase()
}

pub(super) fn kind(kind: OrderKind) -> &'static str {
    match kind {
        OrderKind::Purchase => t!(orders.purchase),
        OrderKind::Refund => t!(orders.refund),
        OrderKind::Comp => t!(orders.gift),
    }
}

/// What an order is about, as its title, and the event where it is about one alone.
pub(super) fn title(order: &Order) -> (String, Option<&EventRef>) {
    let mut events: Vec<&EventRef> = Vec::new();
    for line in &order.lines {
        if events.iter().all(|event| event.id != line.event.id) {
            events.push(&line.event);
        }
    }
    match events[..] {
        [] => (kind(order.kind).to_owned(), None),
        [event] => (event.title.clone(), Some(event)),
        [first, ref rest @ ..] => {
            let title = t!(orders.and_more, title = &first.title, count = rest.len());
            (title, None)
        }
    }
}

/// The chip of an order.
pub(super) fn state(kind: OrderKind, state: OrderState) -> (Tone, &'static str) {
    match (kind, state) {
        (OrderKind::Refund, OrderState::Paid) => (Tone::Neutral, t!(common.refunded)),
        (OrderKind::Comp, OrderState::Paid) => (Tone::Good, t!(orders.received)),
        (_, OrderState::Paid) => (Tone::Good, t!(orders.confirmed)),
        (_, OrderState::Pending) => (Tone::Warn, t!(orders.pending)),
        (_, OrderState::Expired) => (Tone::Neutral, t!(orders.expired)),
        (_, OrderState::Cancelled) => (Tone::Neutral, t!(orders.cancelled)),
        (_, OrderState::Failed) => (Tone::Bad, t!(orders.failed)),
        (_, OrderState::PartiallyRefunded) => (Tone::Neutral, t!(orders.partly_refunded)),
        (_, OrderState::Refunded) => (Tone::Neutral, t!(common.refunded)),
    }
}

/// How a purchase is paid, where its buyer owes nothing; that is over where all of it went back.
pub(super) fn payment(order: &Order) -> Option<&'static str> {
    let mut tickets = order.lines.iter().flat_map(|line| &line.tickets);
    let mut any = |state| tickets.any(|ticket| ticket.state == state);
    match (order.payment.as_str(), order.state) {
        (_, OrderState::Refunded) => None,
        ("none", _) => Some(t!(orders.nothing_to_pay)),
        (PAY_AT_DOOR, _) if order.due.is_some() => Some(t!(orders.pay_at_door)),
        (PAY_AT_DOOR, _) if any(TicketState::Valid) => Some(t!(orders.holders_pay)),
        (PAY_AT_DOOR, _) => None,
        _ => Some(t!(orders.paid)),
    }
}

/// Where the money of a refund went; nowhere, when nothing was paid.
pub(super) fn refunded(order: &Order) -> Option<&'static str> {
    let cancelled = order.lines.iter().all(|line| line.event.cancelled);
    match order.payment.as_str() {
        "none" => None,
        PAY_AT_DOOR if cancelled => Some(t!(orders.owe_nothing)),
        PAY_AT_DOOR => Some(t!(orders.owe_less)),
        _ => Some(t!(orders.paid_back)),
    }
}

/// Whether money returns when tickets of an order with this payment are given up: otherwise they are
/// cancelled, not refunded.
pub(super) fn returns_money(payment: &str) -> bool {
    !matches!(payment, "none" | PAY_AT_DOOR)
}

/// Where the money of a refund goes.
pub(super) fn refund(payment: &str) -> &'static str {
    match payment {
        "none" => t!(orders.refund_free),
        PAY_AT_DOOR => t!(orders.refund_at_door),
        _ => t!(orders.refund_paid),
    }
}

/// Why a ticket cannot be refunded.
pub(super) fn not_refundable(why: NotRefundable) -> &'static str {
    match why {
        NotRefundable::Comp => t!(orders.not_comp),
        NotRefundable::Refunded => t!(orders.not_refunded),
        NotRefundable::Revoked => t!(orders.not_revoked),
        NotRefundable::CheckedIn => t!(orders.not_checked_in),
        NotRefundable::Begun => t!(orders.not_begun),
        NotRefundable::Sent => t!(orders.not_sent),
        NotRefundable::Gifted => t!(orders.not_gifted),
        NotRefundable::Other => t!(orders.not_else),
    }
}

#[cfg(test)]
mod tests {
    use api::orders::{OrderLine, OrderTicket};
    use api::{Currency, Money, Time};

    use super::*;

    #[test]
    fn who_sent_all_tickets_on_is_told_who_pays() {
        let money = |amount| Money::new(amount, Currency::EUR);
        let ticket = |state| OrderTicket {
            number: 1,
            state,
            yours: false,
            due: None,
        };
        let mut order = Order {
            id: OrderId::nil(),
            kind: OrderKind::Purchase,
            state: OrderState::Paid,
            created_at: Time::default(),
            expires_at: None,
            payment: PAY_AT_DOOR.to_owned(),
            purchase_id: None,
            lines: vec![OrderLine {
                event: crate::samples::ticket(1, true).event,
                ticket_type_id: OrderId::nil(),
                ticket_type: "Standing".to_owned(),
                quantity: 1,
                unit_price: money(2000),
                discount: money(0),
                total: money(2000),
                tickets: vec![ticket(TicketState::Valid)],
            }],
            total: money(2000),
            due: None,
            refunds: Vec::new(),
            message: None,
        };
        assert_eq!(payment(&order), Some(t!(orders.holders_pay)));
        order.due = Some(money(2000));
        assert_eq!(payment(&order), Some(t!(orders.pay_at_door)));
        order.due = None;
        order.lines[0].tickets = vec![ticket(TicketState::CheckedIn)];
        assert_eq!(payment(&order), None, "it was paid there");
        order.state = OrderState::Refunded;
        assert_eq!(payment(&order), None);
    }

    #[test]
    fn numbers_are_short_and_differ_within_a_moment() {
        let number_of = |random: u128| {
            number(OrderId::from_u128(
                0x0193_7000_0000_7000_8000_0000_0000_0000 | random,
            ))
        };
        assert_eq!(number_of(0xab_cdef_0123), "CDEF0123");
        assert_ne!(number_of(1), number_of(2));
    }
}
