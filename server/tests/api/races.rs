//! Many buyers at once, over real connections.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use api::orders::{IDEMPOTENCY_KEY, Order};
use api::{Code, Problem};
use reqwest::StatusCode;
use server::connections::Connections;
use sqlx::PgPool;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::support::{EventBuilder, TestApp, assert_sound, order_of};

/// What the buyers were told.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    bought: usize,
    sold_out: usize,
    otherwise: Vec<String>,
}

async fn serve(app: &TestApp) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = server::http::router(app.state.clone());
    let connections = Connections::with(app.state.config.connections, Vec::new());
    tokio::spawn(server::serve::accept(
        listener,
        router,
        Arc::new(connections),
        std::future::pending(),
    ));
    address
}

/// Sends an order and reads the answer.
async fn post_order(
    client: &reqwest::Client,
    address: SocketAddr,
    token: &str,
    key: Uuid,
    lines: &[(Uuid, i32)],
) -> (StatusCode, Vec<u8>) {
    let response = client
        .post(format!("http://{address}/api/orders"))
        .bearer_auth(token)
        .header(IDEMPOTENCY_KEY, key.to_string())
        .json(&order_of(lines))
        .send()
        .await
        .expect("an answer");
    let status = response.status();
    (status, response.bytes().await.expect("a body").into())
}

/// 200 buyers at once for 50 tickets, over HTTP.
async fn storm(app: &TestApp) -> Told {
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Hot")
        .ticket_type("Standing", 2500, 50)
        .create(app, &olga)
        .await;
    let address = serve(app).await;
    let client = reqwest::Client::new();
    let mut buyers = tokio::task::JoinSet::new();
    for number in 0..200 {
        let buyer = app.user(&format!("Buyer{number}")).await;
        let token = buyer.token().to_owned();
        let (client, standing) = (client.clone(), event.types[0]);
        buyers.spawn(async move {
            post_order(&client, address, &token, Uuid::new_v4(), &[(standing, 1)]).await
        });
    }
    let mut told = Told::default();
    while let Some(answer) = buyers.join_next().await {
        let (status, body) = answer.expect("no panic");
        let code = serde_json::from_slice::<Problem>(&body)
            .ok()
            .map(|problem| problem.code);
        match (status, code) {
            (StatusCode::CREATED, _) => told.bought += 1,
            (StatusCode::CONFLICT, Some(Code::SoldOut)) => told.sold_out += 1,
            _ => told.otherwise.push(format!("{status} {code:?}")),
        }
    }
    told
}

fn fair() -> Told {
    Told {
        bought: 50,
        sold_out: 150,
        otherwise: Vec::new(),
    }
}

const PLAIN: [&str; 2] = ["--purchase-path", "plain"];
const COMBINED: [&str; 2] = ["--purchase-path", "combined"];

#[sqlx::test(migrations = "../migrations")]
async fn two_hundred_buyers_for_fifty_tickets_one_by_one(db: PgPool) {
    sells_out_exactly(TestApp::with_flags(db, &PLAIN)).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn two_hundred_buyers_for_fifty_tickets_combined(db: PgPool) {
    sells_out_exactly(TestApp::with_flags(db, &COMBINED)).await;
}

async fn sells_out_exactly(app: TestApp) {
    assert_eq!(storm(&app).await, fair());
    let tickets = sqlx::query_scalar!("select count(*) from tickets")
        .fetch_one(&app.db)
        .await;
    assert_eq!(tickets.expect("counted"), Some(50));
    assert_sound(&app.db).await;
}

/// The negative control: the same storm must come out wrong once the lock is gone. `for update` on
/// a view over a function locks nothing, so that the code under test stays the code that ships.
#[sqlx::test(migrations = "../migrations")]
async fn without_the_lock_the_same_storm_goes_wrong(db: PgPool) {
    let app = TestApp::with_flags(db, &PLAIN);
    sqlx::raw_sql(
        "alter table event_stock rename to kept_stock;
        create function read_stock() returns setof kept_stock language plpgsql as
            'begin return query select * from kept_stock; end';
        create view event_stock as select * from read_stock();
        create function write_stock() returns trigger language plpgsql as '
            begin
                if tg_op = ''INSERT'' then
                    insert into kept_stock (event_id) values (new.event_id);
                else
                    update kept_stock set next_number = new.next_number where event_id = new.event_id;
                end if;
                return new;
            end';
        create trigger write_stock instead of insert or update on event_stock
            for each row execute function write_stock();",
    )
    .execute(&app.db)
    .await
    .expect("the lock is gone");
    let told = storm(&app).await;
    assert_ne!(
        told,
        fair(),
        "the storm does not need the lock, so it proves nothing"
    );
    // The second guards hold all the same: nothing was oversold.
    assert!(told.bought <= 50, "{told:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn one_key_twenty_times_at_once_is_one_order(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Hot").create(&app, &olga).await;
    let address = serve(&app).await;
    let client = reqwest::Client::new();
    let key = Uuid::new_v4();
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (client, token, standing) = (client.clone(), ada.token().to_owned(), event.types[0]);
        tries.spawn(
            async move { post_order(&client, address, &token, key, &[(standing, 2)]).await },
        );
    }
    let mut answers = HashMap::<StatusCode, Vec<Uuid>>::new();
    while let Some(answer) = tries.join_next().await {
        let (status, body) = answer.expect("no panic");
        let order: Order = serde_json::from_slice(&body).expect("an order");
        answers.entry(status).or_default().push(order.id);
    }
    assert_eq!(answers[&StatusCode::CREATED].len(), 1);
    assert_eq!(answers[&StatusCode::OK].len(), 19);
    let first = answers[&StatusCode::CREATED][0];
    assert!(answers.values().flatten().all(|order| *order == first));
    assert_sound(&app.db).await;
}

/// The same key for two events is judged under two locks; still only one order may have it.
#[sqlx::test(migrations = "../migrations")]
async fn one_key_for_two_events_at_once_is_one_order(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let night = EventBuilder::new("Night").create(&app, &olga).await;
    let day = EventBuilder::new("Day").create(&app, &olga).await;
    for _ in 0..10 {
        let key = Uuid::new_v4();
        let lines = |event: &crate::support::TestEvent| [(event.types[0], 1)];
        let (night, day) = (lines(&night), lines(&day));
        let (first, second) =
            tokio::join!(ada.buy_with_key(key, &night), ada.buy_with_key(key, &day));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{first:?} {second:?}");
    }
    assert_sound(&app.db).await;
}

/// Orders over the same events in either order wait for each other and never deadlock.
#[sqlx::test(migrations = "../migrations")]
async fn orders_over_several_events_do_not_deadlock(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let night = EventBuilder::new("Night").create(&app, &olga).await;
    let day = EventBuilder::new("Day").create(&app, &olga).await;
    let mut buyers = tokio::task::JoinSet::new();
    for number in 0..40 {
        let (ada, night, day) = (ada.clone(), night.types[0], day.types[0]);
        buyers.spawn(async move {
            let lines = if number % 2 == 0 {
                [(night, 1), (day, 1)]
            } else {
                [(day, 1), (night, 1)]
            };
            ada.buy(&lines).await.status
        });
    }
    while let Some(status) = buyers.join_next().await {
        assert_eq!(status.expect("no panic"), StatusCode::CREATED);
    }
    assert_sound(&app.db).await;
}
