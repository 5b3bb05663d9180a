//! The decision about an order: a pure function of the request and of the stock as it was read
//! under the lock. First come, first served: each grant changes the stock that the next is judged by.

mod promo;

use std::collections::HashMap;

use api::events::{EventRef, SaleState};
use api::orders::{PlaceOrderLine, UNCONFIRMED_TICKETS_MAX};
use api::{Currency, EventId, Money, OrderId, TicketNumber, TicketTypeId, Time, UserId};
use uuid::Uuid;

pub use promo::PromoStock;

use crate::events::sale::{EventSale, TypeSale};
use crate::orders::Refusal;
use crate::payment::PaymentStep;

/// A purchase as it waits for its decision.
#[derive(Clone, Debug)]
pub struct PurchaseRequest {
    /// The id its order will have.
    pub order: OrderId,
    /// Who buys.
    pub user: UserId,
    /// In which session; none when nobody asks for it from outside.
    pub session: Option<Uuid>,
    /// The client's name for this purchase.
    pub key: Uuid,
    /// What the key is bound to.
    pub hash: [u8; 32],
    /// What to buy, at most one line a ticket type.
    pub lines: Vec<PlaceOrderLine>,
    /// A promo code, in upper case.
    pub promo_code: Option<String>,
    /// What the buyer was shown.
    pub expected_total: Option<Money>,
}

/// An event's part of the stock.
#[derive(Clone, Debug)]
pub struct EventStock {
    /// As orders show it.
    pub event: EventRef,
    /// The event's `status` column.
    pub status: String,
    /// False while the organizer pauses sales.
    pub sales_open: bool,
    /// What its tickets are priced in.
    pub currency: Currency,
    /// How many tickets one person may buy in all.
    pub max_per_user: Option<i32>,
    /// The number of the next ticket.
    pub next_number: TicketNumber,
}

/// A ticket type's part of the stock.
#[derive(Clone, Debug)]
pub struct TypeStock {
    /// Whose it is.
    pub event: EventId,
    /// As orders show it.
    pub name: String,
    /// For one ticket, in minor units.
    pub price: i64,
    /// How many one order may have.
    pub max_per_order: i32,
    /// Capacity, sold and window.
    pub sale: TypeSale,
    /// The part of sold that pending orders hold.
    pub held: i32,
}

/// An order that already has the key of a request.
#[derive(Clone, Copy, Debug)]
pub struct Answered {
    /// The order.
    pub order: OrderId,
    /// What its key is bound to.
    pub hash: [u8; 32],
}

/// What keeps a session from buying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionLimit {
    /// It has ended.
    Ended,
    /// The account's address is not confirmed; it has this many tickets for events to come.
    Unconfirmed(i32),
}

/// All that decisions depend on, read under the lock.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The database's clock, after the lock was had.
    pub now: Time,
    /// The locked events.
    pub events: HashMap<EventId, EventStock>,
    /// Their ticket types.
    pub types: HashMap<TicketTypeId, TypeStock>,
    /// Orders that already have one of the keys.
    pub answered: HashMap<(UserId, Uuid), Answered>,
    /// Tickets bought so far, for events with a limit per person.
    pub bought: HashMap<(EventId, UserId), i32>,
    /// The sessions that may not buy like all others.
    pub sessions: HashMap<Uuid, SessionLimit>,
    /// The promo codes asked for, by event and code.
    pub promos: HashMap<(EventId, String), PromoStock>,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A new order.
    Granted(Grant),
    /// The order that this key was answered with before.
    Replayed(OrderId),
    /// No order.
    Refused(Refusal),
}

/// A new order, to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub order: OrderId,
    /// Who buys.
    pub user: UserId,
    /// The client's name for it.
    pub key: Uuid,
    /// What the key is bound to.
    pub hash: [u8; 32],
    /// What it costs.
    pub total: Money,
    /// How it is paid.
    pub payment: &'static str,
    /// When it is granted.
    pub created_at: Time,
    /// Until when its tickets are held; none when it is paid.
    pub expires_at: Option<Time>,
    /// What it is of.
    pub lines: Vec<GrantLine>,
    /// The promo code it uses.
    pub promo: Option<Uuid>,
}

/// A line of a new order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantLine {
    /// For which event.
    pub event: EventId,
    /// Of which type.
    pub ticket_type: TicketTypeId,
    /// What the type is called now: it may be renamed later.
    pub name: String,
    /// How many.
    pub quantity: i32,
    /// For one ticket, in minor units.
    pub unit_price: i64,
    /// Off the whole line, the same for each ticket.
    pub discount: i64,
    /// The number of its first ticket; none while the order is pending.
    pub first_number: Option<TicketNumber>,
}

/// What an order comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// In all.
    pub total: Money,
    /// The promo code it uses: of which event, and its id.
    pub promo: Option<(EventId, Uuid)>,
    /// Off each line, in the lines' order.
    pub discounts: Vec<i64>,
}

/// How an order of this total is paid: the provider's name and what it asks for.
pub type Payment<'a> = dyn Fn(Money) -> (&'static str, PaymentStep) + Sync + 'a;

/// What becomes of `request`; `stock` is then as if it had been written.
pub fn decide(stock: &mut Snapshot, request: &PurchaseRequest, payment: &Payment<'_>) -> Decision {
    if session_limit(stock, request) == Some(SessionLimit::Ended) {
        return Decision::Refused(Refusal::SessionEnded);
    }
    if let Some(answered) = stock.answered.get(&(request.user, request.key)) {
        return if answered.hash == request.hash {
            Decision::Replayed(answered.order)
        } else {
            Decision::Refused(Refusal::KeyReused)
        };
    }
    match check(stock, request) {
        Ok(price) => {
            let payment = payment(price.total);
            Decision::Granted(grant(stock, request, &price, payment))
        }
        Err(refusal) => Decision::Refused(refusal),
    }
}

/// What it comes to, when everything asked for can be had.
pub fn check(stock: &Snapshot, request: &PurchaseRequest) -> Result<Price, Refusal> {
    let mut total: Option<Money> = None;
    for line in &request.lines {
        let (event, ticket_type) = find(stock, line.ticket_type_id)?;
        check_sale(stock.now, event, ticket_type, line)?;
        let amount = ticket_type.price * i64::from(line.quantity);
        let sum = total.get_or_insert(Money::new(0, event.currency));
        if sum.currency != event.currency {
            return Err(Refusal::MixedCurrencies);
        }
        sum.amount += amount;
    }
    check_user_limits(stock, request)?;
    check_unconfirmed(stock, request)?;
    let mut total = total.unwrap_or(Money::new(0, Currency::EUR));
    let (promo, discounts) = match &request.promo_code {
        Some(code) => {
            let (event, promo) = promo::find_knowing(stock, request, code, total)?;
            let discounts = promo::discounts(stock, request, event, promo);
            (Some((event, promo.id)), discounts)
        }
        None => (None, vec![0; request.lines.len()]),
    };
    total.amount -= discounts.iter().sum::<i64>();
    match request.expected_total {
        Some(expected) if expected != total => Err(Refusal::PriceChanged { total: Some(total) }),
        _ => Ok(Price {
            total,
            promo,
            discounts,
        }),
    }
}

fn session_limit(stock: &Snapshot, request: &PurchaseRequest) -> Option<SessionLimit> {
    stock.sessions.get(&request.session?).copied()
}

/// Anyone can make accounts; those whose address nobody has confirmed cannot empty an event.
fn check_unconfirmed(stock: &Snapshot, request: &PurchaseRequest) -> Result<(), Refusal> {
    let Some(SessionLimit::Unconfirmed(held)) = session_limit(stock, request) else {
        return Ok(());
    };
    let wanted: i32 = request.lines.iter().map(|line| line.quantity).sum();
    let left = (UNCONFIRMED_TICKETS_MAX - held).max(0);
    match wanted <= left {
        true => Ok(()),
        false => Err(Refusal::EmailUnverified { left }),
    }
}

fn find(stock: &Snapshot, id: TicketTypeId) -> Result<(&EventStock, &TypeStock), Refusal> {
    let unknown = Refusal::UnknownTicketType { ticket_type: id };
    let ticket_type = stock.types.get(&id).ok_or(unknown.clone())?;
    let event = stock
        .events
        .get(&ticket_type.event)
        .ok_or(unknown.clone())?;
    // A draft is nobody's business.
    if event.status == "draft" {
        return Err(unknown);
    }
    Ok((event, ticket_type))
}

fn check_sale(
    now: Time,
    event: &EventStock,
    ticket_type: &TypeStock,
    line: &PlaceOrderLine,
) -> Result<(), Refusal> {
    let id = line.ticket_type_id;
    let left = ticket_type.sale.left();
    let event = EventSale {
        status: &event.status,
        sales_open: event.sales_open,
        ends_at: event.event.ends_at,
        now,
    };
    match event.of_type(&ticket_type.sale) {
        SaleState::NotYet => {
            return Err(Refusal::NotOnSaleYet {
                ticket_type: id,
                opens_at: ticket_type.sale.starts_at.unwrap_or(now),
            });
        }
        SaleState::Paused => return Err(Refusal::SalesPaused { ticket_type: id }),
        SaleState::Closed | SaleState::Cancelled | SaleState::Ended => {
            return Err(Refusal::SalesClosed { ticket_type: id });
        }
        SaleState::OnSale | SaleState::FewLeft | SaleState::SoldOut => {}
    }
    if line.quantity > ticket_type.max_per_order {
        return Err(Refusal::OrderLimit {
            ticket_type: id,
            max: ticket_type.max_per_order,
        });
    }
    if line.quantity > left {
        return Err(Refusal::SoldOut {
            ticket_type: id,
            left,
        });
    }
    Ok(())
}

fn check_user_limits(stock: &Snapshot, request: &PurchaseRequest) -> Result<(), Refusal> {
    let mut wanted = HashMap::<EventId, i32>::new();
    for line in &request.lines {
        let (_, ticket_type) = find(stock, line.ticket_type_id)?;
        let wanted = wanted.entry(ticket_type.event).or_default();
        *wanted += line.quantity;
        let Some(max) = stock.events[&ticket_type.event].max_per_user else {
            continue;
        };
        let bought = stock.bought.get(&(ticket_type.event, request.user));
        let left = max - bought.copied().unwrap_or(0);
        if *wanted > left {
            return Err(Refusal::UserLimit {
                ticket_type: line.ticket_type_id,
                left: left.max(0),
            });
        }
    }
    Ok(())
}

fn grant(
    stock: &mut Snapshot,
    request: &PurchaseRequest,
    price: &Price,
    (payment, step): (&'static str, PaymentStep),
) -> Grant {
    let paid = step == PaymentStep::Settled;
    let lines = request
        .lines
        .iter()
        .zip(&price.discounts)
        .filter_map(|(line, discount)| take(stock, request.user, line, *discount, paid))
        .collect();
    if let Some(SessionLimit::Unconfirmed(held)) = request
        .session
        .and_then(|session| stock.sessions.get_mut(&session))
    {
        *held += request.lines.iter().map(|line| line.quantity).sum::<i32>();
    }
    let promo = promo::redeem(stock, request, price);
    let answered = Answered {
        order: request.order,
        hash: request.hash,
    };
    stock.answered.insert((request.user, request.key), answered);
    Grant {
        order: request.order,
        user: request.user,
        key: request.key,
        hash: request.hash,
        total: price.total,
        payment,
        created_at: stock.now,
        expires_at: match step {
            PaymentStep::Settled => None,
            PaymentStep::Hold(time) => Some(stock.now + time),
        },
        lines,
        promo,
    }
}

fn take(
    stock: &mut Snapshot,
    user: UserId,
    line: &PlaceOrderLine,
    discount: i64,
    paid: bool,
) -> Option<GrantLine> {
    let ticket_type = stock.types.get_mut(&line.ticket_type_id)?;
    let event = stock.events.get_mut(&ticket_type.event)?;
    ticket_type.sale.sold += line.quantity;
    let first_number = if paid {
        let first = event.next_number;
        event.next_number += line.quantity;
        Some(first)
    } else {
        ticket_type.held += line.quantity;
        None
    };
    *stock.bought.entry((ticket_type.event, user)).or_default() += line.quantity;
    Some(GrantLine {
        event: ticket_type.event,
        ticket_type: line.ticket_type_id,
        name: ticket_type.name.clone(),
        quantity: line.quantity,
        unit_price: ticket_type.price,
        discount,
        first_number,
    })
}
