//! From the crate `app` to WebAssembly and the JavaScript that loads it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::inputs::digest;
use super::{npm_tool, run_step};
use crate::place;

/// The script that knows where the parts are that are loaded later, and their folder.
const LINKS: &str = "lazy.js";
const LAZY: &str = "lazy";

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

/// Writes `app_bg.wasm`, as small as can be, `app.js`, which exports what loads it, and to
/// `assets/lazy` what is loaded later.
pub(super) fn bind(compiled: &Path, to: &Path, assets: &Path, dev: bool) -> Result<()> {
    let main = to.join("main.wasm");
    let lazy = split(compiled, to, &main)?;
    Bindgen::new()
        .input_path(main)
        .out_name("app")
        .web(true)?
        .typescript(false)
        .debug(dev)
        .keep_lld_exports(true)
        .remove_name_section(!dev)
        .remove_producers_section(true)
        .generate(to)?;
    if !dev {
        shrink(&to.join("app_bg.wasm"))?;
    }
    let folder = assets.join(LAZY);
    fs::create_dir_all(&folder)?;
    let links = to.join(LINKS);
    let mut script = fs::read_to_string(&links)?;
    for part in lazy {
        if !dev {
            shrink(&part)?;
        }
        let name = name_by_content(&part)?;
        let old = part.file_name().unwrap_or_default().to_string_lossy();
        script = script.replace(&format!("\"./{old}\""), &format!("\"./{LAZY}/{name}\""));
        fs::rename(&part, folder.join(name))?;
    }
    Ok(fs::write(links, script)?)
}

/// Takes apart what the app loads at once and what it loads later; answers the files of the latter.
fn split(compiled: &Path, to: &Path, main: &Path) -> Result<Vec<PathBuf>> {
    let whole = fs::read(compiled)?;
    let mut options = wasm_split_cli_support::Options::new(&whole);
    options.output_dir = to;
    options.main_out_path = main;
    options.main_module = "./app.js";
    let link_name = format!("./{LINKS}");
    options.link_name = &link_name;
    let parts = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("cannot split the app: {error:#}"))?;
    Ok(parts.split_modules)
}

fn name_by_content(part: &Path) -> Result<String> {
    let stem = part.file_stem().unwrap_or_default().to_string_lossy();
    Ok(format!("{stem}-{}.wasm", digest(&fs::read(part)?)))
}

fn shrink(wasm: &Path) -> Result<()> {
    let smaller = wasm.with_extension("smaller");
    let output = npm_tool("binaryen/bin/wasm-opt")?
        .arg("-O3")
        .args(FEATURES)
        .arg(wasm)
        .arg("-o")
        .arg(&smaller)
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "wasm-opt:\n{said}");
    Ok(fs::rename(smaller, wasm)?)
}
