//! Combining buyers. A lock that is held for one buyer at a time sells one order for each round of
//! statements and each write to disk; so whatever queued for an event while its last batch was
//! being committed goes into the next transaction together, under one lock. No timer: a lone
//! buyer goes at once. Nothing here grants a ticket, the database does, so that any number of
//! server processes stay correct together.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use api::EventId;
use futures::FutureExt;
use sqlx::PgPool;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};

use super::batch::{Outcome, place_all, refuse_sold_out};
use super::decide::PurchaseRequest;
use super::sold_out::SoldOut;
use crate::error::{Error, Result};
use crate::payment::PaymentProvider;

/// The most orders of one batch.
const BATCH_MAX: usize = 256;
/// The most orders that wait for one event; more are told to come back.
const QUEUE_MAX: usize = 20_000;
/// So many orders in a batch are a rush, and for how long they are.
const RUSH_ORDERS: usize = 16;
const RUSH: Duration = Duration::from_secs(1);
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Queues purchases by event and places them in batches.
#[derive(Clone)]
pub struct Combiner {
    shared: Arc<Shared>,
}

struct Shared {
    /// For what is only looked at.
    reads: PgPool,
    db: PgPool,
    payments: Arc<dyn PaymentProvider>,
    /// Where batches run, and where those who wait for them do.
    batches: Handle,
    requests: Handle,
    /// Batches take turns at the connections, first come, first served.
    turns: Semaphore,
    sold_out: SoldOut,
    /// When so many last bought at once that nothing else should take the processor.
    rushed: Mutex<Option<Instant>>,
    /// An event with a queue, even an empty one, has a task that serves it.
    queues: Mutex<HashMap<EventId, VecDeque<Waiting>>>,
}

struct Waiting {
    request: PurchaseRequest,
    answer: oneshot::Sender<Result<Outcome>>,
}

impl Combiner {
    /// Places batches on the connections of `db`, by tasks on `batches`, for requests that are
    /// served where this is called.
    pub fn new(
        reads: PgPool,
        db: PgPool,
        payments: Arc<dyn PaymentProvider>,
        batches: Handle,
    ) -> Self {
        let connections = db.options().get_max_connections() as usize;
        let shared = Shared {
            reads,
            db,
            payments,
            batches,
            requests: Handle::current(),
            turns: Semaphore::new(connections),
            sold_out: SoldOut::default(),
            rushed: Mutex::default(),
            queues: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Places an order for one event together with others who want tickets for it.
    pub async fn place(&self, event: EventId, request: PurchaseRequest) -> Result<Outcome> {
        let (answer, answered) = oneshot::channel();
        self.enqueue(event, Waiting { request, answer })?;
        answered
            .await
            .map_err(|_lost| Error::internal("the batch of this order broke down"))?
    }

    /// Places an order over several events in a batch of its own.
    pub async fn place_alone(
        &self,
        events: &[EventId],
        request: PurchaseRequest,
    ) -> Result<Outcome> {
        let shared = Arc::clone(&self.shared);
        let events = events.to_vec();
        let placing = async move {
            let _turn = shared.turns.acquire().await.map_err(Error::internal)?;
            let mut outcomes = shared.place_batch(&events, &[request]).await;
            outcomes
                .pop()
                .ok_or_else(|| Error::internal("an order was left undecided"))?
        };
        let placed = self.shared.batches.spawn(placing).await;
        placed.map_err(Error::internal)?
    }

    /// Whether many are buying right now.
    pub fn rush(&self) -> bool {
        let rushed = self.shared.rushed.lock();
        let rushed = rushed.unwrap_or_else(PoisonError::into_inner);
        rushed.is_some_and(|when| when.elapsed() < RUSH)
    }

    fn enqueue(&self, event: EventId, waiting: Waiting) -> Result<()> {
        let mut queues = self.shared.lock();
        if let Some(queue) = queues.get_mut(&event) {
            if queue.len() >= QUEUE_MAX {
                metrics::counter!("purchases_turned_away").increment(1);
                return Err(Error::Busy {
                    retry_after: RETRY_AFTER,
                });
            }
            queue.push_back(waiting);
        } else {
            queues.insert(event, VecDeque::from([waiting]));
            let serving = Arc::clone(&self.shared).serve(event);
            self.shared.batches.spawn(serving);
        }
        Ok(())
    }
}

impl Shared {
    /// Places what waits for `event` until nothing does.
    async fn serve(self: Arc<Self>, event: EventId) {
        while let Ok(_turn) = self.turns.acquire().await {
            let Some(batch) = self.next_batch(event) else {
                return;
            };
            let (requests, answers): (Vec<_>, Vec<_>) = batch
                .into_iter()
                .map(|waiting| (waiting.request, waiting.answer))
                .unzip();
            let batch = std::panic::AssertUnwindSafe(self.answer(event, requests.into()));
            // A batch that breaks down must not take the queue with it; its buyers are told by
            // the answers that are dropped.
            let Ok(outcomes) = batch.catch_unwind().await else {
                continue;
            };
            // Hundreds who wait are woken more cheaply from among them than from another thread.
            self.requests.spawn(async move {
                for (answer, outcome) in answers.into_iter().zip(outcomes) {
                    // Who went away finds the order by its key.
                    let _gone = answer.send(outcome);
                }
            });
        }
    }

    /// What waits for `event`, at most one order a user, first come, first served. With nothing
    /// waiting the queue is closed, so that the next buyer starts a task for it again.
    fn next_batch(&self, event: EventId) -> Option<Vec<Waiting>> {
        let mut queues = self.lock();
        let queue = queues.get_mut(&event)?;
        if queue.is_empty() {
            queues.remove(&event);
            return None;
        }
        let mut users = HashSet::new();
        let mut batch = Vec::new();
        let mut later = VecDeque::new();
        while let Some(waiting) = queue.pop_front() {
            if users.insert(waiting.request.user) {
                batch.push(waiting);
            } else {
                later.push_back(waiting);
            }
            if batch.len() == BATCH_MAX {
                break;
            }
        }
        while let Some(waiting) = later.pop_back() {
            queue.push_front(waiting);
        }
        metrics::histogram!("purchase_batch_orders").record(batch.len() as f64);
        if batch.len() >= RUSH_ORDERS {
            let rushed = self.rushed.lock();
            *rushed.unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        Some(batch)
    }

    /// One answer for each of `requests`; where nothing was left a moment ago, by a look without
    /// the lock.
    async fn answer(
        self: &Arc<Self>,
        event: EventId,
        requests: Arc<[PurchaseRequest]>,
    ) -> Vec<Result<Outcome>> {
        if let Some(types) = self.sold_out.suspects(&requests) {
            let (reads, asked) = (self.reads.clone(), Arc::clone(&requests));
            let look = async move {
                let mut connection = reads.acquire().await?;
                refuse_sold_out(&mut connection, &asked, &types).await
            };
            // Nobody holds a lock meanwhile: the more come before it is answered, the fewer looks.
            if let Ok(Ok(Some(refused))) = self.requests.spawn(look).await {
                return refused.into_iter().map(Ok).collect();
            }
        }
        self.place_batch(&[event], &requests).await
    }

    /// One answer for each of `requests`. A batch that the database refuses is split in two until
    /// the order it cannot take is alone.
    async fn place_batch(
        &self,
        events: &[EventId],
        requests: &[PurchaseRequest],
    ) -> Vec<Result<Outcome>> {
        match self.attempt(events, requests).await {
            Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
            Err(Error::Busy { retry_after }) => requests
                .iter()
                .map(|_| Err(Error::Busy { retry_after }))
                .collect(),
            Err(error) if requests.len() <= 1 => vec![Err(error)],
            Err(error) => {
                tracing::warn!(%error, orders = requests.len(), "a batch is split");
                let (first, second) = requests.split_at(requests.len() / 2);
                let mut outcomes = Box::pin(self.place_batch(events, first)).await;
                outcomes.extend(Box::pin(self.place_batch(events, second)).await);
                outcomes
            }
        }
    }

    /// Places `requests`; once more if the connection broke, when nobody knows whether they were
    /// committed: those that were come back as replays.
    async fn attempt(
        &self,
        events: &[EventId],
        requests: &[PurchaseRequest],
    ) -> Result<Vec<Outcome>> {
        let once = async || {
            let mut connection = self.db.acquire().await?;
            let read_after = Instant::now();
            let payments = self.payments.as_ref();
            let outcomes = place_all(&mut connection, events, requests, payments).await?;
            self.sold_out.learn(requests, &outcomes, read_after);
            Ok(outcomes)
        };
        match once().await {
            Err(Error::Busy { .. }) => once().await,
            decided => decided,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<EventId, VecDeque<Waiting>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
