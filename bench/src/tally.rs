//! What the clients saw, written down by all of them while they run. Nothing is left out: what is
//! not measured is counted, and every order that was acknowledged is kept word for word.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use crate::ask::Sent;
use crate::http::{Answer, NoAnswer};

/// Latencies are kept to three digits up to here, in microseconds.
const LONGEST: u64 = 120_000_000;

/// Counts answers between `from` and `to`, and keeps the acknowledgements of all.
pub(crate) struct Tally {
    start: Instant,
    from: Instant,
    to: Instant,
    seen: RefCell<Seen>,
}

/// What was seen.
pub(crate) struct Seen {
    /// How long answers were counted.
    pub(crate) time: Duration,
    /// From the first request to the last answer.
    pub(crate) ran: Duration,
    /// Of the expected answers within the time.
    pub(crate) latency: Histogram<u64>,
    /// Expected answers within the time.
    pub(crate) counted: u64,
    /// All answers, of any time.
    pub(crate) answers: BTreeMap<u16, u64>,
    pub(crate) dropped: Dropped,
    /// Orders that were acknowledged.
    pub(crate) acknowledged: Vec<Acknowledged>,
    /// Orders of which the client does not know what became.
    pub(crate) unknown: Vec<Sent>,
}

/// What does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Dropped {
    /// Expected answers outside the time: while warming up, or after the end.
    pub(crate) outside: u64,
    /// Answers other than those expected.
    pub(crate) unexpected: u64,
    /// Connections that failed, with the request on them.
    pub(crate) broken: u64,
    /// Answers that could not be parsed.
    pub(crate) malformed: u64,
    /// Requests of an open loop that were sent over 10 ms late, as no connection was free. Their
    /// latency counts from when they were due.
    pub(crate) late: u64,
}

/// An answer 201: whose, and what it says, parsed when nothing is being measured.
pub(crate) struct Acknowledged {
    pub(crate) sent: Sent,
    pub(crate) body: Box<[u8]>,
}

impl Tally {
    /// Counts for `time` after `warm_up`, from now on.
    pub(crate) fn start(warm_up: Duration, time: Duration) -> anyhow::Result<Self> {
        let start = Instant::now();
        let from = start + warm_up;
        Ok(Self {
            start,
            from,
            to: from + time,
            seen: RefCell::new(Seen {
                time,
                ran: Duration::ZERO,
                latency: Histogram::new_with_bounds(1, LONGEST, 3)?,
                counted: 0,
                answers: BTreeMap::new(),
                dropped: Dropped::default(),
                acknowledged: Vec::new(),
                unknown: Vec::new(),
            }),
        })
    }

    /// Whether clients that do not wait for each other go on.
    pub(crate) fn is_over(&self) -> bool {
        Instant::now() >= self.to
    }

    /// Writes down an answer to the request that was `due` then.
    pub(crate) fn answered(
        &self,
        due: Instant,
        sent: Option<Sent>,
        answer: &Answer<'_>,
        expected: bool,
    ) {
        let now = Instant::now();
        let mut seen = self.seen.borrow_mut();
        *seen.answers.entry(answer.status).or_default() += 1;
        if !expected {
            seen.dropped.unexpected += 1;
        } else if now < self.from || now > self.to {
            seen.dropped.outside += 1;
        } else {
            seen.counted += 1;
            let micros = u64::try_from((now - due).as_micros()).unwrap_or(LONGEST);
            seen.latency.saturating_record(micros);
        }
        let Some(sent) = sent else { return };
        match answer.status {
            201 => seen.acknowledged.push(Acknowledged {
                sent,
                body: answer.body.into(),
            }),
            400..500 => {}
            _ => seen.unknown.push(sent),
        }
    }

    /// Writes down that there was no answer.
    pub(crate) fn unanswered(&self, sent: Option<Sent>, why: &NoAnswer) {
        let mut seen = self.seen.borrow_mut();
        match why {
            NoAnswer::Broken => seen.dropped.broken += 1,
            NoAnswer::Malformed => seen.dropped.malformed += 1,
        }
        seen.unknown.extend(sent);
    }

    /// Writes down when the request that was `due` then was sent.
    pub(crate) fn sent_late(&self, due: Instant) {
        if due.elapsed() > Duration::from_millis(10) {
            self.seen.borrow_mut().dropped.late += 1;
        }
    }

    pub(crate) fn finish(self) -> Seen {
        Seen {
            ran: self.start.elapsed(),
            ..self.seen.into_inner()
        }
    }
}

impl Seen {
    /// A quantile of the latencies, in milliseconds.
    pub(crate) fn latency_ms(&self, quantile: f64) -> f64 {
        self.latency.value_at_quantile(quantile) as f64 / 1000.0
    }

    /// Expected answers a second.
    pub(crate) fn rate(&self) -> f64 {
        self.counted as f64 / self.time.as_secs_f64()
    }

    pub(crate) fn all_answers(&self) -> u64 {
        self.answers.values().sum()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn answer(status: u16) -> Answer<'static> {
        let body = b"{}";
        Answer { status, body }
    }

    fn sent() -> Option<Sent> {
        let (user, key) = (Uuid::nil(), Uuid::now_v7());
        Some(Sent { user, key })
    }

    #[test]
    fn every_answer_is_counted_somewhere() {
        let tally = Tally::start(Duration::ZERO, Duration::from_secs(60)).expect("bounds");
        let due = Instant::now();
        tally.answered(due, sent(), &answer(201), true);
        tally.answered(due, sent(), &answer(409), false);
        tally.answered(due, sent(), &answer(503), false);
        tally.unanswered(sent(), &NoAnswer::Broken);
        tally.unanswered(None, &NoAnswer::Malformed);
        let seen = tally.finish();
        assert_eq!((seen.counted, seen.latency.len()), (1, 1));
        assert_eq!(seen.acknowledged.len(), 1);
        // A refusal is clear; of a 503 and of no answer nobody knows.
        assert_eq!(seen.unknown.len(), 2);
        let dropped = seen.dropped;
        assert_eq!(
            (dropped.unexpected, dropped.broken, dropped.malformed),
            (2, 1, 1)
        );
    }

    #[test]
    fn what_is_answered_while_warming_up_is_acknowledged_but_not_measured() {
        let tally = Tally::start(Duration::from_secs(60), Duration::ZERO).expect("bounds");
        tally.answered(Instant::now(), sent(), &answer(201), true);
        let seen = tally.finish();
        assert_eq!((seen.counted, seen.dropped.outside), (0, 1));
        assert_eq!(seen.acknowledged.len(), 1);
    }

    #[test]
    fn latency_counts_from_when_the_request_was_due() {
        let tally = Tally::start(Duration::ZERO, Duration::from_secs(60)).expect("bounds");
        let due = Instant::now() - Duration::from_millis(250);
        tally.sent_late(due);
        tally.answered(due, None, &answer(200), true);
        let seen = tally.finish();
        assert_eq!(seen.dropped.late, 1);
        assert!(seen.latency_ms(0.5) >= 249.0);
    }
}
