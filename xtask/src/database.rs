//! A PostgreSQL for one command: empty, quick, and gone afterwards.

use anyhow::Result;
use managed_postgres::{Options, Postgres};
use tempfile::TempDir;

use crate::step::step;

pub(crate) struct Database {
    // Stopped before its folder is removed: fields are dropped in this order.
    pub(crate) postgres: Postgres,
    _folder: TempDir,
}

impl Database {
    pub(crate) fn start() -> Result<Self> {
        step("Start a PostgreSQL", |_| {
            let folder = tempfile::tempdir()?;
            let options = Options::new(folder.path().join("postgres"))
                .not_durable()
                .setting("max_connections", "300");
            Ok(Self {
                postgres: Postgres::start(&options)?,
                _folder: folder,
            })
        })
    }

    /// The address of the database that every PostgreSQL has.
    pub(crate) fn url(&self) -> String {
        self.postgres.url("postgres")
    }
}
