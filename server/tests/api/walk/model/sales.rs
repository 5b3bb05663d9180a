//! Buying.

use api::Code;
use uuid::Uuid;

use super::{Explained, Model, Sale, Wish};
use crate::walk::operation::{Kind, Name, Person, Purchase, Told};

impl Model {
    pub(super) fn buy(&mut self, purchase: &Purchase, told: &Told) -> Explained {
        let wish = Wish::Purchase(purchase.clone());
        let used = self.keys.get(&(purchase.buyer, purchase.key));
        if let Some((known, order)) = used {
            return match *known == wish {
                true => is_replay(told, *order),
                false => told.is_refused(&[Code::KeyReused]),
            };
        }
        if let Err(code) = self.check(purchase) {
            let nothing_left = matches!(purchase.lines[..], [((event, kind), _)]
                if self.events[event].left(kind) <= 0);
            // What is sold out may be refused before anything else is looked at.
            let codes = [code, Code::SoldOut];
            return told.is_refused(&codes[..1 + usize::from(nothing_left)]);
        }
        let &Told::Order { id, .. } = told else {
            return Err("expected an order".to_owned());
        };
        let redeemed = self.redeem(purchase);
        if let Some((event, _)) = redeemed {
            self.redeemed.insert(id, (event, purchase.buyer));
        }
        let (mut total, mut tickets) = (0, Vec::new());
        for &((event, kind), quantity) in &purchase.lines {
            let stock = self.stock((event, kind));
            stock.sold += quantity;
            let percent_off = redeemed.filter(|(of, _)| *of == event);
            let paid = stock.price - stock.price * percent_off.map_or(0, |(_, off)| off) / 100;
            tickets.extend(self.sell((event, kind), quantity, purchase.buyer, id, paid));
            self.events[event].count_bought(purchase.buyer, quantity);
            total += paid * i64::from(quantity);
        }
        self.money[purchase.buyer] += total;
        self.keys.insert((purchase.buyer, purchase.key), (wish, id));
        told.is(&Told::Order {
            id,
            total,
            tickets,
            replayed: false,
        })
    }

    pub(super) fn sell(
        &mut self,
        (event, kind): Kind,
        quantity: i32,
        buyer: Person,
        order: Uuid,
        paid: i64,
    ) -> Vec<Name> {
        let sale = Some(Sale { order, buyer, paid });
        let issue = |_| (event, self.events[event].issue(kind, Some(buyer), sale));
        (0..quantity).map(issue).collect()
    }

    pub(super) fn check(&self, purchase: &Purchase) -> Result<(), Code> {
        for &((event, kind), quantity) in &purchase.lines {
            let event = &self.events[event];
            if let Some(code) = event.closed_with() {
                return Err(code);
            }
            if quantity > event.kinds[kind].max_per_order {
                return Err(Code::LimitReached);
            }
            if quantity > event.left(kind) {
                return Err(Code::SoldOut);
            }
        }
        for (event, of) in self.events.iter().enumerate() {
            let lines = purchase.lines.iter().filter(|((of, _), _)| *of == event);
            let wanted: i32 = lines.map(|(_, quantity)| quantity).sum();
            if wanted > 0 && wanted > of.may_buy(purchase.buyer) {
                return Err(Code::LimitReached);
            }
        }
        if !purchase.promo {
            return Ok(());
        }
        let promo = self.promo_of(purchase);
        let promo = &self.events[promo.ok_or(Code::PromoInvalid)?].promo;
        let promo = promo.as_ref().ok_or(Code::PromoInvalid)?;
        let by_buyer = promo.used_by.get(&purchase.buyer).copied().unwrap_or(0);
        match promo.used < promo.max_uses && by_buyer < promo.max_per_user {
            true => Ok(()),
            false => Err(Code::PromoUsedUp),
        }
    }

    /// The first event of an order that has the code.
    pub(super) fn promo_of(&self, purchase: &Purchase) -> Option<usize> {
        let mut events = purchase.lines.iter().map(|((event, _), _)| *event);
        events.find(|event| self.events[*event].promo.is_some())
    }

    /// The event of the code, and how much of its prices it takes off.
    pub(super) fn redeem(&mut self, purchase: &Purchase) -> Option<(usize, i64)> {
        let event = self.promo_of(purchase).filter(|_| purchase.promo)?;
        let promo = self.events[event].promo.as_mut()?;
        promo.used += 1;
        *promo.used_by.entry(purchase.buyer).or_default() += 1;
        Some((event, promo.percent))
    }
}

pub(super) fn is_replay(told: &Told, order: Uuid) -> Explained {
    match told {
        Told::Order {
            id, replayed: true, ..
        } if *id == order => Ok(()),
        _ => Err(format!("expected {order} again")),
    }
}
