//! Days and times, by the clock of a place.

use std::fmt;

use api::Time;
use chrono::{Datelike, NaiveDateTime, Timelike};
use chrono_tz::Tz;
use i18n::event::is_one_night;
use icu_datetime::fieldsets::enums::{
    CompositeDateTimeFieldSet as Fields, DateAndTimeFieldSet, DateFieldSet, TimeFieldSet,
};
use icu_datetime::fieldsets::zone::ExemplarCity;
use icu_datetime::fieldsets::{MDE, T, YMDE};
use icu_datetime::input::{Date, DateTime, Time as Clock};
use icu_datetime::{DateTimeFormatter, FormattedDateTime, NoCalendarFormatter, parts};
use icu_time::zone::IanaParser;
use leptos_i18n::td_string;
use writeable::{Part, PartsWrite, Writeable};

use super::Reader;

/// `Fr., 28. Nov.`
const DAY: Fields = Fields::Date(DateFieldSet::MDE(MDE::medium()));

impl Reader {
    /// When something begins, by the clock where it is: `Samstag, 5. Dezember 2026 um 20:00 Uhr
    /// (Ortszeit Berlin)`.
    pub fn when(&self, time: Time, timezone: &str) -> String {
        let fields = DateAndTimeFieldSet::YMDET(YMDE::long().with_time_hm());
        let when = self.write(time, timezone, Fields::DateTime(fields));
        self.local_time(&when, timezone)
    }

    /// When something is: when it begins, and when it ends too where it lasts over days.
    pub fn occasion(&self, from: Time, to: Time, timezone: &str) -> String {
        if is_one_night(from, to) {
            return self.when(from, timezone);
        }
        self.interval(from, to, timezone)
    }

    fn interval(&self, from: Time, to: Time, timezone: &str) -> String {
        let fields = DateAndTimeFieldSet::YMDET(YMDE::long().with_time_hm());
        let write = |time| self.write(time, timezone, Fields::DateTime(fields));
        let (from, to) = (write(from), write(to));
        let when = td_string!(self.language, letters.from_to, from = from, to = to);
        self.local_time(&when, timezone)
    }

    /// Says by which clock a time is meant.
    fn local_time(&self, when: &str, timezone: &str) -> String {
        match self.city(zone_of(timezone)) {
            Some(city) => td_string!(self.language, letters.when, when = when, city = city),
            None => td_string!(self.language, letters.when_utc, when = when),
        }
    }

    /// `Freitag, 28. November 2025`
    pub fn long_day(&self, time: Time, timezone: &str) -> String {
        let fields = DateFieldSet::YMDE(YMDE::long());
        self.write(time, timezone, Fields::Date(fields))
    }

    /// `Nov.` and `28`, as the day has them.
    pub fn month_and_day(&self, time: Time, timezone: &str) -> (String, String) {
        let local = local(time, timezone);
        let of = |part| {
            let mut wanted = Wanted::new(part);
            let written = self.format(DAY, local, |day| day.write_to_parts(&mut wanted));
            written.map_or_else(String::new, |_| wanted.text)
        };
        (of(parts::MONTH), of(parts::DAY))
    }

    pub(super) fn short_day(&self, time: Time, timezone: &str) -> String {
        self.write(time, timezone, DAY)
    }

    pub(super) fn time_of_day(&self, time: Time, timezone: &str) -> String {
        let fields = TimeFieldSet::T(T::hm());
        // All browsers put a usual space before AM and PM: pages had come to count on it.
        let written = self.write(time, timezone, Fields::Time(fields));
        written.replace('\u{202f}', " ")
    }

    fn write(&self, time: Time, timezone: &str, fields: Fields) -> String {
        let local = local(time, timezone);
        let written = self.format(fields, local, |written| written.to_string());
        written.unwrap_or_else(|| local.to_string())
    }

    fn format<W>(
        &self,
        fields: Fields,
        local: NaiveDateTime,
        write: impl FnOnce(FormattedDateTime<'_>) -> W,
    ) -> Option<W> {
        let (month, day) = (local.month() as u8, local.day() as u8);
        let local = DateTime {
            date: Date::try_new_iso(local.year(), month, day).ok()?,
            time: Clock::try_new(local.hour() as u8, local.minute() as u8, 0, 0).ok()?,
        };
        let format = DateTimeFormatter::try_new((&self.locale).into(), fields).ok()?;
        Some(write(format.format(&local)))
    }

    /// What a time zone is called after; none for UTC, and for what is no zone.
    pub fn city_of(&self, timezone: &str) -> Option<String> {
        self.city(zone_of(timezone))
    }

    fn city(&self, zone: Tz) -> Option<String> {
        if zone == Tz::UTC {
            return None;
        }
        let zone = IanaParser::new().parse(zone.name()).without_offset();
        let format = NoCalendarFormatter::try_new((&self.locale).into(), ExemplarCity).ok()?;
        Some(format.format(&zone).to_string())
    }
}

/// One part of what is written.
struct Wanted {
    part: Part,
    is_inside: bool,
    text: String,
}

impl Wanted {
    fn new(part: Part) -> Self {
        Self {
            part,
            is_inside: false,
            text: String::new(),
        }
    }
}

impl fmt::Write for Wanted {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.is_inside {
            self.text.push_str(text);
        }
        Ok(())
    }
}

impl PartsWrite for Wanted {
    type SubPartsWrite = Self;

    fn with_part(
        &mut self,
        part: Part,
        mut write: impl FnMut(&mut Self) -> fmt::Result,
    ) -> fmt::Result {
        let before = self.is_inside;
        self.is_inside |= part == self.part;
        let written = write(self);
        self.is_inside = before;
        written
    }
}

fn zone_of(timezone: &str) -> Tz {
    timezone.parse().unwrap_or(Tz::UTC)
}

/// By the clock of a time zone.
fn local(time: Time, timezone: &str) -> NaiveDateTime {
    time.with_timezone(&zone_of(timezone)).naive_local()
}

#[cfg(test)]
mod tests {
    use i18n::event::Reader as _;

    use super::*;

    /// As browsers of the same locale write it.
    #[test]
    fn times_are_written_as_is_done_there() {
        let evening = Time::from_timestamp(1_796_497_200, 0).expect("a time");
        for (locale, zone, written) in [
            (
                "en-US",
                "Europe/Berlin",
                "Saturday, December 5, 2026 at 8:00 PM (Berlin time)",
            ),
            (
                "en-GB",
                "America/New_York",
                "Saturday, 5 December 2026 at 14:00 (New York time)",
            ),
            (
                "de",
                "Europe/Berlin",
                "Samstag, 5. Dezember 2026 um 20:00 Uhr (Ortszeit Berlin)",
            ),
            (
                "de-CH",
                "Asia/Tokyo",
                "Sonntag, 6. Dezember 2026 um 04:00 Uhr (Ortszeit Tokio)",
            ),
            (
                "de",
                "Atlantis/Capital",
                "Samstag, 5. Dezember 2026 um 19:00 Uhr (UTC)",
            ),
        ] {
            let when = Reader::of(locale).when(evening, zone);
            assert_eq!(when.replace('\u{202f}', " "), written);
        }
    }

    /// As browsers of the same locale write it.
    #[test]
    fn days_are_written_as_is_done_there() {
        let evening = Time::from_timestamp(1_796_497_200, 0).expect("a time");
        for (locale, written, long) in [
            ("en", "Sat, Dec 5 · 8:00 PM", "Saturday, December 5, 2026"),
            ("en-GB", "Sat 5 Dec · 20:00", "Saturday, 5 December 2026"),
            ("en-DE", "Sat, 5 Dec · 20:00", "Saturday, 5 December 2026"),
            ("de", "Sa., 5. Dez. · 20:00", "Samstag, 5. Dezember 2026"),
        ] {
            let reader = Reader::of(locale);
            let when = reader.day_and_clock(evening, "Europe/Berlin");
            assert_eq!(when, written);
            assert_eq!(reader.long_day(evening, "Europe/Berlin"), long);
        }
        let parts = Reader::of("de").month_and_day(evening, "Europe/Berlin");
        assert_eq!(parts, ("Dez.".to_owned(), "5".to_owned()));
    }
}
