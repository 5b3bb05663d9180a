//! The SQL of the door.

use std::collections::HashMap;

use api::code::TicketCode;
use api::door::{Admission, CheckIn, Disputed, DoorTicket, UNDO_MINUTES, Verdict};
use api::events::EventRef;
use api::tickets::TicketState;
use api::{EventId, TicketNumber, Time, UserId};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::admit::Shown;
use crate::error::{Error, Result};
use crate::events::db::event_refs;
use crate::orders::db::{parse_ticket_state, ticket_price};
use crate::payment::due_at_door;

/// How many disputed admissions are listed.
const DISPUTED_MAX: i64 = 100;

/// An event as its door knows it.
pub struct DoorEvent {
    /// The event.
    pub event: EventRef,
    /// What its codes are signed with.
    pub seed: [u8; 32],
    /// The database's clock.
    pub now: Time,
}

/// The event, which is known to be there.
pub async fn event(connection: &mut PgConnection, id: EventId) -> Result<DoorEvent> {
    let event = event_refs(connection, &[id]).await?.remove(&id);
    let key = sqlx::query!(
        r#"select seed, clock_timestamp() as "now!" from event_keys where event_id = $1"#,
        id,
    )
    .fetch_one(connection)
    .await?;
    Ok(DoorEvent {
        event: event.ok_or(Error::NotFound)?,
        seed: to_seed(&key.seed)?,
        now: key.now,
    })
}

/// What the codes of `events` are signed with.
pub async fn seeds(
    connection: &mut PgConnection,
    events: &[EventId],
) -> Result<HashMap<EventId, [u8; 32]>> {
    if events.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        "select event_id, seed from event_keys where event_id = any($1)",
        events,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.event_id, to_seed(&row.seed)?)))
        .collect()
}

fn to_seed(seed: &[u8]) -> Result<[u8; 32]> {
    seed.try_into().map_err(Error::internal)
}

/// A ticket without the check of its typed code, which takes a signature.
pub struct TicketRow {
    number: TicketNumber,
    ticket_type: String,
    holder: Option<String>,
    state: String,
    version: i32,
    in_transfer: bool,
    used_id: Option<Uuid>,
    used_at: Option<Time>,
    gate: Option<String>,
    payment: String,
    currency: String,
    unit_price: i64,
    discount: i64,
    quantity: i32,
    index: i32,
}

/// The tickets of `event` by number: those in `numbers`, or all.
pub async fn tickets(
    connection: &mut PgConnection,
    event: EventId,
    numbers: Option<&[TicketNumber]>,
) -> Result<Vec<TicketRow>> {
    let rows = sqlx::query_as!(
        TicketRow,
        r#"
        select t.number, y.name as ticket_type, u.name as "holder?", t.state,
            t.code_version as version, p.id is not null as "in_transfer!",
            c.id as "used_id?", c.scanned_at as "used_at?", c.gate as "gate?",
            o.payment, o.currency, l.unit_price, l.discount, l.quantity,
            t.number - l.first_number as "index!"
        from tickets t
        join orders o on o.id = t.order_id
        join order_lines l on l.order_id = t.order_id and l.line = t.line
        join ticket_types y on y.id = t.ticket_type_id
        left join ticket_user h on h.event_id = t.event_id and h.number = t.number
        left join users u on u.id = h.user_id
        left join transfers p on p.event_id = t.event_id and p.number = t.number
            and p.state = 'pending'
        left join check_ins c on c.event_id = t.event_id and c.number = t.number
            and c.undone_at is null
        where t.event_id = $1 and ($2::int[] is null or t.number = any($2))
        order by t.number
        "#,
        event,
        numbers,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

impl TicketRow {
    /// The ticket as the door of `event`, whose codes `seed` signs, knows it.
    pub fn into_ticket(self, event: EventId, seed: &[u8; 32]) -> Result<DoorTicket> {
        let code = TicketCode {
            event,
            number: self.number,
            version: u16::try_from(self.version).map_err(Error::internal)?,
        };
        let used = match (self.used_id, self.used_at, self.gate) {
            (Some(id), Some(at), Some(gate)) => Some(Admission { id, at, gate }),
            _ => None,
        };
        let price = ticket_price(
            self.unit_price,
            self.discount,
            self.quantity,
            self.index,
            &self.currency,
        )?;
        Ok(DoorTicket {
            number: self.number,
            ticket_type: self.ticket_type,
            holder: self.holder,
            state: parse_ticket_state(&self.state)?,
            version: code.version,
            check: code.sign(seed).check().to_owned(),
            in_transfer: self.in_transfer,
            used,
            // Also of one that is used: a door without a network may undo that.
            due: due_at_door(&self.payment, price, TicketState::Valid),
        })
    }
}

/// The scans among `nonces` that have been answered.
pub async fn answered(
    connection: &mut PgConnection,
    event: EventId,
    nonces: &[Uuid],
) -> Result<HashMap<Uuid, CheckIn>> {
    let rows = sqlx::query!(
        r#"select nonce, answer as "answer: Json<CheckIn>" from scans
        where event_id = $1 and nonce = any($2)"#,
        event,
        nonces,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.nonce, row.answer.0))
        .collect())
}

/// Who was let in though they should not have been, latest first.
pub async fn disputed(connection: &mut PgConnection, event: EventId) -> Result<Vec<Disputed>> {
    let rows = sqlx::query!(
        r#"select scanned_at, gate, answer as "answer: Json<CheckIn>" from scans
        where event_id = $1 and let_in and verdict <> 'valid'
        order by scanned_at desc limit $2"#,
        event,
        DISPUTED_MAX,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Disputed {
            at: row.scanned_at,
            gate: row.gate,
            answer: row.answer.0,
        })
        .collect())
}

/// Writes new scans down, and lets in those that are valid.
pub async fn write(
    connection: &mut PgConnection,
    event: EventId,
    by: UserId,
    scans: &[(&Shown, CheckIn)],
) -> Result<()> {
    let nonces: Vec<Uuid> = scans.iter().map(|(_, answer)| answer.nonce).collect();
    let numbers: Vec<Option<i32>> = scans.iter().map(|(_, answer)| answer.number).collect();
    let verdicts: Vec<String> = scans
        .iter()
        .map(|(_, answer)| verdict_word(answer.verdict).to_owned())
        .collect();
    let answers = scans
        .iter()
        .map(|(_, answer)| serde_json::to_value(answer).map_err(Error::internal))
        .collect::<Result<Vec<_>>>()?;
    let let_in: Vec<bool> = scans
        .iter()
        .map(|(shown, answer)| shown.let_in || answer.verdict == Verdict::Valid)
        .collect();
    let gates: Vec<String> = scans
        .iter()
        .map(|(shown, _)| shown.scan.gate.clone())
        .collect();
    let times: Vec<Time> = scans.iter().map(|(shown, _)| shown.at).collect();
    let admissions: Vec<Option<Uuid>> = scans
        .iter()
        .map(|(_, answer)| answer.used.as_ref().map(|used| used.id))
        .collect();
    sqlx::query!(
        "with scanned as materialized (
            select * from unnest($3::uuid[], $4::int[], $5::text[], $6::jsonb[], $7::bool[],
                $8::text[], $9::timestamptz[], $10::uuid[])
                as s (nonce, number, verdict, answer, let_in, gate, at, admission)
        ), kept as (
            insert into scans (event_id, nonce, number, verdict, answer, let_in, gate, scanned_by,
                scanned_at)
            select $1, nonce, number, verdict, answer, let_in, gate, $2, at from scanned
        ), admitted as (
            insert into check_ins (id, event_id, number, nonce, gate, scanned_by, scanned_at)
            select admission, $1, number, nonce, gate, $2, at from scanned where verdict = 'valid'
        )
        update tickets t set state = 'checked_in' from scanned s
        where t.event_id = $1 and t.number = s.number and s.verdict = 'valid'",
        event,
        by,
        &nonces,
        &numbers as _,
        &verdicts,
        &answers,
        &let_in,
        &gates,
        &times,
        &admissions as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "valid",
        Verdict::AlreadyUsed => "already_used",
        Verdict::Refunded => "refunded",
        Verdict::Revoked => "revoked",
        Verdict::Transferred => "transferred",
        Verdict::WrongEvent => "wrong_event",
        Verdict::NotATicket => "not_a_ticket",
        Verdict::NotYet => "not_yet",
    }
}

/// What became of an undoing.
pub enum Undo {
    /// It is undone, now or before.
    Done,
    /// There is no such admission.
    Unknown,
    /// It was too long ago.
    TooLate,
    /// The ticket is dead by now.
    Gone,
}

/// Undoes an admission. Call it in a transaction that has locked the event's stock.
pub async fn undo(connection: &mut PgConnection, event: EventId, check_in: Uuid) -> Result<Undo> {
    let Some(found) = sqlx::query!(
        r#"
        select c.undone_at is not null as "undone!", t.state,
            c.scanned_at < clock_timestamp() - make_interval(mins => $3) as "too_late!"
        from check_ins c join tickets t on t.event_id = c.event_id and t.number = c.number
        where c.event_id = $1 and c.id = $2
        "#,
        event,
        check_in,
        UNDO_MINUTES,
    )
    .fetch_optional(&mut *connection)
    .await?
    else {
        return Ok(Undo::Unknown);
    };
    if found.undone {
        return Ok(Undo::Done);
    }
    if found.too_late {
        return Ok(Undo::TooLate);
    }
    if found.state != "checked_in" {
        return Ok(Undo::Gone);
    }
    sqlx::query!(
        "with undone as (
            update check_ins set undone_at = clock_timestamp() where event_id = $1 and id = $2
            returning number
        )
        update tickets t set state = 'valid' from undone
        where t.event_id = $1 and t.number = undone.number",
        event,
        check_in,
    )
    .execute(connection)
    .await?;
    Ok(Undo::Done)
}
