//! The SQL of waiting lists.

use std::collections::{HashMap, HashSet};

use api::events::SaleState;
use api::waiting::{JoinWaitingList, Offer, WaitingPlace};
use api::{EventId, Money, OrderId, TicketTypeId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::events::db::{event_refs, parse_currency};
use crate::events::sale::{EventSale, TypeSale};

/// How long an offer stands.
const OFFER_MINUTES: i32 = 60;
/// How many parties are looked at in one go.
const LOOKED_AT: i64 = 500;

/// One's open places on the waiting list of an event, or of all, by when the events begin.
pub(super) async fn places(
    connection: &mut PgConnection,
    event: Option<EventId>,
    user: UserId,
) -> Result<Vec<WaitingPlace>> {
    let rows = sqlx::query!(
        r#"
        select w.id, w.event_id, w.ticket_type_id, y.name as ticket_type, w.quantity,
            o.total as "total?", o.currency as "currency?", o.expires_at,
            (select count(*)::int from waiting_parties b
                where b.event_id = w.event_id and b.ticket_type_id = w.ticket_type_id
                    and b.closed_at is null and b.order_id is null and b.id < w.id) as "ahead!"
        from waiting_parties w
        join events e on e.id = w.event_id and e.status = 'published' and e.ends_at > now()
        join ticket_types y on y.id = w.ticket_type_id
        left join orders o on o.id = w.order_id and o.state = 'pending'
        where w.user_id = $2 and w.closed_at is null and ($1::uuid is null or w.event_id = $1)
        order by e.starts_at, w.id
        "#,
        event,
        user,
    )
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<EventId> = rows.iter().map(|row| row.event_id).collect();
    let events = event_refs(connection, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let offer = match (row.total, row.currency, row.expires_at) {
                (Some(total), Some(currency), Some(expires_at)) => Some(Offer {
                    total: Money::new(total, parse_currency(&currency)?),
                    expires_at,
                }),
                _ => None,
            };
            let event = events.get(&row.event_id).cloned();
            Ok(WaitingPlace {
                id: row.id,
                event: event.ok_or_else(|| Error::internal("a place of no event"))?,
                ticket_type_id: row.ticket_type_id,
                ticket_type: row.ticket_type,
                quantity: row.quantity,
                ahead: row.ahead,
                offer,
            })
        })
        .collect()
}

/// Tickets that someone wants to wait for.
pub(super) struct Wanted {
    /// Whether they could be bought if there were any, and sales were not paused.
    pub(super) on_sale: bool,
    /// False while the organizer pauses sales.
    pub(super) sales_open: bool,
    pub(super) left: i32,
    /// How many this person may have in one order.
    pub(super) may_have: i32,
}

/// What there is to know about a type of a public event before `user` waits for it.
pub(super) async fn wanted(
    connection: &mut PgConnection,
    event: EventId,
    user: UserId,
    ticket_type: TicketTypeId,
) -> Result<Option<Wanted>> {
    let row = sqlx::query!(
        r#"
        select y.capacity, y.sold, y.sale_starts_at, y.sale_ends_at, e.status, e.ends_at,
            s.sales_open, clock_timestamp() as "now!",
            least(y.max_per_order, e.max_per_user - tickets_bought(e.id, $2)) as "may_have!"
        from ticket_types y
        join events e on e.id = y.event_id
        join event_stock s on s.event_id = e.id
        where y.id = $3 and e.id = $1 and e.status <> 'draft'
        "#,
        event,
        user,
        ticket_type,
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let event = EventSale {
        status: &row.status,
        sales_open: row.sales_open,
        ends_at: row.ends_at,
        now: row.now,
    };
    let sale = TypeSale {
        capacity: row.capacity,
        sold: row.sold,
        starts_at: row.sale_starts_at,
        ends_at: row.sale_ends_at,
    };
    let state = event.of_type(&sale);
    Ok(Some(Wanted {
        on_sale: event.is_open(&sale) || state == SaleState::Paused,
        sales_open: row.sales_open,
        left: sale.left(),
        may_have: row.may_have,
    }))
}

pub(super) async fn insert(
    connection: &mut PgConnection,
    event: EventId,
    user: UserId,
    wish: &JoinWaitingList,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into waiting_parties (id, event_id, ticket_type_id, user_id, quantity)
        values ($1, $2, $3, $4, $5)",
        Uuid::now_v7(),
        event,
        wish.ticket_type_id,
        user,
        wish.quantity,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A party that waits, and what is held for it.
pub(super) struct Party {
    pub(super) event: EventId,
    pub(super) order: Option<OfferedOrder>,
}

pub(super) struct OfferedOrder {
    pub(super) id: OrderId,
    pub(super) total: Money,
}

/// The open party with this id, if it is `user`'s.
pub(super) async fn party(
    connection: &mut PgConnection,
    id: Uuid,
    user: UserId,
) -> Result<Option<Party>> {
    let row = sqlx::query!(
        r#"
        select w.event_id, o.id as "order_id?", o.total as "total?", o.currency as "currency?"
        from waiting_parties w left join orders o on o.id = w.order_id and o.state = 'pending'
        where w.id = $1 and w.user_id = $2 and w.closed_at is null
        "#,
        id,
        user,
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let order = match (row.order_id, row.total, row.currency) {
        (Some(id), Some(total), Some(currency)) => Some(OfferedOrder {
            id,
            total: Money::new(total, parse_currency(&currency)?),
        }),
        _ => None,
    };
    Ok(Some(Party {
        event: row.event_id,
        order,
    }))
}

/// Says how an offer that was taken is paid.
pub(super) async fn choose_payment(
    connection: &mut PgConnection,
    order: OrderId,
    payment: &str,
) -> Result<()> {
    sqlx::query!(
        "update orders set payment = $2 where id = $1 and state = 'pending'",
        order,
        payment,
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn leave(connection: &mut PgConnection, id: Uuid) -> Result<()> {
    sqlx::query!(
        "update waiting_parties set closed_at = clock_timestamp() where id = $1",
        id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Anyone who was offered this order waits no more: it is decided.
pub async fn close(connection: &mut PgConnection, order: OrderId) -> Result<()> {
    sqlx::query!(
        "update waiting_parties set closed_at = clock_timestamp()
        where order_id = $1 and closed_at is null",
        order,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A party in line for which there is enough.
pub(super) struct InLine {
    party: Uuid,
    user: UserId,
    event: EventId,
    ticket_type: TicketTypeId,
    quantity: i32,
    left: i32,
    price: i64,
    currency: String,
}

/// Parties for which enough is left, first come first. Call it with the events' stock locked.
pub(super) async fn in_line(
    connection: &mut PgConnection,
    events: &[EventId],
) -> Result<Vec<InLine>> {
    let open = open_types(connection, Some(events)).await?;
    let types: Vec<TicketTypeId> = open.into_iter().map(|(_, id)| id).collect();
    let parties = sqlx::query_as!(
        InLine,
        r#"
        select w.id as party, w.user_id as user, w.event_id as event,
            w.ticket_type_id as ticket_type, w.quantity, y.capacity - y.sold as "left!", y.price,
            e.currency
        from waiting_parties w
        join ticket_types y on y.id = w.ticket_type_id
        join events e on e.id = w.event_id
        join users u on u.id = w.user_id and u.deleted_at is null
        where w.event_id = any($1) and w.closed_at is null and w.order_id is null
            and w.quantity <= y.capacity - y.sold and w.ticket_type_id = any($2)
            and (e.max_per_user is null
                or w.quantity <= e.max_per_user - tickets_bought(e.id, w.user_id))
        order by w.id limit $3
        "#,
        events,
        &types,
        LOOKED_AT,
    )
    .fetch_all(connection)
    .await?;
    Ok(parties)
}

/// An offer to be written.
pub(super) struct NewOffer {
    pub(super) order: OrderId,
    to: InLine,
}

/// Whom there is enough for, one after the other; to one person one offer at a time, so that
/// limits per person hold.
pub(super) fn fitting(parties: Vec<InLine>) -> Vec<NewOffer> {
    let mut left = HashMap::new();
    let mut people = HashSet::new();
    let mut offers = Vec::new();
    for party in parties {
        let left = left.entry(party.ticket_type).or_insert(party.left);
        if party.quantity <= *left && people.insert((party.event, party.user)) {
            *left -= party.quantity;
            offers.push(NewOffer {
                order: Uuid::now_v7(),
                to: party,
            });
        }
    }
    offers
}

/// Writes offers: orders that wait to be taken.
pub(super) async fn write(connection: &mut PgConnection, offers: &[NewOffer]) -> Result<()> {
    let orders: Vec<Uuid> = offers.iter().map(|offer| offer.order).collect();
    let parties: Vec<Uuid> = offers.iter().map(|offer| offer.to.party).collect();
    let users: Vec<Uuid> = offers.iter().map(|offer| offer.to.user).collect();
    let events: Vec<Uuid> = offers.iter().map(|offer| offer.to.event).collect();
    let types: Vec<Uuid> = offers.iter().map(|offer| offer.to.ticket_type).collect();
    let quantities: Vec<i32> = offers.iter().map(|offer| offer.to.quantity).collect();
    let prices: Vec<i64> = offers.iter().map(|offer| offer.to.price).collect();
    let currencies: Vec<String> = offers
        .iter()
        .map(|offer| offer.to.currency.clone())
        .collect();
    sqlx::query!(
        "with offers as materialized (
            select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[],
                $6::int[], $7::bigint[], $8::text[])
                as o (id, party_id, user_id, event_id, ticket_type_id, quantity, price, currency)
        ), new_orders as (
            insert into orders (id, user_id, kind, state, currency, total, payment,
                idempotency_key, request_hash, created_at, expires_at)
            select id, user_id, 'purchase', 'pending', currency, price * quantity, 'offer', id,
                sha256(party_id::text::bytea), clock_timestamp(),
                clock_timestamp() + make_interval(mins => $9)
            from offers
        ), new_lines as (
            insert into order_lines (order_id, line, event_id, ticket_type_id, quantity, unit_price,
                ticket_type_name)
            select o.id, 1, o.event_id, o.ticket_type_id, o.quantity, o.price, y.name
            from offers o join ticket_types y on y.id = o.ticket_type_id
        ), told as (
            update waiting_parties w set order_id = o.id from offers o where w.id = o.party_id
        )
        update ticket_types t set sold = t.sold + o.quantity, held = t.held + o.quantity
        from (select ticket_type_id, sum(quantity)::int as quantity from offers
            group by ticket_type_id) o
        where t.id = o.ticket_type_id",
        &orders,
        &parties,
        &users,
        &events,
        &types,
        &quantities,
        &prices,
        &currencies,
        OFFER_MINUTES,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Events with enough left for someone in line.
pub(super) async fn events_to_offer(connection: &mut PgConnection) -> Result<Vec<EventId>> {
    let open = open_types(connection, None).await?;
    let mut events: Vec<EventId> = open.into_iter().map(|(event, _)| event).collect();
    events.sort_unstable();
    events.dedup();
    Ok(events)
}

/// Ticket types, of `events` or of all, that are on sale and of which enough is left for someone in
/// line, each with its event.
async fn open_types(
    connection: &mut PgConnection,
    events: Option<&[EventId]>,
) -> Result<Vec<(EventId, TicketTypeId)>> {
    let rows = sqlx::query!(
        r#"
        select y.event_id, y.id, y.capacity, y.sold, y.sale_starts_at, y.sale_ends_at, e.status,
            e.ends_at, s.sales_open, clock_timestamp() as "now!"
        from (
            select distinct event_id, ticket_type_id from waiting_parties
            where closed_at is null and order_id is null
                and ($1::uuid[] is null or event_id = any($1))
        ) wanted
        join ticket_types y on y.id = wanted.ticket_type_id
        join events e on e.id = y.event_id
        join event_stock s on s.event_id = e.id
        where exists (select from waiting_parties w
            where w.event_id = y.event_id and w.ticket_type_id = y.id and w.closed_at is null
                and w.order_id is null and w.quantity <= y.capacity - y.sold)
        "#,
        events,
    )
    .fetch_all(connection)
    .await?;
    let open = rows.into_iter().filter(|row| {
        let event = EventSale {
            status: &row.status,
            sales_open: row.sales_open,
            ends_at: row.ends_at,
            now: row.now,
        };
        event.is_open(&TypeSale {
            capacity: row.capacity,
            sold: row.sold,
            starts_at: row.sale_starts_at,
            ends_at: row.sale_ends_at,
        })
    });
    Ok(open.map(|row| (row.event_id, row.id)).collect())
}
