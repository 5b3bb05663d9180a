//! A new order as its buyer is shown it, made from the decision without reading it back.

use api::Money;
use api::orders::{Order, OrderKind, OrderLine, OrderState, OrderTicket};
use api::tickets::TicketState;

use super::decide::{Grant, GrantLine, Snapshot};
use crate::orders::db::due;
use crate::payment::due_at_door;
use crate::refunds::decide::paid;

/// The order of `grant`, which was decided on `stock`.
pub(super) fn of(grant: &Grant, stock: &Snapshot) -> Order {
    let lines = grant.lines.iter();
    let lines: Vec<OrderLine> = lines
        .filter_map(|granted| line(grant, granted, stock))
        .collect();
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
        due: due(&lines),
        lines,
        total: grant.total,
        refunds: Vec::new(),
        message: None,
    }
}

fn line(grant: &Grant, granted: &GrantLine, stock: &Snapshot) -> Option<OrderLine> {
    let currency = grant.total.currency;
    let price = |index| {
        let amount = paid(
            granted.unit_price,
            granted.discount,
            granted.quantity,
            index,
        );
        Money::new(amount, currency)
    };
    let numbers = granted
        .first_number
        .into_iter()
        .flat_map(|first| first..first + granted.quantity);
    let tickets = (0..).zip(numbers).map(|(index, number)| OrderTicket {
        number,
        state: TicketState::Valid,
        yours: true,
        due: due_at_door(grant.payment, price(index), TicketState::Valid),
    });
    let total = granted.unit_price * i64::from(granted.quantity) - granted.discount;
    Some(OrderLine {
        event: stock.events.get(&granted.event)?.event.clone(),
        ticket_type_id: granted.ticket_type,
        ticket_type: granted.name.clone(),
        quantity: granted.quantity,
        unit_price: Money::new(granted.unit_price, currency),
        discount: Money::new(granted.discount, currency),
        total: Money::new(total, currency),
        tickets: tickets.collect(),
    })
}
