//! An event's course: published, cancelled; its sales paused and resumed. Asking twice is as good as
//! asking once.

use api::EventId;
use api::host::{EventStatus, HostEvent};
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::{self, Role};
use super::{change, db, find, lock};
use crate::auth::SignedIn;
use crate::cancellation;
use crate::error::{Error, Result};
use crate::extract::{Json, Path};
use crate::state::AppState;

/// The routes that change an event's course.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(publish))
        .routes(routes!(cancel))
        .routes(routes!(pause))
        .routes(routes!(resume))
}

/// Show the event to everyone, and let its sale begin.
#[utoipa::path(post, path = "/host/events/{id}/publish", tag = "host", params(("id" = Uuid, Path)),
    responses((status = 200, body = HostEvent), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem),
        (status = 409, body = api::Problem), (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn publish(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<HostEvent>> {
    let mut transaction = state.db.begin().await?;
    access::require(&mut transaction, id, asker.user, Role::Manager).await?;
    let event = lock(&mut transaction, id, asker.user).await?;
    change::require_not_over(&event)?;
    if event.status == EventStatus::Draft {
        change::check_publishable(&event)?;
        db::publish(&mut transaction, id).await?;
    }
    let event = find(&mut transaction, id, asker.user).await?;
    transaction.commit().await?;
    Ok(Json(event))
}

/// Call the event off: its sale ends at once, and every ticket is refunded in the background.
#[utoipa::path(post, path = "/host/events/{id}/cancel", tag = "host", params(("id" = Uuid, Path)),
    responses((status = 200, body = HostEvent), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem),
        (status = 409, body = api::Problem)),
    security(("bearer" = [])))]
async fn cancel(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<HostEvent>> {
    let mut transaction = state.db.begin().await?;
    access::require(&mut transaction, id, asker.user, Role::Organizer).await?;
    let event = lock(&mut transaction, id, asker.user).await?;
    if event.status != EventStatus::Cancelled {
        require_on_sale(&event)?;
        db::cancel(&mut transaction, id).await?;
        cancellation::begin(&mut transaction, id, asker.user).await?;
    }
    let event = find(&mut transaction, id, asker.user).await?;
    transaction.commit().await?;
    Ok(Json(event))
}

/// Stop selling until resumed.
#[utoipa::path(post, path = "/host/events/{id}/pause", tag = "host", params(("id" = Uuid, Path)),
    responses((status = 200, body = HostEvent), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem),
        (status = 409, body = api::Problem)),
    security(("bearer" = [])))]
async fn pause(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<HostEvent>> {
    set_sales_open(state, asker, id, false).await
}

/// Sell again.
#[utoipa::path(post, path = "/host/events/{id}/resume", tag = "host", params(("id" = Uuid, Path)),
    responses((status = 200, body = HostEvent), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem),
        (status = 409, body = api::Problem)),
    security(("bearer" = [])))]
async fn resume(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<HostEvent>> {
    set_sales_open(state, asker, id, true).await
}

async fn set_sales_open(
    state: AppState,
    asker: SignedIn,
    id: EventId,
    open: bool,
) -> Result<Json<HostEvent>> {
    let mut transaction = state.db.begin().await?;
    access::require(&mut transaction, id, asker.user, Role::Manager).await?;
    let event = lock(&mut transaction, id, asker.user).await?;
    require_on_sale(&event)?;
    db::set_sales_open(&mut transaction, id, open).await?;
    let event = find(&mut transaction, id, asker.user).await?;
    transaction.commit().await?;
    Ok(Json(event))
}

/// Refuses what only a published event can undergo.
fn require_on_sale(event: &HostEvent) -> Result<()> {
    change::require_not_over(event)?;
    if event.status == EventStatus::Draft {
        return Err(Error::conflict("Publish this event first."));
    }
    Ok(())
}
