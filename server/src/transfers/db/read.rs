//! Transfers as people are shown them.

use api::transfers::{Transfer, TransferState};
use api::{EventId, Time, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::events::db::event_refs;
use crate::orders::db::{parse_ticket_state, ticket_price};
use crate::payment::due_at_door;

struct TransferRow {
    id: Uuid,
    offer_id: Uuid,
    event_id: Uuid,
    number: i32,
    ticket_type: String,
    ticket_state: String,
    payment: String,
    currency: String,
    unit_price: i64,
    discount: i64,
    quantity: i32,
    index: i32,
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
    let ids = sqlx::query_scalar!(
        r#"
        select f.id
        from (
            select id from transfers where sender_id = $1
            union
            select f.id from users u join transfers f on f.recipient_email = u.email
            where u.id = $1 and u.email_verified_at is not null
        ) mine
        join transfers f on f.id = mine.id
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
    find(connection, user, &ids).await
}

/// The transfers with these ids, in that order; `asker` is their sender or recipient.
pub async fn find(
    connection: &mut PgConnection,
    asker: UserId,
    ids: &[Uuid],
) -> Result<Vec<Transfer>> {
    let rows = sqlx::query_as!(
        TransferRow,
        r#"
        select f.id, f.offer_id, f.event_id, f.number, y.name as ticket_type, s.name as sender,
            f.recipient_email, f.sender_id = $1 as "sent!", f.state, f.created_at, f.decided_at,
            t.state as "ticket_state!", o.payment, o.currency, l.unit_price, l.discount, l.quantity,
            t.number - l.first_number as "index!"
        from unnest($2::uuid[]) with ordinality as asked (id, place)
        join transfers f on f.id = asked.id
        join users s on s.id = f.sender_id
        cross join lateral (select * from all_tickets a
            where a.event_id = f.event_id and a.number = f.number limit 1) t
        join ticket_types y on y.id = t.ticket_type_id
        join orders o on o.id = t.order_id
        join order_lines l on l.order_id = t.order_id and l.line = t.line
        order by asked.place
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
        "select id from transfers where claim_token_hash = $1 order by event_id, number",
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
            let price = ticket_price(
                row.unit_price,
                row.discount,
                row.quantity,
                row.index,
                &row.currency,
            )?;
            let state = parse_ticket_state(&row.ticket_state)?;
            Ok(Transfer {
                id: row.id,
                offer_id: row.offer_id,
                event: event.ok_or_else(|| Error::internal("a transfer of no event"))?,
                number: row.number,
                ticket_type: row.ticket_type,
                due: due_at_door(&row.payment, price, state),
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

pub(super) fn state_name(state: TransferState) -> &'static str {
    match state {
        TransferState::Pending => "pending",
        TransferState::Accepted => "accepted",
        TransferState::Declined => "declined",
        TransferState::Recalled => "recalled",
        TransferState::Void => "void",
    }
}
