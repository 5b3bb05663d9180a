//! The web app, ready to be served and to be bundled into the shell: WebAssembly from the crate
//! `app`, its JavaScript and the styles as one file each, named by content, and all compressed.
//!
//! Trunk would do much of this, and takes many minutes to install; here is the library that it
//! calls, at the version of the lock file.

mod compress;
mod files;
mod inputs;
#[cfg(test)]
mod style;
mod wasm;
mod worker;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::step::{run as run_step, step};
use crate::{place, setup};
use inputs::digest;

#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct Args {
    /// Build quickly, for looking at changes: large and slow.
    #[arg(long)]
    pub(crate) dev: bool,
    /// Leave out the compressed files, of which only a server has use.
    #[arg(long)]
    pub(crate) plain: bool,
    /// Where to put it [default: `web` in cargo's target folder]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
}

/// What files the names in `app/index.html` stand for.
const NAMED_BY_CONTENT: [&str; 3] = ["css", "js", "wasm"];

const FIRST_LOAD: &str = "first load";

/// The most that a first visit may load, compressed, in KB.
const BUDGET: [(&str, u64); 3] = [("wasm", 300), ("css", 20), (FIRST_LOAD, 400)];

pub(crate) fn run(args: &Args) -> Result<()> {
    setup::install(&[setup::BUILD])?;
    build(args)
}

/// Builds it unless it is there already, made of the same.
pub(crate) fn build(args: &Args) -> Result<()> {
    let out = match &args.out {
        Some(out) => std::path::absolute(out)?,
        None => place::web()?,
    };
    let compiled = wasm::compile(args.dev)?;
    let made_of = format!("{}\nplain {}", inputs::all(&compiled)?, args.plain);
    let made_of_file = out.with_extension("made-of");
    if out.is_dir() && fs::read_to_string(&made_of_file).is_ok_and(|before| before == made_of) {
        return Ok(());
    }
    step("Put the web app together", |_| {
        let parent = out.parent().context("--out names no folder")?;
        fs::create_dir_all(parent)?;
        let new = tempfile::tempdir_in(parent)?;
        assemble(&compiled, new.path(), args.dev)?;
        if !args.dev && !args.plain {
            compress::all(new.path())?;
        }
        files::replace(&out, &new.keep())?;
        Ok(fs::write(&made_of_file, made_of)?)
    })?;
    report(&out)
}

fn assemble(compiled: &Path, new: &Path, dev: bool) -> Result<()> {
    let root = place::root();
    let public = root.join("app/public");
    if public.is_dir() {
        files::copy(&public, new)?;
    }
    let assets = new.join("assets");
    fs::create_dir_all(&assets)?;

    let work = tempfile::tempdir()?;
    wasm::bind(compiled, work.path(), &assets, dev)?;
    let wasm = fs::read(work.path().join("app_bg.wasm"))?;
    let wasm_name = format!("app-{}.wasm", digest(&wasm));
    fs::write(assets.join(&wasm_name), wasm)?;
    bundle(work.path(), &assets, &wasm_name, dev)?;

    let index = fs::read_to_string(root.join("app/index.html"))?;
    let index = with_names(&index, &assets)?;
    fs::write(new.join("index.html"), index)?;
    worker::write(&fs::read_to_string(root.join("app/sw.js"))?, new)
}

/// Joins the modules of JavaScript into one file, and the style sheets into another.
fn bundle(bound: &Path, assets: &Path, wasm_name: &str, dev: bool) -> Result<()> {
    let root = place::root();
    let mut esbuild = npm_tool("esbuild/bin/esbuild")?;
    esbuild
        .current_dir(&root)
        .args(["app/start.js", "style/main.css", "--bundle", "--format=esm"])
        .args(["--entry-names=app-[hash]", "--legal-comments=none"])
        .args(["--log-level=warning", "--target=es2022"])
        // wasm-bindgen names the module with the lazy parts once for each of them.
        .arg("--log-override:duplicate-object-key=silent")
        .arg(format!(
            "--alias:app-wasm={}",
            bound.join("app.js").display()
        ))
        .arg(format!("--define:APP_WASM=\"/assets/{wasm_name}\""))
        .arg(format!("--outdir={}", assets.display()));
    if !dev {
        esbuild.arg("--minify");
    }
    let output = esbuild.output().context("cannot run esbuild")?;
    let said = String::from_utf8_lossy(&output.stderr);
    // Its warnings are mistakes in style sheets that a browser would pass over in silence.
    ensure!(
        output.status.success() && said.trim().is_empty(),
        "esbuild:\n{said}"
    );
    Ok(())
}

/// A tool from npm. Calling node on its script works on every system.
fn npm_tool(script: &str) -> Result<Command> {
    let mut node = Command::new("node");
    node.arg(place::npm()?.join("node_modules").join(script));
    Ok(node)
}

/// Puts the names of the files in `assets` for `/assets/app.css` and so on.
fn with_names(index: &str, assets: &Path) -> Result<String> {
    let mut index = index.to_owned();
    for kind in NAMED_BY_CONTENT {
        let file = files::only(assets, kind)?;
        let stands_for_it = format!("\"/assets/app.{kind}\"");
        ensure!(
            index.contains(&stands_for_it),
            "app/index.html does not mention {stands_for_it}"
        );
        index = index.replace(&stands_for_it, &format!("\"/assets/{file}\""));
    }
    Ok(index)
}

/// Prints what a first visit loads.
fn report(out: &Path) -> Result<()> {
    for (what, bytes) in first_load(out)? {
        println!("  {what}: {}", kilobytes(bytes));
    }
    println!("  in {}", out.display());
    Ok(())
}

/// Refuses a web app that makes its first visitors wait.
pub(crate) fn check_budget() -> Result<()> {
    for (what, bytes) in first_load(&place::web()?)? {
        let budget = BUDGET.iter().find(|(part, _)| *part == what);
        if let Some((_, most)) = budget {
            ensure!(
                bytes <= most * 1024,
                "The web app's {what} is {}, which is over its budget of {most} KB.",
                kilobytes(bytes)
            );
        }
    }
    Ok(())
}

/// The bytes of each kind that a first visit loads, and of all together.
fn first_load(out: &Path) -> Result<Vec<(&'static str, u64)>> {
    let assets = out.join("assets");
    let mut parts = Vec::new();
    for kind in NAMED_BY_CONTENT {
        parts.push((kind, size(&assets.join(files::only(&assets, kind)?))?));
    }
    let page = size(&out.join("index.html"))?;
    parts.push((
        FIRST_LOAD,
        parts.iter().map(|(_, bytes)| bytes).sum::<u64>() + page,
    ));
    Ok(parts)
}

/// How much of it is sent: compressed where that was done.
fn size(file: &Path) -> Result<u64> {
    let sent = fs::metadata(compress::beside(file, "br")).or_else(|_| fs::metadata(file));
    Ok(sent
        .with_context(|| format!("cannot read {}", file.display()))?
        .len())
}

fn kilobytes(bytes: u64) -> String {
    format!("{}.{} KB", bytes / 1024, bytes % 1024 * 10 / 1024)
}
