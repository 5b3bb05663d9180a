//! Which times are taken from outside. RFC 3339 and PostgreSQL know years that the other does not,
//! and no person means any of them.

use std::ops::RangeInclusive;

use chrono::{Datelike, TimeZone, Utc};

use crate::Time;
use crate::validate::FieldErrors;

/// The years that events, sales and promo codes may be in: keeps slips of the keyboard out.
pub const YEARS: RangeInclusive<i32> = 2000..=2199;
/// The years that anything is kept with.
const KEPT_YEARS: RangeInclusive<i32> = 1..=9999;

/// Whether the database keeps this time.
pub fn is_kept(time: Time) -> bool {
    KEPT_YEARS.contains(&time.year())
}

/// The time as it is kept, of a clock that may be wrong by anything.
pub fn within_years(time: Time) -> Time {
    let first = |year| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).earliest();
    let (start, end) = (first(*YEARS.start()), first(*YEARS.end() + 1));
    let time = start.map_or(time, |start| time.max(start));
    end.map_or(time, |end| time.min(end))
}

/// Requires a time of [`YEARS`].
pub(crate) fn require_year(errors: &mut FieldErrors, time: Time, field: impl Into<String>) {
    errors.require(
        YEARS.contains(&time.year()),
        field,
        "Choose a year from 2000 to 2199.",
    );
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn every_time_there_is_can_be_kept() {
        for time in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert!(!is_kept(time));
            assert!(is_kept(within_years(time)));
        }
        let now = Utc.with_ymd_and_hms(2026, 5, 1, 12, 0, 0).unwrap();
        assert_eq!(within_years(now), now);
    }
}
