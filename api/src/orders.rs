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
/// The header with which a client names a purchase, a UUID that it keeps until it has the answer.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// The header that says an answer is that of an earlier request with the same key.
pub const IDEMPOTENCY_REPLAYED: &str = "idempotency-replayed";

/// `POST /orders`, with the header `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    /// What to buy, over one event or several of the same currency. Lines of the same type are added up.
    pub lines: Vec<PlaceOrderLine>,
    /// A promo code, in any case.
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

/// `POST /orders/quote`, with the body of an order: what it would come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderQuote {
    /// What the promo code takes off.
    pub discount: Money,
    /// What is to be paid.
    pub total: Money,
}

/// A wish for tickets of one type.
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
    /// What is wrong with it, by field.
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

/// What an order is a record of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// Tickets bought.
    Purchase,
    /// Money given back for tickets of a purchase; its total is negative.
    Refund,
    /// Tickets given by the organizer; its total is 0.
    Comp,
}

/// Where an order stands. `partially_refunded` and `refunded` are derived from its refund orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Its tickets are held until `expires_at`, waiting for the payment.
    Pending,
    /// Done.
    Paid,
    /// Not paid in time; the tickets went back.
    Expired,
    /// Called off by the buyer before it was paid.
    Cancelled,
    /// The payment did not work.
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
    /// What it is a record of.
    pub kind: OrderKind,
    /// Where it stands.
    pub state: OrderState,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
    /// Sum of its lines.
    pub total: Money,
    /// Tickets in all its lines.
    pub quantity: i32,
    /// Its events, by when they begin.
    pub events: Vec<EventRef>,
}

/// `GET /orders/{id}` and the answer to `POST /orders`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Order {
    /// The order.
    pub id: Uuid,
    /// What it is a record of.
    pub kind: OrderKind,
    /// Where it stands.
    pub state: OrderState,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
    /// Until when a pending order holds its tickets.
    pub expires_at: Option<DateTime<Utc>>,
    /// How it is paid: `pay_at_door`, or `none` when there is nothing to pay.
    pub payment: String,
    /// For a refund: the purchase it gives money back for.
    pub purchase_id: Option<Uuid>,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// Sum of its lines.
    pub total: Money,
    /// Refund orders of this purchase, oldest first.
    pub refunds: Vec<RefundSummary>,
    /// For a refund: what the organizer wrote about it.
    #[serde(default)]
    pub message: Option<String>,
}

/// A line of an order, as it was when bought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderLine {
    /// For what.
    pub event: EventRef,
    /// Which type.
    pub ticket_type_id: Uuid,
    /// The type's name.
    pub ticket_type: String,
    /// How many.
    pub quantity: i32,
    /// For one ticket, before the discount.
    pub unit_price: Money,
    /// Off the whole line.
    pub discount: Money,
    /// `quantity * unit_price - discount`.
    pub total: Money,
    /// The tickets issued for it, none until it is paid; of a refund those it gave back.
    pub tickets: Vec<OrderTicket>,
}

/// A ticket on the order it came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderTicket {
    /// Its number within the event.
    pub number: TicketNumber,
    /// Where it stands.
    pub state: TicketState,
    /// Whether the buyer still holds it.
    pub yours: bool,
}

/// A refund in the purchase it belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefundSummary {
    /// The refund order.
    pub id: Uuid,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Negative.
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
