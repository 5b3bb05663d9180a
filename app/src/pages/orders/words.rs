use api::OrderId;
use api::orders::{OrderKind, OrderState};

use crate::components::Tone;

/// The order's number for people: the end of its id, which differs even between orders of one
/// moment.
pub(super) fn number(id: OrderId) -> String {
    let id = id.simple().to_string();
    id[id.len() - 8..].to_uppercase()
}

pub(super) fn kind(kind: OrderKind) -> &'static str {
    match kind {
        OrderKind::Purchase => "Purchase",
        OrderKind::Refund => "Refund",
        OrderKind::Comp => "Gift",
    }
}

/// The chip of an order.
pub(super) fn state(kind: OrderKind, state: OrderState) -> (Tone, &'static str) {
    match (kind, state) {
        (OrderKind::Refund, OrderState::Paid) => (Tone::Neutral, "Paid back"),
        (OrderKind::Comp, OrderState::Paid) => (Tone::Good, "Received"),
        (_, OrderState::Paid) => (Tone::Good, "Confirmed"),
        (_, OrderState::Pending) => (Tone::Warn, "Waiting for payment"),
        (_, OrderState::Expired) => (Tone::Neutral, "Expired"),
        (_, OrderState::Cancelled) => (Tone::Neutral, "Cancelled"),
        (_, OrderState::Failed) => (Tone::Bad, "Payment failed"),
        (_, OrderState::PartiallyRefunded) => (Tone::Neutral, "Partly refunded"),
        (_, OrderState::Refunded) => (Tone::Neutral, "Refunded"),
    }
}

pub(super) fn payment(payment: &str) -> &'static str {
    match payment {
        "none" => "Nothing to pay",
        "pay_at_door" => "Pay at the door",
        _ => "Paid",
    }
}

/// Where the money of a refund goes.
pub(super) fn refund(payment: &str) -> &'static str {
    match payment {
        "none" => "Choose what to give back. Others can have these tickets at once.",
        "pay_at_door" => {
            "Choose what to give back. You pay at the door, so you will owe that much less. \
            Others can have these tickets at once."
        }
        _ => {
            "Choose what to give back. The money goes back the way you paid. \
            Others can have these tickets at once."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
