use api::OrderId;
use api::orders::{OrderKind, OrderState};
use api::refunds::NotRefundable;
use i18n::t;

use crate::components::Tone;

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

/// The chip of an order.
pub(super) fn state(kind: OrderKind, state: OrderState) -> (Tone, &'static str) {
    match (kind, state) {
        (OrderKind::Refund, OrderState::Paid) => (Tone::Neutral, t!(orders.paid_back)),
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

pub(super) fn payment(payment: &str) -> &'static str {
    match payment {
        "none" => t!(orders.nothing_to_pay),
        "pay_at_door" => t!(orders.pay_at_door),
        _ => t!(orders.paid),
    }
}

/// Where the money of a refund goes.
pub(super) fn refund(payment: &str) -> &'static str {
    match payment {
        "none" => t!(orders.refund_free),
        "pay_at_door" => t!(orders.refund_at_door),
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
