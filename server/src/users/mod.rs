//! Accounts and sessions.

mod attempts;
mod auth;
mod db;
mod email;
mod me;
pub mod password;
mod session;
mod tickets;

use sqlx::PgConnection;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::Result;

use crate::state::AppState;

pub use db::Writer;
pub(crate) use db::{hold_session, lock_sessions};

/// The routes of `/auth` and `/me`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(auth::register))
        .routes(routes!(auth::login))
        .routes(routes!(auth::refresh))
        .routes(routes!(auth::logout))
        .routes(routes!(email::request_reset))
        .routes(routes!(email::reset))
        .routes(routes!(email::resend))
        .routes(routes!(email::verify))
        .routes(routes!(me::show, me::update, me::delete))
}

/// Forgets at most `limit` devices that nobody signed in on for long; returns how many.
pub(crate) async fn forget_devices(connection: &mut PgConnection, limit: i64) -> Result<usize> {
    db::forget_unused_devices(connection, session::DEVICE_DAYS, limit).await
}
