//! The gate: every check there is, cheapest first, up to the first that fails.

use std::time::Instant;

use anyhow::Result;
use clap::ValueEnum;

use crate::database::Database;
use crate::step::run as run_step;
use crate::{e2e, long, mobile, place, prepare, setup};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Run this step alone; may be given several times.
    #[arg(long, value_enum, value_name = "STEP")]
    only: Vec<Step>,
    /// Run what takes too long for every landing instead: before an issue is resolved.
    #[arg(long, conflicts_with = "only")]
    long: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Step {
    /// Format of the code
    Fmt,
    /// `.sqlx/` is what queries and migrations make it
    Prepare,
    /// Lints, natively and for the browser
    Clippy,
    /// The documentation has no broken links
    Docs,
    /// Unit and server tests, on a PostgreSQL of their own
    Test,
    /// The app's tests that need a browser
    Wasm,
    /// Types of the shell on Android and iOS
    Mobile,
    /// The real app, in Chromium and in its desktop window
    E2e,
}

/// How many tests passed and were left out.
#[derive(Default)]
pub(crate) struct Tally {
    passed: u32,
    ignored: u32,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let started = Instant::now();
    setup::everything()?;
    let mut tally = Tally::default();
    if args.long {
        tally.add(&long::run()?);
    }
    for step in Step::value_variants() {
        if !args.long && (args.only.is_empty() || args.only.contains(step)) {
            match step {
                Step::Fmt => fmt()?,
                Step::Prepare => prepare::check()?,
                Step::Clippy => clippy()?,
                Step::Docs => docs()?,
                Step::Test => tally.add(&test()?),
                Step::Wasm => tally.add(&wasm()?),
                Step::Mobile => mobile::check()?,
                Step::E2e => tally.add(&e2e::run()?),
            }
        }
    }
    println!("All is well after {} s.", started.elapsed().as_secs());
    if tally.passed > 0 {
        println!(
            "{} passed, 0 failed, {} skipped",
            tally.passed, tally.ignored
        );
    }
    Ok(())
}

fn fmt() -> Result<()> {
    run_step("Format", place::cargo()?.args(["fmt", "--all", "--check"]))?;
    Ok(())
}

fn clippy() -> Result<()> {
    let mut native = place::cargo()?;
    native.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        "e2e/webdriver,box-office/updater",
    ]);
    run_step("Lints", native.args(["--", "-Dwarnings"]))?;

    let mut browser = place::cargo()?;
    browser
        .args(["clippy", "--package", "app", "--all-targets"])
        .args(["--target", "wasm32-unknown-unknown", "--", "-Dwarnings"]);
    run_step("Lints of the app in the browser", &mut browser)?;
    Ok(())
}

fn docs() -> Result<()> {
    let mut cargo = place::cargo()?;
    cargo.args(["doc", "--workspace", "--no-deps"]);
    run_step("Documentation", cargo.env("RUSTDOCFLAGS", "-Dwarnings"))?;
    Ok(())
}

fn test() -> Result<String> {
    let mut build = place::cargo()?;
    run_step(
        "Build the tests",
        build.args(["test", "--workspace", "--no-run"]),
    )?;
    let database = Database::start()?;
    let mut cargo = place::cargo()?;
    cargo
        .args(["test", "--workspace", "--no-fail-fast"])
        .env("DATABASE_URL", database.url())
        .env("INSTA_UPDATE", "no");
    run_step("Tests", &mut cargo)
}

fn wasm() -> Result<String> {
    let mut build = place::cargo()?;
    build
        .args([
            "build",
            "--package",
            "xtask",
            "--features",
            "wasm-test-runner",
        ])
        .args(["--bin", "wasm-test-runner"]);
    run_step("Build the runner of browser tests", &mut build)?;
    let mut cargo = place::cargo()?;
    cargo
        .args([
            "test",
            "--lib",
            "--package",
            "app",
            "--package",
            "i18n",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            place::built("wasm-test-runner")?,
        );
    run_step("Tests of the app in the browser", &mut cargo)
}

impl Tally {
    /// Adds what the lines `test result: ok. 3 passed; 0 failed; 1 ignored; …` say.
    fn add(&mut self, said: &str) {
        for line in said
            .lines()
            .filter(|line| line.starts_with("test result: ok."))
        {
            let count = |of: &str| {
                let words: Vec<&str> = line.split(' ').collect();
                let pair = words.windows(2).find(|pair| pair[1] == of);
                pair.and_then(|pair| pair[0].parse::<u32>().ok())
                    .unwrap_or_default()
            };
            self.passed += count("passed;");
            self.ignored += count("ignored;");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_cargo_says() {
        let mut tally = Tally::default();
        tally.add(
            "running 3 tests\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured\n\
             test result: ok. 40 passed; 0 failed; 0 ignored; 0 measured; 7 filtered out",
        );
        assert_eq!((tally.passed, tally.ignored), (42, 1));
    }
}
