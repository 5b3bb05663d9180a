//! Combined orders: the same as one by one, and no order spoils another.

use std::sync::Arc;
use std::task::Poll;

use api::orders::PlaceOrderLine;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use futures::future::join_all;
use server::config::PurchasePath;
use server::error::Error;
use server::orders::Refusal;
use server::orders::purchase::{Placed, PurchaseRequest, Purchases, lock_stock};
use server::payment::PayAtDoor;
use sqlx::PgPool;
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::support::{EventBuilder, TestApp, TestEvent, TestUser, assert_sound};

fn purchases(db: &PgPool, path: PurchasePath) -> Purchases {
    let payments = Arc::new(PayAtDoor);
    Purchases::new(db.clone(), db.clone(), path, payments, Handle::current())
}

fn request(user: Uuid, key: u128, lines: &[(Uuid, i32)]) -> PurchaseRequest {
    let mut hash = [0; 32];
    for (number, (ticket_type, quantity)) in lines.iter().enumerate() {
        hash[number] = ticket_type.as_bytes()[15] ^ quantity.to_be_bytes()[3];
    }
    PurchaseRequest {
        order: Uuid::now_v7(),
        session: None,
        user,
        key: Uuid::from_u128(key),
        hash,
        lines: lines
            .iter()
            .map(|(ticket_type_id, quantity)| PlaceOrderLine {
                ticket_type_id: *ticket_type_id,
                quantity: *quantity,
            })
            .collect(),
        promo_code: None,
        expected_total: None,
    }
}

async fn users(app: &TestApp, count: usize) -> Vec<TestUser> {
    let mut users = Vec::new();
    for number in 0..count {
        users.push(app.user(&format!("Buyer{number}")).await);
    }
    users
}

#[sqlx::test(migrations = "../migrations")]
async fn one_bad_order_in_a_batch_of_256_leaves_255_sold(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Hot")
        .ticket_type("Standing", 2500, 1000)
        .create(&app, &olga)
        .await;
    let buyers = users(&app, 255).await;
    let purchases = purchases(&app.db, PurchasePath::Combined);
    let lines = [(event.types[0], 1)];
    // Whose account is not there: the database refuses the order, and with it the whole batch, as a
    // conflict, since an account can be deleted at any moment.
    let ghost = request(Uuid::now_v7(), 1, &lines);
    let good = buyers.iter().map(|buyer| request(buyer.id, 1, &lines));
    let orders = good.clone().take(100).chain([ghost]).chain(good.skip(100));

    let outcomes = join_all(orders.map(|order| purchases.place(order))).await;
    let sold = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Ok(Placed::New(_))))
        .count();
    let broken: Vec<_> = outcomes
        .iter()
        .enumerate()
        .filter(|(_, outcome)| !matches!(outcome, Ok(Placed::New(_))))
        .map(|(number, _)| number)
        .collect();
    assert_eq!((sold, broken), (255, vec![100]));
    assert_sound(&app.db).await;
}

/// Awaits futures that have all been started, in their order.
async fn queued<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut started = Vec::new();
    for future in futures {
        let mut future = Box::pin(future);
        let early = futures::poll!(&mut future);
        started.push((future, early));
    }
    let mut outputs = Vec::new();
    for (future, early) in started {
        outputs.push(match early {
            Poll::Ready(output) => output,
            Poll::Pending => future.await,
        });
    }
    outputs
}

/// What is left of an order when ids and times are taken away.
type Trace = (usize, String, i64, Vec<(usize, i32, Option<i32>)>);

/// What the database says was sold, in the order of ticket numbers.
async fn ledger(db: &PgPool, events: &[TestEvent], users: &[TestUser]) -> Vec<Trace> {
    let rows = sqlx::query!(
        r#"select o.id, o.user_id, o.state, o.total, l.ticket_type_id, l.quantity, l.first_number
        from orders o join order_lines l on l.order_id = o.id
        where l.event_id = any($1) order by l.order_id, l.line"#,
        &events.iter().map(|event| event.id).collect::<Vec<_>>(),
    )
    .fetch_all(db)
    .await
    .expect("read");
    let types: Vec<Uuid> = events
        .iter()
        .flat_map(|event| event.types.clone())
        .collect();
    let mut orders = std::collections::HashMap::<Uuid, Trace>::new();
    for row in rows {
        let user = users
            .iter()
            .position(|user| user.id == row.user_id)
            .expect("known");
        let kind = types
            .iter()
            .position(|id| *id == row.ticket_type_id)
            .expect("known");
        let order = orders
            .entry(row.id)
            .or_insert_with(|| (user, row.state, row.total, Vec::new()));
        order.3.push((kind, row.quantity, row.first_number));
        order.3.sort_unstable();
    }
    let mut ledger: Vec<Trace> = orders.into_values().collect();
    ledger.sort();
    ledger
}

fn told(outcome: &Result<Placed, Error>, events: &[TestEvent]) -> String {
    let types: Vec<Uuid> = events
        .iter()
        .flat_map(|event| event.types.clone())
        .collect();
    let number = |ticket_type: &Uuid| types.iter().position(|id| id == ticket_type);
    match outcome {
        Ok(Placed::New(order)) => format!("sold for {}", order.total),
        Ok(Placed::Replayed(_)) => "replayed".to_owned(),
        Err(Error::Order(Refusal::SoldOut { ticket_type, left })) => {
            format!("sold out, {left} of {:?} left", number(ticket_type))
        }
        Err(Error::Order(Refusal::UserLimit { ticket_type, left })) => {
            format!("limit, {left} of {:?} left", number(ticket_type))
        }
        Err(other) => format!("{other}"),
    }
}

/// What each order was told; of one that was sent twice, what it was told first. Who was refused
/// and asks again may be refused for another reason by then, who bought gets the same order.
fn first_answers(
    answers: &[Result<Placed, Error>],
    again: &[bool],
    events: &[TestEvent],
) -> Vec<String> {
    let mut first = Vec::new();
    for (answer, again) in answers.iter().zip(again) {
        if !again {
            first.push(told(answer, events));
        } else if first
            .last()
            .is_some_and(|answer| answer.starts_with("sold for"))
        {
            assert!(matches!(answer, Ok(Placed::Replayed(_))), "{answer:?}");
        }
    }
    first
}

/// The same random orders, once each on its own and once combined, come out the same: the same
/// answers, and the same ledger down to the ticket numbers.
#[sqlx::test(migrations = "../migrations")]
async fn combined_orders_come_out_as_one_by_one(db: PgPool) {
    use rand::{RngExt, SeedableRng};
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let buyers = users(&app, 300).await;
    for seed in 0..5 {
        let mut random = rand::rngs::StdRng::seed_from_u64(seed);
        let mut outcomes = Vec::new();
        let mut ledgers = Vec::new();
        // Of each event two that are alike, one for each path.
        let alike = async || {
            let event = EventBuilder::new("Hot")
                .ticket_type("Standing", 2500, 150)
                .max_per_order(4)
                .ticket_type("VIP", 9000, 40)
                .max_per_user(5);
            vec![event.create(&app, &olga).await]
        };
        let orders: Vec<(usize, [i32; 2], bool)> = (0..300)
            .map(|user| {
                let quantities = [random.random_range(0..6), random.random_range(0..4)];
                (user, quantities, random.random_bool(0.2))
            })
            .collect();
        for path in [PurchasePath::Plain, PurchasePath::Combined] {
            let events = alike().await;
            let purchases = purchases(&app.db, path);
            let key = Uuid::now_v7().as_u128();
            // Once the types are known, orders queue in the order they are placed.
            let first = request(buyers[0].id, key + 1, &[(events[0].types[0], 1)]);
            purchases.place(first).await.expect("sold");
            let mut requests = Vec::new();
            let mut again = Vec::new();
            for (user, quantities, retried) in &orders {
                let wanted = events[0].types.iter().copied().zip(*quantities);
                let lines: Vec<_> = wanted.filter(|(_, quantity)| *quantity > 0).collect();
                let times = if lines.is_empty() {
                    0
                } else {
                    1 + usize::from(*retried)
                };
                let order = request(buyers[*user].id, key, &lines);
                requests.extend(std::iter::repeat_n(order, times));
                again.extend([false, true].into_iter().take(times));
            }
            let requests = requests.into_iter();
            let answers = match path {
                PurchasePath::Combined => {
                    queued(requests.map(|order| purchases.place(order))).await
                }
                PurchasePath::Plain => {
                    let mut answers = Vec::new();
                    for order in requests {
                        answers.push(purchases.place(order).await);
                    }
                    answers
                }
            };
            outcomes.push(first_answers(&answers, &again, &events));
            ledgers.push(ledger(&app.db, &events, &buyers).await);
        }
        assert_eq!(outcomes[0], outcomes[1], "seed {seed}");
        assert_eq!(ledgers[0], ledgers[1], "seed {seed}");
        assert!(ledgers[0].len() > 30, "seed {seed} sold too little to tell");
    }
    assert_sound(&app.db).await;
}

/// Starts `future` and drops it if it has to wait: a buyer who goes away.
async fn start<F: Future>(future: F) -> Option<F::Output> {
    let mut future = Box::pin(future);
    match futures::poll!(&mut future) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_full_queue_says_at_once_when_to_come_back(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Hot")
        .ticket_type("Standing", 2500, 1)
        .create(&app, &olga)
        .await;
    let purchases = purchases(&app.db, PurchasePath::Combined);
    // Two of one ticket: everyone is refused, which needs no account.
    let wanted = || request(Uuid::now_v7(), 1, &[(event.types[0], 2)]);
    let refused = purchases.place(wanted()).await;
    assert!(matches!(
        refused,
        Err(Error::Order(Refusal::SoldOut { .. }))
    ));

    let mut lock = app.db.begin().await.expect("begun");
    lock_stock(&mut lock, &[event.id]).await.expect("locked");
    let mut queued = 0;
    let busy = loop {
        match start(purchases.place(wanted())).await {
            None => queued += 1,
            Some(answer) => break answer,
        }
        assert!(queued < 50_000, "the queue has no end");
    };
    let response = busy.expect_err("refused").into_response();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let retry_after = response.headers().get(header::RETRY_AFTER);
    assert_eq!(retry_after.expect("a time"), "1");

    lock.rollback().await.expect("rolled back");
    assert!(queued >= 10_000, "{queued} are not many");
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_stormed_event_does_not_hold_up_another(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let hot = EventBuilder::new("Hot")
        .ticket_type("Standing", 2500, 1000)
        .create(&app, &olga)
        .await;
    let quiet = EventBuilder::new("Quiet")
        .ticket_type("Standing", 2500, 10)
        .create(&app, &olga)
        .await;
    let buyers = users(&app, 50).await;
    let purchases = purchases(&app.db, PurchasePath::Combined);

    // The hot event's batch waits for its lock, and everyone else behind it.
    let mut lock = app.db.begin().await.expect("begun");
    lock_stock(&mut lock, &[hot.id]).await.expect("locked");
    let orders = buyers
        .iter()
        .map(|buyer| request(buyer.id, 1, &[(hot.types[0], 1)]));
    let storm = join_all(orders.map(|order| purchases.place(order)));
    assert!(!purchases.rush());
    let order = request(buyers[0].id, 2, &[(quiet.types[0], 1)]);
    let calm = async {
        let placed = purchases.place(order).await;
        lock.rollback().await.expect("rolled back");
        placed
    };
    let (stormed, calm) = futures::join!(storm, calm);
    assert!(matches!(calm, Ok(Placed::New(_))), "{calm:?}");
    assert!(purchases.rush(), "49 in a batch");
    assert!(
        stormed
            .iter()
            .all(|placed| matches!(placed, Ok(Placed::New(_))))
    );
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn two_servers_sell_one_event_exactly_out(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Hot")
        .ticket_type("Standing", 2500, 100)
        .create(&app, &olga)
        .await;
    let buyers = users(&app, 150).await;
    // What server processes share is the database.
    let servers = [
        purchases(&app.db, PurchasePath::Combined),
        purchases(&app.db, PurchasePath::Combined),
    ];
    // Each buyer asks both at once, with the same key.
    let asked = buyers.iter().flat_map(|buyer| {
        let order = request(buyer.id, 1, &[(event.types[0], 1)]);
        servers.each_ref().map(|server| server.place(order.clone()))
    });
    let answers = join_all(asked).await;

    let mut sold = 0;
    for both in answers.chunks(2) {
        match both {
            [Ok(Placed::New(order)), Ok(Placed::Replayed(same))]
            | [Ok(Placed::Replayed(same)), Ok(Placed::New(order))] => {
                assert_eq!(order.id, *same);
                sold += 1;
            }
            [
                Err(Error::Order(Refusal::SoldOut { .. })),
                Err(Error::Order(Refusal::SoldOut { .. })),
            ] => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(sold, 100);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn sold_out_is_told_without_the_lock_and_never_against_a_buyer(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Hot")
        .ticket_type("Standing", 2500, 1)
        .create(&app, &olga)
        .await;
    let buyers = users(&app, 3).await;
    let purchases = purchases(&app.db, PurchasePath::Combined);
    let order = |buyer: usize| request(buyers[buyer].id, 1, &[(event.types[0], 1)]);
    let sold_out = |answer| matches!(answer, Err(Error::Order(Refusal::SoldOut { left: 0, .. })));

    let bought = purchases.place(order(0)).await;
    assert!(matches!(bought, Ok(Placed::New(_))), "{bought:?}");
    assert!(sold_out(purchases.place(order(1)).await));
    // While nobody can have the lock: the answer comes from a look at the stock, and from the order's key.
    let mut lock = app.db.begin().await.expect("begun");
    lock_stock(&mut lock, &[event.id]).await.expect("locked");
    assert!(sold_out(purchases.place(order(2)).await));
    let again = purchases.place(order(0)).await;
    assert!(matches!(again, Ok(Placed::Replayed(_))), "{again:?}");
    let mut other = order(0);
    other.hash[31] = 1;
    let other = purchases.place(other).await;
    assert!(matches!(other, Err(Error::Order(Refusal::KeyReused))));
    lock.rollback().await.expect("rolled back");

    sqlx::query!(
        "update ticket_types set capacity = 2 where event_id = $1",
        event.id
    )
    .execute(&app.db)
    .await
    .expect("more");
    let bought = purchases.place(order(2)).await;
    assert!(matches!(bought, Ok(Placed::New(_))), "{bought:?}");
    assert_sound(&app.db).await;
}
