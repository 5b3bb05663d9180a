//! The waiting list. Stock that comes back is offered, in the transaction that frees it, to the
//! first party in line that it is enough for: as a pending order, which holds it like any other.
//! So it is counted once, nobody else can take it meanwhile, and when its time is over it comes
//! back and is offered to the next.

mod db;

use api::orders::Order;
use api::waiting::{JoinWaitingList, WaitingPlace};
use api::{Code, EventId};
use axum::extract::State;
use axum::http::StatusCode;
use sqlx::{PgConnection, PgPool};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::auth::SignedIn;
use crate::error::{Error, Result, violates};
use crate::extract::{Json, Path};
use crate::jobs::postponed::Postponed;
use crate::mail::{self, Mail};
use crate::orders;
use crate::orders::pending::{GivenUp, give_up, settle};
use crate::orders::purchase::lock_stock;
use crate::payment::PaymentStep;
use crate::state::AppState;

pub use db::close;

/// The routes of waiting lists.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(places, join))
        .routes(routes!(all_places))
        .routes(routes!(take))
        .routes(routes!(leave))
}

/// List the user's places on an event's waiting list.
#[utoipa::path(get, path = "/events/{id}/waiting-list", tag = "waiting",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<WaitingPlace>), (status = 401, body = api::Problem)),
    security(("bearer" = [])))]
async fn places(
    State(state): State<AppState>,
    waiting: SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<Vec<WaitingPlace>>> {
    let mut connection = state.db.acquire().await?;
    Ok(Json(
        db::places(&mut connection, Some(id), waiting.user).await?,
    ))
}

/// List the user's places on all waiting lists, by when the events start.
#[utoipa::path(get, path = "/waiting-list", tag = "waiting",
    responses((status = 200, body = Vec<WaitingPlace>), (status = 401, body = api::Problem)),
    security(("bearer" = [])))]
async fn all_places(
    State(state): State<AppState>,
    waiting: SignedIn,
) -> Result<Json<Vec<WaitingPlace>>> {
    let mut connection = state.db.acquire().await?;
    Ok(Json(db::places(&mut connection, None, waiting.user).await?))
}

/// Join the waiting list of a ticket type that does not have enough tickets left.
#[utoipa::path(post, path = "/events/{id}/waiting-list", tag = "waiting",
    params(("id" = Uuid, Path)),
    responses((status = 201, body = Vec<WaitingPlace>), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem), (status = 409, body = api::Problem),
        (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn join(
    State(state): State<AppState>,
    waiting: SignedIn,
    Path(id): Path<EventId>,
    Json(body): Json<JoinWaitingList>,
) -> Result<(StatusCode, Json<Vec<WaitingPlace>>)> {
    body.validate()?;
    let mut transaction = waiting.begin(&state.db).await?;
    // What is freed from now on finds this party in line.
    lock_stock(&mut transaction, &[id]).await?;
    let wanted = db::wanted(&mut transaction, id, waiting.user, body.ticket_type_id).await?;
    check(&wanted.ok_or(Error::NotFound)?, body.quantity)?;
    match db::insert(&mut transaction, id, waiting.user, &body).await {
        Err(error) if violates(&error, "waiting_parties_one_each") => {
            return Err(Error::conflict(
                "You’re already on the waiting list for these tickets.",
            ));
        }
        inserted => inserted?,
    }
    let places = db::places(&mut transaction, Some(id), waiting.user).await?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(places)))
}

/// Refuses to let people wait for what they can have now, or never.
fn check(wanted: &db::Wanted, quantity: i32) -> Result<()> {
    if !wanted.on_sale {
        return Err(Error::Conflict {
            code: Code::SalesClosed,
            detail: "These tickets aren’t on sale.".to_owned(),
        });
    }
    if !wanted.sales_open {
        return Err(Error::Conflict {
            code: Code::SalesPaused,
            detail: "Sales are paused. Try again later.".to_owned(),
        });
    }
    if wanted.may_have <= 0 {
        return Err(Error::Conflict {
            code: Code::LimitReached,
            detail: "You already have the maximum number of tickets for this event.".to_owned(),
        });
    }
    if quantity > wanted.may_have {
        return Err(Error::field(
            "quantity",
            &format!("You can have up to {} of these tickets.", wanted.may_have),
        ));
    }
    if quantity <= wanted.left {
        return Err(Error::conflict(
            "There are enough tickets left. You can buy them now.",
        ));
    }
    Ok(())
}

/// Take the tickets that are held for the user.
#[utoipa::path(post, path = "/waiting-list/{id}/take", tag = "waiting",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Order), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem), (status = 409, body = api::Problem)),
    security(("bearer" = [])))]
async fn take(
    State(state): State<AppState>,
    waiting: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Json<Order>> {
    let mut transaction = waiting.begin(&state.db).await?;
    let party = lock(&mut transaction, &waiting, id).await?;
    let offered = party.order;
    let order =
        offered.ok_or_else(|| Error::conflict("We’re not holding any tickets for you yet."))?;
    let (payment, step) = state.purchases.payment(order.total);
    db::choose_payment(&mut transaction, order.id, payment).await?;
    // Where the money is taken elsewhere, the order goes on holding its tickets meanwhile.
    if step == PaymentStep::Settled && !settle(&mut transaction, order.id).await? {
        return Err(Error::conflict(
            "We’re no longer holding these tickets for you.",
        ));
    }
    let order = orders::db::find(&mut transaction, waiting.user, order.id).await?;
    transaction.commit().await?;
    order
        .map(Json)
        .ok_or_else(|| Error::internal("an offer of no order"))
}

/// Leave a waiting list. Tickets held for the user are offered to the next person.
#[utoipa::path(delete, path = "/waiting-list/{id}", tag = "waiting", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem)),
    security(("bearer" = [])))]
async fn leave(
    State(state): State<AppState>,
    waiting: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    let mut transaction = waiting.begin(&state.db).await?;
    let party = lock(&mut transaction, &waiting, id).await?;
    db::leave(&mut transaction, id).await?;
    if let Some(order) = party.order {
        give_up(&mut transaction, order.id, GivenUp::Cancelled).await?;
    }
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's party, to which nothing is offered before the transaction ends.
async fn lock(connection: &mut PgConnection, waiting: &SignedIn, id: Uuid) -> Result<db::Party> {
    let party = db::party(connection, id, waiting.user).await?;
    lock_stock(connection, &[party.ok_or(Error::NotFound)?.event]).await?;
    // It may have been offered something between the look and the lock.
    let party = db::party(connection, id, waiting.user).await?;
    party.ok_or(Error::NotFound)
}

/// Offers what is left of `events` to those in line, and has them told. Call it with the stock of
/// the events locked, after anything that frees some.
pub async fn offer(connection: &mut PgConnection, events: &[EventId]) -> Result<usize> {
    let parties = db::in_line(connection, events).await?;
    let offers = db::fitting(parties);
    if offers.is_empty() {
        return Ok(0);
    }
    db::write(connection, &offers).await?;
    let mails: Vec<Mail> = offers
        .iter()
        .map(|offer| Mail::WaitingListOffer { order: offer.order })
        .collect();
    mail::enqueue(connection, &mails).await?;
    Ok(offers.len())
}

/// Events whose stock could not be offered.
static POSTPONED: Postponed<EventId> = Postponed::new("offer to those who wait");

/// Offers what became free in other ways: more capacity, sales that go on. How many offers it were.
/// An event that fails is put off.
pub async fn run_once(pool: &PgPool) -> Result<usize> {
    let mut connection = pool.acquire().await?;
    let events = db::events_to_offer(&mut connection).await?;
    drop(connection);
    let mut offered = 0;
    let skip = POSTPONED.waiting();
    for event in events.into_iter().filter(|event| !skip.contains(event)) {
        match offer_left(pool, event).await {
            Ok(offers) => {
                POSTPONED.done(event);
                offered += offers;
            }
            Err(error) => POSTPONED.failed(event, &error),
        }
    }
    Ok(offered)
}

async fn offer_left(pool: &PgPool, event: EventId) -> Result<usize> {
    let mut transaction = pool.begin().await?;
    lock_stock(&mut transaction, &[event]).await?;
    let offers = offer(&mut transaction, &[event]).await?;
    transaction.commit().await?;
    Ok(offers)
}
