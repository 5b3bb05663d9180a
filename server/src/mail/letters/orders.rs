//! Letters about orders.

use api::calendar::Method;
use api::events::EventRef;
use api::orders::{Order, OrderState};
use api::{EventId, Money, OrderId, TicketNumber};
use chrono::Utc;
use leptos_i18n::td_string;
use sqlx::PgConnection;

use super::facts;
use crate::error::Result;
use crate::mail::db::{self, Person};
use crate::mail::letter::{Calendar, Letter};
use crate::payment::{PayAtDoor, PaymentProvider};
use crate::reader::Reader;
use crate::{orders, tickets as wallet};

/// More tickets than this are not enclosed; they are in the app.
const ENCLOSED_MAX: usize = 50;

pub(super) async fn confirmation(
    connection: &mut PgConnection,
    public_url: &str,
    id: OrderId,
) -> Result<Option<Letter>> {
    let Some((buyer, order)) = find(connection, id).await? else {
        return Ok(None);
    };
    let mut held = held(&order);
    if held.is_empty() {
        return Ok(Some(of_order_alone(public_url, &buyer, &order)));
    }
    // Others may be somebody else's by now.
    let mut events = events_of(&order);
    events.retain(|event| held.iter().any(|(id, _)| *id == event.id));
    let reader = buyer.reader();
    let language = reader.language;
    let count = reader.count(held.len());
    let subject = match events.as_slice() {
        [event] => td_string!(
            language,
            letters.tickets_for,
            count = count,
            event = &event.title
        ),
        _ => td_string!(language, letters.your_tickets).to_owned(),
    };
    let letter =
        Letter::to(&buyer, subject).text(td_string!(language, letters.thank_you, count = count));
    let mut letter = itemized(letter, &order).button(
        td_string!(language, letters.see_tickets),
        format!("{public_url}/tickets"),
    );
    if held.len() > ENCLOSED_MAX {
        held.truncate(ENCLOSED_MAX);
        let number = ENCLOSED_MAX;
        letter = letter.text(td_string!(
            language,
            letters.first_enclosed,
            number = number
        ));
    }
    letter.tickets = wallet::db::held(connection, buyer.id, &held).await?;
    letter.calendar = Some(Calendar::of(Method::Publish, events, public_url));
    Ok(Some(letter))
}

/// For who passed all tickets on, or gave them back, before this was written.
fn of_order_alone(public_url: &str, buyer: &Person, order: &Order) -> Letter {
    let reader = buyer.reader();
    let language = reader.language;
    let letter = Letter::to(buyer, td_string!(language, letters.your_order))
        .text(td_string!(language, letters.thank_you_alone));
    itemized(letter, order).button(
        td_string!(language, letters.see_orders),
        format!("{public_url}/orders/{}", order.id),
    )
}

pub(super) async fn refund(
    connection: &mut PgConnection,
    public_url: &str,
    id: OrderId,
) -> Result<Option<Letter>> {
    let Some((buyer, order)) = find(connection, id).await? else {
        return Ok(None);
    };
    let reader = buyer.reader();
    let language = reader.language;
    let amount = reader.money(Money::new(-order.total.amount, order.total.currency));
    let count = reader.count(quantity(&order));
    let titles = events_of(&order).into_iter();
    let titles: Vec<&str> = titles.map(|event| event.title.as_str()).collect();
    let title = titles.join(", ");
    let (subject, text) = match () {
        () if order.total.is_zero() => (
            td_string!(
                language,
                letters.refunded_tickets_subject,
                count = count,
                event = &title
            ),
            td_string!(language, letters.refunded_free, count = count),
        ),
        () if is_paid_at_door(&order) => (
            td_string!(
                language,
                letters.refunded_tickets_subject,
                count = count,
                event = &title
            ),
            td_string!(
                language,
                letters.refunded_at_door,
                count = count,
                amount = &amount
            ),
        ),
        () => (
            td_string!(
                language,
                letters.refunded_subject,
                amount = &amount,
                event = &title
            ),
            td_string!(language, letters.refunded, count = count, amount = &amount),
        ),
    };
    let letter = Letter::to(&buyer, subject)
        .text(text)
        .message(order.message.clone());
    let letter = itemized(letter, &order).button(
        td_string!(language, letters.see_refund),
        format!("{public_url}/orders/{id}"),
    );
    Ok(Some(letter))
}

pub(super) async fn offer(
    connection: &mut PgConnection,
    public_url: &str,
    id: OrderId,
) -> Result<Option<Letter>> {
    let Some((buyer, order)) = find(connection, id).await? else {
        return Ok(None);
    };
    // It may have been taken, or its time been over, before this is sent.
    let (OrderState::Pending, [line]) = (order.state, order.lines.as_slice()) else {
        return Ok(None);
    };
    let minutes = order
        .expires_at
        .map_or(0, |end| (end - Utc::now()).num_minutes());
    let reader = buyer.reader();
    let (language, event) = (reader.language, &line.event);
    let subject = td_string!(language, letters.held_subject, event = &event.title);
    let letter = Letter::to(&buyer, subject).text(td_string!(
        language,
        letters.held,
        count = reader.count(minutes)
    ));
    let letter = itemized(letter, &order).button(
        td_string!(language, letters.take_it),
        format!("{public_url}/events/{}", event.id),
    );
    Ok(Some(letter))
}

/// The order and whose it is, unless the account is deleted.
async fn find(connection: &mut PgConnection, id: OrderId) -> Result<Option<(Person, Order)>> {
    let Some(buyer) = db::buyer(connection, id).await? else {
        return Ok(None);
    };
    let order = orders::db::find(connection, buyer.id, id).await?;
    Ok(order.map(|order| (buyer, order)))
}

/// The events of an order, each once.
fn events_of(order: &Order) -> Vec<&EventRef> {
    let mut events: Vec<&EventRef> = Vec::new();
    for line in &order.lines {
        if events.iter().all(|event| event.id != line.event.id) {
            events.push(&line.event);
        }
    }
    events
}

/// The tickets of an order that the buyer can still use.
fn held(order: &Order) -> Vec<(EventId, TicketNumber)> {
    order
        .lines
        .iter()
        .flat_map(|line| {
            let usable = line.tickets.iter();
            let usable = usable.filter(|ticket| ticket.yours && ticket.state.is_live());
            usable.map(|ticket| (line.event.id, ticket.number))
        })
        .collect()
}

fn quantity(order: &Order) -> i32 {
    order.lines.iter().map(|line| line.quantity).sum()
}

fn is_paid_at_door(order: &Order) -> bool {
    order.payment == PayAtDoor.name()
}

/// Adds what an order is of: each event, and below it the lines for it; then what all comes to.
fn itemized(mut letter: Letter, order: &Order) -> Letter {
    let reader = letter.reader.clone();
    for event in events_of(order) {
        let lines = order.lines.iter().filter(|line| line.event.id == event.id);
        let lines = lines.map(|line| {
            let what = format!("{} × {}", reader.count(line.quantity), line.ticket_type);
            (what, reader.money(line.total))
        });
        letter = letter.facts(facts(&reader, event).into_iter().chain(lines).collect());
    }
    let sums = sums(&reader, order);
    letter.facts(sums)
}

/// What was refunded of an order, what it comes to, and what its buyer still pays for it.
fn sums(reader: &Reader, order: &Order) -> Vec<(String, String)> {
    let language = reader.language;
    let refunds = order.refunds.iter().map(|refund| {
        let what = td_string!(language, orders.refund).to_owned();
        (what, refund.total)
    });
    let back: i64 = order.refunds.iter().map(|refund| refund.total.amount).sum();
    let left = Money::new(order.total.amount + back, order.total.currency);
    let total = (td_string!(language, orders.total).to_owned(), left);
    let due = order
        .due
        .map(|due| (td_string!(language, orders.pay_at_door).to_owned(), due));
    // Where both are the same, saying it once is enough.
    let sums = match due {
        Some(due) if due.1 == left => vec![due],
        due => [total].into_iter().chain(due).collect(),
    };
    let rows = refunds.chain(sums);
    rows.map(|(what, amount)| (what, reader.money(amount)))
        .collect()
}
