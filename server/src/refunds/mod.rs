//! Refunds: the price paid goes back to the payer, and the stock is sold again.

pub mod db;
pub mod decide;
pub mod give_back;

use api::orders::{IDEMPOTENCY_REPLAYED, Order};
use api::refunds::{QuotedTicket, RefundQuote, RefundTickets};
use api::tickets::TicketName;
use api::{Money, OrderId};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, Path};
use crate::orders;
use crate::orders::purchase::{lock_stock, used_key};
use crate::state::AppState;
use db::{Purchase, Refund};
use decide::{Asker, SoldTicket};

/// The routes of refunds.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(quote))
        .routes(routes!(refund))
        .merge(give_back::routes())
}

/// Get the amount that refunding tickets would return, without refunding them.
#[utoipa::path(post, path = "/orders/{id}/refund-quote", tag = "refunds",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = RefundQuote), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem), (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn quote(
    State(state): State<AppState>,
    buyer: SignedIn,
    Path(id): Path<OrderId>,
    Json(body): Json<RefundTickets>,
) -> Result<Json<RefundQuote>> {
    body.validate()?;
    let mut connection = state.db.acquire().await?;
    let purchase = find_purchase(&mut connection, &buyer, id).await?;
    let (tickets, now) = db::tickets(&mut connection, &body.distinct()).await?;
    require_all(&purchase, &tickets, &body)?;
    let quoted = |ticket: &SoldTicket| QuotedTicket {
        event_id: ticket.event,
        number: ticket.number,
        amount: Money::new(ticket.paid, purchase.currency),
        refusal: ticket.refusal(Asker::Buyer, now),
    };
    let quoted: Vec<QuotedTicket> = tickets.iter().map(quoted).collect();
    let refundable = quoted.iter().filter(|ticket| ticket.refusal.is_none());
    let total = refundable.map(|ticket| ticket.amount.amount).sum();
    Ok(Json(RefundQuote {
        tickets: quoted,
        total: Money::new(total, purchase.currency),
    }))
}

/// Refund tickets of a purchase: all of those named, or none. The idempotency key identifies the refund:
/// sending the same request again returns the same refund order.
#[utoipa::path(post, path = "/orders/{id}/refunds", tag = "refunds",
    params(("id" = Uuid, Path), ("idempotency-key" = Uuid, Header,
        description = "A UUID made by the client, kept until it has the answer")),
    responses((status = 201, body = Order), (status = 200, body = Order, description = "Answered before"),
        (status = 401, body = api::Problem), (status = 404, body = api::Problem),
        (status = 409, body = api::Problem), (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn refund(
    State(state): State<AppState>,
    buyer: SignedIn,
    headers: HeaderMap,
    Path(id): Path<OrderId>,
    Json(body): Json<RefundTickets>,
) -> Result<Response> {
    let key = orders::idempotency_key(&headers)?;
    body.validate()?;
    let mut connection = state.db.acquire().await?;
    let purchase = find_purchase(&mut connection, &buyer, id).await?;
    let refunded = match commit(&mut connection, &buyer, &purchase, key, &body).await {
        // The same key arrived under another event's lock and was first.
        Err(Error::Internal(error)) if used_key(error.as_ref()) => {
            commit(&mut connection, &buyer, &purchase, key, &body).await?
        }
        refunded => refunded?,
    };
    let order = orders::db::find(&mut connection, buyer.user, refunded.order)
        .await?
        .ok_or_else(|| Error::internal("a refund was written and is not there"))?;
    Ok(if refunded.replayed {
        ([(IDEMPOTENCY_REPLAYED, "true")], Json(order)).into_response()
    } else {
        (StatusCode::CREATED, Json(order)).into_response()
    })
}

async fn find_purchase(
    connection: &mut PgConnection,
    buyer: &SignedIn,
    id: OrderId,
) -> Result<Purchase> {
    db::purchase_of(connection, buyer.user, id)
        .await?
        .ok_or(Error::NotFound)
}

/// A refund order, and whether an earlier request with the same key made it.
struct Refunded {
    order: OrderId,
    replayed: bool,
}

async fn commit(
    connection: &mut PgConnection,
    buyer: &SignedIn,
    purchase: &Purchase,
    key: Uuid,
    wanted: &RefundTickets,
) -> Result<Refunded> {
    let names = wanted.distinct();
    let hash = request_hash(purchase.id, &names);
    let mut transaction = connection.begin().await?;
    buyer.hold(&mut transaction).await?;
    lock_stock(&mut transaction, &events_of(&names)).await?;
    if let Some((order, bound_to)) = db::answered(&mut transaction, purchase.buyer, key).await? {
        return match bound_to == hash {
            true => Ok(Refunded {
                order,
                replayed: true,
            }),
            false => Err(Error::Order(orders::Refusal::KeyReused)),
        };
    }
    let (tickets, now) = db::tickets(&mut transaction, &names).await?;
    require_all(purchase, &tickets, wanted)?;
    for ticket in &tickets {
        if let Some(refusal) = ticket.refusal(Asker::Buyer, now) {
            return Err(decide::conflict(ticket.number, refusal));
        }
    }
    let refund = Refund {
        id: Uuid::now_v7(),
        purchase,
        key,
        hash,
        by: purchase.buyer,
        tickets: tickets.iter().collect(),
        message: None,
    };
    db::write(&mut transaction, std::slice::from_ref(&refund)).await?;
    transaction.commit().await?;
    Ok(Refunded {
        order: refund.id,
        replayed: false,
    })
}

fn events_of(tickets: &[TicketName]) -> Vec<Uuid> {
    let events: std::collections::BTreeSet<Uuid> =
        tickets.iter().map(|ticket| ticket.event_id).collect();
    events.into_iter().collect()
}

/// Refuses tickets that are not of the purchase.
fn require_all(purchase: &Purchase, tickets: &[SoldTicket], wanted: &RefundTickets) -> Result<()> {
    let own = tickets.iter().filter(|ticket| ticket.order == purchase.id);
    match own.count() == wanted.distinct().len() {
        true => Ok(()),
        false => Err(Error::field(
            "tickets",
            "Some of these tickets aren’t part of this order.",
        )),
    }
}

/// What the key is bound to: which tickets of which order, however it was spelled.
fn request_hash(purchase: OrderId, tickets: &[TicketName]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update("refund");
    hash.update(purchase.as_bytes());
    for ticket in tickets {
        hash.update(ticket.event_id.as_bytes());
        hash.update(ticket.number.to_be_bytes());
    }
    hash.finalize().into()
}

/// Refunds a ticket for the organizer, no matter who holds it and whether it was used, to who paid
/// for it, who is told `message` beside it. Call it with the event's stock locked.
pub async fn by_organizer(
    connection: &mut PgConnection,
    ticket: &SoldTicket,
    by: api::UserId,
    message: Option<&str>,
) -> Result<OrderId> {
    let purchases = db::purchases(connection, &[ticket.order]).await?;
    let purchase = purchases
        .first()
        .ok_or_else(|| Error::internal("a sold ticket of no purchase"))?;
    let id = Uuid::now_v7();
    let refund = Refund {
        id,
        purchase,
        key: id,
        hash: request_hash(purchase.id, &[ticket.name()]),
        by,
        tickets: vec![ticket],
        message,
    };
    db::write(connection, &[refund]).await?;
    Ok(id)
}

/// Refunds tickets that were bought to their buyers: a refund for each purchase.
/// Call it with the stock of their events locked.
pub async fn refund_all(
    connection: &mut PgConnection,
    mut tickets: Vec<SoldTicket>,
    by: api::UserId,
) -> Result<()> {
    tickets.sort_by_key(|ticket| (ticket.order, ticket.line, ticket.number));
    let of_orders: Vec<&[SoldTicket]> = tickets.chunk_by(|a, b| a.order == b.order).collect();
    let ids: Vec<OrderId> = of_orders.iter().map(|tickets| tickets[0].order).collect();
    let purchases = db::purchases(connection, &ids).await?;
    let refunds = of_orders
        .into_iter()
        .map(|tickets| refund_of(&purchases, tickets, by))
        .collect::<Result<Vec<_>>>()?;
    db::write(connection, &refunds).await
}

fn refund_of<'a>(
    purchases: &'a [Purchase],
    tickets: &'a [SoldTicket],
    by: api::UserId,
) -> Result<Refund<'a>> {
    let purchase = purchases
        .iter()
        .find(|purchase| purchase.id == tickets[0].order)
        .ok_or_else(|| Error::internal("a sold ticket of no purchase"))?;
    let names: Vec<TicketName> = tickets.iter().map(SoldTicket::name).collect();
    let id = Uuid::now_v7();
    Ok(Refund {
        id,
        purchase,
        key: id,
        hash: request_hash(purchase.id, &names),
        by,
        tickets: tickets.iter().collect(),
        message: None,
    })
}
