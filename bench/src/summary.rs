//! From single measurements to the table: medians over the rounds, the best variant of each row,
//! and how that compares with what must be reached.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::tally::Dropped;

/// One measurement.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Sample {
    /// The line of the table: `H2`.
    pub(crate) row: String,
    /// Of several, the best counts: `128 clients`.
    pub(crate) variant: String,
    pub(crate) round: u32,
    /// Expected answers a second.
    pub(crate) rate: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) p999_ms: f64,
    pub(crate) max_ms: f64,
    /// All answers by status.
    pub(crate) answers: BTreeMap<u16, u64>,
    pub(crate) dropped: Dropped,
    /// Processor time for one answer, in microseconds.
    pub(crate) cpu: Option<CpuPerAnswer>,
    /// The most memory that a server has had so far, in megabytes.
    pub(crate) server_mb: Option<f64>,
    pub(crate) tickets_sold: Option<usize>,
    /// What else ran meanwhile.
    pub(crate) note: String,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct CpuPerAnswer {
    pub(crate) server_us: f64,
    pub(crate) postgres_us: f64,
    pub(crate) generator_us: f64,
    /// How many cores were busy for these three.
    pub(crate) cores_busy: f64,
}

/// A line of the table: medians of the best variant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Row {
    pub(crate) row: String,
    pub(crate) variant: String,
    pub(crate) rounds: usize,
    pub(crate) rate: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) p999_ms: f64,
    pub(crate) max_ms: f64,
    pub(crate) server_us: Option<f64>,
    pub(crate) postgres_us: Option<f64>,
    pub(crate) generator_us: Option<f64>,
    pub(crate) cores_busy: Option<f64>,
    pub(crate) server_mb: Option<f64>,
    pub(crate) tickets_sold: Option<f64>,
    pub(crate) note: String,
}

/// Something that must be reached.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    /// None where a level was left out.
    pub(crate) value: Option<f64>,
    pub(crate) bound: Bound,
    pub(crate) reached: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bound {
    AtLeast(f64),
    AtMost(f64),
    Exactly(f64),
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
            Self::Exactly(bound) => (value - bound).abs() < f64::EPSILON,
        }
    }
}

/// The table's lines, in the order in which they were first measured.
pub(crate) fn rows(samples: &[Sample]) -> Vec<Row> {
    let mut names: Vec<&str> = Vec::new();
    for sample in samples {
        if !names.contains(&sample.row.as_str()) {
            names.push(&sample.row);
        }
    }
    names
        .into_iter()
        .filter_map(|name| best(&variants(samples, name)))
        .collect()
}

/// The medians of each variant of a row.
pub(crate) fn variants(samples: &[Sample], row: &str) -> Vec<Row> {
    let mut by_variant = BTreeMap::<&str, Vec<&Sample>>::new();
    for sample in samples.iter().filter(|sample| sample.row == row) {
        by_variant.entry(&sample.variant).or_default().push(sample);
    }
    by_variant.into_values().map(|s| medians(&s)).collect()
}

fn best(variants: &[Row]) -> Option<Row> {
    let best = variants.iter().max_by(|a, b| a.rate.total_cmp(&b.rate));
    best.cloned()
}

fn medians(samples: &[&Sample]) -> Row {
    let of = |figure: fn(&Sample) -> f64| {
        let figures = samples.iter().map(|sample| figure(sample));
        median(figures.collect()).unwrap_or_default()
    };
    let cpu = |figure: fn(&CpuPerAnswer) -> f64| {
        let figures = samples.iter().filter_map(|sample| sample.cpu.as_ref());
        median(figures.map(figure).collect())
    };
    let last = samples[samples.len() - 1];
    Row {
        row: last.row.clone(),
        variant: last.variant.clone(),
        rounds: samples.len(),
        rate: of(|sample| sample.rate),
        p50_ms: of(|sample| sample.p50_ms),
        p99_ms: of(|sample| sample.p99_ms),
        p999_ms: of(|sample| sample.p999_ms),
        max_ms: of(|sample| sample.max_ms),
        server_us: cpu(|cpu| cpu.server_us),
        postgres_us: cpu(|cpu| cpu.postgres_us),
        generator_us: cpu(|cpu| cpu.generator_us),
        cores_busy: cpu(|cpu| cpu.cores_busy),
        server_mb: median(samples.iter().filter_map(|s| s.server_mb).collect()),
        tickets_sold: median(
            samples
                .iter()
                .filter_map(|sample| Some(sample.tickets_sold? as f64))
                .collect(),
        ),
        note: last.note.clone(),
    }
}

fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match figures.len() {
        0 => None,
        length if length % 2 == 1 => Some(figures[middle]),
        _ => Some((figures[middle - 1] + figures[middle]) / 2.0),
    }
}

/// The most memory of a server in any variant of a row.
fn most_memory(samples: &[Sample], row: &str) -> Option<f64> {
    let peaks = variants(samples, row).into_iter();
    peaks.filter_map(|row| row.server_mb).max_by(f64::total_cmp)
}

/// The rows of "my tickets" at a pace, by the number of tickets, smallest first.
pub(crate) const PACED: [&str; 3] = [
    "H6 mine 100k paced",
    "H6 mine 1M paced",
    "H6 mine 10M paced",
];

/// The row of purchases that all have a promo code.
pub(crate) const PROMO: &str = "H2 with a promo code";

/// The rows of another event's purchases, alone and during H2.
pub(crate) const QUIET: &str = "other event, alone";
pub(crate) const STORMED: &str = "other event in H2";

/// What must be reached, held against what was measured.
pub(crate) fn targets(samples: &[Sample]) -> Vec<Target> {
    let rows = rows(samples);
    let row = |name: &str| rows.iter().find(|row| row.row == name);
    let rate = |name: &str| row(name).map(|row| row.rate);
    let ratio = |of: &str, to: &str| Some(rate(of)? / rate(to)?);
    let largest = PACED.iter().skip(1).rev().find_map(|name| row(name));
    let growth = largest
        .zip(row(PACED[0]))
        .map(|(large, small)| large.p99_ms / small.p99_ms);
    let growth_name = match largest {
        Some(row) if row.row == PACED[1] => "my tickets p99, 1M / 100k (10M left out)",
        _ => "my tickets p99, 10M / 100k",
    };
    let unfairness = row(STORMED)
        .zip(row(QUIET))
        .map(|(stormed, quiet)| stormed.p99_ms / quiet.p99_ms);
    let storm = row("H7");
    [
        ("H2 / H1", ratio("H2", "H1"), Bound::AtLeast(10.0)),
        ("H2 / P2", ratio("H2", "P2"), Bound::AtLeast(2.5)),
        ("H2 / H0", ratio("H2", "H0"), Bound::AtLeast(0.5)),
        (
            "H2 with a promo code / H2",
            ratio(PROMO, "H2"),
            Bound::AtLeast(0.9),
        ),
        ("H4 / H0", ratio("H4", "H0"), Bound::AtLeast(0.8)),
        ("H5 / H2", ratio("H5", "H2"), Bound::AtLeast(0.9)),
        (
            "list reads / H0",
            ratio("H6 list", "H0"),
            Bound::AtLeast(0.8),
        ),
        (growth_name, growth, Bound::AtMost(1.5)),
        (
            "H3 p99, ms",
            row("H3").map(|row| row.p99_ms),
            Bound::AtMost(50.0),
        ),
        (
            "H7 last answer, ms",
            storm.map(|row| row.max_ms),
            Bound::AtMost(3000.0),
        ),
        (
            "H7 tickets sold",
            storm.and_then(|row| row.tickets_sold),
            Bound::Exactly(1000.0),
        ),
        (
            "other events' p99, stormed / alone",
            unfairness,
            Bound::AtMost(2.0),
        ),
        (
            "server memory under H2, MB",
            most_memory(samples, "H2"),
            Bound::AtMost(100.0),
        ),
    ]
    .into_iter()
    .map(|(name, value, bound)| Target {
        name: name.to_owned(),
        value,
        bound,
        reached: value.map(|value| bound.holds(value)),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(row: &str, variant: &str, rate: f64, p99_ms: f64) -> Sample {
        Sample {
            row: row.to_owned(),
            variant: variant.to_owned(),
            rate,
            p99_ms,
            ..Sample::default()
        }
    }

    #[test]
    fn a_row_has_the_medians_of_its_best_variant() {
        let samples = [
            sample("H1", "8", 300.0, 1.0),
            sample("H1", "32", 100.0, 2.0),
            sample("H1", "8", 100.0, 3.0),
            sample("H1", "32", 250.0, 4.0),
            sample("H1", "8", 200.0, 2.0),
            sample("H1", "32", 240.0, 9.0),
        ];
        let rows = rows(&samples);
        assert_eq!(rows.len(), 1);
        let best = &rows[0];
        // The 300 of one lucky round does not count.
        assert_eq!(
            (best.variant.as_str(), best.rate, best.p99_ms),
            ("32", 240.0, 4.0)
        );
        assert_eq!(best.rounds, 3);
    }

    #[test]
    fn of_an_even_number_the_median_is_in_between() {
        assert_eq!(median(vec![4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
    }

    #[test]
    fn targets_are_reached_missed_or_not_measured() {
        let samples = [
            sample("H1", "8", 100.0, 1.0),
            sample("H2", "8", 1000.0, 1.0),
            sample("H0", "8", 2001.0, 1.0),
            sample(PACED[0], "", 1.0, 2.0),
            sample(PACED[1], "", 1.0, 9.0),
            sample(PACED[2], "", 1.0, 3.0),
        ];
        let targets = targets(&samples);
        let reached = |name: &str| {
            let target = targets.iter().find(|target| target.name == name);
            target.expect("a target").reached
        };
        assert_eq!(reached("H2 / H1"), Some(true));
        assert_eq!(reached("H2 / H0"), Some(false));
        assert_eq!(reached("H2 / P2"), None);
        assert_eq!(reached("my tickets p99, 10M / 100k"), Some(true));
    }

    #[test]
    fn memory_is_that_of_the_hungriest_variant() {
        let mut samples = [sample("H2", "8", 9.0, 1.0), sample("H2", "512", 1.0, 1.0)];
        samples[0].server_mb = Some(50.0);
        samples[1].server_mb = Some(120.0);
        assert_eq!(most_memory(&samples, "H2"), Some(120.0));
    }
}
