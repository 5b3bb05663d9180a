//! System packages, through the machine's own package manager.

use std::process::Command;

use anyhow::{Result, bail};

use super::need::{Need, program};
use crate::step::run;

/// Installs what of these is missing, or names it where there is no manager we know.
pub(super) fn install(needs: &[Need]) -> Result<()> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    if program("apt-get") {
        apt(&missing)?;
    } else if program("brew") {
        brew(&missing)?;
    }
    let still = self::missing(&missing);
    if still.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = still
        .iter()
        .map(|need| format!("  {}", need.name))
        .collect();
    bail!(
        "Please install what is missing, and run this again:\n{}",
        names.join("\n")
    );
}

fn missing(needs: &[Need]) -> Vec<Need> {
    needs
        .iter()
        .filter(|need| !(need.is_there)())
        .copied()
        .collect()
}

fn apt(missing: &[Need]) -> Result<()> {
    run(
        "Fetch the list of packages",
        as_root("apt-get")?.arg("update"),
    )?;
    let packages = missing.iter().flat_map(|need| need.debian);
    let names: Vec<&str> = packages.map(|names| known_to_apt(names)).collect();
    run(
        &format!("Install {}", names.join(" ")),
        as_root("apt-get")?
            .args(["install", "--yes", "--no-install-recommends"])
            .args(&names),
    )?;
    Ok(())
}

/// A program of Debian's that only root may use.
pub(crate) fn as_root(program: &str) -> Result<Command> {
    // Its question for the password comes before anything is hidden.
    let sudo =
        !am_root() && self::program("sudo") && Command::new("sudo").arg("-v").status()?.success();
    let mut command = Command::new(if sudo { "sudo" } else { program });
    command.env("DEBIAN_FRONTEND", "noninteractive");
    if sudo {
        command.args(["--preserve-env=DEBIAN_FRONTEND", program]);
    }
    Ok(command)
}

/// The first of the names that this machine's lists have, or else the first.
fn known_to_apt(names: &'static str) -> &'static str {
    let is_known = |name: &&str| {
        let mut apt_cache = Command::new("apt-cache");
        let output = apt_cache.args(["show", name]).output();
        output.is_ok_and(|output| output.status.success())
    };
    let first = names.split('|').next().unwrap_or(names);
    names.split('|').find(is_known).unwrap_or(first)
}

fn brew(missing: &[Need]) -> Result<()> {
    for name in missing.iter().flat_map(|need| need.homebrew) {
        run(
            &format!("Install {name}"),
            Command::new("brew").args(["install", name]),
        )?;
    }
    Ok(())
}

fn am_root() -> bool {
    #[cfg(unix)]
    return nix::unistd::geteuid().is_root();
    #[cfg(not(unix))]
    return false;
}
