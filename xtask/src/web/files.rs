//! Folders, whole.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// The name of the one file of its type.
pub(super) fn only(folder: &Path, extension: &str) -> Result<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            names.extend(
                path.file_name()
                    .map(|name| name.to_string_lossy().into_owned()),
            );
        }
    }
    ensure!(
        names.len() == 1,
        "expected one file of type {extension}, got {names:?}"
    );
    Ok(names.remove(0))
}

/// Copies all that is in a folder.
pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}

/// Puts the new folder in the place of the old one.
pub(super) fn replace(out: &Path, new: &Path) -> Result<()> {
    let old = out.with_extension("old");
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    if out.exists() {
        fs::rename(out, &old)?;
    }
    fs::rename(new, out).with_context(|| format!("cannot create {}", out.display()))?;
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    Ok(())
}
