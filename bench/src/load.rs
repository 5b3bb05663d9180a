//! The load: clients that wait for their answers (closed loop), requests that come when they are
//! due (open loop), or everyone at once. All on one thread, to leave the machine to the server.

use std::cell::Cell;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures::future::join_all;
use futures::{StreamExt, TryStreamExt, stream};

use crate::ask::{Ask, Sent};
use crate::http::{Connection, NoAnswer};
use crate::schedule::Schedule;
use crate::tally::{Seen, Tally};

/// How many connections are opened at a time.
const OPENING: usize = 64;
/// How long a client waits before it tries again, as the server asks of it.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// How long to measure, and how long to run before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    pub(crate) warm_up: Duration,
    pub(crate) time: Duration,
}

/// A connection, and the bytes of the request on it.
struct Client {
    address: SocketAddr,
    connection: Option<Connection>,
    request: Vec<u8>,
}

/// `clients` clients, spread over the servers at `addresses`, that each ask as soon as they have
/// their answer.
pub(crate) async fn closed(
    addresses: &[SocketAddr],
    clients: usize,
    timing: Timing,
    ask: &Ask<'_>,
) -> Result<Seen> {
    let clients = connect(addresses, clients).await?;
    let tally = Tally::start(timing.warm_up, timing.time)?;
    join_all(clients.into_iter().map(async |mut client| {
        while !tally.is_over() {
            let sent = ask.write(&mut client.request);
            client.ask(Instant::now(), sent, ask, &tally).await;
        }
    }))
    .await;
    Ok(tally.finish())
}

/// Requests at `rate` a second, each on whichever of `connections` connections is free first.
pub(crate) async fn open(
    addresses: &[SocketAddr],
    connections: usize,
    rate: f64,
    timing: Timing,
    ask: &Ask<'_>,
) -> Result<Seen> {
    let clients = connect(addresses, connections).await?;
    let schedule = Schedule::new(rate, timing.warm_up + timing.time);
    let tally = Tally::start(timing.warm_up, timing.time)?;
    let start = Instant::now();
    let next = Cell::new(0);
    let take_turn = || {
        let due = schedule.due(next.get())?;
        next.set(next.get() + 1);
        Some(start + due)
    };
    join_all(clients.into_iter().map(async |mut client| {
        while let Some(due) = take_turn() {
            tokio::time::sleep_until(due.into()).await;
            tally.sent_late(due);
            let sent = ask.write(&mut client.request);
            client.ask(due, sent, ask, &tally).await;
        }
    }))
    .await;
    anyhow::ensure!(
        next.get() == schedule.total(),
        "some requests were not sent"
    );
    Ok(tally.finish())
}

/// `clients` clients who all ask at once, and the same again when told to come back.
pub(crate) async fn at_once(
    address: SocketAddr,
    clients: usize,
    give_up: Duration,
    ask: &Ask<'_>,
) -> Result<Seen> {
    let clients = connect(&[address], clients).await?;
    let tally = Tally::start(Duration::ZERO, give_up)?;
    let start = Instant::now();
    join_all(clients.into_iter().map(async |mut client| {
        let sent = ask.write(&mut client.request);
        while !client.ask(start, sent, ask, &tally).await && !tally.is_over() {
            tokio::time::sleep(RETRY_AFTER).await;
        }
    }))
    .await;
    let seen = tally.finish();
    Ok(Seen {
        time: seen.ran,
        ..seen
    })
}

async fn connect(addresses: &[SocketAddr], count: usize) -> Result<Vec<Client>> {
    stream::iter(addresses.iter().copied().cycle().take(count))
        .map(async |address| {
            let connection = Connection::open(address).await;
            let connection = connection.with_context(|| format!("cannot connect to {address}"))?;
            Ok(Client {
                address,
                connection: Some(connection),
                request: Vec::with_capacity(1024),
            })
        })
        .buffer_unordered(OPENING)
        .try_collect()
        .await
}

impl Client {
    /// Sends the request and writes down what came of it; whether that is what was expected.
    async fn ask(
        &mut self,
        due: Instant,
        sent: Option<Sent>,
        ask: &Ask<'_>,
        tally: &Tally,
    ) -> bool {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => match Connection::open(self.address).await {
                Ok(connection) => none.insert(connection),
                Err(_) => {
                    tally.unanswered(None, &NoAnswer::Broken);
                    tokio::time::sleep(RETRY_AFTER).await;
                    return false;
                }
            },
        };
        match connection.ask(&self.request).await {
            Ok(answer) => {
                let expected = (ask.expected)(&answer);
                tally.answered(due, sent, &answer, expected);
                expected
            }
            Err(why) => {
                tally.unanswered(sent, &why);
                self.connection = None;
                false
            }
        }
    }
}
