use api::Time;
use api::host::SalesPoint;
use chrono::TimeDelta;

/// A chart of fewer stretches of time says little.
const FEWEST: i32 = 24;

/// The sales from the first to now, with the times without sales, of which the series tells
/// nothing. After a sale that is long over it goes on for as long as the sale took.
pub(super) fn course(series: &[SalesPoint], seconds: i64, now: Time) -> Vec<SalesPoint> {
    let (Some(first), Some(last)) = (series.first(), series.last()) else {
        return Vec::new();
    };
    let seconds = seconds.max(1);
    let step = TimeDelta::seconds(seconds);
    let shown = (last.at - first.at).max(step * FEWEST);
    let end = now.min(last.at + shown).max(last.at);
    let begin = first.at.min(end - step * (FEWEST - 1));
    // On the same grid as the series.
    let before = ((first.at - begin).num_seconds() + seconds - 1) / seconds;
    let mut at = first.at - step * i32::try_from(before).unwrap_or(0);
    let mut points = series.iter().peekable();
    let mut course = Vec::new();
    while at <= end {
        let sold = points.next_if(|point| point.at < at + step);
        course.push(SalesPoint {
            at,
            tickets: sold.map_or(0, |point| point.tickets),
            amount: sold.map_or(0, |point| point.amount),
        });
        at += step;
    }
    course
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600;

    fn at(hours: i64) -> Time {
        Time::from_timestamp(1_800_000_000 - 1_800_000_000 % HOUR + hours * HOUR, 0)
            .expect("a time")
    }

    fn sold(hours: i64, tickets: i32) -> SalesPoint {
        SalesPoint {
            at: at(hours),
            tickets,
            amount: 0,
        }
    }

    fn tickets(course: &[SalesPoint]) -> Vec<i32> {
        course.iter().map(|point| point.tickets).collect()
    }

    #[test]
    fn nothing_sold_is_no_course() {
        assert_eq!(course(&[], HOUR, at(0)), []);
    }

    #[test]
    fn times_without_sales_are_there() {
        let course = course(&[sold(0, 2), sold(30, 3)], HOUR, at(32));
        assert_eq!(course.len(), 33);
        assert_eq!(tickets(&course).iter().sum::<i32>(), 5);
        assert_eq!((course[0].tickets, course[30].tickets), (2, 3));
    }

    #[test]
    fn a_young_sale_has_room_before_it() {
        let course = course(&[sold(0, 4)], HOUR, at(0) + TimeDelta::minutes(20));
        assert_eq!(course.len(), 24);
        assert_eq!(course.last().map(|point| point.tickets), Some(4));
    }

    #[test]
    fn a_sale_that_is_long_over_stays_readable() {
        let course = course(&[sold(0, 1), sold(40, 1)], HOUR, at(10_000));
        assert_eq!(course.len(), 81);
    }
}
