//! What crosses the wire: the types, limits and rules that server and app share.
//!
//! Everything is JSON in snake_case. Times are RFC 3339 in UTC, ids are UUIDs (version 7, minted
//! by the server), money is integer minor units with an ISO 4217 currency. Request bodies refuse
//! fields they do not know. Each request type has a `validate` that both ends run: the app before
//! it sends, the server before it believes.

#![warn(missing_docs)]

pub mod calendar;
#[cfg(feature = "codes")]
pub mod code;
pub mod comps;
pub mod door;
pub mod email;
pub mod error;
pub mod events;
pub mod guests;
pub mod host;
pub mod money;
pub mod orders;
pub mod page;
pub mod promo_codes;
pub mod refunds;
pub mod staff;
pub mod text;
pub mod tickets;
pub mod time;
pub mod timezones;
pub mod transfers;
pub mod users;
pub mod validate;
pub mod waiting;

#[cfg(feature = "unicode")]
pub use email::EmailAddress;
pub use error::{Code, Problem};
pub use money::{Currency, Money};
pub use page::Page;
pub use validate::FieldErrors;

/// The moment in UTC, RFC 3339 on the wire.
pub type Time = chrono::DateTime<chrono::Utc>;
/// Names a user.
pub type UserId = uuid::Uuid;
/// Names an event.
pub type EventId = uuid::Uuid;
/// Names a ticket type of one event.
pub type TicketTypeId = uuid::Uuid;
/// Names an order.
pub type OrderId = uuid::Uuid;
/// A ticket's number within its event: 1, 2, 3, … without repeats. Event id and number name a ticket.
pub type TicketNumber = i32;
