//! Lighthouse, as it plays a phone of the middle class on a slow network.

use std::io::BufReader;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::NamedTempFile;

/// How often a run is begun again that saw nothing of the page, as happens now and then.
const TRIES: u32 = 3;

/// Of 100, by the Lighthouse that `script` starts.
pub(crate) fn score(script: &str, url: &str, category: &str) -> Result<f64> {
    let mut tries = 1;
    loop {
        let report = report(script, url, category)?;
        let score = report["categories"][category]["score"].as_f64();
        if let Some(score) = score {
            explain(&report, score);
            return Ok(score * 100.0);
        }
        let error = &report["runtimeError"]["message"];
        ensure!(tries < TRIES, "no {category}: {error}");
        println!("       again, for: {error}");
        tries += 1;
    }
}

fn report(script: &str, url: &str, category: &str) -> Result<Value> {
    // What it prints is cut off where it fails.
    let report = NamedTempFile::new()?;
    let status = Command::new("node")
        .arg(script)
        .arg(url)
        .args(["--quiet", "--output=json", "--only-categories", category])
        .arg("--output-path")
        .arg(report.path())
        .arg(
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu --no-first-run \
            --disable-background-networking --disable-component-update --disable-sync",
        )
        .status()?;
    // Where it could not see the page it says so in the report.
    serde_json::from_reader(BufReader::new(report))
        .with_context(|| format!("lighthouse ended with {status} and no report"))
}

/// Says what stands in the way of a full score.
fn explain(report: &Value, score: f64) {
    println!("  {:>3.0}  {}", score * 100.0, report["finalDisplayedUrl"]);
    for (name, audit) in report["audits"].as_object().into_iter().flatten() {
        if audit["score"].as_f64().is_some_and(|score| score < 0.9) {
            let shown = audit["displayValue"].as_str().unwrap_or_default();
            println!("       {name}: {} {shown}", audit["title"]);
        }
    }
}
