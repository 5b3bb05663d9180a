//! Wall clocks: from the date and time that a clock at a place shows to the moment that is, and
//! back.

use std::cell::RefCell;
use std::collections::HashMap;

use api::Time;
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::intl;

/// What a clock on a wall shows.
pub(crate) type Wall = NaiveDateTime;

thread_local! {
    static CLOCKS: RefCell<HashMap<String, Option<Function>>> = RefCell::default();
}

/// What the clocks of `timezone` show at `time`; nothing when this device does not know the zone.
pub(crate) fn wall(time: Time, timezone: &str) -> Option<Wall> {
    let format = CLOCKS.with_borrow_mut(|clocks| {
        let made = clocks.entry(timezone.to_owned());
        made.or_insert_with(|| clock(timezone)).clone()
    })?;
    let date = Date::new(&(time.timestamp_millis() as f64).into());
    let shown = format.call1(&JsValue::UNDEFINED, &date).ok()?.as_string()?;
    let mut numbers = shown.split(|c: char| !c.is_ascii_digit());
    let mut number = || numbers.find(|digits| !digits.is_empty())?.parse().ok();
    let (month, day, year) = (number()?, number()?, number()?);
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    date.and_hms_opt(number()?, number()?, number()?)
}

/// The moments at which the clocks of `timezone` show this: two where they are put back over it,
/// none where they are put forward.
pub(crate) fn moments(shown: Wall, timezone: &str) -> Vec<Time> {
    find(shown, |time| wall(time, timezone))
}

/// The zone this device is in.
pub(crate) fn here() -> String {
    let options = Intl::DateTimeFormat::default().resolved_options();
    let zone = Reflect::get(&options, &"timeZone".into()).ok();
    zone.and_then(|zone| zone.as_string())
        .unwrap_or_else(|| "UTC".to_owned())
}

/// The zones this device knows.
pub(crate) fn all() -> Vec<String> {
    let known = || {
        let list: Function = intl::member("supportedValuesOf").ok()?.dyn_into().ok()?;
        list.call1(&JsValue::UNDEFINED, &"timeZone".into()).ok()
    };
    let known = known().map(|zones| Array::from(&zones)).unwrap_or_default();
    known.iter().filter_map(|zone| zone.as_string()).collect()
}

/// A clock is at most a day from UTC, and is not changed twice within two days.
fn find(shown: Wall, wall: impl Fn(Time) -> Option<Wall>) -> Vec<Time> {
    let guess = shown.and_utc();
    let before_and_after = [guess - TimeDelta::days(1), guess + TimeDelta::days(1)];
    let candidate = |near: Time| {
        let ahead_of_utc = wall(near)? - near.naive_utc();
        let time = guess.checked_sub_signed(ahead_of_utc)?;
        (wall(time)? == shown).then_some(time)
    };
    let mut moments: Vec<Time> = before_and_after.into_iter().filter_map(candidate).collect();
    moments.sort_unstable();
    moments.dedup();
    moments
}

/// Writes times as `11/28/2026, 20:00:00`.
fn clock(timezone: &str) -> Option<Function> {
    let options = Object::new();
    for (name, value) in [
        ("timeZone", timezone),
        ("calendar", "gregory"),
        ("numberingSystem", "latn"),
        ("hourCycle", "h23"),
        ("year", "numeric"),
        ("month", "2-digit"),
        ("day", "2-digit"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("second", "2-digit"),
    ] {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    // An unknown zone is refused here.
    let format = intl::date_time_format(&"en-US".into(), &options).ok()?;
    Some(format.format())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        text.parse().expect("a time")
    }

    fn shown(text: &str) -> Wall {
        text.parse().expect("a wall clock's time")
    }

    /// Berlin in 2027: an hour ahead of UTC, two in summer.
    #[cfg(not(target_arch = "wasm32"))]
    fn berlin(at: Time) -> Option<Wall> {
        let summer = time("2027-03-28T01:00:00Z")..time("2027-10-31T01:00:00Z");
        let hours = if summer.contains(&at) { 2 } else { 1 };
        Some(at.naive_utc() + TimeDelta::hours(hours))
    }

    #[cfg(not(target_arch = "wasm32"))]
    #[test]
    fn a_wall_clock_names_a_moment() {
        let cases: [(&str, &[&str]); 7] = [
            ("2027-01-15T20:00:00", &["2027-01-15T19:00:00Z"]),
            ("2027-07-15T20:00:00", &["2027-07-15T18:00:00Z"]),
            // Put forward from two to three.
            ("2027-03-28T01:59:00", &["2027-03-28T00:59:00Z"]),
            ("2027-03-28T02:30:00", &[]),
            ("2027-03-28T03:00:00", &["2027-03-28T01:00:00Z"]),
            // Put back from three to two: half past two comes twice.
            (
                "2027-10-31T02:30:00",
                &["2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z"],
            ),
            ("2027-10-31T03:00:00", &["2027-10-31T02:00:00Z"]),
        ];
        for (wall, moments) in cases {
            let moments: Vec<Time> = moments.iter().map(|text| time(text)).collect();
            assert_eq!(find(shown(wall), berlin), moments, "{wall}");
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    #[test]
    fn zones_that_are_far_off_are_found_too() {
        for hours in [-12, 14] {
            let far = |at: Time| Some(at.naive_utc() + TimeDelta::hours(hours));
            let at = time("2027-01-01T00:30:00Z");
            let wall = far(at).expect("a wall clock's time");
            assert_eq!(find(wall, far), [at], "{hours}");
        }
    }

    #[cfg(target_arch = "wasm32")]
    #[wasm_bindgen_test::wasm_bindgen_test]
    fn the_device_knows_zones() {
        for (zone, wall_clock, at) in [
            (
                "Europe/Berlin",
                "2027-01-15T20:00:00",
                Some("2027-01-15T19:00:00Z"),
            ),
            (
                "Europe/Berlin",
                "2027-07-15T00:00:00",
                Some("2027-07-14T22:00:00Z"),
            ),
            ("Europe/Berlin", "2027-03-28T02:30:00", None),
            (
                "America/New_York",
                "2027-11-07T01:30:00",
                Some("2027-11-07T05:30:00Z"),
            ),
            (
                "Asia/Kathmandu",
                "2027-01-01T00:00:00",
                Some("2026-12-31T18:15:00Z"),
            ),
            ("Nowhere/Else", "2027-01-01T00:00:00", None),
        ] {
            let at = at.map(time);
            let first = moments(shown(wall_clock), zone).first().copied();
            assert_eq!(first, at, "{zone} {wall_clock}");
            if let Some(at) = at {
                assert_eq!(
                    wall(at, zone),
                    Some(shown(wall_clock)),
                    "{zone} {wall_clock}"
                );
            }
        }
        assert!(wall(time("2027-01-01T00:00:00Z"), &here()).is_some());
    }
}
