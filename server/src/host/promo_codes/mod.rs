//! An event's promo codes, as its organizer makes them.

pub mod db;

use api::host::HostEvent;
use api::promo_codes::{
    CreatePromoCode, PROMO_CODES_MAX, PromoCode, PromoCodes, UpdatePromoCode, normalize_code,
};
use api::{EventId, FieldErrors, Time};
use axum::extract::State;
use axum::http::StatusCode;
use chrono::Utc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::access::{self, Role};
use super::lock;
use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, Path};
use crate::state::AppState;

/// The routes of an event's promo codes.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(update))
}

/// List an event's promo codes and how often they were used.
#[utoipa::path(get, path = "/host/events/{id}/promo-codes", tag = "promo_codes",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = PromoCodes), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem)),
    security(("bearer" = [])))]
async fn list(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
) -> Result<Json<PromoCodes>> {
    let mut connection = state.db.acquire().await?;
    access::require(&mut connection, id, asker.user, Role::Manager).await?;
    let items = db::list(&mut connection, id).await?;
    Ok(Json(PromoCodes { items }))
}

/// Create a promo code.
#[utoipa::path(post, path = "/host/events/{id}/promo-codes", tag = "promo_codes",
    params(("id" = Uuid, Path)),
    responses((status = 201, body = PromoCode), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem),
        (status = 409, body = api::Problem), (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn create(
    State(state): State<AppState>,
    asker: SignedIn,
    Path(id): Path<EventId>,
    Json(body): Json<CreatePromoCode>,
) -> Result<(StatusCode, Json<PromoCode>)> {
    let mut transaction = asker.begin(&state.db).await?;
    access::require(&mut transaction, id, asker.user, Role::Manager).await?;
    body.validate()?;
    let event = lock(&mut transaction, id, asker.user).await?;
    if let Some(wanted) = body.ticket_type_id
        && !event.ticket_types.iter().any(|kind| kind.id == wanted)
    {
        let sentence = "Choose a ticket type of this event.";
        return Err(Error::field("ticket_type_id", sentence));
    }
    check_window(&event, body.starts_at, body.ends_at)?;
    let codes = db::list(&mut transaction, id).await?;
    if codes.len() >= PROMO_CODES_MAX {
        let sentence = format!("An event can have up to {PROMO_CODES_MAX} promo codes.");
        return Err(Error::conflict(sentence));
    }
    let code = normalize_code(&body.code);
    if codes.iter().any(|other| other.code == code) {
        return Err(Error::field(
            "code",
            "A code with this name already exists.",
        ));
    }
    let promo = Uuid::now_v7();
    db::insert(&mut transaction, id, promo, &code, &body).await?;
    let promo = db::find(&mut transaction, id, promo).await?;
    transaction.commit().await?;
    Ok((
        StatusCode::CREATED,
        Json(promo.ok_or_else(|| Error::internal("a code was made and is not there"))?),
    ))
}

/// Update how often and how long a promo code can be used.
#[utoipa::path(patch, path = "/host/events/{id}/promo-codes/{promo_code}", tag = "promo_codes",
    params(("id" = Uuid, Path), ("promo_code" = Uuid, Path)),
    responses((status = 200, body = PromoCode), (status = 401, body = api::Problem),
        (status = 403, body = api::Problem), (status = 404, body = api::Problem),
        (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn update(
    State(state): State<AppState>,
    asker: SignedIn,
    Path((id, promo)): Path<(EventId, Uuid)>,
    Json(body): Json<UpdatePromoCode>,
) -> Result<Json<PromoCode>> {
    let mut transaction = asker.begin(&state.db).await?;
    access::require(&mut transaction, id, asker.user, Role::Manager).await?;
    body.validate()?;
    // No purchase uses the code meanwhile.
    let event = lock(&mut transaction, id, asker.user).await?;
    let before = db::find(&mut transaction, id, promo).await?;
    let before = before.ok_or(Error::NotFound)?;
    if let Some(max @ 1..) = body.max_uses
        && max < before.used
    {
        let sentence = format!(
            "This code has already been used {used} times. Enter {used} or more.",
            used = before.used
        );
        return Err(Error::field("max_uses", &sentence));
    }
    // An end that is not in the future ends the code, whenever it would have begun.
    let ends_now = body.ends_at.is_some_and(|end| end <= Utc::now());
    if !ends_now && (body.starts_at.is_some() || body.ends_at.is_some()) {
        let starts_at = body.starts_at.or(before.starts_at);
        let ends_at = body.ends_at.or(before.ends_at);
        check_window(&event, starts_at, ends_at)?;
    }
    db::update(&mut transaction, promo, &body).await?;
    let after = db::find(&mut transaction, id, promo).await?;
    transaction.commit().await?;
    after.map(Json).ok_or(Error::NotFound)
}

/// Refuses a window in which nobody could ever use the code.
fn check_window(event: &HostEvent, starts_at: Option<Time>, ends_at: Option<Time>) -> Result<()> {
    let mut errors = FieldErrors::default();
    errors.require(
        starts_at.is_none_or(|start| start < event.ends_at),
        "starts_at",
        "The code must start before the event ends.",
    );
    errors.require(
        starts_at
            .zip(ends_at)
            .is_none_or(|(start, end)| start < end),
        "ends_at",
        "The end must be after the start.",
    );
    errors.into_result()?;
    Ok(())
}
