//! What of a draft can be saved while other parts of it are wrong.

use api::FieldErrors;
use api::host::{CreateEvent, UpdateEvent};

use super::read::interval;

/// The parts of a draft that are saved together, by what a person calls them.
const PARTS: [(&str, &[&str]); 6] = [
    ("the title", &["title"]),
    ("the description", &["description"]),
    ("the dates", &["starts_at", "ends_at", "timezone"]),
    ("the place", &["venue", "address", "city"]),
    ("the limit per person", &["max_per_user"]),
    ("the tickets", &["ticket_types"]),
];

/// Which parts of a draft cannot be saved yet.
pub(in crate::pages::host::edit) fn incomplete(errors: &FieldErrors) -> Vec<&'static str> {
    let touched = |fields: &[&str]| fields.iter().any(|field| is_wrong(errors, field));
    let parts = PARTS.iter().filter(|(_, fields)| touched(fields));
    parts.map(|(part, _)| *part).collect()
}

/// A change to a draft that leaves out what is wrong.
pub(in crate::pages::host::edit) fn change(
    event: CreateEvent,
    errors: &FieldErrors,
) -> UpdateEvent {
    let saved = |part: &str| !incomplete(errors).contains(&part);
    let (dates, place) = (saved("the dates"), saved("the place"));
    UpdateEvent {
        title: saved("the title").then_some(event.title),
        description: saved("the description").then_some(event.description),
        venue: place.then_some(event.venue),
        address: place.then_some(event.address),
        city: place.then_some(event.city),
        starts_at: dates.then_some(event.starts_at),
        ends_at: dates.then_some(event.ends_at),
        timezone: dates.then_some(event.timezone),
        currency: Some(event.currency),
        max_per_user: saved("the limit per person").then_some(event.max_per_user.unwrap_or(0)),
        ticket_types: saved("the tickets").then_some(event.ticket_types),
    }
}

/// A first draft without what is wrong; it needs a title and a time zone.
pub(in crate::pages::host::edit) fn first_draft(
    event: CreateEvent,
    errors: &FieldErrors,
) -> CreateEvent {
    let right = change(event.clone(), errors);
    let (starts_at, ends_at) = match (right.starts_at, right.ends_at) {
        (Some(starts), Some(ends)) => (starts, ends),
        _ => interval(None, None),
    };
    CreateEvent {
        title: event.title,
        timezone: event.timezone,
        currency: event.currency,
        description: right.description.unwrap_or_default(),
        venue: right.venue.unwrap_or_default(),
        address: right.address.unwrap_or_default(),
        city: right.city.unwrap_or_default(),
        starts_at,
        ends_at,
        max_per_user: right.max_per_user.filter(|max| *max != 0),
        ticket_types: right.ticket_types.unwrap_or_default(),
    }
}

fn is_wrong(errors: &FieldErrors, field: &str) -> bool {
    let names = |name: &String| {
        let rest = name.strip_prefix(field);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    errors.0.keys().any(names)
}
