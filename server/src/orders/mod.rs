//! Orders: buying tickets, and the ledger of what was bought.

pub mod db;
pub mod pending;
mod promo_guess;
pub mod purchase;
mod refusal;

use api::orders::{
    IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, Order, OrderQuote, OrderSummary, PlaceOrder,
};
use api::promo_codes::normalize_code;
use api::{OrderId, Page};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
pub use refusal::Refusal;
use sha2::{Digest, Sha256};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, PageQuery, Path, Query, page};
use crate::rate_limit::ClientAddress;
use crate::state::AppState;
use purchase::places::Buyer;
use purchase::{Placed, PurchaseRequest};

/// The routes of `/orders`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(place, list))
        .routes(routes!(quote))
        .routes(routes!(by_key))
        .routes(routes!(detail))
}

/// Buy tickets. The idempotency key identifies the purchase: sending the same request again returns the
/// same order.
#[utoipa::path(post, path = "/orders", tag = "orders", request_body = PlaceOrder,
    params(("idempotency-key" = Uuid, Header, description = "A UUID made by the client, kept until it has the answer")),
    responses((status = 201, body = Order), (status = 200, body = Order, description = "Answered before"),
        (status = 401, body = api::Problem), (status = 404, body = api::Problem),
        (status = 409, body = api::Problem), (status = 422, body = api::Problem),
        (status = 429, body = api::Problem), (status = 503, body = api::Problem)),
    security(("bearer" = [])))]
async fn place(
    State(state): State<AppState>,
    address: ClientAddress,
    buyer: Buyer,
    headers: HeaderMap,
    Json(body): Json<PlaceOrder>,
) -> Result<Response> {
    let key = idempotency_key(&headers)?;
    body.validate()?;
    let user = buyer.signed_in.user;
    let placing = state
        .purchases
        .place(purchase_request(Some(buyer.signed_in), key, &body));
    match promo_guess::limited(&state, address, Some(user), &body, placing).await? {
        Placed::New(order) => Ok((StatusCode::CREATED, Json(order)).into_response()),
        Placed::Replayed(id) => {
            let mut connection = state.db.acquire().await?;
            let order = db::find(&mut connection, buyer.signed_in.user, id)
                .await?
                .ok_or_else(|| Error::internal("an order was placed and is not there"))?;
            Ok(([(IDEMPOTENCY_REPLAYED, "true")], Json(order)).into_response())
        }
    }
}

/// Get the total of an order, including its promo code, without buying anything.
#[utoipa::path(post, path = "/orders/quote", tag = "orders", request_body = PlaceOrder,
    responses((status = 200, body = OrderQuote), (status = 404, body = api::Problem),
        (status = 409, body = api::Problem), (status = 422, body = api::Problem),
        (status = 429, body = api::Problem)),
    security((), ("bearer" = [])))]
async fn quote(
    State(state): State<AppState>,
    address: ClientAddress,
    buyer: Option<SignedIn>,
    Json(body): Json<PlaceOrder>,
) -> Result<Json<OrderQuote>> {
    state.rate_limiters.quotes.check(&address)?;
    body.validate()?;
    let request = purchase_request(buyer, Uuid::nil(), &body);
    let asking = state.purchases.quote(&request);
    let buyer = buyer.map(|buyer| buyer.user);
    let quote = promo_guess::limited(&state, address, buyer, &body, asking).await?;
    Ok(Json(quote))
}

pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Uuid> {
    headers
        .get(IDEMPOTENCY_KEY)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok())
        .ok_or_else(|| {
            let sentence = "Send a UUID in the header Idempotency-Key.";
            Error::field(IDEMPOTENCY_KEY, sentence)
        })
}

fn purchase_request(buyer: Option<SignedIn>, key: Uuid, body: &PlaceOrder) -> PurchaseRequest {
    let lines = body.merged_lines();
    let promo_code = body.promo_code.as_deref().map(normalize_code);
    PurchaseRequest {
        order: Uuid::now_v7(),
        user: buyer.map_or(Uuid::nil(), |buyer| buyer.user),
        session: buyer.map(|buyer| buyer.session),
        key,
        hash: request_hash(&lines, promo_code.as_deref()),
        lines,
        promo_code,
        expected_total: body.expected_total,
    }
}

/// What the key is bound to: what is bought, however it was spelled.
fn request_hash(lines: &[api::orders::PlaceOrderLine], promo_code: Option<&str>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line.ticket_type_id.as_bytes());
        hash.update(line.quantity.to_be_bytes());
    }
    hash.update(promo_code.unwrap_or_default());
    hash.finalize().into()
}

/// List the user's orders, newest first.
#[utoipa::path(get, path = "/orders", tag = "orders", params(PageQuery),
    responses((status = 200, body = Page<OrderSummary>), (status = 401, body = api::Problem),
        (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn list(
    State(state): State<AppState>,
    buyer: SignedIn,
    Query(paging): Query<PageQuery>,
) -> Result<Json<Page<OrderSummary>>> {
    let limit = paging.limit()?;
    let mut connection = state.db.acquire().await?;
    let orders = db::list(&mut connection, buyer.user, paging.after()?, limit + 1).await?;
    Ok(Json(page(orders, limit, |order| order.id)))
}

/// Get one of the user's orders.
#[utoipa::path(get, path = "/orders/{id}", tag = "orders", params(("id" = Uuid, Path)),
    responses((status = 200, body = Order), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem)),
    security(("bearer" = [])))]
async fn detail(
    State(state): State<AppState>,
    buyer: SignedIn,
    Path(id): Path<OrderId>,
) -> Result<Json<Order>> {
    let mut connection = state.db.acquire().await?;
    let order = db::find(&mut connection, buyer.user, id).await?;
    order.map(Json).ok_or(Error::NotFound)
}

/// Get the order that was placed with an idempotency key, to learn whether it arrived.
#[utoipa::path(get, path = "/orders/by-key/{key}", tag = "orders", params(("key" = Uuid, Path)),
    responses((status = 200, body = Order), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem)),
    security(("bearer" = [])))]
async fn by_key(
    State(state): State<AppState>,
    buyer: SignedIn,
    Path(key): Path<Uuid>,
) -> Result<Json<Order>> {
    let mut connection = state.db.acquire().await?;
    let id = db::with_key(&mut connection, buyer.user, key).await?;
    let id = id.ok_or(Error::NotFound)?;
    let order = db::find(&mut connection, buyer.user, id).await?;
    order.map(Json).ok_or(Error::NotFound)
}
