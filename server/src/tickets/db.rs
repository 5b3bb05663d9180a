//! The SQL of tickets as their holders see them.

use api::code::{SignedCode, TicketCode};
use api::tickets::{PendingTransfer, Ticket, TicketState, TicketsWhen};
use api::{EventId, TicketNumber, Time, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::events::db::event_refs;
use crate::orders::db::parse_ticket_state;

struct TicketRow {
    event_id: Uuid,
    number: i32,
    ticket_type: String,
    holder: String,
    state: String,
    code_version: i32,
    seed: Vec<u8>,
    checked_in_at: Option<Time>,
    order_id: Option<Uuid>,
    asked_back_by: Option<String>,
    revoked_because: Option<String>,
    transfer_id: Option<Uuid>,
    transfer_to: Option<String>,
    transfer_at: Option<Time>,
}

/// The place of a ticket in the list: its event's start, the event and the number.
pub type Position = (Time, EventId, TicketNumber);

/// The tickets `user` holds or has on their way, and those that others ended in their hands, after
/// the one at `after`: by their event's start, of the past latest first.
pub async fn list(
    connection: &mut PgConnection,
    user: UserId,
    when: TicketsWhen,
    after: Option<Position>,
    limit: i64,
) -> Result<Vec<Ticket>> {
    let (after_time, (after_event, after_number)) = match after {
        Some((time, event, number)) => (Some(time), (Some(event), Some(number))),
        None => (None, (None, None)),
    };
    let rows = sqlx::query_as!(
        TicketRow,
        r#"
        select t.event_id as "event_id!", t.number as "number!", y.name as ticket_type,
            u.name as holder, t.state as "state!", t.code_version as "code_version!", k.seed,
            c.scanned_at as "checked_in_at?", v.reason as "revoked_because?",
            (select o.id from orders o where o.id = t.order_id and o.user_id = $1) as order_id,
            (select b.name from give_back_requests r
                join orders o on o.id = t.order_id join users b on b.id = o.user_id
                where r.event_id = t.event_id and r.number = t.number and r.holder_id = $1
                    and t.state = 'valid' and b.deleted_at is null) as asked_back_by,
            f.id as "transfer_id?", f.recipient_email as "transfer_to?",
            f.created_at as "transfer_at?"
        from (
            select event_id, number, user_id, null::uuid as transfer_id
            from possessed_tickets where user_id = $1
            union all
            -- Comps that wait for their guests were never in the wallet of who gave them.
            select f.event_id, f.number, f.sender_id, f.id
            from transfers f
            join tickets t on t.event_id = f.event_id and t.number = f.number
            join orders o on o.id = t.order_id
            where f.sender_id = $1 and f.state = 'pending'
                and (o.kind = 'purchase' or o.user_id <> f.sender_id)
        ) h
        join events e on e.id = h.event_id
        join all_tickets t on t.event_id = h.event_id and t.number = h.number
        join ticket_types y on y.id = t.ticket_type_id
        join users u on u.id = h.user_id
        join event_keys k on k.event_id = e.id
        left join check_ins c
            on c.event_id = t.event_id and c.number = t.number and c.undone_at is null
        left join revoked_tickets v on v.event_id = t.event_id and v.number = t.number
        left join transfers f on f.id = h.transfer_id
        where (e.ends_at <= now()) = $2
            and ($3::timestamptz is null
                or case when $2
                    then e.starts_at < $3 or (e.starts_at = $3 and (e.id, t.number) > ($4::uuid, $5::int))
                    else (e.starts_at, e.id, t.number) > ($3, $4, $5) end)
        order by case when $2 then e.starts_at end desc, e.starts_at, e.id, t.number
        limit $6
        "#,
        user,
        when == TicketsWhen::Past,
        after_time,
        after_event,
        after_number,
        limit,
    )
    .fetch_all(&mut *connection)
    .await?;
    into_tickets(connection, rows).await
}

/// Those of `tickets` that `user` holds, has on their way, or held when somebody else ended them, in
/// order.
pub async fn held(
    connection: &mut PgConnection,
    user: UserId,
    tickets: &[(EventId, TicketNumber)],
) -> Result<Vec<Ticket>> {
    let (events, numbers): (Vec<_>, Vec<_>) = tickets.iter().copied().unzip();
    let rows = sqlx::query_as!(
        TicketRow,
        r#"
        select t.event_id as "event_id!", t.number as "number!", y.name as ticket_type,
            u.name as holder, t.state as "state!", t.code_version as "code_version!", k.seed,
            c.scanned_at as "checked_in_at?", v.reason as "revoked_because?",
            (select o.id from orders o where o.id = t.order_id and o.user_id = $1) as order_id,
            (select b.name from give_back_requests r
                join orders o on o.id = t.order_id join users b on b.id = o.user_id
                where r.event_id = t.event_id and r.number = t.number and r.holder_id = $1
                    and t.state = 'valid' and b.deleted_at is null) as asked_back_by,
            f.id as "transfer_id?", f.recipient_email as "transfer_to?",
            f.created_at as "transfer_at?"
        from unnest($2::uuid[], $3::int[]) as asked (event_id, number)
        join (
            select event_id, number, user_id, null::uuid as transfer_id
            from possessed_tickets where user_id = $1
            union all
            -- Comps that wait for their guests were never in the wallet of who gave them.
            select f.event_id, f.number, f.sender_id, f.id
            from transfers f
            join tickets t on t.event_id = f.event_id and t.number = f.number
            join orders o on o.id = t.order_id
            where f.sender_id = $1 and f.state = 'pending'
                and (o.kind = 'purchase' or o.user_id <> f.sender_id)
        ) h on h.event_id = asked.event_id and h.number = asked.number
        join all_tickets t on t.event_id = h.event_id and t.number = h.number
        join ticket_types y on y.id = t.ticket_type_id
        join users u on u.id = h.user_id
        join event_keys k on k.event_id = h.event_id
        left join check_ins c
            on c.event_id = t.event_id and c.number = t.number and c.undone_at is null
        left join revoked_tickets v on v.event_id = t.event_id and v.number = t.number
        left join transfers f on f.id = h.transfer_id
        order by t.event_id, t.number
        "#,
        user,
        &events,
        &numbers,
    )
    .fetch_all(&mut *connection)
    .await?;
    into_tickets(connection, rows).await
}

async fn into_tickets(connection: &mut PgConnection, rows: Vec<TicketRow>) -> Result<Vec<Ticket>> {
    let ids: Vec<EventId> = rows.iter().map(|row| row.event_id).collect();
    let events = event_refs(connection, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let event = events
                .get(&row.event_id)
                .cloned()
                .ok_or_else(|| Error::internal("a ticket of no event"))?;
            let state = parse_ticket_state(&row.state)?;
            let signed = match (state, row.transfer_id) {
                (TicketState::Valid, None) => Some(sign(&row)?),
                _ => None,
            };
            let transfer = row.transfer_id.zip(row.transfer_to).zip(row.transfer_at);
            let (code, short_code) = signed.map(|signed| (signed.code, signed.short)).unzip();
            Ok(Ticket {
                event,
                number: row.number,
                ticket_type: row.ticket_type,
                holder: row.holder,
                state,
                checked_in_at: row.checked_in_at,
                transfer: transfer.map(|((id, to), created_at)| PendingTransfer {
                    id,
                    to,
                    created_at,
                }),
                code,
                short_code,
                order_id: row.order_id,
                asked_back_by: row.asked_back_by,
                revoked_because: row.revoked_because,
            })
        })
        .collect()
}

fn sign(row: &TicketRow) -> Result<SignedCode> {
    let seed: [u8; 32] = row.seed.as_slice().try_into().map_err(Error::internal)?;
    let code = TicketCode {
        event: row.event_id,
        number: row.number,
        version: u16::try_from(row.code_version).map_err(Error::internal)?,
    };
    Ok(code.sign(&seed))
}
