//! The SQL of purchases: lock, read, write. Each is set-based, so that one order and many take
//! the same statements.

use std::collections::HashMap;

use api::events::EventRef;
use api::{EventId, TicketNumber, TicketTypeId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::decide::{
    Answered, EventStock, Grant, GrantLine, PromoStock, PurchaseRequest, Snapshot, TypeStock,
};
use crate::error::Result;
use crate::events::db::{cover_url, parse_currency};
use crate::events::sale::TypeSale;
use crate::host::promo_codes::db::parse_discount;
use crate::mail::{self, Mail};

/// The events of ticket types, and of the other types of these events. What a type belongs to never changes, so no lock is needed.
pub async fn events_of(
    connection: &mut PgConnection,
    ticket_types: &[TicketTypeId],
) -> Result<HashMap<TicketTypeId, EventId>> {
    let rows = sqlx::query!(
        "select id, event_id from ticket_types
        where event_id in (select event_id from ticket_types where id = any($1))",
        ticket_types,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.event_id)).collect())
}

/// A stock row that is locked until the transaction ends.
pub struct LockedStock {
    /// Whose.
    pub event_id: EventId,
    /// The number of the next ticket.
    pub next_number: TicketNumber,
    /// False while the organizer pauses sales.
    pub sales_open: bool,
}

/// Locks the stock of `events`, in the order of their ids: the one lock of a transaction, so that
/// no two wait for each other.
pub async fn lock_stock(
    connection: &mut PgConnection,
    events: &[EventId],
) -> Result<Vec<LockedStock>> {
    let locked = sqlx::query_as!(
        LockedStock,
        "select event_id, next_number, sales_open from event_stock
        where event_id = any($1) order by event_id for update",
        events,
    )
    .fetch_all(connection)
    .await?;
    Ok(locked)
}

/// The same without a lock, for what is only asked and not bought.
pub async fn read_stock(
    connection: &mut PgConnection,
    events: &[EventId],
) -> Result<Vec<LockedStock>> {
    let read = sqlx::query_as!(
        LockedStock,
        "select event_id, next_number, sales_open from event_stock where event_id = any($1)",
        events,
    )
    .fetch_all(connection)
    .await?;
    Ok(read)
}

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
            e.timezone, e.venue, e.address, e.city, e.cover_id, e.currency, e.max_per_user,
            t.id, t.name, t.price, t.max_per_order, t.capacity, t.sold, t.held,
            t.sale_starts_at, t.sale_ends_at
        from ticket_types t join events e on e.id = t.event_id
        where t.event_id = any($1)
        "#,
        &ids,
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut snapshot = Snapshot {
        now: rows.first().map_or_else(chrono::Utc::now, |row| row.now),
        events: HashMap::new(),
        types: HashMap::new(),
        answered: answered(connection, requests).await?,
        bought: HashMap::new(),
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

/// The orders that have the keys of `requests`.
pub async fn answered(
    connection: &mut PgConnection,
    requests: &[PurchaseRequest],
) -> Result<HashMap<(Uuid, Uuid), Answered>> {
    let (users, keys): (Vec<_>, Vec<_>) = requests.iter().map(|r| (r.user, r.key)).unzip();
    let rows = sqlx::query!(
        "select o.id, o.user_id, o.idempotency_key, o.request_hash
        from unnest($1::uuid[], $2::uuid[]) as asked (user_id, key)
        join orders o on o.user_id = asked.user_id and o.idempotency_key = asked.key",
        &users,
        &keys,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let hash = row.request_hash.try_into().ok()?;
            let answered = Answered {
                order: row.id,
                hash,
            };
            Some(((row.user_id, row.idempotency_key), answered))
        })
        .collect())
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
        select l.event_id, o.user_id,
            sum(case o.kind when 'refund' then -l.quantity else l.quantity end)::int as "bought!"
        from orders o join order_lines l on l.order_id = o.id
        where o.user_id = any($1) and l.event_id = any($2)
            and o.kind in ('purchase', 'refund') and o.state in ('paid', 'pending')
        group by l.event_id, o.user_id
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
            from (select r.user_id, count(*)::int as uses
                from promo_redemptions r join orders o on o.id = r.order_id
                where p.max_per_user is not null and r.promo_code_id = p.id
                    and r.user_id = any($3) and o.state in ('paid', 'pending')
                group by r.user_id) by_user
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

/// Writes down which orders use promo codes, and counts them.
pub async fn redeem(connection: &mut PgConnection, grants: &[&Grant]) -> Result<()> {
    let mut orders = Vec::new();
    let mut users = Vec::new();
    let mut promos = Vec::new();
    let mut discounts = Vec::new();
    for grant in grants {
        if let Some((promo, discount)) = grant.promo {
            orders.push(grant.order);
            users.push(grant.user);
            promos.push(promo);
            discounts.push(discount);
        }
    }
    if orders.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "with redeemed as (
            insert into promo_redemptions (order_id, user_id, promo_code_id, discount)
            select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[])
            returning promo_code_id
        )
        update promo_codes p set used = p.used + r.uses
        from (select promo_code_id, count(*)::int as uses from redeemed group by promo_code_id) r
        where p.id = r.promo_code_id",
        &orders,
        &users,
        &promos,
        &discounts,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes orders, lines, tickets, holders, counters and the mail about them in one statement.
pub async fn write(connection: &mut PgConnection, grants: &[&Grant], mails: &[Mail]) -> Result<()> {
    if grants.is_empty() {
        return Ok(());
    }
    let orders = OrderColumns::of(grants);
    let lines = LineColumns::of(grants);
    let jobs = mail::Jobs::of(mails)?;
    let written = sqlx::query!(
        r#"
        with new_orders as (
            insert into orders (id, user_id, kind, state, currency, total, payment,
                idempotency_key, request_hash, created_at, expires_at)
            select id, user_id, 'purchase', case when expires_at is null then 'paid' else 'pending' end,
                currency, total, payment, key, hash, created_at, expires_at
            from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::uuid[],
                $7::bytea[], $17::timestamptz[], $8::timestamptz[])
                as o (id, user_id, currency, total, payment, key, hash, created_at, expires_at)
        ), lines as materialized (
            select * from unnest($9::uuid[], $10::uuid[], $11::int[], $12::uuid[], $13::uuid[],
                $14::int[], $15::bigint[], $16::int[], $20::bigint[])
                as l (order_id, user_id, line, event_id, ticket_type_id, quantity, unit_price,
                    first_number, discount)
        ), new_lines as (
            insert into order_lines (order_id, line, event_id, ticket_type_id, quantity,
                unit_price, discount, first_number)
            select order_id, line, event_id, ticket_type_id, quantity, unit_price, discount,
                first_number
            from lines
        ), new_tickets as (
            insert into tickets (event_id, number, ticket_type_id, order_id, line)
            select event_id, number, ticket_type_id, order_id, line
            from lines, generate_series(first_number, first_number + quantity - 1) as number
        ), new_holders as (
            insert into ticket_user (event_id, number, user_id)
            select event_id, number, user_id
            from lines, generate_series(first_number, first_number + quantity - 1) as number
        ), stock as (
            update event_stock s set next_number = s.next_number + issued.quantity
            from (select event_id, sum(quantity)::int as quantity
                from lines where first_number is not null group by event_id) issued
            where s.event_id = issued.event_id
        ), new_mail as (
            insert into jobs (id, kind, payload)
            select * from unnest($18::uuid[], $21::text[], $19::jsonb[])
        )
        update ticket_types t set sold = t.sold + taken.quantity, held = t.held + taken.held
        from (select ticket_type_id, sum(quantity)::int as quantity,
                coalesce(sum(quantity) filter (where first_number is null), 0)::int as held
            from lines group by ticket_type_id) taken
        where t.id = taken.ticket_type_id
        "#,
        &orders.id,
        &orders.user,
        &orders.currency,
        &orders.total,
        &orders.payment,
        &orders.key,
        &orders.hash,
        &orders.expires_at as &[Option<api::Time>],
        &lines.order,
        &lines.user,
        &lines.line,
        &lines.event,
        &lines.ticket_type,
        &lines.quantity,
        &lines.unit_price,
        &lines.first_number as &[Option<i32>],
        &orders.created_at,
        &jobs.id,
        &jobs.payload,
        &lines.discount,
        &jobs.kind,
    )
    .execute(connection)
    .await?;
    debug_assert!(
        written.rows_affected() > 0,
        "an order has at least one line"
    );
    Ok(())
}

/// Orders, a column each, as `unnest` takes them.
#[derive(Default)]
struct OrderColumns {
    id: Vec<Uuid>,
    user: Vec<Uuid>,
    currency: Vec<String>,
    total: Vec<i64>,
    payment: Vec<String>,
    key: Vec<Uuid>,
    hash: Vec<Vec<u8>>,
    created_at: Vec<api::Time>,
    expires_at: Vec<Option<api::Time>>,
}

impl OrderColumns {
    fn of(grants: &[&Grant]) -> Self {
        let mut columns = Self::default();
        for grant in grants {
            columns.id.push(grant.order);
            columns.user.push(grant.user);
            columns
                .currency
                .push(grant.total.currency.code().to_owned());
            columns.total.push(grant.total.amount);
            columns.payment.push(grant.payment.to_owned());
            columns.key.push(grant.key);
            columns.hash.push(grant.hash.to_vec());
            columns.created_at.push(grant.created_at);
            columns.expires_at.push(grant.expires_at);
        }
        columns
    }
}

/// Order lines, a column each, as `unnest` takes them.
#[derive(Default)]
struct LineColumns {
    order: Vec<Uuid>,
    user: Vec<Uuid>,
    line: Vec<i32>,
    event: Vec<Uuid>,
    ticket_type: Vec<Uuid>,
    quantity: Vec<i32>,
    unit_price: Vec<i64>,
    discount: Vec<i64>,
    first_number: Vec<Option<i32>>,
}

impl LineColumns {
    fn of(grants: &[&Grant]) -> Self {
        let mut columns = Self::default();
        for grant in grants {
            for (line, granted) in (1..).zip(&grant.lines) {
                columns.push(grant, line, granted);
            }
        }
        columns
    }

    fn push(&mut self, grant: &Grant, line: i32, granted: &GrantLine) {
        self.order.push(grant.order);
        self.user.push(grant.user);
        self.line.push(line);
        self.event.push(granted.event);
        self.ticket_type.push(granted.ticket_type);
        self.quantity.push(granted.quantity);
        self.unit_price.push(granted.unit_price);
        self.discount.push(granted.discount);
        self.first_number.push(granted.first_number);
    }
}
