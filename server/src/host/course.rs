//! An event's course: published, cancelled; its sales paused and resumed. Asking twice is as good as
//! asking once.

use api::EventId;
use api::host::{Audience, CancelEvent, EventStatus, HostEvent};
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::{self, Role};
use super::{change, db, find, lock};
use crate::auth::SignedIn;
use crate::cancellation;
use crate::error::{Error, Result};
use crate::extract::{Json, Path};
use crate::mail::recipients;
use crate::state::AppState;

/// The routes that change an event's course.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(publish))
        .routes(routes!(audience))
        .routes(routes!(cancel))
        .routes(routes!(pause))
        .routes(routes!(resume))
}

/// Publish an event and start its sale.
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
    let mut transaction = asker.begin_verified(&state.db).await?;
    access::require(&mut transaction, id, asker.user, Role::Manager).await?;
    let event = lock(&mut transaction, id, asker.user).await?;
    change::require_not_over(&event)?;
    if event.status == EventStatus::Draft {
        change::check_publishable(&event)?;
        // A manager publishes on behalf of the organizer.
        db::require_organizer(&mut transaction, id).await?;
        change::require_clear(
            &state.db,
            &mut transaction,
            asker.user,
            id,
            &change::kept(&event),
        )
        .await?;
        db::publish(&mut transaction, id).await?;
    }
    let event = find(&mut transaction, id, asker.user).await?;
    transaction.commit().await?;
    Ok(Json(event))
}

/// Get how many tickets and people are affected when the event is cancelled or moved.
#[utoipa::path(get, path = "/host/events/{id}/audience", tag = "host",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Audience), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem)),
    security(("bearer" = [])))]
async fn audience(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<Audience>> {
    let mut connection = state.db.acquire().await?;
    access::require(&mut connection, id, asker.user, Role::Manager).await?;
    let people = recipients::count(&mut connection, id).await?;
    Ok(Json(Audience {
        tickets: db::live_tickets(&mut connection, id).await?,
        people: i32::try_from(people).unwrap_or(i32::MAX),
    }))
}

/// Cancel the event: sales end at once, all tickets are refunded in the background, and everyone affected
/// gets an email, with the message if there is one.
#[utoipa::path(post, path = "/host/events/{id}/cancel", tag = "host", params(("id" = Uuid, Path)),
    responses((status = 200, body = HostEvent), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem),
        (status = 409, body = api::Problem), (status = 422, body = api::Problem)),
    request_body = Option<CancelEvent>,
    security(("bearer" = [])))]
async fn cancel(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
    body: Option<Json<CancelEvent>>,
) -> Result<Json<HostEvent>> {
    let body = body.map_or_else(CancelEvent::default, |Json(body)| body);
    let message = change::check_message(&body.message)?;
    let mut transaction = asker.begin(&state.db).await?;
    access::require(&mut transaction, id, asker.user, Role::Organizer).await?;
    let event = lock(&mut transaction, id, asker.user).await?;
    if event.status != EventStatus::Cancelled {
        require_on_sale(&event)?;
        db::cancel(&mut transaction, id).await?;
        cancellation::begin(&mut transaction, id, asker.user, message.as_deref()).await?;
    }
    let event = find(&mut transaction, id, asker.user).await?;
    transaction.commit().await?;
    Ok(Json(event))
}

/// Pause sales.
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

/// Resume sales.
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
    let mut transaction = asker.begin(&state.db).await?;
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
