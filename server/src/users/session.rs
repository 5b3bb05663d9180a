//! Sessions: families of refresh tokens, of which one is good, and good once. Whoever comes with
//! one that was used before has stolen it or was stolen from, so the family ends.

use api::users::{Client, Refresh, Session, User};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use sqlx::PgConnection;
use uuid::Uuid;

use super::db::{self, Account};
use crate::auth::ACCESS_TOKEN_LIFETIME;
use crate::config::ServeConfig;
use crate::error::Result;
use crate::extract::Json;
use crate::secret::{digest, mint};
use crate::state::AppState;

/// How long a session lasts without being refreshed.
const LIFETIME_DAYS: i32 = 30;
/// For so long a token that was used is only refused: two tabs refresh at once, or an answer is
/// lost and asked for again.
const REUSE_GRACE_SECONDS: f64 = 10.0;
const COOKIE: &str = "refresh_token";

/// A session just begun or refreshed, for its owner.
pub(super) struct Grant {
    user: User,
    session: Uuid,
    refresh_token: String,
}

/// Begins a session. None when the password is no longer the one that `account` was read with, or
/// the account is gone.
pub(super) async fn start(
    connection: &mut PgConnection,
    account: Account,
) -> Result<Option<Grant>> {
    let (session, user) = (Uuid::now_v7(), account.user);
    let hash = &account.password_hash;
    if !db::start_session(connection, session, user.id, hash, LIFETIME_DAYS).await? {
        return Ok(None);
    }
    let refresh_token = mint();
    db::add_token(connection, session, &digest(&refresh_token)).await?;
    Ok(Some(Grant {
        user,
        session,
        refresh_token,
    }))
}

/// Takes a refresh token for the next one. None when it is refused; what that did has to be
/// committed too.
pub(super) async fn rotate(connection: &mut PgConnection, token: &str) -> Result<Option<Grant>> {
    let used = digest(token);
    let Some(found) = db::lock_token(connection, &used).await? else {
        return Ok(None);
    };
    if !found.session_is_live {
        return Ok(None);
    }
    if let Some(ago) = found.used_seconds_ago {
        if ago > REUSE_GRACE_SECONDS {
            let session = found.session;
            tracing::warn!(%session, "a used refresh token came again: its session is revoked");
            db::revoke_session(connection, &used).await?;
        }
        return Ok(None);
    }
    let refresh_token = mint();
    db::replace_token(connection, &used, &digest(&refresh_token), LIFETIME_DAYS).await?;
    let account = db::find(connection, found.user).await?;
    Ok(account.map(|account| Grant {
        user: account.user,
        session: found.session,
        refresh_token,
    }))
}

/// Ends the session that `token` is or was of.
pub(super) async fn end(connection: &mut PgConnection, token: &str) -> Result<()> {
    db::revoke_session(connection, &digest(token)).await
}

/// The refresh token a request brings: in its body, or else as a cookie.
pub(super) fn presented(jar: &CookieJar, body: Option<Json<Refresh>>) -> Option<(String, Client)> {
    let in_body = body.and_then(|Json(body)| body.refresh_token);
    let in_cookie = || jar.get(COOKIE).map(|cookie| cookie.value().to_owned());
    in_body
        .map(|token| (token, Client::Native))
        .or_else(|| in_cookie().map(|token| (token, Client::Web)))
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
        let (jar, refresh_token) = match client {
            Client::Web => (jar.add(cookie(&state.config, self.refresh_token)), None),
            Client::Native => (jar, Some(self.refresh_token)),
        };
        let session = Session {
            user: self.user,
            access_token,
            expires_in: ACCESS_TOKEN_LIFETIME.as_secs() as u32,
            refresh_token,
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

fn cookie(config: &ServeConfig, token: String) -> Cookie<'static> {
    Cookie::build((COOKIE, token))
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(config.public_url.starts_with("https:"))
        .path("/api/auth")
        .max_age(time::Duration::days(LIFETIME_DAYS.into()))
        .build()
}
