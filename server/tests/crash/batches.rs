//! What is done in batches goes on where it was, and nothing of it is done twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use api::orders::IDEMPOTENCY_KEY;
use serde_json::{Value, json};
use server::verify;
use sqlx::PgPool;
use uuid::Uuid;

use crate::sale::{Sale, collect};

const GUESTS: usize = 6_000;
/// More would leave no batch the time to end.
const KILLS: usize = 10;

impl Sale {
    async fn event(&self) -> Uuid {
        let event = sqlx::query_scalar!("select id from events");
        event.fetch_one(&self.db).await.expect("an event")
    }

    /// Asks as the organizer until there is an answer.
    async fn insist(&self, path: &str, key: Uuid, body: &Value) {
        let client = reqwest::Client::new();
        let url = format!(
            "http://{}/api/host/events/{}{path}",
            self.address,
            self.event().await
        );
        loop {
            let request = client.post(&url).bearer_auth(&self.tokens[0]);
            let request = request.header(IDEMPOTENCY_KEY, key.to_string()).json(body);
            match request.send().await {
                Ok(answer) if answer.status().is_success() => return,
                Ok(answer) if answer.status().is_client_error() => {
                    panic!("{path}: {:?}", answer.text().await)
                }
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// Waits until all guests have their tickets, or all tickets went back.
    async fn wait_until(&self, what: &str, is_done: impl AsyncFn(&PgPool) -> bool) {
        let started = Instant::now();
        while !is_done(&self.db).await {
            let waited = started.elapsed();
            assert!(waited < Duration::from_secs(120), "{what} is not done");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn sell_for(&self, time: Duration) -> i64 {
        let over = Arc::<AtomicBool>::default();
        let buyers = self.storm(&over, &Arc::default());
        tokio::time::sleep(time).await;
        over.store(true, Ordering::Relaxed);
        let tickets = collect(buyers).await.into_iter();
        tickets.map(|order| order.numbers.len() as i64).sum()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gifts_and_refunds_go_on_after_every_kill_and_happen_once() {
    let sale = Sale::open().await;
    let server = sale.start_server();
    sale.ready().await;
    let sold = sale.sell_for(Duration::from_secs(2)).await;

    let guest =
        |n: usize| json!({"name": format!("Guest {n}"), "email": format!("g{n}@example.com")});
    let guests: Vec<Value> = (0..GUESTS).map(guest).collect();
    let gift = json!({"ticket_type_id": sale.ticket_type, "guests": guests});
    let key = Uuid::new_v4();
    let (server, ()) = tokio::join!(
        sale.kill_again_and_again(server, KILLS),
        sale.insist("/comps", key, &gift),
    );
    sale.wait_until("giving", async |db| {
        let given = sqlx::query_scalar!("select count(*) from comp_guests where number > 0");
        given.fetch_one(db).await.expect("counted") == Some(GUESTS as i64)
    })
    .await;

    let nothing = json!({});
    let (server, ()) = tokio::join!(
        sale.kill_again_and_again(server, KILLS),
        sale.insist("/cancel", Uuid::new_v4(), &nothing),
    );
    sale.wait_until("sending back", async |db| {
        let done = sqlx::query_scalar!("select count(finished_at) from cancellations");
        done.fetch_one(db).await.expect("counted") == Some(1)
    })
    .await;
    drop(server);

    let outcome = sqlx::query!(
        r#"select count(*) filter (where state = 'refunded') as "refunded!",
            count(*) filter (where state = 'revoked') as "revoked!",
            (select sum(total)::bigint from orders) as "money!"
        from tickets"#
    )
    .fetch_one(&sale.db)
    .await
    .expect("counted");
    let outcome = (outcome.refunded, outcome.revoked, outcome.money);
    assert_eq!(outcome, (sold, GUESTS as i64, 0));
    let report = verify::run(&sale.db).await.expect("verified");
    assert!(report.is_clean(), "{report}");
}
