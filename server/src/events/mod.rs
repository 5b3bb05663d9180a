//! Events as attendees see them: the list, one event, and its stock live.

pub mod db;
pub mod live;
pub mod recent;
pub mod sale;

use std::convert::Infallible;

use api::events::{EventDetail, EventSummary, When};
use api::{EventId, Page};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt};
use serde::Deserialize;
use tokio_stream::wrappers::WatchStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::Answer;
use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, PageQuery, Path, Query, page, search_query};
use crate::http::{ANYWHERE, CROSS_ORIGIN_RESOURCE_POLICY};
use crate::reader::Reader;
use crate::state::AppState;

/// The routes of `/events` and `/covers`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(detail))
        .routes(routes!(watch))
        .routes(routes!(cover))
}

/// Which events.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Words of the title, venue or city. Only a search finds cancelled events, after all others.
    q: Option<String>,
    /// Which by time or price; `all` when absent.
    #[serde(default)]
    when: When,
}

/// List published events that are not cancelled. May be a moment old; has an ETag.
#[utoipa::path(get, path = "/events", tag = "events", params(ListQuery, PageQuery),
    responses((status = 200, body = Page<EventSummary>), (status = 304),
        (status = 422, body = api::Problem)))]
async fn list(
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(query): Query<ListQuery>,
    Query(paging): Query<PageQuery>,
) -> Result<Response> {
    let search = search_query(query.q.as_deref().unwrap_or_default())?;
    let search = Some(search.as_str()).filter(|text| !text.is_empty());
    let (limit, after) = (paging.limit()?, paging.after()?);
    let answer = public_list(&state, search, query.when, after, limit).await?;
    Ok(answer.respond(&headers))
}

/// At most `limit` of the published events, behind `after`: a `Page<EventSummary>`, written.
pub async fn public_list(
    state: &AppState,
    search: Option<&str>,
    when: When,
    after: Option<db::Position>,
    limit: i64,
) -> Result<Answer> {
    let key = format!("{when:?} {limit} {after:?} {search:?}");
    let load = async {
        let mut connection = state.db.acquire().await?;
        let events = db::list(&mut connection, search, when, after, limit + 1).await?;
        Ok(page(events, limit, db::position))
    };
    state.recent.list(key, load).await
}

/// Get an event. Only its organizer and team can see a draft. May be slightly out of date; has an ETag
/// for signed-out requests.
#[utoipa::path(get, path = "/events/{id}", tag = "events", params(("id" = Uuid, Path)),
    responses((status = 200, body = EventDetail), (status = 304),
        (status = 404, body = api::Problem)),
    security((), ("bearer" = [])))]
async fn detail(
    State(state): State<AppState>,
    headers: HeaderMap,
    asker: Option<SignedIn>,
    Path(id): Path<EventId>,
) -> Result<Response> {
    let detail = match (public(&state, id).await?, asker) {
        (Some(event), None) => return Ok(event.answer.respond(&headers)),
        (None, None) => return Err(Error::NotFound),
        (Some(event), Some(asker)) => {
            let mut connection = state.db.acquire().await?;
            let db::Share { yours, may_buy } =
                db::share_of(&mut connection, id, asker.user).await?;
            EventDetail {
                yours,
                may_buy,
                ..EventDetail::clone(&event.detail)
            }
        }
        (None, Some(asker)) => {
            let mut connection = state.db.acquire().await?;
            let draft = db::find(&mut connection, id, Some(asker.user)).await?;
            draft.ok_or(Error::NotFound)?
        }
    };
    Ok(Json(detail).into_response())
}

/// The public side of an event; none of a draft.
pub async fn public(state: &AppState, id: EventId) -> Result<Option<recent::Event>> {
    let load = async {
        let mut connection = state.db.acquire().await?;
        let Some(detail) = db::find(&mut connection, id, None).await? else {
            return Ok(None);
        };
        let organizer = db::locale_of(&mut connection, detail.organizer.id).await?;
        Ok(Some((detail, Reader::of(&organizer))))
    };
    state.recent.event(id, load).await
}

/// One message of the stream.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it describes what is written by hand")]
struct LiveMessage {
    /// A `LiveStock`, as JSON.
    data: String,
}

/// Stream how many tickets are left and how many people are going, on every change, at most twice a second.
#[utoipa::path(get, path = "/events/{id}/live", tag = "events", params(("id" = Uuid, Path)),
    responses((status = 200, body = LiveMessage, content_type = "text/event-stream"),
        (status = 404, body = api::Problem)))]
async fn watch(
    State(state): State<AppState>,
    Path(id): Path<EventId>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let stock = state.live.watch(id).await?.ok_or(Error::NotFound)?;
    let events = WatchStream::new(stock)
        .filter_map(async |stock| Event::default().json_data(stock.as_ref()?).ok().map(Ok));
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// Get an event's picture.
#[utoipa::path(get, path = "/covers/{id}", tag = "events", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "image/jpeg", body = [u8]),
        (status = 404, body = api::Problem)))]
async fn cover(State(state): State<AppState>, Path(id): Path<Uuid>) -> Result<Response> {
    let mut connection = state.db.acquire().await?;
    let cover = db::cover(&mut connection, id)
        .await?
        .ok_or(Error::NotFound)?;
    let kind = HeaderValue::from_str(&cover.content_type).map_err(Error::internal)?;
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, forever),
        (CROSS_ORIGIN_RESOURCE_POLICY, ANYWHERE),
    ];
    Ok((headers, Bytes::from(cover.content)).into_response())
}
