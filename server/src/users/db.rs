//! The SQL of accounts and sessions.

use api::users::User;
use api::{Code, Time, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Error, Result, violates};

/// An account that is not deleted.
pub(super) struct Account {
    /// As its owner sees it.
    pub(super) user: User,
    /// Its argon2id hash.
    pub(super) password_hash: String,
}

struct AccountRow {
    id: Uuid,
    name: String,
    email: String,
    email_verified: bool,
    locale: String,
    created_at: Time,
    password_hash: String,
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        Self {
            user: User {
                id: row.id,
                name: row.name,
                email: row.email,
                email_verified: row.email_verified,
                locale: row.locale,
                created_at: row.created_at,
            },
            password_hash: row.password_hash,
        }
    }
}

/// Adds an account; refuses an address that has one.
pub(super) async fn create(
    connection: &mut PgConnection,
    name: &str,
    email: &str,
    password_hash: &str,
    locale: &str,
) -> Result<Account> {
    sqlx::query_as!(
        AccountRow,
        r#"
        insert into users (id, name, email, password_hash, locale) values ($1, $2, $3, $4, $5)
        returning id, name, email as "email!", false as "email_verified!", locale, created_at,
            password_hash as "password_hash!"
        "#,
        Uuid::now_v7(),
        name,
        email,
        password_hash,
        locale,
    )
    .fetch_one(connection)
    .await
    .map(Account::from)
    .map_err(|error| {
        if violates(&error, "users_email_key") {
            Error::Conflict {
                code: Code::EmailTaken,
                detail: "This email address already has an account. Sign in instead.".to_owned(),
            }
        } else {
            error.into()
        }
    })
}

/// The account with this id.
pub(super) async fn find(connection: &mut PgConnection, id: UserId) -> Result<Option<Account>> {
    let row = sqlx::query_as!(
        AccountRow,
        r#"
        select id, name, email as "email!", email_verified_at is not null as "email_verified!",
            locale, created_at, password_hash as "password_hash!"
        from users where id = $1 and deleted_at is null
        "#,
        id,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(Account::from))
}

/// The account with this address, which is normalised.
pub(super) async fn find_by_email(
    connection: &mut PgConnection,
    email: &str,
) -> Result<Option<Account>> {
    let row = sqlx::query_as!(
        AccountRow,
        r#"
        select id, name, email as "email!", email_verified_at is not null as "email_verified!",
            locale, created_at, password_hash as "password_hash!"
        from users where email = $1 and deleted_at is null
        "#,
        email,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(Account::from))
}

/// Begins a session, and clears away those of the user that ran out. False when the password is
/// another by now: the lock makes a change of it wait, and then end this session too.
pub(super) async fn start_session(
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
pub(super) async fn add_token(
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
pub(super) struct FoundToken {
    /// Its family.
    pub(super) session: Uuid,
    /// Whose.
    pub(super) user: UserId,
    /// False once it is revoked or ran out.
    pub(super) session_is_live: bool,
    /// When the token was used, if it was.
    pub(super) used_seconds_ago: Option<f64>,
}

/// The refresh token with this hash, locked with its session, so that one of many who bring it at
/// once goes first and the others see that it is used.
pub(super) async fn lock_token(
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
pub(super) async fn replace_token(
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
pub(super) async fn revoke_session(
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
pub(super) async fn revoke_sessions(
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

/// Gives a user another name.
pub(super) async fn rename(connection: &mut PgConnection, user: UserId, name: &str) -> Result<()> {
    sqlx::query!(
        "update users set name = $2 where id = $1 and deleted_at is null",
        user,
        name,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes to a user in another language from now on.
pub(super) async fn set_locale(
    connection: &mut PgConnection,
    user: UserId,
    locale: &str,
) -> Result<()> {
    sqlx::query!(
        "update users set locale = $2 where id = $1 and deleted_at is null",
        user,
        locale,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Replaces the hash `current`; false when that is no longer the user's. Links to set another end.
pub(super) async fn change_password(
    connection: &mut PgConnection,
    user: UserId,
    current: &str,
    new: &str,
) -> Result<bool> {
    let changed = sqlx::query!(
        "with closed as (delete from email_tokens where user_id = $1 and purpose = 'reset')
        update users set password_hash = $3 where id = $1 and password_hash = $2",
        user,
        current,
        new,
    )
    .execute(connection)
    .await?;
    Ok(changed.rows_affected() == 1)
}

/// Locks the stock of the user's events that are on sale, so that nothing is sold meanwhile.
pub(super) async fn lock_own_stock(connection: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!(
        "select from event_stock s join events e on e.id = s.event_id
        where e.organizer_id = $1 and e.status = 'published' and e.ends_at > now()
        order by s.event_id for update of s",
        user,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether tickets are sold for an event of the user's that is not over.
pub(super) async fn has_sold_events_to_come(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<bool> {
    let sold = sqlx::query_scalar!(
        r#"
        select exists (
            select from events e join ticket_types t on t.event_id = e.id
            where e.organizer_id = $1 and e.status = 'published' and e.ends_at > now()
                and t.sold > 0
        ) as "sold!"
        "#,
        user,
    )
    .fetch_one(connection)
    .await?;
    Ok(sold)
}

/// Cancels the user's events that are not over.
pub(super) async fn cancel_events_to_come(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<()> {
    sqlx::query!(
        "update events set status = 'cancelled', cancelled_at = now(), updated_at = now()
        where organizer_id = $1 and status = 'published' and ends_at > now()",
        user,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes everything personal out of an account; false when `password_hash` is no longer its own.
pub(super) async fn anonymise(
    connection: &mut PgConnection,
    user: UserId,
    password_hash: &str,
) -> Result<bool> {
    let deleted = sqlx::query!(
        "with forgotten as (delete from email_tokens where user_id = $1)
        update users set name = 'Deleted account', email = null, email_verified_at = null,
            locale = default, password_hash = null, deleted_at = now()
        where id = $1 and password_hash = $2",
        user,
        password_hash,
    )
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Notes that the user's address is theirs, when a letter to it told the token with this hash;
/// false when none did, or not lately.
pub(super) async fn verify_email(
    connection: &mut PgConnection,
    user: UserId,
    token_hash: &[u8; 32],
) -> Result<bool> {
    let verified = sqlx::query!(
        "with told as (
            delete from email_tokens
            where user_id = $1 and purpose = 'verify' and token_hash = $2 and expires_at > now()
            returning email
        )
        update users set email_verified_at = coalesce(email_verified_at, now())
        where id = $1 and email in (
            select email from told
            union all select recipient_email from transfers where claim_token_hash = $2)",
        user,
        token_hash.as_slice(),
    )
    .execute(connection)
    .await?;
    Ok(verified.rows_affected() == 1)
}

/// Whether a new password can be set by the token with this hash.
pub(super) async fn reset_is_open(
    connection: &mut PgConnection,
    token_hash: &[u8; 32],
) -> Result<bool> {
    let open = sqlx::query_scalar!(
        r#"
        select exists (select from email_tokens
            where purpose = 'reset' and token_hash = $1 and expires_at > now()) as "open!"
        "#,
        token_hash.as_slice(),
    )
    .fetch_one(connection)
    .await?;
    Ok(open)
}

/// Uses up the token with this hash to set a password; whose. Reading the letter proves the
/// address too.
pub(super) async fn reset_password(
    connection: &mut PgConnection,
    token_hash: &[u8; 32],
    password_hash: &str,
) -> Result<Option<UserId>> {
    let user = sqlx::query_scalar!(
        "with told as (
            delete from email_tokens
            where purpose = 'reset' and token_hash = $1 and expires_at > now()
            returning user_id, email
        )
        update users u
        set password_hash = $2, email_verified_at = coalesce(email_verified_at, now())
        from told where u.id = told.user_id and u.email = told.email
        returning u.id",
        token_hash.as_slice(),
        password_hash,
    )
    .fetch_optional(connection)
    .await?;
    Ok(user)
}
