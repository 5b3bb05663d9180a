//! The SQL of what is done by hand.

use api::{EmailAddress, EventId, OrderId, TicketNumber, Time, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Error, Result};

/// Writes down what was done.
pub(super) async fn audit(
    connection: &mut PgConnection,
    by: &str,
    act: &str,
    subject: Option<Uuid>,
    reason: &str,
) -> Result<()> {
    sqlx::query!(
        "insert into admin_audit (id, by, act, subject, reason) values ($1, $2, $3, $4, $5)",
        Uuid::now_v7(),
        by,
        act,
        subject,
        reason,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A text that a person must look at.
pub(super) struct Held {
    pub(super) id: Uuid,
    pub(super) user_id: UserId,
    pub(super) event_id: Option<EventId>,
    pub(super) text: String,
    pub(super) created_at: Time,
    pub(super) name: String,
    pub(super) email: Option<String>,
}

/// What is held for review, oldest first.
pub(super) async fn held(connection: &mut PgConnection) -> Result<Vec<Held>> {
    let held = sqlx::query_as!(
        Held,
        "select r.id, r.user_id, r.event_id, r.text, r.created_at, u.name, u.email
        from reviews r join users u on u.id = r.user_id
        where r.released_at is null and u.deleted_at is null order by r.created_at",
    )
    .fetch_all(connection)
    .await?;
    Ok(held)
}

/// Lets the account use a text that is held; which text.
pub(super) async fn release(connection: &mut PgConnection, id: Uuid) -> Result<Option<String>> {
    let text = sqlx::query_scalar!(
        "update reviews set released_at = now() where id = $1 and released_at is null
        returning text",
        id,
    )
    .fetch_optional(connection)
    .await?;
    Ok(text)
}

/// The account with this address.
pub(super) async fn account(connection: &mut PgConnection, email: &str) -> Result<UserId> {
    let email = EmailAddress::parse(email)?;
    let user = sqlx::query_scalar!("select id from users where email = $1", email.as_str(),)
        .fetch_optional(connection)
        .await?;
    user.ok_or_else(|| Error::conflict("No account has this address."))
}

/// Published events of an organizer that are not over.
pub(super) async fn events_on_sale(
    connection: &mut PgConnection,
    organizer: UserId,
) -> Result<Vec<EventId>> {
    let events = sqlx::query_scalar!(
        "select id from events
        where organizer_id = $1 and status = 'published' and ends_at > now()",
        organizer,
    )
    .fetch_all(connection)
    .await?;
    Ok(events)
}

/// Suspends an account; false when it is suspended.
pub(super) async fn suspend(connection: &mut PgConnection, user: UserId) -> Result<bool> {
    let done = sqlx::query!(
        "update users set suspended_at = now() where id = $1 and suspended_at is null",
        user,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends the sessions of an account. After it was suspended: then none begins any more.
pub(super) async fn end_sessions(connection: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!(
        "update sessions set revoked_at = now() where user_id = $1 and revoked_at is null",
        user,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets an account sign in again; false when it is not suspended.
pub(super) async fn unsuspend(connection: &mut PgConnection, user: UserId) -> Result<bool> {
    let done = sqlx::query!(
        "update users set suspended_at = null where id = $1 and suspended_at is not null",
        user,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Makes drafts of those of `events`, whose stock is locked, that nobody has a ticket for.
pub(super) async fn hide_unsold(
    connection: &mut PgConnection,
    events: &[EventId],
) -> Result<usize> {
    let hidden = sqlx::query!(
        "update events e set status = 'draft', updated_at = now()
        where id = any($1) and not exists (
            select from order_lines l where l.event_id = e.id)",
        events,
    )
    .execute(connection)
    .await?;
    usize::try_from(hidden.rows_affected()).map_err(Error::internal)
}

/// Stops the sale of `events`, whose stock is locked.
pub(super) async fn pause(connection: &mut PgConnection, events: &[EventId]) -> Result<()> {
    sqlx::query!(
        "update event_stock set sales_open = false where event_id = any($1)",
        events,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sends none of the emails that an account or its events cause; how many those are.
pub(super) async fn drop_emails(
    connection: &mut PgConnection,
    user: UserId,
    events: &[EventId],
) -> Result<usize> {
    let dropped = sqlx::query!(
        "update jobs set done_at = now(), last_error = 'the account is suspended'
        where done_at is null and (sender = $1 or sender = any($2))",
        user,
        events,
    )
    .execute(connection)
    .await?;
    usize::try_from(dropped.rows_affected()).map_err(Error::internal)
}

/// An order and who made it.
pub(super) struct Order {
    pub(super) kind: String,
    pub(super) state: String,
    pub(super) total: i64,
    pub(super) currency: String,
    pub(super) payment: String,
    pub(super) created_at: Time,
    pub(super) user_id: UserId,
    pub(super) name: String,
    pub(super) email: Option<String>,
}

/// The order with this id.
pub(super) async fn order(connection: &mut PgConnection, id: OrderId) -> Result<Option<Order>> {
    let order = sqlx::query_as!(
        Order,
        "select o.kind, o.state, o.total, o.currency, o.payment, o.created_at, o.user_id, u.name,
            u.email
        from orders o join users u on u.id = o.user_id where o.id = $1",
        id,
    )
    .fetch_optional(connection)
    .await?;
    Ok(order)
}

/// A ticket of an order and where it is.
pub(super) struct Ticket {
    pub(super) title: String,
    pub(super) number: TicketNumber,
    pub(super) ticket_type: String,
    pub(super) state: String,
    pub(super) holder: String,
}

/// The tickets of an order, by number.
pub(super) async fn tickets(connection: &mut PgConnection, id: OrderId) -> Result<Vec<Ticket>> {
    let tickets = sqlx::query_as!(
        Ticket,
        r#"
        select e.title, t.number as "number!", y.name as ticket_type, t.state as "state!",
            coalesce(holder.name || ' <' || coalesce(holder.email, '') || '>',
                'sent to ' || p.recipient_email, 'nobody') as "holder!"
        from order_lines l
        join events e on e.id = l.event_id
        join all_tickets t on t.event_id = l.event_id and t.number >= l.first_number
            and t.number < l.first_number + l.quantity
        join ticket_types y on y.id = t.ticket_type_id
        left join all_ticket_user h on h.event_id = t.event_id and h.number = t.number
        left join users holder on holder.id = h.user_id
        left join transfers p
            on p.event_id = t.event_id and p.number = t.number and p.state = 'pending'
        where l.order_id = $1 order by l.line, t.number
        "#,
        id,
    )
    .fetch_all(connection)
    .await?;
    Ok(tickets)
}

/// A refund of an order.
pub(super) struct Refund {
    pub(super) id: OrderId,
    pub(super) total: i64,
    pub(super) created_at: Time,
}

/// What was refunded of an order.
pub(super) async fn refunds(connection: &mut PgConnection, id: OrderId) -> Result<Vec<Refund>> {
    let refunds = sqlx::query_as!(
        Refund,
        "select id, total, created_at from orders where purchase_id = $1 order by created_at",
        id,
    )
    .fetch_all(connection)
    .await?;
    Ok(refunds)
}
