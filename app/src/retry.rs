//! How long to wait before something is tried again: longer from time to time, never sooner than the
//! server asks, and never at the same moment as everyone else.

/// How a kind of attempt is spaced, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    pub(crate) first_ms: u32,
    pub(crate) last_ms: u32,
}

impl Backoff {
    /// Milliseconds until the next attempt, after attempt number `attempt`, from 0, failed.
    /// `retry_after` is how many seconds the server asked for.
    pub(crate) fn pause(self, attempt: u32, retry_after: Option<u32>) -> u32 {
        self.spread(attempt, retry_after, random())
    }

    /// The same with a random number from 0 to 1: between half of the usual pause and all of it, on
    /// top of what the server asked for.
    fn spread(self, attempt: u32, retry_after: Option<u32>, random: f64) -> u32 {
        let usual = self.first_ms.saturating_mul(1 << attempt.min(10));
        let half = usual.min(self.last_ms) / 2;
        let spread = (f64::from(half) * random) as u32;
        let asked = retry_after.map(|seconds| seconds.saturating_mul(1_000));
        let least = asked.map_or(half, |asked| asked.max(half));
        least.saturating_add(spread)
    }
}

/// A random number from 0 to 1, in browsers and in tests outside of them.
fn random() -> f64 {
    f64::from(uuid::Uuid::new_v4().as_u128() as u32) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff {
        first_ms: 1_000,
        last_ms: 10_000,
    };

    #[test]
    fn pauses_grow_up_to_the_last() {
        let longest = |attempt| BACKOFF.spread(attempt, None, 1.0);
        let longest: Vec<u32> = (0..6).map(longest).collect();
        assert_eq!(longest, [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
        assert_eq!(BACKOFF.spread(u32::MAX, None, 1.0), 10_000);
    }

    #[test]
    fn not_everyone_tries_at_the_same_moment() {
        for attempt in [0, 3, 50] {
            let (least, most) = (
                BACKOFF.spread(attempt, None, 0.0),
                BACKOFF.spread(attempt, None, 1.0),
            );
            assert_eq!(least * 2, most, "half of the pause is random");
            let (least, most) = (
                BACKOFF.spread(attempt, Some(30), 0.0),
                BACKOFF.spread(attempt, Some(30), 1.0),
            );
            assert!(most >= least + 500, "{least} to {most}");
        }
    }

    #[test]
    fn nothing_is_tried_sooner_than_the_server_asks() {
        for attempt in [0, 1, 9] {
            for random in [0.0, 0.5, 1.0] {
                assert!(BACKOFF.spread(attempt, Some(7), random) >= 7_000);
                assert!(BACKOFF.spread(attempt, Some(0), random) >= 500);
            }
        }
        assert!(
            BACKOFF.spread(0, Some(u32::MAX), 1.0) > 1_000_000,
            "no overflow"
        );
    }
}
