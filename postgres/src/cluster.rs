//! The data folder: claimed by one program at a time, created once, whole or not at all.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::account::Account;
use crate::error::cannot;
use crate::programs::Programs;

/// Where a folder goes that the account of PostgreSQL cannot get to.
#[cfg(unix)]
const REACHABLE: &str = "/var/lib/managed-postgres";

#[derive(Debug)]
pub(crate) struct Cluster {
    dir: PathBuf,
    pub(crate) account: Account,
    _lock: File,
}

impl Cluster {
    /// Claims the folder, made if missing.
    pub(crate) fn open(data_dir: &Path) -> Result<Self, Error> {
        fs::create_dir_all(data_dir).map_err(cannot("create", data_dir))?;
        let mut dir = absolute(data_dir)?;
        let account = Account::for_data(&dir)?;
        refuse_foreign(&dir)?;
        account.own(&dir)?;
        if !account.reaches(&dir) {
            dir = move_to_reachable(&dir, account)?;
        }
        account.close(&dir)?;
        let lock = claim(&dir)?;
        Ok(Self {
            dir,
            account,
            _lock: lock,
        })
    }

    /// PostgreSQL's own data directory.
    pub(crate) fn data(&self) -> PathBuf {
        self.dir.join("cluster")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.dir.join("log")
    }

    /// The version that made the data, where there is data.
    pub(crate) fn major(&self) -> Result<Option<(PathBuf, u32)>, Error> {
        let data = self.data();
        if !data.exists() {
            return Ok(None);
        }
        let file = data.join("PG_VERSION");
        let text = fs::read_to_string(&file).map_err(cannot("read", &file))?;
        let major = text.trim().parse().map_err(|error| Error::Io {
            what: "understand",
            path: file,
            source: std::io::Error::other(error),
        })?;
        Ok(Some((data, major)))
    }

    /// Makes the data directory unless it is there, and answers the superuser's password.
    pub(crate) fn create_if_missing(
        &self,
        programs: &Programs,
        durable: bool,
    ) -> Result<String, Error> {
        let password_file = self.dir.join("password");
        if self.data().exists() {
            return fs::read_to_string(&password_file).map_err(cannot("read", &password_file));
        }
        let password = write_password(&password_file)?;
        self.account.own(&password_file)?;

        let unfinished = self.dir.join("cluster.new");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(cannot("remove", &unfinished))?;
        }
        let mut initdb = self.account.command(&programs.path("initdb"));
        initdb
            .current_dir(&self.dir)
            .args([
                "--data-checksums",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
            ])
            .args(["--username=postgres", "--no-instructions"])
            .args(locale(programs.major))
            .arg(format!("--pwfile={}", password_file.display()))
            .arg("--pgdata")
            .arg(&unfinished);
        if !durable {
            initdb.arg("--no-sync");
        }
        run(initdb, &programs.path("initdb"))?;
        fs::rename(&unfinished, self.data()).map_err(cannot("rename", &unfinished))?;
        Ok(password)
    }
}

/// Runs a program to its end; what it said is in the error when it fails.
pub(crate) fn run(mut command: std::process::Command, program: &Path) -> Result<(), Error> {
    let output = command.output().map_err(cannot("run", program))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(Error::Program {
        program: program.to_owned(),
        output: String::from_utf8_lossy(&said).trim().to_owned(),
    })
}

/// Text compares by code point everywhere, and upper and lower case are Unicode's.
fn locale(major: u32) -> &'static [&'static str] {
    if major >= 17 {
        &[
            "--locale-provider=builtin",
            "--locale=C",
            "--builtin-locale=C.UTF-8",
        ]
    } else if cfg!(target_os = "macos") {
        &["--locale=C", "--lc-ctype=en_US.UTF-8"]
    } else if cfg!(windows) {
        &["--locale=C"]
    } else {
        &["--locale=C.UTF-8"]
    }
}

fn write_password(file: &Path) -> Result<String, Error> {
    let password = format!("{:032x}", rand::random::<u128>());
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(file)
        .and_then(|mut file| file.write_all(password.as_bytes()))
        .map_err(cannot("write", file))?;
    Ok(password)
}

fn absolute(dir: &Path) -> Result<PathBuf, Error> {
    // PostgreSQL for Windows does not understand the `\\?\` paths that `canonicalize` answers.
    let found = if cfg!(windows) {
        std::path::absolute(dir)
    } else {
        dir.canonicalize()
    };
    found.map_err(cannot("find", dir))
}

/// A mistyped folder must not be taken over.
fn refuse_foreign(dir: &Path) -> Result<(), Error> {
    let mut entries = fs::read_dir(dir).map_err(cannot("read", dir))?;
    if entries.next().is_some() && !dir.join("lock").exists() {
        return Err(Error::NotOurs(dir.to_owned()));
    }
    Ok(())
}

/// PostgreSQL's account cannot enter, say, `/root`: the data then lies in [`REACHABLE`], and a
/// link in its place.
#[cfg(unix)]
fn move_to_reachable(dir: &Path, account: Account) -> Result<PathBuf, Error> {
    let name = dir.to_string_lossy().trim_matches('/').replace('/', "-");
    let real = Path::new(REACHABLE).join(format!("{name}-{:08x}", rand::random::<u32>()));
    fs::create_dir_all(&real).map_err(cannot("create", &real))?;
    account.own(&real)?;
    if !account.reaches(&real) {
        return Err(Error::Unreachable(real));
    }
    fs::remove_dir(dir)
        .and_then(|()| std::os::unix::fs::symlink(&real, dir))
        .map_err(cannot("put a link in the place of", dir))?;
    Ok(real)
}

#[cfg(not(unix))]
fn move_to_reachable(dir: &Path, _account: Account) -> Result<PathBuf, Error> {
    Err(Error::Unreachable(dir.to_owned()))
}

fn claim(dir: &Path) -> Result<File, Error> {
    let path = dir.join("lock");
    let file = File::create(&path).map_err(cannot("create", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(dir.to_owned())),
        Err(TryLockError::Error(error)) => Err(cannot("lock", &path)(error)),
    }
}
