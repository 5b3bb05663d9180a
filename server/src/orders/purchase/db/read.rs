//! What decisions depend on.

use std::collections::HashMap;

use api::events::EventRef;
use api::{EventId, TicketTypeId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::decide::{
    Answered, EventStock, PromoStock, PurchaseRequest, SessionLimit, Snapshot, TypeStock,
};
use super::lock::LockedStock;
use crate::error::Result;
use crate::events::db::{cover_url, parse_currency};
use crate::events::sale::TypeSale;
use crate::host::promo_codes::db::parse_discount;

/// Reads what decisions depend on. A statement of its own after the lock, so that it sees what
/// the last holder of the lock wrote.
pub async fn read_snapshot(
    connection: &mut PgConnection,
    locked: Vec<LockedStock>,
    requests: &[PurchaseRequest],
) -> Result<Snapshot> {
    let ids: Vec<EventId> = locked.iter().map(|stock| stock.event_id).collect();
    let mut locked: HashMap<EventId, LockedStock> = locked
        .into_iter()
        .map(|stock| (stock.event_id, stock))
        .collect();
    let rows = sqlx::query!(
        r#"
        select clock_timestamp() as "now!", t.event_id, e.status, e.title, e.starts_at, e.ends_at,
            e.timezone, e.venue, e.address, e.city, e.cover_id, e.sequence, e.currency, e.max_per_user,
            t.id, t.name, t.price, t.max_per_order, t.capacity, t.sold, t.held,
            t.sale_starts_at, t.sale_ends_at
        from ticket_types t join events e on e.id = t.event_id
        where t.event_id = any($1)
        "#,
        &ids,
    )
    .fetch_all(&mut *connection)
    .await?;
    let asked = asked(connection, requests).await?;
    let mut snapshot = Snapshot {
        now: rows.first().map_or_else(chrono::Utc::now, |row| row.now),
        events: HashMap::new(),
        types: HashMap::new(),
        answered: asked.answered,
        bought: HashMap::new(),
        sessions: asked.sessions,
        promos: promos(connection, &ids, requests).await?,
    };
    for row in rows {
        if let Some(stock) = locked.remove(&row.event_id) {
            let event = EventStock {
                event: EventRef {
                    id: row.event_id,
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
                },
                status: row.status,
                sales_open: stock.sales_open,
                currency: parse_currency(&row.currency)?,
                max_per_user: row.max_per_user,
                next_number: stock.next_number,
            };
            snapshot.events.insert(row.event_id, event);
        }
        let ticket_type = TypeStock {
            event: row.event_id,
            name: row.name,
            price: row.price,
            max_per_order: row.max_per_order,
            sale: TypeSale {
                capacity: row.capacity,
                sold: row.sold,
                starts_at: row.sale_starts_at,
                ends_at: row.sale_ends_at,
            },
            held: row.held,
        };
        snapshot.types.insert(row.id, ticket_type);
    }
    let limited: Vec<EventId> = snapshot
        .events
        .iter()
        .filter(|(_, event)| event.max_per_user.is_some())
        .map(|(id, _)| *id)
        .collect();
    if !limited.is_empty() {
        snapshot.bought = bought(connection, &limited, requests).await?;
    }
    Ok(snapshot)
}

/// Whether anything of these ticket types is left, at a moment that may be over when it is told.
pub async fn any_left(
    connection: &mut PgConnection,
    ticket_types: &[TicketTypeId],
) -> Result<bool> {
    let left = sqlx::query_scalar!(
        r#"select exists(
            select from ticket_types where id = any($1) and sold < capacity) as "left!""#,
        ticket_types,
    )
    .fetch_one(connection)
    .await?;
    Ok(left)
}

/// What is known of who asks and of what they asked before.
pub struct Asked {
    /// The orders that have the keys of requests.
    pub answered: HashMap<(Uuid, Uuid), Answered>,
    /// The sessions that may not buy like all others.
    pub sessions: HashMap<Uuid, SessionLimit>,
}

/// Looks up the keys and the sessions of `requests`, in one statement: only what stands against a
/// request comes back.
pub async fn asked(connection: &mut PgConnection, requests: &[PurchaseRequest]) -> Result<Asked> {
    let (users, keys): (Vec<_>, Vec<_>) = requests.iter().map(|r| (r.user, r.key)).unzip();
    let sessions: Vec<Option<Uuid>> = requests.iter().map(|request| request.session).collect();
    let rows = sqlx::query!(
        r#"
        with asked as (
            select * from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as a (user_id, key, session_id)
        )
        select asked.user_id as "user_id!", asked.key as "key!", o.id as "order?",
            o.request_hash as "hash?", null::uuid as "session?", null::int as "held?"
        from asked
        join orders o on o.user_id = asked.user_id and o.idempotency_key = asked.key
        union all
        select asked.user_id, asked.key, null, null, asked.session_id, case when s.unconfirmed then (
            select coalesce(sum(case o.kind when 'refund' then -l.quantity else l.quantity end), 0)::int
            from orders o
            join order_lines l on l.order_id = o.id
            join events e on e.id = l.event_id
            where o.user_id = asked.user_id and o.kind in ('purchase', 'refund')
                and o.state in ('paid', 'pending') and e.ends_at > now()) end
        from asked
        left join sessions s on s.id = asked.session_id and s.user_id = asked.user_id
            and s.revoked_at is null and s.expires_at > now()
        where asked.session_id is not null and (s.id is null or s.unconfirmed)
        "#,
        &users,
        &keys,
        &sessions as &[Option<Uuid>],
    )
    .fetch_all(connection)
    .await?;
    let mut asked = Asked {
        answered: HashMap::new(),
        sessions: HashMap::new(),
    };
    for row in rows {
        if let Some((order, hash)) = row
            .order
            .zip(row.hash.and_then(|hash| hash.try_into().ok()))
        {
            let answered = Answered { order, hash };
            asked.answered.insert((row.user_id, row.key), answered);
        } else if let Some(session) = row.session {
            let limit = row
                .held
                .map_or(SessionLimit::Ended, SessionLimit::Unconfirmed);
            asked.sessions.insert(session, limit);
        }
    }
    Ok(asked)
}

/// Tickets that the buyers have bought so far and not given back, for events with a limit per person.
async fn bought(
    connection: &mut PgConnection,
    events: &[EventId],
    requests: &[PurchaseRequest],
) -> Result<HashMap<(Uuid, Uuid), i32>> {
    let users: Vec<Uuid> = requests.iter().map(|request| request.user).collect();
    let rows = sqlx::query!(
        r#"
        select event_id as "event_id!", user_id as "user_id!", bought as "bought!"
        from bought_tickets where user_id = any($1) and event_id = any($2)
        "#,
        &users,
        events,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ((row.event_id, row.user_id), row.bought))
        .collect())
}

/// The promo codes that any of `requests` has, and how often they are used.
async fn promos(
    connection: &mut PgConnection,
    events: &[EventId],
    requests: &[PurchaseRequest],
) -> Result<HashMap<(EventId, String), PromoStock>> {
    let (users, codes): (Vec<Uuid>, Vec<String>) = requests
        .iter()
        .filter_map(|request| Some((request.user, request.promo_code.clone()?)))
        .unzip();
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        r#"
        select p.event_id, p.id, p.code, p.percent, p.amount, p.ticket_type_id, p.starts_at,
            p.ends_at, p.max_uses, p.max_per_user, p.used,
            u.users as "users!", u.uses as "uses!"
        from promo_codes p
        cross join lateral (
            select coalesce(array_agg(user_id), '{}') as users,
                coalesce(array_agg(uses), '{}') as uses
            from (select user_id, count(*)::int as uses
                from promo_uses
                where p.max_per_user is not null and promo_code_id = p.id and user_id = any($3)
                group by user_id) by_user
        ) u
        where p.event_id = any($1) and p.code = any($2)
        "#,
        events,
        &codes,
        &users,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let promo = PromoStock {
                id: row.id,
                discount: parse_discount(row.percent, row.amount)?,
                ticket_type: row.ticket_type_id,
                starts_at: row.starts_at,
                ends_at: row.ends_at,
                max_uses: row.max_uses,
                max_per_user: row.max_per_user,
                used: row.used,
                used_by: row.users.into_iter().zip(row.uses).collect(),
            };
            Ok(((row.event_id, row.code), promo))
        })
        .collect()
}
