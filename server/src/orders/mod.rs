//! Orders.

mod refusal;

pub use refusal::Refusal;
use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

/// The routes of `/orders`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
}
