//! When the requests of an open loop are due. People do not wait for each other's answers: a slow
//! answer delays nobody's request, and who had to wait for a free connection waited for the server.

use std::time::Duration;

/// Requests at a fixed rate for a fixed time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    rate: f64,
    total: u64,
}

impl Schedule {
    pub(crate) fn new(rate: f64, time: Duration) -> Self {
        Self {
            rate,
            total: (rate * time.as_secs_f64()).floor() as u64,
        }
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// When the request of this index is due, after the start; none after the last.
    pub(crate) fn due(&self, index: u64) -> Option<Duration> {
        (index < self.total).then(|| Duration::from_secs_f64(index as f64 / self.rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_due_evenly_over_the_whole_time() {
        let schedule = Schedule::new(400.0, Duration::from_secs(2));
        assert_eq!(schedule.total(), 800);
        assert_eq!(schedule.due(0), Some(Duration::ZERO));
        assert_eq!(schedule.due(1), Some(Duration::from_micros(2500)));
        assert_eq!(schedule.due(799), Some(Duration::from_micros(1_997_500)));
        assert_eq!(schedule.due(800), None);
    }

    #[test]
    fn a_rate_without_a_whole_interval_does_not_drift() {
        let schedule = Schedule::new(30_000.0, Duration::from_secs(10));
        let last = schedule.due(schedule.total() - 1).expect("the last");
        assert!(Duration::from_secs(10) - last < Duration::from_micros(40));
    }
}
