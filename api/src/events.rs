//! Events as attendees see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Currency, Money};

/// Whether tickets are available, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SaleState {
    /// Tickets are available.
    OnSale,
    /// At most 10 tickets, or 10 %, are left.
    FewLeft,
    /// Every ticket is sold or held.
    SoldOut,
    /// Sales have not started.
    NotYet,
    /// The organizer has paused the sale.
    Paused,
    /// The sale is over.
    Closed,
    /// The event is cancelled.
    Cancelled,
    /// The event has ended.
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

    /// Whether the event is over or cancelled.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Ended | Self::Cancelled)
    }
}

/// What an event costs from: its cheapest ticket that can be bought; where none can, the cheapest
/// that will be on sale; else the cheapest of all. Nothing without ticket types.
pub fn price_from(types: impl IntoIterator<Item = (SaleState, Money)>) -> Option<Money> {
    let rank = |state: SaleState| match state {
        SaleState::OnSale | SaleState::FewLeft => 0,
        SaleState::NotYet | SaleState::Paused => 1,
        SaleState::SoldOut | SaleState::Closed | SaleState::Cancelled | SaleState::Ended => 2,
    };
    let cheapest = types
        .into_iter()
        .min_by_key(|(state, price)| (rank(*state), price.amount));
    cheapest.map(|(_, price)| price)
}

/// Which events a list has. Cancelled events are in none, unless they are searched for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Upcoming events, soonest first.
    #[default]
    All,
    /// Events that start within seven days.
    Week,
    /// Upcoming events that are free: their `price_from` is zero.
    Free,
    /// Past events, latest first.
    Past,
}

/// How many events the app asks for at once. Twice what is in sight of cards with posters: building
/// more at once would be felt.
pub const CARDS_AT_ONCE: u32 = 10;

/// An event in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventSummary {
    /// The event.
    pub id: Uuid,
    /// The name.
    pub title: String,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// IANA time zone of the venue; times are shown in it.
    pub timezone: String,
    /// The venue's name.
    pub venue: String,
    /// The city.
    pub city: String,
    /// The organizer's picture, as a path on this server; null means the generated poster.
    pub cover_url: Option<String>,
    /// The lowest price of tickets that can be bought, including fees and taxes; if none can, the
    /// lowest of all. Null without ticket types.
    pub price_from: Option<Money>,
    /// The total number of tickets.
    pub capacity: i32,
    /// The number of tickets sold, given or held by unpaid orders.
    pub sold: i32,
    /// The number of tickets left.
    pub left: i32,
    /// The number of people going.
    pub going: i32,
    /// Whether tickets are available.
    pub state: SaleState,
}

/// `GET /events/{id}`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventDetail {
    /// The event as listed.
    #[serde(flatten)]
    pub summary: EventSummary,
    /// Plain text with line breaks.
    pub description: String,
    /// Street address of the venue.
    pub address: String,
    /// The currency of its tickets.
    pub currency: Currency,
    /// The event's organizer.
    pub organizer: Organizer,
    /// The most tickets that one person can buy in total; null for no limit.
    pub max_per_user: Option<i32>,
    /// The number of tickets that the user can still buy within that limit; null for no limit. Tickets
    /// that were bought and sent to others count, tickets that were received do not.
    pub may_buy: Option<i32>,
    /// In the organizer's order.
    pub ticket_types: Vec<TicketType>,
    /// The number of tickets that the user holds; 0 when signed out.
    pub yours: i32,
}

/// The event's organizer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Organizer {
    /// The account.
    pub id: Uuid,
    /// The name.
    pub name: String,
}

/// A ticket type of an event: its price and its share of the stock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TicketType {
    /// The type.
    pub id: Uuid,
    /// Standing, VIP, …
    pub name: String,
    /// What is included; may be empty.
    pub description: String,
    /// The price of one ticket, including fees and taxes.
    pub price: Money,
    /// The number of tickets.
    pub capacity: i32,
    /// The number sold, given or held.
    pub sold: i32,
    /// The number left.
    pub left: i32,
    /// The most tickets per order.
    pub max_per_order: i32,
    /// When sales start; null: when the event is published.
    pub sale_starts_at: Option<DateTime<Utc>>,
    /// When sales end; null: when the event ends.
    pub sale_ends_at: Option<DateTime<Utc>>,
    /// Whether it is available.
    pub state: SaleState,
}

/// An update of `GET /events/{id}/live`, sent on changes, at most twice a second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LiveStock {
    /// The number of tickets sold, given or held by unpaid orders.
    pub sold: i32,
    /// The number of tickets left.
    pub left: i32,
    /// The number of people going.
    pub going: i32,
    /// Whether tickets are available.
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
    /// The number left.
    pub left: i32,
    /// Whether it is available.
    pub state: SaleState,
}

/// An event as orders and tickets refer to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventRef {
    /// The event.
    pub id: Uuid,
    /// The name.
    pub title: String,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// IANA time zone of the venue.
    pub timezone: String,
    /// The venue's name.
    pub venue: String,
    /// Street address of the venue.
    pub address: String,
    /// The city.
    pub city: String,
    /// The organizer's picture, as a path on this server; null means the generated poster.
    pub cover_url: Option<String>,
    /// Whether the event is cancelled.
    pub cancelled: bool,
    /// How often the details shown in calendars have changed.
    #[serde(default)]
    pub sequence: i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cheapest_ticket_is_one_that_can_be_bought() {
        use SaleState::{Cancelled, Closed, FewLeft, NotYet, OnSale, SoldOut};
        let from = |types: &[(SaleState, i64)]| {
            let priced =
                |(state, amount): &(SaleState, i64)| (*state, Money::new(*amount, Currency::EUR));
            price_from(types.iter().map(priced)).map(|price| price.amount)
        };
        assert_eq!(from(&[]), None);
        assert_eq!(from(&[(OnSale, 3), (FewLeft, 2), (OnSale, 4)]), Some(2));
        assert_eq!(from(&[(SoldOut, 0), (Closed, 1), (OnSale, 25)]), Some(25));
        assert_eq!(from(&[(NotYet, 0), (FewLeft, 25)]), Some(25));
        assert_eq!(from(&[(SoldOut, 0), (NotYet, 25), (NotYet, 30)]), Some(25));
        assert_eq!(from(&[(SoldOut, 7), (Closed, 5)]), Some(5));
        assert_eq!(from(&[(Cancelled, 7), (Cancelled, 5)]), Some(5));
    }

    #[test]
    fn few_left_is_ten_or_a_tenth() {
        assert_eq!(SaleState::of_stock(0, 100), SaleState::SoldOut);
        assert_eq!(SaleState::of_stock(10, 50), SaleState::FewLeft);
        assert_eq!(SaleState::of_stock(11, 50), SaleState::OnSale);
        assert_eq!(SaleState::of_stock(500, 5000), SaleState::FewLeft);
        assert_eq!(SaleState::of_stock(501, 5000), SaleState::OnSale);
    }
}
