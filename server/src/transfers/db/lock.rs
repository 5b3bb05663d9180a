//! The lock on tickets, and where they stand once it is had.

use api::tickets::TicketName;
use api::{EventId, TicketNumber, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::orders::purchase::lock_stock;

/// Locks the stock of the tickets' events, then the tickets in their order, as everything does that
/// changes what becomes of a ticket. Read what matters in a statement of its own afterwards.
pub async fn lock_tickets(connection: &mut PgConnection, tickets: &[TicketName]) -> Result<()> {
    let (events, numbers) = columns(tickets);
    lock_stock(connection, &events).await?;
    sqlx::query!(
        "select from tickets t
        where (t.event_id, t.number) in (select * from unnest($1::uuid[], $2::int[]))
        order by t.event_id, t.number for update",
        &events,
        &numbers,
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) fn columns(tickets: &[TicketName]) -> (Vec<EventId>, Vec<TicketNumber>) {
    let columns = tickets
        .iter()
        .map(|ticket| (ticket.event_id, ticket.number));
    columns.unzip()
}

/// Where a ticket stands when someone wants to send or accept it.
pub struct Standing {
    /// Its state.
    pub state: String,
    /// Whether it is on its way to someone.
    pub pending: bool,
    /// Whether the event is over.
    pub over: bool,
    /// Whether the event was called off.
    pub cancelled: bool,
}

/// Those of `tickets` that `user` holds or has sent.
pub async fn standings(
    connection: &mut PgConnection,
    user: UserId,
    tickets: &[TicketName],
) -> Result<Vec<Standing>> {
    let (events, numbers) = columns(tickets);
    let standings = sqlx::query_as!(
        Standing,
        r#"
        select t.state as "state!", p.id is not null as "pending!",
            e.ends_at <= clock_timestamp() as "over!", e.status = 'cancelled' as "cancelled!"
        from unnest($2::uuid[], $3::int[]) as asked (event_id, number)
        cross join lateral (select * from all_tickets a
            where a.event_id = asked.event_id and a.number = asked.number limit 1) t
        join events e on e.id = t.event_id
        left join all_ticket_user h
            on h.event_id = t.event_id and h.number = t.number and h.user_id = $1
        left join transfers p on p.event_id = t.event_id and p.number = t.number
            and p.sender_id = $1 and p.state = 'pending'
        where h.user_id is not null or p.id is not null
        "#,
        user,
        &events,
        &numbers,
    )
    .fetch_all(connection)
    .await?;
    Ok(standings)
}

/// Where a pending ticket stands for its recipient.
pub async fn standing(connection: &mut PgConnection, ticket: TicketName) -> Result<Standing> {
    let standing = sqlx::query_as!(
        Standing,
        r#"
        select t.state as "state!", true as "pending!",
            e.ends_at <= clock_timestamp() as "over!", e.status = 'cancelled' as "cancelled!"
        from all_tickets t join events e on e.id = t.event_id
        where t.event_id = $1 and t.number = $2
        "#,
        ticket.event_id,
        ticket.number,
    )
    .fetch_one(connection)
    .await?;
    Ok(standing)
}

/// Whether the address is `user`'s.
pub async fn is_own_address(
    connection: &mut PgConnection,
    user: UserId,
    email: &str,
) -> Result<bool> {
    let own = sqlx::query_scalar!(
        r#"select exists (select from users where id = $1 and email = $2) as "own!""#,
        user,
        email,
    )
    .fetch_one(connection)
    .await?;
    Ok(own)
}

/// The ticket of a transfer that `user` sent.
pub async fn sent_by(
    connection: &mut PgConnection,
    user: UserId,
    id: Uuid,
) -> Result<Option<TicketName>> {
    let ticket = sqlx::query_as!(
        TicketName,
        "select event_id, number from transfers where id = $1 and sender_id = $2",
        id,
        user,
    )
    .fetch_optional(connection)
    .await?;
    Ok(ticket)
}

/// A transfer to someone's address.
pub struct Received {
    /// Which ticket.
    pub ticket: TicketName,
    /// Whether the address is proved to be theirs.
    pub verified: bool,
}

/// The transfer, if it is to `user`'s address.
pub async fn received_by(
    connection: &mut PgConnection,
    user: UserId,
    id: Uuid,
) -> Result<Option<Received>> {
    let row = sqlx::query!(
        r#"
        select f.event_id, f.number, u.email_verified_at is not null as "verified!"
        from transfers f join users u on u.email = f.recipient_email
        where f.id = $1 and u.id = $2
        "#,
        id,
        user,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Received {
        ticket: TicketName {
            event_id: row.event_id,
            number: row.number,
        },
        verified: row.verified,
    }))
}
