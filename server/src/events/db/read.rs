//! Events as attendees see them.

use api::events::{EventDetail, EventSummary, Organizer, When};
use api::{EventId, Money, Time, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::refs::{cover_url, parse_currency};
use super::stock::{TypeRow, ticket_types};
use crate::error::Result;
use crate::events::sale::{EventSale, TypeSale};

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

/// Where an event is in the list: whether it is cancelled, its start, and its id.
pub type Position = (bool, Time, EventId);

/// Published events after the one at `after`; soonest first, of the past latest first. Cancelled
/// events are found by a search only, after all others.
pub async fn list(
    connection: &mut PgConnection,
    search: Option<&str>,
    when: When,
    after: Option<Position>,
    limit: i64,
) -> Result<Vec<EventSummary>> {
    let (after_cancelled, after_time, after_id) = match after {
        Some((cancelled, time, id)) => (Some(cancelled), Some(time), Some(id)),
        None => (None, None, None),
    };
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
            and (e.status <> 'cancelled' or $4 is not null)
            and ($5::timestamptz is null or (e.status = 'cancelled') > $8
                or (e.status = 'cancelled') = $8
                    and case when $1 then (e.starts_at, e.id) < ($5, $6::uuid)
                        else (e.starts_at, e.id) > ($5, $6) end)
        order by case when $4 is not null then e.status = 'cancelled' end,
            case when $1 then e.starts_at end desc, case when $1 then e.id end desc,
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
        after_cancelled,
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

#[cfg(test)]
mod tests {
    use super::like_pattern;

    #[test]
    fn a_search_is_no_pattern() {
        assert_eq!(like_pattern(r"50% Off_\"), r"%50\% off\_\\%");
    }
}
