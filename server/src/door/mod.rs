//! The door: what is scanned is judged, once, and what a scanner needs to do so by itself.

pub mod admit;
pub mod db;
mod offline;

use api::EventId;
use api::door::{self, CheckIn, Door, Scan, SyncScans, Synced, UNDO_MINUTES};
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, Path, UncheckedJson};
use crate::host::access::{self, Role};
use crate::orders::purchase::lock_stock;
use crate::state::AppState;
use admit::{Shown, admit};
use db::Undo;
use offline::UnreadScans;

/// The routes of the door.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(check_in))
        .routes(routes!(sync))
        .routes(routes!(undo))
}

/// Get what a scanner needs to work offline: the key that checks codes, and every ticket.
#[utoipa::path(get, path = "/host/events/{id}/door", tag = "door", params(("id" = Uuid, Path)),
    responses((status = 200, body = Door), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem)),
    security(("bearer" = [])))]
async fn show(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<Door>> {
    let mut snapshot = state
        .db
        .begin_with("begin isolation level repeatable read read only")
        .await?;
    access::require(&mut snapshot, id, asker.user, Role::Door).await?;
    let event = db::event(&mut snapshot, id).await?;
    let rows = db::tickets(&mut snapshot, id, None).await?;
    let disputed = db::disputed(&mut snapshot, id).await?;
    snapshot.commit().await?;
    let seed = event.seed;
    // Thousands of signatures: not on a thread that others wait for.
    let tickets = tokio::task::spawn_blocking(move || {
        let signed = rows.into_iter().map(|row| row.into_ticket(id, &seed));
        signed.collect::<Result<_>>()
    });
    Ok(Json(Door {
        public_key: data_encoding::HEXLOWER.encode(api::code::public_key(&seed).as_bytes()),
        as_of: event.now,
        event: event.event,
        tickets: tickets.await.map_err(Error::internal)??,
        disputed,
    }))
}

/// Check a ticket in.
#[utoipa::path(post, path = "/host/events/{id}/check-ins", tag = "door",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = CheckIn), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem), (status = 409, body = api::Problem),
        (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn check_in(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
    Json(scan): Json<Scan>,
) -> Result<Json<CheckIn>> {
    let mut transaction = asker.begin(&state.db).await?;
    access::require(&mut transaction, id, asker.user, Role::Door).await?;
    scan.validate()?;
    lock_stock(&mut transaction, &[id]).await?;
    let event = db::event(&mut transaction, id).await?;
    if event.now >= door::closes_at(event.event.ends_at) {
        return Err(Error::conflict("This event has ended."));
    }
    let shown = [Shown {
        scan,
        at: event.now,
        let_in: false,
    }];
    let mut answers = admit(&mut transaction, &event, asker.user, &shown).await?;
    transaction.commit().await?;
    let answer = answers.pop();
    answer
        .map(Json)
        .ok_or_else(|| Error::internal("a scan without an answer"))
}

/// Sync scans that were made offline. Each scan has its own answer and is recorded once, however often
/// it is sent. Tickets that should not have been let in are listed in the door's `disputed`.
#[utoipa::path(post, path = "/host/events/{id}/check-ins/sync", tag = "door",
    params(("id" = Uuid, Path)), request_body = SyncScans,
    responses((status = 200, body = Synced), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem), (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn sync(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
    UncheckedJson(body): UncheckedJson<UnreadScans>,
) -> Result<Json<Synced>> {
    let mut transaction = asker.begin(&state.db).await?;
    access::require(&mut transaction, id, asker.user, Role::Door).await?;
    lock_stock(&mut transaction, &[id]).await?;
    let event = db::event(&mut transaction, id).await?;
    let scans = body.read(event.now)?;
    let shown: Vec<Shown> = scans.iter().flatten().cloned().collect();
    let answers = admit(&mut transaction, &event, asker.user, &shown).await?;
    transaction.commit().await?;
    let mut answers = answers.into_iter();
    let in_order = scans.into_iter().map(|scan| match scan {
        Ok(_) => answers.next(),
        Err(answer) => Some(*answer),
    });
    let answers: Option<Vec<CheckIn>> = in_order.collect();
    let answers = answers.ok_or_else(|| Error::internal("a scan without an answer"))?;
    Ok(Json(Synced { answers }))
}

/// Undo a check-in within 15 minutes, so that the ticket can be used again. Idempotent.
#[utoipa::path(delete, path = "/host/events/{id}/check-ins/{check_in}", tag = "door",
    params(("id" = Uuid, Path), ("check_in" = Uuid, Path)),
    responses((status = 204), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem), (status = 409, body = api::Problem)),
    security(("bearer" = [])))]
async fn undo(
    State(state): State<AppState>,
    asker: SignedIn,
    Path((id, check_in)): Path<(EventId, Uuid)>,
) -> Result<StatusCode> {
    let mut transaction = asker.begin(&state.db).await?;
    access::require(&mut transaction, id, asker.user, Role::Door).await?;
    lock_stock(&mut transaction, &[id]).await?;
    match db::undo(&mut transaction, id, check_in).await? {
        Undo::Unknown => return Err(Error::NotFound),
        Undo::TooLate => {
            let sentence = format!("You can only undo a check-in within {UNDO_MINUTES} minutes.");
            return Err(Error::conflict(sentence));
        }
        Undo::Gone => {
            return Err(Error::conflict("This ticket is no longer valid."));
        }
        Undo::Done => {}
    }
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
