//! What was decided, written at once.

use sqlx::PgConnection;
use uuid::Uuid;

use super::super::decide::{Grant, GrantLine};
use crate::error::Result;
use crate::mail::{self, Mail};

/// Writes orders, lines, tickets, holders, counters, used promo codes and the mail about them in one
/// statement.
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
                idempotency_key, request_hash, created_at, expires_at, promo_code_id)
            select id, user_id, 'purchase', case when expires_at is null then 'paid' else 'pending' end,
                currency, total, payment, key, hash, created_at, expires_at, promo_code_id
            from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::uuid[],
                $7::bytea[], $17::timestamptz[], $8::timestamptz[], $22::uuid[])
                as o (id, user_id, currency, total, payment, key, hash, created_at, expires_at,
                    promo_code_id)
        ), lines as materialized (
            select * from unnest($9::uuid[], $10::uuid[], $11::int[], $12::uuid[], $13::uuid[],
                $14::int[], $15::bigint[], $16::int[], $20::bigint[], $23::text[])
                as l (order_id, user_id, line, event_id, ticket_type_id, quantity, unit_price,
                    first_number, discount, name)
        ), new_lines as (
            insert into order_lines (order_id, line, event_id, ticket_type_id, quantity,
                unit_price, discount, first_number, ticket_type_name)
            select order_id, line, event_id, ticket_type_id, quantity, unit_price, discount,
                first_number, name
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
        ), promos as (
            update promo_codes p set used = p.used + o.uses
            from (select promo_code_id, count(*)::int as uses
                from unnest($22::uuid[]) as promo_code_id group by promo_code_id) o
            where p.id = o.promo_code_id
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
        &orders.promo as &[Option<Uuid>],
        &lines.name,
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
    promo: Vec<Option<Uuid>>,
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
            columns.promo.push(grant.promo);
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
    name: Vec<String>,
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
        self.name.push(granted.name.clone());
        self.quantity.push(granted.quantity);
        self.unit_price.push(granted.unit_price);
        self.discount.push(granted.discount);
        self.first_number.push(granted.first_number);
    }
}
