//! Whom letters go to.

use std::collections::HashSet;

use api::{EventId, OrderId, TicketNumber, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::mail::MAIL_TO_MANY;
use crate::mail::recipients::{Recipient, Relation};
use crate::reader::Reader;

/// Someone with an address.
pub(in crate::mail) struct Person {
    pub(in crate::mail) id: UserId,
    pub(in crate::mail) name: String,
    pub(in crate::mail) email: String,
    pub(in crate::mail) locale: String,
}

impl Person {
    pub(in crate::mail) fn reader(&self) -> Reader {
        Reader::of(&self.locale)
    }
}

/// The user, unless the account is deleted.
pub(in crate::mail) async fn person(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<Option<Person>> {
    let person = sqlx::query_as!(
        Person,
        r#"select id, name, email as "email!", locale from users where id = $1 and email is not null"#,
        user,
    )
    .fetch_optional(connection)
    .await?;
    Ok(person)
}

/// Whose account has this address, if any.
pub(in crate::mail) async fn person_at(
    connection: &mut PgConnection,
    email: &str,
) -> Result<Option<Person>> {
    let person = sqlx::query_as!(
        Person,
        r#"select id, name, email as "email!", locale from users where email = $1"#,
        email,
    )
    .fetch_optional(connection)
    .await?;
    Ok(person)
}

/// The user, while the address is not verified.
pub(in crate::mail) async fn unverified(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<Option<Person>> {
    let person = sqlx::query_as!(
        Person,
        r#"select id, name, email as "email!", locale from users
        where id = $1 and email is not null and email_verified_at is null"#,
        user,
    )
    .fetch_optional(connection)
    .await?;
    Ok(person)
}

/// Whose order it is, unless the account is deleted.
pub(in crate::mail) async fn buyer(
    connection: &mut PgConnection,
    order: OrderId,
) -> Result<Option<Person>> {
    let person = sqlx::query_as!(
        Person,
        r#"select u.id, u.name, u.email as "email!", u.locale
        from orders o join users u on u.id = o.user_id where o.id = $1 and u.email is not null"#,
        order,
    )
    .fetch_optional(connection)
    .await?;
    Ok(person)
}

/// The locale of who has this address, or of who sent them the offer.
pub(in crate::mail) async fn locale_of_offer(
    connection: &mut PgConnection,
    offer: Uuid,
) -> Result<Option<String>> {
    let locale = sqlx::query_scalar!(
        r#"
        select coalesce(recipient.locale, sender.locale) as "locale!"
        from transfers t
        join users sender on sender.id = t.sender_id
        left join users recipient on recipient.email = t.recipient_email
        where t.offer_id = $1 limit 1
        "#,
        offer,
    )
    .fetch_optional(connection)
    .await?;
    Ok(locale)
}

/// Everyone whom the news of `event` concerns, each once.
pub(in crate::mail) async fn recipients(
    connection: &mut PgConnection,
    event: EventId,
) -> Result<Vec<Recipient>> {
    let recipients = sqlx::query_as!(
        Recipient,
        r#"select email as "email!", relation as "relation!: Relation" from event_recipients
        where event_id = $1 order by email"#,
        event,
    )
    .fetch_all(connection)
    .await?;
    Ok(recipients)
}

/// How many they are.
pub(in crate::mail) async fn count_recipients(
    connection: &mut PgConnection,
    event: EventId,
) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from event_recipients where event_id = $1"#,
        event,
    )
    .fetch_one(connection)
    .await?;
    Ok(count)
}

/// The addresses for which an email that `event` was moved is waiting.
pub(in crate::mail) async fn waiting_for_news(
    connection: &mut PgConnection,
    event: EventId,
) -> Result<HashSet<String>> {
    let emails = sqlx::query_scalar!(
        r#"select payload ->> 'email' as "email!" from jobs
        where kind = $2 and done_at is null and payload ->> 'letter' = 'event_moved'
            and payload ->> 'event' = $1::uuid::text"#,
        event,
        MAIL_TO_MANY,
    )
    .fetch_all(connection)
    .await?;
    Ok(emails.into_iter().collect())
}

/// How to write to someone about an event.
pub(in crate::mail) struct Addressee {
    /// Of who has an account.
    pub(in crate::mail) name: Option<String>,
    /// Theirs, or that of who sent them a ticket, or else the organizer's.
    pub(in crate::mail) locale: String,
}

/// How to write to `email` about `event`.
pub(in crate::mail) async fn addressee(
    connection: &mut PgConnection,
    event: EventId,
    email: &str,
) -> Result<Addressee> {
    let addressee = sqlx::query_as!(
        Addressee,
        r#"
        select u.name as "name?", coalesce(u.locale, sent.locale, host.locale) as "locale!"
        from events e
        join users host on host.id = e.organizer_id
        left join users u on u.email = $2
        left join lateral (
            select s.locale from transfers f join users s on s.id = f.sender_id
            where f.event_id = $1 and f.recipient_email = $2 order by f.id desc limit 1
        ) sent on true
        where e.id = $1
        "#,
        event,
        email,
    )
    .fetch_one(connection)
    .await?;
    Ok(addressee)
}

/// What someone has of an event whose news concerns them.
pub(in crate::mail) struct Concern {
    pub(in crate::mail) relation: Relation,
    /// Tickets in the wallet; none of who was only sent some, or waits.
    pub(in crate::mail) numbers: Vec<TicketNumber>,
    /// Whether some of them were bought, not given.
    pub(in crate::mail) bought: bool,
}

/// Why the news of `event` concerns `email` now, if it does.
pub(in crate::mail) async fn concern(
    connection: &mut PgConnection,
    event: EventId,
    email: &str,
) -> Result<Option<Concern>> {
    let concern = sqlx::query_as!(
        Concern,
        r#"
        select r.relation as "relation!: Relation", had.numbers as "numbers!",
            had.bought as "bought!"
        from event_recipients r
        left join users u on u.email = r.email
        cross join lateral (
            select coalesce(array_agg(t.number order by t.number), '{}') as numbers,
                coalesce(bool_or(o.user_id = u.id and o.kind = 'purchase'), false) as bought
            from wallet_tickets w
            join tickets t on t.event_id = w.event_id and t.number = w.number
            join orders o on o.id = t.order_id
            where w.user_id = u.id and w.event_id = $1 and t.state in ('valid', 'checked_in')
        ) had
        where r.event_id = $1 and r.email = $2
        "#,
        event,
        email,
    )
    .fetch_optional(connection)
    .await?;
    Ok(concern)
}
