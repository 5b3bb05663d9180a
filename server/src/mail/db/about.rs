//! What letters are about: the links that they tell, and tickets that go from one to another.

use api::{EventId, TicketNumber, UserId};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Person;
use crate::error::Result;

/// Keeps the hash of what a letter tells, in place of the one before.
pub(in crate::mail) async fn keep_token(
    connection: &mut PgConnection,
    person: &Person,
    purpose: &str,
    token_hash: &[u8; 32],
    hours: i32,
) -> Result<()> {
    sqlx::query!(
        "insert into email_tokens (user_id, purpose, token_hash, email, expires_at)
        values ($1, $2, $3, $4, now() + make_interval(hours => $5))
        on conflict (user_id, purpose) do update set token_hash = excluded.token_hash,
            email = excluded.email, expires_at = excluded.expires_at",
        person.id,
        purpose,
        token_hash.as_slice(),
        person.email,
        hours,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps the hash of the link that offers what is pending of an offer.
pub(in crate::mail) async fn keep_claim_token(
    connection: &mut PgConnection,
    offer: Uuid,
    token_hash: &[u8; 32],
) -> Result<()> {
    sqlx::query!(
        "update transfers set claim_token_hash = $2 where offer_id = $1 and state = 'pending'",
        offer,
        token_hash.as_slice(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A transfer of an offer that was answered.
pub(in crate::mail) struct Answered {
    pub(in crate::mail) event_id: EventId,
    pub(in crate::mail) number: TicketNumber,
    pub(in crate::mail) accepted: bool,
    pub(in crate::mail) sender: UserId,
    pub(in crate::mail) recipient: Option<UserId>,
    pub(in crate::mail) recipient_email: String,
}

/// Those of an offer that were accepted or declined.
pub(in crate::mail) async fn answered(
    connection: &mut PgConnection,
    offer: Uuid,
) -> Result<Vec<Answered>> {
    let answered = sqlx::query_as!(
        Answered,
        r#"
        select event_id, number, state = 'accepted' as "accepted!", sender_id as sender,
            recipient_id as recipient, recipient_email
        from transfers where offer_id = $1 and state in ('accepted', 'declined')
        order by event_id, number
        "#,
        offer,
    )
    .fetch_all(connection)
    .await?;
    Ok(answered)
}

/// A ticket that someone holds and another has bought.
pub(in crate::mail) struct Gifted {
    pub(in crate::mail) buyer: String,
    pub(in crate::mail) holder: UserId,
}

/// The ticket, while it is somebody else's than the buyer's.
pub(in crate::mail) async fn gifted(
    connection: &mut PgConnection,
    event: EventId,
    number: TicketNumber,
) -> Result<Option<Gifted>> {
    let gifted = sqlx::query_as!(
        Gifted,
        "select u.name as buyer, h.user_id as holder
        from tickets t
        join ticket_user h on h.event_id = t.event_id and h.number = t.number
        join orders o on o.id = t.order_id
        join users u on u.id = o.user_id
        where t.event_id = $1 and t.number = $2 and h.user_id <> o.user_id",
        event,
        number,
    )
    .fetch_optional(connection)
    .await?;
    Ok(gifted)
}

/// Keeps what the organizer writes about a new time or place. What they wrote about the last one stays
/// while nobody was told of that: a job of this kind waits that says the `same`.
pub(in crate::mail) async fn keep_change_message(
    connection: &mut PgConnection,
    event: EventId,
    message: Option<&str>,
    kind: &str,
    same: &Value,
) -> Result<()> {
    sqlx::query!(
        "update events set change_message = coalesce($2, case when exists (
            select from jobs
            where kind = $3 and done_at is null and attempts = 0 and payload @> $4
        ) then change_message end)
        where id = $1",
        event,
        message,
        kind,
        same,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What the organizer writes about the event's last change of time or place.
pub(in crate::mail) async fn change_message(
    connection: &mut PgConnection,
    event: EventId,
) -> Result<Option<String>> {
    let message = sqlx::query_scalar!("select change_message from events where id = $1", event);
    Ok(message.fetch_one(connection).await?)
}

/// What the organizer writes about the event's cancellation.
pub(in crate::mail) async fn cancellation_message(
    connection: &mut PgConnection,
    event: EventId,
) -> Result<Option<String>> {
    let message = sqlx::query_scalar!(
        "select message from cancellations where event_id = $1",
        event
    );
    Ok(message.fetch_optional(connection).await?.flatten())
}
