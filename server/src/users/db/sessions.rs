//! Sessions and their refresh tokens.

use api::UserId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// Begins a session, and clears away those of the user that ran out. False when the password is
/// another by now: the lock makes a change of it wait, and then end this session too.
pub(in crate::users) async fn start_session(
    connection: &mut PgConnection,
    id: Uuid,
    user: UserId,
    password_hash: &str,
    days: i32,
) -> Result<bool> {
    let started = sqlx::query!(
        "with owner as (
            select id from users where id = $2 and password_hash = $3 for share
        ), cleared as (
            delete from sessions where id in (
                select s.id from sessions s join owner on s.user_id = owner.id
                where s.expires_at < now() for update of s skip locked)
        )
        insert into sessions (id, user_id, expires_at)
        select $1, id, now() + make_interval(days => $4) from owner",
        id,
        user,
        password_hash,
        days,
    )
    .execute(connection)
    .await?;
    Ok(started.rows_affected() == 1)
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
            extract(epoch from clock_timestamp() - t.used_at)::float8 as used_seconds_ago
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
    days: i32,
) -> Result<()> {
    sqlx::query!(
        "with used as (
            update refresh_tokens set used_at = clock_timestamp() where token_hash = $1
            returning session_id
        ), extended as (
            update sessions set expires_at = now() + make_interval(days => $3)
            from used where id = used.session_id returning id
        )
        insert into refresh_tokens (token_hash, session_id) select $2, id from extended",
        used.as_slice(),
        next.as_slice(),
        days,
    )
    .execute(connection)
    .await?;
    Ok(())
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
