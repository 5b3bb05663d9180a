//! The package that people install, by Tauri's own bundler.

mod check;
mod screen;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::step::run as run_step;
use crate::{place, setup, web};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Install the package on this machine, use it, and remove it again (Debian and Ubuntu).
    #[arg(long)]
    check: bool,
}

/// Its name in `Cargo.toml`: small and fast rather than quickly built.
const PROFILE: &str = "release-shell";
const KIND: &str = if cfg!(target_os = "macos") {
    "dmg"
} else if cfg!(windows) {
    "nsis"
} else {
    "deb"
};
const MOST_BYTES: u64 = 12_000_000;

pub(crate) fn run(args: &Args) -> Result<()> {
    setup::install(&[setup::BUILD, setup::WINDOW])?;
    let tauri = setup::tauri()?;
    let web = place::target()?.join("web-plain");
    web::build(&web::Args {
        plain: true,
        out: Some(web.clone()),
        ..web::Args::default()
    })?;
    let package = make(&tauri, &web)?;
    let bytes = fs::metadata(&package)?.len();
    println!("  {}: {:.1} MB", package.display(), bytes as f64 / 1e6);
    ensure!(
        bytes <= MOST_BYTES,
        "The package is larger than {} MB.",
        MOST_BYTES / 1_000_000
    );
    if args.check {
        check::run(&package)?;
    }
    Ok(())
}

fn make(tauri: &Path, web: &Path) -> Result<PathBuf> {
    let target = place::target()?;
    let made = target.join(PROFILE).join("bundle").join(KIND);
    if made.exists() {
        fs::remove_dir_all(&made)?;
    }
    let config = serde_json::json!({ "build": { "frontendDist": web } });
    let mut build = Command::new("node");
    build
        .current_dir(place::root())
        .env("CARGO_TARGET_DIR", &target)
        .arg(tauri)
        .args(["build", "--ci", "--bundles", KIND])
        .args(["--config", &config.to_string()])
        .args(["--", "--profile", PROFILE]);
    run_step("Build the package", &mut build)?;
    let package = fs::read_dir(&made)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.is_file());
    package.with_context(|| format!("there is no package in {}", made.display()))
}
