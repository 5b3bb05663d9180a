//! Tickets that are given away.

use api::Code;
use uuid::Uuid;

use super::{Batch, Explained, Model};
use crate::walk::operation::{Kind, ORGANIZER, Person, STRANGER, Told};

impl Model {
    pub(super) fn give(
        &mut self,
        kind: Kind,
        guests: &[Person],
        key: Uuid,
        told: &Told,
    ) -> Explained {
        if let Some((of, to, batch)) = self.gifts.get(&key) {
            return match (*of, to.as_slice()) == (kind, guests) {
                true => told.is(&Told::Batch {
                    id: *batch,
                    replayed: true,
                }),
                false => told.is_refused(&[Code::KeyReused]),
            };
        }
        let (event, quantity) = (&self.events[kind.0], guests.len() as i32);
        if event.cancelled {
            return told.is_refused(&[Code::Conflict]);
        }
        if event.left(kind.1) < quantity {
            return told.is_refused(&[Code::SoldOut]);
        }
        let &Told::Batch {
            id,
            replayed: false,
        } = told
        else {
            return Err("expected a batch".to_owned());
        };
        let stock = self.stock(kind);
        stock.sold += quantity;
        stock.held += quantity;
        self.gifts.insert(key, (kind, guests.to_vec(), id));
        self.unissued.push(Batch {
            id,
            kind,
            guests: guests.to_vec(),
        });
        Ok(())
    }

    /// Nothing is left of a batch whose event was called off meanwhile.
    pub(super) fn issue(&mut self, id: Uuid, told: &Told) -> Explained {
        let waiting = self.unissued.iter().position(|batch| batch.id == id);
        let Some(batch) = waiting.map(|index| self.unissued.remove(index)) else {
            return Ok(());
        };
        self.stock(batch.kind).held -= batch.guests.len() as i32;
        let Told::Sent(sent) = told else {
            return Err("expected what was sent".to_owned());
        };
        let mut sent = sent.iter();
        for guest in batch.guests {
            let holder = (guest != STRANGER).then_some(guest);
            let (event, kind) = batch.kind;
            let number = self.events[event].issue(kind, holder, None);
            if holder.is_none() {
                let (name, transfer) = sent.next().ok_or("a gift was not sent")?;
                if *name != (event, number) {
                    return Err(format!("expected ticket {number} to be sent"));
                }
                self.begin_transfer(*name, *transfer, ORGANIZER, guest);
            }
        }
        Ok(())
    }
}
