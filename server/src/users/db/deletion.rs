//! What goes with an account that is deleted, and what stands against it.

use api::tickets::TicketName;
use api::{EventId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// What stands where the name and the address of a deleted account stood.
const FORGOTTEN_NAME: &str = "Deleted account";
const FORGOTTEN_EMAIL: &str = "deleted@account.invalid";

/// Locks the stock of the user's events that are on sale, so that nothing is sold meanwhile, and of
/// those to come that they hold tickets for or were sent some, so that nothing becomes of those.
/// Returns which.
pub(in crate::users) async fn lock_stock(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<Vec<EventId>> {
    let locked = sqlx::query_scalar!(
        "select s.event_id from event_stock s join events e on e.id = s.event_id
        where (e.ends_at > now() and (e.organizer_id = $1 and e.status = 'published'
                or e.id in (select event_id from ticket_user where user_id = $1)))
            or e.id in (
                select f.event_id from transfers f join users u on u.email = f.recipient_email
                where u.id = $1 and u.email_verified_at is not null and f.state = 'pending')
        order by s.event_id for update of s",
        user,
    )
    .fetch_all(connection)
    .await?;
    Ok(locked)
}

/// A valid ticket for an event to come.
pub(in crate::users) struct HeldTicket {
    pub(in crate::users) name: TicketName,
    /// What the event is called.
    pub(in crate::users) title: String,
}

/// The valid tickets that the user holds for events that are to take place, by when they begin.
pub(in crate::users) async fn held_tickets(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<Vec<HeldTicket>> {
    let rows = sqlx::query!(
        "select t.event_id, t.number, e.title
        from ticket_user h
        join tickets t on t.event_id = h.event_id and t.number = h.number
        join events e on e.id = h.event_id
        where h.user_id = $1 and t.state = 'valid' and e.ends_at > now()
            and e.status <> 'cancelled'
        order by e.starts_at, e.id, t.number",
        user,
    )
    .fetch_all(connection)
    .await?;
    let held = rows.into_iter().map(|row| HeldTicket {
        name: TicketName {
            event_id: row.event_id,
            number: row.number,
        },
        title: row.title,
    });
    Ok(held.collect())
}

/// Those of `users` whose accounts are not deleted.
pub(in crate::users) async fn existing(
    connection: &mut PgConnection,
    users: &[UserId],
) -> Result<Vec<UserId>> {
    let existing = sqlx::query_scalar!(
        "select id from users where id = any($1) and deleted_at is null",
        users,
    )
    .fetch_all(connection)
    .await?;
    Ok(existing)
}

/// Whether tickets are sold for an event of the user's that is not over.
pub(in crate::users) async fn has_sold_events_to_come(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<bool> {
    let sold = sqlx::query_scalar!(
        r#"
        select exists (
            select from events e join ticket_types t on t.event_id = e.id
            where e.organizer_id = $1 and e.status = 'published' and e.ends_at > now()
                and t.sold > 0
        ) as "sold!"
        "#,
        user,
    )
    .fetch_one(connection)
    .await?;
    Ok(sold)
}

/// Cancels the user's events that are not over.
pub(in crate::users) async fn cancel_events_to_come(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<()> {
    sqlx::query!(
        "update events set status = 'cancelled', cancelled_at = now(), updated_at = now()
        where organizer_id = $1 and status = 'published' and ends_at > now()",
        user,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Declines what was sent to the user's confirmed address and takes that address out of all that
/// others keep: past transfers, guest lists, staff. Which offers were declined. An address that was
/// never confirmed may be somebody else's, whose it stays.
pub(in crate::users) async fn forget_address(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<Vec<Uuid>> {
    let offers = sqlx::query_scalar!(
        r#"
        with address as (
            select email from users where id = $1 and email_verified_at is not null
        ), declined as (
            update transfers f set state = 'declined', decided_at = clock_timestamp(),
                recipient_email = $2
            from address where f.recipient_email = address.email and f.state = 'pending'
            returning f.event_id, f.number, f.sender_id, f.offer_id
        ), returned as (
            insert into ticket_user (event_id, number, user_id)
            select event_id, number, sender_id from declined
        ), decided as (
            update transfers f set recipient_email = $2
            from address where f.recipient_email = address.email and f.state <> 'pending'
        ), guests as (
            update comp_guests g set email = $2, name = $3
            from address where g.email = address.email
        ), staff as (
            delete from event_staff s using address where s.email = address.email
        )
        select distinct offer_id as "offer!" from declined
        "#,
        user,
        FORGOTTEN_EMAIL,
        FORGOTTEN_NAME,
    )
    .fetch_all(connection)
    .await?;
    Ok(offers)
}

/// Takes everything personal out of an account; false when `password_hash` is no longer its own.
pub(in crate::users) async fn anonymise(
    connection: &mut PgConnection,
    user: UserId,
    password_hash: &str,
) -> Result<bool> {
    let deleted = sqlx::query!(
        "with forgotten as (delete from email_tokens where user_id = $1)
        update users set name = $3, email = null, email_verified_at = null,
            locale = default, password_hash = null, deleted_at = now()
        where id = $1 and password_hash = $2",
        user,
        password_hash,
        FORGOTTEN_NAME,
    )
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected() == 1)
}
