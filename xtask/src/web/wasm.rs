//! From the crate `app` to WebAssembly and the JavaScript that loads it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::{npm_tool, run_step};
use crate::place;

/// What `rustc` makes use of by default, which all browsers have that the app runs in.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Compiles the crate; cargo decides whether there is anything to do.
pub(super) fn compile(dev: bool) -> Result<PathBuf> {
    let profile = if dev { "dev" } else { "release-wasm" };
    let mut cargo = place::cargo()?;
    cargo
        .args(["build", "--package", "app", "--bin", "app"])
        .args(["--target", "wasm32-unknown-unknown", "--profile", profile]);
    run_step("Compile the web app", &mut cargo)?;
    let folder = if dev { "debug" } else { profile };
    Ok(place::target()?
        .join("wasm32-unknown-unknown")
        .join(folder)
        .join("app.wasm"))
}

/// Writes `app_bg.wasm`, as small as can be, and `app.js`, which exports what loads it.
pub(super) fn bind(compiled: &Path, to: &Path, dev: bool) -> Result<()> {
    Bindgen::new()
        .input_path(compiled)
        .out_name("app")
        .web(true)?
        .typescript(false)
        .debug(dev)
        .remove_name_section(!dev)
        .remove_producers_section(true)
        .generate(to)?;
    if dev {
        Ok(())
    } else {
        shrink(&to.join("app_bg.wasm"))
    }
}

fn shrink(wasm: &Path) -> Result<()> {
    let smaller = wasm.with_extension("smaller");
    let output = npm_tool("binaryen/bin/wasm-opt")?
        .arg("-Oz")
        .args(FEATURES)
        .arg(wasm)
        .arg("-o")
        .arg(&smaller)
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "wasm-opt:\n{said}");
    Ok(fs::rename(smaller, wasm)?)
}
