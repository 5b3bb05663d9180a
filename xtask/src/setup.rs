//! What the project needs on the machine, installed where it is missing. What is there is asked
//! each time, which takes a moment; nothing is remembered.

mod need;
mod npm;
mod packages;

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::place;
use crate::step::run;
use need::Need;
pub(crate) use need::{BUILD, DESKTOP, FONTS, TEST, WINDOW};
pub(crate) use npm::tauri;
pub(crate) use packages::as_root;

pub(crate) fn everything() -> Result<()> {
    install(&[BUILD, WINDOW, FONTS, TEST])
}

/// Installs what is missing for these purposes.
pub(crate) fn install(purposes: &[&[Need]]) -> Result<()> {
    packages::install(&purposes.concat())?;
    wasm_target()?;
    npm::install(
        "xtask/npm",
        &place::npm()?,
        "Install esbuild, wasm-opt and axe-core",
    )
}

/// Installs Lighthouse where it is missing.
pub(crate) fn lighthouse() -> Result<()> {
    npm::install("xtask/audit", &place::lighthouse()?, "Install Lighthouse")
}

/// The compiler's standard library for a browser.
fn wasm_target() -> Result<()> {
    rust_target("wasm32-unknown-unknown")
}

/// The compiler's standard library for another machine.
pub(crate) fn rust_target(target: &str) -> Result<()> {
    let mut rustc = Command::new("rustc");
    let folder = rustc
        .args(["--print", "target-libdir", "--target", target])
        .output()?;
    if Path::new(String::from_utf8_lossy(&folder.stdout).trim()).is_dir() {
        return Ok(());
    }
    if !need::program("rustup") {
        bail!("Rust's library for {target} is missing, and there is no rustup to install it with");
    }
    run(
        &format!("Install Rust's {target}"),
        Command::new("rustup").args(["target", "add", target]),
    )?;
    Ok(())
}
