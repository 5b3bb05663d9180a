//! How fast the app starts and scrolls, and what Lighthouse says of it.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::database::Database;
use crate::e2e::equip;
use crate::step::run as run_step;
use crate::{place, setup, web};

pub(crate) fn run() -> Result<()> {
    setup::everything()?;
    setup::lighthouse()?;
    web::build(&web::Args::default())?;
    let mut build = place::cargo()?;
    build
        .args(["build", "--workspace", "--features", "e2e/webdriver"])
        .args(["--bin", "boxoffice", "--bin", "audit"]);
    run_step("Build the server and the auditor", &mut build)?;
    let lighthouse = place::lighthouse()?.join("node_modules/lighthouse/cli/index.js");
    let database = Database::start()?;
    let mut audit = Command::new(place::built("audit")?);
    equip(&mut audit, &database)?;
    let status = audit.arg(lighthouse).status()?;
    ensure!(status.success(), "the audit ended with {status}");
    Ok(())
}
