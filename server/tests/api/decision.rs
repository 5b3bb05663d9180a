//! The decision about orders, held against a model so simple that it can be believed.

use std::collections::HashMap;

use api::events::EventRef;
use api::orders::PlaceOrderLine;
use api::promo_codes::Discount;
use api::{Currency, Money};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use server::events::sale::TypeSale;
use server::orders::Refusal;
use server::orders::purchase::PurchaseRequest;
use server::orders::purchase::decide::{
    Decision, EventStock, PromoStock, Snapshot, TypeStock, decide,
};
use server::payment::PaymentStep;
use uuid::Uuid;

const NOW: i64 = 1_800_000_000;

fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).expect("a time")
}

fn id(kind: u128, number: usize) -> Uuid {
    Uuid::from_u128(kind << 64 | number as u128)
}

fn event_id(number: usize) -> Uuid {
    id(1, number)
}

fn type_id(number: usize) -> Uuid {
    id(2, number)
}

/// An event: sales open, limit per person, and its types with price, capacity, sold and the most
/// an order may have.
#[derive(Clone, Debug)]
struct Event {
    open: bool,
    max_per_user: Option<i32>,
    types: Vec<Type>,
    promo: Option<Promo>,
}

/// An event's promo code, `OFF`: what it takes off, which of the event's types it is for, whether
/// it is in its time, and how often it may be used, in all and by one person.
#[derive(Clone, Debug)]
struct Promo {
    discount: Discount,
    only: Option<usize>,
    on: bool,
    max_uses: Option<i32>,
    max_per_user: Option<i32>,
}

#[derive(Clone, Debug)]
struct Type {
    price: i64,
    capacity: i32,
    sold: i32,
    max_per_order: i32,
}

/// A request: user, key, and how many of which type, by number.
#[derive(Clone, Debug)]
struct Order {
    user: usize,
    key: usize,
    lines: Vec<(usize, i32)>,
    with_code: bool,
}

fn promo() -> impl Strategy<Value = Promo> {
    let discount = prop_oneof![
        (1..=100).prop_map(Discount::Percent),
        (1_i64..300).prop_map(Discount::Amount),
    ];
    let (uses, person) = (1_i32..5, 1_i32..3);
    (
        discount,
        prop::option::of(0_usize..3),
        prop::bool::weighted(0.9),
        prop::option::of(uses),
        prop::option::of(person),
    )
        .prop_map(|(discount, only, on, max_uses, max_per_user)| Promo {
            discount,
            only,
            on,
            max_uses,
            max_per_user,
        })
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let ticket_type = (0_i64..3, 0_i32..12, 0_i32..12, 1_i32..6).prop_map(
        |(price, capacity, sold, max_per_order)| Type {
            price: price * 100,
            capacity: capacity.max(1),
            sold: sold.min(capacity.max(1)),
            max_per_order,
        },
    );
    let event = (
        prop::bool::weighted(0.9),
        prop::option::weighted(0.3, 1_i32..6),
        prop::collection::vec(ticket_type, 1..4),
        prop::option::of(promo()),
    )
        .prop_map(|(open, max_per_user, types, promo)| Event {
            open,
            max_per_user,
            promo: promo.map(|promo: Promo| Promo {
                only: promo.only.map(|only| only % types.len()),
                ..promo
            }),
            types,
        });
    prop::collection::vec(event, 1..3)
}

fn orders() -> impl Strategy<Value = Vec<Order>> {
    let lines = prop::collection::btree_map(0_usize..7, 1_i32..7, 1..4);
    let order = (0_usize..5, 0_usize..4, lines, prop::bool::weighted(0.3)).prop_map(
        |(user, key, lines, with_code)| Order {
            user,
            key,
            lines: lines.into_iter().collect(),
            with_code,
        },
    );
    prop::collection::vec(order, 1..25)
}

/// The event and type of each type number; numbers beyond them name nothing.
fn numbered(events: &[Event]) -> Vec<(usize, &Type)> {
    events
        .iter()
        .enumerate()
        .flat_map(|(number, event)| event.types.iter().map(move |kind| (number, kind)))
        .collect()
}

fn snapshot(events: &[Event]) -> Snapshot {
    let mut snapshot = Snapshot {
        sessions: HashMap::new(),
        now: time(NOW),
        events: HashMap::new(),
        types: HashMap::new(),
        answered: HashMap::new(),
        bought: HashMap::new(),
        promos: HashMap::new(),
    };
    for (number, event) in events.iter().enumerate() {
        if let Some(promo) = &event.promo {
            let first: usize = events[..number].iter().map(|event| event.types.len()).sum();
            let stock = PromoStock {
                id: id(6, number),
                discount: promo.discount,
                ticket_type: promo.only.map(|only| type_id(first + only)),
                starts_at: Some(time(NOW)),
                ends_at: Some(time(if promo.on { NOW + 1 } else { NOW })),
                max_uses: promo.max_uses,
                max_per_user: promo.max_per_user,
                used: 0,
                used_by: HashMap::new(),
            };
            snapshot
                .promos
                .insert((event_id(number), "OFF".to_owned()), stock);
        }
    }
    for (number, event) in events.iter().enumerate() {
        let shown = EventRef {
            id: event_id(number),
            title: "Night".to_owned(),
            starts_at: time(NOW + 1000),
            ends_at: time(NOW + 2000),
            timezone: "Europe/Berlin".to_owned(),
            venue: "Hall".to_owned(),
            address: String::new(),
            city: "Berlin".to_owned(),
            cover_url: None,
            cancelled: false,
            sequence: 0,
        };
        let stock = EventStock {
            event: shown,
            status: "published".to_owned(),
            sales_open: event.open,
            currency: Currency::EUR,
            max_per_user: event.max_per_user,
            next_number: 1 + event.types.iter().map(|kind| kind.sold).sum::<i32>(),
        };
        snapshot.events.insert(event_id(number), stock);
    }
    for (number, (event, kind)) in numbered(events).into_iter().enumerate() {
        let stock = TypeStock {
            event: event_id(event),
            name: "Standing".to_owned(),
            price: kind.price,
            max_per_order: kind.max_per_order,
            sale: TypeSale {
                capacity: kind.capacity,
                sold: kind.sold,
                starts_at: None,
                ends_at: None,
            },
            held: 0,
        };
        snapshot.types.insert(type_id(number), stock);
    }
    snapshot
}

fn request(number: usize, order: &Order) -> PurchaseRequest {
    let mut hash = [0; 32];
    hash[31] = u8::from(order.with_code);
    for (place, (kind, quantity)) in order.lines.iter().enumerate() {
        hash[2 * place] = u8::try_from(*kind).expect("few types") + 1;
        hash[2 * place + 1] = u8::try_from(*quantity).expect("few tickets");
    }
    PurchaseRequest {
        order: id(3, number),
        session: None,
        user: id(4, order.user),
        key: id(5, order.key),
        hash,
        lines: order
            .lines
            .iter()
            .map(|(kind, quantity)| PlaceOrderLine {
                ticket_type_id: type_id(*kind),
                quantity: *quantity,
            })
            .collect(),
        promo_code: order.with_code.then(|| "OFF".to_owned()),
        expected_total: None,
    }
}

/// What the model says of a request.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Sold { total: i64 },
    Replay { of: usize },
    Reused,
    Unknown,
    Closed,
    TooManyForOrder,
    SoldOut { left: i32 },
    TooManyForUser,
    NoSuchCode,
    CodeUsedUp,
    CodeUsedByYou,
    CodeForOthers { only: usize },
}

/// The number of an order and what was asked for.
type Sold = (usize, Order);

/// Sells one order after the other from plain counters.
struct Model<'a> {
    events: &'a [Event],
    types: Vec<(usize, &'a Type)>,
    left: Vec<i32>,
    bought: HashMap<(usize, usize), i32>,
    /// By user and key: which order, of what.
    sold: HashMap<(usize, usize), Sold>,
    /// By event: who used its promo code, once each time.
    uses: HashMap<usize, Vec<usize>>,
}

impl<'a> Model<'a> {
    fn new(events: &'a [Event]) -> Self {
        let types = numbered(events);
        Self {
            events,
            left: types
                .iter()
                .map(|(_, kind)| kind.capacity - kind.sold)
                .collect(),
            types,
            bought: HashMap::new(),
            sold: HashMap::new(),
            uses: HashMap::new(),
        }
    }

    fn judge(&mut self, number: usize, order: &Order) -> Verdict {
        if let Some((earlier, sold)) = self.sold.get(&(order.user, order.key)) {
            return match sold.lines == order.lines && sold.with_code == order.with_code {
                true => Verdict::Replay { of: *earlier },
                false => Verdict::Reused,
            };
        }
        for (kind, quantity) in &order.lines {
            let Some((event, ticket_type)) = self.types.get(*kind) else {
                return Verdict::Unknown;
            };
            if !self.events[*event].open {
                return Verdict::Closed;
            }
            if *quantity > ticket_type.max_per_order {
                return Verdict::TooManyForOrder;
            }
            if *quantity > self.left[*kind] {
                return Verdict::SoldOut {
                    left: self.left[*kind],
                };
            }
        }
        for event in 0..self.events.len() {
            let wanted: i32 = order
                .lines
                .iter()
                .filter(|(kind, _)| self.types[*kind].0 == event)
                .map(|(_, quantity)| quantity)
                .sum();
            let bought = self.bought.get(&(event, order.user)).copied().unwrap_or(0);
            let max = self.events[event].max_per_user.unwrap_or(i32::MAX);
            if wanted > 0 && bought + wanted > max {
                return Verdict::TooManyForUser;
            }
        }
        let promo = match order.with_code {
            true => match self.usable_promo(order) {
                Ok(event) => Some(event),
                Err(verdict) => return verdict,
            },
            false => None,
        };
        if let Some(event) = promo {
            self.uses.entry(event).or_default().push(order.user);
        }
        let mut total = 0;
        for (kind, quantity) in &order.lines {
            let (event, ticket_type) = self.types[*kind];
            self.left[*kind] -= quantity;
            *self.bought.entry((event, order.user)).or_default() += quantity;
            let off = match promo {
                Some(event) if self.code_is_for(event, *kind) => {
                    let promo = self.events[event].promo.as_ref().expect("it has a code");
                    match promo.discount {
                        Discount::Percent(percent) => ticket_type.price * i64::from(percent) / 100,
                        Discount::Amount(amount) => amount.min(ticket_type.price),
                    }
                }
                _ => 0,
            };
            total += (ticket_type.price - off) * i64::from(*quantity);
        }
        self.sold
            .insert((order.user, order.key), (number, order.clone()));
        Verdict::Sold { total }
    }

    /// The number of the only type that the promo code of `event` is for.
    fn only(&self, event: usize) -> Option<usize> {
        let mut owners = self.types.iter().map(|(owner, _)| *owner);
        let first = owners.position(|owner| owner == event);
        let only = self.events[event].promo.as_ref()?.only?;
        Some(first.expect("an event has types") + only)
    }

    /// Whether the promo code of `event` is for the type with this number.
    fn code_is_for(&self, event: usize, kind: usize) -> bool {
        let has_code = self.events[event].promo.is_some();
        has_code && self.types[kind].0 == event && self.only(event).is_none_or(|only| only == kind)
    }

    /// The event whose promo code the order uses.
    fn usable_promo(&self, order: &Order) -> Result<usize, Verdict> {
        let mut kinds = order.lines.iter().map(|(kind, _)| *kind);
        let fits = |kind: &usize| self.code_is_for(self.types[*kind].0, *kind);
        if let Some(kind) = kinds.clone().find(fits) {
            let event = self.types[kind].0;
            return self.check_use(event, order.user).map(|()| event);
        }
        let elsewhere = kinds.find_map(|kind| {
            let event = self.types[kind].0;
            Some((event, self.only(event)?))
        });
        let (event, only) = elsewhere.ok_or(Verdict::NoSuchCode)?;
        if self.left[only] == 0 {
            return Err(Verdict::NoSuchCode);
        }
        self.check_use(event, order.user)?;
        Err(Verdict::CodeForOthers { only })
    }

    /// Whether this person can use the code of `event` once more.
    fn check_use(&self, event: usize, user: usize) -> Result<(), Verdict> {
        let promo = self.events[event].promo.as_ref().expect("it has a code");
        let uses = self.uses.get(&event).map(Vec::as_slice).unwrap_or_default();
        let by_user = uses.iter().filter(|by| **by == user).count();
        if !promo.on {
            return Err(Verdict::NoSuchCode);
        }
        if promo.max_uses.is_some_and(|max| uses.len() as i32 >= max) {
            return Err(Verdict::CodeUsedUp);
        }
        if promo.max_per_user.is_some_and(|max| by_user as i32 >= max) {
            return Err(Verdict::CodeUsedByYou);
        }
        Ok(())
    }
}

fn verdict(decision: &Decision) -> Verdict {
    match decision {
        Decision::Granted(grant) => Verdict::Sold {
            total: grant.total.amount,
        },
        Decision::Replayed(order) => Verdict::Replay {
            of: (order.as_u128() & u128::from(u64::MAX)) as usize,
        },
        Decision::Refused(refusal) => match refusal {
            Refusal::KeyReused => Verdict::Reused,
            Refusal::UnknownTicketType { .. } => Verdict::Unknown,
            Refusal::SalesPaused { .. } => Verdict::Closed,
            Refusal::OrderLimit { .. } => Verdict::TooManyForOrder,
            Refusal::UserLimit { .. } => Verdict::TooManyForUser,
            Refusal::PromoInvalid => Verdict::NoSuchCode,
            Refusal::PromoOtherTickets { ticket_type } => Verdict::CodeForOthers {
                only: (ticket_type.as_u128() & u128::from(u64::MAX)) as usize,
            },
            Refusal::PromoUsedUp => Verdict::CodeUsedUp,
            Refusal::PromoUsedByYou => Verdict::CodeUsedByYou,
            Refusal::SoldOut { left, .. } => Verdict::SoldOut { left: *left },
            other => panic!("the model knows no {other:?}"),
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn decisions_are_those_of_the_model(events in events(), orders in orders(), slow in any::<bool>()) {
        let mut stock = snapshot(&events);
        let mut model = Model::new(&events);
        let step = if slow {
            PaymentStep::Hold(std::time::Duration::from_secs(60))
        } else {
            PaymentStep::Settled
        };
        let payment = |_: Money| ("test", step);
        let mut numbers = HashMap::<Uuid, Vec<i32>>::new();
        for (number, order) in orders.iter().enumerate() {
            let decision = decide(&mut stock, &request(number, order), &payment);
            prop_assert_eq!(verdict(&decision), model.judge(number, order), "order {}", number);
            if let Decision::Granted(grant) = decision {
                prop_assert_eq!(grant.expires_at.is_some(), slow);
                let paid = |line: &server::orders::purchase::decide::GrantLine| {
                    line.unit_price * i64::from(line.quantity) - line.discount
                };
                prop_assert_eq!(grant.lines.iter().map(paid).sum::<i64>(), grant.total.amount);
                for line in &grant.lines {
                    prop_assert_eq!(line.discount % i64::from(line.quantity), 0);
                }
                for line in grant.lines {
                    prop_assert_eq!(line.first_number.is_none(), slow);
                    let issued = line.first_number.map(|first| first..first + line.quantity);
                    numbers.entry(line.event).or_default().extend(issued.into_iter().flatten());
                }
            }
        }
        // The stock is left as the orders left it: nothing oversold, numbers in a row.
        for (number, left) in model.left.iter().enumerate() {
            let kind = &stock.types[&type_id(number)];
            prop_assert_eq!(kind.sale.left(), *left);
            prop_assert!(kind.sale.sold <= kind.sale.capacity && kind.held <= kind.sale.sold);
        }
        for (number, event) in events.iter().enumerate() {
            if event.promo.is_some() {
                let stock = &stock.promos[&(event_id(number), "OFF".to_owned())];
                let uses = model.uses.get(&number).map_or(0, Vec::len);
                prop_assert_eq!(stock.used as usize, uses);
                prop_assert!(stock.max_uses.is_none_or(|max| stock.used <= max));
            }
            let before: i32 = event.types.iter().map(|kind| kind.sold).sum();
            let issued = numbers.remove(&event_id(number)).unwrap_or_default();
            let next = stock.events[&event_id(number)].next_number;
            prop_assert_eq!(issued, (before + 1..next).collect::<Vec<_>>());
        }
    }
}
