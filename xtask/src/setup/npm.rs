//! Tools from npm: `esbuild` and `wasm-opt` for the web app, `axe-core` for its tests, and what
//! audits it.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::place;
use crate::step::run;

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
    // On Windows npm is a script, which only the command interpreter runs.
    let mut npm = if cfg!(windows) {
        let mut shell = Command::new("cmd");
        shell.args(["/C", "npm"]);
        shell
    } else {
        Command::new("npm")
    };
    npm.current_dir(to)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    run(step, &mut npm)?;
    fs::write(installed, lock)?;
    Ok(())
}
