//! A real server on a PostgreSQL of its own, and the buyers of an event.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use api::orders::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, Order};
use managed_postgres::{Options, Postgres};
use server::auth::{AccessKeys, AccessSecrets};
use server::verify;
use sqlx::PgPool;
use tempfile::TempDir;
use tokio::task::JoinSet;
use uuid::Uuid;

const BUYERS: usize = 24;
const CAPACITY: i32 = 1_000_000;

/// A server on data of its own, and an event that everyone wants.
pub(crate) struct Sale {
    // Dropped in this order.
    postgres: Postgres,
    pub(crate) data: TempDir,
    pub(crate) address: String,
    pub(crate) db: PgPool,
    pub(crate) ticket_type: Uuid,
    pub(crate) tokens: Vec<String>,
}

/// A running server, killed when dropped, so that a failing test leaves none behind.
pub(crate) struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let killed = self.0.kill().and_then(|()| self.0.wait());
        killed.expect("the server is killed");
    }
}

/// What a client was told and will be held to.
#[derive(Debug)]
pub(crate) struct Acknowledged {
    key: Uuid,
    order: Uuid,
    pub(crate) numbers: Vec<i32>,
}

impl Sale {
    pub(crate) async fn open() -> Self {
        let data = TempDir::new().expect("a folder");
        let postgres = start_postgres(data.path()).await;
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a port")
            .port();
        let url = postgres.url("postgres");
        let db = PgPool::connect(&url).await.expect("connected");
        server::database::MIGRATIONS
            .run(&db)
            .await
            .expect("migrated");
        let secrets = AccessSecrets::load_or_create(data.path()).expect("secrets");
        let keys = AccessKeys::new(&secrets);
        let users: Vec<Uuid> = (0..BUYERS).map(|_| Uuid::now_v7()).collect();
        let ticket_type = prepare(&db, &users).await;
        let token = |user: &Uuid| keys.issue(*user, *user).expect("a token");
        Self {
            tokens: users.iter().map(token).collect(),
            address: format!("127.0.0.1:{port}"),
            postgres,
            data,
            db,
            ticket_type,
        }
    }

    pub(crate) fn start_server(&self) -> Server {
        let server = Command::new(env!("CARGO_BIN_EXE_boxoffice"))
            .args(["serve", "--bind", &self.address, "--log-filter", "off"])
            .args(["--database-url", &self.postgres.url("postgres")])
            .args(["--invitations-per-day", "100000"])
            .arg("--data-dir")
            .arg(self.data.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("the server starts");
        Server(server)
    }

    pub(crate) async fn ready(&self) {
        let started = Instant::now();
        let url = format!("http://{}/readyz", self.address);
        while !reqwest::get(&url)
            .await
            .is_ok_and(|answer| answer.status().is_success())
        {
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "it did not recover"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Kills the server so often, starting it anew each time.
    pub(crate) async fn kill_again_and_again(&self, mut server: Server, kills: usize) -> Server {
        for kill in 0..kills {
            wait_a_little(kill).await;
            drop(server);
            server = self.start_server();
            self.ready().await;
        }
        server
    }

    /// Sets the buyers off; they go on until `over`, and then until their last order is answered.
    pub(crate) fn storm(
        &self,
        over: &Arc<AtomicBool>,
        replays: &Arc<AtomicUsize>,
    ) -> JoinSet<Vec<Acknowledged>> {
        let mut buyers = JoinSet::new();
        for (number, token) in self.tokens.iter().cloned().enumerate() {
            let buyer = Buyer {
                client: reqwest::Client::builder()
                    .timeout(Duration::from_secs(5))
                    .build()
                    .expect("a client"),
                url: format!("http://{}/api/orders", self.address),
                token,
                ticket_type: self.ticket_type,
                quantity: 1 + i32::try_from(number % 3).expect("small"),
                replays: Arc::clone(replays),
            };
            let over = Arc::clone(over);
            buyers.spawn(async move {
                let mut acknowledged = Vec::new();
                while !over.load(Ordering::Relaxed) {
                    acknowledged.push(buyer.buy().await);
                }
                acknowledged
            });
        }
        buyers
    }

    /// Holds the database to everything that clients were told.
    pub(crate) async fn settle_accounts(&self, acknowledged: &[Acknowledged]) {
        let orders = sqlx::query_scalar!("select count(*) from orders")
            .fetch_one(&self.db)
            .await;
        let orders = orders.expect("counted").unwrap_or_default();
        assert_eq!(
            orders,
            i64::try_from(acknowledged.len()).expect("few"),
            "orders nobody was told of"
        );
        for told in acknowledged {
            let kept = sqlx::query!(
                "select o.id, array_agg(t.number order by t.number) as numbers
                from orders o join tickets t on t.order_id = o.id
                where o.idempotency_key = $1 group by o.id",
                told.key,
            )
            .fetch_one(&self.db)
            .await
            .unwrap_or_else(|error| panic!("{told:?} is lost: {error}"));
            assert_eq!(
                (kept.id, kept.numbers),
                (told.order, Some(told.numbers.clone()))
            );
        }
        let report = verify::run(&self.db).await.expect("verified");
        assert!(report.is_clean(), "{report}");
    }
}

async fn start_postgres(folder: &Path) -> Postgres {
    let options = Options::new(folder.join("postgres")).not_durable();
    tokio::task::spawn_blocking(move || Postgres::start(&options))
        .await
        .expect("no panic")
        .expect("PostgreSQL starts")
}

async fn prepare(db: &PgPool, users: &[Uuid]) -> Uuid {
    let (event, ticket_type) = (Uuid::now_v7(), Uuid::now_v7());
    sqlx::query!(
        "with buyers as (
            insert into users (id, name, email, password_hash, email_verified_at)
            select id, 'Buyer', id || '@example.com', '$argon2id$', now()
            from unnest($1::uuid[]) as id
            returning id
        )
        insert into sessions (id, user_id, expires_at)
        select id, id, now() + interval '1 day' from buyers",
        users,
    )
    .execute(db)
    .await
    .expect("users");
    sqlx::query!(
        "with event as (
            insert into events (id, organizer_id, status, title, description, venue, address, city,
                starts_at, ends_at, timezone, currency, published_at)
            values ($1, $2, 'published', 'Hot', '', 'Hall', '', 'Berlin', now() + interval '1 day',
                now() + interval '2 days', 'Europe/Berlin', 'EUR', now())
        ), stock as (insert into event_stock (event_id) values ($1))
        insert into ticket_types (id, event_id, position, name, price, capacity, max_per_order)
        values ($3, $1, 0, 'Standing', 2500, $4, 10)",
        event,
        users[0],
        ticket_type,
        CAPACITY,
    )
    .execute(db)
    .await
    .expect("an event");
    ticket_type
}

/// Someone who buys and, when told nothing, asks again with the same key.
struct Buyer {
    client: reqwest::Client,
    url: String,
    token: String,
    ticket_type: Uuid,
    quantity: i32,
    replays: Arc<AtomicUsize>,
}

impl Buyer {
    async fn buy(&self) -> Acknowledged {
        let key = Uuid::new_v4();
        let line =
            serde_json::json!({"ticket_type_id": self.ticket_type, "quantity": self.quantity});
        let body = serde_json::json!({"lines": [line]});
        loop {
            let answer = self
                .client
                .post(&self.url)
                .bearer_auth(&self.token)
                .header(IDEMPOTENCY_KEY, key.to_string())
                .json(&body)
                .send()
                .await;
            if let Ok(answer) = answer
                && answer.status().is_success()
            {
                let replayed = answer.headers().contains_key(IDEMPOTENCY_REPLAYED);
                if let Ok(order) = answer.json::<Order>().await {
                    self.replays
                        .fetch_add(usize::from(replayed), Ordering::Relaxed);
                    let tickets = order.lines.iter().flat_map(|line| &line.tickets);
                    return Acknowledged {
                        key,
                        order: order.id,
                        numbers: tickets.map(|ticket| ticket.number).collect(),
                    };
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

pub(crate) async fn collect(buyers: JoinSet<Vec<Acknowledged>>) -> Vec<Acknowledged> {
    buyers.join_all().await.into_iter().flatten().collect()
}

/// Kills the postmaster and with it, since they notice, all its children; the one after `last`,
/// which may not be up again yet.
pub(crate) fn kill_postgres(folder: &Path, last: &mut String) {
    let file = folder.join("postgres/cluster/postmaster.pid");
    let started = Instant::now();
    loop {
        let content = std::fs::read_to_string(&file).unwrap_or_default();
        let pid = content.lines().next().unwrap_or_default();
        if !pid.is_empty() && pid != last {
            let killed = Command::new("kill").args(["-KILL", pid]).status();
            assert!(killed.expect("kill runs").success());
            pid.clone_into(last);
            return;
        }
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "PostgreSQL did not recover"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Kills come at uneven times, so that they hit different statements.
pub(crate) async fn wait_a_little(kill: usize) {
    let milliseconds = 60 + 37 * u64::try_from(kill % 7).expect("small");
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}
