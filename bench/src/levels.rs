//! The levels. Each has a fresh copy of the same database, and ends with the invariants and with
//! the comparison of what was acknowledged and what is there.

mod reads;
mod sale;
mod wall;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::ValueEnum;
use server::auth::AccessKeys;

use crate::database::{Cluster, Database};
use crate::load::Timing;
use crate::people::People;
use crate::process::{Launch, Server};
use crate::sql;
use crate::summary::{CpuPerAnswer, Sample};
use crate::tally::Seen;
use crate::usage::{Cpu, peak_memory};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Level {
    /// Orders for 0 tickets, which validation refuses at once: token and JSON are read, nothing else is done
    H0,
    /// One row of a table counted up, 8 connections straight to PostgreSQL
    P2,
    /// Batches of orders straight to PostgreSQL, the best batch size
    P4,
    /// Purchases of 2 tickets of one event, one order a transaction
    H1,
    /// The same, combined
    H2,
    /// The same, every order with a promo code
    Promo,
    /// H2 at 80 % of its rate, due at fixed times
    H3,
    /// Refusals once an event is sold out
    H4,
    /// H2 through two server processes
    H5,
    /// Reads: the list of events and one's own tickets, alone, during H2, and with more tickets
    H6,
    /// 10,000 buyers at once for 1,000 tickets
    H7,
    /// Purchases of another event, alone and during H2
    Fair,
}

/// A run of the benchmark.
pub(crate) struct Bench {
    pub(crate) cluster: Cluster,
    /// The program `boxoffice`.
    pub(crate) program: PathBuf,
    pub(crate) keys: AccessKeys,
    /// Where the servers have the key of `keys`.
    pub(crate) data_dir: PathBuf,
    pub(crate) timing: Timing,
    pub(crate) round: u32,
    /// Anyone who buys, signed in anew for each round.
    pub(crate) buyers: People,
    /// Databases with more tickets, for reads: smallest first.
    pub(crate) large: Vec<(&'static str, i64, Database)>,
    pub(crate) samples: Vec<Sample>,
    /// What must not be: violated invariants, lost orders, answers nobody expected.
    pub(crate) wrong: Vec<String>,
}

/// A level under way: its database, its servers.
struct Stage {
    name: &'static str,
    database: Database,
    servers: Vec<Server>,
    postmaster: u32,
}

impl Bench {
    /// Runs a level once.
    pub(crate) async fn run(&mut self, level: Level) -> Result<()> {
        match level {
            Level::H0 => self.answer_at_once().await,
            Level::P2 => self.count_up().await,
            Level::P4 => self.place_batches().await,
            Level::H1 => self.buy("H1", "plain", 1, &[8, 32, 128, 512]).await,
            Level::H2 => self.buy("H2", "combined", 1, &[8, 32, 128, 512]).await,
            Level::Promo => self.buy_cheaper().await,
            Level::H3 => self.buy_at_a_pace().await,
            Level::H4 => self.refuse().await,
            Level::H5 => self.buy("H5", "combined", 2, &[128, 512]).await,
            Level::H6 => self.read().await,
            Level::H7 => self.storm().await,
            Level::Fair => self.share().await,
        }
    }

    /// Signs the buyers in again: a token is good for ten minutes.
    pub(crate) fn sign_in(&mut self) -> Result<()> {
        self.buyers = sign_in_buyers(&self.keys)?;
        Ok(())
    }

    /// The best rate of a row in this round.
    fn best(&self, row: &str) -> Option<&Sample> {
        let samples = self.samples.iter();
        samples
            .filter(|sample| sample.row == row && sample.round == self.round)
            .max_by(|a, b| a.rate.total_cmp(&b.rate))
    }

    async fn stage(&self, name: &'static str, path: &str, servers: usize) -> Result<Stage> {
        let database = self.cluster.copy(&name.to_lowercase()).await?;
        self.stage_on(name, database, path, servers).await
    }

    async fn stage_on(
        &self,
        name: &'static str,
        database: Database,
        path: &str,
        servers: usize,
    ) -> Result<Stage> {
        let mut stage = Stage {
            name,
            database,
            servers: Vec::new(),
            postmaster: self.cluster.pid()?,
        };
        for number in 0..servers {
            let log = format!("{name}-{}-{number}.log", self.round);
            let launch = Launch {
                program: &self.program,
                database_url: &stage.database.url,
                data_dir: &self.data_dir,
                purchase_path: path,
                log: self.cluster.folder().join(log),
            };
            stage.servers.push(Server::start(&launch).await?);
        }
        Ok(stage)
    }

    /// Adds what was seen since `before` to the table's samples.
    fn record(
        &mut self,
        stage: &Stage,
        before: Option<Cpu>,
        row: &str,
        variant: &str,
        seen: &Seen,
    ) {
        let rate = seen.rate();
        let (p50_ms, p99_ms) = (seen.latency_ms(0.5), seen.latency_ms(0.99));
        eprintln!(
            "  {row:<22} {variant:<24} {rate:>9.0} /s   p50 {p50_ms:>8.2}   p99 {p99_ms:>8.2} ms"
        );
        let dropped = seen.dropped;
        if dropped.unexpected + dropped.broken + dropped.malformed > 0 {
            let answers = &seen.answers;
            self.found(row, &format!("{variant}: {dropped:?}, answers {answers:?}"));
        }
        self.samples.push(Sample {
            row: row.to_owned(),
            variant: variant.to_owned(),
            round: self.round,
            rate,
            p50_ms,
            p99_ms,
            p999_ms: seen.latency_ms(0.999),
            max_ms: seen.latency.max() as f64 / 1000.0,
            answers: seen.answers.clone(),
            dropped,
            cpu: stage.cpu_since(before, seen),
            server_mb: stage.peak_memory_mb(),
            ..Sample::default()
        });
    }

    fn found(&mut self, row: &str, what: &str) {
        let line = format!("{row}, round {}: {what}", self.round);
        eprintln!("  WRONG: {line}");
        self.wrong.push(line);
    }

    /// Stops the servers, holds the database against the invariants, and removes it.
    async fn finish(&mut self, stage: Stage) -> Result<()> {
        drop(stage.servers);
        self.verify(stage.name, &stage.database).await?;
        self.cluster.drop(stage.database).await
    }

    pub(crate) async fn verify(&mut self, name: &str, database: &Database) -> Result<()> {
        let report = server::verify::run(&database.pool).await?;
        if !report.is_clean() {
            self.found(name, &format!("invariants are violated\n{report}"));
        }
        Ok(())
    }
}

pub(crate) fn sign_in_buyers(keys: &AccessKeys) -> Result<People> {
    People::sign_in(keys, 0..sql::BUYERS as u64, sql::BUYERS as u64)
}

impl Stage {
    fn addresses(&self) -> Vec<SocketAddr> {
        self.servers.iter().map(|server| server.address).collect()
    }

    fn cpu(&self) -> Option<Cpu> {
        let servers: Vec<u32> = self.servers.iter().map(Server::pid).collect();
        Cpu::now(&servers, self.postmaster)
    }

    fn cpu_since(&self, before: Option<Cpu>, seen: &Seen) -> Option<CpuPerAnswer> {
        let used = self.cpu()?.since(before?);
        let answers = seen.all_answers().max(1) as f64;
        let per_answer = |seconds: f64| seconds * 1e6 / answers;
        let all = used.server + used.postgres + used.generator;
        Some(CpuPerAnswer {
            server_us: per_answer(used.server),
            postgres_us: per_answer(used.postgres),
            generator_us: per_answer(used.generator),
            cores_busy: all / seen.ran.as_secs_f64(),
        })
    }

    fn peak_memory_mb(&self) -> Option<f64> {
        let peaks = self
            .servers
            .iter()
            .filter_map(|server| peak_memory(server.pid()));
        Some(peaks.max()? as f64 / 1e6)
    }
}

/// How long to measure.
pub(crate) fn timing(quick: bool) -> Timing {
    let (warm_up, time) = if quick { (200, 800) } else { (500, 2000) };
    Timing {
        warm_up: Duration::from_millis(warm_up),
        time: Duration::from_millis(time),
    }
}
