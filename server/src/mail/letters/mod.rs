//! What the letters say.

mod account;
mod events;
mod orders;
mod transfers;

use api::events::EventRef;
use leptos_i18n::td_string;
use sqlx::PgConnection;

use super::Mail;
use super::letter::Letter;
use crate::error::Result;
use crate::reader::Reader;

/// The letter for `mail` as things stand now; none when whom it is for is gone, or what it is about.
pub(super) async fn write(
    connection: &mut PgConnection,
    public_url: &str,
    mail: &Mail,
) -> Result<Option<Letter>> {
    match mail {
        Mail::Verification { user } => account::verification(connection, public_url, *user).await,
        Mail::PasswordReset { email } => account::reset(connection, public_url, email).await,
        Mail::PasswordChanged { user } => {
            account::password_changed(connection, public_url, *user).await
        }
        Mail::OrderConfirmation { order } => {
            orders::confirmation(connection, public_url, *order).await
        }
        // Others have taken their place.
        Mail::OrderConfirmations { .. } | Mail::EventMovedForAll { .. } => Ok(None),
        Mail::TicketsSent { offer } => transfers::sent(connection, public_url, *offer).await,
        Mail::TicketsReceived { offer } => {
            transfers::received(connection, public_url, *offer).await
        }
        Mail::TicketGiven {
            event,
            number,
            user,
        } => transfers::given(connection, public_url, (*event, *number), *user).await,
        Mail::OfferAnswered { offer } => transfers::answered(connection, public_url, *offer).await,
        Mail::AskedBack { event, number } => {
            transfers::asked_back(connection, public_url, *event, *number).await
        }
        Mail::Refund { order } => orders::refund(connection, public_url, *order).await,
        Mail::WaitingListOffer { order } => orders::offer(connection, public_url, *order).await,
        Mail::EventCancelled {
            event,
            email,
            relation,
        } => events::cancelled(connection, public_url, *event, email, *relation).await,
        Mail::EventMoved { event, email, was } => {
            events::moved(connection, public_url, *event, email, was).await
        }
    }
}

/// When an event begins, and where it lasts over days, when it ends.
pub(in crate::mail) fn when(reader: &Reader, event: &EventRef) -> String {
    reader.occasion(event.starts_at, event.ends_at, &event.timezone)
}

/// Where an event is, as far as that is known.
pub(in crate::mail) fn place(event: &EventRef) -> String {
    let parts = [&event.venue, &event.address, &event.city];
    let parts: Vec<&str> = parts
        .into_iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(", ")
}

/// What an event is called, when and where it is.
fn facts(reader: &Reader, event: &EventRef) -> Vec<(String, String)> {
    let language = reader.language;
    [
        (td_string!(language, edit.event), event.title.clone()),
        (td_string!(language, events.when), when(reader, event)),
        (td_string!(language, events.where_), place(event)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}
