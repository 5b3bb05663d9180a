//! Comps: tickets that an organizer gives away, one or ten thousand. The tickets are held for all
//! the guests at once and then issued in batches, so that buyers are not kept waiting; each batch is
//! a transaction, so that a server that is killed has done it or has not, and any other goes on.

mod db;
mod list;

use std::num::ParseIntError;
use std::time::Duration;

use api::comps::{CompBatch, GUESTS_MAX_BYTES, GiveComps, GuestListPreview, Invited};
use api::host::{EventStatus, HostEvent};
use api::orders::IDEMPOTENCY_REPLAYED;
use api::{Code, EmailAddress, EventId};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, Path, Query};
use crate::host::access::{self, Role};
use crate::host::change;
use crate::invitations;
use crate::jobs::postponed::Postponed;
use crate::orders::purchase::lock_stock;
use crate::orders::{Refusal, idempotency_key};
use crate::review;
use crate::state::AppState;

/// Guests, by their batch and place, and whole batches that could not be given their tickets.
static GUESTS: Postponed<(Uuid, i32)> = Postponed::new("give a ticket");
static BATCHES: Postponed<Uuid> = Postponed::new("give tickets");
/// Small enough to be done in well under a second.
const BATCH: i32 = 1000;
/// The most columns that make a name.
const NAME_COLUMNS_MAX: usize = 6;
/// A workbook takes a hundred megabytes while it is read, so it is one at a time.
static TURN: Semaphore = Semaphore::const_new(1);
/// How long a list waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// The routes of comps.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(preview))
        .routes(routes!(give))
        .layer(DefaultBodyLimit::max(GUESTS_MAX_BYTES))
}

/// How to read a guest list; what is absent is detected.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ReadAs {
    /// The label of an encoding, such as `windows-1252`.
    encoding: Option<String>,
    /// The columns that make a name, from 0, with commas between them: `0,1`.
    names: Option<String>,
    /// The column of the addresses, from 0.
    email: Option<usize>,
}

impl ReadAs {
    fn wanted(self) -> Result<list::Wanted> {
        let columns = |names: String| {
            let columns = names.split(',').map(str::parse);
            columns.collect::<Result<Vec<usize>, _>>()
        };
        let names = self.names.map(columns).transpose();
        let names = names.map_err(|_number: ParseIntError| {
            Error::field("names", "Name columns by their numbers.")
        })?;
        if names
            .as_ref()
            .is_some_and(|names| names.len() > NAME_COLUMNS_MAX)
        {
            return Err(Error::field("names", "Choose up to 6 columns."));
        }
        Ok(list::Wanted {
            encoding: self.encoding,
            names,
            email: self.email,
        })
    }
}

/// Check a guest list and report its problems. Nothing is saved.
///
/// A workbook (.xlsx), a table with commas, semicolons or tabs between its cells, the address line
/// of an email program, or contact cards; text in any encoding.
#[utoipa::path(post, path = "/host/events/{id}/comps/preview", tag = "comps",
    params(("id" = Uuid, Path), ReadAs),
    request_body(content = GuestFile, content_type = "application/octet-stream"),
    responses((status = 200, body = GuestListPreview), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem),
        (status = 413, body = api::Problem), (status = 422, body = api::Problem),
        (status = 503, body = api::Problem)),
    security(("bearer" = [])))]
async fn preview(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
    Query(read_as): Query<ReadAs>,
    GuestFile(file): GuestFile,
) -> Result<Json<GuestListPreview>> {
    let mut connection = state.db.acquire().await?;
    access::require(&mut connection, id, asker.user, Role::Manager).await?;
    drop(connection);
    let mut preview = read(file, read_as.wanted()?).await?;
    let emails: Vec<String> = preview
        .guests
        .iter()
        .map(|guest| guest.email.clone())
        .collect();
    let mut connection = state.db.acquire().await?;
    let having = db::with_tickets(&mut connection, id, &emails).await?;
    for guest in &mut preview.guests {
        guest.has_ticket = having.contains(&guest.email);
    }
    Ok(Json(preview))
}

/// The file as it is, or text that was pasted.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
struct GuestFile(Bytes);

impl<S: Send + Sync> FromRequest<S> for GuestFile {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let file = Bytes::from_request(request, state).await;
        file.map(Self).map_err(|rejection| Error::Malformed {
            status: rejection.status(),
            detail: match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => "Choose a list of up to 4 MB.".to_owned(),
                _ => rejection.body_text(),
            },
        })
    }
}

/// Reads a list in its turn, away from the tasks that answer others.
async fn read(file: Bytes, wanted: list::Wanted) -> Result<GuestListPreview> {
    let turn = tokio::time::timeout(PATIENCE, TURN.acquire())
        .await
        .map_err(|_elapsed| Error::Busy {
            retry_after: PATIENCE,
        })?
        .map_err(Error::internal)?;
    let work = move || {
        let _turn = turn;
        list::read(&file, &wanted)
    };
    let read = tokio::task::spawn_blocking(work).await;
    Ok(read.map_err(Error::internal)??)
}

/// Give a free ticket to each guest who has none yet: to all of them or none. The idempotency key
/// identifies the request: repeating it gives no second tickets.
#[utoipa::path(post, path = "/host/events/{id}/comps", tag = "comps",
    params(("id" = Uuid, Path), ("idempotency-key" = Uuid, Header,
        description = "A UUID made by the client, kept until it has the answer")),
    responses((status = 201, body = CompBatch), (status = 200, body = CompBatch, description = "Answered before"),
        (status = 401, body = api::Problem), (status = 403, body = api::Problem),
        (status = 404, body = api::Problem), (status = 409, body = api::Problem),
        (status = 413, body = api::Problem), (status = 422, body = api::Problem),
        (status = 429, body = api::Problem)),
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
    require_no_links(&body)?;
    let accepted = accept(&state, id, asker, key, &body).await?;
    if !accepted.replayed {
        // A few are given at once; the rest by the job that looks for what there is to do.
        issue_some(&state.db, accepted.batch, BATCH).await;
    }
    let mut connection = state.db.acquire().await?;
    let batch = Json(db::find(&mut connection, accepted.batch).await?);
    Ok(if accepted.replayed {
        ([(IDEMPOTENCY_REPLAYED, "true")], batch).into_response()
    } else {
        (StatusCode::CREATED, batch).into_response()
    })
}

/// A guest's name stands at the top of an email from us.
fn require_no_links(wanted: &GiveComps) -> Result<()> {
    let linked = |guest: &Invited| review::has_link(&guest.name);
    match wanted.guests.iter().position(linked) {
        Some(index) => Err(Error::field(
            &format!("guests.{index}.name"),
            "Leave links out of names.",
        )),
        None => Ok(()),
    }
}

/// Guests whose tickets are held, and whether an earlier request with the same key held them.
struct Accepted {
    batch: Uuid,
    replayed: bool,
}

async fn accept(
    state: &AppState,
    event: EventId,
    asker: SignedIn,
    key: Uuid,
    wanted: &GiveComps,
) -> Result<Accepted> {
    let mut transaction = asker.begin_verified(&state.db).await?;
    let (by, limits) = (asker.user, &state.config.rate_limits);
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
    let total = i32::try_from(wanted.guests.len()).map_err(Error::internal)?;
    match db::insert(&mut transaction, &batch, total).await? {
        db::Inserted::New => {}
        db::Inserted::Answered { id, hash } if hash == batch.hash => {
            return Ok(Accepted {
                batch: id,
                replayed: true,
            });
        }
        db::Inserted::Answered { .. } => return Err(Error::Order(Refusal::KeyReused)),
    }
    let guests = choose(&mut transaction, event, wanted).await?;
    let tickets = i32::try_from(guests.len()).map_err(Error::internal)?;
    db::set_guests(&mut transaction, &batch, &guests, total - tickets).await?;
    let emails: Vec<&str> = guests.iter().map(|guest| guest.email.as_str()).collect();
    invitations::count(&mut transaction, limits, by, &emails).await?;
    lock_stock(&mut transaction, &[event]).await?;
    let found = crate::host::db::find(&mut transaction, event, by).await?;
    check(&found.ok_or(Error::NotFound)?, wanted, tickets)?;
    if tickets == 0 {
        return Err(Error::Conflict {
            code: Code::HasTicket,
            detail: match wanted.guests.len() {
                1 => "This guest already has a ticket for this event.",
                _ => "Everyone in this list already has a ticket for this event.",
            }
            .to_owned(),
        });
    }
    db::hold(&mut transaction, wanted.ticket_type_id, tickets).await?;
    transaction.commit().await?;
    Ok(Accepted {
        batch: batch.id,
        replayed: false,
    })
}

/// A guest to be written: with their address as it is stored.
struct Chosen<'a> {
    name: &'a str,
    email: EmailAddress,
}

/// Who is given a ticket: everyone named, or each who has none. Two lists that are given at the
/// same time take turns, so that the second knows of the first.
async fn choose<'a>(
    connection: &mut PgConnection,
    event: EventId,
    wanted: &'a GiveComps,
) -> Result<Vec<Chosen<'a>>> {
    let mut guests = Vec::with_capacity(wanted.guests.len());
    for guest in &wanted.guests {
        guests.push(Chosen {
            name: &guest.name,
            email: EmailAddress::parse(&guest.email)?,
        });
    }
    if !wanted.again {
        db::take_turn(connection, event).await?;
        let emails: Vec<String> = guests.iter().map(|guest| guest.email.to_string()).collect();
        let mut having = db::with_tickets(connection, event, &emails).await?;
        guests.retain(|guest| having.insert(guest.email.to_string()));
    }
    Ok(guests)
}

/// Refuses what cannot be given.
fn check(event: &HostEvent, wanted: &GiveComps, tickets: i32) -> Result<()> {
    change::require_not_over(event)?;
    if event.status == EventStatus::Draft {
        return Err(Error::conflict("Publish this event first."));
    }
    let ticket_type = event
        .ticket_types
        .iter()
        .find(|ticket_type| ticket_type.id == wanted.ticket_type_id)
        .ok_or_else(|| Error::field("ticket_type_id", "Choose a ticket type of this event."))?;
    if ticket_type.left >= tickets {
        Ok(())
    } else {
        Err(Error::Order(Refusal::SoldOut {
            ticket_type: ticket_type.id,
            left: ticket_type.left,
        }))
    }
}

/// What the key is bound to.
fn request_hash(event: EventId, wanted: &GiveComps) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(event.as_bytes());
    hash.update(wanted.ticket_type_id.as_bytes());
    hash.update([u8::from(wanted.again)]);
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
    let next = db::oldest(&mut connection, &BATCHES.waiting()).await?;
    drop(connection);
    match next {
        Some(batch) => Ok(Some(issue_some(pool, batch, size).await)),
        None => Ok(None),
    }
}

/// Issues up to `size` tickets of a batch; how many it were. Where that fails they are issued one
/// by one, and anyone who cannot have theirs is put off.
async fn issue_some(pool: &PgPool, batch: Uuid, size: i32) -> usize {
    let issued = match issue(pool, batch, size).await {
        Err(error) if size > 1 => {
            tracing::warn!(%batch, %error, "a batch is given one by one");
            one_by_one(pool, batch, size).await
        }
        issued => issued,
    };
    match issued {
        Ok(issued) if issued > 0 => {
            BATCHES.done(batch);
            issued
        }
        Ok(_) if !waiting_guests(batch).is_empty() => {
            let error = Error::internal("some guests cannot be given their tickets");
            BATCHES.failed(batch, &error);
            0
        }
        Ok(_) => 0,
        Err(error) => {
            BATCHES.failed(batch, &error);
            0
        }
    }
}

async fn one_by_one(pool: &PgPool, batch: Uuid, size: i32) -> Result<usize> {
    let mut issued = 0;
    for _ in 0..size {
        let mut connection = pool.acquire().await?;
        let next = db::next_place(&mut connection, batch, &waiting_guests(batch)).await?;
        drop(connection);
        let Some(place) = next else { break };
        match issue(pool, batch, 1).await {
            Ok(one) => {
                GUESTS.done((batch, place));
                issued += one;
            }
            Err(error) => GUESTS.failed((batch, place), &error),
        }
    }
    Ok(issued)
}

/// The places of a batch's guests who are put off.
fn waiting_guests(batch: Uuid) -> Vec<i32> {
    let of_batch = GUESTS.waiting().into_iter();
    let of_batch = of_batch.filter(|(of, _)| *of == batch);
    of_batch.map(|(_, place)| place).collect()
}

async fn issue(pool: &PgPool, batch: Uuid, size: i32) -> Result<usize> {
    let mut transaction = pool.begin().await?;
    let event = db::event_of(&mut transaction, batch).await?;
    let locked = lock_stock(&mut transaction, &[event]).await?;
    let Some(stock) = locked.first() else {
        return Err(Error::internal("an event without stock"));
    };
    let given = db::issue(
        &mut transaction,
        batch,
        stock.next_number,
        size,
        &waiting_guests(batch),
    )
    .await?;
    transaction.commit().await?;
    Ok(given)
}
