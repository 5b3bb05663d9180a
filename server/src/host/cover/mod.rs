//! An event's cover: the organizer's picture in place of the generated poster.

pub mod db;
pub mod picture;
mod queue;

use api::EventId;
use api::host::{COVER_MAX_BYTES, HostEvent};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::access::{self, Role};
use super::{change, find, lock};
use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, Path};
use crate::state::AppState;
use picture::{PictureError, to_jpeg};
use queue::{Place, QUEUE};

/// The routes of an event's cover.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(put_cover, delete_cover))
        .layer(DefaultBodyLimit::max(COVER_MAX_BYTES))
}

/// Upload an event's picture: JPEG, PNG or WebP, up to 5 MiB, 64 megapixels and 20,000 pixels a side.
/// It is rotated upright, resized to 1600 pixels and stored as JPEG without metadata.
#[utoipa::path(put, path = "/host/events/{id}/cover", tag = "host", params(("id" = Uuid, Path)),
    request_body(content = Upload, content_type = "image/*"),
    responses((status = 200, body = HostEvent), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem),
        (status = 409, body = api::Problem), (status = 413, body = api::Problem),
        (status = 422, body = api::Problem), (status = 503, body = api::Problem)),
    security(("bearer" = [])))]
async fn put_cover(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
    request: Request,
) -> Result<Json<HostEvent>> {
    // The work is not done for someone who may not change the event.
    let mut connection = state.db.acquire().await?;
    asker.hold(&mut connection).await?;
    access::require(&mut connection, id, asker.user, Role::Manager).await?;
    drop(connection);
    let place = QUEUE.enter(asker.user)?;
    let Upload(file) = Upload::from_request(request, &state).await?;
    let jpeg = prepare(&place, file).await?;
    drop(place);
    set(&state, &asker, id, Some(jpeg)).await
}

/// Remove an event's picture, so that it shows its generated poster again.
#[utoipa::path(delete, path = "/host/events/{id}/cover", tag = "host",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = HostEvent), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem),
        (status = 409, body = api::Problem)),
    security(("bearer" = [])))]
async fn delete_cover(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<HostEvent>> {
    set(&state, &asker, id, None).await
}

async fn set(
    state: &AppState,
    asker: &SignedIn,
    id: EventId,
    jpeg: Option<Vec<u8>>,
) -> Result<Json<HostEvent>> {
    let mut transaction = asker.begin(&state.db).await?;
    access::require(&mut transaction, id, asker.user, Role::Manager).await?;
    let event = lock(&mut transaction, id, asker.user).await?;
    change::require_not_over(&event)?;
    let new = match jpeg {
        Some(jpeg) => Some(db::insert(&mut transaction, Uuid::now_v7(), &jpeg).await?),
        None => None,
    };
    if let Some(old) = db::replace(&mut transaction, id, new).await? {
        db::delete(&mut transaction, old).await?;
    }
    let event = find(&mut transaction, id, asker.user).await?;
    transaction.commit().await?;
    Ok(Json(event))
}

async fn prepare(place: &Place<'_>, file: Bytes) -> Result<Vec<u8>> {
    let turn = place.turn().await?;
    let work = move || {
        let _turn = turn;
        to_jpeg(&file)
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(jpeg)) => Ok(jpeg),
        Ok(Err(PictureError::Encode(error))) => Err(Error::internal(error)),
        Ok(Err(refused)) => Err(Error::field("cover", &refused.to_string())),
        Err(panic) => Err(Error::internal(panic)),
    }
}

/// The picture as it came.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
struct Upload(Bytes);

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        Bytes::from_request(request, state)
            .await
            .map(Self)
            .map_err(|rejection| Error::Malformed {
                status: rejection.status(),
                detail: match rejection.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => "Choose a picture of up to 5 MB.".to_owned(),
                    _ => rejection.body_text(),
                },
            })
    }
}
