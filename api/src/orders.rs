//! Orders: immutable entries of the ledger.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::events::EventRef;
use crate::text;
use crate::tickets::TicketState;
use crate::validate::FieldErrors;
use crate::{Money, TicketNumber};

/// The most lines one order can have.
pub const LINES_MAX: usize = 20;
/// The most tickets of one type in one order, whatever the organizer allows.
pub const QUANTITY_MAX: i32 = 100;
/// How many tickets for events to come an account may have whose address is not confirmed.
pub const UNCONFIRMED_TICKETS_MAX: i32 = 20;
/// The header with which a client names a purchase, a UUID that it keeps until it has the answer.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The header that says an answer is that of an earlier request with the same key.
pub const IDEMPOTENCY_REPLAYED: &str = "idempotency-replayed";

/// `POST /orders`, with the header `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    /// The lines, for one event or several in the same currency. Lines of the same type are added up.
    pub lines: Vec<PlaceOrderLine>,
    /// A promo code; case-insensitive.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "text::read_line"
    )]
    pub promo_code: Option<String>,
    /// What the buyer was shown. If the server's total differs, the order is refused with
    /// `price_changed`; it is never what is charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_total: Option<Money>,
}

/// The total of an order: the answer to `POST /orders/quote`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderQuote {
    /// The discount.
    pub discount: Money,
    /// The total to pay.
    pub total: Money,
}

/// A number of tickets of one type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlaceOrderLine {
    /// Which.
    pub ticket_type_id: Uuid,
    /// How many, at least 1.
    pub quantity: i32,
}

impl PlaceOrder {
    /// Checks the request and returns the errors by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.require(
            !self.lines.is_empty(),
            "lines",
            "Choose at least one ticket.",
        );
        errors.require(
            self.lines.len() <= LINES_MAX,
            "lines",
            "You can buy up to 20 ticket types at once.",
        );
        for (index, line) in self.lines.iter().enumerate() {
            errors.require(
                (1..=QUANTITY_MAX).contains(&line.quantity),
                format!("lines.{index}.quantity"),
                "Choose 1 to 100 tickets.",
            );
        }
        if let Some(code) = &self.promo_code {
            errors.require_line(code, 1, 40, "promo_code");
        }
        errors.into_result()
    }

    /// The same wish in one form whatever its spelling: lines of one type added up and ordered by
    /// type. What the idempotency key is bound to, and what limits are judged on.
    pub fn merged_lines(&self) -> Vec<PlaceOrderLine> {
        let mut merged = std::collections::BTreeMap::<Uuid, i32>::new();
        for line in &self.lines {
            let quantity = merged.entry(line.ticket_type_id).or_default();
            *quantity = quantity.saturating_add(line.quantity);
        }
        merged
            .into_iter()
            .map(|(ticket_type_id, quantity)| PlaceOrderLine {
                ticket_type_id,
                quantity,
            })
            .collect()
    }
}

/// The kind of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// Tickets were bought.
    Purchase,
    /// Tickets of a purchase were refunded; the total is negative.
    Refund,
    /// The organizer gave free tickets; the total is 0.
    Comp,
}

/// The state of an order. `partially_refunded` and `refunded` are derived from its refund orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Waiting for the payment; its tickets are held until `expires_at`.
    Pending,
    /// Paid, or to be paid at the door.
    Paid,
    /// Not paid in time; the tickets were released.
    Expired,
    /// Cancelled by the buyer before it was paid.
    Cancelled,
    /// The payment failed.
    Failed,
    /// Some of its tickets were refunded.
    PartiallyRefunded,
    /// All of its tickets were refunded.
    Refunded,
}

/// An order in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderSummary {
    /// The order.
    pub id: Uuid,
    /// The kind.
    pub kind: OrderKind,
    /// The state.
    pub state: OrderState,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
    /// The sum of its lines.
    pub total: Money,
    /// The number of tickets.
    pub quantity: i32,
    /// Its events, by start time.
    pub events: Vec<EventRef>,
}

/// `GET /orders/{id}` and the answer to `POST /orders`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Order {
    /// The order.
    pub id: Uuid,
    /// The kind.
    pub kind: OrderKind,
    /// The state.
    pub state: OrderState,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
    /// When a pending order releases its tickets.
    pub expires_at: Option<DateTime<Utc>>,
    /// The payment method: `pay_at_door`, or `none` when there is nothing to pay.
    pub payment: String,
    /// For a refund: the purchase.
    pub purchase_id: Option<Uuid>,
    /// The lines.
    pub lines: Vec<OrderLine>,
    /// The sum of its lines.
    pub total: Money,
    /// What its buyer pays at the door, for the tickets that they still have; null when nothing.
    pub due: Option<Money>,
    /// Refund orders of this purchase, oldest first.
    pub refunds: Vec<RefundSummary>,
    /// For a refund: what the organizer wrote about it.
    #[serde(default)]
    pub message: Option<String>,
}

/// A line of an order, as it was at the time of purchase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderLine {
    /// The event.
    pub event: EventRef,
    /// The ticket type.
    pub ticket_type_id: Uuid,
    /// The type's name at that time.
    pub ticket_type: String,
    /// The quantity.
    pub quantity: i32,
    /// The price of one ticket, before the discount.
    pub unit_price: Money,
    /// The discount on the whole line.
    pub discount: Money,
    /// `quantity * unit_price - discount`.
    pub total: Money,
    /// The tickets issued for it, none until it is paid; for a refund, the refunded tickets.
    pub tickets: Vec<OrderTicket>,
}

/// A ticket on the order it came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderTicket {
    /// Its number within the event.
    pub number: TicketNumber,
    /// The state.
    pub state: TicketState,
    /// Whether the buyer still holds it.
    pub yours: bool,
    /// What the buyer pays at the door for it; null when nothing, when somebody else has it, or once it is
    /// used or void.
    pub due: Option<Money>,
}

/// A refund of a purchase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefundSummary {
    /// The refund order.
    pub id: Uuid,
    /// When.
    pub created_at: DateTime<Utc>,
    /// The total; negative.
    pub total: Money,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(ticket_type: u128, quantity: i32) -> PlaceOrderLine {
        PlaceOrderLine {
            ticket_type_id: Uuid::from_u128(ticket_type),
            quantity,
        }
    }

    fn order(lines: Vec<PlaceOrderLine>) -> PlaceOrder {
        PlaceOrder {
            lines,
            promo_code: None,
            expected_total: None,
        }
    }

    #[test]
    fn lines_of_one_type_are_added_up_in_one_order() {
        let spelled = order(vec![line(2, 1), line(1, 3), line(2, 2)]);
        assert_eq!(spelled.merged_lines(), vec![line(1, 3), line(2, 3)]);
    }

    #[test]
    fn a_quantity_below_one_is_refused_at_its_line() {
        let errors = order(vec![line(1, 1), line(2, 0)]).validate();
        let errors = errors.expect_err("quantity 0 is refused");
        assert_eq!(errors.0.keys().collect::<Vec<_>>(), ["lines.1.quantity"]);
    }

    #[test]
    fn price_in_a_body_is_refused() {
        let body = r#"{"lines":[{"ticket_type_id":"00000000-0000-0000-0000-000000000001","quantity":1,"price":0}]}"#;
        assert!(serde_json::from_str::<PlaceOrder>(body).is_err());
    }
}
