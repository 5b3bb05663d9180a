//! An event is moved after tickets were sold: when or where it is, is no longer what people were told.

use std::time::Duration;

use api::events::EventRef;
use api::host::{EventStatus, HostEvent};
use api::{EventId, Time};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;

use super::{Mail, db, recipients};
use crate::error::{Error, Result};

/// How long an organizer has to correct what was typed wrong.
const TIME_TO_CORRECT: Duration = Duration::from_secs(120);

/// When and where an event is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    starts_at: Time,
    ends_at: Time,
    timezone: String,
    venue: String,
    address: String,
    city: String,
}

impl Setting {
    fn of(event: &HostEvent) -> Self {
        Self {
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            timezone: event.timezone.clone(),
            venue: event.venue.clone(),
            address: event.address.clone(),
            city: event.city.clone(),
        }
    }

    /// The event as it was at that time and place.
    pub(super) fn with(&self, event: &EventRef) -> EventRef {
        let was = self.clone();
        EventRef {
            starts_at: was.starts_at,
            ends_at: was.ends_at,
            timezone: was.timezone,
            venue: was.venue,
            address: was.address,
            city: was.city,
            ..event.clone()
        }
    }
}

/// Has everyone whom it concerns told in a few minutes, if an event that is public was moved. What is
/// corrected until then is told together, and what is taken back is not told.
pub async fn tell(
    connection: &mut PgConnection,
    before: &HostEvent,
    after: &HostEvent,
    message: Option<&str>,
) -> Result<()> {
    let (was, event) = (Setting::of(before), before.id);
    if before.status != EventStatus::Published || was == Setting::of(after) {
        return Ok(());
    }
    let mail = Mail::EventMovedForAll { event, was };
    let payload = serde_json::to_value(&mail).map_err(Error::internal)?;
    // What it was before the first of several changes is what people know.
    let same = json!({"letter": payload["letter"], "event": payload["event"]});
    let (kind, wait) = (mail.kind(), TIME_TO_CORRECT);
    db::keep_change_message(connection, event, message, kind, &same).await?;
    db::insert_once(connection, kind, &payload, &same, wait).await
}

/// Queues an email to everyone whom it concerns now, but for those who already have one waiting: that
/// tells what is true when it is sent.
pub(super) async fn tell_all(
    connection: &mut PgConnection,
    event: EventId,
    was: &Setting,
) -> Result<()> {
    let mut recipients = recipients::of_event(connection, event).await?;
    let waiting = db::waiting_for_news(connection, event).await?;
    recipients.retain(|recipient| !waiting.contains(&recipient.email));
    recipients::enqueue_each(connection, event, &recipients, |recipient| {
        Mail::EventMoved {
            event,
            email: recipient.email.clone(),
            was: was.clone(),
        }
    })
    .await
}
