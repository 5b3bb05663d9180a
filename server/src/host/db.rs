//! The SQL of events as their organizers see and make them.

use api::host::{CreateEvent, EventStatus, HostEvent, HostEventSummary, Task, TicketTypeInput};
use api::{EventId, Money, TicketTypeId, Time, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::access::Role;
use super::sales::db::{TypeSold, sold};
use crate::error::{Error, Result};
use crate::events::db::{cover_url, parse_currency, ticket_types};
use crate::events::sale::{EventSale, TypeSale};

fn parse_status(status: &str) -> Result<EventStatus> {
    match status {
        "draft" => Ok(EventStatus::Draft),
        "published" => Ok(EventStatus::Published),
        "ended" => Ok(EventStatus::Ended),
        "archived" => Ok(EventStatus::Archived),
        "cancelled" => Ok(EventStatus::Cancelled),
        other => Err(Error::internal(format!("unknown event status {other}"))),
    }
}

/// What `user` is to the event, if anything.
pub async fn role(
    connection: &mut PgConnection,
    event: EventId,
    user: UserId,
) -> Result<Option<Role>> {
    let role = sqlx::query_scalar!(
        r#"
        select case when e.organizer_id = $2 then 'organizer' else s.role end as "role!"
        from events e
        left join users u on u.id = $2 and u.email_verified_at is not null
        left join event_staff s on s.event_id = e.id and s.email = u.email
        where e.id = $1 and (e.organizer_id = $2 or s.role is not null)
        "#,
        event,
        user,
    )
    .fetch_optional(connection)
    .await?;
    role.as_deref().map(parse_role).transpose()
}

/// As roles are written in the database.
pub fn parse_role(role: &str) -> Result<Role> {
    match role {
        "door" => Ok(Role::Door),
        "manager" => Ok(Role::Manager),
        "organizer" => Ok(Role::Organizer),
        other => Err(Error::internal(format!("unknown staff role {other}"))),
    }
}

/// One event, if `asker` is something to it.
pub async fn find(
    connection: &mut PgConnection,
    id: EventId,
    asker: UserId,
) -> Result<Option<HostEvent>> {
    let Some(role) = role(connection, id, asker).await? else {
        return Ok(None);
    };
    let Some(event) = sqlx::query!(
        r#"
        select e.status, e.title, e.description, e.venue, e.address, e.city, e.starts_at, e.ends_at,
            e.timezone, e.currency, e.max_per_user, e.cover_id, s.sales_open,
            clock_timestamp() as "now!", c.done as "refunded?", c.total as "to_refund?",
            g.done as given, g.total as to_give
        from events e
        join event_stock s on s.event_id = e.id
        left join cancellations c on c.event_id = e.id and c.finished_at is null
        cross join lateral (
            select sum(done)::int as done, sum(total)::int as total
            from comp_batches where event_id = e.id and finished_at is null
        ) g
        where e.id = $1
        "#,
        id,
    )
    .fetch_optional(&mut *connection)
    .await?
    else {
        return Ok(None);
    };
    let types = ticket_types(connection, &[id]).await?.remove(&id);
    let types = types.unwrap_or_default();
    let currency = parse_currency(&event.currency)?;
    let sale = EventSale {
        status: &event.status,
        sales_open: event.sales_open,
        ends_at: event.ends_at,
        now: event.now,
    };
    let sales: Vec<TypeSale> = types.iter().map(|row| row.sale()).collect();
    Ok(Some(HostEvent {
        id,
        role,
        status: parse_status(&event.status)?,
        state: sale.of_event(&sales),
        sales_open: event.sales_open,
        refunding: task(event.refunded, event.to_refund),
        giving: task(event.given, event.to_give),
        ticket_types: types
            .into_iter()
            .map(|row| row.into_ticket_type(currency, &sale))
            .collect(),
        title: event.title,
        description: event.description,
        venue: event.venue,
        address: event.address,
        city: event.city,
        starts_at: event.starts_at,
        ends_at: event.ends_at,
        timezone: event.timezone,
        currency,
        max_per_user: event.max_per_user,
        cover_url: event.cover_id.map(cover_url),
    }))
}

fn task(done: Option<i32>, total: Option<i32>) -> Option<Task> {
    let (done, total) = done.zip(total)?;
    Some(Task { done, total })
}

/// The events that `user` organizes or is staff of, each with the time when it was made, newest
/// first, beginning after the one that was made then and has this id.
pub async fn list(
    connection: &mut PgConnection,
    user: UserId,
    after: Option<(Time, EventId)>,
    limit: i64,
) -> Result<Vec<(Time, HostEventSummary)>> {
    let (after_time, after_id) = after.unzip();
    let events = sqlx::query!(
        r#"select id, organizer_id, status, title, starts_at, ends_at, timezone, venue, city, currency,
            cover_id, created_at, organizer_id = $1 or exists (
                select from event_staff s join users u on u.email = s.email
                where s.event_id = events.id and s.role = 'manager' and u.id = $1) as "manages!"
        from events
        where ($2::timestamptz is null or (created_at, id) < ($2, $4::uuid)) and id in (
            select id from events where organizer_id = $1
            union all select s.event_id from event_staff s join users u on u.email = s.email
            where u.id = $1 and u.email_verified_at is not null
        )
        order by created_at desc, id desc limit $3"#,
        user,
        after_time,
        limit,
        after_id,
    )
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
    let mut types = ticket_types(&mut *connection, &ids).await?;
    let sold = sold(connection, &ids).await?;
    events
        .into_iter()
        .map(|event| {
            let types = types.remove(&event.id).unwrap_or_default();
            let sold = || {
                sold.iter()
                    .filter(|sold: &&TypeSold| sold.event == event.id)
            };
            let currency = parse_currency(&event.currency)?;
            // The door has no need to know.
            let money = |of: fn(&TypeSold) -> i64| match event.manages {
                true => Money::new(sold().map(of).sum(), currency),
                false => Money::new(0, currency),
            };
            let summary = HostEventSummary {
                id: event.id,
                title: event.title,
                status: parse_status(&event.status)?,
                starts_at: event.starts_at,
                ends_at: event.ends_at,
                timezone: event.timezone,
                venue: event.venue,
                city: event.city,
                cover_url: event.cover_id.map(cover_url),
                capacity: types.iter().map(|row| row.sale().capacity).sum(),
                sold: sold().map(|kind| kind.sold).sum(),
                given: sold().map(|kind| kind.given).sum(),
                received: money(|kind| kind.received),
                due: money(|kind| kind.due),
            };
            Ok((event.created_at, summary))
        })
        .collect()
}

/// A new draft without ticket types, with its stock and the key that signs its tickets; whether it
/// was made, since there may be an event with this id.
pub async fn insert(
    connection: &mut PgConnection,
    id: EventId,
    organizer: UserId,
    event: &CreateEvent,
) -> Result<bool> {
    let done = sqlx::query!(
        "with event as (
            insert into events (id, organizer_id, title, description, venue, address, city,
                starts_at, ends_at, timezone, currency, max_per_user)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            on conflict (id) do nothing
            returning id
        ), key as (
            insert into event_keys (event_id, seed) select id, $13 from event
        )
        insert into event_stock (event_id) select id from event",
        id,
        organizer,
        event.title,
        event.description,
        event.venue,
        event.address,
        event.city,
        event.starts_at,
        event.ends_at,
        event.timezone,
        event.currency.code(),
        event.max_per_user,
        &rand::random::<[u8; 32]>(),
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes everything but the ticket types.
pub async fn update(connection: &mut PgConnection, id: EventId, event: &CreateEvent) -> Result<()> {
    let done = sqlx::query!(
        "update events set title = $2, description = $3, venue = $4, address = $5, city = $6,
            starts_at = $7, ends_at = $8, timezone = $9, currency = $10, max_per_user = $11,
            updated_at = now()
        where id = $1",
        id,
        event.title,
        event.description,
        event.venue,
        event.address,
        event.city,
        event.starts_at,
        event.ends_at,
        event.timezone,
        event.currency.code(),
        event.max_per_user,
    )
    .execute(connection)
    .await?;
    one_row(done.rows_affected())
}

/// The most tickets that one person has bought and not given back.
pub async fn most_bought(connection: &mut PgConnection, event: EventId) -> Result<i32> {
    let most = sqlx::query_scalar!(
        r#"
        select coalesce(max(bought), 0) as "most!" from bought_tickets where event_id = $1
        "#,
        event,
    )
    .fetch_one(connection)
    .await?;
    Ok(most)
}

/// A ticket type that cannot be removed, and what uses it.
pub struct UsedType {
    /// Its name.
    pub name: String,
    /// Whether it stands on an order or a list of free tickets, so that it is needed for ever.
    pub ordered: bool,
    /// Promo codes for it alone.
    pub promo_codes: Vec<String>,
    /// How many people wait for it.
    pub waiting: i32,
}

/// The first ticket type that is not in `kept` though something uses it. Call it with the stock
/// locked, when nothing new can use it.
pub async fn used_type_besides(
    connection: &mut PgConnection,
    event: EventId,
    kept: &[TicketTypeId],
) -> Result<Option<UsedType>> {
    let used = sqlx::query_as!(
        UsedType,
        r#"
        select name, ordered as "ordered!", promo_codes as "promo_codes!", waiting as "waiting!"
        from (
            select t.name, t.position,
                exists (select from order_lines where event_id = $1 and ticket_type_id = t.id)
                    or exists (select from comp_batches
                        where event_id = $1 and ticket_type_id = t.id) as ordered,
                array(select code from promo_codes
                    where event_id = $1 and ticket_type_id = t.id order by code) as promo_codes,
                (select count(*)::int from waiting_parties
                    where event_id = $1 and ticket_type_id = t.id and closed_at is null) as waiting
            from ticket_types t where t.event_id = $1 and t.id <> all($2)
        ) uses
        where ordered or waiting > 0 or cardinality(promo_codes) > 0
        order by position limit 1
        "#,
        event,
        kept,
    )
    .fetch_optional(connection)
    .await?;
    Ok(used)
}

/// Removes the ticket types that are not in `kept`, which nothing uses.
pub async fn delete_types_besides(
    connection: &mut PgConnection,
    event: EventId,
    kept: &[TicketTypeId],
) -> Result<()> {
    // Those who wait no more, and never had an offer, are of no interest to anybody.
    sqlx::query!(
        "delete from waiting_parties
        where event_id = $1 and ticket_type_id <> all($2) and closed_at is not null",
        event,
        kept,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "delete from ticket_types where event_id = $1 and id <> all($2)",
        event,
        kept,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Changes the ticket types that have an id, which must be the event's, and adds those that have
/// none; what is sold stays.
pub async fn write_types(
    connection: &mut PgConnection,
    event: EventId,
    types: &[TicketTypeInput],
) -> Result<()> {
    let ids: Vec<Uuid> = types
        .iter()
        .map(|new| new.id.unwrap_or_else(Uuid::now_v7))
        .collect();
    let names: Vec<String> = types.iter().map(|new| new.name.clone()).collect();
    let descriptions: Vec<String> = types.iter().map(|new| new.description.clone()).collect();
    let prices: Vec<i64> = types.iter().map(|new| new.price).collect();
    let capacities: Vec<i32> = types.iter().map(|new| new.capacity).collect();
    let maxima: Vec<i32> = types.iter().map(|new| new.max_per_order).collect();
    let starts: Vec<Option<Time>> = types.iter().map(|new| new.sale_starts_at).collect();
    let ends: Vec<Option<Time>> = types.iter().map(|new| new.sale_ends_at).collect();
    let done = sqlx::query!(
        "insert into ticket_types (event_id, id, name, description, price, capacity,
            max_per_order, sale_starts_at, sale_ends_at, position)
        select $1, * from unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::int[],
            $7::int[], $8::timestamptz[], $9::timestamptz[]) with ordinality
        on conflict (id) do update set name = excluded.name, description = excluded.description,
            price = excluded.price, capacity = excluded.capacity,
            max_per_order = excluded.max_per_order, sale_starts_at = excluded.sale_starts_at,
            sale_ends_at = excluded.sale_ends_at, position = excluded.position
        where ticket_types.event_id = $1",
        event,
        &ids,
        &names,
        &descriptions,
        &prices,
        &capacities,
        &maxima,
        &starts as _,
        &ends as _,
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == types.len() as u64 {
        Ok(())
    } else {
        Err(Error::internal("a ticket type belongs to another event"))
    }
}

/// Refuses unless the event's organizer has an account with a confirmed address, and keeps it so
/// until the transaction ends.
pub async fn require_organizer(connection: &mut PgConnection, event: EventId) -> Result<()> {
    let verified = sqlx::query_scalar!(
        r#"select u.email_verified_at is not null as "verified!"
        from events e join users u on u.id = e.organizer_id
        where e.id = $1 and u.deleted_at is null for share of u"#,
        event,
    )
    .fetch_optional(connection)
    .await?;
    match verified {
        Some(true) => Ok(()),
        Some(false) => Err(Error::email_unverified()),
        None => Err(Error::conflict("The organizer’s account is closed.")),
    }
}

/// Makes a draft public.
pub async fn publish(connection: &mut PgConnection, id: EventId) -> Result<()> {
    let done = sqlx::query!(
        "update events set status = 'published', published_at = now(), updated_at = now()
        where id = $1 and status = 'draft'",
        id,
    )
    .execute(connection)
    .await?;
    one_row(done.rows_affected())
}

/// Cancels a published event. Call it with the stock locked: what was refunded before that was so
/// before the time that is kept.
pub async fn cancel(connection: &mut PgConnection, id: EventId) -> Result<()> {
    let done = sqlx::query!(
        "update events set status = 'cancelled', cancelled_at = clock_timestamp(),
            updated_at = now()
        where id = $1 and status = 'published'",
        id,
    )
    .execute(connection)
    .await?;
    one_row(done.rows_affected())
}

/// How many tickets of an event are valid or were used.
pub async fn live_tickets(connection: &mut PgConnection, event: EventId) -> Result<i32> {
    let live = sqlx::query_scalar!(
        r#"select count(*)::int as "live!" from tickets
        where event_id = $1 and state in ('valid', 'checked_in')"#,
        event,
    )
    .fetch_one(connection)
    .await?;
    Ok(live)
}

/// Pauses or resumes sales.
pub async fn set_sales_open(
    connection: &mut PgConnection,
    event: EventId,
    open: bool,
) -> Result<()> {
    let done = sqlx::query!(
        "update event_stock set sales_open = $2 where event_id = $1",
        event,
        open,
    )
    .execute(connection)
    .await?;
    one_row(done.rows_affected())
}

fn one_row(affected: u64) -> Result<()> {
    match affected {
        1 => Ok(()),
        other => Err(Error::internal(format!(
            "{other} rows changed instead of one"
        ))),
    }
}
