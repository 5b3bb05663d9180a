//! A new order as its buyer is shown it, made from the decision without reading it back.

use api::orders::{Order, OrderKind, OrderLine, OrderState, OrderTicket};
use api::tickets::TicketState;
use api::{Currency, Money};

use super::decide::{Grant, GrantLine, Snapshot};

/// The order of `grant`, which was decided on `stock`.
pub(super) fn of(grant: &Grant, stock: &Snapshot) -> Order {
    let currency = grant.total.currency;
    Order {
        id: grant.order,
        kind: OrderKind::Purchase,
        state: match grant.expires_at {
            None => OrderState::Paid,
            Some(_) => OrderState::Pending,
        },
        created_at: grant.created_at,
        expires_at: grant.expires_at,
        payment: grant.payment.to_owned(),
        purchase_id: None,
        lines: grant
            .lines
            .iter()
            .filter_map(|granted| line(granted, currency, stock))
            .collect(),
        total: grant.total,
        refunds: Vec::new(),
        message: None,
    }
}

fn line(granted: &GrantLine, currency: Currency, stock: &Snapshot) -> Option<OrderLine> {
    let numbers = granted
        .first_number
        .into_iter()
        .flat_map(|first| first..first + granted.quantity);
    let tickets = numbers.map(|number| OrderTicket {
        number,
        state: TicketState::Valid,
        yours: true,
    });
    let total = granted.unit_price * i64::from(granted.quantity) - granted.discount;
    Some(OrderLine {
        event: stock.events.get(&granted.event)?.event.clone(),
        ticket_type_id: granted.ticket_type,
        ticket_type: stock.types.get(&granted.ticket_type)?.name.clone(),
        quantity: granted.quantity,
        unit_price: Money::new(granted.unit_price, currency),
        discount: Money::new(granted.discount, currency),
        total: Money::new(total, currency),
        tickets: tickets.collect(),
    })
}
