//! What was sold so far: orders as people might have placed them, decided one after the other by
//! the purchase's rules, each at its time.

use api::Time;
use api::orders::PlaceOrderLine;
use api::{EventId, Money, TicketTypeId, UserId};
use chrono::Duration;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use sqlx::PgConnection;
use uuid::Uuid;

use super::people::People;
use super::{Hosted, uuid_at};
use crate::error::{Error, Result};
use crate::orders::purchase::db::{lock_stock, read_snapshot, write};
use crate::orders::purchase::decide::{Decision, PurchaseRequest, decide};
use crate::payment::{PayAtDoor, PaymentProvider, PaymentStep};

/// The most tickets of a type that come in one order.
const PARTY_MAX: i32 = 4;
/// Orders written at once.
const BATCH: usize = 500;

/// Places every order of the past.
pub(super) async fn replay(
    connection: &mut PgConnection,
    events: &[Hosted],
    people: &People,
    now: Time,
) -> Result<()> {
    let mut chance = StdRng::seed_from_u64(20);
    let mut wishes: Vec<Wish> = events
        .iter()
        .flat_map(|hosted| wishes(hosted, people, now, &mut chance))
        .collect();
    wishes.sort_by_key(|wish| wish.at);

    let ids: Vec<EventId> = events.iter().map(|hosted| hosted.id).collect();
    let locked = lock_stock(connection, &ids).await?;
    let mut stock = read_snapshot(connection, locked, &[]).await?;
    let payment = |total: Money| match total.is_zero() {
        true => ("none", PaymentStep::Settled),
        false => (PayAtDoor.name(), PaymentStep::Settled),
    };
    let mut grants = Vec::new();
    for wish in wishes {
        stock.now = wish.at;
        match decide(&mut stock, &wish.into_request(), &payment) {
            Decision::Granted(grant) => grants.push(grant),
            other => return Err(Error::internal(format!("a demo order: {other:?}"))),
        }
    }
    for batch in grants.chunks(BATCH) {
        write(connection, &batch.iter().collect::<Vec<_>>(), &[]).await?;
    }
    Ok(())
}

/// Someone wants tickets at some time.
struct Wish {
    at: Time,
    user: UserId,
    lines: Vec<PlaceOrderLine>,
}

impl Wish {
    fn into_request(self) -> PurchaseRequest {
        PurchaseRequest {
            order: uuid_at(self.at),
            session: None,
            user: self.user,
            key: Uuid::new_v4(),
            hash: rand::random(),
            lines: self.lines,
            promo_code: None,
            expected_total: None,
        }
    }
}

/// The wishes that add up to what is sold of an event.
fn wishes(hosted: &Hosted, people: &People, now: Time, chance: &mut StdRng) -> Vec<Wish> {
    let event = &hosted.event;
    let until = hosted.form.starts_at.min(now);
    let moment = |chance: &mut StdRng| {
        // Many come at once, then fewer and fewer.
        let part = chance.random_range(0.0..1.0_f64).powf(1.8);
        let length = Duration::days(event.days_on_sale).num_milliseconds() as f64;
        until - Duration::milliseconds((length * (1.0 - part)) as i64)
    };
    let ids: Vec<TicketTypeId> = hosted
        .form
        .ticket_types
        .iter()
        .filter_map(|ticket_type| ticket_type.id)
        .collect();
    let line = |index: usize, quantity| PlaceOrderLine {
        ticket_type_id: ids[index],
        quantity,
    };
    let mut wishes = Vec::new();
    if !event.ada.is_empty() {
        wishes.push(Wish {
            at: moment(chance),
            user: people.ada,
            lines: event
                .ada
                .iter()
                .map(|(index, n)| line(*index, *n))
                .collect(),
        });
    }
    let mut buyers = people.buyers.clone();
    buyers.shuffle(chance);
    let mut buyers = buyers.into_iter().cycle();
    for (index, ticket_type) in event.ticket_types.iter().enumerate() {
        let most = PARTY_MAX.min(ticket_type.max_per_order);
        let mut left = ticket_type.sold - event.ada_has(index);
        while left > 0 {
            let quantity = chance.random_range(1..=most).min(left);
            left -= quantity;
            wishes.extend(buyers.next().map(|user| Wish {
                at: moment(chance),
                user,
                lines: vec![line(index, quantity)],
            }));
        }
    }
    wishes
}
