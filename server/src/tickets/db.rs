//! The SQL of tickets as their holders see them.

use api::code::{SignedCode, TicketCode};
use api::tickets::{PendingTransfer, Ticket, TicketName, TicketState, TicketsWhen};
use api::{EventId, TicketNumber, Time, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::events::db::event_refs;
use crate::orders::db::{parse_ticket_state, ticket_price};
use crate::payment::due_at_door;

struct TicketRow {
    event_id: Uuid,
    number: i32,
    ticket_type: String,
    holder: String,
    state: String,
    code_version: i32,
    seed: Vec<u8>,
    checked_in_at: Option<Time>,
    payment: String,
    currency: String,
    unit_price: i64,
    discount: i64,
    quantity: i32,
    index: i32,
    order_id: Option<Uuid>,
    asked_back_by: Option<String>,
    revoked_because: Option<String>,
    transfer_id: Option<Uuid>,
    transfer_to: Option<String>,
    transfer_at: Option<Time>,
}

/// A ticket in somebody's wallet.
struct Place {
    event_id: EventId,
    number: TicketNumber,
    /// With what it is on its way to someone else.
    transfer_id: Option<Uuid>,
}

/// The place of a ticket in the list: whether its event is cancelled, the event's start, the event
/// and the number.
pub type Position = (bool, Time, EventId, TicketNumber);

/// The tickets `user` holds or has on their way, and those that others ended in their hands, after
/// the one at `after`: by their event's start, of the past latest first. Those for cancelled events come last.
pub async fn list(
    connection: &mut PgConnection,
    user: UserId,
    when: TicketsWhen,
    after: Option<Position>,
    limit: i64,
) -> Result<Vec<Ticket>> {
    let (after_cancelled, after_time, after_event, after_number) = match after {
        Some((cancelled, time, event, number)) => {
            (Some(cancelled), Some(time), Some(event), Some(number))
        }
        None => (None, None, None, None),
    };
    let places = sqlx::query_as!(
        Place,
        r#"
        select w.event_id as "event_id!", w.number as "number!", w.transfer_id
        from wallet_tickets w join events e on e.id = w.event_id
        where w.user_id = $1 and (e.ends_at <= now()) = $2
            and ($3::timestamptz is null or (e.status = 'cancelled') > $7
                or (e.status = 'cancelled') = $7 and case when $2
                    then e.starts_at < $3 or (e.starts_at = $3 and (e.id, w.number) > ($4::uuid, $5::int))
                    else (e.starts_at, e.id, w.number) > ($3, $4, $5) end)
        order by e.status = 'cancelled', case when $2 then e.starts_at end desc, e.starts_at, e.id,
            w.number
        limit $6
        "#,
        user,
        when == TicketsWhen::Past,
        after_time,
        after_event,
        after_number,
        limit,
        after_cancelled,
    )
    .fetch_all(&mut *connection)
    .await?;
    show(connection, user, &places).await
}

/// Those of `tickets` that `user` holds, has on their way, or held when somebody else ended them, in
/// order.
pub async fn held(
    connection: &mut PgConnection,
    user: UserId,
    tickets: &[(EventId, TicketNumber)],
) -> Result<Vec<Ticket>> {
    let (events, numbers): (Vec<_>, Vec<_>) = tickets.iter().copied().unzip();
    let places = sqlx::query_as!(
        Place,
        r#"
        select w.event_id as "event_id!", w.number as "number!", w.transfer_id
        from unnest($2::uuid[], $3::int[]) as asked (event_id, number)
        join wallet_tickets w on w.event_id = asked.event_id and w.number = asked.number
        where w.user_id = $1 order by 1, 2
        "#,
        user,
        &events,
        &numbers,
    )
    .fetch_all(&mut *connection)
    .await?;
    show(connection, user, &places).await
}

/// The tickets at `places` of `user`'s wallet, in that order.
async fn show(
    connection: &mut PgConnection,
    user: UserId,
    places: &[Place],
) -> Result<Vec<Ticket>> {
    let events: Vec<EventId> = places.iter().map(|place| place.event_id).collect();
    let numbers: Vec<TicketNumber> = places.iter().map(|place| place.number).collect();
    let transfers: Vec<Option<Uuid>> = places.iter().map(|place| place.transfer_id).collect();
    let rows = sqlx::query_as!(
        TicketRow,
        r#"
        select w.event_id as "event_id!", w.number as "number!", y.name as ticket_type,
            u.name as holder, t.state as "state!", t.code_version as "code_version!", k.seed,
            c.scanned_at as "checked_in_at?", v.reason as "revoked_because?",
            o.payment, o.currency, l.unit_price, l.discount, l.quantity,
            t.number - l.first_number as "index!",
            case when o.user_id = $1 then o.id end as order_id,
            (select b.name from give_back_requests r join users b on b.id = o.user_id
                where r.event_id = t.event_id and r.number = t.number and r.holder_id = $1
                    and t.state = 'valid' and b.deleted_at is null) as asked_back_by,
            f.id as "transfer_id?", f.recipient_email as "transfer_to?",
            f.created_at as "transfer_at?"
        from unnest($2::uuid[], $3::int[], $4::uuid[]) with ordinality
            as w (event_id, number, transfer_id, place)
        -- One each: of a union the planner expects hundreds, and reads whole tables for them.
        cross join lateral (select * from all_tickets a
            where a.event_id = w.event_id and a.number = w.number limit 1) t
        join orders o on o.id = t.order_id
        join order_lines l on l.order_id = t.order_id and l.line = t.line
        join ticket_types y on y.id = t.ticket_type_id
        join users u on u.id = $1
        join event_keys k on k.event_id = w.event_id
        left join check_ins c
            on c.event_id = t.event_id and c.number = t.number and c.undone_at is null
        left join revoked_tickets v on v.event_id = t.event_id and v.number = t.number
        left join transfers f on f.id = w.transfer_id
        order by w.place
        "#,
        user,
        &events,
        &numbers,
        &transfers as &[Option<Uuid>],
    )
    .fetch_all(&mut *connection)
    .await?;
    into_tickets(connection, rows).await
}

/// Ends those of `tickets` that live, archived or not; how many did. Nobody holds them any more,
/// their transfers are void and their stock is free.
pub async fn end(
    connection: &mut PgConnection,
    tickets: &[TicketName],
    state: &str,
) -> Result<i32> {
    let (events, numbers): (Vec<Uuid>, Vec<i32>) = tickets
        .iter()
        .map(|ticket| (ticket.event_id, ticket.number))
        .unzip();
    let ended = sqlx::query_scalar!(
        r#"
        with named as materialized (
            select * from unnest($1::uuid[], $2::int[]) as named (event_id, number)
        ), current as (
            update tickets t set state = $3 from named n
            where t.event_id = n.event_id and t.number = n.number
                and t.state in ('valid', 'checked_in')
            returning t.ticket_type_id
        ), archived as (
            update archived_tickets t set state = $3 from named n
            where t.event_id = n.event_id and t.number = n.number
                and t.state in ('valid', 'checked_in')
            returning t.ticket_type_id
        ), holders as (
            delete from ticket_user h using named n
            where h.event_id = n.event_id and h.number = n.number
        ), archived_holders as (
            delete from archived_ticket_user h using named n
            where h.event_id = n.event_id and h.number = n.number
        ), transfers as (
            update transfers t set state = 'void', decided_at = clock_timestamp() from named n
            where t.event_id = n.event_id and t.number = n.number and t.state = 'pending'
        ), ended as (
            select ticket_type_id, count(*)::int as quantity
            from (select * from current union all select * from archived) both_tables
            group by ticket_type_id
        ), stock as (
            update ticket_types t set sold = t.sold - ended.quantity
            from ended where t.id = ended.ticket_type_id
        )
        select coalesce(sum(quantity), 0)::int as "ended!" from ended
        "#,
        &events,
        &numbers,
        state,
    )
    .fetch_one(connection)
    .await?;
    Ok(ended)
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
            let price = ticket_price(
                row.unit_price,
                row.discount,
                row.quantity,
                row.index,
                &row.currency,
            )?;
            let due = due_at_door(&row.payment, price, state);
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
                due,
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
