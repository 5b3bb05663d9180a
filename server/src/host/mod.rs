//! Events as their organizers see and make them.

pub mod access;
pub mod change;
pub mod course;
pub mod cover;
pub mod db;
pub mod guests;
pub mod promo_codes;
pub mod sales;
pub mod staff;

use api::host::{CreateEvent, EventStatus, HostEvent, HostEventSummary, UpdateEvent};
use api::{EventId, Page, UserId};
use axum::extract::State;
use axum::http::StatusCode;
use sqlx::PgConnection;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, PageQuery, Path, Query, page};
use crate::mail::moved;
use crate::orders::purchase::lock_stock;
use crate::state::AppState;
use access::Role;

/// The routes of `/host/events`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(detail, create_with_id, update))
        .merge(course::routes())
        .merge(sales::routes())
        .merge(guests::routes())
        .merge(cover::routes())
        .merge(promo_codes::routes())
        .merge(staff::routes())
}

/// List the events that the user organizes or works on, newest first.
#[utoipa::path(get, path = "/host/events", tag = "host", params(PageQuery),
    responses((status = 200, body = Page<HostEventSummary>), (status = 401, body = api::Problem),
        (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn list(
    State(state): State<AppState>,
    asker: SignedIn,
    Query(paging): Query<PageQuery>,
) -> Result<Json<Page<HostEventSummary>>> {
    let limit = paging.limit()?;
    let mut connection = state.db.acquire().await?;
    let events = db::list(&mut connection, asker.user, paging.after()?, limit + 1).await?;
    let Page { items, next_cursor } = page(events, limit, |(made_at, event)| (*made_at, event.id));
    Ok(Json(Page {
        items: items.into_iter().map(|(_, event)| event).collect(),
        next_cursor,
    }))
}

/// Create a draft event. The server chooses its id, so two requests create two events.
#[utoipa::path(post, path = "/host/events", tag = "host",
    responses((status = 201, body = HostEvent), (status = 401, body = api::Problem),
        (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn create(
    State(state): State<AppState>,
    asker: SignedIn,
    Json(body): Json<CreateEvent>,
) -> Result<(StatusCode, Json<HostEvent>)> {
    make(&state, &asker, Uuid::now_v7(), body).await
}

/// Create a draft event with an id that the client chooses. Repeating the request changes nothing and
/// returns the event.
#[utoipa::path(put, path = "/host/events/{id}", tag = "host", params(("id" = Uuid, Path)),
    responses((status = 201, body = HostEvent),
        (status = 200, body = HostEvent, description = "Created before"),
        (status = 401, body = api::Problem), (status = 403, body = api::Problem),
        (status = 404, body = api::Problem), (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn create_with_id(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
    Json(body): Json<CreateEvent>,
) -> Result<(StatusCode, Json<HostEvent>)> {
    make(&state, &asker, id, body).await
}

async fn make(
    state: &AppState,
    asker: &SignedIn,
    id: EventId,
    event: CreateEvent,
) -> Result<(StatusCode, Json<HostEvent>)> {
    let wanted = change::check_new(event)?;
    let mut transaction = asker.begin(&state.db).await?;
    let status = match db::insert(&mut transaction, id, asker.user, &wanted).await? {
        true => {
            db::write_types(&mut transaction, id, &wanted.ticket_types).await?;
            StatusCode::CREATED
        }
        false => {
            access::require(&mut transaction, id, asker.user, Role::Organizer).await?;
            StatusCode::OK
        }
    };
    let event = find(&mut transaction, id, asker.user).await?;
    transaction.commit().await?;
    Ok((status, Json(event)))
}

/// Get one of the user's events with everything that can be edited.
#[utoipa::path(get, path = "/host/events/{id}", tag = "host", params(("id" = Uuid, Path)),
    responses((status = 200, body = HostEvent), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem)),
    security(("bearer" = [])))]
async fn detail(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<HostEvent>> {
    let mut connection = state.db.acquire().await?;
    access::require(&mut connection, id, asker.user, Role::Door).await?;
    Ok(Json(find(&mut connection, id, asker.user).await?))
}

/// Change an event that is not over. Everyone affected by a new time or place of a published event gets an
/// email, with the message if there is one.
#[utoipa::path(patch, path = "/host/events/{id}", tag = "host", params(("id" = Uuid, Path)),
    responses((status = 200, body = HostEvent), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem),
        (status = 409, body = api::Problem), (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn update(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
    Json(body): Json<UpdateEvent>,
) -> Result<Json<HostEvent>> {
    let message = change::check_message(body.message.as_deref().unwrap_or_default())?;
    let mut transaction = asker.begin(&state.db).await?;
    access::require(&mut transaction, id, asker.user, Role::Manager).await?;
    let before = lock(&mut transaction, id, asker.user).await?;
    let wanted = change::merge(&before, body)?;
    if before.status == EventStatus::Published {
        change::require_clear(&state.db, &mut transaction, asker.user, id, &wanted).await?;
    }
    store(&mut transaction, &before, &wanted).await?;
    let event = find(&mut transaction, id, asker.user).await?;
    moved::tell(&mut transaction, &before, &event, message.as_deref()).await?;
    transaction.commit().await?;
    Ok(Json(event))
}

/// Makes the locked `event` what is `wanted`, unless orders stand against it.
async fn store(
    connection: &mut PgConnection,
    event: &HostEvent,
    wanted: &CreateEvent,
) -> Result<()> {
    if let Some(max) = wanted.max_per_user
        && event.max_per_user != Some(max)
    {
        let most = db::most_bought(connection, event.id).await?;
        change::check_limit(max, most)?;
    }
    let kept: Vec<Uuid> = wanted.ticket_types.iter().filter_map(|t| t.id).collect();
    if let Some(used) = db::used_type_besides(connection, event.id, &kept).await? {
        return Err(Error::conflict(change::cannot_remove(&used)));
    }
    db::update(connection, event.id, wanted).await?;
    db::delete_types_besides(connection, event.id, &kept).await?;
    db::write_types(connection, event.id, &wanted.ticket_types).await
}

/// The event, which is known to be there, as `asker` may see it.
async fn find(connection: &mut PgConnection, id: EventId, asker: UserId) -> Result<HostEvent> {
    let event = db::find(connection, id, asker).await?;
    event.ok_or(Error::NotFound)
}

/// The event as it is once no purchase of it is under way, nor can begin before the transaction
/// ends: its stock is locked first and read afterwards.
async fn lock(connection: &mut PgConnection, id: EventId, asker: UserId) -> Result<HostEvent> {
    lock_stock(connection, &[id]).await?;
    find(connection, id, asker).await
}
