//! Purchases through the server.

use std::time::Duration;

use anyhow::{Context, Result};

use super::Bench;
use crate::ask::{self, Ask, What};
use crate::http::Answer;
use crate::ledger::Ledger;
use crate::summary::{PROMO, QUIET, STORMED};
use crate::tally::Seen;
use crate::{load, sql};

/// No sale of a level ends for want of tickets.
pub(super) const PLENTY: i32 = 1_000_000;
/// Connections that requests at a pace may use.
pub(super) const OPEN_CONNECTIONS: usize = 512;
const PROMO_CODE: &str = "HOT";
/// Purchases a second of the other event, and the buyers who storm the first.
const OTHERS_RATE: f64 = 200.0;
const STORMERS: usize = 128;
const STORM_BUYERS: usize = 10_000;
const STORM_TICKETS: i32 = 1_000;
const STORM_GIVE_UP: Duration = Duration::from_secs(60);

impl Bench {
    /// H0
    pub(super) async fn answer_at_once(&mut self) -> Result<()> {
        let stage = self.stage("H0", "combined", 1).await?;
        for clients in [32, 128] {
            let before = stage.cpu();
            let ask = Ask {
                people: &self.buyers,
                what: What::order(uuid::Uuid::nil(), 0),
                expected: ask::invalid,
            };
            let seen = load::closed(&stage.addresses(), clients, self.timing, &ask).await?;
            self.record(&stage, before, "H0", &format!("{clients} clients"), &seen);
        }
        self.finish(stage).await
    }

    /// H1, H2, H5: clients spread over servers that buy 2 tickets each, a new event for each number
    /// of clients.
    pub(super) async fn buy(
        &mut self,
        row: &'static str,
        path: &str,
        servers: usize,
        clients: &[usize],
    ) -> Result<()> {
        let stage = self.stage(row, path, servers).await?;
        for &clients in clients {
            let sale = sql::new_sale(&mut *stage.database.pool.acquire().await?, PLENTY).await?;
            let before = stage.cpu();
            let ask = self.purchase(&sale, 2);
            let seen = load::closed(&stage.addresses(), clients, self.timing, &ask).await?;
            self.record(&stage, before, row, &format!("{clients} clients"), &seen);
            self.compare(&stage, row, &sale, &[&seen]).await?;
        }
        self.finish(stage).await
    }

    /// Promo
    pub(super) async fn buy_cheaper(&mut self) -> Result<()> {
        let stage = self.stage("Promo", "combined", 1).await?;
        for clients in [128, 512] {
            let sale = {
                let mut connection = stage.database.pool.acquire().await?;
                let sale = sql::new_sale(&mut connection, PLENTY).await?;
                sql::new_promo_code(&mut connection, sale.event, PROMO_CODE).await?;
                sale
            };
            let before = stage.cpu();
            let mut ask = self.purchase(&sale, 2);
            ask.what = What::order_with_code(sale.ticket_type, 2, PROMO_CODE);
            let seen = load::closed(&stage.addresses(), clients, self.timing, &ask).await?;
            self.record(&stage, before, PROMO, &format!("{clients} clients"), &seen);
            self.compare(&stage, PROMO, &sale, &[&seen]).await?;
        }
        self.finish(stage).await
    }

    /// H3
    pub(super) async fn buy_at_a_pace(&mut self) -> Result<()> {
        let rate = self.best("H2").context("H3 needs H2")?.rate * 0.8;
        let stage = self.stage("H3", "combined", 1).await?;
        let sale = sql::new_sale(&mut *stage.database.pool.acquire().await?, PLENTY).await?;
        let mut timing = self.timing;
        timing.time *= 2;
        let before = stage.cpu();
        let ask = self.purchase(&sale, 2);
        let addresses = stage.addresses();
        let seen = load::open(&addresses, OPEN_CONNECTIONS, rate, timing, &ask).await?;
        self.record(&stage, before, "H3", "80 % of H2", &seen);
        if let Some(sample) = self.samples.last_mut() {
            sample.note = format!("{rate:.0}/s asked, {} late", seen.dropped.late);
        }
        self.compare(&stage, "H3", &sale, &[&seen]).await?;
        self.finish(stage).await
    }

    /// H4
    pub(super) async fn refuse(&mut self) -> Result<()> {
        let stage = self.stage("H4", "combined", 1).await?;
        let addresses = stage.addresses();
        let sale = sql::new_sale(&mut *stage.database.pool.acquire().await?, 2).await?;
        let ask = self.purchase(&sale, 2);
        let last = load::at_once(addresses[0], 1, STORM_GIVE_UP, &ask).await?;
        for clients in [128, 512] {
            let before = stage.cpu();
            let mut ask = self.purchase(&sale, 2);
            ask.expected = ask::sold_out;
            let seen = load::closed(&addresses, clients, self.timing, &ask).await?;
            self.record(&stage, before, "H4", &format!("{clients} clients"), &seen);
            self.compare(&stage, "H4", &sale, &[&last, &seen]).await?;
        }
        self.finish(stage).await
    }

    /// H7: everyone has a connection, as from looking at the event, and asks at the same moment.
    pub(super) async fn storm(&mut self) -> Result<()> {
        let stage = self.stage("H7", "combined", 1).await?;
        let sale = {
            let mut connection = stage.database.pool.acquire().await?;
            sql::new_sale(&mut connection, STORM_TICKETS).await?
        };
        let before = stage.cpu();
        let mut ask = self.purchase(&sale, 1);
        ask.expected = |answer: &Answer<'_>| ask::created(answer) || ask::sold_out(answer);
        let address = stage.servers[0].address;
        let seen = load::at_once(address, STORM_BUYERS, STORM_GIVE_UP, &ask).await?;
        self.record(&stage, before, "H7", "10,000 buyers", &seen);
        let sold = self.compare(&stage, "H7", &sale, &[&seen]).await?;
        if let Some(sample) = self.samples.last_mut() {
            sample.tickets_sold = Some(sold);
            sample.note = format!("{sold} tickets sold");
        }
        if seen.counted != STORM_BUYERS as u64 {
            self.found("H7", &format!("{} have a clear answer", seen.counted));
        }
        self.finish(stage).await
    }

    /// Fair: what buyers of another event notice of H2.
    pub(super) async fn share(&mut self) -> Result<()> {
        let stage = self.stage("Fair", "combined", 1).await?;
        let (hot, other) = {
            let mut connection = stage.database.pool.acquire().await?;
            let hot = sql::new_sale(&mut connection, PLENTY).await?;
            (hot, sql::new_sale(&mut connection, PLENTY).await?)
        };
        let mut timing = self.timing;
        timing.time *= 2;
        let addresses = stage.addresses();
        let ask = self.purchase(&other, 2);
        let buy_other = || load::open(&addresses, OPEN_CONNECTIONS, OTHERS_RATE, timing, &ask);
        let quiet = buy_other().await?;
        let storm = self.purchase(&hot, 2);
        let (others, stormers) = tokio::try_join!(
            buy_other(),
            load::closed(&addresses, STORMERS, timing, &storm)
        )?;
        // Two kinds of answers share the processor.
        self.record(&stage, None, QUIET, "200/s", &quiet);
        self.record(&stage, None, STORMED, "200/s", &others);
        if let Some(sample) = self.samples.last_mut() {
            sample.note = format!("{:.0} purchases/s meanwhile", stormers.rate());
        }
        self.compare(&stage, STORMED, &other, &[&quiet, &others])
            .await?;
        self.compare(&stage, STORMED, &hot, &[&stormers]).await?;
        self.finish(stage).await
    }

    pub(super) fn purchase(&self, sale: &sql::Sale, quantity: i32) -> Ask<'_> {
        Ask {
            people: &self.buyers,
            what: What::order(sale.ticket_type, quantity),
            expected: ask::created,
        }
    }

    /// Holds what the buyers of a sale know against the database; how many tickets they have.
    pub(super) async fn compare(
        &mut self,
        stage: &super::Stage,
        row: &str,
        sale: &sql::Sale,
        seen: &[&Seen],
    ) -> Result<usize> {
        let mut ledger = Ledger::default();
        for seen in seen {
            ledger.add(&seen.acknowledged, &seen.unknown);
        }
        let mut connection = stage.database.pool.acquire().await?;
        for difference in ledger.compare(&mut connection, sale.event).await? {
            self.found(row, &difference);
        }
        Ok(ledger.tickets())
    }
}
