//! Events as attendees see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Currency, Money};

/// Whether tickets can be had, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SaleState {
    /// Tickets can be had.
    OnSale,
    /// Tickets can be had, but at most 10 or 10 % of them.
    FewLeft,
    /// Every ticket is sold or held.
    SoldOut,
    /// The sale has not begun.
    NotYet,
    /// The organizer has paused the sale.
    Paused,
    /// The sale is over.
    Closed,
    /// The event will not take place.
    Cancelled,
    /// The event is over.
    Ended,
}

impl SaleState {
    /// The state of something with `left` of `capacity` tickets that is open for sale.
    pub fn of_stock(left: i32, capacity: i32) -> Self {
        if left <= 0 {
            Self::SoldOut
        } else if left <= 10 || i64::from(left) * 10 <= i64::from(capacity) {
            Self::FewLeft
        } else {
            Self::OnSale
        }
    }

    /// Whether tickets can be bought now.
    pub fn is_open(self) -> bool {
        matches!(self, Self::OnSale | Self::FewLeft)
    }

    /// Whether nobody will go any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Ended | Self::Cancelled)
    }
}

/// Which events a list has. Cancelled events are in none, unless they are searched for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Everything to come, soonest first.
    #[default]
    All,
    /// What begins within seven days.
    Week,
    /// What is to come and has a ticket that costs nothing.
    Free,
    /// What is over, latest first.
    Past,
}

/// How many events the app asks for at once. Twice what is in sight of cards with posters: building
/// more at once would be felt.
pub const CARDS_AT_ONCE: u32 = 10;

/// An event in a list: what a card shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventSummary {
    /// The event.
    pub id: Uuid,
    /// Its name.
    pub title: String,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it is over.
    pub ends_at: DateTime<Utc>,
    /// IANA time zone of the venue; times are shown in it.
    pub timezone: String,
    /// Where: the place's name.
    pub venue: String,
    /// Where: the town.
    pub city: String,
    /// The organizer's picture, as a path on this server; null means the generated poster.
    pub cover_url: Option<String>,
    /// The cheapest ticket, everything included; null without ticket types.
    pub price_from: Option<Money>,
    /// How many people it takes.
    pub capacity: i32,
    /// Tickets sold, given or held by orders being paid.
    pub sold: i32,
    /// Tickets that can still be had.
    pub left: i32,
    /// Live tickets: people going.
    pub going: i32,
    /// Whether tickets can be had.
    pub state: SaleState,
}

/// `GET /events/{id}`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventDetail {
    /// What the list shows too.
    #[serde(flatten)]
    pub summary: EventSummary,
    /// Plain text with line breaks.
    pub description: String,
    /// Street address of the venue.
    pub address: String,
    /// What its tickets are priced in.
    pub currency: Currency,
    /// Whose event it is.
    pub organizer: Organizer,
    /// How many tickets one person may buy in all; null for no limit.
    pub max_per_user: Option<i32>,
    /// In the organizer's order.
    pub ticket_types: Vec<TicketType>,
    /// How many tickets for it the asker holds; 0 when signed out.
    pub yours: i32,
}

/// Whose event it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Organizer {
    /// The account.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// A kind of ticket of one event: its price and its share of the stock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketType {
    /// The type.
    pub id: Uuid,
    /// Standing, VIP, …
    pub name: String,
    /// What it includes; may be empty.
    pub description: String,
    /// For one ticket, everything included.
    pub price: Money,
    /// How many there are.
    pub capacity: i32,
    /// How many are sold, given or held.
    pub sold: i32,
    /// How many can still be had.
    pub left: i32,
    /// How many one order may have.
    pub max_per_order: i32,
    /// When its sale begins; null: as soon as the event is published.
    pub sale_starts_at: Option<DateTime<Utc>>,
    /// When its sale is over; null: when the event is.
    pub sale_ends_at: Option<DateTime<Utc>>,
    /// Whether it can be had.
    pub state: SaleState,
}

/// What `GET /events/{id}/live` sends, at most twice a second and only when something changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LiveStock {
    /// Tickets sold, given or held by orders being paid.
    pub sold: i32,
    /// Tickets that can still be had.
    pub left: i32,
    /// People going.
    pub going: i32,
    /// Whether tickets can be had.
    pub state: SaleState,
    /// The same by ticket type.
    pub ticket_types: Vec<LiveTicketType>,
}

/// One ticket type in [`LiveStock`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LiveTicketType {
    /// The type.
    pub id: Uuid,
    /// How many can still be had.
    pub left: i32,
    /// Whether it can be had.
    pub state: SaleState,
}

/// An event as orders and tickets refer to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventRef {
    /// The event.
    pub id: Uuid,
    /// Its name.
    pub title: String,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it is over.
    pub ends_at: DateTime<Utc>,
    /// IANA time zone of the venue.
    pub timezone: String,
    /// Where: the place's name.
    pub venue: String,
    /// Street address of the venue.
    pub address: String,
    /// Where: the town.
    pub city: String,
    /// The organizer's picture, as a path on this server; null means the generated poster.
    pub cover_url: Option<String>,
    /// Whether the event was called off.
    pub cancelled: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_left_is_ten_or_a_tenth() {
        assert_eq!(SaleState::of_stock(0, 100), SaleState::SoldOut);
        assert_eq!(SaleState::of_stock(10, 50), SaleState::FewLeft);
        assert_eq!(SaleState::of_stock(11, 50), SaleState::OnSale);
        assert_eq!(SaleState::of_stock(500, 5000), SaleState::FewLeft);
        assert_eq!(SaleState::of_stock(501, 5000), SaleState::OnSale);
    }
}
