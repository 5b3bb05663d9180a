//! What letters prove: whose an address is, and who may set a new password.

use api::UserId;
use sqlx::PgConnection;

use crate::error::Result;

/// Notes that the user's address is theirs, when a letter to it told the token with this hash;
/// false when none did, or not lately. The link to tickets that were sent proves it once, while it
/// offers them.
pub(in crate::users) async fn verify_email(
    connection: &mut PgConnection,
    user: UserId,
    token_hash: &[u8; 32],
) -> Result<bool> {
    let verified = sqlx::query_scalar!(
        "with told as (
            delete from email_tokens
            where user_id = $1 and purpose = 'verify' and token_hash = $2 and expires_at > now()
            returning email
        ), verified as (
            update users set email_verified_at = coalesce(email_verified_at, now())
            where id = $1 and email in (
                select email from told
                union all select f.recipient_email
                from transfers f join events e on e.id = f.event_id
                where f.claim_token_hash = $2 and f.state = 'pending' and f.proved_at is null
                    and e.status <> 'cancelled' and e.ends_at > now())
            returning id
        ), used as (
            update transfers f set proved_at = now() from verified
            where f.claim_token_hash = $2
        ), confirmed as (
            update sessions s set unconfirmed = false from verified
            where s.user_id = verified.id and s.unconfirmed
        )
        select id from verified",
        user,
        token_hash.as_slice(),
    )
    .fetch_optional(connection)
    .await?;
    Ok(verified.is_some())
}

/// Who may set a new password by the token with this hash.
pub(in crate::users) async fn reset_owner(
    connection: &mut PgConnection,
    token_hash: &[u8; 32],
) -> Result<Option<UserId>> {
    let owner = sqlx::query_scalar!(
        "select user_id from email_tokens
        where purpose = 'reset' and token_hash = $1 and expires_at > now()",
        token_hash.as_slice(),
    )
    .fetch_optional(connection)
    .await?;
    Ok(owner)
}

/// Uses up the token with this hash to set a password; whose. Reading the letter proves the
/// address too.
pub(in crate::users) async fn reset_password(
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
