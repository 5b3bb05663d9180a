//! What the web app is made of, to see whether it is made of the same as before.

use std::path::Path;
use std::time::UNIX_EPOCH;
use std::{env, fs};

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::place;

/// Enough of a digest to tell one build from all others.
const DIGEST_BYTES: usize = 8;

pub(super) fn digest(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes)[..DIGEST_BYTES])
}

/// One line for each input: its name and its digest.
pub(super) fn all(compiled: &Path) -> Result<String> {
    let root = place::root();
    let mut lines = vec![tool()?];
    file(compiled, &mut lines)?;
    for input in [
        "style",
        "app/public",
        "app/index.html",
        "app/start.js",
        "app/sw.js",
        "xtask/npm",
    ] {
        let path = root.join(input);
        if path.is_dir() {
            folder(&path, &mut lines)?;
        } else if path.exists() {
            file(&path, &mut lines)?;
        }
    }
    Ok(lines.join("\n"))
}

/// This program decides what becomes of the rest.
fn tool() -> Result<String> {
    let about = fs::metadata(env::current_exe()?)?;
    let changed = about.modified()?.duration_since(UNIX_EPOCH)?;
    Ok(format!("xtask {changed:?}"))
}

fn folder(path: &Path, lines: &mut Vec<String>) -> Result<()> {
    let mut entries = fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            folder(&path, lines)?;
        } else {
            file(&path, lines)?;
        }
    }
    Ok(())
}

fn file(path: &Path, lines: &mut Vec<String>) -> Result<()> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    lines.push(format!("{} {}", path.display(), digest(&bytes)));
    Ok(())
}
