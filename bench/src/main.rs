//! The benchmark of the hot sale, as `cargo xtask bench` runs it.

mod ask;
mod database;
mod disk;
mod http;
mod ledger;
mod levels;
mod load;
mod people;
mod process;
mod schedule;
mod sql;
mod summary;
mod table;
mod tally;
mod usage;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Parser;
use server::auth::{AccessKeys, AccessSecrets};

use crate::database::Cluster;
use crate::levels::{Bench, Level};
use crate::summary::PACED;
use crate::table::Summary;

/// Sells one event as fast as it goes, and measures it against what PostgreSQL and doing nothing allow.
#[derive(Parser)]
struct Args {
    /// One short round, and at most a million tickets: to see whether it works.
    #[arg(long)]
    quick: bool,
    /// Only these levels, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Level>,
    /// Rounds, of which the medians count [default: 3, quick: 1]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: Option<u32>,
    /// A setting of PostgreSQL other than its own, as `name=value`.
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    set: Vec<(String, String)>,
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as name=value")?;
    Ok((name.to_owned(), value.to_owned()))
}

// One thread for the generator: it shares the machine with what it measures.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    let args = Args::parse();
    tokio::select! {
        outcome = run(&args) => outcome,
        _ = tokio::signal::ctrl_c() => bail!("interrupted"),
    }
}

/// Exits 1 when something is wrong; a target that is not reached is not.
async fn run(args: &Args) -> Result<ExitCode> {
    let started = Instant::now();
    let (program, out) = places()?;
    open_many_files()?;
    let sync = disk::sync_latency(&out, Duration::from_secs(1))?;
    eprintln!("Starting PostgreSQL and filling its tables.");
    let cluster = Cluster::start(&out, &args.set).await?;
    let settings = cluster.settings().await?;
    let mut bench = bench(cluster, program, args.quick)?;
    let levels = levels(&args.only);
    if levels.contains(&Level::H6) {
        fill_large(&mut bench, args.quick).await?;
    }
    let rounds = args.rounds.unwrap_or(if args.quick { 1 } else { 3 });
    for round in 1..=rounds {
        eprintln!("Round {round} of {rounds}");
        bench.round = round;
        bench.sign_in()?;
        for level in &levels {
            bench.run(*level).await?;
        }
    }
    for (size, _, database) in std::mem::take(&mut bench.large) {
        bench.verify(&format!("H6 mine {size}"), &database).await?;
    }
    let summary = Summary {
        quick: args.quick,
        cores: std::thread::available_parallelism()?.get(),
        disk_sync: sync,
        settings: settings.into_iter().collect(),
        seconds: started.elapsed().as_secs(),
        rows: summary::rows(&bench.samples),
        targets: summary::targets(&bench.samples),
        wrong: bench.wrong,
        samples: bench.samples,
    };
    println!("{summary}");
    let file = out.join("summary.json");
    fs::write(&file, serde_json::to_vec_pretty(&summary)?)?;
    println!("\nAll of it is in {}.", file.display());
    Ok(ExitCode::from(u8::from(!summary.wrong.is_empty())))
}

/// The server, built beside this program, and the folder for what comes of it.
fn places() -> Result<(PathBuf, PathBuf)> {
    let this = std::env::current_exe()?;
    let program = this.with_file_name(format!("boxoffice{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        bail!(
            "{} is not built; `cargo xtask bench` does it",
            program.display()
        );
    }
    let target = this.ancestors().nth(2).context("no target folder")?;
    let out = target.join("bench");
    fs::create_dir_all(&out)?;
    Ok((program, out))
}

fn bench(cluster: Cluster, program: PathBuf, quick: bool) -> Result<Bench> {
    let data_dir = cluster.folder().join("data");
    let keys = keys(&data_dir)?;
    let buyers = levels::sign_in_buyers(&keys)?;
    Ok(Bench {
        cluster,
        program,
        keys,
        data_dir,
        timing: levels::timing(quick),
        round: 0,
        buyers,
        large: Vec::new(),
        samples: Vec::new(),
        wrong: Vec::new(),
    })
}

/// The keys that servers on this data directory will sign and check with.
fn keys(data_dir: &Path) -> Result<AccessKeys> {
    Ok(AccessKeys::new(&AccessSecrets::load_or_create(data_dir)?))
}

/// The levels asked for, in order; a pace is taken from H2, and a code's cost held against it.
fn levels(only: &[Level]) -> Vec<Level> {
    use clap::ValueEnum;
    let all = Level::value_variants().iter().copied();
    let asked = |level: &Level| {
        only.is_empty()
            || only.contains(level)
            || (*level == Level::H2 && (only.contains(&Level::H3) || only.contains(&Level::Promo)))
    };
    all.filter(asked).collect()
}

async fn fill_large(bench: &mut Bench, quick: bool) -> Result<()> {
    let sizes = [("1M", 1_000_000), ("10M", 10_000_000)];
    let count = if quick { 1 } else { PACED.len() - 1 };
    for (size, tickets) in sizes.into_iter().take(count) {
        eprintln!("Filling a database with {size} tickets.");
        let name = format!("tickets_{}", size.to_lowercase());
        let database = bench.cluster.filled(&name, tickets).await?;
        bench.large.push((size, tickets, database));
    }
    Ok(())
}

/// H7 needs a connection for each buyer, here and in the server, which inherits the limit.
#[cfg(unix)]
fn open_many_files() -> Result<()> {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    const NEEDED: u64 = 10_500;
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if most < NEEDED {
        bail!("this user may open {most} files; H7 needs {NEEDED} (`ulimit -Hn`)");
    }
    setrlimit(Resource::RLIMIT_NOFILE, most.min(NEEDED * 10), most)?;
    Ok(())
}

#[cfg(not(unix))]
fn open_many_files() -> Result<()> {
    Ok(())
}
