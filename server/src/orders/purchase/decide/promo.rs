//! What a promo code means for an order.

use std::collections::HashMap;

use api::orders::PlaceOrderLine;
use api::promo_codes::Discount;
use api::{EventId, Money, TicketTypeId, Time, UserId};
use uuid::Uuid;

use super::{Price, PurchaseRequest, Snapshot};
use crate::orders::Refusal;

/// A promo code of one of the events.
#[derive(Clone, Debug)]
pub struct PromoStock {
    /// The code's id.
    pub id: Uuid,
    /// What it takes off each ticket.
    pub discount: Discount,
    /// The only type it is for.
    pub ticket_type: Option<TicketTypeId>,
    /// From when on it is good.
    pub starts_at: Option<Time>,
    /// Until when it is good.
    pub ends_at: Option<Time>,
    /// How many orders may use it.
    pub max_uses: Option<i32>,
    /// How many orders of one person may use it.
    pub max_per_user: Option<i32>,
    /// How many orders use it.
    pub used: i32,
    /// How many orders of each buyer use it.
    pub used_by: HashMap<UserId, i32>,
}

/// The promo code of this name that is for one of the lines, if it can be used now. Where several
/// events have one, it is that of the first line.
fn find<'a>(
    stock: &'a Snapshot,
    request: &PurchaseRequest,
    code: &str,
) -> Result<(EventId, &'a PromoStock), Refusal> {
    let of_event = |line: &PlaceOrderLine| {
        let event = stock.types.get(&line.ticket_type_id)?.event;
        let promo = stock.promos.get(&(event, code.to_owned()))?;
        Some((line.ticket_type_id, event, promo))
    };
    let known = || request.lines.iter().filter_map(of_event);
    let fits = |promo: &PromoStock, id| promo.ticket_type.is_none_or(|only| only == id);
    if let Some((_, event, promo)) = known().find(|(id, _, promo)| fits(promo, *id)) {
        check_use(stock, request, promo)?;
        return Ok((event, promo));
    }
    let elsewhere = known().find_map(|(_, _, promo)| Some((promo.ticket_type?, promo)));
    Err(match elsewhere {
        Some((only, promo)) => for_other_tickets(stock, request, promo, only),
        None => Refusal::PromoInvalid,
    })
}

/// The same for a buyer who may say what they expect to pay, less than `full` by the code. Anyone who
/// expects something else learns nothing about the code, not even whether there is one.
pub(super) fn find_knowing<'a>(
    stock: &'a Snapshot,
    request: &PurchaseRequest,
    code: &str,
    full: Money,
) -> Result<(EventId, &'a PromoStock), Refusal> {
    if let Some(expected) = request.expected_total {
        let known = request.lines.iter().find_map(|line| {
            let event = stock.types.get(&line.ticket_type_id)?.event;
            let promo = stock.promos.get(&(event, code.to_owned()))?;
            let fits = promo
                .ticket_type
                .is_none_or(|only| only == line.ticket_type_id);
            fits.then_some((event, promo))
        });
        let total = known.map(|(event, promo)| {
            let off: i64 = discounts(stock, request, event, promo).iter().sum();
            Money::new(full.amount - off, full.currency)
        });
        if total != Some(expected) {
            return Err(Refusal::PriceChanged { total: None });
        }
    }
    find(stock, request, code)
}

/// Says no more about a code than an order of the tickets it is for would be told: who guesses
/// codes learns nothing by asking with others.
fn for_other_tickets(
    stock: &Snapshot,
    request: &PurchaseRequest,
    promo: &PromoStock,
    only: TicketTypeId,
) -> Refusal {
    let one = PlaceOrderLine {
        ticket_type_id: only,
        quantity: 1,
    };
    let can_be_had = super::find(stock, only)
        .and_then(|(event, ticket_type)| super::check_sale(stock.now, event, ticket_type, &one));
    match can_be_had.and_then(|()| check_use(stock, request, promo)) {
        Ok(()) => Refusal::PromoOtherTickets { ticket_type: only },
        Err(refusal @ (Refusal::PromoUsedUp | Refusal::PromoUsedByYou)) => refusal,
        Err(_) => Refusal::PromoInvalid,
    }
}

/// Whether the code is good now, and may be used once more by this person.
fn check_use(
    stock: &Snapshot,
    request: &PurchaseRequest,
    promo: &PromoStock,
) -> Result<(), Refusal> {
    let begun = promo.starts_at.is_none_or(|start| start <= stock.now);
    let over = promo.ends_at.is_some_and(|end| end <= stock.now);
    if !begun || over {
        return Err(Refusal::PromoInvalid);
    }
    if promo.max_uses.is_some_and(|max| promo.used >= max) {
        return Err(Refusal::PromoUsedUp);
    }
    let by_user = promo.used_by.get(&request.user).copied().unwrap_or(0);
    if promo.max_per_user.is_some_and(|max| by_user >= max) {
        return Err(Refusal::PromoUsedByYou);
    }
    Ok(())
}

/// What the code takes off each line.
pub(super) fn discounts(
    stock: &Snapshot,
    request: &PurchaseRequest,
    event: EventId,
    promo: &PromoStock,
) -> Vec<i64> {
    let off = |line: &PlaceOrderLine| {
        let ticket_type = stock.types.get(&line.ticket_type_id)?;
        let fits = ticket_type.event == event
            && promo
                .ticket_type
                .is_none_or(|only| only == line.ticket_type_id);
        fits.then(|| promo.discount.off(ticket_type.price) * i64::from(line.quantity))
    };
    let off = request.lines.iter().map(|line| off(line).unwrap_or(0));
    off.collect()
}

/// Counts the code of an order that is granted.
pub(super) fn redeem(
    stock: &mut Snapshot,
    request: &PurchaseRequest,
    price: &Price,
) -> Option<Uuid> {
    let (event, id) = price.promo?;
    let code = request.promo_code.clone()?;
    let promo = stock.promos.get_mut(&(event, code))?;
    promo.used += 1;
    *promo.used_by.entry(request.user).or_default() += 1;
    Some(id)
}
