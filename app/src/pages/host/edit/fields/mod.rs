//! What the form asks for, as the texts it is typed as, and what event that makes.

mod amount;
mod draft;
mod fill;
mod read;

use api::Time;
use chrono::{NaiveDate, Timelike};
use i18n::t;
use uuid::Uuid;

use crate::zoned::Wall;
pub(in crate::pages::host) use amount::parse_amount;
pub(super) use draft::{Part, change, first_draft, incomplete};
pub(super) use fill::new_type;

/// How a device that knows time zones tells which moments a wall clock's time is.
pub(in crate::pages::host) trait Clock: Fn(Wall, &str) -> Vec<Time> {}
impl<F: Fn(Wall, &str) -> Vec<Time>> Clock for F {}

/// A date and a time of day.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::pages::host) struct When<T> {
    pub(in crate::pages::host) date: T,
    pub(in crate::pages::host) time: T,
    /// [`LATER`] for the second of two times, where the clocks are put back over it.
    pub(in crate::pages::host) later: T,
}

/// Marks the second of two times that look the same.
pub(in crate::pages::host) const LATER: &str = "later";

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

impl Snapshot {
    /// The parts that are not as they were `before`.
    pub(super) fn touched(&self, before: &Self) -> Vec<Part> {
        let (new, old) = (&self.basics, &before.basics);
        let is_touched = |part: &Part| match part {
            Part::Title => new.title != old.title,
            Part::Description => new.description != old.description,
            Part::Dates => {
                (&new.starts, &new.ends, &new.timezone) != (&old.starts, &old.ends, &old.timezone)
            }
            Part::Place => {
                (&new.venue, &new.address, &new.city) != (&old.venue, &old.address, &old.city)
            }
            Part::Limit => new.max_per_user != old.max_per_user,
            // Sales begin and end by the event's clocks, and prices are in its currency.
            Part::Tickets => {
                (&self.types, &new.currency, &new.timezone)
                    != (&before.types, &old.currency, &old.timezone)
            }
        };
        Part::ALL.into_iter().filter(is_touched).collect()
    }

    /// This with `parts` as they were `before`.
    pub(super) fn without(mut self, parts: &[Part], before: &Self) -> Self {
        let (new, old) = (&mut self.basics, &before.basics);
        for part in parts {
            match part {
                Part::Title => new.title.clone_from(&old.title),
                Part::Description => new.description.clone_from(&old.description),
                Part::Dates => {
                    new.starts.clone_from(&old.starts);
                    new.ends.clone_from(&old.ends);
                    new.timezone.clone_from(&old.timezone);
                }
                Part::Place => {
                    new.venue.clone_from(&old.venue);
                    new.address.clone_from(&old.address);
                    new.city.clone_from(&old.city);
                }
                Part::Limit => new.max_per_user.clone_from(&old.max_per_user),
                Part::Tickets => self.types.clone_from(&before.types),
            }
        }
        self
    }

    /// Whether it is at another time or place than `before`.
    pub(super) fn moves(&self, before: &Self) -> bool {
        let (new, old) = (&self.basics, &before.basics);
        (&new.starts, &new.ends, &new.timezone) != (&old.starts, &old.ends, &old.timezone)
            || (&new.venue, &new.address, &new.city) != (&old.venue, &old.address, &old.city)
    }
}

impl Snapshot {
    /// Whether something stands in a field of the wire.
    fn is_typed(&self, field: &str) -> bool {
        let mut path = field.split('.');
        let (first, index, name) = (path.next(), path.next(), path.next());
        let index = index.and_then(|index| index.parse::<usize>().ok());
        if let (Some(index), Some(name)) = (index, name) {
            let fields = self.types.get(index).map(|(_, fields)| fields);
            return fields.is_some_and(|fields| fields.is_typed(name));
        }
        let basics = &self.basics;
        match first {
            Some("title") => is_typed(&basics.title),
            Some("starts_at") => basics.starts.is_complete(),
            Some("ends_at") => basics.ends.is_complete(),
            Some("max_per_user") => is_typed(&basics.max_per_user),
            // These may stay empty, and so are only wrong when something stands in them.
            _ => true,
        }
    }
}

impl TypeFields<String> {
    fn is_typed(&self, field: &str) -> bool {
        match field {
            "name" => is_typed(&self.name),
            "price" => is_typed(&self.price),
            "capacity" => is_typed(&self.capacity),
            "max_per_order" => is_typed(&self.max_per_order),
            "sale_starts_at" => self.sale_starts.is_complete(),
            "sale_ends_at" => self.sale_ends.is_complete(),
            _ => true,
        }
    }
}

fn is_typed(text: &str) -> bool {
    !text.trim().is_empty()
}

impl<T> When<T> {
    pub(in crate::pages::host) fn map<U>(&self, f: &impl Fn(&T) -> U) -> When<U> {
        When {
            date: f(&self.date),
            time: f(&self.time),
            later: f(&self.later),
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
    /// What a clock shows, the first time that it does.
    pub(in crate::pages::host) fn of(wall: Wall) -> Self {
        let format = match wall.second() {
            0 => "%H:%M",
            _ => "%H:%M:%S",
        };
        Self {
            date: wall.date().to_string(),
            time: wall.format(format).to_string(),
            later: String::new(),
        }
    }

    /// A moment by the clocks of `timezone`; nothing when this device does not know the zone.
    pub(in crate::pages::host) fn at(
        time: Time,
        wall: impl Fn(Time, &str) -> Option<Wall>,
        clock: &impl Clock,
        timezone: &str,
    ) -> Option<Self> {
        let wall = wall(time, timezone)?;
        let second = clock(wall, timezone).get(1).copied();
        let is_later = second.is_some_and(|second| time >= second);
        Some(Self {
            later: if is_later { LATER } else { "" }.to_owned(),
            ..Self::of(wall)
        })
    }

    pub(super) fn wall(&self) -> Option<Wall> {
        let date: NaiveDate = self.date.parse().ok()?;
        let mut parts = self.time.split(':').map(|part| part.get(..2)?.parse().ok());
        let (hour, minute) = (parts.next()??, parts.next()??);
        let second = parts.next().map_or(Some(0), |second| second)?;
        date.and_hms_opt(hour, minute, second)
    }

    pub(in crate::pages::host) fn is_empty(&self) -> bool {
        self.date.is_empty() && self.time.is_empty()
    }

    /// Whether neither the date nor the time is yet to be filled in.
    fn is_complete(&self) -> bool {
        !self.date.is_empty() && !self.time.is_empty()
    }

    pub(in crate::pages::host) fn moment(
        &self,
        timezone: &str,
        clock: &impl Clock,
    ) -> Result<Time, &'static str> {
        let wall = self.wall().ok_or(t!(edit.choose_moment))?;
        let moments = clock(wall, timezone);
        let moment = match self.later.as_str() {
            LATER => moments.last(),
            _ => moments.first(),
        };
        moment.copied().ok_or(t!(edit.no_such_time))
    }

    /// The two times of which one has to be chosen, where the clocks are put back over it.
    pub(in crate::pages::host) fn choices(
        &self,
        timezone: &str,
        clock: &impl Clock,
    ) -> Option<[Time; 2]> {
        clock(self.wall()?, timezone).try_into().ok()
    }
}

#[cfg(test)]
mod tests {
    use api::Currency;

    use super::*;

    fn utc(wall: Wall, _timezone: &str) -> Vec<Time> {
        vec![wall.and_utc()]
    }

    /// Berlin, the night when three becomes two.
    fn put_back(wall: Wall, _timezone: &str) -> Vec<Time> {
        let summer = wall.and_utc() - chrono::TimeDelta::hours(2);
        let change = "2027-10-31T01:00:00Z".parse::<Time>().expect("a time");
        let winter = summer + chrono::TimeDelta::hours(1);
        let mut moments = Vec::new();
        moments.extend((summer < change).then_some(summer));
        moments.extend((winter >= change).then_some(winter));
        moments
    }

    fn clock_of(time: Time, _timezone: &str) -> Option<Wall> {
        let change = "2027-10-31T01:00:00Z".parse::<Time>().expect("a time");
        let hours = if time < change { 2 } else { 1 };
        Some(time.naive_utc() + chrono::TimeDelta::hours(hours))
    }

    fn complete() -> Snapshot {
        let now = "2027-01-01T12:00:00".parse().expect("a time");
        let mut form = Snapshot::blank(now, "Europe/Berlin".to_owned(), Currency::EUR);
        form.basics.title = "Night".to_owned();
        form.basics.venue = "Hall".to_owned();
        form.basics.city = "Berlin".to_owned();
        form.types[0].1.price = "12,50".to_owned();
        form
    }

    #[test]
    fn a_complete_form_can_be_published() {
        let now = "2027-01-01T12:00:00Z".parse().expect("a time");
        let event = complete().check(now, &utc).expect("nothing is wrong");
        assert_eq!(event.ticket_types[0].price, 1250);
        assert_eq!(event.starts_at.to_rfc3339(), "2027-01-08T20:00:00+00:00");
        assert_eq!(event.max_per_user, Some(20));
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
            [Part::Dates, Part::Limit, Part::Tickets]
        );
    }

    #[test]
    fn what_is_wrongly_typed_is_marked_and_what_is_empty_is_not() {
        let wrong = |form: &Snapshot| {
            let wrong = form.wrongly_typed(&utc).0;
            wrong.into_keys().collect::<Vec<_>>()
        };
        let mut form = complete();
        assert!(wrong(&form).is_empty());
        form.basics.title.clear();
        form.types[0].1.price.clear();
        form.types[0].1.sale_ends.date = "2027-01-05".to_owned();
        assert!(wrong(&form).is_empty());
        for price in ["ten", "1.234", "-1", "12,50 €", "99999999"] {
            form.types[0].1.price = price.to_owned();
            assert_eq!(wrong(&form), ["ticket_types.0.price"], "{price}");
        }
        form.types[0].1.price = "10".to_owned();
        form.types[0].1.capacity = "0".to_owned();
        form.basics.max_per_user = "some".to_owned();
        form.basics.ends = form.basics.starts.clone();
        assert_eq!(
            wrong(&form),
            ["ends_at", "max_per_user", "ticket_types.0.capacity"]
        );
    }

    #[test]
    fn a_draft_is_saved_without_what_is_wrong() {
        let mut form = complete();
        form.types[0].1.price = "ten".to_owned();
        form.basics.ends = form.basics.starts.clone();
        let (event, errors) = form.read(&utc);
        let change = change(event.clone(), &errors, &Part::ALL);
        assert_eq!(change.title.as_deref(), Some("Night"));
        assert_eq!((change.starts_at, change.timezone), (None, None));
        assert_eq!(change.ticket_types, None);
        let first = first_draft(event, &errors);
        assert_eq!(first.validate(), Ok(()));
    }

    #[test]
    fn only_another_time_or_place_moves_it() {
        let before = complete();
        let mut form = complete();
        form.basics.title = "Day".to_owned();
        form.types[0].1.price = "13".to_owned();
        assert!(!form.moves(&before));
        form.basics.ends.time = "23:30".to_owned();
        assert!(form.moves(&before));
        form = complete();
        form.basics.city = "Bern".to_owned();
        assert!(form.moves(&before));
    }

    #[test]
    fn a_time_that_is_skipped_is_refused() {
        let form = complete();
        let (_, errors) = form.read(&|_: Wall, _: &str| Vec::new());
        assert!(errors.0["starts_at"].starts_with("This time doesn’t exist"));
    }

    #[test]
    fn an_hour_that_comes_twice_is_kept_as_it_was() {
        for (moment, time, later) in [
            ("2027-10-31T00:30:00Z", "02:30", ""),
            ("2027-10-31T01:30:00Z", "02:30", LATER),
            ("2027-10-31T01:00:00Z", "02:00", LATER),
            ("2027-10-31T02:00:00Z", "03:00", ""),
            ("2027-10-31T01:30:09Z", "02:30:09", LATER),
            ("2027-10-30T23:59:59Z", "01:59:59", ""),
        ] {
            let moment: Time = moment.parse().expect("a time");
            let when = When::at(moment, clock_of, &put_back, "").expect("a known zone");
            assert_eq!((when.time.as_str(), when.later.as_str()), (time, later));
            assert_eq!(when.moment("", &put_back), Ok(moment));
        }
        let mut when = When::of("2027-10-31T02:30:00".parse().expect("a time"));
        let [first, second] = when.choices("", &put_back).expect("two");
        assert_eq!(when.moment("", &put_back), Ok(first));
        when.later = LATER.to_owned();
        assert_eq!(when.moment("", &put_back), Ok(second));
        // The choice means nothing for a time that comes once.
        when.time = "04:30".to_owned();
        assert_eq!(when.choices("", &put_back), None);
        assert!(when.moment("", &put_back).is_ok());
    }

    #[test]
    fn only_what_was_touched_is_sent() {
        let before = complete();
        let sent = |form: &Snapshot| {
            let (event, errors) = form.read(&utc);
            change(event, &errors, &form.touched(&before))
        };
        assert_eq!(sent(&before), Default::default());
        let mut form = complete();
        form.basics.title = "Day".to_owned();
        let title_only = api::host::UpdateEvent {
            title: Some("Day".to_owned()),
            ..Default::default()
        };
        assert_eq!(sent(&form), title_only);
        form.basics.ends.later = LATER.to_owned();
        let change = sent(&form);
        assert!(change.starts_at.is_some() && change.ticket_types.is_none());
        // Sales are by the clocks of the event.
        form.basics.timezone = "UTC".to_owned();
        assert!(sent(&form).ticket_types.is_some());
        assert_eq!(form.clone().without(&Part::ALL, &before), before);
        let kept = form.clone().without(&[Part::Dates], &before);
        assert_eq!(kept.touched(&before), [Part::Title]);
    }
}
