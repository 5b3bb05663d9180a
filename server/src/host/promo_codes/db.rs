//! The SQL of promo codes.

use api::promo_codes::{CreatePromoCode, Discount, PromoCode, UpdatePromoCode};
use api::{EventId, Money, TicketTypeId, Time};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::events::db::parse_currency;

struct Row {
    id: Uuid,
    code: String,
    percent: Option<i32>,
    amount: Option<i64>,
    ticket_type_id: Option<TicketTypeId>,
    starts_at: Option<Time>,
    ends_at: Option<Time>,
    max_uses: Option<i32>,
    max_per_user: Option<i32>,
    used: i32,
    given: i64,
    currency: String,
}

/// A discount as it is written in the database: one of the two.
pub fn parse_discount(percent: Option<i32>, amount: Option<i64>) -> Result<Discount> {
    match (percent, amount) {
        (Some(percent), None) => Ok(Discount::Percent(percent)),
        (None, Some(amount)) => Ok(Discount::Amount(amount)),
        _ => Err(Error::internal("a promo code with two discounts or none")),
    }
}

impl Row {
    fn into_promo(self) -> Result<PromoCode> {
        Ok(PromoCode {
            id: self.id,
            code: self.code,
            discount: parse_discount(self.percent, self.amount)?,
            ticket_type_id: self.ticket_type_id,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            max_uses: self.max_uses,
            max_per_user: self.max_per_user,
            used: self.used,
            given: Money::new(self.given, parse_currency(&self.currency)?),
        })
    }
}

/// All codes of `event`, newest first.
pub async fn list(connection: &mut PgConnection, event: EventId) -> Result<Vec<PromoCode>> {
    read(connection, event, None).await
}

/// One code of `event`.
pub async fn find(
    connection: &mut PgConnection,
    event: EventId,
    promo: Uuid,
) -> Result<Option<PromoCode>> {
    Ok(read(connection, event, Some(promo)).await?.pop())
}

async fn read(
    connection: &mut PgConnection,
    event: EventId,
    promo: Option<Uuid>,
) -> Result<Vec<PromoCode>> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select p.id, p.code, p.percent, p.amount, p.ticket_type_id, p.starts_at, p.ends_at,
            p.max_uses, p.max_per_user, p.used, e.currency,
            (select coalesce(sum(l.discount), 0)::bigint
                from promo_uses u join order_lines l on l.order_id = u.order_id
                where u.promo_code_id = p.id) as "given!"
        from promo_codes p join events e on e.id = p.event_id
        where p.event_id = $1 and ($2::uuid is null or p.id = $2)
        order by p.id desc
        "#,
        event,
        promo,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Row::into_promo).collect()
}

/// Adds a code.
pub async fn insert(
    connection: &mut PgConnection,
    event: EventId,
    id: Uuid,
    code: &str,
    new: &CreatePromoCode,
) -> Result<()> {
    let (percent, amount) = match new.discount {
        Discount::Percent(percent) => (Some(percent), None),
        Discount::Amount(amount) => (None, Some(amount)),
    };
    sqlx::query!(
        "insert into promo_codes (id, event_id, code, percent, amount, ticket_type_id, starts_at,
            ends_at, max_uses, max_per_user)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id,
        event,
        code,
        percent,
        amount,
        new.ticket_type_id,
        new.starts_at,
        new.ends_at,
        new.max_uses,
        new.max_per_user,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Changes limits and window; 0 takes a limit away.
pub async fn update(
    connection: &mut PgConnection,
    promo: Uuid,
    change: &UpdatePromoCode,
) -> Result<()> {
    sqlx::query!(
        "update promo_codes set
            starts_at = coalesce($2, starts_at),
            ends_at = coalesce($3, ends_at),
            max_uses = nullif(coalesce($4, max_uses), 0),
            max_per_user = nullif(coalesce($5, max_per_user), 0)
        where id = $1",
        promo,
        change.starts_at,
        change.ends_at,
        change.max_uses,
        change.max_per_user,
    )
    .execute(connection)
    .await?;
    Ok(())
}
