//! Whom letters go to.

use api::{EventId, OrderId, TicketNumber, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::mail::MAIL_TO_MANY;
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

/// The addresses of those who have a ticket for `event` that is good, or were sent one and have not
/// answered. Without those who wait to be told that it was moved: they are told what is true then.
pub(in crate::mail) async fn concerned(
    connection: &mut PgConnection,
    event: EventId,
) -> Result<Vec<String>> {
    let emails = sqlx::query_scalar!(
        r#"
        select email as "email!" from (
            select u.email from wallet_tickets w
            join tickets t on t.event_id = w.event_id and t.number = w.number
            join users u on u.id = w.user_id
            where w.event_id = $1 and t.state in ('valid', 'checked_in') and u.email is not null
            union select recipient_email from transfers where event_id = $1 and state = 'pending'
        ) concerned
        except select payload ->> 'email' from jobs
        where kind = $2 and done_at is null and payload ->> 'letter' = 'event_moved'
            and payload ->> 'event' = $1::text
        "#,
        event,
        MAIL_TO_MANY,
    )
    .fetch_all(connection)
    .await?;
    Ok(emails)
}

/// Somebody who has tickets for an event, or was sent some.
pub(in crate::mail) struct Concerned {
    /// Of who has an account.
    pub(in crate::mail) name: Option<String>,
    pub(in crate::mail) locale: String,
    /// In the wallet; none of who was only sent some.
    pub(in crate::mail) numbers: Vec<TicketNumber>,
    /// Whether some of them were bought, not given.
    pub(in crate::mail) bought: bool,
}

/// What the address has of `event` that is good.
pub(in crate::mail) async fn concern_of(
    connection: &mut PgConnection,
    event: EventId,
    email: &str,
) -> Result<Option<Concerned>> {
    let concerned = sqlx::query_as!(
        Concerned,
        r#"
        select u.name as "name?", coalesce(u.locale, sent.locale) as "locale!",
            had.numbers as "numbers!", had.bought as "bought!"
        from (select) one
        left join users u on u.email = $2
        left join lateral (
            select s.locale from transfers f join users s on s.id = f.sender_id
            where f.event_id = $1 and f.recipient_email = $2 and f.state = 'pending' limit 1
        ) sent on true
        cross join lateral (
            select coalesce(array_agg(t.number order by t.number), '{}') as numbers,
                coalesce(bool_or(o.user_id = u.id and o.kind = 'purchase'), false) as bought
            from wallet_tickets w
            join tickets t on t.event_id = w.event_id and t.number = w.number
            join orders o on o.id = t.order_id
            where w.user_id = u.id and w.event_id = $1 and t.state in ('valid', 'checked_in')
        ) had
        where sent.locale is not null or had.numbers <> '{}'
        "#,
        event,
        email,
    )
    .fetch_optional(connection)
    .await?;
    Ok(concerned)
}
