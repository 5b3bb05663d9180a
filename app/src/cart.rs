//! Tickets of several events, chosen for one order. Kept on the device; nothing is held for anyone
//! before it is bought.

use std::cell::Cell;

use api::events::EventDetail;
use api::orders::{LINES_MAX, PlaceOrder, PlaceOrderLine, QUANTITY_MAX};
use api::{EventId, Money, TicketTypeId, Time};
use i18n::t;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::choice::Choice;
use crate::storage;

const KEY: &str = "cart";

thread_local! {
    static CART: Cell<Option<RwSignal<Cart>>> = const { Cell::new(None) };
}

/// What is in it, by event in the order they were added.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cart {
    pub(crate) events: Vec<CartEvent>,
}

/// The tickets of one event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CartEvent {
    pub(crate) id: EventId,
    pub(crate) title: String,
    pub(crate) starts_at: Time,
    pub(crate) timezone: String,
    pub(crate) cover_url: Option<String>,
    pub(crate) lines: Vec<CartLine>,
}

/// Tickets of one type, at the price that was shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CartLine {
    pub(crate) ticket_type: TicketTypeId,
    pub(crate) name: String,
    pub(crate) price: Money,
    pub(crate) max: i32,
    pub(crate) quantity: i32,
}

pub(crate) fn provide_cart() {
    let kept = storage::get(KEY).and_then(|text| serde_json::from_str(&text).ok());
    let mut kept: Cart = kept.unwrap_or_default();
    kept.prune();
    let cart = RwSignal::new(kept);
    CART.set(Some(cart));
    provide_context(cart);
    Effect::new(move || {
        let text = cart.with(serde_json::to_string);
        if let Ok(text) = text {
            storage::set(KEY, &text);
        }
    });
}

pub(crate) fn use_cart() -> RwSignal<Cart> {
    expect_context()
}

/// It was bought.
pub(crate) fn forget() {
    if let Some(cart) = CART.get() {
        cart.set(Cart::default());
    }
}

/// Puts what was chosen at `event` in, in place of what was chosen there before.
pub(crate) fn put(event: &EventDetail, choice: &Choice) -> Result<(), &'static str> {
    let cart = CART.get().ok_or(t!(buy.no_cart))?;
    let mut with = cart.get_untracked();
    with.put(event, choice)?;
    cart.set(with);
    Ok(())
}

impl Cart {
    pub(crate) fn tickets(&self) -> i32 {
        self.lines().map(|line| line.quantity).sum()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tickets() == 0
    }

    /// How many events it has tickets of.
    pub(crate) fn events(&self) -> i32 {
        let has_some = |event: &&CartEvent| event.lines.iter().any(|line| line.quantity > 0);
        i32::try_from(self.events.iter().filter(has_some).count()).unwrap_or(i32::MAX)
    }

    pub(crate) fn line(&self, ticket_type: TicketTypeId) -> Option<&CartLine> {
        self.lines().find(|line| line.ticket_type == ticket_type)
    }

    pub(crate) fn total(&self) -> Option<Money> {
        let currency = self.lines().next()?.price.currency;
        let cost = |line: &CartLine| line.price.amount * i64::from(line.quantity);
        Some(Money::new(self.lines().map(cost).sum(), currency))
    }

    /// The order it makes, at the prices that were shown.
    pub(crate) fn order(&self) -> Option<PlaceOrder> {
        let line = |line: &CartLine| PlaceOrderLine {
            ticket_type_id: line.ticket_type,
            quantity: line.quantity,
        };
        let wanted = self.lines().filter(|line| line.quantity > 0);
        Some(PlaceOrder {
            lines: wanted.map(line).collect(),
            promo_code: None,
            expected_total: Some(self.total().filter(|_| !self.is_empty())?),
        })
    }

    /// `Standing · Night`
    pub(crate) fn name(&self, ticket_type: TicketTypeId) -> Option<String> {
        self.events.iter().find_map(|event| {
            let mut lines = event.lines.iter();
            let line = lines.find(|line| line.ticket_type == ticket_type)?;
            Some(format!("{} · {}", line.name, event.title))
        })
    }

    /// Has so many of a type. Its line stays, also with none: what is below it does not move under
    /// the finger, and one that was taken out too many is put in again.
    pub(crate) fn set(&mut self, ticket_type: TicketTypeId, quantity: i32) {
        for event in &mut self.events {
            for line in &mut event.lines {
                if line.ticket_type == ticket_type {
                    line.quantity = quantity;
                }
            }
        }
    }

    /// Removes the lines with no tickets, and the events without lines.
    pub(crate) fn prune(&mut self) {
        for event in &mut self.events {
            event.lines.retain(|line| line.quantity > 0);
        }
        self.events.retain(|event| !event.lines.is_empty());
    }

    /// Takes over what an event's tickets cost now.
    pub(crate) fn renew(&mut self, now: &EventDetail) {
        for event in &mut self.events {
            for line in &mut event.lines {
                let mut kinds = now.ticket_types.iter();
                if let Some(kind) = kinds.find(|kind| kind.id == line.ticket_type) {
                    line.price = kind.price;
                    line.max = kind.max_per_order.min(QUANTITY_MAX);
                }
            }
        }
    }

    fn put(&mut self, event: &EventDetail, choice: &Choice) -> Result<(), &'static str> {
        let others = self
            .events
            .iter()
            .filter(|other| other.id != event.summary.id);
        let currencies = others.clone().flat_map(|other| &other.lines);
        if currencies
            .map(|line| line.price.currency)
            .any(|currency| currency != event.currency)
        {
            return Err(t!(buy.other_currency));
        }
        let lines: Vec<CartLine> = choice
            .counts()
            .filter_map(|(id, quantity)| {
                let kind = event.ticket_types.iter().find(|kind| kind.id == id)?;
                Some(CartLine {
                    ticket_type: id,
                    name: kind.name.clone(),
                    price: kind.price,
                    max: kind.max_per_order.min(QUANTITY_MAX),
                    quantity,
                })
            })
            .collect();
        let before: usize = others.map(|other| other.lines.len()).sum();
        if before + lines.len() > LINES_MAX {
            return Err(t!(buy.cart_full));
        }
        let summary = &event.summary;
        let entry = CartEvent {
            id: summary.id,
            title: summary.title.clone(),
            starts_at: summary.starts_at,
            timezone: summary.timezone.clone(),
            cover_url: summary.cover_url.clone(),
            lines,
        };
        match self.events.iter_mut().find(|other| other.id == entry.id) {
            Some(there) => *there = entry,
            None => self.events.push(entry),
        }
        Ok(())
    }

    fn lines(&self) -> impl Iterator<Item = &CartLine> {
        self.events.iter().flat_map(|event| &event.lines)
    }
}

#[cfg(test)]
mod tests {
    use api::Currency;
    use uuid::Uuid;

    use super::*;
    use crate::samples::{self, chosen, ticket_type};

    fn event(id: u128, currency: Currency) -> EventDetail {
        let kinds = [1, 2].map(|number| ticket_type(id * 10 + number, 1000, 100));
        let mut event = samples::event(kinds.into());
        event.summary.id = Uuid::from_u128(id);
        event.summary.title = format!("Event {id}");
        event.currency = currency;
        for kind in &mut event.ticket_types {
            kind.price.currency = currency;
        }
        event
    }

    #[test]
    fn several_events_make_one_order() {
        let mut cart = Cart::default();
        let (one, two) = (event(1, Currency::EUR), event(2, Currency::EUR));
        cart.put(&one, &chosen(&[(11, 2)])).expect("taken");
        cart.put(&two, &chosen(&[(21, 1), (22, 1)])).expect("taken");
        let order = cart.order().expect("an order");
        assert_eq!((order.lines.len(), cart.tickets()), (3, 4));
        assert_eq!(order.expected_total, Some(Money::new(4000, Currency::EUR)));
        assert_eq!(order.validate(), Ok(()));
        let name = cart.name(Uuid::from_u128(22));
        assert_eq!(name.as_deref(), Some("Type 22 · Event 2"));
    }

    #[test]
    fn choosing_again_replaces_what_was_chosen() {
        let mut cart = Cart::default();
        let one = event(1, Currency::EUR);
        cart.put(&one, &chosen(&[(11, 2)])).expect("taken");
        cart.put(&one, &chosen(&[(12, 3)])).expect("taken");
        assert_eq!((cart.events.len(), cart.tickets()), (1, 3));
        cart.set(Uuid::from_u128(12), 0);
        assert_eq!(cart.order(), None);
        cart.prune();
        assert_eq!(cart, Cart::default());
    }

    #[test]
    fn a_line_with_no_tickets_stays_and_is_not_ordered() {
        let mut cart = Cart::default();
        let (one, two) = (event(1, Currency::EUR), event(2, Currency::EUR));
        cart.put(&one, &chosen(&[(11, 1)])).expect("taken");
        cart.put(&two, &chosen(&[(21, 1)])).expect("taken");
        cart.set(Uuid::from_u128(11), 0);
        assert_eq!(
            (cart.events.len(), cart.events(), cart.tickets()),
            (2, 1, 1)
        );
        let order = cart.order().expect("an order");
        assert_eq!(order.lines.len(), 1);
        assert_eq!(order.validate(), Ok(()));
        cart.set(Uuid::from_u128(11), 2);
        assert_eq!(cart.tickets(), 3);
    }

    #[test]
    fn an_order_has_one_currency() {
        let mut cart = Cart::default();
        cart.put(&event(1, Currency::EUR), &chosen(&[(11, 2)]))
            .expect("taken");
        let other = event(2, Currency::parse("USD").expect("a currency"));
        assert!(cart.put(&other, &chosen(&[(21, 1)])).is_err());
        assert_eq!(cart.tickets(), 2);
    }
}
