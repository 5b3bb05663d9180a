//! Who helps with an event: managers and door staff, by their address.

pub mod db;

use api::staff::{AddStaff, STAFF_MAX, Staff, StaffMember};
use api::{EmailAddress, EventId};
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::access::{self, Role};
use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, Path};
use crate::state::AppState;

/// The routes of an event's staff.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(remove))
}

/// List an event's team.
#[utoipa::path(get, path = "/host/events/{id}/staff", tag = "staff", params(("id" = Uuid, Path)),
    responses((status = 200, body = Staff), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem)),
    security(("bearer" = [])))]
async fn list(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<Staff>> {
    let mut connection = state.db.acquire().await?;
    access::require(&mut connection, id, asker.user, Role::Organizer).await?;
    let items = db::list(&mut connection, id).await?;
    Ok(Json(Staff { items }))
}

/// Add someone to an event's team, or change their role.
#[utoipa::path(post, path = "/host/events/{id}/staff", tag = "staff", params(("id" = Uuid, Path)),
    responses((status = 201, body = StaffMember), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem),
        (status = 409, body = api::Problem), (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn add(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
    Json(body): Json<AddStaff>,
) -> Result<(StatusCode, Json<StaffMember>)> {
    let mut transaction = asker.begin_verified(&state.db).await?;
    access::require(&mut transaction, id, asker.user, Role::Organizer).await?;
    body.validate()?;
    let email = EmailAddress::parse(&body.email)?;
    let member = db::put(&mut transaction, id, &email, body.role).await?;
    if db::list(&mut transaction, id).await?.len() > STAFF_MAX {
        let sentence = format!("An event’s team can have up to {STAFF_MAX} people.");
        return Err(Error::conflict(sentence));
    }
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(member)))
}

/// Remove someone from an event's team.
#[utoipa::path(delete, path = "/host/events/{id}/staff/{member}", tag = "staff",
    params(("id" = Uuid, Path), ("member" = Uuid, Path)),
    responses((status = 204), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem)),
    security(("bearer" = [])))]
async fn remove(
    State(state): State<AppState>,
    asker: SignedIn,
    Path((id, member)): Path<(EventId, Uuid)>,
) -> Result<StatusCode> {
    let mut transaction = asker.begin(&state.db).await?;
    access::require(&mut transaction, id, asker.user, Role::Organizer).await?;
    if !db::delete(&mut transaction, id, member).await? {
        return Err(Error::NotFound);
    }
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
