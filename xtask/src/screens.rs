//! Pictures of every screen in every state, and a contact sheet of them.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::database::Database;
use crate::e2e::equip;
use crate::step::run as run_step;
use crate::{place, setup, web};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only screens whose names begin with this; may be given several times.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Dots a pixel has: 2 or 3 for pictures to be shown.
    #[arg(long, default_value_t = 1)]
    density: u8,
    /// Build the web app quickly: large and slow, for looking at changes.
    #[arg(long)]
    dev: bool,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    setup::everything()?;
    web::build(&web::Args {
        dev: args.dev,
        ..web::Args::default()
    })?;
    let mut build = place::cargo()?;
    build
        .args(["build", "--workspace", "--features", "e2e/webdriver"])
        .args(["--bin", "boxoffice", "--bin", "screens"]);
    run_step("Build the server and the camera", &mut build)?;
    let database = Database::start()?;
    let mut screens = Command::new(place::built("screens")?);
    equip(&mut screens, &database)?;
    let status = screens
        .arg(place::target()?.join("screens"))
        .arg(args.density.to_string())
        .args(&args.only)
        .status()?;
    ensure!(status.success(), "the camera ended with {status}");
    Ok(())
}
