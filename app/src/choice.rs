//! What is being chosen at one event: how many tickets of each type, what keeps one from adding
//! another, and what it comes to.

use std::collections::BTreeMap;

use api::events::{EventDetail, LiveStock, SaleState, TicketType, price_from};
use api::orders::{PlaceOrder, PlaceOrderLine, QUANTITY_MAX};
use api::{Money, TicketTypeId, Time};

use crate::format;
use i18n::t;

/// Tickets by type; types with none are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Choice(BTreeMap<TicketTypeId, i32>);

/// Why not one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    SoldOut,
    /// All that are left are chosen.
    Left(i32),
    /// The organizer's limit for one order.
    PerOrder(i32),
    /// The organizer's limit for one person, who has bought some already.
    PerPerson {
        max: i32,
        bought: i32,
    },
    NotYet(Option<Time>),
    Paused,
    Closed,
}

impl Obstacle {
    pub(crate) fn words(self, timezone: &str) -> String {
        match self {
            Self::SoldOut => t!(common.sold_out).to_owned(),
            Self::Left(left) => t!(common.only_left, count = format::Count(left)),
            Self::PerOrder(max) => t!(buy.per_order, max = max),
            Self::PerPerson { max, bought: 0 } => t!(buy.per_person, max = max),
            Self::PerPerson { max, bought } => {
                t!(buy.per_person_bought, max = max, bought = bought)
            }
            Self::NotYet(Some(start)) => {
                t!(
                    common.on_sale_from,
                    when = format::day_and_clock(start, timezone)
                )
            }
            Self::NotYet(None) => t!(common.not_on_sale_yet).to_owned(),
            Self::Paused => t!(common.sales_paused).to_owned(),
            Self::Closed => t!(common.sale_closed).to_owned(),
        }
    }
}

impl Choice {
    /// What the sheet opens with: where there is only one thing to choose, one of it.
    pub(crate) fn of(event: &EventDetail) -> Self {
        let mut choice = Self::default();
        let mut open = event
            .ticket_types
            .iter()
            .filter(|kind| kind.state.is_open());
        if let (Some(only), None) = (open.next(), open.next())
            && choice.obstacle(event, only).is_none()
        {
            choice.set(only.id, 1);
        }
        choice
    }

    pub(crate) fn count(&self, id: TicketTypeId) -> i32 {
        self.0.get(&id).copied().unwrap_or(0)
    }

    /// Types and how many of each.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (TicketTypeId, i32)> {
        self.0.iter().map(|(id, count)| (*id, *count))
    }

    pub(crate) fn set(&mut self, id: TicketTypeId, count: i32) {
        if count > 0 {
            self.0.insert(id, count);
        } else {
            self.0.remove(&id);
        }
    }

    pub(crate) fn tickets(&self) -> i32 {
        self.0.values().sum()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What keeps one from adding another ticket of this type.
    pub(crate) fn obstacle(&self, event: &EventDetail, kind: &TicketType) -> Option<Obstacle> {
        match kind.state {
            SaleState::OnSale | SaleState::FewLeft => {}
            SaleState::SoldOut => return Some(Obstacle::SoldOut),
            SaleState::NotYet => return Some(Obstacle::NotYet(kind.sale_starts_at)),
            SaleState::Paused => return Some(Obstacle::Paused),
            SaleState::Closed | SaleState::Cancelled | SaleState::Ended => {
                return Some(Obstacle::Closed);
            }
        }
        let next = self.count(kind.id) + 1;
        let per_order = kind.max_per_order.min(QUANTITY_MAX);
        if next > kind.left.min(per_order) {
            let scarce = kind.left <= per_order;
            return Some(if scarce {
                Obstacle::Left(kind.left)
            } else {
                Obstacle::PerOrder(per_order)
            });
        }
        let (max, may_buy) = event.max_per_user.zip(event.may_buy)?;
        let bought = max - may_buy;
        (self.tickets() + 1 > may_buy).then_some(Obstacle::PerPerson { max, bought })
    }

    /// What may come to keep one from adding another ticket of this type, whatever is chosen.
    pub(crate) fn obstacles(event: &EventDetail, kind: &TicketType) -> Vec<Obstacle> {
        let full = |chosen: &dyn Fn(TicketTypeId) -> bool| {
            let ids = event.ticket_types.iter().map(|kind| kind.id);
            Self(
                ids.filter(|id| chosen(*id))
                    .map(|id| (id, QUANTITY_MAX))
                    .collect(),
            )
        };
        let choices = [
            Self::default(),
            full(&|id| id == kind.id),
            full(&|id| id != kind.id),
        ];
        let obstacle = |choice: &Self| choice.obstacle(event, kind);
        choices.iter().filter_map(obstacle).collect()
    }

    /// Takes back what can no longer be had; whether anything was.
    pub(crate) fn trim(&mut self, event: &EventDetail) -> bool {
        let before = self.clone();
        for kind in &event.ticket_types {
            let possible = if kind.state.is_open() { kind.left } else { 0 };
            self.set(kind.id, self.count(kind.id).min(possible));
        }
        *self != before
    }

    pub(crate) fn total(&self, event: &EventDetail) -> Money {
        let cost = |kind: &TicketType| kind.price.amount * i64::from(self.count(kind.id));
        Money::new(event.ticket_types.iter().map(cost).sum(), event.currency)
    }

    /// The order it makes, at the price that was shown.
    pub(crate) fn order(&self, event: &EventDetail) -> PlaceOrder {
        let line = |(id, quantity): (&TicketTypeId, &i32)| PlaceOrderLine {
            ticket_type_id: *id,
            quantity: *quantity,
        };
        PlaceOrder {
            lines: self.0.iter().map(line).collect(),
            promo_code: None,
            expected_total: Some(self.total(event)),
        }
    }
}

/// The event as it is by the latest news of its stock.
pub(crate) fn with_stock(event: &EventDetail, stock: Option<&LiveStock>) -> EventDetail {
    let mut event = event.clone();
    let Some(stock) = stock else {
        return event;
    };
    event.summary.sold = stock.sold;
    event.summary.left = stock.left;
    event.summary.going = stock.going;
    event.summary.state = stock.state;
    for kind in &mut event.ticket_types {
        if let Some(news) = stock.ticket_types.iter().find(|news| news.id == kind.id) {
            kind.left = news.left;
            kind.sold = kind.capacity - news.left;
            kind.state = news.state;
        }
    }
    let priced = event
        .ticket_types
        .iter()
        .map(|kind| (kind.state, kind.price));
    event.summary.price_from = price_from(priced);
    event
}

#[cfg(test)]
mod tests {
    use api::Currency;
    use api::events::LiveTicketType;
    use uuid::Uuid;

    use super::*;
    use crate::samples::{chosen, event, ticket_type};

    #[test]
    fn every_obstacle_is_named() {
        let mut event = event(vec![
            ticket_type(1, 1000, 2),
            ticket_type(2, 1000, 50),
            ticket_type(3, 1000, 0),
        ]);
        let obstacle = |event: &EventDetail, choice: &Choice, index: usize| {
            choice.obstacle(event, &event.ticket_types[index])
        };
        let none = Choice::default();
        assert_eq!(obstacle(&event, &none, 0), None);
        assert_eq!(obstacle(&event, &none, 2), Some(Obstacle::SoldOut));
        assert_eq!(
            obstacle(&event, &chosen(&[(1, 2)]), 0),
            Some(Obstacle::Left(2))
        );
        assert_eq!(
            obstacle(&event, &chosen(&[(2, 4)]), 1),
            Some(Obstacle::PerOrder(4))
        );
        event.max_per_user = Some(5);
        event.may_buy = Some(3);
        // What others sent does not count.
        event.yours = 7;
        let all = Some(Obstacle::PerPerson { max: 5, bought: 2 });
        assert_eq!(obstacle(&event, &chosen(&[(1, 1), (2, 2)]), 1), all);
        event.ticket_types[1].state = SaleState::NotYet;
        assert_eq!(obstacle(&event, &none, 1), Some(Obstacle::NotYet(None)));
        event.ticket_types[1].state = SaleState::Paused;
        assert_eq!(obstacle(&event, &none, 1), Some(Obstacle::Paused));
        assert_eq!(Obstacle::Paused.words("UTC"), "Sales paused");
    }

    #[test]
    fn every_obstacle_is_foreseen() {
        let mut event = event(vec![ticket_type(1, 1000, 2), ticket_type(2, 1000, 50)]);
        event.max_per_user = Some(3);
        event.may_buy = Some(3);
        let foreseen = |index: usize| Choice::obstacles(&event, &event.ticket_types[index]);
        let all = Obstacle::PerPerson { max: 3, bought: 0 };
        assert_eq!(foreseen(0), [Obstacle::Left(2), all]);
        assert_eq!(foreseen(1), [Obstacle::PerOrder(4), all]);
    }

    #[test]
    fn one_ticket_is_chosen_where_there_is_one_type_to_choose() {
        let only = event(vec![ticket_type(1, 1000, 50), ticket_type(2, 1000, 0)]);
        assert_eq!(Choice::of(&only), chosen(&[(1, 1)]));
        let several = event(vec![ticket_type(1, 1000, 50), ticket_type(2, 1000, 50)]);
        assert!(Choice::of(&several).is_empty());
    }

    #[test]
    fn the_order_says_what_was_shown() {
        let event = event(vec![ticket_type(1, 1000, 50), ticket_type(2, 2500, 50)]);
        let order = chosen(&[(1, 2), (2, 1)]).order(&event);
        assert_eq!(order.expected_total, Some(Money::new(4500, Currency::EUR)));
        assert_eq!(order.lines.len(), 2);
        assert_eq!(order.validate(), Ok(()));
    }

    #[test]
    fn news_of_the_stock_takes_back_what_is_gone() {
        let event = event(vec![ticket_type(1, 1000, 50)]);
        let stock = LiveStock {
            sold: 99,
            left: 1,
            going: 99,
            state: SaleState::FewLeft,
            ticket_types: vec![LiveTicketType {
                id: Uuid::from_u128(1),
                left: 1,
                state: SaleState::FewLeft,
            }],
        };
        let event = with_stock(&event, Some(&stock));
        assert_eq!((event.summary.left, event.ticket_types[0].left), (1, 1));
        let mut choice = chosen(&[(1, 3)]);
        assert!(choice.trim(&event));
        assert_eq!(choice, chosen(&[(1, 1)]));
        assert!(!choice.trim(&event));
    }
}
