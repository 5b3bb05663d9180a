//! The SQL of events as attendees see them.

use std::collections::HashMap;

use api::events::{
    EventDetail, EventRef, EventSummary, LiveStock, LiveTicketType, Organizer, TicketType, When,
};
use api::{Currency, EventId, Money, Time, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::sale::{EventSale, TypeSale};
use crate::error::{Error, Result};

/// A row of `events` as far as attendees see it, with what decides about its sale.
struct EventRow {
    id: Uuid,
    status: String,
    title: String,
    starts_at: Time,
    ends_at: Time,
    timezone: String,
    venue: String,
    city: String,
    currency: String,
    cover_id: Option<Uuid>,
    sales_open: bool,
    now: Time,
}

impl EventRow {
    fn into_summary(self, types: &[TypeRow]) -> Result<EventSummary> {
        let currency = parse_currency(&self.currency)?;
        let sales: Vec<TypeSale> = types.iter().map(TypeRow::sale).collect();
        let state = EventSale {
            status: &self.status,
            sales_open: self.sales_open,
            ends_at: self.ends_at,
            now: self.now,
        }
        .of_event(&sales);
        let price_from = types.iter().map(|row| row.price).min();
        let sold = types.iter().map(|row| row.sold).sum();
        Ok(EventSummary {
            id: self.id,
            title: self.title,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            timezone: self.timezone,
            venue: self.venue,
            city: self.city,
            cover_url: self.cover_id.map(cover_url),
            price_from: price_from.map(|amount| Money::new(amount, currency)),
            capacity: types.iter().map(|row| row.capacity).sum(),
            sold,
            left: sales.iter().map(TypeSale::left).sum(),
            going: types.iter().map(TypeRow::going).sum(),
            state,
        })
    }
}

/// A row of `ticket_types`.
pub struct TypeRow {
    id: Uuid,
    event_id: Uuid,
    name: String,
    description: String,
    price: i64,
    capacity: i32,
    sold: i32,
    held: i32,
    max_per_order: i32,
    sale_starts_at: Option<Time>,
    sale_ends_at: Option<Time>,
}

impl TypeRow {
    /// What decides about its sale.
    pub fn sale(&self) -> TypeSale {
        TypeSale {
            capacity: self.capacity,
            sold: self.sold,
            starts_at: self.sale_starts_at,
            ends_at: self.sale_ends_at,
        }
    }

    fn going(&self) -> i32 {
        self.sold - self.held
    }

    /// As attendees see it, in an event that is sold like `event`.
    pub fn into_ticket_type(self, currency: Currency, event: &EventSale<'_>) -> TicketType {
        let sale = self.sale();
        TicketType {
            id: self.id,
            name: self.name,
            description: self.description,
            price: Money::new(self.price, currency),
            capacity: self.capacity,
            sold: self.sold,
            left: sale.left(),
            max_per_order: self.max_per_order,
            sale_starts_at: self.sale_starts_at,
            sale_ends_at: self.sale_ends_at,
            state: event.of_type(&sale),
        }
    }
}

/// Where a cover is served.
pub fn cover_url(id: Uuid) -> String {
    format!("/api/covers/{id}")
}

/// The currency of a row; the schema lets in codes that this version may not know.
pub fn parse_currency(code: &str) -> Result<Currency> {
    Currency::parse(code)
        .ok_or_else(|| Error::internal(format!("unknown currency {code} in the database")))
}

/// Published events after the one with start and id `after`; soonest first, of the past latest first.
pub async fn list(
    connection: &mut PgConnection,
    search: Option<&str>,
    when: When,
    after: Option<(Time, EventId)>,
    limit: i64,
) -> Result<Vec<EventSummary>> {
    let (after_time, after_id) = after.unzip();
    let events = sqlx::query_as!(
        EventRow,
        r#"
        select e.id, e.status, e.title, e.starts_at, e.ends_at, e.timezone, e.venue, e.city,
            e.currency, e.cover_id, s.sales_open, now() as "now!"
        from events e
        join event_stock s on s.event_id = e.id
        where e.status <> 'draft'
            and (e.ends_at <= now()) = $1
            and (not $2 or e.starts_at < now() + interval '7 days')
            and (not $3 or exists (select from ticket_types where event_id = e.id and price = 0))
            and ($4::text is null or lower(e.title || ' ' || e.venue || ' ' || e.city) like $4)
            and ($5::timestamptz is null
                or case when $1 then (e.starts_at, e.id) < ($5, $6::uuid)
                    else (e.starts_at, e.id) > ($5, $6) end)
        order by case when $1 then e.starts_at end desc, case when $1 then e.id end desc,
            e.starts_at, e.id
        limit $7
        "#,
        when == When::Past,
        when == When::Week,
        when == When::Free,
        search.map(like_pattern),
        after_time,
        after_id,
        limit,
    )
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
    let mut types = ticket_types(connection, &ids).await?;
    events
        .into_iter()
        .map(|event| {
            let types = types.remove(&event.id).unwrap_or_default();
            event.into_summary(&types)
        })
        .collect()
}

/// Escapes what LIKE takes for patterns.
pub fn like_pattern(search: &str) -> String {
    let mut pattern = String::from("%");
    for c in search.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The locale of a user.
pub(super) async fn locale_of(connection: &mut PgConnection, user: UserId) -> Result<String> {
    let locale = sqlx::query_scalar!("select locale from users where id = $1", user);
    Ok(locale.fetch_one(connection).await?)
}

/// One event as `asker` may see it.
pub async fn find(
    connection: &mut PgConnection,
    id: EventId,
    asker: Option<UserId>,
) -> Result<Option<EventDetail>> {
    let Some(event) = sqlx::query!(
        r#"
        select e.status, e.title, e.description, e.starts_at, e.ends_at, e.timezone, e.venue,
            e.address, e.city, e.currency, e.max_per_user, e.cover_id, s.sales_open,
            clock_timestamp() as "now!", e.organizer_id, u.name as organizer,
            (select count(*) from all_ticket_user h
                where h.event_id = e.id and h.user_id = $2) as "yours!"
        from events e
        join event_stock s on s.event_id = e.id
        join users u on u.id = e.organizer_id
        where e.id = $1 and (e.status <> 'draft' or e.organizer_id = $2
            or exists (select from event_staff s join users asker on asker.email = s.email
                where s.event_id = e.id and asker.id = $2
                    and asker.email_verified_at is not null))
        "#,
        id,
        asker,
    )
    .fetch_optional(&mut *connection)
    .await?
    else {
        return Ok(None);
    };
    let types = ticket_types(connection, &[id])
        .await?
        .remove(&id)
        .unwrap_or_default();
    let currency = parse_currency(&event.currency)?;
    let row = EventRow {
        id,
        status: event.status.clone(),
        title: event.title,
        starts_at: event.starts_at,
        ends_at: event.ends_at,
        timezone: event.timezone,
        venue: event.venue,
        city: event.city,
        currency: event.currency,
        cover_id: event.cover_id,
        sales_open: event.sales_open,
        now: event.now,
    };
    let sale = EventSale {
        status: &event.status,
        sales_open: event.sales_open,
        ends_at: event.ends_at,
        now: event.now,
    };
    Ok(Some(EventDetail {
        summary: row.into_summary(&types)?,
        description: event.description,
        address: event.address,
        currency,
        organizer: Organizer {
            id: event.organizer_id,
            name: event.organizer,
        },
        max_per_user: event.max_per_user,
        ticket_types: types
            .into_iter()
            .map(|row| row.into_ticket_type(currency, &sale))
            .collect(),
        yours: i32::try_from(event.yours).unwrap_or(i32::MAX),
    }))
}

/// How many tickets for `event` a user holds.
pub async fn held_by(connection: &mut PgConnection, event: EventId, user: UserId) -> Result<i32> {
    let held = sqlx::query_scalar!(
        r#"select count(*)::int as "held!" from all_ticket_user
        where user_id = $2 and event_id = $1"#,
        event,
        user,
    )
    .fetch_one(connection)
    .await?;
    Ok(held)
}

/// The ticket types of `events`, each event's in the organizer's order.
pub async fn ticket_types(
    connection: &mut PgConnection,
    events: &[EventId],
) -> Result<HashMap<EventId, Vec<TypeRow>>> {
    let rows = sqlx::query_as!(
        TypeRow,
        "select id, event_id, name, description, price, capacity, sold, held, max_per_order,
            sale_starts_at, sale_ends_at
        from ticket_types where event_id = any($1) order by event_id, position, id",
        events,
    )
    .fetch_all(connection)
    .await?;
    let mut types = HashMap::<_, Vec<_>>::new();
    for row in rows {
        types.entry(row.event_id).or_default().push(row);
    }
    Ok(types)
}

/// The stock of those of `events` that are published.
pub async fn live_stock(
    connection: &mut PgConnection,
    events: &[EventId],
) -> Result<HashMap<EventId, LiveStock>> {
    let rows = sqlx::query!(
        r#"
        select e.id, e.status, e.ends_at, s.sales_open, clock_timestamp() as "now!"
        from events e join event_stock s on s.event_id = e.id
        where e.id = any($1) and e.status <> 'draft'
        "#,
        events,
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut types = ticket_types(connection, events).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let event = EventSale {
                status: &row.status,
                sales_open: row.sales_open,
                ends_at: row.ends_at,
                now: row.now,
            };
            let types = types.remove(&row.id).unwrap_or_default();
            (row.id, live_stock_of(&event, &types))
        })
        .collect())
}

fn live_stock_of(event: &EventSale<'_>, types: &[TypeRow]) -> LiveStock {
    let sales: Vec<TypeSale> = types.iter().map(TypeRow::sale).collect();
    LiveStock {
        sold: types.iter().map(|row| row.sold).sum(),
        left: sales.iter().map(TypeSale::left).sum(),
        going: types.iter().map(TypeRow::going).sum(),
        state: event.of_event(&sales),
        ticket_types: types
            .iter()
            .zip(&sales)
            .map(|(row, sale)| LiveTicketType {
                id: row.id,
                left: sale.left(),
                state: event.of_type(sale),
            })
            .collect(),
    }
}

/// Events that take place, and when they were last changed; the latest first.
pub async fn published(connection: &mut PgConnection, limit: i64) -> Result<Vec<(EventId, Time)>> {
    let rows = sqlx::query!(
        "select id, updated_at from events where status not in ('draft', 'cancelled')
        order by starts_at desc, id limit $1",
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.updated_at))
        .collect())
}

/// Events as orders and tickets refer to them.
pub async fn event_refs(
    connection: &mut PgConnection,
    events: &[EventId],
) -> Result<HashMap<EventId, EventRef>> {
    let rows = sqlx::query!(
        "select id, title, starts_at, ends_at, timezone, venue, address, city, cover_id, status
        from events where id = any($1)",
        events,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let event = EventRef {
                id: row.id,
                title: row.title,
                starts_at: row.starts_at,
                ends_at: row.ends_at,
                timezone: row.timezone,
                venue: row.venue,
                address: row.address,
                city: row.city,
                cover_url: row.cover_id.map(cover_url),
                cancelled: row.status == "cancelled",
            };
            (row.id, event)
        })
        .collect())
}

/// A picture as it is kept.
pub struct Cover {
    /// Its media type.
    pub content_type: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// The picture with this id.
pub async fn cover(connection: &mut PgConnection, id: Uuid) -> Result<Option<Cover>> {
    let cover = sqlx::query_as!(
        Cover,
        "select content_type, content from covers where id = $1",
        id
    )
    .fetch_optional(connection)
    .await?;
    Ok(cover)
}

#[cfg(test)]
mod tests {
    use super::like_pattern;

    #[test]
    fn a_search_is_no_pattern() {
        assert_eq!(like_pattern(r"50% Off_\"), r"%50\% off\_\\%");
    }
}
