//! The PostgreSQL server programs, wherever the machine keeps them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::Error;

/// The oldest major version that will do.
pub(crate) const OLDEST: u32 = 15;

/// One installed version.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    bin_dir: PathBuf,
    pub(crate) major: u32,
}

impl Programs {
    /// The first usable version found, or the one that `data` was made by.
    pub(crate) fn find(
        bin_dir: Option<&Path>,
        data: Option<(PathBuf, u32)>,
    ) -> Result<Self, Error> {
        let usable = match bin_dir {
            Some(dir) => {
                let programs = Self::in_folder(dir.to_owned());
                vec![programs.ok_or_else(|| Error::NotInFolder(dir.to_owned()))?]
            }
            None => candidates()
                .into_iter()
                .filter_map(Self::in_folder)
                .collect(),
        };
        let wanted = data.as_ref().map(|(_, major)| *major);
        let found = usable
            .into_iter()
            .find(|programs| wanted.is_none_or(|major| programs.major == major));
        match (found, data) {
            (Some(programs), _) => Ok(programs),
            (None, Some((data, major))) => Err(Error::OtherVersion { data, major }),
            (None, None) => Err(Error::NotInstalled),
        }
    }

    fn in_folder(bin_dir: PathBuf) -> Option<Self> {
        let programs = Self { bin_dir, major: 0 };
        if !["initdb", "pg_ctl"]
            .iter()
            .all(|name| programs.path(name).is_file())
        {
            return None;
        }
        let major = parse_major(&output(programs.path("postgres"), "--version")?)?;
        (major >= OLDEST).then_some(Self { major, ..programs })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.bin_dir
            .join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}

/// Folders that may hold the programs, the likeliest first.
#[expect(
    clippy::disallowed_methods,
    reason = "PATH belongs to the machine and configures nothing"
)]
fn candidates() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Some(dir) = output(PathBuf::from("pg_config"), "--bindir") {
        folders.push(PathBuf::from(dir.trim()));
    }
    if let Some(path) = env::var_os("PATH") {
        folders.extend(env::split_paths(&path));
    }
    for (parent, bin) in [
        ("/usr/lib/postgresql", "bin"),
        ("/usr", "bin"),
        ("/opt/homebrew/opt", "bin"),
        ("/usr/local/opt", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "bin"),
        (r"C:\Program Files\PostgreSQL", "bin"),
    ] {
        folders.extend(versions_in(parent).into_iter().map(|dir| dir.join(bin)));
    }
    folders
}

/// The folders in `parent` named after a version (`17`, `pgsql-17`, `postgresql@17`), newest first.
fn versions_in(parent: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    let mut versions: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let number = name
                .trim_start_matches("postgresql@")
                .trim_start_matches("pgsql-");
            Some((number.parse().ok()?, entry.path()))
        })
        .collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, path)| path).collect()
}

fn output(program: PathBuf, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then_some(text)
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` -> 15; `... 18beta1` -> 18.
fn parse_major(version: &str) -> Option<u32> {
    let number = version.split(')').nth(1)?.trim();
    let digits = number.find(|c: char| !c.is_ascii_digit());
    number[..digits.unwrap_or(number.len())].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version_a_program_states() {
        let major = |text| parse_major(text);
        assert_eq!(
            major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(major("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major("something else"), None);
    }

    #[test]
    fn names_a_folder_without_the_programs() {
        let nowhere = Path::new("/no/such/folder");
        let outcome = Programs::find(Some(nowhere), None);
        assert!(matches!(outcome, Err(Error::NotInFolder(dir)) if dir == nowhere));
    }

    #[test]
    fn names_the_version_that_the_data_needs() {
        let outcome = Programs::find(None, Some((PathBuf::from("/data"), 9)));
        assert!(matches!(outcome, Err(Error::OtherVersion { major: 9, .. })));
    }
}
