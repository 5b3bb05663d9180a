//! Tickets as their holders see them.

use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

/// The routes of `/tickets`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
}
