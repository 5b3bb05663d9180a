//! The SQL of events as attendees see them.

mod read;
mod refs;
mod stock;

pub use read::{Position, find, list, position};
pub use refs::{
    Cover, Share, cover, cover_url, event_refs, locale_of, parse_currency, published, share_of,
};
pub use stock::{TypeRow, live_stock, ticket_types};
