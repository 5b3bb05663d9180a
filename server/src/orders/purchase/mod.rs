//! The purchase: a transaction under the pessimistic lock on the events' stock.

pub mod batch;
pub mod batch_thread;
pub mod combine;
pub mod db;
pub mod decide;
pub mod places;
mod receipt;
mod sold_out;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use api::orders::OrderQuote;
use api::{EventId, Money, TicketTypeId};
pub use batch::{Outcome, Placed};
use combine::Combiner;
pub use db::lock_stock;
pub use decide::PurchaseRequest;
use places::Places;
use sqlx::PgPool;
use tokio::runtime::Handle;

use super::Refusal;
use crate::config::PurchasePath;
use crate::error::{Error, Result, violates};
use crate::payment::{PaymentProvider, PaymentStep};

/// Above this many ticket types, what they belong to is looked up anew.
const KNOWN_TYPES_MAX: usize = 100_000;

/// Places orders, the way the server is configured to.
pub struct Purchases {
    /// For what is only asked.
    reads: PgPool,
    /// For what is bought.
    db: PgPool,
    payments: Arc<dyn PaymentProvider>,
    combiner: Option<Combiner>,
    /// What a ticket type belongs to never changes.
    known_types: RwLock<HashMap<TicketTypeId, EventId>>,
    looking_up: tokio::sync::Mutex<()>,
    /// Who has purchases under way.
    pub places: Places,
}

impl Purchases {
    /// Places orders in transactions on the connections of `db`, and answers what is only asked on
    /// those of `reads`. Batches run on `batches`, and so should all that is done with `db`.
    pub fn new(
        reads: PgPool,
        db: PgPool,
        path: PurchasePath,
        payments: Arc<dyn PaymentProvider>,
        batches: Handle,
    ) -> Self {
        let combiner = match path {
            PurchasePath::Combined => Some(Combiner::new(
                reads.clone(),
                db.clone(),
                Arc::clone(&payments),
                batches,
            )),
            PurchasePath::Plain => None,
        };
        Self {
            reads,
            db,
            payments,
            combiner,
            known_types: RwLock::default(),
            looking_up: tokio::sync::Mutex::default(),
            places: Places::default(),
        }
    }

    /// How an order of this total is paid, and what has to happen for it.
    pub fn payment(&self, total: Money) -> (&'static str, PaymentStep) {
        batch::payment_of(self.payments.as_ref(), total)
    }

    /// Places an order.
    pub async fn place(&self, request: PurchaseRequest) -> Result<Placed> {
        let events = self.events_of(&request).await?;
        let placed = match self.attempt(&events, request.clone()).await {
            // The same key arrived for another event, under another lock, and was first.
            Err(Error::Internal(error)) if used_key(error.as_ref()) => {
                self.attempt(&events, request).await?
            }
            placed => placed?,
        };
        Ok(placed?)
    }

    /// Whether so many are buying right now that what can wait should.
    pub fn rush(&self) -> bool {
        self.combiner.as_ref().is_some_and(Combiner::rush)
    }

    /// What an order comes to now, or why it would be refused. Nothing is bought, and nothing is
    /// promised.
    pub async fn quote(&self, request: &PurchaseRequest) -> Result<OrderQuote> {
        let events = self.events_of(request).await?;
        let mut connection = self.reads.acquire().await?;
        let stock = db::read_stock(&mut connection, &events).await?;
        let requests = std::slice::from_ref(request);
        let stock = db::read_snapshot(&mut connection, stock, requests).await?;
        let price = decide::check(&stock, request)?;
        Ok(OrderQuote {
            discount: Money::new(price.discounts.iter().sum(), price.total.currency),
            total: price.total,
        })
    }

    async fn attempt(&self, events: &[EventId], request: PurchaseRequest) -> Result<Outcome> {
        match (&self.combiner, events) {
            (Some(combiner), [event]) => combiner.place(*event, request).await,
            (Some(combiner), events) => combiner.place_alone(events, request).await,
            (None, events) => {
                let mut connection = self.db.acquire().await?;
                let requests = [request];
                let payments = self.payments.as_ref();
                batch::place_all(&mut connection, events, &requests, payments)
                    .await?
                    .pop()
                    .ok_or_else(|| Error::internal("an order was left undecided"))
            }
        }
    }

    /// The events that a request is for, in the order of their ids.
    async fn events_of(&self, request: &PurchaseRequest) -> Result<Vec<EventId>> {
        if let Ok(events) = self.known_events(request) {
            return Ok(events);
        }
        // When a sale begins everyone asks for the same; one look-up answers them all.
        let _turn = self.looking_up.lock().await;
        if let Ok(events) = self.known_events(request) {
            return Ok(events);
        }
        let ticket_types: Vec<_> = request
            .lines
            .iter()
            .map(|line| line.ticket_type_id)
            .collect();
        let mut connection = self.reads.acquire().await?;
        let found = db::events_of(&mut connection, &ticket_types).await?;
        {
            let known = self.known_types.write();
            let mut known = known.unwrap_or_else(PoisonError::into_inner);
            if known.len() > KNOWN_TYPES_MAX {
                known.clear();
            }
            known.extend(found);
        }
        self.known_events(request).map_err(Error::Order)
    }

    fn known_events(&self, request: &PurchaseRequest) -> Result<Vec<EventId>, Refusal> {
        let known = self.known_types.read();
        let known = known.unwrap_or_else(PoisonError::into_inner);
        let mut events = BTreeSet::new();
        for line in &request.lines {
            let ticket_type = line.ticket_type_id;
            let unknown = Refusal::UnknownTicketType { ticket_type };
            events.insert(*known.get(&ticket_type).ok_or(unknown)?);
        }
        Ok(events.into_iter().collect())
    }
}

/// Whether `error` says that the key was used a moment before, under another lock.
pub(crate) fn used_key(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    error
        .downcast_ref::<sqlx::Error>()
        .is_some_and(|error| violates(error, "orders_idempotency_key"))
}
