//! The real app, driven by WebDriver: everything built as it is run, on a screen of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::database::Database;
use crate::step::run as run_step;
use crate::{place, web};

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

    let screen = Screen::start()?;
    let database = Database::start()?;
    let mut tests = tests()?;
    equip(&mut tests, &database)?;
    tests
        .env("BOXOFFICE_SHELL", place::built("box-office")?)
        .env(
            "AXE",
            place::npm()?.join("node_modules/axe-core/axe.min.js"),
        )
        .env("DISPLAY", &screen.name)
        // Errors say what a journey did; stack traces would only hide the other failures.
        .env("RUST_BACKTRACE", "0")
        // Two windows on one screen would fight for the keyboard.
        .env("RUST_TEST_THREADS", "1");
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

/// A screen that nobody sees.
pub(crate) struct Screen {
    pub(crate) name: String,
    xvfb: Child,
}

impl Screen {
    pub(crate) fn start() -> Result<Self> {
        let mut xvfb = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1400x1000x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot run Xvfb")?;
        let mut number = String::new();
        let out = xvfb.stdout.take().context("Xvfb has no output")?;
        BufReader::new(out).read_line(&mut number)?;
        let name = format!(":{}", number.trim());
        Ok(Self { name, xvfb })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It holds nothing, and is gone with the machine at the latest.
        let _ = self.xvfb.kill().and_then(|()| self.xvfb.wait());
    }
}
