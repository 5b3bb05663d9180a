//! Accounts and sessions.

mod auth;
mod db;
mod email;
mod me;
pub mod password;
mod session;
mod tickets;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

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
