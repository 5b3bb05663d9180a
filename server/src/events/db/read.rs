//! Events as attendees see them.

use api::events::{EventDetail, EventSummary, Organizer, SaleState, When, price_from};
use api::{EventId, Money, Time, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::refs::{Share, cover_url, parse_currency, share_of};
use super::stock::{TypeRow, ticket_types};
use crate::error::{Error, Result};
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
        let sale = EventSale {
            status: &self.status,
            sales_open: self.sales_open,
            ends_at: self.ends_at,
            now: self.now,
        };
        let state = sale.of_event(&sales);
        let priced = types
            .iter()
            .map(|row| (sale.of_type(&row.sale()), Money::new(row.price, currency)));
        let price_from = price_from(priced);
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
            price_from,
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

/// Where `event` is in the list.
pub fn position(event: &EventSummary) -> Position {
    let cancelled = event.state == SaleState::Cancelled;
    (cancelled, event.starts_at, event.id)
}

/// Published events after the one at `after`; soonest first, of the past latest first. Cancelled
/// events are found by a search only, after all others.
pub async fn list(
    connection: &mut PgConnection,
    search: Option<&str>,
    when: When,
    mut after: Option<Position>,
    limit: i64,
) -> Result<Vec<EventSummary>> {
    let wanted = usize::try_from(limit).map_err(Error::internal)?;
    let mut found = Vec::new();
    loop {
        let events = chunk(connection, search, when, after, limit).await?;
        after = events.last().map(position);
        let is_last = events.len() < wanted;
        // What is free is not said in SQL, because it takes the rule of what can be bought.
        let fits = |event: &EventSummary| {
            when != When::Free || event.price_from.is_some_and(|price| price.is_zero())
        };
        found.extend(events.into_iter().filter(fits));
        if is_last || found.len() >= wanted {
            found.truncate(wanted);
            return Ok(found);
        }
    }
}

/// The next events, of which those that cost something are still among the free ones.
async fn chunk(
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
        with wanted as materialized (select search_words($4) as words)
        select e.id, e.status, e.title, e.starts_at, e.ends_at, e.timezone, e.venue, e.city,
            e.currency, e.cover_id, s.sales_open, now() as "now!"
        from events e
        join event_stock s on s.event_id = e.id
        cross join wanted
        where e.status <> 'draft'
            and (e.ends_at <= now()) = $1
            and (not $2 or e.starts_at < now() + interval '7 days')
            and (not $3 or exists (select from ticket_types where event_id = e.id and price = 0))
            and ($4::text is null or e.search_text like all (wanted.words))
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
        search,
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
            clock_timestamp() as "now!", e.organizer_id, u.name as organizer
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
    let share = match asker {
        Some(asker) => share_of(connection, id, asker).await?,
        None => Share {
            yours: 0,
            may_buy: event.max_per_user,
        },
    };
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
        may_buy: share.may_buy,
        ticket_types: types
            .into_iter()
            .map(|row| row.into_ticket_type(currency, &sale))
            .collect(),
        yours: share.yours,
    }))
}
