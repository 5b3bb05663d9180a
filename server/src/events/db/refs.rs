//! What others need of an event.

use std::collections::HashMap;

use api::events::EventRef;
use api::{Currency, EventId, Time, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Error, Result};

/// Events as orders and tickets refer to them.
pub async fn event_refs(
    connection: &mut PgConnection,
    events: &[EventId],
) -> Result<HashMap<EventId, EventRef>> {
    let rows = sqlx::query!(
        "select id, title, starts_at, ends_at, timezone, venue, address, city, cover_id, status, sequence
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
                sequence: row.sequence,
            };
            (row.id, event)
        })
        .collect())
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

/// What an event is to a user.
pub struct Share {
    /// How many tickets they hold.
    pub yours: i32,
    /// How many more they may buy by the limit per person; none without a limit.
    pub may_buy: Option<i32>,
}

/// What `event` is to `user`.
pub async fn share_of(
    connection: &mut PgConnection,
    event: EventId,
    user: UserId,
) -> Result<Share> {
    let share = sqlx::query_as!(
        Share,
        r#"select
            (select count(*)::int from all_ticket_user
                where user_id = $2 and event_id = $1) as "yours!",
            case when max_per_user is not null
                then greatest(max_per_user - tickets_bought(id, $2), 0) end as may_buy
        from events where id = $1"#,
        event,
        user,
    )
    .fetch_one(connection)
    .await?;
    Ok(share)
}

/// The locale of a user.
pub async fn locale_of(connection: &mut PgConnection, user: UserId) -> Result<String> {
    let locale = sqlx::query_scalar!("select locale from users where id = $1", user);
    Ok(locale.fetch_one(connection).await?)
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

/// Where a cover is served.
pub fn cover_url(id: Uuid) -> String {
    format!("/api/covers/{id}")
}

/// The currency of a row; the schema lets in codes that this version may not know.
pub fn parse_currency(code: &str) -> Result<Currency> {
    Currency::parse(code)
        .ok_or_else(|| Error::internal(format!("unknown currency {code} in the database")))
}
