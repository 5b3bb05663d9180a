//! What is decided about transfers.

use api::tickets::TicketName;
use api::transfers::TransferState;
use api::{EventId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::lock::columns;
use super::read::state_name;
use crate::error::{Error, Result};

/// Sends `tickets`, which are locked and `sender`'s: they have no holder until it is decided.
pub async fn insert(
    connection: &mut PgConnection,
    sender: UserId,
    email: &str,
    offer: Uuid,
    tickets: &[TicketName],
) -> Result<Vec<Uuid>> {
    let ids: Vec<Uuid> = tickets.iter().map(|_| Uuid::now_v7()).collect();
    let (events, numbers) = columns(tickets);
    let sent = sqlx::query!(
        "with sent as (
            delete from ticket_user h
            using unnest($1::uuid[], $2::uuid[], $3::int[]) as t (id, event_id, number)
            where h.event_id = t.event_id and h.number = t.number and h.user_id = $4
            returning t.id, t.event_id, t.number
        )
        insert into transfers (id, offer_id, event_id, number, sender_id, recipient_email)
        select id, $6, event_id, number, $4, $5 from sent",
        &ids,
        &events,
        &numbers,
        sender,
        email,
        offer,
    )
    .execute(connection)
    .await?;
    if sent.rows_affected() == tickets.len() as u64 {
        Ok(ids)
    } else {
        Err(Error::internal("a ticket that was locked is another's"))
    }
}

/// Accepts a pending transfer whose ticket is locked: `recipient` is the holder, and the ticket has
/// a new code.
pub async fn accept(
    connection: &mut PgConnection,
    id: Uuid,
    ticket: TicketName,
    recipient: UserId,
) -> Result<()> {
    decide(connection, id, TransferState::Accepted, Some(recipient)).await?;
    sqlx::query!(
        "with renewed as (
            update tickets set code_version = code_version + 1
            where event_id = $1 and number = $2 returning event_id, number
        )
        insert into ticket_user (event_id, number, user_id)
        select event_id, number, $3 from renewed",
        ticket.event_id,
        ticket.number,
        recipient,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends a pending transfer whose ticket is locked without its being accepted: it is the sender's
/// again, with the code it had.
pub async fn end(connection: &mut PgConnection, id: Uuid, state: TransferState) -> Result<()> {
    decide(connection, id, state, None).await?;
    return_to_sender(connection, &[id]).await
}

async fn decide(
    connection: &mut PgConnection,
    id: Uuid,
    state: TransferState,
    recipient: Option<UserId>,
) -> Result<()> {
    let decided = sqlx::query!(
        "update transfers set state = $2, recipient_id = $3, decided_at = clock_timestamp()
        where id = $1 and state = 'pending'",
        id,
        state_name(state),
        recipient,
    )
    .execute(connection)
    .await?;
    match decided.rows_affected() {
        1 => Ok(()),
        _ => Err(Error::internal("a transfer that was locked is decided")),
    }
}

async fn return_to_sender(connection: &mut PgConnection, ids: &[Uuid]) -> Result<()> {
    sqlx::query!(
        "insert into ticket_user (event_id, number, user_id)
        select event_id, number, sender_id from transfers where id = any($1)",
        ids,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An event that is over and has pending transfers, its stock locked.
pub async fn lock_over(connection: &mut PgConnection, skip: &[EventId]) -> Result<Option<EventId>> {
    let event = sqlx::query_scalar!(
        "select s.event_id from event_stock s join events e on e.id = s.event_id
        where e.ends_at <= now() and e.id <> all($1)
            and exists (select from transfers f where f.event_id = e.id and f.state = 'pending')
        limit 1 for update of s skip locked",
        skip,
    )
    .fetch_optional(connection)
    .await?;
    Ok(event)
}

/// Makes the pending transfers of an event void; the tickets are their senders' again.
pub async fn void_over(connection: &mut PgConnection, event: EventId) -> Result<usize> {
    let voided = sqlx::query_scalar!(
        "update transfers set state = 'void', decided_at = clock_timestamp()
        where event_id = $1 and state = 'pending' returning id",
        event,
    )
    .fetch_all(&mut *connection)
    .await?;
    return_to_sender(connection, &voided).await?;
    Ok(voided.len())
}
