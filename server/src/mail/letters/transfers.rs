//! Letters about tickets on their way.

use api::calendar::Method;
use api::events::EventRef;
use api::tickets::Ticket;
use api::{EventId, Money, TicketNumber, UserId};
use leptos_i18n::td_string;
use sqlx::PgConnection;
use uuid::Uuid;

use super::facts;
use crate::error::Result;
use crate::events::db::event_refs;
use crate::mail::db;
use crate::mail::letter::{Calendar, Letter};
use crate::reader::Reader;
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
    let locale = db::locale_of_offer(connection, offer).await?;
    let reader = Reader::of(&locale.unwrap_or_default());
    let language = reader.language;
    let count = reader.count(transfers.len());
    let subject = td_string!(
        language,
        letters.sent_subject,
        count = count,
        sender = &first.from
    );
    let mut letter = Letter::to_address(reader.clone(), &first.to, subject).text(td_string!(
        language,
        letters.sent,
        count = count,
        sender = &first.from
    ));
    for event in distinct(transfers.iter().map(|transfer| &transfer.event)) {
        let mut facts = facts(&reader, event);
        let of_event = transfers
            .iter()
            .filter(|transfer| transfer.event.id == event.id);
        facts.extend(due(&reader, of_event.filter_map(|transfer| transfer.due)));
        letter = letter.facts(facts);
    }
    let label = match transfers.len() {
        1 => td_string!(language, letters.see_ticket),
        _ => td_string!(language, letters.see_tickets),
    };
    let letter = letter
        .button(label, format!("{public_url}/claim/{token}"))
        .text(td_string!(language, letters.sent_end));
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
    let reader = person.reader();
    let (language, count) = (reader.language, reader.count(held.len()));
    let subject = td_string!(
        language,
        letters.tickets_for,
        count = count,
        event = &first.event.title
    );
    let letter =
        Letter::to(&person, subject).text(td_string!(language, letters.received, count = count));
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
    let (language, title) = (person.reader().language, &given.event.title);
    let subject = td_string!(language, letters.given_subject, event = title);
    let letter = Letter::to(&person, subject).text(td_string!(language, letters.given));
    Ok(Some(enclose(letter, public_url, held)))
}

/// Adds tickets, their events and a calendar file.
fn enclose(mut letter: Letter, public_url: &str, held: Vec<Ticket>) -> Letter {
    let events = distinct(held.iter().map(|ticket| &ticket.event));
    for event in &events {
        let mut facts = facts(&letter.reader, event);
        let of_event = held.iter().filter(|ticket| ticket.event.id == event.id);
        facts.extend(due(
            &letter.reader,
            of_event.filter_map(|ticket| ticket.due),
        ));
        letter = letter.facts(facts);
    }
    letter.calendar = Some(Calendar::of(Method::Publish, events, public_url));
    letter.tickets = held;
    with_button_to_tickets(letter, public_url)
}

/// What is to be paid at the door for tickets that others have bought.
fn due(reader: &Reader, due: impl Iterator<Item = Money>) -> Option<(String, String)> {
    let label = td_string!(reader.language, orders.pay_at_door).to_owned();
    Some((label, reader.money(Money::total(due)?)))
}

fn with_button_to_tickets(letter: Letter, public_url: &str) -> Letter {
    let label = td_string!(letter.reader.language, letters.see_tickets);
    letter.button(label, format!("{public_url}/tickets"))
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
    let declined = answered.len() - accepted;
    let reader = sender.reader();
    let (language, recipient) = (reader.language, &first.recipient_email);
    let (yes, no) = (reader.count(accepted), reader.count(declined));
    let subject = match accepted {
        0 => td_string!(
            language,
            letters.declined_subject,
            count = no,
            recipient = recipient
        ),
        _ => td_string!(
            language,
            letters.accepted_subject,
            count = yes,
            recipient = recipient
        ),
    };
    let mut letter = Letter::to(&sender, subject);
    if accepted > 0 {
        letter = letter.text(td_string!(
            language,
            letters.accepted,
            count = yes,
            recipient = recipient
        ));
    }
    if declined > 0 {
        letter = letter.text(td_string!(
            language,
            letters.declined,
            count = no,
            recipient = recipient
        ));
    }
    let ids: Vec<EventId> = answered.iter().map(|transfer| transfer.event_id).collect();
    let events = event_refs(connection, &ids).await?;
    for event in distinct(ids.iter().filter_map(|id| events.get(id))) {
        letter = letter.facts(facts(&reader, event));
    }
    Ok(Some(with_button_to_tickets(letter, public_url)))
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
    let reader = holder.reader();
    let (language, buyer) = (reader.language, &gifted.buyer);
    let subject = td_string!(language, letters.asked_back_subject, buyer = buyer);
    let letter = Letter::to(&holder, subject)
        .text(td_string!(
            language,
            letters.asked_back,
            buyer = buyer,
            number = number
        ))
        .facts(facts(&reader, about))
        .button(
            td_string!(language, letters.see_ticket),
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
