//! The signed-in user's account.

use api::users::{DeleteMe, UpdateMe, User};
use axum::extract::State;
use axum::http::StatusCode;
use axum_extra::extract::CookieJar;

use super::attempts::{Attempt, Place};
use super::password::require_unguessable;
use super::{db, session, tickets};
use crate::auth::SignedIn;
use crate::cookies::OwnCookies;
use crate::error::{Error, Result};
use crate::extract::Json;
use crate::mail::{self, Mail};
use crate::reader::Reader;
use crate::review;
use crate::state::AppState;

/// Get the signed-in user.
#[utoipa::path(get, path = "/me", tag = "me", security(("bearer" = [])),
    responses((status = 200, body = User), (status = 401, body = api::Problem)))]
pub(super) async fn show(State(state): State<AppState>, signed_in: SignedIn) -> Result<Json<User>> {
    let account = db::find(&mut *state.db.acquire().await?, signed_in.user).await?;
    let account = account.ok_or(Error::TokenExpired)?;
    Ok(Json(account.user))
}

/// Update the name, the password or the language of emails. A new password requires the current one and
/// signs out every other session.
#[utoipa::path(patch, path = "/me", tag = "me", security(("bearer" = [])), request_body = UpdateMe,
    responses((status = 200, body = User), (status = 401, body = api::Problem),
        (status = 409, body = api::Problem), (status = 422, body = api::Problem),
        (status = 429, body = api::Problem)))]
pub(super) async fn update(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Json(change): Json<UpdateMe>,
) -> Result<Json<User>> {
    const FIELD: &str = "current_password";
    change.validate()?;
    let user = signed_in.user;
    let mut new_hash = None;
    if let (Some(new), Some(current)) = (change.password, change.current_password) {
        let current = confirm_password(&state, signed_in, current, FIELD).await?;
        let account = db::find(&mut *state.db.acquire().await?, user).await?;
        let known = account.ok_or(Error::TokenExpired)?.user;
        let name = change.name.as_deref().unwrap_or(&known.name);
        require_unguessable(&new, name, &known.email, "password")?;
        new_hash = Some((current, state.passwords.hash(new).await?));
    }
    let mut tx = match new_hash {
        Some(_) => signed_in.begin_alone(&state.db).await?,
        None => signed_in.begin(&state.db).await?,
    };
    if let Some((current, new)) = new_hash {
        if !db::change_password(&mut tx, user, &current, &new).await? {
            return Err(wrong_password(FIELD));
        }
        db::revoke_sessions(&mut tx, user, Some(signed_in.session)).await?;
        db::forget_devices_of(&mut tx, user, Some(signed_in.session)).await?;
        mail::enqueue(&mut tx, &[Mail::PasswordChanged { user }]).await?;
    }
    if let Some(name) = change.name {
        review::require_clear(&state.db, &mut tx, user, None, &[&name]).await?;
        db::rename(&mut tx, user, &name).await?;
    }
    if let Some(locale) = change.locale {
        db::set_locale(&mut tx, user, &Reader::wanting(&[locale]).locale()).await?;
    }
    let account = db::find(&mut tx, user).await?.ok_or(Error::TokenExpired)?;
    tx.commit().await?;
    Ok(Json(account.user))
}

/// Delete the account: its name, address and password are erased, every session ends, and the address can be
/// used again.
///
/// Orders stay in the ledger without a name. Refused while the user holds tickets for upcoming events, unless
/// `give_up_tickets` is set: tickets they bought are refunded if possible, tickets sent to them go back to the
/// buyer, and the rest become void. Their own upcoming events are cancelled; refused while these have sold
/// tickets, whose buyers must be told first.
#[utoipa::path(delete, path = "/me", tag = "me", security(("bearer" = [])), request_body = DeleteMe,
    responses((status = 204), (status = 401, body = api::Problem),
        (status = 409, body = api::Problem), (status = 422, body = api::Problem),
        (status = 429, body = api::Problem)))]
pub(super) async fn delete(
    State(state): State<AppState>,
    signed_in: SignedIn,
    OwnCookies(jar): OwnCookies,
    Json(body): Json<DeleteMe>,
) -> Result<(StatusCode, CookieJar)> {
    const FIELD: &str = "password";
    let user = signed_in.user;
    let hash = confirm_password(&state, signed_in, body.password, FIELD).await?;
    let mut tx = signed_in.begin_alone(&state.db).await?;
    let locked = db::lock_stock(&mut tx, user).await?;
    if db::has_sold_events_to_come(&mut tx, user).await? {
        return Err(Error::conflict(
            "You’ve sold tickets for upcoming events. Cancel those events first.",
        ));
    }
    tickets::settle(&mut tx, user, &locked, body.give_up_tickets).await?;
    for offer in db::forget_address(&mut tx, user).await? {
        mail::enqueue_once(&mut tx, &Mail::OfferAnswered { offer }).await?;
    }
    if !db::anonymise(&mut tx, user, &hash).await? {
        return Err(wrong_password(FIELD));
    }
    db::cancel_events_to_come(&mut tx, user).await?;
    db::revoke_sessions(&mut tx, user, None).await?;
    db::forget_devices_of(&mut tx, user, None).await?;
    tx.commit().await?;
    Ok((StatusCode::NO_CONTENT, session::forget(&state.config, jar)))
}

/// Answers the hash of the password when it is the right one. Counted like a sign-in, or a stolen
/// access token could be used to guess it.
async fn confirm_password(
    state: &AppState,
    signed_in: SignedIn,
    password: String,
    field: &str,
) -> Result<String> {
    let mut connection = state.db.acquire().await?;
    // An ended session learns nothing.
    signed_in.hold(&mut connection).await?;
    let account = db::find(&mut connection, signed_in.user).await?;
    drop(connection);
    let account = account.ok_or(Error::TokenExpired)?;
    let (limits, place) = (&state.config.rate_limits, Place::Session(signed_in.session));
    let attempt = Attempt::begin(&state.db, limits, &account.user.email, place).await?;
    let hash = account.password_hash;
    if state.passwords.verify(password, Some(hash.clone())).await? {
        attempt.succeed(&state.db).await?;
        Ok(hash)
    } else {
        Err(wrong_password(field))
    }
}

fn wrong_password(field: &str) -> Error {
    Error::field(field, "Wrong password.")
}
