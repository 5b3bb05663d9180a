//! Reads: the list of events and one's own tickets, alone and while an event is stormed, and with
//! up to a hundred times as many tickets in the table.

use anyhow::Result;

use super::sale::{OPEN_CONNECTIONS, PLENTY};
use super::{Bench, Stage};
use crate::ask::{self, Ask, What};
use crate::database::EARLIER_TICKETS;
use crate::people::People;
use crate::summary::PACED;
use crate::{load, sql};

const LIST: &str = "/api/events";
const MINE: &str = "/api/tickets";
/// Of anyone who holds tickets, so many ask.
const READERS: u64 = 10_000;
/// Readers and buyers at the same time.
const READERS_DURING_SALE: usize = 16;
const BUYERS_DURING_SALE: usize = 128;
/// Readers of their own tickets who wait for their answers.
const MINE_CLIENTS: usize = 32;
/// The part of what the smallest table allows at which latencies are compared.
const PACE: f64 = 0.5;

impl Bench {
    /// H6
    pub(super) async fn read(&mut self) -> Result<()> {
        let stage = self.stage("H6", "combined", 1).await?;
        let readers = self.readers(EARLIER_TICKETS)?;
        for clients in [32, 128] {
            let before = stage.cpu();
            let ask = get(&readers, LIST);
            let seen = load::closed(&stage.addresses(), clients, self.timing, &ask).await?;
            self.record(
                &stage,
                before,
                "H6 list",
                &format!("{clients} clients"),
                &seen,
            );
        }
        self.read_during_sale(&stage, "H6 list in H2", &get(&readers, LIST))
            .await?;
        self.read_during_sale(&stage, "H6 mine in H2", &get(&readers, MINE))
            .await?;
        self.finish(stage).await?;

        let stage = self.stage("H6", "combined", 1).await?;
        let rate = self.read_mine(&stage, "H6 mine 100k", &readers).await?;
        let pace = rate * PACE;
        self.read_mine_paced(&stage, PACED[0], &readers, pace)
            .await?;
        self.finish(stage).await?;
        for (index, (size, tickets, database)) in
            std::mem::take(&mut self.large).into_iter().enumerate()
        {
            let readers = self.readers(tickets)?;
            let mut stage = self.stage_on("H6", database, "combined", 1).await?;
            let row = format!("H6 mine {size}");
            self.read_mine(&stage, &row, &readers).await?;
            self.read_mine_paced(&stage, PACED[index + 1], &readers, pace)
                .await?;
            stage.servers.clear();
            self.large.push((size, tickets, stage.database));
        }
        Ok(())
    }

    /// People who hold tickets, spread over all who do.
    fn readers(&self, tickets: i64) -> Result<People> {
        let holders = u64::try_from(tickets / sql::TICKETS_A_HOLDER)?;
        People::sign_in(&self.keys, 0..holders, READERS)
    }

    async fn read_during_sale(&mut self, stage: &Stage, row: &str, ask: &Ask<'_>) -> Result<()> {
        let sale = sql::new_sale(&mut *stage.database.pool.acquire().await?, PLENTY).await?;
        let before = stage.cpu();
        let addresses = stage.addresses();
        let purchase = self.purchase(&sale, 2);
        let (seen, bought) = tokio::try_join!(
            load::closed(&addresses, READERS_DURING_SALE, self.timing, ask),
            load::closed(&addresses, BUYERS_DURING_SALE, self.timing, &purchase),
        )?;
        self.record(stage, before, row, "16 clients", &seen);
        if let Some(sample) = self.samples.last_mut() {
            sample.note = format!("{:.0} purchases/s meanwhile", bought.rate());
            // Two kinds of answers share the processor.
            sample.cpu = None;
        }
        self.compare(stage, row, &sale, &[&bought]).await?;
        Ok(())
    }

    async fn read_mine(&mut self, stage: &Stage, row: &str, readers: &People) -> Result<f64> {
        let before = stage.cpu();
        let ask = get(readers, MINE);
        let seen = load::closed(&stage.addresses(), MINE_CLIENTS, self.timing, &ask).await?;
        self.record(
            stage,
            before,
            row,
            &format!("{MINE_CLIENTS} clients"),
            &seen,
        );
        Ok(seen.rate())
    }

    async fn read_mine_paced(
        &mut self,
        stage: &Stage,
        row: &str,
        readers: &People,
        rate: f64,
    ) -> Result<()> {
        let before = stage.cpu();
        let ask = get(readers, MINE);
        let addresses = stage.addresses();
        let seen = load::open(&addresses, OPEN_CONNECTIONS, rate, self.timing, &ask).await?;
        self.record(stage, before, row, "half of 100k's rate", &seen);
        Ok(())
    }
}

fn get<'a>(people: &'a People, path: &'static str) -> Ask<'a> {
    Ask {
        people,
        what: What::Get(path),
        expected: ask::read,
    }
}
