//! What letters prove: whose an address is, and who may set a new password.

use api::UserId;
use sqlx::PgConnection;

use crate::error::Result;

/// Notes that the user's address is theirs, when a letter to it told the token with this hash;
/// false when none did, or not lately.
pub(in crate::users) async fn verify_email(
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
pub(in crate::users) async fn reset_is_open(
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
