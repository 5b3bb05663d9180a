//! `boxoffice admin`: what the people who run the service do by hand. Each act leaves a row that says
//! who did what.

mod db;

use std::fmt::Write;

use api::Money;
use sqlx::PgPool;
use uuid::Uuid;

use crate::config::AdminAct;
use crate::error::{Error, Result};
use crate::events::db::parse_currency;
use crate::orders::purchase::lock_stock;
use crate::users;

/// Does `act` on behalf of `by`; returns what to print.
pub async fn run(pool: &PgPool, by: &str, act: &AdminAct) -> Result<String> {
    match act {
        AdminAct::Held => held(pool, by).await,
        AdminAct::Release { id } => release(pool, by, *id).await,
        AdminAct::Suspend { email, reason } => suspend(pool, by, email, reason).await,
        AdminAct::Unsuspend { email, reason } => unsuspend(pool, by, email, reason).await,
        AdminAct::Order { id } => order(pool, by, *id).await,
    }
}

async fn held(pool: &PgPool, by: &str) -> Result<String> {
    let mut transaction = pool.begin().await?;
    let held = db::held(&mut transaction).await?;
    db::audit(&mut transaction, by, "list_held", None, "").await?;
    transaction.commit().await?;
    if held.is_empty() {
        return Ok("Nothing is held for review.".to_owned());
    }
    let mut text = String::new();
    for review in held {
        let event = review.event_id.map(|id| format!(", event {id}"));
        writeln!(
            text,
            "{}  {}  {:?}\n    {} <{}>, account {}{}",
            review.id,
            review.created_at.format("%Y-%m-%d %H:%M"),
            review.text,
            review.name,
            review.email.unwrap_or_default(),
            review.user_id,
            event.unwrap_or_default(),
        )
        .map_err(Error::internal)?;
    }
    text.push_str("Release one with `boxoffice admin release ID`.");
    Ok(text)
}

async fn release(pool: &PgPool, by: &str, id: Uuid) -> Result<String> {
    let mut transaction = pool.begin().await?;
    let text = db::release(&mut transaction, id).await?;
    let text = text.ok_or_else(|| Error::conflict("No review that is held has this id."))?;
    db::audit(&mut transaction, by, "release", Some(id), "").await?;
    transaction.commit().await?;
    Ok(format!("Released: {text:?}. The account may use it now."))
}

/// Ends the account's sessions, takes its events off sale, and sends no more of its invitations.
async fn suspend(pool: &PgPool, by: &str, email: &str, reason: &str) -> Result<String> {
    let mut transaction = pool.begin().await?;
    let user = db::account(&mut transaction, email).await?;
    // In the order of all locks: sessions, stock, everything else.
    users::lock_sessions(&mut transaction, user).await?;
    let events = db::events_on_sale(&mut transaction, user).await?;
    lock_stock(&mut transaction, &events).await?;
    if !db::suspend(&mut transaction, user).await? {
        return Err(Error::conflict("This account is suspended already."));
    }
    db::end_sessions(&mut transaction, user).await?;
    let hidden = db::hide_unsold(&mut transaction, &events).await?;
    db::pause(&mut transaction, &events).await?;
    let dropped = db::drop_emails(&mut transaction, user, &events).await?;
    db::audit(&mut transaction, by, "suspend", Some(user), reason).await?;
    transaction.commit().await?;
    Ok(format!(
        "Suspended {email}: signed out, {hidden} events without sold tickets unpublished, sales of \
        {} paused, {dropped} emails not sent.",
        events.len() - hidden,
    ))
}

async fn unsuspend(pool: &PgPool, by: &str, email: &str, reason: &str) -> Result<String> {
    let mut transaction = pool.begin().await?;
    let user = db::account(&mut transaction, email).await?;
    if !db::unsuspend(&mut transaction, user).await? {
        return Err(Error::conflict("This account is not suspended."));
    }
    db::audit(&mut transaction, by, "unsuspend", Some(user), reason).await?;
    transaction.commit().await?;
    Ok(format!(
        "{email} can sign in again. Their events stay as they are until they change them."
    ))
}

async fn order(pool: &PgPool, by: &str, id: Uuid) -> Result<String> {
    let mut transaction = pool.begin().await?;
    let order = db::order(&mut transaction, id).await?;
    let order = order.ok_or_else(|| Error::conflict("No order has this id."))?;
    let tickets = db::tickets(&mut transaction, id).await?;
    let refunds = db::refunds(&mut transaction, id).await?;
    db::audit(&mut transaction, by, "show_order", Some(id), "").await?;
    transaction.commit().await?;
    let currency = parse_currency(&order.currency)?;
    let mut text = format!(
        "{} {id}: {}, {} by {}\n{} <{}>, account {}, {}\n",
        order.kind,
        order.state,
        Money::new(order.total, currency),
        order.payment,
        order.name,
        order.email.unwrap_or_default(),
        order.user_id,
        order.created_at.format("%Y-%m-%d %H:%M"),
    );
    for ticket in tickets {
        writeln!(
            text,
            "  {} no. {}, {}: {}, {}",
            ticket.title, ticket.number, ticket.ticket_type, ticket.state, ticket.holder,
        )
        .map_err(Error::internal)?;
    }
    for refund in refunds {
        writeln!(
            text,
            "  refund {}: {}, {}",
            refund.id,
            Money::new(refund.total, currency),
            refund.created_at.format("%Y-%m-%d %H:%M"),
        )
        .map_err(Error::internal)?;
    }
    Ok(text.trim_end().to_owned())
}
