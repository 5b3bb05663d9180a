//! A database of a journey's own, in the one PostgreSQL that `cargo xtask` runs for all of them. To
//! start one for each took longer than many a journey.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, ensure};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::process::path;

/// Migrated once by each program that runs journeys, and copied for each of them.
fn template() -> String {
    format!("journeys_{}", std::process::id())
}

/// An empty database with all tables. It goes with the PostgreSQL that it is in.
pub(crate) struct Database {
    /// Its address.
    pub(crate) url: String,
}

impl Database {
    /// Makes one.
    pub(crate) async fn create() -> Result<Self> {
        static MADE: OnceCell<()> = OnceCell::const_new();
        static COUNT: AtomicU32 = AtomicU32::new(1);
        MADE.get_or_try_init(make_template).await?;
        let template = template();
        let name = format!("{template}_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        run(format!("create database {name} template {template}")).await?;
        Ok(Self { url: url(&name)? })
    }
}

async fn make_template() -> Result<()> {
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
    reason = "no schema is there to check it against"
)]
async fn run(statement: String) -> Result<()> {
    let mut connection = PgConnection::connect(&url("postgres")?).await?;
    sqlx::query(AssertSqlSafe(statement))
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    Ok(())
}

/// The address of a database in it.
fn url(name: &str) -> Result<String> {
    let any = path("DATABASE_URL")?;
    let any = any.to_str().context("DATABASE_URL is no text")?;
    let (server, _) = any.rsplit_once('/').context("DATABASE_URL names none")?;
    Ok(format!("{server}/{name}"))
}
