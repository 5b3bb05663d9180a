//! A separate database for each journey, in the one PostgreSQL that `cargo xtask` runs for all of them.
//! Starting a PostgreSQL for each took longer than many journeys.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::process::path;

/// The migrated database that the others are copied from. Each process has its own.
fn template() -> String {
    format!("journeys_{}", std::process::id())
}

/// A database with all tables and no rows. It is deleted with its PostgreSQL.
pub(crate) struct Database {
    /// Its URL.
    pub(crate) url: String,
}

impl Database {
    /// Creates one.
    pub(crate) async fn create() -> Result<Self> {
        static TEMPLATE: OnceCell<()> = OnceCell::const_new();
        static COUNT: AtomicU32 = AtomicU32::new(1);
        TEMPLATE.get_or_try_init(create_template).await?;
        let template = template();
        let name = format!("{template}_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        run(format!("create database {name} template {template}")).await?;
        Ok(Self { url: url(&name)? })
    }
}

async fn create_template() -> Result<()> {
    let template = template();
    run(format!("create database {template}")).await?;
    let status = Command::new(path("BOXOFFICE_BIN")?)
        .args(["migrate", "--database-url", &url(&template)?])
        .env("BOXOFFICE_LOG_FILTER", "warn")
        .status()
        .await?;
    ensure!(status.success(), "boxoffice migrate ended with {status}");
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "`create database` cannot be checked against a schema"
)]
async fn run(statement: String) -> Result<()> {
    let mut connection = PgConnection::connect(&url("postgres")?).await?;
    sqlx::query(AssertSqlSafe(statement))
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    Ok(())
}

/// The URL of a database in the PostgreSQL of `DATABASE_URL`.
fn url(name: &str) -> Result<String> {
    let any = path("DATABASE_URL")?;
    let any = any.to_str().context("DATABASE_URL is not UTF-8")?;
    let (server, _) = any
        .rsplit_once('/')
        .context("DATABASE_URL names no database")?;
    Ok(format!("{server}/{name}"))
}
