//! Letters that prove whose address it is.

use api::UserId;
use leptos_i18n::td_string;
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
    let language = person.reader().language;
    let letter = Letter::to(&person, td_string!(language, letters.confirm_subject))
        .text(td_string!(language, letters.confirm_text))
        .button(
            td_string!(language, letters.confirm_address),
            format!("{public_url}/verify/{token}"),
        )
        .text(td_string!(language, letters.confirm_end));
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
    let language = person.reader().language;
    let set_it = td_string!(language, letters.new_password);
    let letter = Letter::to(&person, set_it)
        .text(td_string!(language, letters.new_password_text))
        .button(set_it, format!("{public_url}/reset/{token}"))
        .text(td_string!(language, letters.new_password_end));
    Ok(Some(letter))
}

pub(super) async fn password_changed(
    connection: &mut PgConnection,
    public_url: &str,
    user: UserId,
) -> Result<Option<Letter>> {
    let Some(person) = db::person(connection, user).await? else {
        return Ok(None);
    };
    let language = person.reader().language;
    let letter = Letter::to(&person, td_string!(language, letters.password_changed))
        .text(td_string!(language, letters.password_changed_text))
        .text(td_string!(language, letters.password_changed_end))
        .button(
            td_string!(language, letters.new_password),
            format!("{public_url}/you/forgot"),
        );
    Ok(Some(letter))
}
