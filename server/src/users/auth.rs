//! Creating an account, signing in and out, and staying signed in.

use api::EmailAddress;
use api::users::{Login, Refresh, Register, Session};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum_extra::extract::CookieJar;

use super::attempts::{Attempt, Place};
use super::password::require_unguessable;
use super::{db, session};
use crate::cookies::OwnCookies;
use crate::error::{Error, Result};
use crate::extract::Json;
use crate::mail::{self, Mail};
use crate::rate_limit::ClientAddress;
use crate::reader::Reader;
use crate::review;
use crate::secret::digest;
use crate::state::AppState;

/// Create an account and sign in. An email is sent to confirm the address.
#[utoipa::path(post, path = "/auth/register", tag = "auth", request_body = Register,
    responses((status = 201, body = Session), (status = 409, body = api::Problem),
        (status = 422, body = api::Problem), (status = 429, body = api::Problem)))]
pub(super) async fn register(
    State(state): State<AppState>,
    address: ClientAddress,
    headers: HeaderMap,
    OwnCookies(jar): OwnCookies,
    Json(new): Json<Register>,
) -> Result<(StatusCode, CookieJar, Json<Session>)> {
    new.validate()?;
    if review::has_link(&new.name) {
        return Err(Error::field("name", "Leave links out of your name."));
    }
    state.rate_limiters.accounts.check(&address)?;
    state.rate_limiters.registrations.check(&address)?;
    let email = EmailAddress::parse(&new.email)?;
    require_unguessable(&new.password, &new.name, &email, "password")?;
    let device = session::presented_device(&state.config, &jar, new.device_token.as_deref());
    let locale = match &new.locale {
        Some(locale) => Reader::wanting(&[locale]),
        None => Reader::asking(&headers),
    };
    let locale = locale.locale();
    let hash = state.passwords.hash(new.password).await?;
    let mut tx = state.db.begin().await?;
    let account = db::create(&mut tx, &new.name, &email, &hash, &locale).await?;
    let letter = Mail::Verification {
        user: account.user.id,
    };
    mail::enqueue(&mut tx, &[letter]).await?;
    let grant = session::start(&mut tx, account, device.as_deref())
        .await?
        .ok_or(Error::InvalidCredentials)?;
    tx.commit().await?;
    let (jar, session) = grant.answer(&state, new.client, jar)?;
    Ok((StatusCode::CREATED, jar, session))
}

/// Sign in.
///
/// An unknown address, a wrong password and a deleted account get the same answer in the same time.
#[utoipa::path(post, path = "/auth/login", tag = "auth", request_body = Login,
    responses((status = 200, body = Session), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 422, body = api::Problem),
        (status = 429, body = api::Problem)))]
pub(super) async fn login(
    State(state): State<AppState>,
    address: ClientAddress,
    OwnCookies(jar): OwnCookies,
    Json(login): Json<Login>,
) -> Result<(CookieJar, Json<Session>)> {
    login.validate()?;
    let email = EmailAddress::parse(&login.email)?;
    state.rate_limiters.accounts.check(&address)?;
    let device = session::presented_device(&state.config, &jar, login.device_token.as_deref());
    let mut connection = state.db.acquire().await?;
    let place = match &device {
        Some(token) if db::is_device_of(&mut connection, &email, &digest(token)).await? => {
            Place::Device(token)
        }
        _ => Place::Address(address),
    };
    let account = db::find_by_email(&mut connection, &email).await?;
    drop(connection);
    let attempt = Attempt::begin(&state.db, &state.config.rate_limits, &email, place).await?;
    let hash = account
        .as_ref()
        .map(|account| account.password_hash.clone());
    let matches = state.passwords.verify(login.password, hash).await?;
    let account = account.filter(|_| matches);
    let account = account.ok_or(Error::InvalidCredentials)?;
    attempt.succeed(&state.db).await?;
    if account.suspended {
        return Err(Error::Suspended);
    }
    let mut tx = state.db.begin().await?;
    let grant = session::start(&mut tx, account, device.as_deref())
        .await?
        .ok_or(Error::InvalidCredentials)?;
    tx.commit().await?;
    grant.answer(&state, login.client, jar)
}

/// Get a new access token.
///
/// The refresh token is sent in the body or as a cookie and works once. The next one is returned the
/// same way. Using a token twice ends its session,
/// unless the session's device repeats it within ten seconds: then it gets the same next token.
#[utoipa::path(post, path = "/auth/refresh", tag = "auth", request_body = Option<Refresh>,
    params(("refresh_token" = Option<String>, Cookie, description = "A browser's refresh token")),
    responses((status = 200, body = Session), (status = 401, body = api::Problem)))]
pub(super) async fn refresh(
    State(state): State<AppState>,
    OwnCookies(jar): OwnCookies,
    body: Option<Json<Refresh>>,
) -> Result<(CookieJar, Json<Session>)> {
    let in_body = body
        .as_ref()
        .and_then(|Json(body)| body.device_token.as_deref());
    let device = session::presented_device(&state.config, &jar, in_body);
    let (token, client) =
        session::presented(&state.config, &jar, body).ok_or(Error::Unauthenticated)?;
    let mut tx = state.db.begin().await?;
    let grant = session::rotate(&mut tx, &state.access_keys, &token, device.as_deref()).await?;
    tx.commit().await?;
    let grant = grant.ok_or(Error::TokenExpired)?;
    grant.answer(&state, client, jar)
}

/// Sign out and end the session on the server. Does nothing without a session.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", request_body = Option<Refresh>,
    params(("refresh_token" = Option<String>, Cookie, description = "A browser's refresh token")),
    responses((status = 204)))]
pub(super) async fn logout(
    State(state): State<AppState>,
    OwnCookies(jar): OwnCookies,
    body: Option<Json<Refresh>>,
) -> Result<(StatusCode, CookieJar)> {
    if let Some((token, _)) = session::presented(&state.config, &jar, body) {
        session::end(&mut *state.db.acquire().await?, &token).await?;
    }
    Ok((StatusCode::NO_CONTENT, session::forget(&state.config, jar)))
}
