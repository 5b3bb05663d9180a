use std::io;
use std::path::{Path, PathBuf};

/// Why PostgreSQL could not be started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "PostgreSQL {} or newer was not found on this machine. To install it:\n  \
         Debian, Ubuntu: apt install postgresql\n  \
         Fedora:         dnf install postgresql-server\n  \
         Arch:           pacman -S postgresql\n  \
         macOS:          brew install postgresql@17\n  \
         Windows:        winget install PostgreSQL.PostgreSQL.17\n\
         Or name the folder of its programs, or the address of a running server.",
        crate::programs::OLDEST
    )]
    NotInstalled,

    #[error(
        "{} holds no usable PostgreSQL: it must contain postgres, initdb and pg_ctl of version {} or newer.",
        .0.display(), crate::programs::OLDEST
    )]
    NotInFolder(PathBuf),

    #[error(
        "The data in {} was made by PostgreSQL {major}, and that version is not installed. \
         Install it again, or move the data with pg_upgrade.", .data.display()
    )]
    OtherVersion { data: PathBuf, major: u32 },

    #[error("{} is in use by another running program. Stop that first.", .0.display())]
    InUse(PathBuf),

    #[error("{} holds other files and no PostgreSQL data. Name an empty or a new folder.", .0.display())]
    NotOurs(PathBuf),

    #[error("PostgreSQL runs under another account, which cannot get to {}", .0.display())]
    Unreachable(PathBuf),

    #[error(
        "PostgreSQL refuses to run as root, and there is no other user to run it as. \
         Create one: useradd --system postgres"
    )]
    NoAccount,

    #[error("{program} failed:\n{output}")]
    Program { program: PathBuf, output: String },

    #[error("PostgreSQL did not start. The end of {}:\n{tail}", .log.display())]
    Start { log: PathBuf, tail: String },

    #[error("PostgreSQL was still not ready after {seconds} s; see {}", .log.display())]
    NotReady { log: PathBuf, seconds: u64 },

    #[error(
        "PostgreSQL processes of an earlier run cannot be ended: {0:?}. End them, or restart the machine."
    )]
    Remains(Vec<u32>),

    #[error("cannot {what} {}", .path.display())]
    Io {
        what: &'static str,
        path: PathBuf,
        source: io::Error,
    },
}

/// Turns an I/O error into ours: `fs::read(p).map_err(cannot("read", p))`.
pub(crate) fn cannot(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { what, path, source }
}
