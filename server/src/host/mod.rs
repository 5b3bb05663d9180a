//! Events as their organizers see and make them.

use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

/// The routes of `/host/events`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
}
