//! Lighthouse, as it plays a phone of the middle class on a slow network.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Of 100, by the Lighthouse that `script` starts.
pub(crate) fn score(script: &str, url: &str, category: &str) -> Result<f64> {
    let output = Command::new("node")
        .arg(script)
        .arg(url)
        .args(["--quiet", "--output=json", "--only-categories", category])
        .arg(
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu --no-first-run \
            --disable-background-networking --disable-component-update --disable-sync",
        )
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(
        output.status.success(),
        "lighthouse ended with {}",
        output.status
    );
    let report: Value = serde_json::from_slice(&output.stdout)?;
    let score = report["categories"][category]["score"].as_f64();
    let score = score.with_context(|| format!("no {category}: {}", report["runtimeError"]))?;
    explain(&report, score);
    Ok(score * 100.0)
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
