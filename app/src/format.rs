//! Times and money in words, by the reader's locale and the event's time zone.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;

use api::{Money, Time};
use chrono::Utc;
use i18n::event::Reader;
use i18n::{Language, PluralOperands, t};
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::intl;

/// How a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Style {
    /// Fri, 28 Nov
    Day,
    /// Friday, 28 November 2025
    LongDay,
    /// 20:00
    Clock,
    /// 28 Nov 2025
    Date,
    /// 28 Nov 2025, 20:00
    Stamp,
}

impl Style {
    fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Day => &[("weekday", "short"), ("day", "numeric"), ("month", "short")],
            Self::LongDay => &[
                ("weekday", "long"),
                ("day", "numeric"),
                ("month", "long"),
                ("year", "numeric"),
            ],
            // With the hour as the locale writes it: 2:14 AM, but 02:14.
            Self::Clock => &[("timeStyle", "short")],
            Self::Date => &[("day", "numeric"), ("month", "short"), ("year", "numeric")],
            Self::Stamp => &[("dateStyle", "medium"), ("timeStyle", "short")],
        }
    }
}

thread_local! {
    // Making a formatter takes a hundred times longer than using it.
    static TIMES: RefCell<HashMap<(Style, String), Intl::DateTimeFormat>> = RefCell::default();
    static MONEY: RefCell<HashMap<(&'static str, bool), Function>> = RefCell::default();
    static NUMBERS: RefCell<Option<Function>> = RefCell::default();
    static LOCALE: RefCell<String> = RefCell::default();
}

/// Writes as is done there from now on.
pub(crate) fn set_locale(locale: String) {
    LOCALE.set(locale);
    TIMES.take();
    MONEY.take();
    NUMBERS.take();
}

/// The first argument of what makes formatters.
fn locales() -> Array {
    LOCALE.with_borrow(|locale| match locale.is_empty() {
        true => Array::new(),
        false => Array::of1(&locale.as_str().into()),
    })
}

pub(crate) fn now() -> Time {
    chrono::DateTime::<Utc>::from_timestamp_millis(Date::now() as i64).unwrap_or_default()
}

pub(crate) fn day(time: Time, timezone: &str) -> String {
    write_time(time, timezone, Style::Day)
}

pub(crate) fn long_day(time: Time, timezone: &str) -> String {
    write_time(time, timezone, Style::LongDay)
}

/// Nov and 28, as [`day`] has them.
pub(crate) fn month_and_day(time: Time, timezone: &str) -> (String, String) {
    let parts = with_format(timezone, Style::Day, |format| {
        format.format_to_parts(&date_of(time))
    });
    let part = |wanted: &str| {
        let found = parts.iter().find(|part| {
            let kind = Reflect::get(part, &"type".into());
            text(kind).is_some_and(|kind| kind == wanted)
        });
        let value = found.map(|part| Reflect::get(&part, &"value".into()));
        value.and_then(text).unwrap_or_default()
    };
    (part("month"), part("day"))
}

pub(crate) fn clock(time: Time, timezone: &str) -> String {
    write_time(time, timezone, Style::Clock)
}

/// A day by the calendar of the reader.
pub(crate) fn date(time: Time) -> String {
    write_time(time, "", Style::Date)
}

/// Day and time, by the clock of the reader: for what happened to them rather than at a venue.
pub(crate) fn stamp(time: Time) -> String {
    write_time(time, "", Style::Stamp)
}

/// Fri, 28 Nov · 20:00
pub(crate) fn day_and_clock(time: Time, timezone: &str) -> String {
    Here.day_and_clock(time, timezone)
}

/// `€25`, `€12.50`, `−€5`
pub(crate) fn money(money: Money) -> String {
    let digits = money.currency.minor_digits();
    let units = money.amount as f64 / 10_f64.powi(digits as i32);
    let code = money.currency.code();
    let short = money.is_whole() && LOCALE.with_borrow(|locale| i18n::writes_whole_amounts(locale));
    let written = MONEY.with_borrow_mut(|formats| {
        let format = formats.entry((code, short)).or_insert_with(|| {
            let options = object(&[("style", "currency"), ("currency", code)]);
            if short {
                let _set = Reflect::set(&options, &"minimumFractionDigits".into(), &0.into());
            }
            Intl::NumberFormat::new(&locales(), &options).format()
        });
        text(format.call1(&JsValue::UNDEFINED, &units.into())).unwrap_or_else(|| money.to_string())
    });
    i18n::with_minus(&written)
}

/// A price: money, or the word for nothing to pay.
pub(crate) fn price(price: Money) -> String {
    Here.price(price)
}

/// 1,234
pub(crate) fn count(number: i32) -> String {
    // Below, all write the same.
    if number.abs() < 1000 {
        return number.to_string();
    }
    NUMBERS.with_borrow_mut(|format| {
        let plain = || Intl::NumberFormat::new(&locales(), &Object::new()).format();
        let format = format.get_or_insert_with(plain);
        text(format.call1(&JsValue::UNDEFINED, &number.into()))
            .unwrap_or_else(|| number.to_string())
    })
}

/// A number in a text, which decides the text's plural.
#[derive(Clone, Copy)]
pub(crate) struct Count(pub(crate) i32);

impl fmt::Display for Count {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        text.write_str(&count(self.0))
    }
}

impl From<Count> for PluralOperands {
    fn from(count: Count) -> Self {
        count.0.into()
    }
}

/// Who reads on this device.
pub(crate) struct Here;

impl Reader for Here {
    fn language(&self) -> Language {
        i18n::language()
    }

    fn count(&self, number: i32) -> impl fmt::Display + Clone + Into<PluralOperands> {
        Count(number)
    }

    fn money(&self, amount: Money) -> String {
        money(amount)
    }

    fn day(&self, time: Time, timezone: &str) -> String {
        day(time, timezone)
    }

    fn clock(&self, time: Time, timezone: &str) -> String {
        clock(time, timezone)
    }
}

/// "1 ticket", "3 tickets"
pub(crate) fn tickets(number: i32) -> String {
    t!(common.tickets, count = Count(number))
}

/// Today, Tomorrow, In 5 days: for what is near enough to look forward to.
pub(crate) fn in_days(then: Time, now: Time, timezone: &str) -> Option<String> {
    let date = |time| write_time(time, timezone, Style::LongDay);
    let then_date = date(then);
    (0..15).find_map(|days| {
        let reached = date(now + chrono::TimeDelta::days(days.into())) == then_date;
        reached.then(|| match days {
            0 => t!(common.today).to_owned(),
            1 => t!(common.tomorrow).to_owned(),
            days => t!(common.in_days, count = Count(days)),
        })
    })
}

/// How long ago something was, roughly: for "as of …".
pub(crate) fn ago(then: Time, now: Time) -> String {
    let minutes = i32::try_from((now - then).num_minutes()).unwrap_or(i32::MAX);
    match minutes {
        ..1 => t!(common.just_now).to_owned(),
        1 => t!(common.a_minute_ago).to_owned(),
        2..60 => t!(common.minutes_ago, count = Count(minutes)),
        60..2880 => t!(common.hours_ago, count = Count(minutes / 60)),
        _ => t!(common.days_ago, count = Count(minutes / 1440)),
    }
}

fn write_time(time: Time, timezone: &str, style: Style) -> String {
    let written = with_format(timezone, style, |format| {
        text(format.format().call1(&JsValue::UNDEFINED, &date_of(time)))
    });
    written.unwrap_or_else(|| time.to_rfc3339())
}

fn with_format<T>(
    timezone: &str,
    style: Style,
    write: impl FnOnce(&Intl::DateTimeFormat) -> T,
) -> T {
    TIMES.with_borrow_mut(|formats| {
        let format = formats
            .entry((style, timezone.to_owned()))
            .or_insert_with(|| time_format(timezone, style));
        write(format)
    })
}

fn time_format(timezone: &str, style: Style) -> Intl::DateTimeFormat {
    let options = object(style.options());
    let zoned = Object::assign(&Object::new(), &options);
    if !timezone.is_empty() {
        let _set = Reflect::set(&zoned, &"timeZone".into(), &timezone.into());
    }
    // An older device may not know the zone; its own is better than no date, and says so nowhere
    // else, so it is only the last resort.
    let locales = locales();
    intl::date_time_format(&locales, &zoned)
        .or_else(|_unknown_zone| intl::date_time_format(&locales, &options))
        .unwrap_or_default()
}

fn date_of(time: Time) -> Date {
    Date::new(&(time.timestamp_millis() as f64).into())
}

fn object(pairs: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in pairs {
        let _set = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object
}

fn text(value: Result<JsValue, JsValue>) -> Option<String> {
    value.ok()?.as_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_rough() {
        let now = Time::from_timestamp(1_000_000, 0).expect("a time");
        let before = |minutes| ago(now - chrono::TimeDelta::minutes(minutes), now);
        assert_eq!(before(0), "just now");
        assert_eq!(before(5), "5 minutes ago");
        assert_eq!(before(60), "1 hour ago");
        assert_eq!(before(3000), "2 days ago");
    }

    #[test]
    fn one_ticket_is_no_plural() {
        assert_eq!(tickets(1), "1 ticket");
        assert_eq!(tickets(0), "0 tickets");
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod intl_tests {
    use api::Currency;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn digits(text: &str) -> String {
        text.chars().filter(char::is_ascii_digit).collect()
    }

    #[wasm_bindgen_test]
    fn a_day_is_the_day_at_the_venue() {
        let new_year = Time::from_timestamp(1_767_211_200, 0).expect("a time");
        assert_eq!(month_and_day(new_year, "Asia/Tokyo").1, "1");
        assert_eq!(month_and_day(new_year, "Europe/Berlin").1, "31");
        assert_ne!(
            clock(new_year, "Asia/Tokyo"),
            clock(new_year, "Europe/Berlin")
        );
    }

    #[wasm_bindgen_test]
    fn small_hours_are_written_as_the_locale_does() {
        let night = Time::from_timestamp(1_767_233_640, 0).expect("a time");
        for (locale, written) in [("en-US", "2:14"), ("de", "02:14"), ("fr", "02:14")] {
            set_locale(locale.to_owned());
            assert!(clock(night, "UTC").starts_with(written), "{locale}");
            assert!(stamp(night).contains("2026"), "{locale}");
        }
        set_locale(String::new());
    }

    #[wasm_bindgen_test]
    fn an_unknown_zone_still_gives_a_date() {
        let date = day(Time::default(), "Atlantis/Capital");
        assert!(!digits(&date).is_empty(), "{date}");
    }

    #[wasm_bindgen_test]
    fn money_has_the_digits_of_its_currency() {
        let yen = Currency::parse("JPY").expect("JPY is known");
        assert_eq!(digits(&money(Money::new(4505, Currency::EUR))), "4505");
        assert!(money(Money::new(4505, Currency::EUR)).contains("45"));
        assert_eq!(digits(&money(Money::new(45, yen))), "45");
        assert!(money(Money::new(-550, Currency::EUR)).contains('−'));
    }

    #[wasm_bindgen_test]
    fn whole_amounts_have_no_zeros_after_the_mark() {
        set_locale("en".to_owned());
        assert_eq!(money(Money::new(2500, Currency::EUR)), "€25");
        assert_eq!(money(Money::new(2550, Currency::EUR)), "€25.50");
        assert_eq!(money(Money::new(-123_400, Currency::EUR)), "−€1,234");
        set_locale("de-CH".to_owned());
        assert!(money(Money::new(2500, Currency::EUR)).contains("25.00"));
        set_locale(String::new());
    }

    #[wasm_bindgen_test]
    fn days_are_counted_at_the_venue() {
        let evening = Time::from_timestamp(1_767_211_200, 0).expect("a time");
        let later = evening + chrono::TimeDelta::hours(10);
        assert_eq!(
            in_days(later, evening, "Asia/Tokyo").as_deref(),
            Some("Today")
        );
        assert_eq!(
            in_days(later, evening, "Europe/Berlin").as_deref(),
            Some("Tomorrow")
        );
        assert_eq!(
            in_days(evening + chrono::TimeDelta::days(40), evening, "UTC"),
            None
        );
    }
}
