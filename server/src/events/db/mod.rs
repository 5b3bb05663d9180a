//! The SQL of events as attendees see them.

mod read;
mod refs;
mod stock;

pub use read::{Position, find, like_pattern, list};
pub use refs::{
    Cover, cover, cover_url, event_refs, held_by, locale_of, parse_currency, published,
};
pub use stock::{TypeRow, live_stock, ticket_types};
