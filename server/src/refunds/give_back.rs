//! The way back of a gifted ticket: its buyer asks for it, its holder gives it back. Then the buyer
//! holds it again, and can have it refunded.

use api::refunds::{NotRefundable, RefundTickets};
use api::{EventId, OrderId, TicketNumber};
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::decide::Asker;
use super::{db, decide, events_of, find_purchase, require_all};
use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, Path};
use crate::orders::purchase::lock_stock;
use crate::state::AppState;

/// The routes of giving back.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(ask_back))
        .routes(routes!(give_back))
}

/// Ask the holders of tickets that the user bought and sent on to give them back. Idempotent.
#[utoipa::path(post, path = "/orders/{id}/give-back-requests", tag = "refunds",
    params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem), (status = 409, body = api::Problem),
        (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn ask_back(
    State(state): State<AppState>,
    buyer: SignedIn,
    Path(id): Path<OrderId>,
    Json(body): Json<RefundTickets>,
) -> Result<StatusCode> {
    body.validate()?;
    let mut transaction = buyer.begin(&state.db).await?;
    let purchase = find_purchase(&mut transaction, &buyer, id).await?;
    let names = body.distinct();
    lock_stock(&mut transaction, &events_of(&names)).await?;
    let (tickets, now) = db::tickets(&mut transaction, &names).await?;
    require_all(&purchase, &tickets, &body)?;
    for ticket in &tickets {
        match ticket.refusal(Asker::Buyer, now) {
            Some(NotRefundable::Gifted) => {}
            Some(refusal) => return Err(decide::conflict(ticket.number, refusal)),
            None => return Err(Error::conflict("You already have this ticket.")),
        }
    }
    db::ask_back(&mut transaction, &tickets).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a ticket back to its buyer, who asked for it. Its code changes immediately.
#[utoipa::path(post, path = "/tickets/{event_id}/{number}/give-back", tag = "refunds",
    params(("event_id" = Uuid, Path), ("number" = i32, Path)),
    responses((status = 204), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem), (status = 409, body = api::Problem)),
    security(("bearer" = [])))]
async fn give_back(
    State(state): State<AppState>,
    holder: SignedIn,
    Path((event, number)): Path<(EventId, TicketNumber)>,
) -> Result<StatusCode> {
    let mut transaction = holder.begin(&state.db).await?;
    lock_stock(&mut transaction, &[event]).await?;
    match db::is_asked_back(&mut transaction, event, number, holder.user).await? {
        None => return Err(Error::NotFound),
        Some(false) => {
            return Err(Error::conflict(
                "The buyer hasn’t asked for this ticket back.",
            ));
        }
        Some(true) => {}
    }
    db::hand_over(&mut transaction, event, number).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
