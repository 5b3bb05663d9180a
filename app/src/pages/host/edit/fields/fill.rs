//! What stands in the form when it is opened.

use api::host::{HostEvent, MAX_PER_USER_DEFAULT};
use api::{Currency, Time};
use chrono::TimeDelta;

use super::amount::amount_text;
use super::{Basics, Snapshot, TypeFields, When};
use crate::zoned::Wall;
use i18n::t;

impl Snapshot {
    /// A new event: an evening a week from now, with one kind of ticket.
    pub(in crate::pages::host::edit) fn blank(
        now: Wall,
        timezone: String,
        currency: Currency,
    ) -> Self {
        let evening = (now + TimeDelta::days(7)).date().and_hms_opt(20, 0, 0);
        let starts = evening.unwrap_or(now);
        Self {
            basics: Basics {
                starts: When::of(starts),
                ends: When::of(starts + TimeDelta::hours(3)),
                timezone,
                currency: currency.code().to_owned(),
                max_per_user: MAX_PER_USER_DEFAULT.to_string(),
                ..Basics::default()
            },
            types: vec![(None, first_type())],
        }
    }

    /// An event as it is; `when` tells the time at a place.
    pub(in crate::pages::host::edit) fn of(
        event: &HostEvent,
        when: &impl Fn(Time) -> Option<When<String>>,
    ) -> Self {
        let when = |time: Time| when(time).unwrap_or_default();
        let digits = event.currency.minor_digits();
        let of_type = |t: &api::events::TicketType| {
            let fields = TypeFields {
                name: t.name.clone(),
                description: t.description.clone(),
                price: amount_text(t.price.amount, digits),
                capacity: t.capacity.to_string(),
                max_per_order: t.max_per_order.to_string(),
                sale_starts: t.sale_starts_at.map(when).unwrap_or_default(),
                sale_ends: t.sale_ends_at.map(when).unwrap_or_default(),
            };
            (Some(t.id), fields)
        };
        let mut types: Vec<_> = event.ticket_types.iter().map(of_type).collect();
        if types.is_empty() {
            types.push((None, first_type()));
        }
        Self {
            basics: Basics {
                title: event.title.clone(),
                description: event.description.clone(),
                venue: event.venue.clone(),
                address: event.address.clone(),
                city: event.city.clone(),
                starts: when(event.starts_at),
                ends: when(event.ends_at),
                timezone: event.timezone.clone(),
                currency: event.currency.code().to_owned(),
                max_per_user: event
                    .max_per_user
                    .map(|max| max.to_string())
                    .unwrap_or_default(),
            },
            types,
        }
    }
}

fn first_type() -> TypeFields<String> {
    TypeFields {
        name: t!(edit.general_admission).to_owned(),
        ..new_type()
    }
}

/// A ticket type that is yet to be described.
pub(in crate::pages::host::edit) fn new_type() -> TypeFields<String> {
    TypeFields {
        capacity: "100".to_owned(),
        max_per_order: "10".to_owned(),
        ..TypeFields::default()
    }
}
