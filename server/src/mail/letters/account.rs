//! Letters that prove whose address it is.

use api::UserId;
use sqlx::PgConnection;

use crate::error::Result;
use crate::mail::db;
use crate::mail::letter::Letter;
use crate::secret;

/// How long the links are good, counted from when the letter is written.
const VERIFY_HOURS: i32 = 72;
const RESET_HOURS: i32 = 1;

pub(super) async fn verification(
    connection: &mut PgConnection,
    public_url: &str,
    user: UserId,
) -> Result<Option<Letter>> {
    let Some(person) = db::unverified(connection, user).await? else {
        return Ok(None);
    };
    let token = secret::mint();
    let hash = secret::digest(&token);
    db::keep_token(connection, &person, "verify", &hash, VERIFY_HOURS).await?;
    let letter = Letter::new(&person.name, &person.email, "Confirm your email address")
        .text(format!(
            "Hello {}, confirm that this address is yours, so that tickets can be sent to it.",
            person.name
        ))
        .button(
            "Confirm the address",
            format!("{public_url}/verify/{token}"),
        )
        .text(
            "The link is good for three days. If you have not created an account, \
            do nothing: without you nobody can use this address.",
        );
    Ok(Some(letter))
}

pub(super) async fn reset(
    connection: &mut PgConnection,
    public_url: &str,
    email: &str,
) -> Result<Option<Letter>> {
    let Some(person) = db::person_at(connection, email).await? else {
        return Ok(None);
    };
    let token = secret::mint();
    let hash = secret::digest(&token);
    db::keep_token(connection, &person, "reset", &hash, RESET_HOURS).await?;
    let letter = Letter::new(&person.name, &person.email, "Set a new password")
        .text(format!(
            "Hello {}, choose a new password for your account.",
            person.name
        ))
        .button("Set a new password", format!("{public_url}/reset/{token}"))
        .text(
            "The link is good for one hour. If you have not asked for it, do nothing: \
            your password stays what it is.",
        );
    Ok(Some(letter))
}
