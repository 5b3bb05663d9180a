//! Killing the real server, and PostgreSQL, with SIGKILL in the middle of things: what was answered
//! is there, what was not is there whole or not at all, and a retry with the same key tells.
#![cfg(unix)]

mod batches;
mod sale;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sale::{Acknowledged, Sale, collect, kill_postgres, wait_a_little};

const KILLS: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_in_the_middle_of_a_sale_loses_nothing_it_answered() {
    let sale = Sale::open().await;
    let (over, replays) = (Arc::default(), Arc::default());
    let mut server = sale.start_server();
    sale.ready().await;
    let buyers = sale.storm(&over, &replays);
    server = sale.kill_again_and_again(server, KILLS).await;
    over.store(true, Ordering::Relaxed);
    let acknowledged = collect(buyers).await;
    drop(server);
    settle(&sale, &acknowledged, &replays).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_killed_in_the_middle_of_a_sale_loses_nothing_that_was_answered() {
    let sale = Sale::open().await;
    let (over, replays) = (Arc::default(), Arc::default());
    let server = sale.start_server();
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
    drop(server);
    settle(&sale, &acknowledged, &replays).await;
}

async fn settle(sale: &Sale, acknowledged: &[Acknowledged], replays: &AtomicUsize) {
    let orders = acknowledged.len();
    assert!(orders > KILLS * 5, "only {orders} orders");
    let replays = replays.load(Ordering::Relaxed);
    eprintln!("{orders} orders, {replays} of them answered by a replay");
    sale.settle_accounts(acknowledged).await;
}
