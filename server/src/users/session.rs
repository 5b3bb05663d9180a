//! Sessions: families of refresh tokens, of which one is valid, and works once. Anyone who comes with
//! one that was used before has stolen it or was stolen from, so the family ends.

use api::users::{Client, Refresh, Session, User};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use sqlx::PgConnection;
use uuid::Uuid;

use super::db::{self, Account};
use crate::auth::{ACCESS_TOKEN_LIFETIME, AccessKeys};
use crate::config::ServeConfig;
use crate::error::Result;
use crate::extract::Json;
use crate::secret::{digest, mint};
use crate::state::AppState;

/// How long a session lasts without being refreshed.
const LIFETIME_DAYS: i32 = 30;
/// For so long the device that used a token may bring it again.
const REUSE_GRACE_SECONDS: f64 = 10.0;
const COOKIE: &str = "refresh_token";
/// Where there is https: no other host of the domain can set a cookie of this name.
const HOST_COOKIE: &str = "__Host-refresh_token";

/// How long a device is remembered after it was last used to sign in.
pub(super) const DEVICE_DAYS: i32 = 400;
const DEVICE_COOKIE: &str = "device";
const HOST_DEVICE_COOKIE: &str = "__Host-device";

/// A session just begun or refreshed, for its owner.
pub(super) struct Grant {
    user: User,
    session: Uuid,
    refresh_token: String,
    /// What the device is known by from now on; none when nothing changes.
    device: Option<String>,
}

/// Begins a session on a device that may be known by this token. None when the password is no longer
/// the one that `account` was read with, or the account is gone.
pub(super) async fn start(
    connection: &mut PgConnection,
    account: Account,
    device: Option<&str>,
) -> Result<Option<Grant>> {
    let (session, user) = (Uuid::now_v7(), account.user);
    let device = match device {
        // Only what was given out is taken back.
        Some(token) if db::is_device(connection, &digest(token)).await? => token.to_owned(),
        _ => mint(),
    };
    let begun = db::NewSession {
        id: session,
        user: user.id,
        password_hash: &account.password_hash,
        device: &digest(&device),
        days: LIFETIME_DAYS,
    };
    if !db::start_session(connection, &begun).await? {
        return Ok(None);
    }
    let refresh_token = mint();
    db::add_token(connection, session, &digest(&refresh_token)).await?;
    Ok(Some(Grant {
        user,
        session,
        refresh_token,
        device: Some(device),
    }))
}

/// Takes a refresh token for the next one. None when it is refused; what that did has to be
/// committed too.
///
/// Within ten seconds the device of the session gets the same next token again: two tabs came with
/// one, or an answer was lost. Anyone else who comes with a used token has stolen it or was stolen from.
pub(super) async fn rotate(
    connection: &mut PgConnection,
    keys: &AccessKeys,
    token: &str,
    device: Option<&str>,
) -> Result<Option<Grant>> {
    let used = digest(token);
    let Some(found) = db::lock_token(connection, &used).await? else {
        return Ok(None);
    };
    if !found.session_is_live {
        return Ok(None);
    }
    let device_hash = device.map(|device| digest(device).to_vec());
    let is_device = device_hash.is_some() && device_hash == found.device;
    let refresh_token = match found.used_seconds_ago {
        None => {
            let next = keys.successor(token);
            db::replace_token(connection, &used, &digest(&next), is_device, LIFETIME_DAYS).await?;
            next
        }
        Some(ago) if ago <= REUSE_GRACE_SECONDS && is_device && found.used_by_device => {
            match given_out_after(connection, keys, found.session, token).await? {
                Some(next) => next,
                None => return Ok(None),
            }
        }
        Some(_) => {
            let session = found.session;
            tracing::warn!(%session, "a used refresh token came again: its session is revoked");
            db::revoke_session(connection, &used).await?;
            return Ok(None);
        }
    };
    // Sessions from before devices were known get one.
    let device = match found.device {
        Some(_) => None,
        None => {
            let device = mint();
            db::bind(connection, found.session, &digest(&device)).await?;
            Some(device)
        }
    };
    let account = db::find(connection, found.user).await?;
    Ok(account.map(|account| Grant {
        user: account.user,
        session: found.session,
        refresh_token,
        device,
    }))
}

/// The token that was given out after `token`, if it is still the newest of the session.
async fn given_out_after(
    connection: &mut PgConnection,
    keys: &AccessKeys,
    session: Uuid,
    token: &str,
) -> Result<Option<String>> {
    for next in keys.successors(token) {
        if db::is_next(connection, session, &digest(&next)).await? {
            return Ok(Some(next));
        }
    }
    Ok(None)
}

/// Ends the session that `token` is or was of.
pub(super) async fn end(connection: &mut PgConnection, token: &str) -> Result<()> {
    db::revoke_session(connection, &digest(token)).await
}

/// The refresh token a request brings: in its body, or else as a cookie.
pub(super) fn presented(
    config: &ServeConfig,
    jar: &CookieJar,
    body: Option<Json<Refresh>>,
) -> Option<(String, Client)> {
    let in_body = body.and_then(|Json(body)| body.refresh_token);
    let in_cookie = || {
        jar.get(cookie_name(config))
            .map(|cookie| cookie.value().to_owned())
    };
    in_body
        .map(|token| (token, Client::Native))
        .or_else(|| in_cookie().map(|token| (token, Client::Web)))
}

/// What the device that a request comes from is known by: said in its body, or else as a cookie.
pub(super) fn presented_device(
    config: &ServeConfig,
    jar: &CookieJar,
    in_body: Option<&str>,
) -> Option<String> {
    let in_cookie = || jar.get(device_cookie_name(config)).map(Cookie::value);
    in_body.or_else(in_cookie).map(str::to_owned)
}

impl Grant {
    /// What the client gets, with the refresh token where it keeps it.
    pub(super) fn answer(
        self,
        state: &AppState,
        client: Client,
        jar: CookieJar,
    ) -> Result<(CookieJar, Json<Session>)> {
        let access_token = state.access_keys.issue(self.user.id, self.session)?;
        let config = &state.config;
        let (jar, refresh_token, device_token) = match client {
            Client::Web => {
                let jar = jar.add(cookie(config, self.refresh_token));
                let device = self.device.map(|token| device_cookie(config, token));
                (device.into_iter().fold(jar, CookieJar::add), None, None)
            }
            Client::Native => (jar, Some(self.refresh_token), self.device),
        };
        let session = Session {
            user: self.user,
            access_token,
            expires_in: ACCESS_TOKEN_LIFETIME.as_secs() as u32,
            refresh_token,
            device_token,
        };
        Ok((jar, Json(session)))
    }
}

/// Tells a browser to forget its refresh token.
pub(super) fn forget(config: &ServeConfig, jar: CookieJar) -> CookieJar {
    let mut cookie = cookie(config, String::new());
    cookie.make_removal();
    jar.add(cookie)
}

fn cookie_name(config: &ServeConfig) -> &'static str {
    if config.has_https() {
        HOST_COOKIE
    } else {
        COOKIE
    }
}

fn device_cookie_name(config: &ServeConfig) -> &'static str {
    if config.has_https() {
        HOST_DEVICE_COOKIE
    } else {
        DEVICE_COOKIE
    }
}

fn cookie(config: &ServeConfig, token: String) -> Cookie<'static> {
    secret_cookie(config, cookie_name(config), token, LIFETIME_DAYS)
}

fn device_cookie(config: &ServeConfig, token: String) -> Cookie<'static> {
    secret_cookie(config, device_cookie_name(config), token, DEVICE_DAYS)
}

fn secret_cookie(
    config: &ServeConfig,
    name: &'static str,
    secret: String,
    days: i32,
) -> Cookie<'static> {
    // A cookie of one host alone has to be for all of its paths.
    let path = if config.has_https() { "/" } else { "/api/auth" };
    Cookie::build((name, secret))
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(config.has_https())
        .path(path)
        .max_age(time::Duration::days(days.into()))
        .build()
}
