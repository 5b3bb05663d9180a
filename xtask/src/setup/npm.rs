//! Tools from npm: `esbuild` and `wasm-opt` for the web app, `axe-core` for its tests, what audits
//! it, and what makes packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::place;
use crate::step::run;

/// Its parts for each system have the same version, by name.
const TAURI: &str = "2.12.5";

/// Installs exactly the versions of the lock file in `from`, unless they are in `to`.
pub(super) fn install(from: &str, to: &Path, step: &str) -> Result<()> {
    let from = place::root().join(from);
    let lock = fs::read(from.join("package-lock.json"))?;
    let installed = to.join("installed.json");
    if fs::read(&installed).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(from.join(file), to.join(file)).with_context(|| format!("cannot copy {file}"))?;
    }
    run(step, npm(to).arg("ci"))?;
    fs::write(installed, lock)?;
    Ok(())
}

/// Tauri's command line, which only packages need: its script for node.
pub(crate) fn tauri() -> Result<PathBuf> {
    let to = place::target()?.join(format!("tauri-cli-{TAURI}"));
    let script = to.join("node_modules/@tauri-apps/cli/tauri.js");
    if !script.exists() {
        fs::create_dir_all(&to)?;
        fs::write(to.join("package.json"), "{}")?;
        let package = format!("@tauri-apps/cli@{TAURI}");
        run(
            "Install Tauri's command line",
            npm(&to).args(["install", &package]),
        )?;
    }
    Ok(script)
}

fn npm(folder: &Path) -> Command {
    // On Windows npm is a script, which only the command interpreter runs.
    let mut npm = if cfg!(windows) {
        let mut shell = Command::new("cmd");
        shell.args(["/C", "npm"]);
        shell
    } else {
        Command::new("npm")
    };
    npm.current_dir(folder)
        .env("npm_config_ignore_scripts", "true")
        .env("npm_config_audit", "false")
        .env("npm_config_fund", "false");
    npm
}
