//! What the form asks for, as the texts it is typed as, and what event that makes.

use std::collections::BTreeMap;

use api::host::{CreateEvent, HostEvent, TicketTypeInput, UpdateEvent};
use api::{Currency, FieldErrors, Time};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use uuid::Uuid;

use crate::zoned::Wall;

/// How a device that knows time zones tells which moment a wall clock's time is.
pub(super) trait Clock: Fn(Wall, &str) -> Option<Time> {}
impl<F: Fn(Wall, &str) -> Option<Time>> Clock for F {}

/// A date and a time of day.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct When<T> {
    pub(super) date: T,
    pub(super) time: T,
}

/// What is asked about the event itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Basics<T> {
    pub(super) title: T,
    pub(super) description: T,
    pub(super) venue: T,
    pub(super) address: T,
    pub(super) city: T,
    pub(super) starts: When<T>,
    pub(super) ends: When<T>,
    pub(super) timezone: T,
    pub(super) currency: T,
    pub(super) max_per_user: T,
}

/// What is asked about each ticket type.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct TypeFields<T> {
    pub(super) name: T,
    pub(super) description: T,
    pub(super) price: T,
    pub(super) capacity: T,
    pub(super) max_per_order: T,
    pub(super) sale_starts: When<T>,
    pub(super) sale_ends: When<T>,
}

/// All that stands in the form at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Snapshot {
    pub(super) basics: Basics<String>,
    pub(super) types: Vec<(Option<Uuid>, TypeFields<String>)>,
}

impl<T> When<T> {
    fn map<U>(&self, f: &impl Fn(&T) -> U) -> When<U> {
        When {
            date: f(&self.date),
            time: f(&self.time),
        }
    }
}

impl<T> Basics<T> {
    pub(super) fn map<U>(&self, f: &impl Fn(&T) -> U) -> Basics<U> {
        Basics {
            title: f(&self.title),
            description: f(&self.description),
            venue: f(&self.venue),
            address: f(&self.address),
            city: f(&self.city),
            starts: self.starts.map(f),
            ends: self.ends.map(f),
            timezone: f(&self.timezone),
            currency: f(&self.currency),
            max_per_user: f(&self.max_per_user),
        }
    }
}

impl<T> TypeFields<T> {
    pub(super) fn map<U>(&self, f: &impl Fn(&T) -> U) -> TypeFields<U> {
        TypeFields {
            name: f(&self.name),
            description: f(&self.description),
            price: f(&self.price),
            capacity: f(&self.capacity),
            max_per_order: f(&self.max_per_order),
            sale_starts: self.sale_starts.map(f),
            sale_ends: self.sale_ends.map(f),
        }
    }
}

impl When<String> {
    pub(super) fn of(wall: Wall) -> Self {
        Self {
            date: wall.date().format("%Y-%m-%d").to_string(),
            time: wall.time().format("%H:%M").to_string(),
        }
    }

    pub(super) fn wall(&self) -> Option<Wall> {
        let date: NaiveDate = self.date.parse().ok()?;
        // Some engines add seconds.
        let time = NaiveTime::parse_from_str(self.time.get(..5)?, "%H:%M").ok()?;
        Some(date.and_time(time))
    }

    fn is_empty(&self) -> bool {
        self.date.is_empty() && self.time.is_empty()
    }

    fn moment(&self, timezone: &str, clock: &impl Clock) -> Result<Time, &'static str> {
        let wall = self.wall().ok_or("Choose a date and a time.")?;
        clock(wall, timezone).ok_or("The clocks are put forward over this time; choose another.")
    }
}

impl Snapshot {
    /// A new event: an evening a week from now, with one kind of ticket.
    pub(super) fn blank(now: Wall, timezone: String) -> Self {
        let evening = (now + TimeDelta::days(7)).date().and_hms_opt(20, 0, 0);
        let starts = evening.unwrap_or(now);
        Self {
            basics: Basics {
                starts: When::of(starts),
                ends: When::of(starts + TimeDelta::hours(3)),
                timezone,
                currency: Currency::EUR.code().to_owned(),
                ..Basics::default()
            },
            types: vec![(None, first_type())],
        }
    }

    /// An event as it is; `wall` tells the time at a place.
    pub(super) fn of(event: &HostEvent, wall: &impl Fn(Time) -> Option<Wall>) -> Self {
        let when = |time: Time| wall(time).map(When::of).unwrap_or_default();
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

    /// The event this makes, and what is wrong with it. A field that cannot be read is named in
    /// the errors and has some value.
    pub(super) fn read(&self, clock: &impl Clock) -> (CreateEvent, FieldErrors) {
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
                let sentence = "Enter a number, or nothing for no limit.";
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

    /// What is still wrong before everyone may see it.
    pub(super) fn check(&self, now: Time, clock: &impl Clock) -> Result<CreateEvent, FieldErrors> {
        let (event, FieldErrors(mut errors)) = self.read(clock);
        let FieldErrors(rules) = event.validate_for_publishing(now).err().unwrap_or_default();
        for (field, sentence) in rules {
            errors.entry(field).or_insert(sentence);
        }
        FieldErrors(errors).into_result().map(|()| event)
    }
}

fn first_type() -> TypeFields<String> {
    TypeFields {
        name: "General admission".to_owned(),
        ..new_type()
    }
}

/// A ticket type that is yet to be described.
pub(super) fn new_type() -> TypeFields<String> {
    TypeFields {
        capacity: "100".to_owned(),
        max_per_order: "10".to_owned(),
        ..TypeFields::default()
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
        wrong("price", "Enter a price, such as 25 or 12.50.");
        0
    });
    let mut count = |text: &str, name: &str| {
        text.trim().parse().unwrap_or_else(|_| {
            wrong(name, "Enter a number.");
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
fn interval(starts: Option<Time>, ends: Option<Time>) -> (Time, Time) {
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
pub(super) fn incomplete(errors: &FieldErrors) -> Vec<&'static str> {
    let touched = |fields: &[&str]| fields.iter().any(|field| is_wrong(errors, field));
    let parts = PARTS.iter().filter(|(_, fields)| touched(fields));
    parts.map(|(part, _)| *part).collect()
}

/// A change to a draft that leaves out what is wrong.
pub(super) fn change(event: CreateEvent, errors: &FieldErrors) -> UpdateEvent {
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
pub(super) fn first_draft(event: CreateEvent, errors: &FieldErrors) -> CreateEvent {
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

/// Minor units from what a person writes: `25`, `12.50`, `12,5`.
pub(in crate::pages::host) fn parse_amount(text: &str, digits: u32) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = digits as usize;
    if whole.is_empty() || fraction.len() > digits || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    format!("{whole}{fraction:0<digits$}").parse().ok()
}

fn amount_text(amount: i64, digits: u32) -> String {
    let unit = 10_i64.pow(digits);
    let (whole, fraction, width) = (amount / unit, amount % unit, digits as usize);
    if fraction == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{fraction:0width$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(wall: Wall, _timezone: &str) -> Option<Time> {
        Some(wall.and_utc())
    }

    fn complete() -> Snapshot {
        let now = "2027-01-01T12:00:00".parse().expect("a time");
        let mut form = Snapshot::blank(now, "Europe/Berlin".to_owned());
        form.basics.title = "Night".to_owned();
        form.basics.venue = "Hall".to_owned();
        form.basics.city = "Berlin".to_owned();
        form.types[0].1.price = "12,50".to_owned();
        form
    }

    #[test]
    fn prices_are_read_as_people_write_them() {
        for (text, digits, amount) in [
            ("25", 2, Some(2500)),
            (" 12,5 ", 2, Some(1250)),
            ("0", 2, Some(0)),
            ("0.05", 2, Some(5)),
            ("1500", 0, Some(1500)),
            ("15.5", 0, None),
            ("1.234", 2, None),
            ("-1", 2, None),
            ("", 2, None),
            (".", 2, None),
            ("ten", 2, None),
            ("99999999999999999999", 2, None),
        ] {
            assert_eq!(parse_amount(text, digits), amount, "{text:?}");
        }
    }

    #[test]
    fn prices_are_written_as_they_are_read() {
        for (amount, digits, text) in [(2500, 2, "25"), (1205, 2, "12.05"), (7, 0, "7")] {
            assert_eq!(amount_text(amount, digits), text);
            assert_eq!(parse_amount(text, digits), Some(amount));
        }
    }

    #[test]
    fn a_complete_form_can_be_published() {
        let now = "2027-01-01T12:00:00Z".parse().expect("a time");
        let event = complete().check(now, &utc).expect("nothing is wrong");
        assert_eq!(event.ticket_types[0].price, 1250);
        assert_eq!(event.starts_at.to_rfc3339(), "2027-01-08T20:00:00+00:00");
        assert_eq!(event.max_per_user, None);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let mut form = complete();
        form.basics.starts.date.clear();
        form.basics.max_per_user = "some".to_owned();
        form.types[0].1.price = "ten".to_owned();
        form.types[0].1.sale_ends.date = "2027-01-05".to_owned();
        let (_, errors) = form.read(&utc);
        let wrong: Vec<&str> = errors.0.keys().map(String::as_str).collect();
        assert_eq!(
            wrong,
            [
                "max_per_user",
                "starts_at",
                "ticket_types.0.price",
                "ticket_types.0.sale_ends_at"
            ]
        );
        assert_eq!(
            incomplete(&errors),
            ["the dates", "the limit per person", "the tickets"]
        );
    }

    #[test]
    fn a_draft_is_saved_without_what_is_wrong() {
        let mut form = complete();
        form.types[0].1.price = "ten".to_owned();
        form.basics.ends = form.basics.starts.clone();
        let (event, errors) = form.read(&utc);
        let change = change(event.clone(), &errors);
        assert_eq!(change.title.as_deref(), Some("Night"));
        assert_eq!((change.starts_at, change.timezone), (None, None));
        assert_eq!(change.ticket_types, None);
        let first = first_draft(event, &errors);
        assert_eq!(first.validate(), Ok(()));
    }

    #[test]
    fn a_time_that_is_skipped_is_refused() {
        let form = complete();
        let (_, errors) = form.read(&|_: Wall, _: &str| None);
        assert!(errors.0["starts_at"].starts_with("The clocks"));
    }
}
