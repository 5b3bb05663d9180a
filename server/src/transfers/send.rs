//! Sending tickets.

use api::tickets::TicketName;
use api::transfers::{Offer, SendTicket, SendTickets, Transfer};
use api::{Code, EmailAddress, EventId, TicketNumber, UserId};
use axum::extract::State;
use axum::http::StatusCode;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{db, offer};
use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, Path};
use crate::invitations;
use crate::mail::{self, Mail};
use crate::state::AppState;

/// Send a ticket to an email, with or without an account. The answer does not tell which.
#[utoipa::path(post, path = "/tickets/{event_id}/{number}/transfers", tag = "transfers",
    params(("event_id" = Uuid, Path), ("number" = i32, Path)), request_body = SendTicket,
    responses((status = 201, body = Transfer), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem), (status = 409, body = api::Problem),
        (status = 422, body = api::Problem), (status = 429, body = api::Problem)),
    security(("bearer" = [])))]
pub(super) async fn one(
    State(state): State<AppState>,
    holder: SignedIn,
    Path((event_id, number)): Path<(EventId, TicketNumber)>,
    Json(body): Json<SendTicket>,
) -> Result<(StatusCode, Json<Transfer>)> {
    let tickets = vec![TicketName { event_id, number }];
    let email = body.email;
    let mut offer = send(&state, holder, SendTickets { email, tickets }).await?;
    let transfer = offer.transfers.pop().ok_or(Error::NotFound)?;
    Ok((StatusCode::CREATED, Json(transfer)))
}

/// Send several tickets to an email, with or without an account: all of them or none.
#[utoipa::path(post, path = "/transfers", tag = "transfers", request_body = SendTickets,
    responses((status = 201, body = Offer), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem), (status = 409, body = api::Problem),
        (status = 422, body = api::Problem), (status = 429, body = api::Problem)),
    security(("bearer" = [])))]
pub(super) async fn several(
    State(state): State<AppState>,
    holder: SignedIn,
    Json(body): Json<SendTickets>,
) -> Result<(StatusCode, Json<Offer>)> {
    let offer = send(&state, holder, body).await?;
    Ok((StatusCode::CREATED, Json(offer)))
}

async fn send(state: &AppState, holder: SignedIn, body: SendTickets) -> Result<Offer> {
    body.validate()?;
    let sender = holder.user;
    let email = EmailAddress::parse(&body.email)?;
    let mut tickets = body.tickets;
    tickets.sort_unstable();
    tickets.dedup();
    let mut tx = holder.begin_verified(&state.db).await?;
    invitations::count(&mut tx, &state.config.rate_limits, sender, &[&email]).await?;
    db::lock_tickets(&mut tx, &tickets).await?;
    let found = db::standings(&mut tx, sender, &tickets).await?;
    if found.len() < tickets.len() {
        return Err(Error::NotFound);
    }
    for standing in &found {
        require_sendable(standing)?;
    }
    if db::is_own_address(&mut tx, sender, &email).await? {
        return Err(Error::field("email", "This is your own email address."));
    }
    let transfers = make(&mut tx, sender, &email, &tickets).await?;
    tx.commit().await?;
    offer(transfers)
}

async fn make(
    connection: &mut PgConnection,
    sender: UserId,
    email: &str,
    tickets: &[TicketName],
) -> Result<Vec<Transfer>> {
    let offer_id = Uuid::now_v7();
    let ids = db::insert(connection, sender, email, offer_id, tickets).await?;
    mail::enqueue_for(connection, sender, &[Mail::TicketsSent { offer: offer_id }]).await?;
    db::find(connection, sender, &ids).await
}

/// Refuses, in words, what cannot be sent.
pub(super) fn require_sendable(ticket: &db::Standing) -> Result<()> {
    let (code, detail) = match ticket.state.as_str() {
        _ if ticket.pending => (
            Code::TransferPending,
            "You’ve sent this ticket to someone. Take it back first.",
        ),
        "checked_in" => (Code::AlreadyCheckedIn, "This ticket has already been used."),
        "valid" if ticket.over => (Code::Conflict, "This event has ended."),
        "valid" if ticket.cancelled => (Code::Conflict, "This event has been cancelled."),
        "valid" => return Ok(()),
        _ => (Code::Conflict, "This ticket is no longer valid."),
    };
    Err(Error::Conflict {
        code,
        detail: detail.to_owned(),
    })
}
