//! The table at the end, and the same as JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::disk::SyncLatency;
use crate::summary::{Bound, Row, Sample, Target};

/// All that a run found.
#[derive(Serialize)]
pub(crate) struct Summary {
    pub(crate) quick: bool,
    pub(crate) cores: usize,
    pub(crate) disk_sync: SyncLatency,
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) seconds: u64,
    pub(crate) rows: Vec<Row>,
    pub(crate) targets: Vec<Target>,
    /// What must not be.
    pub(crate) wrong: Vec<String>,
    pub(crate) samples: Vec<Sample>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sync = self.disk_sync;
        writeln!(
            f,
            "\n{} cores; fdatasync of 8 KiB: median {:.0} µs, p99 {:.0} µs; {} s in all",
            self.cores, sync.median_us, sync.p99_us, self.seconds
        )?;
        let settings = self.settings.iter();
        let settings: Vec<_> = settings
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        writeln!(f, "PostgreSQL: {}\n", settings.join(", "))?;
        writeln!(
            f,
            "{:<19} {:<25} {:>7} {:>8} {:>8} {:>8} {:>8} | {:>6} {:>6} {:>6} {:>5} | {:>6}",
            "",
            "best of",
            "/s",
            "p50 ms",
            "p99 ms",
            "p99.9",
            "max",
            "server",
            "pg",
            "gen",
            "cores",
            "MB"
        )?;
        for row in &self.rows {
            write_row(f, row)?;
        }
        writeln!(
            f,
            "Processor time in µs for one answer; memory is the server's peak.\n"
        )?;
        for target in &self.targets {
            write_target(f, target)?;
        }
        match self.wrong.as_slice() {
            [] => write!(
                f,
                "\nAll invariants hold, and what was acknowledged is in the database, no more and no less."
            ),
            wrong => write!(f, "\nWRONG:\n{}", wrong.join("\n")),
        }
    }
}

fn write_row(f: &mut fmt::Formatter<'_>, row: &Row) -> fmt::Result {
    let known = |figure: Option<f64>, digits: usize| {
        figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.digits$}"))
    };
    writeln!(
        f,
        "{:<19} {:<25} {:>7.0} {:>8.2} {:>8.2} {:>8.2} {:>8.1} | {:>6} {:>6} {:>6} {:>5} | {:>6}  {}",
        row.row,
        row.variant,
        row.rate,
        row.p50_ms,
        row.p99_ms,
        row.p999_ms,
        row.max_ms,
        known(row.server_us, 0),
        known(row.postgres_us, 0),
        known(row.generator_us, 0),
        known(row.cores_busy, 2),
        known(row.server_mb, 0),
        row.note,
    )
}

fn write_target(f: &mut fmt::Formatter<'_>, target: &Target) -> fmt::Result {
    let bound = match target.bound {
        Bound::AtLeast(bound) => format!("at least {bound}"),
        Bound::AtMost(bound) => format!("at most {bound}"),
        Bound::Exactly(bound) => format!("exactly {bound}"),
    };
    let (value, verdict) = match (target.value, target.reached) {
        (Some(value), Some(true)) => (format!("{value:.2}"), "reached"),
        (Some(value), _) => (format!("{value:.2}"), "NOT REACHED"),
        (None, _) => ("-".to_owned(), "not measured"),
    };
    writeln!(f, "{:<42} {value:>9}   {bound:<14} {verdict}", target.name)
}
