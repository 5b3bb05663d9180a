//! The way to PostgreSQL: one given by URL, or one of our own in the data directory.

use std::str::FromStr;
use std::time::Duration;

use managed_postgres::Postgres;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::config::DatabaseConfig;

/// Every change of the schema, in order.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

/// How long a request waits for a connection. Timeouts nest: client 30 s > server 20 >
/// statement 10 > lock 3 > pool 2.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long connections may take to close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections that our own PostgreSQL takes beyond ours, for a person or a backup to look in.
const SPARE_CONNECTIONS: u32 = 10;
const SESSION_SETTINGS: [(&str, &str); 4] = [
    ("statement_timeout", "10s"),
    ("lock_timeout", "3s"),
    ("idle_in_transaction_session_timeout", "5s"),
    ("timezone", "UTC"),
];

/// A database that is up to date, and the server behind it when it is our own.
pub struct Database {
    /// Connections to it.
    pub pool: PgPool,
    options: PgConnectOptions,
    managed: Option<Postgres>,
}

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// Our own PostgreSQL would not start.
    #[error("cannot run PostgreSQL in the data directory")]
    Managed(#[from] managed_postgres::Error),
    /// It cannot be reached, or the URL is wrong.
    #[error("cannot use the database; check BOXOFFICE_DATABASE_URL")]
    Connect(#[from] sqlx::Error),
    /// The schema cannot be brought up to date.
    #[error("cannot bring the database up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl Database {
    /// Connects to the database of `config`, starting our own where none is given, and brings the
    /// schema up to date.
    pub async fn open(config: &DatabaseConfig) -> Result<Self, DatabaseError> {
        let (url, managed) = match &config.database_url {
            Some(url) => (url.clone(), None),
            None => {
                let connections = config.database_connections + SPARE_CONNECTIONS;
                let options = managed_postgres::Options::new(config.data_dir.join("postgres"))
                    .setting("max_connections", &connections.to_string());
                let postgres = tokio::task::spawn_blocking(move || Postgres::start(&options))
                    .await
                    .map_err(|panic| sqlx::Error::Io(std::io::Error::other(panic)))??;
                (postgres.url("postgres"), Some(postgres))
            }
        };
        let options = PgConnectOptions::from_str(&url)?
            .application_name("boxoffice")
            .options(SESSION_SETTINGS);
        let pool = pool_of(config.database_connections)
            .connect_with(options.clone())
            .await?;
        migrate(&pool).await?;
        Ok(Self {
            pool,
            options,
            managed,
        })
    }

    /// Connections for purchases, of which nobody else takes any; made by the tasks that need them.
    pub fn purchase_pool(&self, connections: u32) -> PgPool {
        // Small batches would have their plan made anew each time, a fifth of what they take.
        let options = self.options.clone();
        let options = options.options([("plan_cache_mode", "force_generic_plan")]);
        pool_of(connections).connect_lazy_with(options)
    }

    /// Closes the connections and stops the PostgreSQL that [`Database::open`] started. A database
    /// that does not answer keeps nobody waiting.
    pub async fn close(self) {
        if tokio::time::timeout(CLOSE_TIMEOUT, self.pool.close())
            .await
            .is_err()
        {
            tracing::warn!("some connections did not close in {CLOSE_TIMEOUT:?}");
        }
        if let Some(postgres) = self.managed
            && let Ok(Err(error)) = tokio::task::spawn_blocking(|| postgres.stop()).await
        {
            tracing::warn!(%error, "PostgreSQL did not stop cleanly");
        }
    }
}

fn pool_of(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
}

/// Brings the schema up to date; a migration may take longer than a request's statement.
async fn migrate(pool: &PgPool) -> Result<(), DatabaseError> {
    let mut connection = pool.acquire().await?.detach();
    sqlx::raw_sql("set statement_timeout = 0; set lock_timeout = 0")
        .execute(&mut connection)
        .await?;
    MIGRATIONS.run(&mut connection).await?;
    Ok(())
}
