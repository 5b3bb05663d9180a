//! Limits that protect accounts and people: kept in the database, so that all servers share them.
//!
//! Each is a leaky bucket (GCRA): `times` at once, and one more for each `times`-th part of `per`.

use std::time::Duration;

use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::error::{Error, Result};

/// How often something may be done.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Tells the keys of one limit from those of another.
    pub name: &'static str,
    /// How often.
    pub times: u32,
    /// In how long.
    pub per: Duration,
}

/// Who or what is limited. Only a hash of it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key([u8; 32]);

impl Limit {
    /// So often a minute.
    pub const fn per_minute(name: &'static str, times: u32) -> Self {
        Self::new(name, times, 60)
    }

    /// So often an hour.
    pub const fn per_hour(name: &'static str, times: u32) -> Self {
        Self::new(name, times, 3600)
    }

    /// So often a day.
    pub const fn per_day(name: &'static str, times: u32) -> Self {
        Self::new(name, times, 24 * 3600)
    }

    const fn new(name: &'static str, times: u32, seconds: u64) -> Self {
        Self {
            name,
            times,
            per: Duration::from_secs(seconds),
        }
    }

    /// The key of what these parts name together.
    pub fn key(&self, parts: &[&str]) -> Key {
        let mut hash = Sha256::new();
        for part in [&[self.name], parts].concat() {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Key(hash.finalize().into())
    }

    /// The seconds that one time uses up.
    fn seconds(&self) -> f64 {
        self.per.as_secs_f64() / f64::from(self.times.max(1))
    }

    /// Counts one time for `key`; refuses, and counts nothing, when there were too many.
    pub async fn take(&self, connection: &mut PgConnection, key: Key) -> Result<()> {
        self.take_all(connection, &[(key, 1)]).await
    }

    /// Counts so many times for each of these keys, which are distinct; refuses when there were too
    /// many for one of them. Call it in a transaction: what was counted for others is undone with it.
    pub async fn take_all(&self, connection: &mut PgConnection, uses: &[(Key, u32)]) -> Result<()> {
        let (keys, seconds): (Vec<Vec<u8>>, Vec<f64>) = uses
            .iter()
            .map(|(key, times)| (key.0.to_vec(), f64::from(*times) * self.seconds()))
            .unzip();
        let per = self.per.as_secs_f64();
        if seconds.iter().any(|seconds| *seconds > per) {
            let retry_after = self.per;
            return Err(Error::RateLimited { retry_after });
        }
        let taken = sqlx::query!(
            "insert into throttles as t (key, used_until)
            select key, statement_timestamp() + make_interval(secs => seconds)
            from unnest($1::bytea[], $2::float8[]) as asked (key, seconds) order by key
            on conflict (key) do update
            set used_until = greatest(t.used_until, statement_timestamp())
                + (excluded.used_until - statement_timestamp())
            where greatest(t.used_until, statement_timestamp())
                + (excluded.used_until - statement_timestamp())
                <= statement_timestamp() + make_interval(secs => $3)",
            &keys,
            &seconds,
            // What was rounded on the way in does not count.
            per + 0.001,
        )
        .execute(&mut *connection)
        .await?;
        if taken.rows_affected() == keys.len() as u64 {
            return Ok(());
        }
        let wait = sqlx::query_scalar!(
            r#"
            select extract(epoch from max(t.used_until - statement_timestamp()
                + make_interval(secs => a.seconds - $3)))::float8 as "wait!"
            from unnest($1::bytea[], $2::float8[]) as a (key, seconds)
            join throttles t on t.key = a.key
            "#,
            &keys,
            &seconds,
            per,
        )
        .fetch_one(connection)
        .await?;
        Err(Error::RateLimited {
            retry_after: Duration::from_secs_f64(wait.clamp(0.0, per)),
        })
    }

    /// Refuses when `key` used up its allowance; counts nothing. For what is only counted once it has
    /// happened: see [`Limit::count`].
    pub async fn check(&self, connection: &mut PgConnection, key: Key) -> Result<()> {
        let used = sqlx::query_scalar!(
            r#"select extract(epoch from used_until - statement_timestamp())::float8 as "used!"
            from throttles where key = $1"#,
            key.0.as_slice(),
        )
        .fetch_optional(connection)
        .await?;
        let wait = used.unwrap_or_default() + self.seconds() - self.per.as_secs_f64();
        match wait {
            // What was rounded on the way in does not count.
            wait if wait <= 0.001 => Ok(()),
            wait => Err(Error::RateLimited {
                retry_after: Duration::from_secs_f64(wait),
            }),
        }
    }

    /// Counts one time for `key` that has happened, also beyond what is allowed.
    pub async fn count(&self, connection: &mut PgConnection, key: Key) -> Result<()> {
        sqlx::query!(
            "insert into throttles as t (key, used_until)
            values ($1, statement_timestamp() + make_interval(secs => $2))
            on conflict (key) do update
            set used_until = greatest(t.used_until, statement_timestamp())
                + make_interval(secs => $2)",
            key.0.as_slice(),
            self.seconds(),
        )
        .execute(connection)
        .await?;
        Ok(())
    }

    /// Takes one time back.
    pub async fn give_back(&self, connection: &mut PgConnection, key: Key) -> Result<()> {
        sqlx::query!(
            "update throttles set used_until = used_until - make_interval(secs => $2)
            where key = $1",
            key.0.as_slice(),
            self.seconds(),
        )
        .execute(connection)
        .await?;
        Ok(())
    }

    /// Forgets all that was counted for `key`.
    pub async fn forget(&self, connection: &mut PgConnection, key: Key) -> Result<()> {
        sqlx::query!("delete from throttles where key = $1", key.0.as_slice())
            .execute(connection)
            .await?;
        Ok(())
    }
}

/// Clears away at most `limit` rows that say nothing any more; returns how many.
pub async fn clear(connection: &mut PgConnection, limit: i64) -> Result<usize> {
    let cleared = sqlx::query!(
        "delete from throttles where key in (
            select key from throttles where used_until < now() limit $1 for update skip locked)",
        limit,
    )
    .execute(connection)
    .await?;
    usize::try_from(cleared.rows_affected()).map_err(Error::internal)
}
