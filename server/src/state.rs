//! What handlers share.

use std::ops::Deref;
use std::sync::Arc;

use sqlx::PgPool;

use crate::auth::AccessKeys;
use crate::config::ServeConfig;
use crate::events::live::Live;
use crate::events::recent::Recent;
use crate::orders::purchase::Purchases;
use crate::rate_limit::RateLimiters;
use crate::text::Fonts;
use crate::users::password::Passwords;

/// What handlers share; cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// The parts of [`AppState`].
pub struct Shared {
    /// How the server was told to run.
    pub config: ServeConfig,
    /// Connections to PostgreSQL.
    pub db: PgPool,
    /// Sign and check access tokens.
    pub access_keys: AccessKeys,
    /// Hashes and checks passwords, a few at a time.
    pub passwords: Passwords,
    /// Who tries how often.
    pub rate_limiters: RateLimiters,
    /// Places orders.
    pub purchases: Purchases,
    /// Recent answers to what everyone reads.
    pub recent: Recent,
    /// Tells event screens how many tickets are left.
    pub live: Live,
    /// What tickets and pictures are written in.
    pub fonts: Fonts,
}

impl AppState {
    /// Shares `parts`.
    pub fn new(parts: Shared) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
