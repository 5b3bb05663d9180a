//! Whether tickets can be had, and if not, why: one rule for the list, the event, its live stock
//! and the purchase.

use api::Time;
use api::events::SaleState;

/// What decides about every ticket type of an event.
#[derive(Clone, Copy, Debug)]
pub struct EventSale<'a> {
    /// The event's `status` column.
    pub status: &'a str,
    /// False while the organizer pauses sales.
    pub sales_open: bool,
    /// When the event is over.
    pub ends_at: Time,
    /// The database's clock.
    pub now: Time,
}

/// What decides about one ticket type.
#[derive(Clone, Copy, Debug)]
pub struct TypeSale {
    /// How many there are.
    pub capacity: i32,
    /// How many are sold or held.
    pub sold: i32,
    /// When its sale begins; at once when absent.
    pub starts_at: Option<Time>,
    /// When its sale is over; with the event when absent.
    pub ends_at: Option<Time>,
}

impl TypeSale {
    /// How many can still be had.
    pub fn left(&self) -> i32 {
        self.capacity - self.sold
    }
}

impl EventSale<'_> {
    /// The state of one ticket type.
    pub fn of_type(&self, sale: &TypeSale) -> SaleState {
        if self.status == "cancelled" {
            SaleState::Cancelled
        } else if self.now >= self.ends_at || matches!(self.status, "ended" | "archived") {
            SaleState::Ended
        } else if self.status != "published" || sale.ends_at.is_some_and(|end| self.now >= end) {
            SaleState::Closed
        } else if !self.sales_open {
            SaleState::Paused
        } else if sale.starts_at.is_some_and(|start| self.now < start) {
            SaleState::NotYet
        } else {
            SaleState::of_stock(sale.left(), sale.capacity)
        }
    }

    /// Whether tickets of this type could be bought now if there were any.
    pub fn is_open(&self, sale: &TypeSale) -> bool {
        let state = self.of_type(sale);
        state.is_open() || state == SaleState::SoldOut
    }

    /// The state of the event: open while any type is, and then by the stock of those that are.
    pub fn of_event(&self, sales: &[TypeSale]) -> SaleState {
        let of_type: Vec<SaleState> = sales.iter().map(|sale| self.of_type(sale)).collect();
        let open = || {
            sales
                .iter()
                .zip(&of_type)
                .filter(|(_, state)| state.is_open())
        };
        if open().next().is_some() {
            let left = open().map(|(sale, _)| sale.left()).sum();
            let capacity = open().map(|(sale, _)| sale.capacity).sum();
            return SaleState::of_stock(left, capacity);
        }
        [
            SaleState::Cancelled,
            SaleState::Ended,
            SaleState::Paused,
            SaleState::NotYet,
            SaleState::SoldOut,
        ]
        .into_iter()
        .find(|state| of_type.contains(state))
        .unwrap_or(SaleState::Closed)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, Utc};

    use super::*;

    fn event(status: &str) -> EventSale<'_> {
        let now = Utc::now();
        EventSale {
            status,
            sales_open: true,
            ends_at: now + Duration::days(1),
            now,
        }
    }

    fn stock(capacity: i32, sold: i32) -> TypeSale {
        TypeSale {
            capacity,
            sold,
            starts_at: None,
            ends_at: None,
        }
    }

    #[test]
    fn the_window_opens_and_closes_on_the_second() {
        let event = event("published");
        let starts = |at| TypeSale {
            starts_at: Some(at),
            ..stock(100, 0)
        };
        let ends = |at| TypeSale {
            ends_at: Some(at),
            ..stock(100, 0)
        };
        let second = Duration::seconds(1);
        assert_eq!(
            event.of_type(&starts(event.now + second)),
            SaleState::NotYet
        );
        assert_eq!(event.of_type(&starts(event.now)), SaleState::OnSale);
        assert_eq!(event.of_type(&ends(event.now)), SaleState::Closed);
        assert_eq!(event.of_type(&ends(event.now + second)), SaleState::OnSale);
    }

    #[test]
    fn an_event_is_open_while_one_type_is() {
        let event = event("published");
        let later = TypeSale {
            starts_at: Some(event.ends_at),
            ..stock(50, 0)
        };
        assert_eq!(
            event.of_event(&[stock(10, 10), stock(100, 0)]),
            SaleState::OnSale
        );
        assert_eq!(event.of_event(&[stock(10, 10), later]), SaleState::NotYet);
        assert_eq!(event.of_event(&[stock(10, 10)]), SaleState::SoldOut);
        assert_eq!(event.of_event(&[]), SaleState::Closed);
    }

    #[test]
    fn what_is_paused_can_be_sold_again_and_what_is_over_cannot() {
        let paused = EventSale {
            sales_open: false,
            ..event("published")
        };
        let (past, future) = (
            paused.now - Duration::days(1),
            paused.now + Duration::hours(1),
        );
        let over = TypeSale {
            ends_at: Some(past),
            ..stock(10, 0)
        };
        let later = TypeSale {
            starts_at: Some(future),
            ..stock(10, 0)
        };
        assert_eq!(paused.of_type(&over), SaleState::Closed);
        assert_eq!(paused.of_type(&later), SaleState::Paused);
        assert_eq!(paused.of_type(&stock(10, 10)), SaleState::Paused);
        assert_eq!(paused.of_event(&[over, later]), SaleState::Paused);
        assert_eq!(paused.of_event(&[over]), SaleState::Closed);
        let draft = EventSale {
            status: "draft",
            ..paused
        };
        assert_eq!(draft.of_type(&stock(10, 0)), SaleState::Closed);
    }

    #[test]
    fn the_event_comes_before_its_types() {
        let types = [stock(10, 10)];
        assert_eq!(event("cancelled").of_event(&types), SaleState::Cancelled);
        assert_eq!(event("draft").of_event(&types), SaleState::Closed);
        let paused = EventSale {
            sales_open: false,
            ..event("published")
        };
        assert_eq!(paused.of_event(&[stock(10, 0)]), SaleState::Paused);
        let over = EventSale {
            now: event("published").ends_at + Duration::days(2),
            ..event("published")
        };
        assert_eq!(over.of_event(&types), SaleState::Ended);
    }
}
