//! Killing the real server, and PostgreSQL, with SIGKILL in the middle of things: what was answered
//! is there, what was not is there whole or not at all, and a retry with the same key tells.
#![cfg(unix)]

mod batches;
mod sale;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sale::{Sale, collect, kill_postgres};

const KILLS: usize = 20;

/// Kills come at uneven times, so that they hit different statements.
async fn wait_a_little(kill: usize) {
    let milliseconds = 60 + 37 * u64::try_from(kill % 7).expect("small");
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_in_the_middle_of_a_sale_loses_nothing_it_answered() {
    let sale = Sale::open().await;
    let (over, replays) = (Arc::default(), Arc::default());
    let mut server = sale.start_server();
    sale.ready().await;
    let buyers = sale.storm(&over, &replays);
    for kill in 0..KILLS {
        wait_a_little(kill).await;
        server.kill().and_then(|()| server.wait()).expect("killed");
        server = sale.start_server();
        sale.ready().await;
    }
    over.store(true, Ordering::Relaxed);
    let acknowledged = collect(buyers).await;
    server.kill().and_then(|()| server.wait()).expect("killed");
    assert!(
        acknowledged.len() > KILLS * 5,
        "only {} orders",
        acknowledged.len()
    );
    eprintln!(
        "{} orders, {} of them answered by a replay",
        acknowledged.len(),
        replays.load(Ordering::Relaxed)
    );
    sale.settle_accounts(&acknowledged).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_killed_in_the_middle_of_a_sale_loses_nothing_that_was_answered() {
    let sale = Sale::open().await;
    let (over, replays) = (Arc::default(), Arc::default());
    let mut server = sale.start_server();
    sale.ready().await;
    let buyers = sale.storm(&over, &replays);
    let mut last = String::new();
    for kill in 0..KILLS {
        wait_a_little(kill).await;
        kill_postgres(sale.data.path(), &mut last);
        sale.ready().await;
    }
    over.store(true, Ordering::Relaxed);
    let acknowledged = collect(buyers).await;
    server.kill().and_then(|()| server.wait()).expect("killed");
    assert!(
        acknowledged.len() > KILLS * 5,
        "only {} orders",
        acknowledged.len()
    );
    eprintln!(
        "{} orders, {} of them answered by a replay",
        acknowledged.len(),
        replays.load(Ordering::Relaxed)
    );
    sale.settle_accounts(&acknowledged).await;
}
