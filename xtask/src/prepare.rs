//! What `.sqlx/` holds: for every checked query, what PostgreSQL says about it.
//!
//! The macros write it themselves when they are given a database and a folder, which is all that
//! `cargo sqlx prepare` does; compiling that program takes longer than the rest of the set-up.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::database::Database;
use crate::step::{run as run_step, step};
use crate::{place, setup};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only compare with what is there.
    #[arg(long)]
    check: bool,
}

/// The files of a folder: name and content.
type Files = BTreeMap<String, Vec<u8>>;

pub(crate) fn run(args: &Args) -> Result<()> {
    setup::install(&[setup::BUILD])?;
    if args.check { check() } else { write() }
}

/// Fails when `.sqlx/` is not what the queries and the migrations make it.
pub(crate) fn check() -> Result<()> {
    let (current, written) = (collect()?, read(&folder())?);
    let mut stale = Vec::new();
    for name in current.keys().chain(written.keys()) {
        match (current.get(name), written.get(name)) {
            (Some(query), None) => stale.push(format!("missing: {}", first_line(query))),
            (None, Some(query)) => stale.push(format!("unused: {}", first_line(query))),
            (current, written) if current != written => {
                stale.push(format!("changed: {name}"));
            }
            _ => {}
        }
    }
    stale.sort();
    stale.dedup();
    if stale.is_empty() {
        return Ok(());
    }
    bail!(
        "`cargo xtask prepare` writes .sqlx anew, which is stale:\n{}",
        stale.join("\n")
    );
}

fn write() -> Result<()> {
    let (current, folder) = (collect()?, folder());
    fs::create_dir_all(&folder)?;
    for name in read(&folder)?
        .keys()
        .filter(|name| !current.contains_key(*name))
    {
        fs::remove_file(folder.join(name))?;
    }
    for (name, content) in &current {
        fs::write(folder.join(name), content)?;
    }
    println!("  {} queries in {}", current.len(), folder.display());
    Ok(())
}

fn folder() -> PathBuf {
    place::root().join(".sqlx")
}

/// Has the macros of server and benchmark ask a database that is migrated from nothing.
fn collect() -> Result<Files> {
    let database = Database::start()?;
    step("Apply the migrations", |_| {
        for name in read(&place::root().join("migrations"))?.keys() {
            let file = place::root().join("migrations").join(name);
            database.postgres.run_script("postgres", &file)?;
        }
        Ok(())
    })?;
    let collected = tempfile::tempdir()?;
    let _server = Changed::pretend(place::root().join("server/src/lib.rs"))?;
    let _bench = Changed::pretend(place::root().join("bench/src/main.rs"))?;
    let mut cargo = place::cargo()?;
    cargo
        .args([
            "check",
            "--workspace",
            "--bin",
            "boxoffice",
            "--bin",
            "bench",
            "--test",
            "api",
            "--test",
            "crash",
        ])
        .env("DATABASE_URL", database.url())
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", collected.path());
    run_step("Check the queries", &mut cargo)?;
    read(collected.path())
}

/// A source file that looks changed to cargo, which would not compile the crate again otherwise:
/// it knows nothing of the database. What else was built of the crate stays current, since the
/// file gets its time back.
struct Changed {
    path: PathBuf,
    time: SystemTime,
}

impl Changed {
    fn pretend(path: PathBuf) -> Result<Self> {
        let time = fs::metadata(&path)?.modified()?;
        let changed = Self { path, time };
        changed.set(SystemTime::now())?;
        Ok(changed)
    }

    fn set(&self, time: SystemTime) -> Result<()> {
        let file = File::options().write(true).open(&self.path)?;
        file.set_modified(time)
            .with_context(|| format!("cannot set the time of {}", self.path.display()))
    }
}

impl Drop for Changed {
    fn drop(&mut self) {
        // Without its old time it is only compiled once more.
        let _ = self.set(self.time);
    }
}

fn read(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    if !folder.exists() {
        return Ok(files);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.insert(name, fs::read(entry.path())?);
    }
    Ok(files)
}

/// The beginning of the query in a file of `.sqlx/`.
fn first_line(file: &[u8]) -> String {
    let query = serde_json::from_slice::<serde_json::Value>(file)
        .ok()
        .and_then(|data| Some(data.get("query")?.as_str()?.trim().to_owned()));
    let query = query.unwrap_or_default();
    query.lines().next().unwrap_or_default().to_owned()
}
