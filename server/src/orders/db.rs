//! The SQL that shows orders.

use api::orders::{
    Order, OrderKind, OrderLine, OrderState, OrderSummary, OrderTicket, RefundSummary,
};
use api::tickets::TicketState;
use api::{Currency, Money, OrderId, TicketNumber, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::events::db::{event_refs, parse_currency};
use crate::payment::due_at_door;
use crate::refunds::decide::paid;

/// Orders of `user` before the one with id `before`, newest first.
pub async fn list(
    connection: &mut PgConnection,
    user: UserId,
    before: Option<OrderId>,
    limit: i64,
) -> Result<Vec<OrderSummary>> {
    let rows = sqlx::query!(
        r#"
        select o.id, o.kind, o.state, o.created_at, o.currency, o.total,
            l.quantity as "quantity!", l.events as "events!", r.quantity as "refunded!"
        from orders o
        cross join lateral (
            select sum(quantity)::int as quantity, array_agg(distinct event_id) as events
            from order_lines where order_id = o.id
        ) l
        cross join lateral (
            select coalesce(sum(rl.quantity), 0)::int as quantity
            from orders r join order_lines rl on rl.order_id = r.id where r.purchase_id = o.id
        ) r
        where o.user_id = $1 and ($2::uuid is null or o.id < $2)
            -- What the waiting list offers is nobody's order before it is taken.
            and o.payment <> 'offer'
        order by o.id desc limit $3
        "#,
        user,
        before,
        limit,
    )
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<_> = rows.iter().flat_map(|row| row.events.clone()).collect();
    let events = event_refs(connection, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let mut of_order: Vec<_> = row
                .events
                .iter()
                .filter_map(|id| events.get(id).cloned())
                .collect();
            of_order.sort_by_key(|event| event.starts_at);
            Ok(OrderSummary {
                id: row.id,
                kind: parse_kind(&row.kind)?,
                state: parse_state(&row.state, row.quantity, row.refunded)?,
                created_at: row.created_at,
                total: Money::new(row.total, parse_currency(&row.currency)?),
                quantity: row.quantity,
                events: of_order,
            })
        })
        .collect()
}

/// The order with this id, if it is `user`'s.
pub async fn find(
    connection: &mut PgConnection,
    user: UserId,
    id: OrderId,
) -> Result<Option<Order>> {
    let Some(row) = sqlx::query!(
        "select kind, state, created_at, expires_at, payment, purchase_id, currency, total, message
        from orders where id = $1 and user_id = $2",
        id,
        user,
    )
    .fetch_optional(&mut *connection)
    .await?
    else {
        return Ok(None);
    };
    let currency = parse_currency(&row.currency)?;
    let lines = lines(connection, user, id, currency).await?;
    let due = due(&lines);
    let refunds = refunds(connection, id, currency).await?;
    let quantity = lines.iter().map(|line| line.quantity).sum();
    let refunded = refunds.iter().map(|(quantity, _)| quantity).sum();
    Ok(Some(Order {
        id,
        kind: parse_kind(&row.kind)?,
        state: parse_state(&row.state, quantity, refunded)?,
        created_at: row.created_at,
        expires_at: row.expires_at,
        payment: row.payment,
        purchase_id: row.purchase_id,
        lines,
        total: Money::new(row.total, currency),
        due,
        refunds: refunds.into_iter().map(|(_, refund)| refund).collect(),
        message: row.message,
    }))
}

/// What its buyer still pays at the door for an order with these lines.
pub fn due(lines: &[OrderLine]) -> Option<Money> {
    let tickets = lines.iter().flat_map(|line| &line.tickets);
    Money::total(tickets.filter_map(|ticket| ticket.due))
}

/// The order that `user` placed with this idempotency key.
pub async fn with_key(
    connection: &mut PgConnection,
    user: UserId,
    key: Uuid,
) -> Result<Option<OrderId>> {
    let id = sqlx::query_scalar!(
        "select id from orders where user_id = $1 and idempotency_key = $2 and kind = 'purchase'",
        user,
        key,
    )
    .fetch_optional(connection)
    .await?;
    Ok(id)
}

async fn lines(
    connection: &mut PgConnection,
    user: UserId,
    order: OrderId,
    currency: Currency,
) -> Result<Vec<OrderLine>> {
    let rows = sqlx::query!(
        r#"
        select l.event_id, l.ticket_type_id,
            coalesce(l.ticket_type_name, y.name) as "ticket_type!", l.quantity, l.unit_price,
            l.discount, l.first_number, o.kind, o.payment, t.numbers as "numbers!",
            t.states as "states!", t.yours as "yours!", t.had as "had!"
        from order_lines l
        join orders o on o.id = l.order_id
        join ticket_types y on y.id = l.ticket_type_id
        cross join lateral (
            select coalesce(array_agg(t.number order by t.number), '{}') as numbers,
                coalesce(array_agg(t.state order by t.number), '{}') as states,
                coalesce(array_agg(h.user_id is not null order by t.number), '{}') as yours,
                coalesce(array_agg(h.user_id is not null or p.id is not null order by t.number),
                    '{}') as had
            from (
                select generate_series(l.first_number, l.first_number + l.quantity - 1) as number
                union all
                select number from refunded_tickets
                where refund_id = l.order_id and refunded_tickets.line = l.line
            ) n
            cross join lateral (select * from all_tickets a
                where a.event_id = l.event_id and a.number = n.number limit 1) t
            left join lateral (select * from all_ticket_user a
                where a.event_id = t.event_id and a.number = t.number and a.user_id = $2 limit 1) h
                on true
            left join transfers p on p.event_id = t.event_id and p.number = t.number
                and p.state = 'pending' and p.sender_id = $2
        ) t
        where l.order_id = $1 order by l.line
        "#,
        order,
        user,
    )
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<_> = rows.iter().map(|row| row.event_id).collect();
    let events = event_refs(connection, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let gross = row.unit_price * i64::from(row.quantity) - row.discount;
            let total = if row.kind == "refund" { -gross } else { gross };
            let price = |number: TicketNumber| {
                let index = number - row.first_number.unwrap_or(number);
                let amount = paid(row.unit_price, row.discount, row.quantity, index);
                Money::new(amount, currency)
            };
            let tickets = row.numbers.iter().zip(&row.states);
            let tickets = tickets.zip(row.yours.iter().zip(&row.had));
            Ok(OrderLine {
                event: events
                    .get(&row.event_id)
                    .cloned()
                    .ok_or_else(|| Error::internal("an order line of no event"))?,
                ticket_type_id: row.ticket_type_id,
                ticket_type: row.ticket_type,
                quantity: row.quantity,
                unit_price: Money::new(row.unit_price, currency),
                discount: Money::new(row.discount, currency),
                total: Money::new(total, currency),
                tickets: tickets
                    .map(|((number, state), (yours, had))| {
                        let state = parse_ticket_state(state)?;
                        let due = due_at_door(&row.payment, price(*number), state);
                        Ok(OrderTicket {
                            number: *number,
                            state,
                            yours: *yours,
                            // A refund has tickets of a purchase, where they are due.
                            due: due.filter(|_| *had && row.kind == "purchase"),
                        })
                    })
                    .collect::<Result<_>>()?,
            })
        })
        .collect()
}

async fn refunds(
    connection: &mut PgConnection,
    purchase: OrderId,
    currency: Currency,
) -> Result<Vec<(i32, RefundSummary)>> {
    let rows = sqlx::query!(
        r#"
        select o.id, o.created_at, o.total,
            (select sum(quantity)::int from order_lines where order_id = o.id) as "quantity!"
        from orders o where o.purchase_id = $1 order by o.id
        "#,
        purchase,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let refund = RefundSummary {
                id: row.id,
                created_at: row.created_at,
                total: Money::new(row.total, currency),
            };
            (row.quantity, refund)
        })
        .collect())
}

fn parse_kind(kind: &str) -> Result<OrderKind> {
    match kind {
        "purchase" => Ok(OrderKind::Purchase),
        "refund" => Ok(OrderKind::Refund),
        "comp" => Ok(OrderKind::Comp),
        other => Err(Error::internal(format!("order kind {other}"))),
    }
}

/// `partially_refunded` and `refunded` are never stored: the refund orders say so.
fn parse_state(state: &str, quantity: i32, refunded: i32) -> Result<OrderState> {
    match state {
        "pending" => Ok(OrderState::Pending),
        "paid" if refunded == 0 => Ok(OrderState::Paid),
        "paid" if refunded < quantity => Ok(OrderState::PartiallyRefunded),
        "paid" => Ok(OrderState::Refunded),
        "expired" => Ok(OrderState::Expired),
        "cancelled" => Ok(OrderState::Cancelled),
        "failed" => Ok(OrderState::Failed),
        other => Err(Error::internal(format!("order state {other}"))),
    }
}

/// The state of a row of `tickets`.
pub fn parse_ticket_state(state: &str) -> Result<TicketState> {
    match state {
        "valid" => Ok(TicketState::Valid),
        "checked_in" => Ok(TicketState::CheckedIn),
        "refunded" => Ok(TicketState::Refunded),
        "revoked" => Ok(TicketState::Revoked),
        other => Err(Error::internal(format!("ticket state {other}"))),
    }
}

/// What the ticket at `index` of a line was sold for, of what the line's columns say.
pub fn ticket_price(
    unit_price: i64,
    discount: i64,
    quantity: i32,
    index: i32,
    currency: &str,
) -> Result<Money> {
    let amount = paid(unit_price, discount, quantity, index);
    Ok(Money::new(amount, parse_currency(currency)?))
}
