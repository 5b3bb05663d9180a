//! Refunds: the price paid, back for some tickets of a purchase.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::orders::{LINES_MAX, QUANTITY_MAX};
use crate::tickets::TicketName;
use crate::validate::FieldErrors;
use crate::{Money, TicketNumber};

/// The most tickets one refund can name: as many as one order can have.
pub const REFUND_TICKETS_MAX: usize = LINES_MAX * QUANTITY_MAX as usize;

/// `POST /orders/{id}/refund-quote`, and `POST /orders/{id}/refunds` with the header
/// `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefundTickets {
    /// The tickets to refund.
    pub tickets: Vec<TicketName>,
}

impl RefundTickets {
    /// Checks the request and returns the errors by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.require(
            !self.tickets.is_empty(),
            "tickets",
            "Choose at least one ticket.",
        );
        errors.require(
            self.tickets.len() <= REFUND_TICKETS_MAX,
            "tickets",
            "Choose up to 2,000 tickets at once.",
        );
        errors.into_result()
    }

    /// The same wish in one form whatever its spelling: each ticket once, in order. What the
    /// idempotency key is bound to.
    pub fn distinct(&self) -> Vec<TicketName> {
        let distinct: BTreeSet<TicketName> = self.tickets.iter().copied().collect();
        distinct.into_iter().collect()
    }
}

/// The amounts that a refund would return.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefundQuote {
    /// Every ticket that was requested.
    pub tickets: Vec<QuotedTicket>,
    /// The sum of those that can be refunded.
    pub total: Money,
}

/// The amount that refunding a ticket would return.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuotedTicket {
    /// The event.
    pub event_id: Uuid,
    /// Its number within the event.
    pub number: TicketNumber,
    /// The amount paid for it.
    pub amount: Money,
    /// The reason why it cannot be refunded; null when it can.
    pub refusal: Option<NotRefundable>,
}

/// Why a ticket cannot be refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotRefundable {
    /// It is a comp, so nothing was paid.
    Comp,
    /// It has already been refunded.
    Refunded,
    /// The organizer revoked it.
    Revoked,
    /// It has been used.
    CheckedIn,
    /// The event has started.
    Begun,
    /// The buyer sent it to someone who has not accepted it yet.
    Sent,
    /// Someone else holds it.
    Gifted,
    /// A reason this version of the app does not know.
    #[serde(other)]
    Other,
}

impl NotRefundable {
    /// Returns the reason as a sentence for the buyer.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Comp => "You got this ticket for free, so there’s nothing to refund.",
            Self::Refunded => "This ticket has already been refunded.",
            Self::Revoked => "The organizer revoked this ticket.",
            Self::CheckedIn => "This ticket has been used. Only the organizer can refund it now.",
            Self::Begun => "The event has started. Only the organizer can refund this ticket now.",
            Self::Sent => "You’ve sent this ticket to someone. Take it back first to get a refund.",
            Self::Gifted => {
                "You sent this ticket to someone else. Ask for it back to get a refund."
            }
            Self::Other => "This ticket can’t be refunded.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_has_one_form_however_it_is_spelled() {
        let name = |event: u128, number| TicketName {
            event_id: Uuid::from_u128(event),
            number,
        };
        let spelled = RefundTickets {
            tickets: vec![name(2, 1), name(1, 9), name(2, 1)],
        };
        assert_eq!(spelled.distinct(), [name(1, 9), name(2, 1)]);
    }

    #[test]
    fn an_unknown_reason_is_still_a_reason() {
        let reason: NotRefundable = serde_json::from_str(r#""eclipse""#).expect("readable");
        assert_eq!(reason, NotRefundable::Other);
    }
}
