//! What PostgreSQL alone can do, without a server in front of it.

use std::cell::RefCell;
use std::time::Instant;

use anyhow::Result;
use api::EventId;
use api::orders::PlaceOrderLine;
use futures::future::try_join_all;
use server::orders::purchase::batch::place_all;
use server::orders::purchase::{Placed, PurchaseRequest};
use server::payment::PayAtDoor;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::sale::PLENTY;
use super::{Bench, Stage};
use crate::ask::{Sent, new_key};
use crate::http::Answer;
use crate::ledger::Ledger;
use crate::people::People;
use crate::sql::{self, Sale};
use crate::tally::Tally;

const COUNTING_CONNECTIONS: usize = 8;
const BATCH_SIZES: [usize; 3] = [64, 128, 256];
const BATCH_CONNECTIONS: [usize; 2] = [1, 2];

impl Bench {
    /// P2
    pub(super) async fn count_up(&mut self) -> Result<()> {
        let stage = self.stage("P2", "", 0).await?;
        let sale = sql::new_sale(&mut *stage.database.pool.acquire().await?, PLENTY).await?;
        let connections = connect(&stage, COUNTING_CONNECTIONS).await?;
        let before = stage.cpu();
        let tally = Tally::start(self.timing.warm_up, self.timing.time)?;
        try_join_all(connections.into_iter().map(async |mut connection| {
            while !tally.is_over() {
                let due = Instant::now();
                sql::count_up(&mut connection, sale.event).await?;
                tally.answered(due, None, &done(), true);
            }
            anyhow::Ok(())
        }))
        .await?;
        let seen = tally.finish();
        self.record(&stage, before, "P2", "8 connections", &seen);
        let mut connection = stage.database.pool.acquire().await?;
        let counted = sql::take_count(&mut connection, sale.event).await?;
        drop(connection);
        if counted != i64::try_from(seen.all_answers())? {
            let answers = seen.all_answers();
            self.found("P2", &format!("counted to {counted} in {answers} updates"));
        }
        self.finish(stage).await
    }

    /// P4
    pub(super) async fn place_batches(&mut self) -> Result<()> {
        let stage = self.stage("P4", "", 0).await?;
        for connections in BATCH_CONNECTIONS {
            for size in BATCH_SIZES {
                self.place_batches_of(&stage, size, connections).await?;
            }
        }
        self.finish(stage).await
    }

    async fn place_batches_of(
        &mut self,
        stage: &Stage,
        size: usize,
        connections: usize,
    ) -> Result<()> {
        let sale = sql::new_sale(&mut *stage.database.pool.acquire().await?, PLENTY).await?;
        let clients = connect(stage, connections).await?;
        let ledger = RefCell::new(Ledger::default());
        let before = stage.cpu();
        let tally = Tally::start(self.timing.warm_up, self.timing.time)?;
        try_join_all(clients.into_iter().map(async |mut connection| {
            while !tally.is_over() {
                let batch = requests(&self.buyers, &sale, size);
                place(&mut connection, &sale.event, &batch, &tally, &ledger).await?;
            }
            anyhow::Ok(())
        }))
        .await?;
        let variant = format!("{size} orders, {connections} connections");
        self.record(stage, before, "P4", &variant, &tally.finish());
        let mut connection = stage.database.pool.acquire().await?;
        let ledger = ledger.into_inner();
        for difference in ledger.compare(&mut connection, sale.event).await? {
            self.found("P4", &difference);
        }
        Ok(())
    }
}

async fn connect(stage: &Stage, count: usize) -> Result<Vec<PgConnection>> {
    let url = &stage.database.url;
    Ok(try_join_all((0..count).map(|_| PgConnection::connect(url))).await?)
}

fn requests(buyers: &People, sale: &Sale, count: usize) -> Vec<PurchaseRequest> {
    let line = PlaceOrderLine {
        ticket_type_id: sale.ticket_type,
        quantity: 2,
    };
    (0..count)
        .map(|_| PurchaseRequest {
            order: Uuid::now_v7(),
            session: None,
            user: buyers.next().id,
            key: new_key(),
            hash: [7; 32],
            lines: vec![line.clone()],
            promo_code: None,
            expected_total: None,
        })
        .collect()
}

async fn place(
    connection: &mut PgConnection,
    event: &EventId,
    batch: &[PurchaseRequest],
    tally: &Tally,
    ledger: &RefCell<Ledger>,
) -> Result<()> {
    let due = Instant::now();
    let outcomes = place_all(connection, std::slice::from_ref(event), batch, &PayAtDoor).await?;
    for (request, outcome) in batch.iter().zip(outcomes) {
        let Placed::New(order) = outcome? else {
            anyhow::bail!("a new key was answered with an earlier order");
        };
        tally.answered(due, None, &done(), true);
        let (user, key) = (request.user, request.key);
        ledger.borrow_mut().add_order(Sent { user, key }, &order);
    }
    Ok(())
}

/// What PostgreSQL did counts as an answer.
fn done() -> Answer<'static> {
    Answer {
        status: 200,
        body: b"",
    }
}
