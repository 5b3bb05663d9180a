//! Transfers: tickets on their way from one holder to the next.
//!
//! A pending ticket has no holder, its sender is on the transfer. Whatever decides a transfer locks
//! the event's stock and the ticket first, as refunds, revocations and check-ins do, so that of all
//! who want to decide it one does.

pub mod db;
mod decide;
pub mod over;
mod send;

use api::Page;
use api::transfers::{Offer, Transfer};
use axum::extract::State;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, PageQuery, Path, Query, page};
use crate::secret;
use crate::state::AppState;

/// The routes of `/transfers` and `/claims`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, send::several))
        .routes(routes!(send::one))
        .routes(routes!(decide::accept))
        .routes(routes!(decide::decline))
        .routes(routes!(decide::recall))
        .routes(routes!(claim))
}

/// Which transfers.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only those that wait for an answer.
    #[serde(default)]
    pending: bool,
}

/// List the transfers the user sent and those to their confirmed email, newest first.
#[utoipa::path(get, path = "/transfers", tag = "transfers", params(ListQuery, PageQuery),
    responses((status = 200, body = Page<Transfer>), (status = 401, body = api::Problem),
        (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn list(
    State(state): State<AppState>,
    asker: SignedIn,
    Query(query): Query<ListQuery>,
    Query(paging): Query<PageQuery>,
) -> Result<Json<Page<Transfer>>> {
    let limit = paging.limit()?;
    let mut connection = state.db.acquire().await?;
    let after = paging.after()?;
    let transfers = db::list(&mut connection, asker.user, query.pending, after, limit + 1).await?;
    Ok(Json(page(transfers, limit, |transfer| transfer.id)))
}

/// Get the tickets that a claim link offers. Anyone with the link can see them; accepting requires the
/// account of the email they were sent to.
#[utoipa::path(get, path = "/claims/{token}", tag = "transfers",
    params(("token" = String, Path)),
    responses((status = 200, body = Offer), (status = 404, body = api::Problem)))]
async fn claim(State(state): State<AppState>, Path(token): Path<String>) -> Result<Json<Offer>> {
    let mut connection = state.db.acquire().await?;
    let transfers = db::claimed(&mut connection, &secret::digest(&token)).await?;
    Ok(Json(offer(transfers)?))
}

/// Transfers of one offer, as what they are.
fn offer(transfers: Vec<Transfer>) -> Result<Offer> {
    let first = transfers.first().ok_or(Error::NotFound)?;
    Ok(Offer {
        id: first.offer_id,
        from: first.from.clone(),
        to: first.to.clone(),
        transfers,
    })
}

/// The transfer, which `asker` is known to be part of.
async fn find(
    connection: &mut sqlx::PgConnection,
    asker: api::UserId,
    id: Uuid,
) -> Result<Transfer> {
    let mut transfers = db::find(connection, asker, &[id]).await?;
    transfers.pop().ok_or(Error::NotFound)
}
