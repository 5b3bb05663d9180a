//! Comps: tickets that an organizer gives away, one or ten thousand. The tickets are held for all
//! the guests at once and then issued in batches, so that buyers are not kept waiting; each batch is
//! a transaction, so that a server that is killed has done it or has not, and any other goes on.

mod db;
mod table;

use api::comps::{CompBatch, GUESTS_MAX_BYTES, GiveComps, GuestList, GuestListPreview};
use api::host::{EventStatus, HostEvent};
use api::orders::IDEMPOTENCY_REPLAYED;
use api::{EventId, UserId};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, Path};
use crate::host::access::{self, Role};
use crate::host::change;
use crate::orders::purchase::lock_stock;
use crate::orders::{Refusal, idempotency_key};
use crate::state::AppState;

/// Small enough to be done in well under a second.
const BATCH: i32 = 1000;

/// The routes of comps.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(preview))
        .routes(routes!(give))
        .layer(DefaultBodyLimit::max(GUESTS_MAX_BYTES))
}

/// Check a guest list and report its problems. Nothing is saved.
#[utoipa::path(post, path = "/host/events/{id}/comps/preview", tag = "comps",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = GuestListPreview), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem),
        (status = 413, body = api::Problem), (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn preview(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
    Json(body): Json<GuestList>,
) -> Result<Json<GuestListPreview>> {
    let mut connection = state.db.acquire().await?;
    access::require(&mut connection, id, asker.user, Role::Manager).await?;
    drop(connection);
    Ok(Json(table::read(&body.csv)))
}

/// Give free tickets to every guest named, or to none. The idempotency key identifies the request:
/// sending it again gives the tickets once.
#[utoipa::path(post, path = "/host/events/{id}/comps", tag = "comps",
    params(("id" = Uuid, Path), ("idempotency-key" = Uuid, Header,
        description = "A UUID made by the client, kept until it has the answer")),
    responses((status = 201, body = CompBatch), (status = 200, body = CompBatch, description = "Answered before"),
        (status = 401, body = api::Problem), (status = 403, body = api::Problem),
        (status = 404, body = api::Problem), (status = 409, body = api::Problem),
        (status = 413, body = api::Problem), (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn give(
    State(state): State<AppState>,
    asker: SignedIn,
    headers: HeaderMap,
    Path(id): Path<EventId>,
    Json(body): Json<GiveComps>,
) -> Result<Response> {
    let key = idempotency_key(&headers)?;
    body.validate()?;
    let accepted = accept(&state.db, id, asker.user, key, &body).await?;
    if !accepted.replayed {
        // A few are given at once; the rest by whoever looks for what there is to do.
        issue(&state.db, accepted.batch, BATCH).await?;
    }
    let mut connection = state.db.acquire().await?;
    let batch = Json(db::find(&mut connection, accepted.batch).await?);
    Ok(if accepted.replayed {
        ([(IDEMPOTENCY_REPLAYED, "true")], batch).into_response()
    } else {
        (StatusCode::CREATED, batch).into_response()
    })
}

/// Guests whose tickets are held, and whether an earlier request with the same key held them.
struct Accepted {
    batch: Uuid,
    replayed: bool,
}

async fn accept(
    pool: &PgPool,
    event: EventId,
    by: UserId,
    key: Uuid,
    wanted: &GiveComps,
) -> Result<Accepted> {
    let mut transaction = pool.begin().await?;
    access::require(&mut transaction, event, by, Role::Manager).await?;
    let batch = db::Batch {
        id: Uuid::now_v7(),
        event,
        ticket_type: wanted.ticket_type_id,
        by,
        key,
        hash: request_hash(event, wanted),
    };
    // Before the lock, which nobody shall wait for longer than it takes to count.
    match db::insert(&mut transaction, &batch, &wanted.guests).await? {
        db::Inserted::New => {}
        db::Inserted::Answered { id, hash } if hash == batch.hash => {
            return Ok(Accepted {
                batch: id,
                replayed: true,
            });
        }
        db::Inserted::Answered { .. } => return Err(Error::Order(Refusal::KeyReused)),
    }
    lock_stock(&mut transaction, &[event]).await?;
    let found = crate::host::db::find(&mut transaction, event, by).await?;
    check(&found.ok_or(Error::NotFound)?, wanted)?;
    let guests = i32::try_from(wanted.guests.len()).map_err(Error::internal)?;
    db::hold(&mut transaction, wanted.ticket_type_id, guests).await?;
    transaction.commit().await?;
    Ok(Accepted {
        batch: batch.id,
        replayed: false,
    })
}

/// Refuses what cannot be given.
fn check(event: &HostEvent, wanted: &GiveComps) -> Result<()> {
    change::require_not_over(event)?;
    if event.status == EventStatus::Draft {
        return Err(Error::conflict("Publish this event first."));
    }
    let ticket_type = event
        .ticket_types
        .iter()
        .find(|ticket_type| ticket_type.id == wanted.ticket_type_id)
        .ok_or_else(|| Error::field("ticket_type_id", "Choose a ticket type of this event."))?;
    match usize::try_from(ticket_type.left) {
        Ok(left) if left >= wanted.guests.len() => Ok(()),
        _ => Err(Error::Order(Refusal::SoldOut {
            ticket_type: ticket_type.id,
            left: ticket_type.left,
        })),
    }
}

/// What the key is bound to.
fn request_hash(event: EventId, wanted: &GiveComps) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(event.as_bytes());
    hash.update(wanted.ticket_type_id.as_bytes());
    for guest in &wanted.guests {
        for text in [&guest.name, &guest.email] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
    }
    hash.finalize().into()
}

/// Issues everything that is held for guests; how many tickets it were.
pub async fn run_once(pool: &PgPool, stop: &CancellationToken) -> Result<usize> {
    let mut given = 0;
    while !stop.is_cancelled() {
        match run_batch(pool, BATCH).await? {
            Some(batch) => given += batch,
            None => break,
        }
    }
    Ok(given)
}

/// Issues up to `size` tickets; `None` when there is nothing to do.
pub async fn run_batch(pool: &PgPool, size: i32) -> Result<Option<usize>> {
    let mut connection = pool.acquire().await?;
    let next = db::oldest(&mut connection).await?;
    drop(connection);
    match next {
        Some(batch) => issue(pool, batch, size).await.map(Some),
        None => Ok(None),
    }
}

async fn issue(pool: &PgPool, batch: Uuid, size: i32) -> Result<usize> {
    let mut transaction = pool.begin().await?;
    let event = db::event_of(&mut transaction, batch).await?;
    let locked = lock_stock(&mut transaction, &[event]).await?;
    let Some(stock) = locked.first() else {
        return Err(Error::internal("an event without stock"));
    };
    let given = db::issue(&mut transaction, batch, stock.next_number, size).await?;
    transaction.commit().await?;
    Ok(given)
}
