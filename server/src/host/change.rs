//! What an organizer may make of an event: the rules of creating, changing and publishing one.

use std::collections::HashSet;

use api::events::SaleState;
use api::host::{CreateEvent, EventStatus, HostEvent, TicketTypeInput, UpdateEvent};
use api::{EventId, FieldErrors, Time, UserId, text};
use chrono::Utc;
use sqlx::{PgConnection, PgPool};

use super::db::UsedType;
use crate::error::{Error, Result};
use crate::review;
use crate::timezones::canonical;

/// `event` in the form it is kept in, unless something is wrong with it.
pub fn check_new(event: CreateEvent) -> Result<CreateEvent> {
    let mut errors = event.validate().err().unwrap_or_default();
    check_timezone(&mut errors, &event.timezone);
    check_types(&mut errors, &[], &event.ticket_types);
    errors.into_result()?;
    Ok(tidy(event))
}

/// `event` with `change` made to it, unless something stands against that.
pub fn merge(event: &HostEvent, change: UpdateEvent) -> Result<CreateEvent> {
    require_not_over(event)?;
    let published = event.status == EventStatus::Published;
    if published && change.currency.is_some_and(|new| new != event.currency) {
        return Err(Error::conflict(
            "You can’t change the currency of a published event.",
        ));
    }
    let wanted = merged(event.clone(), change);
    let mut errors = if published {
        complaints_before_publishing(&wanted, Utc::now())
    } else {
        wanted.validate().err().unwrap_or_default()
    };
    check_timezone(&mut errors, &wanted.timezone);
    check_types(&mut errors, &event.ticket_types, &wanted.ticket_types);
    errors.into_result()?;
    Ok(tidy(wanted))
}

/// Refuses a limit per person of `max` when someone has bought `most` already.
pub fn check_limit(max: i32, most: i32) -> Result<()> {
    let mut errors = FieldErrors::default();
    errors.require(
        max >= most,
        "max_per_user",
        &format!("Someone already has {most}. Enter {most} or more."),
    );
    errors.into_result()?;
    Ok(())
}

/// Why a ticket type stays, and what could be done about it.
pub fn cannot_remove(used: &UsedType) -> String {
    let UsedType {
        name,
        ordered,
        promo_codes,
        waiting,
    } = used;
    if *ordered {
        return format!("“{name}” has been ordered and cannot be removed.");
    }
    let mut users = Vec::new();
    match promo_codes.as_slice() {
        [] => {}
        [code] => users.push(format!("the promo code {code} is for it")),
        codes => users.push(format!("the promo codes {} are for it", codes.join(", "))),
    }
    match waiting {
        0 => {}
        1 => users.push("1 person is waiting for it".to_owned()),
        many => users.push(format!("{many} people are waiting for it")),
    }
    format!("“{name}” cannot be removed: {}.", users.join(", and "))
}

/// Refuses to publish what is not complete.
pub fn check_publishable(event: &HostEvent) -> Result<()> {
    kept(event).validate_draft_for_publishing(Utc::now())?;
    Ok(())
}

/// `event` in the form it is kept in.
pub fn kept(event: &HostEvent) -> CreateEvent {
    merged(event.clone(), UpdateEvent::default())
}

/// Refuses what has links where emails and lists show it.
pub async fn require_clear(
    db: &PgPool,
    connection: &mut PgConnection,
    user: UserId,
    id: EventId,
    event: &CreateEvent,
) -> Result<()> {
    let places = [&event.title, &event.venue, &event.address, &event.city];
    let types = event.ticket_types.iter().map(|kind| &kind.name);
    let texts: Vec<&str> = places
        .into_iter()
        .chain(types)
        .map(String::as_str)
        .collect();
    review::require_clear(db, connection, user, Some(id), &texts).await
}

/// Refuses what can no longer be done once an event is over or called off.
pub fn require_not_over(event: &HostEvent) -> Result<()> {
    match event.status {
        EventStatus::Cancelled => Err(Error::conflict(
            "This event is cancelled, so it can’t be changed.",
        )),
        EventStatus::Ended | EventStatus::Archived => Err(over()),
        EventStatus::Published if event.state == SaleState::Ended => Err(over()),
        EventStatus::Published | EventStatus::Draft => Ok(()),
    }
}

fn over() -> Error {
    Error::conflict("This event has ended, so it can’t be changed.")
}

fn complaints_before_publishing(event: &CreateEvent, now: Time) -> FieldErrors {
    event.validate_for_publishing(now).err().unwrap_or_default()
}

fn merged(event: HostEvent, change: UpdateEvent) -> CreateEvent {
    let max_per_user = change.max_per_user.or(event.max_per_user);
    CreateEvent {
        title: change.title.unwrap_or(event.title),
        description: change.description.unwrap_or(event.description),
        venue: change.venue.unwrap_or(event.venue),
        address: change.address.unwrap_or(event.address),
        city: change.city.unwrap_or(event.city),
        starts_at: change.starts_at.unwrap_or(event.starts_at),
        ends_at: change.ends_at.unwrap_or(event.ends_at),
        timezone: change.timezone.unwrap_or(event.timezone),
        currency: change.currency.unwrap_or(event.currency),
        max_per_user: max_per_user.filter(|max| *max != 0),
        ticket_types: change
            .ticket_types
            .unwrap_or_else(|| event.ticket_types.into_iter().map(as_input).collect()),
    }
}

fn as_input(ticket_type: api::events::TicketType) -> TicketTypeInput {
    TicketTypeInput {
        id: Some(ticket_type.id),
        name: ticket_type.name,
        description: ticket_type.description,
        price: ticket_type.price.amount,
        capacity: ticket_type.capacity,
        max_per_order: ticket_type.max_per_order,
        sale_starts_at: ticket_type.sale_starts_at,
        sale_ends_at: ticket_type.sale_ends_at,
    }
}

fn check_timezone(errors: &mut FieldErrors, timezone: &str) {
    errors.require(
        timezone.trim().parse::<chrono_tz::Tz>().is_ok(),
        "timezone",
        "Enter a time zone, like Europe/Berlin.",
    );
}

/// Checks `wanted` against the types there `are`.
fn check_types(
    errors: &mut FieldErrors,
    are: &[api::events::TicketType],
    wanted: &[TicketTypeInput],
) {
    let mut seen = HashSet::new();
    for (index, new) in wanted.iter().enumerate() {
        let Some(id) = new.id else { continue };
        let old = are.iter().find(|old| old.id == id);
        errors.require(
            old.is_some() && seen.insert(id),
            format!("ticket_types.{index}.id"),
            "This isn’t a ticket type of this event, or it’s listed twice.",
        );
        if let Some(old) = old {
            let verb = if old.sold == 1 { "is" } else { "are" };
            errors.require(
                new.capacity >= old.sold,
                format!("ticket_types.{index}.capacity"),
                &format!("{0} {verb} sold already; choose at least {0}.", old.sold),
            );
        }
    }
}

/// What an organizer writes to their guests, as it is kept, unless something is wrong with it.
pub fn check_message(text: &str) -> Result<Option<String>> {
    let mut errors = FieldErrors::default();
    errors.require_message(text);
    errors.into_result()?;
    Ok(message(text))
}

/// None when it says nothing.
fn message(text: &str) -> Option<String> {
    let text = text::lines(text);
    (!text.is_empty()).then_some(text)
}

/// The event with its texts as they are stored.
fn tidy(event: CreateEvent) -> CreateEvent {
    CreateEvent {
        title: text::line(&event.title),
        description: text::lines(&event.description),
        venue: text::line(&event.venue),
        address: text::line(&event.address),
        city: text::line(&event.city),
        timezone: canonical(event.timezone.trim()).to_owned(),
        ticket_types: event
            .ticket_types
            .into_iter()
            .map(|ticket_type| TicketTypeInput {
                name: text::line(&ticket_type.name),
                description: text::lines(&ticket_type.description),
                ..ticket_type
            })
            .collect(),
        ..event
    }
}
