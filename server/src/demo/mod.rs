//! Demo data: accounts, events and what was sold of them so far. It is made the way real data is:
//! events are checked, inserted and published like an organizer's, and every order was decided by
//! the purchase's own rules at the time it is said to be from.

mod catalogue;
mod db;
mod history;
mod people;

use api::host::{CreateEvent, TicketTypeInput};
use api::{Currency, EventId, Time};
use chrono::Duration;
use sqlx::{PgConnection, PgPool};
use uuid::{NoContext, Timestamp, Uuid};

use crate::error::{Error, Result};
use crate::host::{self, change};
use crate::jobs;
use crate::users::password::Passwords;
use catalogue::{Course, DemoEvent, DemoType};
use people::People;

/// The password of every demo account.
pub const PASSWORD: &str = "correct horse battery";

/// Loads demo accounts and events when there is no event yet; whether it did.
pub async fn load_once(db: &PgPool, passwords: &Passwords) -> Result<bool> {
    let mut transaction = db.begin().await?;
    if !db::claim(&mut transaction).await? {
        return Ok(false);
    }
    let now = jobs::db::now(&mut transaction).await?;
    let password_hash = passwords.hash(PASSWORD.to_owned()).await?;
    let people = people::load(&mut transaction, &password_hash).await?;
    let mut events = Vec::new();
    for event in catalogue::events() {
        events.push(host(&mut transaction, event, &people, now).await?);
    }
    history::replay(&mut transaction, &events, &people, now).await?;
    settle(&mut transaction, &events, now).await?;
    transaction.commit().await?;
    Ok(true)
}

/// An event of the catalogue as it stands in the database.
struct Hosted {
    id: EventId,
    event: DemoEvent,
    form: CreateEvent,
    organizer: Uuid,
}

/// Creates and, unless it is a draft, publishes `event`.
async fn host(
    connection: &mut PgConnection,
    event: DemoEvent,
    people: &People,
    now: Time,
) -> Result<Hosted> {
    let form = change::check_new(form(&event, now)?)?;
    let form = with_type_ids(form);
    let organizer = people.organizer(event.organizer);
    let created_at = form.starts_at.min(now) - Duration::days(event.days_on_sale + 2);
    let id = uuid_at(created_at);
    host::db::insert(connection, id, organizer, &form).await?;
    host::db::write_types(connection, id, &form.ticket_types).await?;
    if event.course != Course::Draft {
        host::db::publish(connection, id).await?;
    }
    db::backdate_event(connection, id, created_at).await?;
    Ok(Hosted {
        id,
        event,
        form,
        organizer,
    })
}

fn form(event: &DemoEvent, now: Time) -> Result<CreateEvent> {
    let starts_at = event.when.start(event.timezone, now);
    let currency = Currency::parse(event.currency)
        .ok_or_else(|| Error::internal(format!("{} is no currency", event.currency)))?;
    Ok(CreateEvent {
        title: event.title.to_owned(),
        description: event.description.to_owned(),
        venue: event.venue.to_owned(),
        address: event.address.to_owned(),
        city: event.city.to_owned(),
        starts_at,
        ends_at: starts_at + Duration::minutes(event.when.minutes),
        timezone: event.timezone.name().to_owned(),
        currency,
        max_per_user: event.max_per_user,
        ticket_types: event
            .ticket_types
            .iter()
            .map(|ticket_type| input(ticket_type, now))
            .collect(),
    })
}

fn input(ticket_type: &DemoType, now: Time) -> TicketTypeInput {
    TicketTypeInput {
        id: None,
        name: ticket_type.name.to_owned(),
        description: ticket_type.description.to_owned(),
        price: ticket_type.price,
        capacity: ticket_type.capacity,
        max_per_order: ticket_type.max_per_order,
        sale_starts_at: ticket_type
            .opens_in_days
            .map(|days| now + Duration::days(days)),
        sale_ends_at: None,
    }
}

/// The history needs to know the ids before they are read back.
fn with_type_ids(mut form: CreateEvent) -> CreateEvent {
    for ticket_type in &mut form.ticket_types {
        ticket_type.id = Some(Uuid::now_v7());
    }
    form
}

/// Lets the present arrive: what is over ends, with most of its guests admitted, and what was
/// called off is.
async fn settle(connection: &mut PgConnection, events: &[Hosted], now: Time) -> Result<()> {
    for hosted in events {
        if hosted.event.course == Course::Cancelled {
            host::db::cancel(connection, hosted.id).await?;
        } else if hosted.form.ends_at <= now {
            db::admit_most(
                connection,
                hosted.id,
                hosted.organizer,
                hosted.form.starts_at,
            )
            .await?;
        }
    }
    for event in jobs::db::due_to_end(connection, events.len() as i64, &[]).await? {
        jobs::db::end(connection, event).await?;
    }
    Ok(())
}

/// An id as it would have been minted at `time`.
fn uuid_at(time: Time) -> Uuid {
    let seconds = u64::try_from(time.timestamp()).unwrap_or_default();
    let timestamp = Timestamp::from_unix(NoContext, seconds, time.timestamp_subsec_nanos());
    Uuid::new_v7(timestamp)
}
