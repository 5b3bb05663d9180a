//! Accepting, declining and taking back.

use api::tickets::TicketName;
use api::transfers::{Transfer, TransferState};
use api::{Code, UserId};
use axum::extract::State;
use sqlx::{PgConnection, PgTransaction};
use uuid::Uuid;

use super::{db, find, send::require_sendable};
use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, Path};
use crate::mail::{self, Mail};
use crate::state::AppState;

/// Accept a ticket that was sent to the user's confirmed email. It gets a new code, and older codes are
/// refused at the door.
#[utoipa::path(post, path = "/transfers/{id}/accept", tag = "transfers",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Transfer), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem), (status = 409, body = api::Problem)),
    security(("bearer" = [])))]
pub(super) async fn accept(
    State(state): State<AppState>,
    recipient: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Json<Transfer>> {
    let user = recipient.user;
    let mut tx = recipient.begin(&state.db).await?;
    let ticket = lock_received(&mut tx, user, id).await?;
    if let Some(decided) = decided(&mut tx, user, id, TransferState::Accepted).await? {
        return Ok(Json(decided));
    }
    let standing = db::standing(&mut tx, ticket).await?;
    require_sendable(&db::Standing {
        pending: false,
        ..standing
    })?;
    db::accept(&mut tx, id, ticket, user).await?;
    let transfer = find(&mut tx, user, id).await?;
    let offer = transfer.offer_id;
    mail::enqueue_once(&mut tx, &Mail::TicketsReceived { offer }).await?;
    mail::enqueue_once(&mut tx, &Mail::OfferAnswered { offer }).await?;
    tx.commit().await?;
    Ok(Json(transfer))
}

/// Decline a ticket that was sent to the user's email. It goes back to the sender.
#[utoipa::path(post, path = "/transfers/{id}/decline", tag = "transfers",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Transfer), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem), (status = 409, body = api::Problem)),
    security(("bearer" = [])))]
pub(super) async fn decline(
    State(state): State<AppState>,
    recipient: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Json<Transfer>> {
    let user = recipient.user;
    let mut tx = recipient.begin(&state.db).await?;
    lock_received(&mut tx, user, id).await?;
    end(tx, user, id, TransferState::Declined).await
}

/// Take back a sent ticket that has not been accepted.
#[utoipa::path(post, path = "/transfers/{id}/recall", tag = "transfers",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Transfer), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem), (status = 409, body = api::Problem)),
    security(("bearer" = [])))]
pub(super) async fn recall(
    State(state): State<AppState>,
    sender: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Json<Transfer>> {
    let user = sender.user;
    let mut tx = sender.begin(&state.db).await?;
    let ticket = db::sent_by(&mut tx, user, id).await?;
    db::lock_tickets(&mut tx, &[ticket.ok_or(Error::NotFound)?]).await?;
    end(tx, user, id, TransferState::Recalled).await
}

/// Gives the ticket of a pending transfer, which is locked, back to its sender; who declines has
/// them told.
async fn end(
    mut tx: PgTransaction<'_>,
    user: UserId,
    id: Uuid,
    wanted: TransferState,
) -> Result<Json<Transfer>> {
    if let Some(decided) = decided(&mut tx, user, id, wanted).await? {
        return Ok(Json(decided));
    }
    db::end(&mut tx, id, wanted).await?;
    let transfer = find(&mut tx, user, id).await?;
    if wanted == TransferState::Declined {
        let offer = transfer.offer_id;
        mail::enqueue_once(&mut tx, &Mail::OfferAnswered { offer }).await?;
    }
    tx.commit().await?;
    Ok(Json(transfer))
}

/// Locks the ticket of a transfer to `user`'s address. To everyone else there is no such transfer.
async fn lock_received(
    connection: &mut PgConnection,
    user: UserId,
    id: Uuid,
) -> Result<TicketName> {
    let received = db::received_by(connection, user, id).await?;
    let received = received.ok_or(Error::NotFound)?;
    if !received.verified {
        return Err(Error::email_unverified());
    }
    db::lock_tickets(connection, &[received.ticket]).await?;
    Ok(received.ticket)
}

/// Reads the transfer under the lock: none while it is pending; itself when it has been decided as
/// `wanted`, so that asking twice says the same; a refusal when another was first.
async fn decided(
    connection: &mut PgConnection,
    user: UserId,
    id: Uuid,
    wanted: TransferState,
) -> Result<Option<Transfer>> {
    let transfer = find(connection, user, id).await?;
    let detail = match transfer.state {
        TransferState::Pending => return Ok(None),
        state if state == wanted => return Ok(Some(transfer)),
        TransferState::Accepted => "This transfer has already been accepted.",
        TransferState::Declined => "This transfer has already been declined.",
        TransferState::Recalled => "The sender has taken this ticket back.",
        TransferState::Void => "This transfer is no longer valid, or the event has ended.",
    };
    Err(Error::Conflict {
        code: Code::TransferDecided,
        detail: detail.to_owned(),
    })
}
