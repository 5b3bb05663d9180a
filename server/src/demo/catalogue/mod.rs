//! The demo events. Their dates are relative to the day they are loaded on.

mod daytime;
mod music;
mod stage;

use api::Time;
use chrono::{Datelike, Duration, NaiveTime, TimeZone, Weekday};
use chrono_tz::Tz;

use super::people::Organizer;

/// An event to be loaded.
pub(super) struct DemoEvent {
    pub(super) organizer: Organizer,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    pub(super) venue: &'static str,
    pub(super) address: &'static str,
    pub(super) city: &'static str,
    pub(super) timezone: Tz,
    pub(super) currency: &'static str,
    pub(super) when: When,
    /// How long before now, or before it began, it went on sale.
    pub(super) days_on_sale: i64,
    pub(super) max_per_user: Option<i32>,
    pub(super) ticket_types: &'static [DemoType],
    pub(super) course: Course,
    /// What Ada bought of it in one order: ticket type by index, and how many.
    pub(super) ada: &'static [(usize, i32)],
}

/// A ticket type to be loaded.
pub(super) struct DemoType {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) price: i64,
    pub(super) capacity: i32,
    pub(super) max_per_order: i32,
    /// How many are sold by now.
    pub(super) sold: i32,
    /// When its sale begins, where that is to come.
    pub(super) opens_in_days: Option<i64>,
}

/// What becomes of an event. One that is over has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    Draft,
    Published,
    Cancelled,
}

/// When an event is, where it is.
pub(super) struct When {
    /// 0 is the first such weekday after today, 1 the one after that, and so on; below -1 is past.
    pub(super) weeks: i64,
    pub(super) weekday: Weekday,
    pub(super) at: (u32, u32),
    pub(super) minutes: i64,
}

impl When {
    /// When it begins, seen from `now`.
    pub(super) fn start(&self, timezone: Tz, now: Time) -> Time {
        let today = now.with_timezone(&timezone).date_naive();
        let ahead = 7 - i64::from(today.weekday().days_since(self.weekday));
        let day = today + Duration::days(ahead + 7 * self.weeks);
        let (hour, minute) = self.at;
        let clock = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN);
        let local = day.and_time(clock);
        match timezone.from_local_datetime(&local).earliest() {
            Some(start) => start.to_utc(),
            // The clocks skip this hour.
            None => local.and_utc(),
        }
    }
}

impl DemoEvent {
    /// How many tickets of a type Ada bought.
    pub(super) fn ada_has(&self, index: usize) -> i32 {
        let hers = self.ada.iter().filter(|(of, _)| *of == index);
        hers.map(|(_, quantity)| quantity).sum()
    }
}

/// Every demo event.
pub(super) fn events() -> impl Iterator<Item = DemoEvent> {
    music::events()
        .into_iter()
        .chain(stage::events())
        .chain(daytime::events())
}

/// A ticket type on sale, of which `sold` are sold.
const fn tickets(
    name: &'static str,
    price: i64,
    capacity: i32,
    max_per_order: i32,
    sold: i32,
) -> DemoType {
    DemoType {
        name,
        description: "",
        price,
        capacity,
        max_per_order,
        sold,
        opens_in_days: None,
    }
}

impl DemoType {
    /// With a description.
    const fn with(self, description: &'static str) -> Self {
        Self {
            description,
            ..self
        }
    }

    /// Not on sale for some days.
    const fn opening_in(self, days: i64) -> Self {
        Self {
            opens_in_days: Some(days),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_such_weekday_is_after_today() {
        let sunday = "2026-11-22T12:00:00Z".parse().expect("a time");
        for (weeks, weekday, day) in [
            (0, Weekday::Mon, "2026-11-23"),
            (0, Weekday::Sun, "2026-11-29"),
            (1, Weekday::Sat, "2026-12-05"),
            (-2, Weekday::Sat, "2026-11-14"),
        ] {
            let when = When {
                weeks,
                weekday,
                at: (20, 30),
                minutes: 60,
            };
            let start = when.start(Tz::Europe__Berlin, sunday);
            assert_eq!(start.to_rfc3339(), format!("{day}T19:30:00+00:00"));
        }
    }
}
