//! The SQL of the mail that is to be sent.

use std::time::Duration;

use api::{EventId, OrderId, TicketNumber, UserId};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Jobs, MAIL_TO_MANY};
use crate::error::Result;
use crate::reader::Reader;

/// A letter to send now.
pub(super) struct Job {
    /// Names it, and the message that is sent.
    pub(super) id: Uuid,
    /// A [`super::Mail`].
    pub(super) payload: Value,
    /// How often it was tried, this time included.
    pub(super) attempts: i32,
    /// Whether it is too old to be tried again.
    pub(super) last_try: bool,
}

/// Adds letters to send.
pub(super) async fn insert(connection: &mut PgConnection, jobs: &Jobs) -> Result<()> {
    sqlx::query!(
        "insert into jobs (id, kind, payload)
        select * from unnest($1::uuid[], $2::text[], $3::jsonb[])",
        &jobs.id,
        &jobs.kind,
        &jobs.payload,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds a letter to send after `wait`, unless one that says the `same` waits already: then that is held
/// until the transaction ends, so that it is not written before.
pub(super) async fn insert_once(
    connection: &mut PgConnection,
    kind: &str,
    payload: &Value,
    same: &Value,
    wait: Duration,
) -> Result<()> {
    sqlx::query!(
        "with waiting as (
            select from jobs
            where kind = $2 and done_at is null and attempts = 0 and payload @> $4 for update
        )
        insert into jobs (id, kind, payload, run_at)
        select $1, $2, $3, clock_timestamp() + make_interval(secs => $5)
        where not exists (select from waiting)",
        Uuid::now_v7(),
        kind,
        payload,
        same,
        wait.as_secs_f64(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes at most `limit` letters of a kind that are due, for `lease_seconds`: whoever takes them and is
/// killed loses them to the next.
pub(super) async fn take(
    connection: &mut PgConnection,
    kind: &str,
    limit: i64,
    lease_seconds: f64,
    keep_days: i32,
) -> Result<Vec<Job>> {
    let jobs = sqlx::query_as!(
        Job,
        r#"
        update jobs set attempts = attempts + 1,
            run_at = clock_timestamp() + make_interval(secs => $2)
        where id in (
            select id from jobs where kind = $4 and done_at is null and run_at <= clock_timestamp()
            order by run_at limit $1 for update skip locked)
        returning id, payload, attempts,
            created_at < now() - make_interval(days => $3) as "last_try!"
        "#,
        limit,
        lease_seconds,
        keep_days,
        kind,
    )
    .fetch_all(connection)
    .await?;
    Ok(jobs)
}

/// Marks a letter as dealt with by the others that it stands for; false when another has.
pub(super) async fn finish_once(connection: &mut PgConnection, id: Uuid) -> Result<bool> {
    let done = sqlx::query!(
        "update jobs set done_at = clock_timestamp() where id = $1 and done_at is null",
        id,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Marks a letter as dealt with: sent, or given up because of `error`.
pub(super) async fn finish(
    connection: &mut PgConnection,
    id: Uuid,
    error: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "update jobs set done_at = clock_timestamp(), last_error = $2 where id = $1",
        id,
        error,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Puts a letter off after `error`.
pub(super) async fn put_off(
    connection: &mut PgConnection,
    id: Uuid,
    seconds: f64,
    error: &str,
) -> Result<()> {
    sqlx::query!(
        "update jobs set run_at = clock_timestamp() + make_interval(secs => $2), last_error = $3
        where id = $1",
        id,
        seconds,
        error,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Someone with an address.
pub(super) struct Person {
    pub(super) id: UserId,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) locale: String,
}

impl Person {
    pub(super) fn reader(&self) -> Reader {
        Reader::of(&self.locale)
    }
}

/// The user, unless the account is deleted.
pub(super) async fn person(connection: &mut PgConnection, user: UserId) -> Result<Option<Person>> {
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
pub(super) async fn person_at(
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
pub(super) async fn unverified(
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

/// Keeps the hash of what a letter tells, in place of the one before.
pub(super) async fn keep_token(
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

/// Whose order it is, unless the account is deleted.
pub(super) async fn buyer(connection: &mut PgConnection, order: OrderId) -> Result<Option<Person>> {
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
pub(super) async fn locale_of_offer(
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

/// Keeps the hash of the link that offers what is pending of an offer.
pub(super) async fn keep_claim_token(
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
pub(super) struct Answered {
    pub(super) event_id: EventId,
    pub(super) number: TicketNumber,
    pub(super) accepted: bool,
    pub(super) sender: UserId,
    pub(super) recipient: Option<UserId>,
    pub(super) recipient_email: String,
}

/// Those of an offer that were accepted or declined.
pub(super) async fn answered(connection: &mut PgConnection, offer: Uuid) -> Result<Vec<Answered>> {
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
pub(super) struct Gifted {
    pub(super) buyer: String,
    pub(super) holder: UserId,
}

/// The ticket, while it is somebody else's than the buyer's.
pub(super) async fn gifted(
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

/// The addresses of those who have a ticket for `event` that is good, or were sent one and have not
/// answered. Without those who wait to be told that it was moved: they are told what is true then.
pub(super) async fn concerned(
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
pub(super) struct Concerned {
    /// Of who has an account.
    pub(super) name: Option<String>,
    pub(super) locale: String,
    /// In the wallet; none of who was only sent some.
    pub(super) numbers: Vec<TicketNumber>,
    /// Whether some of them were bought, not given.
    pub(super) bought: bool,
}

/// What the address has of `event` that is good.
pub(super) async fn concern_of(
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
