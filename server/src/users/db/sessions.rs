//! Sessions and their refresh tokens.

use api::UserId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Error, Result};

/// A session to begin.
pub(in crate::users) struct NewSession<'a> {
    /// Its id.
    pub(in crate::users) id: Uuid,
    /// Whose.
    pub(in crate::users) user: UserId,
    /// The hash that the password was checked against.
    pub(in crate::users) password_hash: &'a str,
    /// The hash of what the device is known by.
    pub(in crate::users) device: &'a [u8; 32],
    /// How long it lasts.
    pub(in crate::users) days: i32,
}

/// Begins a session on a device that is known from now on, and clears away those of the user that
/// ran out. False when the password is another by now: the lock makes a change of it wait, and then
/// end this session too.
pub(in crate::users) async fn start_session(
    connection: &mut PgConnection,
    session: &NewSession<'_>,
) -> Result<bool> {
    let started = sqlx::query!(
        "with owner as (
            select id, email_verified_at from users
            where id = $2 and password_hash = $3 and suspended_at is null for share
        ), cleared as (
            delete from sessions where id in (
                select s.id from sessions s join owner on s.user_id = owner.id
                where s.expires_at < now() for update of s skip locked)
        ), device as (
            insert into known_devices (token_hash, user_id) select $5, id from owner
            on conflict (token_hash, user_id) do update set last_used_at = now()
        )
        insert into sessions (id, user_id, expires_at, unconfirmed, device_hash)
        select $1, id, now() + make_interval(days => $4), email_verified_at is null, $5 from owner",
        session.id,
        session.user,
        session.password_hash,
        session.days,
        session.device.as_slice(),
    )
    .execute(connection)
    .await?;
    Ok(started.rows_affected() == 1)
}

/// Whether a device was given the token with this hash.
pub(in crate::users) async fn is_device(
    connection: &mut PgConnection,
    hash: &[u8; 32],
) -> Result<bool> {
    let known = sqlx::query_scalar!(
        r#"select exists (select from known_devices where token_hash = $1) as "known!""#,
        hash.as_slice(),
    )
    .fetch_one(connection)
    .await?;
    Ok(known)
}

/// Whether the account with this address signed in before on the device with this token.
pub(in crate::users) async fn is_device_of(
    connection: &mut PgConnection,
    email: &str,
    hash: &[u8; 32],
) -> Result<bool> {
    let known = sqlx::query_scalar!(
        r#"select exists (
            select from known_devices d join users u on u.id = d.user_id
            where d.token_hash = $2 and u.email = $1) as "known!""#,
        email,
        hash.as_slice(),
    )
    .fetch_one(connection)
    .await?;
    Ok(known)
}

/// Forgets the devices of a user but that of the session `kept`.
pub(in crate::users) async fn forget_devices_of(
    connection: &mut PgConnection,
    user: UserId,
    kept: Option<Uuid>,
) -> Result<()> {
    sqlx::query!(
        "delete from known_devices where user_id = $1 and token_hash is distinct from
            (select device_hash from sessions where id = $2)",
        user,
        kept,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets at most `limit` devices that nobody signed in on for so many `days`; returns how many.
pub(in crate::users) async fn forget_unused_devices(
    connection: &mut PgConnection,
    days: i32,
    limit: i64,
) -> Result<usize> {
    let forgotten = sqlx::query!(
        "delete from known_devices where (token_hash, user_id) in (
            select token_hash, user_id from known_devices
            where last_used_at < now() - make_interval(days => $1) limit $2)",
        days,
        limit,
    )
    .execute(connection)
    .await?;
    usize::try_from(forgotten.rows_affected()).map_err(Error::internal)
}

/// Binds a session to the device that refreshed it.
pub(in crate::users) async fn bind(
    connection: &mut PgConnection,
    session: Uuid,
    device: &[u8; 32],
) -> Result<()> {
    sqlx::query!(
        "with bound as (
            update sessions set device_hash = $2 where id = $1 returning user_id
        )
        insert into known_devices (token_hash, user_id) select $2, user_id from bound",
        session,
        device.as_slice(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds the first refresh token of a session.
pub(in crate::users) async fn add_token(
    connection: &mut PgConnection,
    session: Uuid,
    hash: &[u8; 32],
) -> Result<()> {
    sqlx::query!(
        "insert into refresh_tokens (token_hash, session_id) values ($1, $2)",
        hash.as_slice(),
        session,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A refresh token and its session.
pub(in crate::users) struct FoundToken {
    /// Its family.
    pub(in crate::users) session: Uuid,
    /// Whose.
    pub(in crate::users) user: UserId,
    /// False once it is revoked or ran out.
    pub(in crate::users) session_is_live: bool,
    /// When the token was used, if it was.
    pub(in crate::users) used_seconds_ago: Option<f64>,
    /// Whether the session's device used it.
    pub(in crate::users) used_by_device: bool,
    /// The hash of what the session's device is known by.
    pub(in crate::users) device: Option<Vec<u8>>,
}

/// The refresh token with this hash, locked with its session, so that one of many who bring it at
/// once goes first and the others see that it is used.
pub(in crate::users) async fn lock_token(
    connection: &mut PgConnection,
    hash: &[u8; 32],
) -> Result<Option<FoundToken>> {
    let token = sqlx::query_as!(
        FoundToken,
        r#"
        select s.id as session, s.user_id as user,
            s.revoked_at is null and s.expires_at > now() as "session_is_live!",
            extract(epoch from clock_timestamp() - t.used_at)::float8 as used_seconds_ago,
            t.used_by_device, s.device_hash as device
        from refresh_tokens t join sessions s on s.id = t.session_id
        where t.token_hash = $1
        for update of t, s
        "#,
        hash.as_slice(),
    )
    .fetch_optional(connection)
    .await?;
    Ok(token)
}

/// Uses up one refresh token, adds the next, and extends their session.
pub(in crate::users) async fn replace_token(
    connection: &mut PgConnection,
    used: &[u8; 32],
    next: &[u8; 32],
    by_device: bool,
    days: i32,
) -> Result<()> {
    sqlx::query!(
        "with used as (
            update refresh_tokens set used_at = clock_timestamp(), used_by_device = $4
            where token_hash = $1
            returning session_id
        ), extended as (
            update sessions set expires_at = now() + make_interval(days => $3)
            from used where id = used.session_id returning id
        )
        insert into refresh_tokens (token_hash, session_id) select $2, id from extended",
        used.as_slice(),
        next.as_slice(),
        days,
        by_device,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether the token with this hash is the one of `session` that is good now.
pub(in crate::users) async fn is_next(
    connection: &mut PgConnection,
    session: Uuid,
    hash: &[u8; 32],
) -> Result<bool> {
    let next = sqlx::query_scalar!(
        r#"select exists (select from refresh_tokens
            where token_hash = $2 and session_id = $1 and used_at is null) as "next!""#,
        session,
        hash.as_slice(),
    )
    .fetch_one(connection)
    .await?;
    Ok(next)
}

/// Who writes in a live session.
#[derive(Clone, Copy, Debug)]
pub struct Writer {
    /// Whether the account's address is confirmed.
    pub email_verified: bool,
}

/// The user of a session that is live, and stays so until the transaction ends.
pub(crate) async fn hold_session(
    connection: &mut PgConnection,
    session: Uuid,
    user: UserId,
) -> Result<Option<Writer>> {
    let writer = sqlx::query_as!(
        Writer,
        r#"
        select u.email_verified_at is not null as "email_verified!"
        from sessions s join users u on u.id = s.user_id
        where s.id = $1 and s.user_id = $2 and s.revoked_at is null and s.expires_at > now()
        for share of s
        "#,
        session,
        user,
    )
    .fetch_optional(connection)
    .await?;
    Ok(writer)
}

/// The live sessions of a user. They neither end nor write before the transaction ends.
pub(crate) async fn lock_sessions(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<Vec<Uuid>> {
    let sessions = sqlx::query_scalar!(
        "select id from sessions
        where user_id = $1 and revoked_at is null and expires_at > now()
        order by id for update",
        user,
    )
    .fetch_all(connection)
    .await?;
    Ok(sessions)
}

/// Ends the session that the refresh token with this hash is or was of.
pub(in crate::users) async fn revoke_session(
    connection: &mut PgConnection,
    token_hash: &[u8; 32],
) -> Result<()> {
    sqlx::query!(
        "update sessions set revoked_at = now()
        where revoked_at is null
            and id = (select session_id from refresh_tokens where token_hash = $1)",
        token_hash.as_slice(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends every session of a user but `kept`.
pub(in crate::users) async fn revoke_sessions(
    connection: &mut PgConnection,
    user: UserId,
    kept: Option<Uuid>,
) -> Result<()> {
    sqlx::query!(
        "update sessions set revoked_at = now()
        where user_id = $1 and revoked_at is null and id is distinct from $2",
        user,
        kept,
    )
    .execute(connection)
    .await?;
    Ok(())
}
