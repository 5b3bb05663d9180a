//! The benchmark, on optimised builds.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::step::run as run_step;
use crate::{place, setup};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// One short round, to see whether it works.
    #[arg(long)]
    quick: bool,
    /// Only these levels, separated by commas: H0, P2, P4, H1 to H7, promo, fair.
    #[arg(long)]
    only: Option<String>,
    /// More arguments for the benchmark.
    #[arg(last = true)]
    more: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    setup::install(&[setup::BUILD])?;
    let mut build = place::cargo()?;
    build.args(["build", "--release", "--workspace"]);
    build.args(["--bin", "boxoffice", "--bin", "bench"]);
    run_step("Build the server and the benchmark", &mut build)?;
    let mut bench = Command::new(place::built_in("release", "bench")?);
    if args.quick {
        bench.arg("--quick");
    }
    if let Some(only) = &args.only {
        bench.args(["--only", &only.to_lowercase()]);
    }
    let status = bench.args(&args.more).status()?;
    ensure!(status.success(), "the benchmark ended with {status}");
    Ok(())
}
