//! Who has an event's tickets, and taking them back: refunded or revoked.

pub mod db;

use api::door::read_typed;
use api::guests::{Guest, RefundGuest, Revoke};
use api::refunds::NotRefundable;
use api::tickets::TicketName;
use api::tickets::TicketState;
use api::{Code, EventId, Page, TicketNumber, UserId};
use axum::extract::State;
use serde::Deserialize;
use sqlx::PgConnection;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::{self, Role};
use super::change::check_message;
use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, PageQuery, Path, Query, page, search_query};
use crate::orders::purchase::lock_stock;
use crate::refunds::decide::{Asker, SoldTicket, conflict};
use crate::refunds::{by_organizer, db as refunds};
use crate::state::AppState;
use crate::tickets::ending::{self, Ending};
use db::Search;

/// The routes of an event's guests.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(refund))
        .routes(routes!(revoke))
}

/// Which guests.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct GuestQuery {
    /// Part of a name or an address, a ticket's number, or a code as typed at the door.
    #[serde(default)]
    q: String,
}

/// List an event's tickets and their holders, by number. Door staff get no email addresses.
#[utoipa::path(get, path = "/host/events/{id}/guests", tag = "guests",
    params(("id" = Uuid, Path), GuestQuery, PageQuery),
    responses((status = 200, body = Page<Guest>), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem), (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn list(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
    Query(query): Query<GuestQuery>,
    Query(paging): Query<PageQuery>,
) -> Result<Json<Page<Guest>>> {
    let limit = paging.limit()?;
    let mut connection = state.db.acquire().await?;
    let role = access::require(&mut connection, id, asker.user, Role::Door).await?;
    let wanted = search_query(&query.q)?;
    let search = Search {
        emails: role >= Role::Manager,
        ..search(&wanted)
    };
    let guests = db::list(&mut connection, id, &search, paging.after()?, limit + 1).await?;
    Ok(Json(page(guests, limit, |guest| guest.number)))
}

fn search(typed: &str) -> Search<'_> {
    let in_one_piece = !typed.contains(char::is_whitespace);
    let number = typed
        .split([
            '-', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}',
        ])
        .next()
        .and_then(|number| number.trim().parse().ok())
        .or_else(|| {
            let code = in_one_piece.then(|| read_typed(typed)).flatten();
            code.map(|(number, _)| number)
        });
    Search {
        number,
        text: (number.is_none() && !typed.is_empty()).then_some(typed),
        emails: true,
    }
}

/// Refund a ticket to its buyer, even if someone else holds it or it was used. The buyer gets an email, with
/// the message if there is one. Idempotent.
#[utoipa::path(post, path = "/host/events/{id}/tickets/{number}/refund", tag = "guests",
    params(("id" = Uuid, Path), ("number" = i32, Path)),
    responses((status = 200, body = Guest), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem),
        (status = 409, body = api::Problem), (status = 422, body = api::Problem)),
    request_body = Option<RefundGuest>,
    security(("bearer" = [])))]
async fn refund(
    State(state): State<AppState>,
    asker: SignedIn,
    Path((id, number)): Path<(EventId, TicketNumber)>,
    body: Option<Json<RefundGuest>>,
) -> Result<Json<Guest>> {
    let body = body.map_or_else(RefundGuest::default, |Json(body)| body);
    let message = check_message(&body.message)?;
    let mut transaction = asker.begin(&state.db).await?;
    let (ticket, now) = lock(&mut transaction, &asker, id, number).await?;
    match ticket.refusal(Asker::Organizer, now) {
        None => {
            by_organizer(&mut transaction, &ticket, asker.user, message.as_deref()).await?;
        }
        Some(NotRefundable::Refunded) => {}
        Some(refusal) => return Err(conflict(number, refusal)),
    }
    let guest = find(&mut transaction, id, number).await?;
    transaction.commit().await?;
    Ok(Json(guest))
}

/// Revoke a ticket without a refund. Its holder is told the reason. Idempotent.
#[utoipa::path(post, path = "/host/events/{id}/tickets/{number}/revoke", tag = "guests",
    params(("id" = Uuid, Path), ("number" = i32, Path)),
    responses((status = 200, body = Guest), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem),
        (status = 409, body = api::Problem), (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn revoke(
    State(state): State<AppState>,
    asker: SignedIn,
    Path((id, number)): Path<(EventId, TicketNumber)>,
    Json(body): Json<Revoke>,
) -> Result<Json<Guest>> {
    body.validate()?;
    let mut transaction = asker.begin(&state.db).await?;
    let (ticket, _) = lock(&mut transaction, &asker, id, number).await?;
    match ticket.state {
        TicketState::Valid => {
            take_back(&mut transaction, &[ticket], asker.user, &body.reason).await?;
        }
        TicketState::Revoked => {}
        TicketState::CheckedIn => {
            return Err(Error::Conflict {
                code: Code::AlreadyCheckedIn,
                detail: format!("Ticket {number} has already been used."),
            });
        }
        TicketState::Refunded => {
            return Err(Error::conflict(format!(
                "Ticket {number} has already been refunded."
            )));
        }
    }
    let guest = find(&mut transaction, id, number).await?;
    transaction.commit().await?;
    Ok(Json(guest))
}

/// Takes tickets back without a refund. Call it with the event's stock locked.
pub async fn take_back(
    connection: &mut PgConnection,
    tickets: &[SoldTicket],
    by: UserId,
    reason: &str,
) -> Result<()> {
    db::insert_revocations(connection, tickets, by, reason).await?;
    let names: Vec<TicketName> = tickets.iter().map(SoldTicket::name).collect();
    ending::end(connection, &names, Ending::Revoked).await
}

/// A ticket of an event that `asker` manages, which nobody else changes before the transaction ends.
async fn lock(
    connection: &mut PgConnection,
    asker: &SignedIn,
    event: EventId,
    number: TicketNumber,
) -> Result<(SoldTicket, api::Time)> {
    access::require(connection, event, asker.user, Role::Manager).await?;
    lock_stock(connection, &[event]).await?;
    let name = TicketName {
        event_id: event,
        number,
    };
    let (tickets, now) = refunds::tickets(connection, &[name]).await?;
    let ticket = tickets.into_iter().next().ok_or(Error::NotFound)?;
    Ok((ticket, now))
}

async fn find(
    connection: &mut PgConnection,
    event: EventId,
    number: TicketNumber,
) -> Result<Guest> {
    let one = Search {
        number: Some(number),
        text: None,
        emails: true,
    };
    let guests = db::list(connection, event, &one, None, 1).await?;
    guests.into_iter().next().ok_or(Error::NotFound)
}
