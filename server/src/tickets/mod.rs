//! Tickets as their holders see them.

pub mod db;
pub mod ending;

use api::tickets::{Ticket, TicketsWhen};
use api::{EventId, Page, TicketNumber};
use axum::extract::State;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, PageQuery, Path, Query, page};
use crate::state::AppState;

/// The routes of `/tickets`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(detail))
}

/// Which tickets.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// For events to come or over; `upcoming` when absent.
    #[serde(default)]
    when: TicketsWhen,
}

/// List the user's tickets with their codes.
#[utoipa::path(get, path = "/tickets", tag = "tickets", params(ListQuery, PageQuery),
    responses((status = 200, body = Page<Ticket>), (status = 401, body = api::Problem),
        (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn list(
    State(state): State<AppState>,
    holder: SignedIn,
    Query(query): Query<ListQuery>,
    Query(paging): Query<PageQuery>,
) -> Result<Json<Page<Ticket>>> {
    let limit = paging.limit()?;
    let mut connection = state.db.acquire().await?;
    let after = paging.after()?;
    let tickets = db::list(&mut connection, holder.user, query.when, after, limit + 1).await?;
    Ok(Json(page(tickets, limit, |ticket| -> db::Position {
        let event = &ticket.event;
        (event.cancelled, event.starts_at, event.id, ticket.number)
    })))
}

/// Get one of the user's tickets.
#[utoipa::path(get, path = "/tickets/{event_id}/{number}", tag = "tickets",
    params(("event_id" = Uuid, Path), ("number" = i32, Path)),
    responses((status = 200, body = Ticket), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem)),
    security(("bearer" = [])))]
async fn detail(
    State(state): State<AppState>,
    holder: SignedIn,
    Path((event, number)): Path<(EventId, TicketNumber)>,
) -> Result<Json<Ticket>> {
    let mut connection = state.db.acquire().await?;
    let mut tickets = db::held(&mut connection, holder.user, &[(event, number)]).await?;
    tickets.pop().map(Json).ok_or(Error::NotFound)
}
