//! The SQL of comps.

use std::collections::HashSet;
use std::fmt::Write;

use api::comps::CompBatch;
use api::host::Task;
use api::{EventId, TicketNumber, TicketTypeId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Chosen;
use crate::error::{Error, Result};
use crate::mail::{self, Mail};

/// Guests to be given tickets.
pub(super) struct Batch {
    pub(super) id: Uuid,
    pub(super) event: EventId,
    pub(super) ticket_type: TicketTypeId,
    pub(super) by: UserId,
    /// The client's name for it.
    pub(super) key: Uuid,
    /// What the key is bound to.
    pub(super) hash: [u8; 32],
}

/// What became of a batch that was to be written.
pub(super) enum Inserted {
    New,
    /// An earlier request had its key.
    Answered {
        id: Uuid,
        hash: [u8; 32],
    },
}

/// Writes a batch of so many guests, unless its key was used.
pub(super) async fn insert(
    connection: &mut PgConnection,
    batch: &Batch,
    total: i32,
) -> Result<Inserted> {
    // A type of another event is refused further on, in words.
    let inserted = sqlx::query!(
        "insert into comp_batches (id, event_id, ticket_type_id, given_by, idempotency_key,
            request_hash, total)
        select $1, event_id, id, $4, $5, $6, $7 from ticket_types where id = $3 and event_id = $2
        on conflict on constraint comp_batches_key do nothing",
        batch.id,
        batch.event,
        batch.ticket_type,
        batch.by,
        batch.key,
        &batch.hash,
        total,
    )
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(Inserted::New);
    }
    let answered = sqlx::query!(
        "select id, request_hash from comp_batches where given_by = $1 and idempotency_key = $2",
        batch.by,
        batch.key,
    )
    .fetch_optional(connection)
    .await?;
    match answered {
        Some(row) => Ok(Inserted::Answered {
            id: row.id,
            hash: row
                .request_hash
                .as_slice()
                .try_into()
                .map_err(Error::internal)?,
        }),
        None => Err(Error::field(
            "ticket_type_id",
            "Choose a ticket type of this event.",
        )),
    }
}

/// Waits for other lists that are being given at the event.
pub(super) async fn take_turn(connection: &mut PgConnection, event: EventId) -> Result<()> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('comps ' || $1, 0))",
        event.to_string(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Which of these addresses have a live ticket of the event, or one on its way to them: sent, or
/// given and not issued yet.
pub(super) async fn with_tickets(
    connection: &mut PgConnection,
    event: EventId,
    emails: &[String],
) -> Result<HashSet<String>> {
    let having = sqlx::query_scalar!(
        r#"
        with given as materialized (
            select g.email from comp_batches b join comp_guests g on g.batch_id = b.id
            where b.event_id = $1 and b.finished_at is null and g.number is null
        )
        select email as "email!" from unnest($2::text[]) as named (email)
        where email in (select email from given)
            or exists (
                select from users u
                join ticket_user h on h.user_id = u.id and h.event_id = $1
                cross join lateral (
                    select t.state from tickets t
                    where t.event_id = h.event_id and t.number = h.number limit 1
                ) as ticket
                where u.email = named.email and ticket.state in ('valid', 'checked_in')
            )
            or exists (
                select from transfers f
                cross join lateral (
                    select t.state from tickets t
                    where t.event_id = f.event_id and t.number = f.number limit 1
                ) as ticket
                where f.recipient_email = named.email and f.event_id = $1
                    and f.state = 'pending' and ticket.state = 'valid'
            )
        "#,
        event,
        emails,
    )
    .fetch_all(connection)
    .await?;
    Ok(having.into_iter().collect())
}

/// Writes whom a new batch is for, however many, in one stream, and how many were left out.
pub(super) async fn set_guests(
    connection: &mut PgConnection,
    batch: &Batch,
    guests: &[Chosen<'_>],
    left_out: i32,
) -> Result<()> {
    if left_out > 0 {
        sqlx::query!(
            "update comp_batches set total = greatest(total - $2, 1), left_out = $2 where id = $1",
            batch.id,
            left_out,
        )
        .execute(&mut *connection)
        .await?;
    }
    let mut rows = String::new();
    for (place, guest) in guests.iter().enumerate() {
        let (name, email) = (escape(guest.name), escape(&guest.email));
        writeln!(
            rows,
            "{}\t{place}\t{}\t{name}\t{email}",
            batch.id, batch.event
        )
        .map_err(Error::internal)?;
    }
    let mut copy = connection
        .copy_in_raw("copy comp_guests (batch_id, place, event_id, name, email) from stdin")
        .await?;
    copy.send(rows.into_bytes()).await?;
    copy.finish().await?;
    Ok(())
}

/// Text as COPY takes it.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('\t', "\\t")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
}

/// Keeps tickets of a type for guests. Call it with the event's stock locked.
pub(super) async fn hold(
    connection: &mut PgConnection,
    ticket_type: TicketTypeId,
    quantity: i32,
) -> Result<()> {
    sqlx::query!(
        "update ticket_types set sold = sold + $2, held = held + $2 where id = $1",
        ticket_type,
        quantity,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How far a batch is.
pub(super) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<CompBatch> {
    let batch = sqlx::query!(
        "select done, total, left_out from comp_batches where id = $1",
        id
    )
    .fetch_one(connection)
    .await?;
    Ok(CompBatch {
        id,
        progress: Task {
            done: batch.done,
            total: batch.total,
        },
        left_out: batch.left_out,
    })
}

/// The oldest batch with guests who wait; none of those to `skip`.
pub(super) async fn oldest(connection: &mut PgConnection, skip: &[Uuid]) -> Result<Option<Uuid>> {
    let id = sqlx::query_scalar!(
        "select id from comp_batches where finished_at is null and id <> all($1)
        order by created_at limit 1",
        skip,
    )
    .fetch_optional(connection)
    .await?;
    Ok(id)
}

/// The first guest of a batch who waits; none of the places to `skip`.
pub(super) async fn next_place(
    connection: &mut PgConnection,
    batch: Uuid,
    skip: &[i32],
) -> Result<Option<i32>> {
    let place = sqlx::query_scalar!(
        "select place from comp_guests
        where batch_id = $1 and number is null and place <> all($2) order by place limit 1",
        batch,
        skip,
    )
    .fetch_optional(connection)
    .await?;
    Ok(place)
}

/// Whose tickets a batch is of.
pub(super) async fn event_of(connection: &mut PgConnection, batch: Uuid) -> Result<EventId> {
    let event = sqlx::query_scalar!("select event_id from comp_batches where id = $1", batch)
        .fetch_one(connection)
        .await?;
    Ok(event)
}

/// Issues the next tickets of a batch, at most `size`, numbered from `first`, but none for the
/// places to `skip`; how many it were. Call it with the event's stock locked. Who has a verified account holds their ticket at once; for the
/// others it waits.
pub(super) async fn issue(
    connection: &mut PgConnection,
    batch: Uuid,
    first: TicketNumber,
    size: i32,
    skip: &[i32],
) -> Result<usize> {
    let waiting = sqlx::query_scalar!(
        r#"select (
            select count(*)::int from (
                select from comp_guests g
                where g.batch_id = b.id and g.number is null and g.place <> all($3) limit $2
            ) next
        ) as "quantity!" from comp_batches b
        where b.id = $1 and b.finished_at is null"#,
        batch,
        i64::from(size),
        skip,
    )
    .fetch_optional(&mut *connection)
    .await?;
    // Nothing is left of it when another server was faster, or its event was called off.
    let Some(quantity) = waiting.filter(|quantity| *quantity > 0) else {
        return Ok(0);
    };
    let issued = usize::try_from(quantity).map_err(Error::internal)?;
    let transfers: Vec<Uuid> = (0..issued).map(|_| Uuid::now_v7()).collect();
    sqlx::query!(
        "with batch as materialized (
            select b.*, e.currency, y.name as ticket_type
            from comp_batches b
            join events e on e.id = b.event_id
            join ticket_types y on y.id = b.ticket_type_id
            where b.id = $1
        ), next as materialized (
            select g.place, g.email, u.id as user_id, row_number() over (order by g.place) as nth,
                ($3::int + row_number() over (order by g.place) - 1)::int as number
            from comp_guests g
            left join users u on u.email = g.email and u.email_verified_at is not null
            where g.batch_id = $1 and g.number is null and g.place <> all($6::int[])
            order by g.place limit $4::int
        ), new_order as (
            insert into orders (id, user_id, kind, state, currency, total, payment,
                idempotency_key, request_hash, created_at)
            select $2, given_by, 'comp', 'paid', currency, 0, 'none', $2, request_hash,
                clock_timestamp()
            from batch
        ), new_line as (
            insert into order_lines (order_id, line, event_id, ticket_type_id, quantity,
                unit_price, first_number, ticket_type_name)
            select $2, 1, event_id, ticket_type_id, $4, 0, $3, ticket_type from batch
        ), new_tickets as (
            insert into tickets (event_id, number, ticket_type_id, order_id, line)
            select event_id, number, ticket_type_id, $2, 1 from next, batch
        ), holders as (
            insert into ticket_user (event_id, number, user_id)
            select event_id, number, user_id from next, batch where user_id is not null
        ), sent as (
            insert into transfers (id, offer_id, event_id, number, sender_id, recipient_email)
            select t.id, t.id, event_id, number, given_by, email
            from batch, next
            join unnest($5::uuid[]) with ordinality as t (id, nth) on t.nth = next.nth
            where user_id is null
        ), numbered as (
            update comp_guests g set number = next.number from next
            where g.batch_id = $1 and g.place = next.place
        ), stock as (
            update event_stock s set next_number = s.next_number + $4 from batch
            where s.event_id = batch.event_id
        ), types as (
            update ticket_types t set held = t.held - $4 from batch
            where t.id = batch.ticket_type_id
        )
        update comp_batches set done = done + $4,
            finished_at = case when done + $4 = total then now() end
        where id = $1",
        batch,
        Uuid::now_v7(),
        first,
        quantity,
        &transfers,
        skip,
    )
    .execute(&mut *connection)
    .await?;
    tell(connection, batch, first, quantity).await?;
    Ok(issued)
}

/// Has the guests told: who holds a ticket of these, and for whom one waits.
async fn tell(
    connection: &mut PgConnection,
    batch: Uuid,
    first: TicketNumber,
    quantity: i32,
) -> Result<()> {
    let guests = sqlx::query!(
        r#"
        select b.event_id, b.given_by, n.number as "number!", u.user_id as "holder?", t.id as "offer?"
        from comp_batches b
        cross join generate_series($2::int, $2::int + $3::int - 1) as n (number)
        left join ticket_user u on u.event_id = b.event_id and u.number = n.number
        left join transfers t on t.event_id = b.event_id and t.number = n.number
        where b.id = $1
        "#,
        batch,
        first,
        quantity,
    )
    .fetch_all(&mut *connection)
    .await?;
    let Some(sender) = guests.first().map(|guest| guest.given_by) else {
        return Ok(());
    };
    let letters: Vec<Mail> = guests
        .into_iter()
        .filter_map(|guest| match (guest.holder, guest.offer) {
            (Some(user), _) => Some(Mail::TicketGiven {
                event: guest.event_id,
                number: guest.number,
                user,
            }),
            (None, offer) => offer.map(|offer| Mail::TicketsSent { offer }),
        })
        .collect();
    mail::enqueue_for(connection, sender, &letters).await
}
