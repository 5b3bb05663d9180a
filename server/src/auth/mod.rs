//! Who asks: access tokens and the extractors for them.

mod keys;
mod secrets;

use api::UserId;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use sqlx::{PgConnection, PgPool, PgTransaction};

use crate::error::{Error, Result};
use crate::state::AppState;
use crate::users::{self, Writer};
pub use keys::{ACCESS_TOKEN_LIFETIME, AccessKeys};
pub use secrets::AccessSecrets;

/// Someone signed in. Handlers that take it answer 401 to everyone else; those that take
/// `Option<SignedIn>` serve both.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn {
    /// Who.
    pub user: UserId,
    /// In which session.
    pub session: uuid::Uuid,
}

/// An access token outlives its session by minutes. That is enough to read; whatever writes begins
/// here, so that a session that was ended changes nothing any more.
impl SignedIn {
    /// Begins a transaction that writes on behalf of this session. Refuses an ended session; one
    /// that is live stays so until the transaction ends.
    pub async fn begin(&self, db: &PgPool) -> Result<PgTransaction<'static>> {
        let mut transaction = db.begin().await?;
        self.hold(&mut transaction).await?;
        Ok(transaction)
    }

    /// The same for what reaches other people: the account's address must be confirmed.
    pub async fn begin_verified(&self, db: &PgPool) -> Result<PgTransaction<'static>> {
        let mut transaction = db.begin().await?;
        match self.hold(&mut transaction).await? {
            Writer {
                email_verified: true,
            } => Ok(transaction),
            Writer {
                email_verified: false,
            } => Err(Error::email_unverified()),
        }
    }

    /// The same for what ends sessions: no other session of the account ends, begins to write or
    /// goes on writing before the transaction ends.
    pub async fn begin_alone(&self, db: &PgPool) -> Result<PgTransaction<'static>> {
        let mut transaction = db.begin().await?;
        let live = users::lock_sessions(&mut transaction, self.user).await?;
        match live.contains(&self.session) {
            true => Ok(transaction),
            false => Err(Error::TokenExpired),
        }
    }

    /// Refuses an ended session; keeps a live one from being ended before the transaction of
    /// `connection` does. It comes before all other locks.
    pub async fn hold(&self, connection: &mut PgConnection) -> Result<Writer> {
        let writer = users::hold_session(connection, self.session, self.user).await?;
        writer.ok_or(Error::TokenExpired)
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
            .map(|(_, token)| token)
            .ok_or(Error::Unauthenticated)?;
        state.access_keys.check(token)
    }
}

impl OptionalFromRequestParts<AppState> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Option<Self>> {
        if parts.headers.contains_key(AUTHORIZATION) {
            <Self as FromRequestParts<AppState>>::from_request_parts(parts, state)
                .await
                .map(Some)
        } else {
            Ok(None)
        }
    }
}
