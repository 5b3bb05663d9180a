//! The SQL of refunds. Each statement takes one refund or many.

use api::tickets::TicketName;
use api::{Currency, EventId, OrderId, TicketNumber, Time, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::decide::{SoldTicket, paid};
use crate::error::Result;
use crate::events::db::parse_currency;
use crate::mail::{self, Mail};
use crate::orders::db::parse_ticket_state;
use crate::tickets::ending::{self, Ending};

/// A purchase that money may go back for.
pub struct Purchase {
    /// The order.
    pub id: OrderId,
    /// Who paid.
    pub buyer: UserId,
    /// In which currency.
    pub currency: Currency,
    /// How it was paid.
    pub payment: String,
}

/// The paid purchase with this id, if it is `user`'s.
pub async fn purchase_of(
    connection: &mut PgConnection,
    user: UserId,
    id: OrderId,
) -> Result<Option<Purchase>> {
    let purchases = purchases(connection, &[id]).await?;
    let mut own = purchases.into_iter().filter(|found| found.buyer == user);
    Ok(own.next())
}

/// Those of `ids` that are paid purchases.
pub async fn purchases(connection: &mut PgConnection, ids: &[OrderId]) -> Result<Vec<Purchase>> {
    sqlx::query!(
        "select id, user_id, currency, payment from orders
        where id = any($1) and kind = 'purchase' and state = 'paid'",
        ids,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        Ok(Purchase {
            id: row.id,
            buyer: row.user_id,
            currency: parse_currency(&row.currency)?,
            payment: row.payment,
        })
    })
    .collect()
}

/// The order that already has this user's key, and what the key is bound to.
pub async fn answered(
    connection: &mut PgConnection,
    user: UserId,
    key: Uuid,
) -> Result<Option<(OrderId, Vec<u8>)>> {
    let row = sqlx::query!(
        "select id, request_hash from orders where user_id = $1 and idempotency_key = $2",
        user,
        key,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (row.id, row.request_hash)))
}

/// The tickets with these names, in their order, and the database's clock. Names of no ticket are
/// left out.
pub async fn tickets(
    connection: &mut PgConnection,
    names: &[TicketName],
) -> Result<(Vec<SoldTicket>, Time)> {
    let (events, numbers): (Vec<EventId>, Vec<i32>) = names
        .iter()
        .map(|name| (name.event_id, name.number))
        .unzip();
    let rows = sqlx::query!(
        r#"
        select t.event_id as "event_id!", t.number as "number!", t.state as "state!",
            l.ticket_type_id, l.order_id, l.line, l.unit_price, l.discount, l.quantity,
            t.number - l.first_number as "index!", o.kind, o.user_id as buyer, e.starts_at,
            h.user_id as "holder?", p.sender_id as "sender?", clock_timestamp() as "now!"
        from unnest($1::uuid[], $2::int[]) with ordinality as named (event_id, number, place)
        cross join lateral (select * from all_tickets a
            where a.event_id = named.event_id and a.number = named.number limit 1) t
        join order_lines l on l.order_id = t.order_id and l.line = t.line
        join orders o on o.id = l.order_id
        join events e on e.id = t.event_id
        left join lateral (select * from all_ticket_user a
            where a.event_id = t.event_id and a.number = t.number limit 1) h on true
        left join transfers p
            on p.event_id = t.event_id and p.number = t.number and p.state = 'pending'
        order by named.place
        "#,
        &events,
        &numbers,
    )
    .fetch_all(connection)
    .await?;
    let now = rows.last().map_or_else(chrono::Utc::now, |row| row.now);
    let tickets = rows.into_iter().map(|row| {
        Ok(SoldTicket {
            event: row.event_id,
            number: row.number,
            ticket_type: row.ticket_type_id,
            state: parse_ticket_state(&row.state)?,
            order: row.order_id,
            line: row.line,
            comp: row.kind == "comp",
            buyer: row.buyer,
            holder: row.holder,
            sender: row.sender,
            unit_price: row.unit_price,
            paid: paid(row.unit_price, row.discount, row.quantity, row.index),
            begins_at: row.starts_at,
        })
    });
    Ok((tickets.collect::<Result<_>>()?, now))
}

/// A refund to be written.
pub struct Refund<'a> {
    /// The id its order will have.
    pub id: OrderId,
    /// What it gives money back for.
    pub purchase: &'a Purchase,
    /// The client's name for it.
    pub key: Uuid,
    /// What the key is bound to.
    pub hash: [u8; 32],
    /// Who asked for it.
    pub by: UserId,
    /// For which tickets of the purchase, those of a line in a row.
    pub tickets: Vec<&'a SoldTicket>,
    /// What the organizer tells the buyer beside it.
    pub message: Option<&'a str>,
}

/// Writes the refunds' orders, with a line for each line of the purchase, ends the tickets, and has
/// the buyers told.
/// Call it with the stock of the tickets' events locked.
pub async fn write(connection: &mut PgConnection, refunds: &[Refund<'_>]) -> Result<()> {
    let orders = OrderColumns::of(refunds);
    let tickets = TicketColumns::of(refunds);
    // An order over two events may be refunded at both at the same time, under different locks. One
    // of the two must see that nothing is left of it.
    sqlx::query!(
        "select id from orders where id = any($1) and promo_code_id is not null
        order by id for update",
        &orders.purchase,
    )
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query!(
        "with refunds as materialized (
            select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::text[],
                $6::uuid[], $7::bytea[], $8::uuid[], $18::text[])
                as o (id, user_id, currency, total, payment, key, hash, purchase, message)
        ), new_orders as (
            insert into orders (id, user_id, kind, state, currency, total, payment,
                idempotency_key, request_hash, purchase_id, created_at, message)
            select id, user_id, 'refund', 'paid', currency, total, payment, key, hash, purchase,
                clock_timestamp(), message
            from refunds
        ), refunded as materialized (
            select * from unnest($9::uuid[], $10::int[], $11::uuid[], $12::int[], $13::uuid[],
                $14::bigint[], $15::bigint[], $16::uuid[], $17::uuid[])
                as t (refund_id, line, event_id, number, ticket_type_id, unit_price, amount,
                    holder_id, refunded_by)
        ), new_lines as (
            insert into order_lines (order_id, line, event_id, ticket_type_id, quantity,
                unit_price, discount, ticket_type_name)
            select t.refund_id, t.line, t.event_id, t.ticket_type_id, count(*), t.unit_price,
                sum(t.unit_price - t.amount), bought.ticket_type_name
            from refunded t
            join refunds o on o.id = t.refund_id
            join order_lines bought on bought.order_id = o.purchase and bought.line = t.line
            group by t.refund_id, t.line, t.event_id, t.ticket_type_id, t.unit_price,
                bought.ticket_type_name
        )
        insert into refunded_tickets (event_id, number, refund_id, line, amount, holder_id,
            refunded_by)
        select event_id, number, refund_id, line, amount, holder_id, refunded_by from refunded",
        &orders.id,
        &orders.user,
        &orders.currency,
        &orders.total,
        &orders.payment,
        &orders.key,
        &orders.hash,
        &orders.purchase,
        &tickets.refund,
        &tickets.line,
        &tickets.event,
        &tickets.number,
        &tickets.ticket_type,
        &tickets.unit_price,
        &tickets.amount,
        &tickets.holder as &[Option<Uuid>],
        &tickets.by,
        &orders.message as &[Option<String>],
    )
    .execute(&mut *connection)
    .await?;
    return_promo_uses(connection, &orders.purchase).await?;
    let names: Vec<TicketName> = refunds
        .iter()
        .flat_map(|refund| &refund.tickets)
        .map(|ticket| ticket.name())
        .collect();
    ending::end(connection, &names, Ending::Refunded).await?;
    let mails: Vec<Mail> = refunds
        .iter()
        .map(|refund| Mail::Refund { order: refund.id })
        .collect();
    mail::enqueue(connection, &mails).await
}

/// Gives back the uses of promo codes by those of `purchases` of which nothing is left. Call it once
/// for each refund, with the rows of the purchases locked.
async fn return_promo_uses(connection: &mut PgConnection, purchases: &[OrderId]) -> Result<()> {
    sqlx::query!(
        "update promo_codes p set used = p.used - whole.uses
        from (
            select o.promo_code_id, count(*)::int as uses from orders o
            where o.id = any($1) and o.promo_code_id is not null
                and not exists (select from promo_uses u where u.order_id = o.id)
            group by o.promo_code_id
        ) whole
        where p.id = whole.promo_code_id",
        purchases,
    )
    .execute(connection)
    .await?;
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
    purchase: Vec<Uuid>,
    message: Vec<Option<String>>,
}

impl OrderColumns {
    fn of(refunds: &[Refund<'_>]) -> Self {
        let mut columns = Self::default();
        for refund in refunds {
            let total: i64 = refund.tickets.iter().map(|ticket| ticket.paid).sum();
            columns.id.push(refund.id);
            columns.user.push(refund.purchase.buyer);
            columns
                .currency
                .push(refund.purchase.currency.code().to_owned());
            columns.total.push(-total);
            columns.payment.push(refund.purchase.payment.clone());
            columns.key.push(refund.key);
            columns.hash.push(refund.hash.to_vec());
            columns.purchase.push(refund.purchase.id);
            columns.message.push(refund.message.map(str::to_owned));
        }
        columns
    }
}

/// Refunded tickets, a column each, as `unnest` takes them.
#[derive(Default)]
struct TicketColumns {
    refund: Vec<Uuid>,
    line: Vec<i32>,
    event: Vec<Uuid>,
    number: Vec<i32>,
    ticket_type: Vec<Uuid>,
    unit_price: Vec<i64>,
    amount: Vec<i64>,
    holder: Vec<Option<Uuid>>,
    by: Vec<Uuid>,
}

impl TicketColumns {
    fn of(refunds: &[Refund<'_>]) -> Self {
        let mut columns = Self::default();
        for refund in refunds {
            for ticket in &refund.tickets {
                columns.refund.push(refund.id);
                columns.line.push(ticket.line);
                columns.event.push(ticket.event);
                columns.number.push(ticket.number);
                columns.ticket_type.push(ticket.ticket_type);
                columns.unit_price.push(ticket.unit_price);
                columns.amount.push(ticket.paid);
                columns.holder.push(ticket.possessor());
                columns.by.push(refund.by);
            }
        }
        columns
    }
}

/// Asks the holders of `tickets` for them, and has those told who were not asked yet.
pub(super) async fn ask_back(connection: &mut PgConnection, tickets: &[SoldTicket]) -> Result<()> {
    let held = tickets
        .iter()
        .filter_map(|ticket| Some((ticket.event, ticket.number, ticket.possessor()?)));
    let (events, (numbers, holders)): (Vec<Uuid>, (Vec<i32>, Vec<Uuid>)) = held
        .map(|(event, number, holder)| (event, (number, holder)))
        .unzip();
    let asked = sqlx::query!(
        "insert into give_back_requests (event_id, number, holder_id)
        select * from unnest($1::uuid[], $2::int[], $3::uuid[])
        on conflict (event_id, number) do update
            set holder_id = excluded.holder_id, asked_at = now()
            where give_back_requests.holder_id <> excluded.holder_id
        returning event_id, number",
        &events,
        &numbers,
        &holders,
    )
    .fetch_all(&mut *connection)
    .await?;
    let letters: Vec<Mail> = asked
        .into_iter()
        .map(|ticket| Mail::AskedBack {
            event: ticket.event_id,
            number: ticket.number,
        })
        .collect();
    mail::enqueue(connection, &letters).await
}

/// Whether the ticket that `user` holds is asked for by a buyer who can still take it.
pub(super) async fn is_asked_back(
    connection: &mut PgConnection,
    event: EventId,
    number: TicketNumber,
    user: UserId,
) -> Result<Option<bool>> {
    let asked = sqlx::query_scalar!(
        r#"
        select r.number is not null and t.state = 'valid' and buyer.deleted_at is null as "asked!"
        from ticket_user h
        join tickets t on t.event_id = h.event_id and t.number = h.number
        join orders o on o.id = t.order_id
        join users buyer on buyer.id = o.user_id
        left join give_back_requests r
            on r.event_id = h.event_id and r.number = h.number and r.holder_id = h.user_id
        where h.event_id = $1 and h.number = $2 and h.user_id = $3
        "#,
        event,
        number,
        user,
    )
    .fetch_optional(connection)
    .await?;
    Ok(asked)
}

/// An accepted transfer from the holder to the buyer, whose account is not deleted.
pub async fn hand_over(
    connection: &mut PgConnection,
    event: EventId,
    number: TicketNumber,
) -> Result<()> {
    let transfer = Uuid::now_v7();
    sqlx::query!(
        "with buyer as (
            select o.user_id, u.email from tickets t
            join orders o on o.id = t.order_id
            join users u on u.id = o.user_id
            where t.event_id = $2 and t.number = $3
        ), given as (
            insert into transfers (id, offer_id, event_id, number, sender_id, recipient_email,
                recipient_id, state, decided_at)
            select $1, $1, h.event_id, h.number, h.user_id, buyer.email, buyer.user_id, 'accepted',
                clock_timestamp()
            from ticket_user h, buyer where h.event_id = $2 and h.number = $3
        ), answered as (
            delete from give_back_requests where event_id = $2 and number = $3
        ), held as (
            update ticket_user h set user_id = buyer.user_id from buyer
            where h.event_id = $2 and h.number = $3
        )
        update tickets set code_version = code_version + 1 where event_id = $2 and number = $3",
        transfer,
        event,
        number,
    )
    .execute(&mut *connection)
    .await?;
    mail::enqueue(connection, &[Mail::TicketsReceived { offer: transfer }]).await
}
