//! What of a draft can be saved while other parts of it are wrong.

use api::FieldErrors;
use api::host::{CreateEvent, UpdateEvent};
use i18n::t;

use super::read::interval;

/// The parts of a draft that are saved together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pages::host::edit) enum Part {
    Title,
    Description,
    Dates,
    Place,
    Limit,
    Tickets,
}

impl Part {
    pub(in crate::pages::host::edit) const ALL: [Self; 6] = [
        Self::Title,
        Self::Description,
        Self::Dates,
        Self::Place,
        Self::Limit,
        Self::Tickets,
    ];

    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Title => &["title"],
            Self::Description => &["description"],
            Self::Dates => &["starts_at", "ends_at", "timezone"],
            Self::Place => &["venue", "address", "city"],
            Self::Limit => &["max_per_user"],
            Self::Tickets => &["ticket_types"],
        }
    }

    /// What a person calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Title => t!(edit.the_title),
            Self::Description => t!(edit.the_description),
            Self::Dates => t!(edit.the_dates),
            Self::Place => t!(edit.the_place),
            Self::Limit => t!(edit.the_limit),
            Self::Tickets => t!(edit.the_tickets),
        }
    }

    /// "the title and the dates"
    pub(in crate::pages::host::edit) fn names(parts: &[Self]) -> String {
        let names: Vec<&str> = parts.iter().map(|part| part.name()).collect();
        names.join(t!(edit.and))
    }
}

/// Which parts of a draft cannot be saved yet.
pub(in crate::pages::host::edit) fn incomplete(errors: &FieldErrors) -> Vec<Part> {
    let has_errors = |part: &Part| part.fields().iter().any(|field| is_wrong(errors, field));
    Part::ALL.into_iter().filter(has_errors).collect()
}

/// A change of the parts that were `touched`, without what is wrong. What nobody touched stays as it
/// is, to the second.
pub(in crate::pages::host::edit) fn change(
    event: CreateEvent,
    errors: &FieldErrors,
    touched: &[Part],
) -> UpdateEvent {
    let incomplete = incomplete(errors);
    let saved = |part| touched.contains(&part) && !incomplete.contains(&part);
    let (dates, place) = (saved(Part::Dates), saved(Part::Place));
    UpdateEvent {
        title: saved(Part::Title).then_some(event.title),
        description: saved(Part::Description).then_some(event.description),
        venue: place.then_some(event.venue),
        address: place.then_some(event.address),
        city: place.then_some(event.city),
        starts_at: dates.then_some(event.starts_at),
        ends_at: dates.then_some(event.ends_at),
        timezone: dates.then_some(event.timezone),
        currency: touched.contains(&Part::Tickets).then_some(event.currency),
        max_per_user: saved(Part::Limit).then_some(event.max_per_user.unwrap_or(0)),
        ticket_types: saved(Part::Tickets).then_some(event.ticket_types),
        message: None,
    }
}

/// A first draft without what is wrong; it needs a title and a time zone.
pub(in crate::pages::host::edit) fn first_draft(
    event: CreateEvent,
    errors: &FieldErrors,
) -> CreateEvent {
    let right = change(event.clone(), errors, &Part::ALL);
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
