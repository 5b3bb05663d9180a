//! Letters about tickets on their way.

use api::events::EventRef;
use api::tickets::Ticket;
use api::{EventId, TicketNumber, UserId, calendar};
use chrono::Utc;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{facts, tickets};
use crate::error::Result;
use crate::events::db::event_refs;
use crate::mail::db;
use crate::mail::letter::Letter;
use crate::{secret, tickets as wallet, transfers};

pub(super) async fn sent(
    connection: &mut PgConnection,
    public_url: &str,
    offer: Uuid,
) -> Result<Option<Letter>> {
    let transfers = transfers::db::pending_of_offer(connection, offer).await?;
    let Some(first) = transfers.first() else {
        return Ok(None);
    };
    let token = secret::mint();
    db::keep_claim_token(connection, offer, &secret::digest(&token)).await?;
    let count = tickets(transfers.len());
    let mut letter =
        Letter::new("", &first.to, format!("{} sent you {count}", first.from)).text(format!(
            "Hello, {} has sent you {count}. Accept, and it is in your name.",
            first.from
        ));
    for event in distinct(transfers.iter().map(|transfer| &transfer.event)) {
        letter = letter.facts(facts(event));
    }
    let letter = letter
        .button("See what it is", format!("{public_url}/claim/{token}"))
        .text("If you do not want it, decline it there or do nothing. Keep the link to yourself.");
    Ok(Some(letter))
}

pub(super) async fn received(
    connection: &mut PgConnection,
    public_url: &str,
    offer: Uuid,
) -> Result<Option<Letter>> {
    let mut answered = db::answered(connection, offer).await?;
    answered.retain(|transfer| transfer.accepted);
    let Some(recipient) = answered.first().and_then(|transfer| transfer.recipient) else {
        return Ok(None);
    };
    let Some(person) = db::person(connection, recipient).await? else {
        return Ok(None);
    };
    let accepted: Vec<_> = answered
        .iter()
        .map(|transfer| (transfer.event_id, transfer.number))
        .collect();
    let held = wallet::db::held(connection, recipient, &accepted).await?;
    let Some(first) = held.first() else {
        return Ok(None);
    };
    let subject = format!("Your {} for {}", noun(&held), first.event.title);
    let letter = Letter::new(&person.name, &person.email, subject).text(format!(
        "Hello {}, {} in your name now, and enclosed. Older copies of the code are refused.",
        person.name,
        match held.len() {
            1 => "1 ticket is".to_owned(),
            count => format!("{count} tickets are"),
        },
    ));
    Ok(Some(enclose(letter, public_url, held)))
}

pub(super) async fn given(
    connection: &mut PgConnection,
    public_url: &str,
    ticket: (EventId, TicketNumber),
    user: UserId,
) -> Result<Option<Letter>> {
    let Some(person) = db::person(connection, user).await? else {
        return Ok(None);
    };
    let held = wallet::db::held(connection, user, &[ticket]).await?;
    let Some(given) = held.first() else {
        return Ok(None);
    };
    let subject = format!("You are invited: {}", given.event.title);
    let letter = Letter::new(&person.name, &person.email, subject).text(format!(
        "Hello {}, the organizer has given you a ticket. It is enclosed: show the code at the \
        door, on paper or on your phone.",
        person.name,
    ));
    Ok(Some(enclose(letter, public_url, held)))
}

/// Adds tickets, their events and a calendar file.
fn enclose(mut letter: Letter, public_url: &str, held: Vec<Ticket>) -> Letter {
    let events = distinct(held.iter().map(|ticket| &ticket.event));
    for event in &events {
        letter = letter.facts(facts(event));
    }
    let described = events
        .iter()
        .map(|event| (*event, format!("{public_url}/events/{}", event.id)));
    letter.calendar = Some(calendar::file(described, Utc::now()));
    letter.tickets = held;
    letter.button("See your tickets", format!("{public_url}/tickets"))
}

pub(super) async fn answered(
    connection: &mut PgConnection,
    public_url: &str,
    offer: Uuid,
) -> Result<Option<Letter>> {
    let answered = db::answered(connection, offer).await?;
    let Some(first) = answered.first() else {
        return Ok(None);
    };
    let Some(sender) = db::person(connection, first.sender).await? else {
        return Ok(None);
    };
    let accepted = answered.iter().filter(|transfer| transfer.accepted).count();
    let verb = if accepted == 0 {
        "declined"
    } else {
        "accepted"
    };
    let recipient = &first.recipient_email;
    let subject = format!(
        "{recipient} {verb} {}",
        tickets(accepted.max(answered.len() - accepted))
    );
    let mut letter = Letter::new(&sender.name, &sender.email, subject);
    if accepted > 0 {
        letter = letter.text(format!(
            "{recipient} has accepted {}. The codes that you had are no longer good.",
            tickets(accepted)
        ));
    }
    if answered.len() > accepted {
        letter = letter.text(format!(
            "{recipient} has declined {}, which you hold again.",
            tickets(answered.len() - accepted)
        ));
    }
    let ids: Vec<EventId> = answered.iter().map(|transfer| transfer.event_id).collect();
    let events = event_refs(connection, &ids).await?;
    for event in distinct(ids.iter().filter_map(|id| events.get(id))) {
        letter = letter.facts(facts(event));
    }
    Ok(Some(letter.button(
        "See your tickets",
        format!("{public_url}/tickets"),
    )))
}

pub(super) async fn asked_back(
    connection: &mut PgConnection,
    public_url: &str,
    event: EventId,
    number: TicketNumber,
) -> Result<Option<Letter>> {
    let Some(gifted) = db::gifted(connection, event, number).await? else {
        return Ok(None);
    };
    let Some(holder) = db::person(connection, gifted.holder).await? else {
        return Ok(None);
    };
    let events = event_refs(connection, &[event]).await?;
    let Some(about) = events.get(&event) else {
        return Ok(None);
    };
    let subject = format!("{} asks for a ticket back", gifted.buyer);
    let letter = Letter::new(&holder.name, &holder.email, subject)
        .text(format!(
            "Hello {}, {} has bought ticket {number} that you hold, and asks you to give it back. \
            It is yours until you do.",
            holder.name, gifted.buyer
        ))
        .facts(facts(about))
        .button(
            "See the ticket",
            format!("{public_url}/tickets/{event}/{number}"),
        );
    Ok(Some(letter))
}

/// Each event once.
fn distinct<'a>(events: impl Iterator<Item = &'a EventRef>) -> Vec<&'a EventRef> {
    let mut distinct: Vec<&EventRef> = Vec::new();
    for event in events {
        if distinct.iter().all(|seen| seen.id != event.id) {
            distinct.push(event);
        }
    }
    distinct
}

fn noun(held: &[Ticket]) -> &'static str {
    if held.len() == 1 { "ticket" } else { "tickets" }
}
