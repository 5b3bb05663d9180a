//! One's own account.

use api::users::User;
use axum::extract::State;

use super::db;
use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::Json;
use crate::state::AppState;

/// Who is signed in.
#[utoipa::path(get, path = "/me", tag = "me", security(("bearer" = [])),
    responses((status = 200, body = User), (status = 401, body = api::Problem)))]
pub(super) async fn show(State(state): State<AppState>, signed_in: SignedIn) -> Result<Json<User>> {
    let account = db::find(&mut *state.db.acquire().await?, signed_in.user).await?;
    let account = account.ok_or(Error::TokenExpired)?;
    Ok(Json(account.user))
}
