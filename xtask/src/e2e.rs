//! The real app, driven by WebDriver: everything built as it is run, on a screen of its own.

use std::process::Command;

use anyhow::Result;

use crate::database::Database;
use crate::step::run as run_step;
use crate::{place, web};

/// How many journeys run at the same time: each waits for its browser most of the time.
const SIDE_BY_SIDE: &str = "4";

/// Answers what the tests said.
pub(crate) fn run() -> Result<String> {
    web::build(&web::Args::default())?;
    web::check_budget()?;
    let mut build = place::cargo()?;
    build.args([
        "build",
        "--workspace",
        "--bin",
        "boxoffice",
        "--bin",
        "box-office",
    ]);
    run_step("Build the server and the shell", &mut build)?;
    run_step("Build the end-to-end tests", tests()?.arg("--no-run"))?;

    let database = Database::start()?;
    let mut tests = tests()?;
    equip(&mut tests, &database)?;
    tests
        .env("BOXOFFICE_SHELL", place::built("box-office")?)
        .env(
            "AXE",
            place::npm()?.join("node_modules/axe-core/axe.min.js"),
        )
        // Errors say what a journey did; stack traces would only hide the other failures.
        .env("RUST_BACKTRACE", "0")
        .env("RUST_TEST_THREADS", SIDE_BY_SIDE);
    run_step("End-to-end tests", &mut tests)
}

fn tests() -> Result<Command> {
    let mut tests = place::cargo()?;
    tests.args(["test", "--workspace"]);
    tests.args(["--features", "e2e/webdriver", "--test", "e2e"]);
    Ok(tests)
}

/// Tells a program that uses the `e2e` crate where the server, its web app and its PostgreSQL are.
pub(crate) fn equip(program: &mut Command, database: &Database) -> Result<()> {
    program
        .env("BOXOFFICE_BIN", place::built("boxoffice")?)
        .env("BOXOFFICE_WEB", place::web()?)
        .env("DATABASE_URL", database.url());
    Ok(())
}
