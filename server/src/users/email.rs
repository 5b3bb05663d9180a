//! Proving that an address is one's own, and setting a new password by it.

use api::EmailAddress;
use api::users::{RequestReset, Reset, Session, User, VerifyEmail};
use axum::extract::State;
use axum::http::StatusCode;
use axum_extra::extract::CookieJar;

use super::password::require_unguessable;
use super::{db, session};
use crate::auth::SignedIn;
use crate::cookies::OwnCookies;
use crate::error::{Error, Result};
use crate::extract::Json;
use crate::mail::{self, Mail};
use crate::rate_limit::ClientAddress;
use crate::secret;
use crate::state::AppState;
use crate::throttle::Limit;

/// Send the confirmation email again. The link in the previous email stops working.
#[utoipa::path(post, path = "/me/verification", tag = "me", security(("bearer" = [])),
    responses((status = 204), (status = 401, body = api::Problem),
        (status = 429, body = api::Problem)))]
pub(super) async fn resend(
    State(state): State<AppState>,
    signed_in: SignedIn,
) -> Result<StatusCode> {
    let mut tx = signed_in.begin(&state.db).await?;
    let account = db::find(&mut tx, signed_in.user).await?;
    let user = account.ok_or(Error::TokenExpired)?.user;
    if !user.email_verified {
        let limit = Limit::per_hour("confirmation", state.config.rate_limits.letters_per_hour);
        limit.take(&mut tx, limit.key(&[&user.email])).await?;
        mail::enqueue(&mut tx, &[Mail::Verification { user: user.id }]).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Confirm the account's email with the token from a confirmation email or a ticket transfer. Requires
/// a session, so that no one confirms an account that someone else created with their address.
#[utoipa::path(post, path = "/me/verify-email", tag = "me", security(("bearer" = [])),
    request_body = VerifyEmail,
    responses((status = 200, body = User), (status = 401, body = api::Problem),
        (status = 422, body = api::Problem)))]
pub(super) async fn verify(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Json(body): Json<VerifyEmail>,
) -> Result<Json<User>> {
    let mut tx = signed_in.begin_alone(&state.db).await?;
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
/// The answer is the same whether or not the account exists. Further requests
/// within the hour send no email: the last link still works.
#[utoipa::path(post, path = "/auth/reset-request", tag = "auth", request_body = RequestReset,
    responses((status = 204), (status = 422, body = api::Problem),
        (status = 429, body = api::Problem)))]
pub(super) async fn request_reset(
    State(state): State<AppState>,
    address: ClientAddress,
    Json(body): Json<RequestReset>,
) -> Result<StatusCode> {
    body.validate()?;
    state.rate_limiters.accounts.check(&address)?;
    let email = EmailAddress::parse(&body.email)?;
    let limit = Limit::per_hour("reset", state.config.rate_limits.resets_per_hour);
    let mut tx = state.db.begin().await?;
    match limit.take(&mut tx, limit.key(&[&email])).await {
        Ok(()) => {
            mail::enqueue(
                &mut tx,
                &[Mail::PasswordReset {
                    email: email.into(),
                }],
            )
            .await?
        }
        // The last link is still good. Anyone who asked too often may have been a stranger.
        Err(Error::RateLimited { .. }) => {}
        Err(error) => return Err(error),
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Set a new password with the token from the email, and sign in. The token works once, for one hour.
/// Ends every other session and confirms the address.
#[utoipa::path(post, path = "/auth/reset", tag = "auth", request_body = Reset,
    responses((status = 200, body = Session), (status = 403, body = api::Problem),
        (status = 422, body = api::Problem)))]
pub(super) async fn reset(
    State(state): State<AppState>,
    OwnCookies(jar): OwnCookies,
    Json(body): Json<Reset>,
) -> Result<(CookieJar, Json<Session>)> {
    body.validate()?;
    let hash = secret::digest(&body.token);
    // Hashing is costly; it is not done for a made-up link.
    let mut connection = state.db.acquire().await?;
    let owner = db::reset_owner(&mut connection, &hash).await?;
    let owner = owner.ok_or_else(no_longer_good)?;
    let account = db::find(&mut connection, owner).await?;
    drop(connection);
    let known = account.ok_or_else(no_longer_good)?.user;
    require_unguessable(&body.password, &known.name, &known.email, "password")?;
    let password_hash = state.passwords.hash(body.password).await?;
    let mut tx = state.db.begin().await?;
    // Sessions come before all other locks.
    let owner = db::reset_owner(&mut tx, &hash).await?;
    db::lock_sessions(&mut tx, owner.ok_or_else(no_longer_good)?).await?;
    let user = db::reset_password(&mut tx, &hash, &password_hash).await?;
    let user = user.ok_or_else(no_longer_good)?;
    db::revoke_sessions(&mut tx, user, None).await?;
    db::forget_devices_of(&mut tx, user, None).await?;
    let account = db::find(&mut tx, user).await?.ok_or_else(no_longer_good)?;
    if account.suspended {
        return Err(Error::Suspended);
    }
    mail::enqueue(&mut tx, &[Mail::PasswordChanged { user }]).await?;
    let device = session::presented_device(&state.config, &jar, body.device_token.as_deref());
    let grant = session::start(&mut tx, account, device.as_deref()).await?;
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
