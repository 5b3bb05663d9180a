//! Who is connected, and for how long: a connection that says nothing, sends slowly or reads nothing
//! is closed, and no address has more than its share of them. What has waited longest without a
//! request gives way to who comes next, so that a flood of silence keeps nobody out.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::HeaderMap;
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::config::{ConnectionLimits, ServeConfig};
use crate::rate_limit::ClientAddress;

/// How long a client may take over the first request, from its first byte or none at all.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection may stay open without a request.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a client may take nothing of an answer that is there.
const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// Descriptors that are kept for files, jobs and the like.
const SPARE_DESCRIPTORS: u64 = 64;

/// Every connection of the server.
pub struct Connections {
    limits: ConnectionLimits,
    trusted_proxies: Vec<IpAddr>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    next: u64,
    all: HashMap<u64, Arc<Connection>>,
    /// Only addresses that have a connection or a request right now.
    addresses: HashMap<ClientAddress, Address>,
}

#[derive(Default)]
struct Address {
    connections: Vec<Arc<Connection>>,
    requests: usize,
}

impl Connections {
    /// Limits as configured, and as the number of file descriptors allows, which is raised as far
    /// as the system lets us.
    pub fn new(config: &ServeConfig) -> io::Result<Self> {
        let descriptors = rlimit::increase_nofile_limit(u64::MAX)?;
        let database = config.database.database_connections + config.purchase_connections;
        let left = descriptors.saturating_sub(SPARE_DESCRIPTORS + u64::from(database));
        let left = u32::try_from(left).unwrap_or(u32::MAX).max(16);
        let mut limits = config.connections;
        if left < limits.connections {
            tracing::warn!(
                descriptors,
                "only {left} connections at once; raise the limit of open files (ulimit -n)"
            );
            limits.connections = left;
        }
        Ok(Self::with(limits, config.trusted_proxies.clone()))
    }

    /// With these limits. No address gets more than half of all connections.
    pub fn with(limits: ConnectionLimits, trusted_proxies: Vec<IpAddr>) -> Self {
        let half = (limits.connections / 2).max(1);
        let connections_per_address = limits.connections_per_address.min(half);
        Self {
            limits: ConnectionLimits {
                connections_per_address,
                ..limits
            },
            trusted_proxies,
            open: Mutex::default(),
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.lock().all.len()
    }

    /// Notes a connection from `peer`. Above a limit the one that has waited longest without a
    /// request is closed for it; `None` when all of them are at work.
    pub(crate) fn admit(self: &Arc<Self>, peer: IpAddr) -> Option<Admitted> {
        // Many people come through a proxy.
        let address = (!self.is_trusted(peer)).then(|| ClientAddress::of(peer));
        let now = Instant::now();
        let mut open = self.lock();
        if let Some(address) = address
            && let Some(known) = open.addresses.get(&address)
            && known.connections.len() >= self.limits.connections_per_address as usize
        {
            let quietest = quietest(known.connections.iter())?;
            open.remove(&quietest);
            quietest.closed.cancel();
        }
        if open.all.len() >= self.limits.connections as usize {
            let quietest = quietest(open.all.values())?;
            open.remove(&quietest);
            quietest.closed.cancel();
        }
        open.next += 1;
        let connection = Arc::new(Connection {
            id: open.next,
            address,
            closed: CancellationToken::new(),
            state: Mutex::new(State {
                served: false,
                requests: 0,
                at_work: 0,
                since: now,
            }),
        });
        open.all.insert(connection.id, Arc::clone(&connection));
        if let Some(address) = address {
            let known = open.addresses.entry(address).or_default();
            known.connections.push(Arc::clone(&connection));
        }
        Some(Admitted {
            connection,
            connections: Arc::clone(self),
        })
    }

    fn is_trusted(&self, peer: IpAddr) -> bool {
        self.trusted_proxies.contains(&peer.to_canonical())
    }

    /// Counts a request of `address`; `false` when it has too many already.
    fn begin(&self, address: ClientAddress) -> bool {
        let mut open = self.lock();
        let known = open.addresses.entry(address).or_default();
        let fits = known.requests < self.limits.requests_per_address as usize;
        if fits {
            known.requests += 1;
        }
        fits
    }

    fn end(&self, address: ClientAddress) {
        let mut open = self.lock();
        if let Some(known) = open.addresses.get_mut(&address) {
            known.requests = known.requests.saturating_sub(1);
            open.forget_if_gone(address);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn remove(&mut self, connection: &Connection) {
        if self.all.remove(&connection.id).is_none() {
            return;
        }
        if let Some(address) = connection.address
            && let Some(known) = self.addresses.get_mut(&address)
        {
            known.connections.retain(|other| other.id != connection.id);
            self.forget_if_gone(address);
        }
    }

    fn forget_if_gone(&mut self, address: ClientAddress) {
        let gone = |known: &Address| known.connections.is_empty() && known.requests == 0;
        if self.addresses.get(&address).is_some_and(gone) {
            self.addresses.remove(&address);
        }
    }
}

/// The one that has been without a request for the longest time.
fn quietest<'a>(connections: impl Iterator<Item = &'a Arc<Connection>>) -> Option<Arc<Connection>> {
    connections
        .filter_map(|connection| Some((connection.quiet_since()?, connection)))
        .min_by_key(|(since, _)| *since)
        .map(|(_, connection)| Arc::clone(connection))
}

struct Connection {
    id: u64,
    /// None for a trusted proxy.
    address: Option<ClientAddress>,
    /// Somebody else needs its place.
    closed: CancellationToken,
    state: Mutex<State>,
}

struct State {
    /// Whether there was a request.
    served: bool,
    /// Those whose answer is not yet with the client.
    requests: usize,
    /// Those of them that wait for us, not for the client.
    at_work: usize,
    /// When any of this last changed.
    since: Instant,
}

impl Connection {
    fn quiet_since(&self) -> Option<Instant> {
        let state = self.lock();
        (state.requests == 0).then_some(state.since)
    }

    fn update(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        state.since = Instant::now();
    }

    /// When its time is over, if nothing changes until then.
    fn deadline(&self) -> Instant {
        let state = self.lock();
        match *state {
            State {
                served: false,
                since,
                ..
            } => since + HEADER_TIMEOUT,
            State {
                requests: 0, since, ..
            } => since + IDLE_TIMEOUT,
            State {
                at_work: 0, since, ..
            } => since + READ_TIMEOUT,
            // Our turn; whether it still is will be seen soon.
            _ => Instant::now() + READ_TIMEOUT / 4,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that counts until this is dropped.
pub(crate) struct Admitted {
    connection: Arc<Connection>,
    connections: Arc<Connections>,
}

impl Admitted {
    /// Waits until the connection is to be closed, and says why.
    pub(crate) async fn over(&self) -> &'static str {
        loop {
            let deadline = self.connection.deadline();
            if deadline <= Instant::now() {
                return "its time is over";
            }
            tokio::select! {
                () = sleep_until(deadline) => {}
                () = self.connection.closed.cancelled() => return "others need its place",
            }
        }
    }

    /// Counts a request until the answer is with the client; `None` when its address has too many.
    pub(crate) fn request(&self, peer: IpAddr, headers: &HeaderMap) -> Option<InFlight> {
        let address = match self.connection.address {
            Some(address) => address,
            None => ClientAddress::behind(peer, headers, &self.connections.trusted_proxies),
        };
        // Who is refused has said something all the same.
        self.connection.update(|state| state.served = true);
        if !self.connections.begin(address) {
            return None;
        }
        self.connection.update(|state| {
            state.requests += 1;
            state.at_work += 1;
        });
        Some(InFlight {
            connection: Arc::clone(&self.connection),
            connections: Arc::clone(&self.connections),
            address,
            at_work: true,
        })
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.connections.lock().remove(&self.connection);
    }
}

/// A request whose answer is not yet with the client.
pub(crate) struct InFlight {
    connection: Arc<Connection>,
    connections: Arc<Connections>,
    address: ClientAddress,
    at_work: bool,
}

impl InFlight {
    /// Whether the answer waits for us, and not for the client.
    fn set_at_work(&mut self, at_work: bool) {
        let before = std::mem::replace(&mut self.at_work, at_work);
        self.connection.update(|state| match (before, at_work) {
            (false, true) => state.at_work += 1,
            (true, false) => state.at_work = state.at_work.saturating_sub(1),
            _ => {}
        });
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.set_at_work(false);
        self.connection
            .update(|state| state.requests = state.requests.saturating_sub(1));
        self.connections.end(self.address);
    }
}

/// The body of an answer, which tells whether the client takes it.
pub(crate) struct Watched {
    body: Body,
    request: Option<InFlight>,
}

impl Watched {
    /// The answer to `request`, which ends with its body.
    pub(crate) fn new(body: Body, mut request: Option<InFlight>) -> Self {
        if let Some(request) = &mut request {
            request.set_at_work(false);
        }
        Self { body, request }
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Some(request) = &mut self.request {
            request.set_at_work(polled.is_pending());
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
