//! Letters that are to be sent.

use std::time::Duration;

use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::mail::Jobs;

/// A letter to send now.
pub(in crate::mail) struct Job {
    /// Names it, and the message that is sent.
    pub(in crate::mail) id: Uuid,
    /// A [`crate::mail::Mail`].
    pub(in crate::mail) payload: Value,
    /// How often it was tried, this time included.
    pub(in crate::mail) attempts: i32,
    /// Whether it is too old to be tried again.
    pub(in crate::mail) last_try: bool,
}

/// How far behind the one before it an email of the same sender stands in line.
const GAP_SECONDS: f64 = 0.5;

/// Adds emails to send. Those of a sender stand behind all that the sender has waiting, each further
/// back; so many senders are served side by side, and one alone as fast as can be.
pub(in crate::mail) async fn insert(
    connection: &mut PgConnection,
    jobs: &Jobs,
    sender: Option<Uuid>,
) -> Result<()> {
    sqlx::query!(
        "with line as (
            select greatest(clock_timestamp(), max(queue_at) + make_interval(secs => $5)) as next
            from jobs where sender = $4 and done_at is null
        )
        insert into jobs (id, kind, payload, sender, queue_at)
        select id, kind, payload, $4, case when $4 is null then clock_timestamp()
            else line.next + (nth - 1) * make_interval(secs => $5) end
        from line, unnest($1::uuid[], $2::text[], $3::jsonb[])
            with ordinality as new (id, kind, payload, nth)",
        &jobs.id,
        &jobs.kind,
        &jobs.payload,
        sender,
        GAP_SECONDS,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds a letter to send after `wait`, unless one that says the `same` waits already: then that is held
/// until the transaction ends, so that it is not written before.
pub(in crate::mail) async fn insert_once(
    connection: &mut PgConnection,
    kind: &str,
    payload: &Value,
    same: &Value,
    wait: Duration,
) -> Result<()> {
    sqlx::query!(
        "with waiting as (
            select from jobs
            where kind = $2 and done_at is null and attempts = 0 and payload @> $4 for update
        )
        insert into jobs (id, kind, payload, run_at, queue_at)
        select $1, $2, $3, due, due from (select clock_timestamp() + make_interval(secs => $5)) as t (due)
        where not exists (select from waiting)",
        Uuid::now_v7(),
        kind,
        payload,
        same,
        wait.as_secs_f64(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes at most `limit` letters of a kind that are due, for `lease_seconds`: anyone who takes them and is
/// killed loses them to the next.
pub(in crate::mail) async fn take(
    connection: &mut PgConnection,
    kind: &str,
    limit: i64,
    lease_seconds: f64,
    keep_days: i32,
) -> Result<Vec<Job>> {
    let jobs = sqlx::query_as!(
        Job,
        r#"
        update jobs set attempts = attempts + 1,
            run_at = clock_timestamp() + make_interval(secs => $2)
        where id in (
            select id from jobs where kind = $4 and done_at is null and run_at <= clock_timestamp()
            order by queue_at limit $1 for update skip locked)
        returning id, payload, attempts,
            created_at < now() - make_interval(days => $3) as "last_try!"
        "#,
        limit,
        lease_seconds,
        keep_days,
        kind,
    )
    .fetch_all(connection)
    .await?;
    Ok(jobs)
}

/// Marks a letter as dealt with by the others that it stands for; false when another has.
pub(in crate::mail) async fn finish_once(connection: &mut PgConnection, id: Uuid) -> Result<bool> {
    let done = sqlx::query!(
        "update jobs set done_at = clock_timestamp() where id = $1 and done_at is null",
        id,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Marks a letter as dealt with: sent, or given up because of `error`.
pub(in crate::mail) async fn finish(
    connection: &mut PgConnection,
    id: Uuid,
    error: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "update jobs set done_at = clock_timestamp(), last_error = $2 where id = $1",
        id,
        error,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Puts a letter off after `error`.
pub(in crate::mail) async fn put_off(
    connection: &mut PgConnection,
    id: Uuid,
    seconds: f64,
    error: &str,
) -> Result<()> {
    sqlx::query!(
        "update jobs set run_at = due, queue_at = due, last_error = $3
        from (select clock_timestamp() + make_interval(secs => $2)) as t (due) where id = $1",
        id,
        seconds,
        error,
    )
    .execute(connection)
    .await?;
    Ok(())
}
