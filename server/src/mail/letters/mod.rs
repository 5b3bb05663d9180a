//! What the letters say.

mod account;
mod orders;
mod transfers;

use api::events::EventRef;
use sqlx::PgConnection;

use super::Mail;
use super::letter::Letter;
use crate::error::Result;

/// The letter for `mail` as things stand now; none when whom it is for is gone, or what it is about.
pub(super) async fn write(
    connection: &mut PgConnection,
    public_url: &str,
    mail: &Mail,
) -> Result<Option<Letter>> {
    match mail {
        Mail::Verification { user } => account::verification(connection, public_url, *user).await,
        Mail::PasswordReset { email } => account::reset(connection, public_url, email).await,
        Mail::OrderConfirmation { order } => {
            orders::confirmation(connection, public_url, *order).await
        }
        // Its parts took its place.
        Mail::OrderConfirmations { .. } => Ok(None),
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
        Mail::EventCancelled { event, user } => {
            orders::cancelled(connection, public_url, *event, *user).await
        }
    }
}

/// When an event begins, by the clock where it is: `Saturday, 5 December 2026, 20:00 (Berlin)`.
pub(in crate::mail) fn when(event: &EventRef) -> String {
    crate::events::when(event.starts_at, &event.timezone)
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

/// “1 ticket”, “2 tickets”.
fn tickets(count: usize) -> String {
    match count {
        1 => "1 ticket".to_owned(),
        count => format!("{count} tickets"),
    }
}

/// What an event is called, when and where it is.
fn facts(event: &EventRef) -> Vec<(String, String)> {
    vec![
        ("Event".to_owned(), event.title.clone()),
        ("When".to_owned(), when(event)),
        ("Where".to_owned(), place(event)),
    ]
}
