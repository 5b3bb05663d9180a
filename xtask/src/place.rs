//! Where things are, and cargo called so that all commands share what it built.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};

/// The repository.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}

/// Cargo's target folder: this program lies in its `debug`.
pub(crate) fn target() -> Result<PathBuf> {
    let program = env::current_exe().context("cannot find this program")?;
    let folder = program.ancestors().nth(2);
    Ok(folder
        .context("this program lies in no target folder")?
        .to_owned())
}

/// The built web app, unless named otherwise.
pub(crate) fn web() -> Result<PathBuf> {
    Ok(target()?.join("web"))
}

/// A program that cargo built.
pub(crate) fn built(name: &str) -> Result<PathBuf> {
    built_in("debug", name)
}

/// A program that cargo built to `profile`.
pub(crate) fn built_in(profile: &str, name: &str) -> Result<PathBuf> {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    Ok(target()?.join(profile).join(file))
}

/// What the server keeps when it is run from here.
pub(crate) fn data() -> PathBuf {
    root().join("data")
}

/// Tools from npm, installed by the set-up.
pub(crate) fn npm() -> Result<PathBuf> {
    Ok(target()?.join("npm"))
}

/// Lighthouse, which only the audit needs.
pub(crate) fn lighthouse() -> Result<PathBuf> {
    Ok(target()?.join("lighthouse"))
}

/// Cargo in the repository, on the same target folder. For native builds name the crates by
/// `--workspace` and a target such as `--bin boxoffice`, never by `-p`: cargo then chooses the
/// same features for every dependency each time and builds it once.
pub(crate) fn cargo() -> Result<Command> {
    let mut cargo = Command::new(variable("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    cargo
        .current_dir(root())
        .env("CARGO_TARGET_DIR", target()?)
        .env("SQLX_OFFLINE", "true");
    // The shell compiles this folder in, and not at all where it is missing.
    let web = web()?;
    fs::create_dir_all(&web)?;
    if web != root().join("target/web") {
        let config = serde_json::json!({ "build": { "frontendDist": web } });
        cargo.env("TAURI_CONFIG", config.to_string());
    }
    Ok(cargo)
}

/// A variable that the machine sets.
#[expect(
    clippy::disallowed_methods,
    reason = "these commands are configured by their flags alone"
)]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}
