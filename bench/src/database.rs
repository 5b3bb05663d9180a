//! A PostgreSQL that keeps what it commits, and a database for each level, all alike.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, ensure};
use managed_postgres::{Options, Postgres};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};
use tempfile::TempDir;

use crate::sql;

/// What the databases of the levels are copies of.
const TEMPLATE: &str = "sale";
/// Tickets that a sale's database has from earlier events.
pub(crate) const EARLIER_TICKETS: i64 = 100_000;
/// Settings without which an acknowledged order can be lost.
const DURABLE: [&str; 3] = ["fsync", "full_page_writes", "synchronous_commit"];

/// The PostgreSQL of one run, and its folder, which goes with it.
pub(crate) struct Cluster {
    // Stopped before its folder is removed: fields are dropped in this order.
    postgres: Postgres,
    folder: Folder,
}

struct Folder {
    folder: TempDir,
    /// Where PostgreSQL's files are, as its account may not reach the folder.
    real: Option<PathBuf>,
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed stays, and says so by its size.
        let _ = self.real.take().map(fs::remove_dir_all);
    }
}

/// A database of one level.
pub(crate) struct Database {
    name: String,
    pub(crate) url: String,
    pub(crate) pool: PgPool,
}

impl Cluster {
    /// Starts one in `parent`, with `settings` on top of PostgreSQL's own.
    pub(crate) async fn start(parent: &Path, settings: &[(String, String)]) -> Result<Self> {
        let folder = TempDir::with_prefix_in("run-", parent)?;
        let data = folder.path().join("postgres");
        let mut options = Options::new(&data);
        options.settings.extend_from_slice(settings);
        let postgres = tokio::task::spawn_blocking(move || Postgres::start(&options)).await??;
        let real = fs::canonicalize(&data)?;
        let cluster = Self {
            postgres,
            folder: Folder {
                folder,
                real: Some(real),
            },
        };
        cluster.fill_template().await?;
        Ok(cluster)
    }

    /// Settings that matter, by name; fails unless commits are durable.
    pub(crate) async fn settings(&self) -> Result<Vec<(String, String)>> {
        let settings = sql::settings(&mut self.connect("postgres").await?).await?;
        for name in DURABLE {
            let on = settings.iter().any(|(n, value)| n == name && value == "on");
            ensure!(on, "PostgreSQL runs with {name} off");
        }
        Ok(settings)
    }

    /// The main process.
    pub(crate) fn pid(&self) -> Result<u32> {
        let file = self.folder().join("postgres/cluster/postmaster.pid");
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let first = text.lines().next().unwrap_or_default();
        first.trim().parse().context("no process id")
    }

    /// For the files of this run.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.folder.path()
    }

    /// A database like the template, as it is right after a checkpoint: what a level changes first
    /// is written in full.
    pub(crate) async fn copy(&self, name: &str) -> Result<Database> {
        let mut connection = self.connect("postgres").await?;
        let create = format!("create database {name} template {TEMPLATE}");
        sqlx::raw_sql(AssertSqlSafe(create))
            .execute(&mut connection)
            .await?;
        sqlx::raw_sql("checkpoint").execute(&mut connection).await?;
        self.open(name).await
    }

    /// A database with this many tickets of earlier events.
    pub(crate) async fn filled(&self, name: &str, tickets: i64) -> Result<Database> {
        let mut connection = self.connect("postgres").await?;
        let create = format!("create database {name}");
        sqlx::raw_sql(AssertSqlSafe(create))
            .execute(&mut connection)
            .await?;
        let mut connection = self.connect(name).await?;
        server::database::MIGRATIONS.run(&mut connection).await?;
        let database = self.open(name).await?;
        sql::fill(&database.pool, tickets).await?;
        Ok(database)
    }

    pub(crate) async fn drop(&self, database: Database) -> Result<()> {
        database.pool.close().await;
        let drop = format!("drop database {} with (force)", database.name);
        let mut connection = self.connect("postgres").await?;
        sqlx::raw_sql(AssertSqlSafe(drop))
            .execute(&mut connection)
            .await?;
        Ok(())
    }

    async fn fill_template(&self) -> Result<()> {
        let template = self.filled(TEMPLATE, EARLIER_TICKETS).await?;
        // It cannot be copied while anyone is connected.
        template.pool.close().await;
        Ok(())
    }

    async fn open(&self, name: &str) -> Result<Database> {
        let url = self.postgres.url(name);
        // For the large joins of `verify`; the server has connections of its own.
        let options = PgConnectOptions::from_str(&url)?.options([
            ("work_mem", "512MB"),
            ("maintenance_work_mem", "512MB"),
            ("jit", "off"),
        ]);
        let pool = PgPoolOptions::new().max_connections(8);
        Ok(Database {
            name: name.to_owned(),
            pool: pool.connect_with(options).await?,
            url,
        })
    }

    async fn connect(&self, name: &str) -> Result<PgConnection> {
        Ok(PgConnection::connect(&self.postgres.url(name)).await?)
    }
}
