//! Whom the news of an event concerns. The view `event_recipients` is the one rule; every email to
//! the people of an event goes to whom it lists.

use api::EventId;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::{Mail, db};
use crate::error::Result;

/// How many emails are queued by one statement.
const BATCH: usize = 1000;

/// Someone whom the news of an event concerns.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// Where they are told.
    pub email: String,
    /// Why it concerns them.
    pub relation: Relation,
}

/// Why the news of an event concerns someone: the first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Relation {
    /// They have a ticket, or have it on its way to someone.
    Holder,
    /// They were sent a ticket and have not answered.
    Sent,
    /// They have an order that is not decided yet, like an offer of the waiting list.
    Ordering,
    /// They are on the waiting list.
    Waiting,
}

/// Returns everyone whom the news of `event` concerns, each once.
pub async fn of_event(connection: &mut PgConnection, event: EventId) -> Result<Vec<Recipient>> {
    db::recipients(connection, event).await
}

/// Returns how many people an email to everyone of `event` would reach.
pub async fn count(connection: &mut PgConnection, event: EventId) -> Result<i64> {
    db::count_recipients(connection, event).await
}

/// Queues an email about `event` to each of `recipients`.
pub(super) async fn enqueue_each(
    connection: &mut PgConnection,
    event: EventId,
    recipients: &[Recipient],
    mail: impl Fn(&Recipient) -> Mail,
) -> Result<()> {
    for batch in recipients.chunks(BATCH) {
        let mails: Vec<Mail> = batch.iter().map(&mail).collect();
        super::enqueue_for(connection, event, &mails).await?;
    }
    Ok(())
}

/// Queues the email that `event` was cancelled, to everyone whom it concerns.
pub async fn tell_cancelled(connection: &mut PgConnection, event: EventId) -> Result<()> {
    let recipients = of_event(connection, event).await?;
    enqueue_each(connection, event, &recipients, |recipient| {
        Mail::EventCancelled {
            event,
            email: recipient.email.clone(),
            relation: recipient.relation,
        }
    })
    .await
}
