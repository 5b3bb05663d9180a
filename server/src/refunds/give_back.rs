//! The way back of a gifted ticket: its buyer asks for it, its holder gives it back. Then the buyer
//! holds it again, and can have it refunded.

use api::refunds::{NotRefundable, RefundTickets};
use api::{EventId, OrderId, TicketNumber, UserId};
use axum::extract::State;
use axum::http::StatusCode;
use sqlx::PgConnection;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::decide::{Asker, SoldTicket};
use super::{db, decide, events_of, find_purchase, require_all};
use crate::auth::SignedIn;
use crate::error::{Error, Result};
use crate::extract::{Json, Path};
use crate::mail::{self, Mail};
use crate::orders::purchase::lock_stock;
use crate::state::AppState;

/// The routes of giving back.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(ask_back))
        .routes(routes!(give_back))
}

/// Ask the holders of tickets that one bought and gave away to give them back. Asking twice is as
/// good as asking once.
#[utoipa::path(post, path = "/orders/{id}/give-back-requests", tag = "refunds",
    params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem), (status = 409, body = api::Problem),
        (status = 422, body = api::Problem)),
    security(("bearer" = [])))]
async fn ask_back(
    State(state): State<AppState>,
    buyer: SignedIn,
    Path(id): Path<OrderId>,
    Json(body): Json<RefundTickets>,
) -> Result<StatusCode> {
    body.validate()?;
    let mut transaction = state.db.begin().await?;
    let purchase = find_purchase(&mut transaction, &buyer, id).await?;
    let names = body.distinct();
    lock_stock(&mut transaction, &events_of(&names)).await?;
    let (tickets, now) = db::tickets(&mut transaction, &names).await?;
    require_all(&purchase, &tickets, &body)?;
    for ticket in &tickets {
        match ticket.refusal(Asker::Buyer, now) {
            Some(NotRefundable::Gifted) => {}
            Some(refusal) => return Err(decide::conflict(ticket.number, refusal)),
            None => return Err(Error::conflict("You hold this ticket yourself.")),
        }
    }
    request(&mut transaction, &tickets).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a ticket back to its buyer, who has asked for it. Its code changes at once.
#[utoipa::path(post, path = "/tickets/{event_id}/{number}/give-back", tag = "refunds",
    params(("event_id" = Uuid, Path), ("number" = i32, Path)),
    responses((status = 204), (status = 401, body = api::Problem),
        (status = 404, body = api::Problem), (status = 409, body = api::Problem)),
    security(("bearer" = [])))]
async fn give_back(
    State(state): State<AppState>,
    holder: SignedIn,
    Path((event, number)): Path<(EventId, TicketNumber)>,
) -> Result<StatusCode> {
    let mut transaction = state.db.begin().await?;
    lock_stock(&mut transaction, &[event]).await?;
    match holds(&mut transaction, event, number, holder.user).await? {
        None => return Err(Error::NotFound),
        Some(false) => return Err(Error::conflict("Nobody asks for this ticket.")),
        Some(true) => {}
    }
    hand_over(&mut transaction, event, number).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn request(connection: &mut PgConnection, tickets: &[SoldTicket]) -> Result<()> {
    let held = tickets
        .iter()
        .filter_map(|ticket| Some((ticket.event, ticket.number, ticket.possessor()?)));
    let (events, (numbers, holders)): (Vec<Uuid>, (Vec<i32>, Vec<Uuid>)) = held
        .map(|(event, number, holder)| (event, (number, holder)))
        .unzip();
    let asked = sqlx::query!(
        "insert into give_back_requests (event_id, number, holder_id)
        select * from unnest($1::uuid[], $2::int[], $3::uuid[])
        on conflict (event_id, number) do update
            set holder_id = excluded.holder_id, asked_at = now()
            where give_back_requests.holder_id <> excluded.holder_id
        returning event_id, number",
        &events,
        &numbers,
        &holders,
    )
    .fetch_all(&mut *connection)
    .await?;
    let letters: Vec<Mail> = asked
        .into_iter()
        .map(|ticket| Mail::AskedBack {
            event: ticket.event_id,
            number: ticket.number,
        })
        .collect();
    mail::enqueue(connection, &letters).await
}

/// Whether the ticket that `user` holds is asked for by a buyer who can still take it.
async fn holds(
    connection: &mut PgConnection,
    event: EventId,
    number: TicketNumber,
    user: UserId,
) -> Result<Option<bool>> {
    let asked = sqlx::query_scalar!(
        r#"
        select r.number is not null and t.state = 'valid' and buyer.deleted_at is null as "asked!"
        from ticket_user h
        join tickets t on t.event_id = h.event_id and t.number = h.number
        join orders o on o.id = t.order_id
        join users buyer on buyer.id = o.user_id
        left join give_back_requests r
            on r.event_id = h.event_id and r.number = h.number and r.holder_id = h.user_id
        where h.event_id = $1 and h.number = $2 and h.user_id = $3
        "#,
        event,
        number,
        user,
    )
    .fetch_optional(connection)
    .await?;
    Ok(asked)
}

/// An accepted transfer from the holder to the buyer.
async fn hand_over(
    connection: &mut PgConnection,
    event: EventId,
    number: TicketNumber,
) -> Result<()> {
    let transfer = Uuid::now_v7();
    sqlx::query!(
        "with buyer as (
            select o.user_id, u.email from tickets t
            join orders o on o.id = t.order_id
            join users u on u.id = o.user_id
            where t.event_id = $2 and t.number = $3
        ), given as (
            insert into transfers (id, offer_id, event_id, number, sender_id, recipient_email,
                recipient_id, state, decided_at)
            select $1, $1, h.event_id, h.number, h.user_id, buyer.email, buyer.user_id, 'accepted',
                clock_timestamp()
            from ticket_user h, buyer where h.event_id = $2 and h.number = $3
        ), answered as (
            delete from give_back_requests where event_id = $2 and number = $3
        ), held as (
            update ticket_user h set user_id = buyer.user_id from buyer
            where h.event_id = $2 and h.number = $3
        )
        update tickets set code_version = code_version + 1 where event_id = $2 and number = $3",
        transfer,
        event,
        number,
    )
    .execute(&mut *connection)
    .await?;
    mail::enqueue(connection, &[Mail::TicketsReceived { offer: transfer }]).await
}
