//! The SQL of transfers.

use api::tickets::TicketName;
use api::transfers::{Transfer, TransferState};
use api::{EventId, TicketNumber, Time, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::events::db::event_refs;
use crate::orders::purchase::lock_stock;

struct TransferRow {
    id: Uuid,
    offer_id: Uuid,
    event_id: Uuid,
    number: i32,
    ticket_type: String,
    sender: String,
    recipient_email: String,
    sent: bool,
    state: String,
    created_at: Time,
    decided_at: Option<Time>,
}

/// The transfers that `user` sent, and those to the user's verified address, before the one with id
/// `before`, latest first.
pub async fn list(
    connection: &mut PgConnection,
    user: UserId,
    only_pending: bool,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Transfer>> {
    let rows = sqlx::query_as!(
        TransferRow,
        r#"
        select f.id, f.offer_id, f.event_id, f.number, y.name as ticket_type, s.name as sender,
            f.recipient_email, f.sender_id = $1 as "sent!", f.state, f.created_at, f.decided_at
        from (
            select id from transfers where sender_id = $1
            union
            select f.id from users u join transfers f on f.recipient_email = u.email
            where u.id = $1 and u.email_verified_at is not null
        ) mine
        join transfers f on f.id = mine.id
        join users s on s.id = f.sender_id
        join all_tickets t on t.event_id = f.event_id and t.number = f.number
        join ticket_types y on y.id = t.ticket_type_id
        where ($2 or f.state = 'pending') and ($3::uuid is null or f.id < $3)
        order by f.id desc limit $4
        "#,
        user,
        !only_pending,
        before,
        limit,
    )
    .fetch_all(&mut *connection)
    .await?;
    into_transfers(connection, rows).await
}

/// The transfers with these ids, by event and number; `asker` is their sender or recipient.
pub async fn find(
    connection: &mut PgConnection,
    asker: UserId,
    ids: &[Uuid],
) -> Result<Vec<Transfer>> {
    let rows = sqlx::query_as!(
        TransferRow,
        r#"
        select f.id, f.offer_id, f.event_id, f.number, y.name as ticket_type, s.name as sender,
            f.recipient_email, f.sender_id = $1 as "sent!", f.state, f.created_at, f.decided_at
        from transfers f
        join users s on s.id = f.sender_id
        join all_tickets t on t.event_id = f.event_id and t.number = f.number
        join ticket_types y on y.id = t.ticket_type_id
        where f.id = any($2) order by f.event_id, f.number
        "#,
        asker,
        ids,
    )
    .fetch_all(&mut *connection)
    .await?;
    into_transfers(connection, rows).await
}

/// What the link whose token has this hash offers.
pub async fn claimed(
    connection: &mut PgConnection,
    token_hash: &[u8; 32],
) -> Result<Vec<Transfer>> {
    let ids = sqlx::query_scalar!(
        "select id from transfers where claim_token_hash = $1",
        token_hash.as_slice(),
    )
    .fetch_all(&mut *connection)
    .await?;
    find(connection, UserId::nil(), &ids).await
}

/// The transfers of an offer that are pending still.
pub async fn pending_of_offer(connection: &mut PgConnection, offer: Uuid) -> Result<Vec<Transfer>> {
    let ids = sqlx::query_scalar!(
        "select id from transfers where offer_id = $1 and state = 'pending'",
        offer,
    )
    .fetch_all(&mut *connection)
    .await?;
    find(connection, UserId::nil(), &ids).await
}

async fn into_transfers(
    connection: &mut PgConnection,
    rows: Vec<TransferRow>,
) -> Result<Vec<Transfer>> {
    let ids: Vec<EventId> = rows.iter().map(|row| row.event_id).collect();
    let events = event_refs(connection, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let event = events.get(&row.event_id).cloned();
            Ok(Transfer {
                id: row.id,
                offer_id: row.offer_id,
                event: event.ok_or_else(|| Error::internal("a transfer of no event"))?,
                number: row.number,
                ticket_type: row.ticket_type,
                from: row.sender,
                to: row.recipient_email,
                sent: row.sent,
                state: parse_state(&row.state)?,
                created_at: row.created_at,
                decided_at: row.decided_at,
            })
        })
        .collect()
}

fn parse_state(state: &str) -> Result<TransferState> {
    match state {
        "pending" => Ok(TransferState::Pending),
        "accepted" => Ok(TransferState::Accepted),
        "declined" => Ok(TransferState::Declined),
        "recalled" => Ok(TransferState::Recalled),
        "void" => Ok(TransferState::Void),
        other => Err(Error::internal(format!("transfer state {other}"))),
    }
}

fn state_name(state: TransferState) -> &'static str {
    match state {
        TransferState::Pending => "pending",
        TransferState::Accepted => "accepted",
        TransferState::Declined => "declined",
        TransferState::Recalled => "recalled",
        TransferState::Void => "void",
    }
}

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

fn columns(tickets: &[TicketName]) -> (Vec<EventId>, Vec<TicketNumber>) {
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
        join all_tickets t on t.event_id = asked.event_id and t.number = asked.number
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
pub async fn lock_over(connection: &mut PgConnection) -> Result<Option<EventId>> {
    let event = sqlx::query_scalar!(
        "select s.event_id from event_stock s join events e on e.id = s.event_id
        where e.ends_at <= now()
            and exists (select from transfers f where f.event_id = e.id and f.state = 'pending')
        limit 1 for update of s skip locked",
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
