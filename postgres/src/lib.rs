//! A PostgreSQL server of one's own: found on the machine, created, started, reused and stopped.
//!
//! ```no_run
//! # fn main() -> Result<(), managed_postgres::Error> {
//! let postgres = managed_postgres::Postgres::start(&managed_postgres::Options::new("data/postgres"))?;
//! let url = postgres.url("postgres"); // the database every new cluster has
//! # Ok(())
//! # }
//! ```
//!
//! The data folder belongs to one running program at a time and holds everything:
//!
//! | name | what |
//! |---|---|
//! | `cluster/` | PostgreSQL's own data directory, with checksums, and its socket |
//! | `password` | of the superuser `postgres`, made once, readable by its owner alone |
//! | `log` | what PostgreSQL reports |
//! | `lock` | held while a program uses the folder |
//!
//! On Unix the server listens on the socket in `cluster/` and on no port, elsewhere on 127.0.0.1.

mod account;
mod cluster;
mod error;
mod memory;
mod place;
mod processes;
mod programs;
mod server;

use std::path::{Path, PathBuf};

use cluster::Cluster;
pub use error::Error;
use programs::Programs;
use server::Server;

/// Where the data lies and how PostgreSQL is to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Created when missing. Used by one program at a time.
    pub data_dir: PathBuf,
    /// The folder of `postgres`, `initdb` and `pg_ctl`, where they must not be searched for.
    pub bin_dir: Option<PathBuf>,
    /// Whether what was committed survives a power cut. Tests do without and are faster; the
    /// death of a process loses nothing either way.
    pub durable: bool,
    /// Further server settings, such as `("max_connections", "200")`.
    pub settings: Vec<(String, String)>,
}

impl Options {
    /// A durable server with PostgreSQL's own settings, but for a cache of a quarter of the memory.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            bin_dir: None,
            durable: true,
            settings: Vec::new(),
        }
    }

    /// The same, for data that need not survive a power cut.
    #[must_use]
    pub fn not_durable(mut self) -> Self {
        self.durable = false;
        self
    }

    /// Adds a server setting.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// Whether the machine has a PostgreSQL that will do.
pub fn is_installed() -> bool {
    Programs::find(None, None).is_ok()
}

/// A running PostgreSQL server, stopped when dropped. Should it be killed, it is started again.
#[derive(Debug)]
pub struct Postgres {
    server: Server,
    password: String,
    /// Dropped last: until then the folder is ours.
    cluster: Cluster,
}

impl Postgres {
    /// Starts the server and waits until it accepts connections. The first time the data folder
    /// is created; a server left behind by a program that was killed is stopped first, whatever
    /// state it is in.
    pub fn start(options: &Options) -> Result<Self, Error> {
        let cluster = Cluster::open(&options.data_dir)?;
        let programs = Programs::find(options.bin_dir.as_deref(), cluster.major()?)?;
        let password = cluster.create_if_missing(&programs, options.durable)?;
        let server = Server::start(&cluster, programs, options)?;
        Ok(Self {
            server,
            password,
            cluster,
        })
    }

    /// The address of one of its databases, as every PostgreSQL client takes it. The database
    /// `postgres` always exists; the user may create others.
    pub fn url(&self, database: &str) -> String {
        let (password, place) = (&self.password, self.server.place().authority());
        let database = place::percent_encode(database);
        format!("postgres://postgres:{password}@{place}/{database}")
    }

    /// Runs a file of SQL with `psql`, up to the first statement that fails.
    pub fn run_script(&self, database: &str, file: &Path) -> Result<(), Error> {
        self.server.run_script(&self.url(database), file)
    }

    /// The file PostgreSQL reports to.
    pub fn log(&self) -> PathBuf {
        self.cluster.log()
    }

    /// Ends all connections, writes everything out and stops the server. One that does not stop is
    /// killed, which loses nothing that was committed.
    pub fn stop(mut self) -> Result<(), Error> {
        self.server.stop()
    }
}
