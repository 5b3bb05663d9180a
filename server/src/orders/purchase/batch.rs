//! One transaction for any number of purchases: lock, read, decide, write.

use api::{EventId, Money, OrderId, TicketTypeId};
use sqlx::{Connection, PgConnection};

use super::decide::{Decision, PurchaseRequest, SessionLimit, Snapshot, decide};
use super::{db, receipt};
use crate::error::Result;
use crate::mail::Mail;
use crate::orders::Refusal;
use crate::payment::{PaymentProvider, PaymentStep};

/// An order that exists now.
#[derive(Clone, Debug)]
pub enum Placed {
    /// It was made for this request.
    New(Box<api::orders::Order>),
    /// An earlier request with the same key made it.
    Replayed(OrderId),
}

/// What became of a request; a refusal is a value, not a failure.
pub type Outcome = Result<Placed, Refusal>;

/// Decides `requests` in their order and writes what is granted. `events` are all events that the
/// requests are for. Fails as a whole, with nothing written, or with an unknown end when the
/// connection breaks: then the same requests can be placed again and find their orders.
pub async fn place_all(
    connection: &mut PgConnection,
    events: &[EventId],
    requests: &[PurchaseRequest],
    payments: &dyn PaymentProvider,
) -> Result<Vec<Outcome>> {
    let mut transaction = connection.begin().await?;
    let locked = db::lock_stock(&mut transaction, events).await?;
    let mut stock = db::read_snapshot(&mut transaction, locked, requests).await?;
    let decisions = decide_all(&mut stock, requests, payments);
    let grants: Vec<_> = decisions
        .iter()
        .filter_map(|decision| match decision {
            Decision::Granted(grant) => Some(grant),
            Decision::Replayed(_) | Decision::Refused(_) => None,
        })
        .collect();
    let paid = grants.iter().filter(|grant| grant.expires_at.is_none());
    let paid: Vec<OrderId> = paid.map(|grant| grant.order).collect();
    db::write(
        &mut transaction,
        &grants,
        Mail::confirming(&paid).as_slice(),
    )
    .await?;
    transaction.commit().await?;
    Ok(decisions
        .into_iter()
        .map(|decision| match decision {
            Decision::Granted(grant) => Ok(Placed::New(Box::new(receipt::of(&grant, &stock)))),
            Decision::Replayed(order) => Ok(Placed::Replayed(order)),
            Decision::Refused(refusal) => Err(refusal),
        })
        .collect())
}

/// Refuses `requests`, each for one line of these `ticket_types`, without a lock if nothing of any of
/// them is left; what was answered before is answered again, and nothing is granted.
pub async fn refuse_sold_out(
    connection: &mut PgConnection,
    requests: &[PurchaseRequest],
    ticket_types: &[TicketTypeId],
) -> Result<Option<Vec<Outcome>>> {
    // In this order: whatever is sold in between to one of these keys is found by the second look.
    if db::any_left(connection, ticket_types).await? {
        return Ok(None);
    }
    let asked = db::asked(connection, requests).await?;
    let ended = |request: &PurchaseRequest| {
        let limit = request
            .session
            .and_then(|session| asked.sessions.get(&session));
        limit == Some(&SessionLimit::Ended)
    };
    let outcome = |(request, ticket_type): (&PurchaseRequest, &TicketTypeId)| match asked
        .answered
        .get(&(request.user, request.key))
    {
        _ if ended(request) => Err(Refusal::SessionEnded),
        None => Err(Refusal::SoldOut {
            ticket_type: *ticket_type,
            left: 0,
        }),
        Some(answered) if answered.hash == request.hash => Ok(Placed::Replayed(answered.order)),
        Some(_) => Err(Refusal::KeyReused),
    };
    Ok(Some(
        requests.iter().zip(ticket_types).map(outcome).collect(),
    ))
}

/// How an order of this total is paid.
pub(super) fn payment_of(
    payments: &dyn PaymentProvider,
    total: Money,
) -> (&'static str, PaymentStep) {
    if total.is_zero() {
        ("none", PaymentStep::Settled)
    } else {
        (payments.name(), payments.begin(total))
    }
}

fn decide_all(
    stock: &mut Snapshot,
    requests: &[PurchaseRequest],
    payments: &dyn PaymentProvider,
) -> Vec<Decision> {
    let payment = |total: Money| payment_of(payments, total);
    requests
        .iter()
        .map(|request| decide(stock, request, &payment))
        .collect()
}
