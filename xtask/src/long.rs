//! What takes too long for every landing: `cargo xtask test --long`, beside the gate.

use anyhow::Result;

use crate::database::Database;
use crate::step::run as run_step;
use crate::{fuzz, place};

const WALK_OPERATIONS: &str = "20000";
/// How often the crash tests are run, each of which kills a server twenty times.
const CRASHES: usize = 3;

/// Answers what the tests said.
pub(crate) fn run() -> Result<String> {
    let mut said = walk()?;
    for _ in 0..CRASHES {
        said += &crash()?;
    }
    fuzz::run(&fuzz::Args::default())?;
    Ok(said)
}

fn walk() -> Result<String> {
    let database = Database::start()?;
    let mut walk = place::cargo()?;
    walk.args(["test", "--workspace", "--test", "api"])
        .args(["--", "--nocapture", "walk::a_random_walk"])
        .env("WALK_OPERATIONS", WALK_OPERATIONS)
        .env("DATABASE_URL", database.url());
    run_step(
        &format!("A walk of {WALK_OPERATIONS} operations"),
        &mut walk,
    )
}

fn crash() -> Result<String> {
    let database = Database::start()?;
    let mut crash = place::cargo()?;
    crash
        .args(["test", "--workspace", "--test", "crash"])
        .env("DATABASE_URL", database.url());
    run_step("Kills", &mut crash)
}
