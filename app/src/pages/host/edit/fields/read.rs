//! The event that the form makes, and what is wrong with it.

use std::collections::BTreeMap;

use api::host::{CreateEvent, TicketTypeInput};
use api::{Currency, FieldErrors, Time};
use chrono::TimeDelta;
use i18n::t;
use uuid::Uuid;

use super::amount::parse_amount;
use super::{Clock, Snapshot, TypeFields, When};

impl Snapshot {
    /// The event this makes, and what is wrong with it. A field that cannot be read is named in
    /// the errors and has some value.
    pub(in crate::pages::host::edit) fn read(
        &self,
        clock: &impl Clock,
    ) -> (CreateEvent, FieldErrors) {
        let mut errors = BTreeMap::new();
        let basics = &self.basics;
        let mut moment = |when: &When<String>, field: &str| {
            let read = when.moment(&basics.timezone, clock);
            read.map_err(|sentence| errors.insert(field.to_owned(), sentence.to_owned()))
                .ok()
        };
        let (starts_at, ends_at) = interval(
            moment(&basics.starts, "starts_at"),
            moment(&basics.ends, "ends_at"),
        );
        let currency = Currency::parse(&basics.currency).unwrap_or(Currency::EUR);
        let max_per_user = Some(basics.max_per_user.trim()).filter(|text| !text.is_empty());
        let max_per_user = max_per_user.map(|text| {
            text.parse().unwrap_or_else(|_| {
                let sentence = t!(edit.number_or_nothing);
                errors.insert("max_per_user".to_owned(), sentence.to_owned());
                1
            })
        });
        let read_type = |(index, (id, fields)): (usize, &(Option<Uuid>, TypeFields<String>))| {
            read_type(
                index,
                *id,
                fields,
                currency,
                &basics.timezone,
                clock,
                &mut errors,
            )
        };
        let ticket_types = self.types.iter().enumerate().map(read_type).collect();
        let event = CreateEvent {
            title: basics.title.clone(),
            description: basics.description.clone(),
            venue: basics.venue.clone(),
            address: basics.address.clone(),
            city: basics.city.clone(),
            starts_at,
            ends_at,
            timezone: basics.timezone.clone(),
            currency,
            max_per_user,
            ticket_types,
        };
        let FieldErrors(rules) = event.validate().err().unwrap_or_default();
        for (field, sentence) in rules {
            errors.entry(field).or_insert(sentence);
        }
        (event, FieldErrors(errors))
    }

    /// What is wrong with what was typed; what was left empty is not.
    pub(in crate::pages::host::edit) fn wrongly_typed(&self, clock: &impl Clock) -> FieldErrors {
        let (_, FieldErrors(mut errors)) = self.read(clock);
        errors.retain(|field, _| self.is_typed(field));
        FieldErrors(errors)
    }

    /// What is still wrong before everyone may see it.
    pub(in crate::pages::host::edit) fn check(
        &self,
        now: Time,
        clock: &impl Clock,
    ) -> Result<CreateEvent, FieldErrors> {
        let (event, FieldErrors(mut errors)) = self.read(clock);
        let FieldErrors(rules) = event.validate_for_publishing(now).err().unwrap_or_default();
        for (field, sentence) in rules {
            errors.entry(field).or_insert(sentence);
        }
        FieldErrors(errors).into_result().map(|()| event)
    }
}

fn read_type(
    index: usize,
    id: Option<Uuid>,
    fields: &TypeFields<String>,
    currency: Currency,
    timezone: &str,
    clock: &impl Clock,
    errors: &mut BTreeMap<String, String>,
) -> TicketTypeInput {
    let mut wrong = |name: &str, sentence: &str| {
        let field = format!("ticket_types.{index}.{name}");
        errors.insert(field, sentence.to_owned());
    };
    let price = parse_amount(&fields.price, currency.minor_digits()).unwrap_or_else(|| {
        wrong("price", t!(edit.enter_price));
        0
    });
    let mut count = |text: &str, name: &str| {
        text.trim().parse().unwrap_or_else(|_| {
            wrong(name, t!(edit.enter_number));
            1
        })
    };
    let capacity = count(&fields.capacity, "capacity");
    let max_per_order = count(&fields.max_per_order, "max_per_order");
    let mut moment = |when: &When<String>, name: &str| match when.moment(timezone, clock) {
        _ if when.is_empty() => None,
        Ok(time) => Some(time),
        Err(sentence) => {
            wrong(name, sentence);
            None
        }
    };
    TicketTypeInput {
        id,
        name: fields.name.clone(),
        description: fields.description.clone(),
        price,
        capacity,
        max_per_order,
        sale_starts_at: moment(&fields.sale_starts, "sale_starts_at"),
        sale_ends_at: moment(&fields.sale_ends, "sale_ends_at"),
    }
}

/// From one to the other, made up where one of them cannot be read.
pub(super) fn interval(starts: Option<Time>, ends: Option<Time>) -> (Time, Time) {
    let hour = TimeDelta::hours(1);
    match (starts, ends) {
        (Some(starts), Some(ends)) => (starts, ends),
        (Some(starts), None) => (starts, starts + hour),
        (None, Some(ends)) => (ends - hour, ends),
        (None, None) => {
            let some_day = Time::from_timestamp(1_800_000_000, 0).unwrap_or_default();
            (some_day, some_day + hour)
        }
    }
}
