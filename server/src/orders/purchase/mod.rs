//! The purchase: one transaction under the pessimistic lock on the events' stock. It takes any
//! number of orders at once; the plain path gives it one.

pub mod db;
pub mod decide;

use api::{Money, OrderId};
pub use db::lock_stock;
pub use decide::{Decision, PurchaseRequest};
use sqlx::{Connection, PgConnection};

use super::Refusal;
use crate::error::{Error, Result, violates};
use crate::payment::{PaymentProvider, PaymentStep};
use crate::state::AppState;

/// An order that exists now, and whether it did before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The order.
    pub order: OrderId,
    /// Whether an earlier request with the same key made it.
    pub replayed: bool,
}

/// Places one order in a transaction of its own.
pub async fn place(state: &AppState, request: PurchaseRequest) -> Result<Placed> {
    let mut connection = state.db.acquire().await?;
    let requests = [request];
    let decisions = match place_all(&mut connection, &requests, state.payments.as_ref()).await {
        // The same key arrived for another event, under another lock, and was first.
        Err(Error::Internal(error)) if used_key(error.as_ref()) => {
            place_all(&mut connection, &requests, state.payments.as_ref()).await?
        }
        decided => decided?,
    };
    match decisions.into_iter().next() {
        Some(Decision::Granted(grant)) => Ok(Placed {
            order: grant.order,
            replayed: false,
        }),
        Some(Decision::Replayed(order)) => Ok(Placed {
            order,
            replayed: true,
        }),
        Some(Decision::Refused(refusal)) => Err(refusal.into()),
        None => Err(Error::internal("a request was left undecided")),
    }
}

fn used_key(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    error
        .downcast_ref::<sqlx::Error>()
        .is_some_and(|error| violates(error, "orders_idempotency_key"))
}

/// Decides `requests` in their order and writes what is granted, in one transaction.
pub async fn place_all(
    connection: &mut PgConnection,
    requests: &[PurchaseRequest],
    payments: &dyn PaymentProvider,
) -> Result<Vec<Decision>> {
    let ticket_types: Vec<_> = requests
        .iter()
        .flat_map(|request| request.lines.iter().map(|line| line.ticket_type_id))
        .collect();
    let events = db::events_of(connection, &ticket_types).await?;
    let Some(first) = ticket_types.first() else {
        return Ok(Vec::new());
    };
    if events.is_empty() {
        return Err(Refusal::UnknownTicketType {
            ticket_type: *first,
        }
        .into());
    }
    let mut transaction = connection.begin().await?;
    let locked = db::lock_stock(&mut transaction, &events).await?;
    let mut stock = db::read_snapshot(&mut transaction, locked, requests).await?;
    let payment = |total: Money| match total.is_zero() {
        true => ("none", PaymentStep::Settled),
        false => (payments.name(), payments.begin(total)),
    };
    let decisions: Vec<Decision> = requests
        .iter()
        .map(|request| decide::decide(&mut stock, request, &payment))
        .collect();
    let grants: Vec<_> = decisions
        .iter()
        .filter_map(|decision| match decision {
            Decision::Granted(grant) => Some(grant.clone()),
            _ => None,
        })
        .collect();
    db::write(&mut transaction, &grants).await?;
    transaction.commit().await?;
    Ok(decisions)
}
