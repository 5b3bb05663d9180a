//! Proving that an address is one's own, and setting a new password by it.

use api::EmailAddress;
use api::users::{RequestReset, Reset, Session, User, VerifyEmail};
use axum::extract::State;
use axum::http::StatusCode;
use axum_extra::extract::CookieJar;

use super::{db, session};
use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::Json;
use crate::mail::{self, Mail};
use crate::rate_limit::ClientAddress;
use crate::secret;
use crate::state::AppState;

/// Send the confirmation email again. The link in the previous email stops working.
#[utoipa::path(post, path = "/me/verification", tag = "me", security(("bearer" = [])),
    responses((status = 204), (status = 401, body = api::Problem),
        (status = 429, body = api::Problem)))]
pub(super) async fn resend(
    State(state): State<AppState>,
    signed_in: SignedIn,
) -> Result<StatusCode> {
    let mut connection = state.db.acquire().await?;
    let account = db::find(&mut connection, signed_in.user).await?;
    let user = account.ok_or(Error::TokenExpired)?.user;
    if !user.email_verified {
        state.rate_limiters.letters.check(&user.email)?;
        mail::enqueue(&mut connection, &[Mail::Verification { user: user.id }]).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Confirm the account's email with the token from a confirmation email or a ticket transfer. Requires
/// a session, so that nobody confirms an account that someone else created with their address.
#[utoipa::path(post, path = "/me/verify-email", tag = "me", security(("bearer" = [])),
    request_body = VerifyEmail,
    responses((status = 200, body = User), (status = 401, body = api::Problem),
        (status = 422, body = api::Problem)))]
pub(super) async fn verify(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Json(body): Json<VerifyEmail>,
) -> Result<Json<User>> {
    let mut tx = state.db.begin().await?;
    let hash = secret::digest(&body.token);
    if !db::verify_email(&mut tx, signed_in.user, &hash).await? {
        let account = db::find(&mut tx, signed_in.user).await?;
        let user = account.ok_or(Error::TokenExpired)?.user;
        if user.email_verified {
            return Ok(Json(user));
        }
        return Err(no_longer_good());
    }
    let account = db::find(&mut tx, signed_in.user).await?;
    tx.commit().await?;
    Ok(Json(account.ok_or(Error::TokenExpired)?.user))
}

/// Send a link that sets a new password.
///
/// The answer is the same whether or not the account exists.
#[utoipa::path(post, path = "/auth/reset-request", tag = "auth", request_body = RequestReset,
    responses((status = 204), (status = 422, body = api::Problem),
        (status = 429, body = api::Problem)))]
pub(super) async fn request_reset(
    State(state): State<AppState>,
    address: ClientAddress,
    Json(body): Json<RequestReset>,
) -> Result<StatusCode> {
    body.validate()?;
    state.rate_limiters.resets.check(&address)?;
    let email = EmailAddress::parse(&body.email)?;
    state.rate_limiters.letters.check(&email.to_string())?;
    let mut connection = state.db.acquire().await?;
    mail::enqueue(
        &mut connection,
        &[Mail::PasswordReset {
            email: email.into(),
        }],
    )
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Set a new password with the token from the email, and sign in. The token works once, for one hour.
/// Ends every other session and confirms the address.
#[utoipa::path(post, path = "/auth/reset", tag = "auth", request_body = Reset,
    responses((status = 200, body = Session), (status = 422, body = api::Problem)))]
pub(super) async fn reset(
    State(state): State<AppState>,
    jar: CookieJar,
    Json(body): Json<Reset>,
) -> Result<(CookieJar, Json<Session>)> {
    body.validate()?;
    let hash = secret::digest(&body.token);
    // Hashing is costly; whoever made a link up shall not have it done.
    if !db::reset_is_open(&mut *state.db.acquire().await?, &hash).await? {
        return Err(no_longer_good());
    }
    let password_hash = state.passwords.hash(body.password).await?;
    let mut tx = state.db.begin().await?;
    let user = db::reset_password(&mut tx, &hash, &password_hash).await?;
    let user = user.ok_or_else(no_longer_good)?;
    db::revoke_sessions(&mut tx, user, None).await?;
    let account = db::find(&mut tx, user).await?.ok_or_else(no_longer_good)?;
    let grant = session::start(&mut tx, account).await?;
    let grant = grant.ok_or_else(no_longer_good)?;
    tx.commit().await?;
    grant.answer(&state, body.client, jar)
}

fn no_longer_good() -> Error {
    Error::field(
        "token",
        "This link has expired or was already used. Get a new one.",
    )
}
