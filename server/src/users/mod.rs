//! Accounts and sessions.

pub mod password;

use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

/// The routes of `/auth` and `/me`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
}
