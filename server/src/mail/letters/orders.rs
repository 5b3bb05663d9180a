//! Letters about orders and their events.

use api::events::EventRef;
use api::orders::{Order, OrderState};
use api::{EventId, Money, OrderId, TicketNumber, UserId, calendar};
use chrono::Utc;
use sqlx::PgConnection;

use super::facts;
use crate::error::{Error, Result};
use crate::events::db::event_refs;
use crate::mail::db::{self, Person};
use crate::mail::letter::Letter;
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
    let events = events_of(&order);
    let subject = match events.as_slice() {
        [event] => format!("Your tickets for {}", event.title),
        _ => "Your tickets".to_owned(),
    };
    let count = order.lines.iter().map(|line| line.quantity).sum();
    let mut letter = Letter::new(&buyer.name, &buyer.email, subject).text(format!(
        "Thank you, {}. {} enclosed: show the code at the door, on paper or on your phone.",
        buyer.name,
        match count {
            1 => "Your ticket is".to_owned(),
            count => format!("Your {count} tickets are"),
        },
    ));
    for event in &events {
        letter = letter.facts(facts(event));
    }
    letter = letter
        .facts(receipt(&order))
        .button("See your tickets", format!("{public_url}/tickets"));
    let mut held = held(&order);
    if held.len() > ENCLOSED_MAX {
        held.truncate(ENCLOSED_MAX);
        letter = letter.text(format!(
            "The first {ENCLOSED_MAX} are enclosed; all of them are in the app."
        ));
    }
    letter.tickets = wallet::db::held(connection, buyer.id, &held).await?;
    let described = events
        .iter()
        .map(|event| (*event, format!("{public_url}/events/{}", event.id)));
    letter.calendar = Some(calendar::file(described, Utc::now()));
    Ok(Some(letter))
}

pub(super) async fn refund(
    connection: &mut PgConnection,
    public_url: &str,
    id: OrderId,
) -> Result<Option<Letter>> {
    let Some((buyer, order)) = find(connection, id).await? else {
        return Ok(None);
    };
    let count = order.lines.iter().map(|line| line.quantity).sum();
    let amount = Money::new(-order.total.amount, order.total.currency);
    let letter = Letter::new(&buyer.name, &buyer.email, format!("{amount} back to you"))
        .text(format!(
            "Hello {}, {} refunded. {amount} go back the way they were paid.",
            buyer.name,
            match count {
                1 => "1 ticket is".to_owned(),
                count => format!("{count} tickets are"),
            },
        ))
        .facts(receipt(&order))
        .button("See the refund", format!("{public_url}/orders/{id}"));
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
    let subject = format!("Tickets for {} are held for you", line.event.title);
    let letter = Letter::new(&buyer.name, &buyer.email, subject)
        .text(format!(
            "Hello {}, what you waited for came back. It is held for you for {minutes} minutes and \
            then offered to the next in line.",
            buyer.name,
        ))
        .facts(receipt(&order))
        .button("Take it", format!("{public_url}/events/{}", line.event.id));
    Ok(Some(letter))
}

pub(super) async fn cancelled(
    connection: &mut PgConnection,
    public_url: &str,
    event: EventId,
    user: UserId,
) -> Result<Option<Letter>> {
    let Some(person) = db::person(connection, user).await? else {
        return Ok(None);
    };
    let event = event_refs(connection, &[event])
        .await?
        .remove(&event)
        .ok_or_else(|| Error::internal("mail about no event"))?;
    let letter = Letter::new(
        &person.name,
        &person.email,
        format!("Cancelled: {}", event.title),
    )
    .text(format!(
        "Hello {}, the organizer has cancelled {}. Your tickets are no longer good.",
        person.name, event.title
    ))
    .facts(facts(&event))
    .text(
        "Whoever bought tickets gets their money back; there is nothing to do. \
        A message tells them once it is on its way.",
    )
    .button("See your orders", format!("{public_url}/orders"));
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

fn receipt(order: &Order) -> Vec<(String, String)> {
    let lines = order.lines.iter().map(|line| {
        let what = format!("{} × {}", line.quantity, line.ticket_type);
        (what, line.total.to_string())
    });
    lines
        .chain([("Total".to_owned(), order.total.to_string())])
        .collect()
}
