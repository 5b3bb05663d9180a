//! Buying tickets, and the ledger of what was bought.

use api::events::{EventDetail, SaleState};
use api::orders::{Order, OrderKind, OrderState, OrderSummary};
use api::{Code, Currency, Money, Page};
use axum::http::StatusCode;
use chrono::{Duration, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{EventBuilder, TestApp, assert_sound, order_of};

fn euros(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

#[sqlx::test(migrations = "../migrations")]
async fn three_tickets_of_two_types_are_one_paid_order(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night")
        .ticket_type("Standing", 2500, 100)
        .ticket_type("VIP", 9000, 10)
        .create(&app, &olga)
        .await;

    let order: Order = ada
        .buy(&[(event.types[1], 1), (event.types[0], 2)])
        .await
        .created();
    assert_eq!(
        (order.kind, order.state),
        (OrderKind::Purchase, OrderState::Paid)
    );
    assert_eq!(
        (order.total, order.payment.as_str()),
        (euros(14_000), "pay_at_door")
    );
    let lines: Vec<_> = order
        .lines
        .iter()
        .map(|line| {
            (
                line.ticket_type.as_str(),
                line.quantity,
                line.total,
                line.tickets.len(),
            )
        })
        .collect();
    assert_eq!(
        lines,
        [("Standing", 2, euros(5000), 2), ("VIP", 1, euros(9000), 1)]
    );
    assert!(
        order
            .lines
            .iter()
            .flat_map(|line| &line.tickets)
            .all(|ticket| ticket.yours)
    );

    let again: Order = ada.get(&format!("/orders/{}", order.id)).await.ok();
    assert_eq!(again, order);
    let page: Page<OrderSummary> = ada.get("/orders").await.ok();
    assert_eq!((page.items[0].id, page.items[0].quantity), (order.id, 3));
    let detail: EventDetail = ada.get(&format!("/events/{}", event.id)).await.ok();
    let numbers = (
        detail.summary.sold,
        detail.summary.left,
        detail.summary.going,
        detail.yours,
    );
    assert_eq!(numbers, (3, 107, 3, 3));
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn one_order_takes_tickets_of_two_events(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, otto, ada) = (
        app.user("Olga").await,
        app.user("Otto").await,
        app.user("Ada").await,
    );
    let night = EventBuilder::new("Night").create(&app, &olga).await;
    let day = EventBuilder::new("Day").create(&app, &otto).await;

    let order: Order = ada
        .buy(&[(night.types[0], 2), (day.types[0], 1)])
        .await
        .created();
    assert_eq!((order.lines.len(), order.total), (2, euros(7500)));
    let page: Page<OrderSummary> = ada.get("/orders").await.ok();
    assert_eq!(page.items[0].events.len(), 2);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn when_one_line_cannot_be_had_nothing_is_taken(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let night = EventBuilder::new("Night").create(&app, &olga).await;
    let full = EventBuilder::new("Full")
        .ticket_type("Seat", 100, 2)
        .create(&app, &olga)
        .await;

    let answer = ada.buy(&[(night.types[0], 2), (full.types[0], 3)]).await;
    let problem = answer.refused(StatusCode::CONFLICT, Code::SoldOut);
    assert_eq!(
        (problem.ticket_type_id, problem.left),
        (Some(full.types[0]), Some(2))
    );
    let page: Page<OrderSummary> = ada.get("/orders").await.ok();
    assert!(page.items.is_empty());
    let detail: EventDetail = ada.get(&format!("/events/{}", night.id)).await.ok();
    assert_eq!(detail.summary.sold, 0);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn the_last_ticket_sells_out_the_event(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Small")
        .ticket_type("Seat", 0, 2)
        .create(&app, &olga)
        .await;
    let free: Order = ada.buy(&[(event.types[0], 2)]).await.created();
    assert_eq!((free.total, free.payment.as_str()), (euros(0), "none"));
    let detail: EventDetail = ada.get(&format!("/events/{}", event.id)).await.ok();
    assert_eq!(detail.summary.state, SaleState::SoldOut);
    let problem = ada
        .buy(&[(event.types[0], 1)])
        .await
        .refused(StatusCode::CONFLICT, Code::SoldOut);
    assert_eq!(problem.left, Some(0));
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_key_gives_one_order_and_no_other(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada, eve) = (
        app.user("Olga").await,
        app.user("Ada").await,
        app.user("Eve").await,
    );
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let other = EventBuilder::new("Day").create(&app, &olga).await;
    let (standing, key) = (event.types[0], Uuid::new_v4());

    let first: Order = ada.buy_with_key(key, &[(standing, 2)]).await.created();
    // The same, spelled otherwise.
    let replay = ada.buy_with_key(key, &[(standing, 1), (standing, 1)]).await;
    assert_eq!(replay.header("idempotency-replayed"), Some("true"));
    assert_eq!(replay.ok::<Order>(), first);
    for lines in [[(standing, 3)], [(other.types[0], 2)]] {
        let answer = ada.buy_with_key(key, &lines).await;
        answer.refused(StatusCode::CONFLICT, Code::KeyReused);
    }
    // Keys are the client's own: another's order is not given away.
    let hers: Order = eve.buy_with_key(key, &[(standing, 2)]).await.created();
    assert_ne!(hers.id, first.id);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_refused_key_may_try_again(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Small")
        .ticket_type("Seat", 100, 1)
        .create(&app, &olga)
        .await;
    let key = Uuid::new_v4();
    let lines = [(event.types[0], 2)];
    ada.buy_with_key(key, &lines)
        .await
        .refused(StatusCode::CONFLICT, Code::SoldOut);
    sqlx::query!("update ticket_types set capacity = 2")
        .execute(&app.db)
        .await
        .expect("more seats");
    ada.buy_with_key(key, &lines).await.created::<Order>();
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn limits_per_order_and_per_person_hold(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada, eve) = (
        app.user("Olga").await,
        app.user("Ada").await,
        app.user("Eve").await,
    );
    let event = EventBuilder::new("Night")
        .ticket_type("Standing", 2500, 100)
        .max_per_order(4)
        .ticket_type("VIP", 9000, 100)
        .max_per_user(5)
        .create(&app, &olga)
        .await;
    let [standing, vip] = event.types[..] else {
        panic!("two types")
    };

    let problem = ada
        .buy(&[(standing, 5)])
        .await
        .refused(StatusCode::CONFLICT, Code::LimitReached);
    assert_eq!(problem.left, Some(4));
    // Lines of one type are added up before the limit is judged.
    ada.buy(&[(standing, 3), (standing, 2)])
        .await
        .refused(StatusCode::CONFLICT, Code::LimitReached);
    ada.buy(&[(standing, 3), (vip, 3)])
        .await
        .refused(StatusCode::CONFLICT, Code::LimitReached);
    ada.buy(&[(standing, 4)]).await.created::<Order>();
    let problem = ada
        .buy(&[(vip, 2)])
        .await
        .refused(StatusCode::CONFLICT, Code::LimitReached);
    assert_eq!(problem.left, Some(1));
    ada.buy(&[(vip, 1)]).await.created::<Order>();
    eve.buy(&[(vip, 5)]).await.created::<Order>();
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn tickets_are_sold_in_their_time_only(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let (past, future) = (
        Utc::now() - Duration::hours(1),
        Utc::now() + Duration::hours(1),
    );
    let event = EventBuilder::new("Night")
        .ticket_type_on_sale("Early", 100, 10, None, Some(past))
        .ticket_type_on_sale("Late", 100, 10, Some(future), None)
        .ticket_type("Now", 100, 10)
        .create(&app, &olga)
        .await;
    let buy = |ticket_type| {
        let ada = ada.clone();
        async move { ada.buy(&[(ticket_type, 1)]).await }
    };
    buy(event.types[0])
        .await
        .refused(StatusCode::CONFLICT, Code::SalesClosed);
    let problem = buy(event.types[1])
        .await
        .refused(StatusCode::CONFLICT, Code::NotOnSaleYet);
    assert!(problem.opens_at.is_some());
    buy(event.types[2]).await.created::<Order>();

    sqlx::query!("update event_stock set sales_open = false")
        .execute(&app.db)
        .await
        .expect("paused");
    buy(event.types[2])
        .await
        .refused(StatusCode::CONFLICT, Code::SalesPaused);

    let over = EventBuilder::new("Over")
        .starts_at(Utc::now() - Duration::days(2))
        .create(&app, &olga)
        .await;
    buy(over.types[0])
        .await
        .refused(StatusCode::CONFLICT, Code::SalesClosed);
    let draft = EventBuilder::new("Draft").draft().create(&app, &olga).await;
    buy(draft.types[0])
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    buy(Uuid::now_v7())
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_price_that_changed_is_shown_before_it_is_charged(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let mut order = order_of(&[(event.types[0], 2)]);
    order.expected_total = Some(euros(4000));
    let answer = ada.place(Uuid::new_v4(), &order).await;
    let problem = answer.refused(StatusCode::CONFLICT, Code::PriceChanged);
    assert_eq!(problem.total, Some(euros(5000)));
    order.expected_total = problem.total;
    ada.place(Uuid::new_v4(), &order).await.created::<Order>();
}

#[sqlx::test(migrations = "../migrations")]
async fn currencies_do_not_mix(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let euro = EventBuilder::new("Berlin").create(&app, &olga).await;
    let pound = EventBuilder::new("London")
        .currency("GBP")
        .create(&app, &olga)
        .await;
    let answer = ada.buy(&[(euro.types[0], 1), (pound.types[0], 1)]).await;
    answer.refused(StatusCode::CONFLICT, Code::MixedCurrencies);
}

#[sqlx::test(migrations = "../migrations")]
async fn bad_orders_are_refused_where_they_are_wrong(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let standing = event.types[0];

    for lines in [
        vec![],
        vec![(standing, 0)],
        vec![(standing, -1)],
        vec![(standing, 101)],
    ] {
        let problem = ada
            .buy(&lines)
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        assert!(
            problem
                .errors
                .keys()
                .all(|field| field.starts_with("lines")),
            "{problem:?}"
        );
    }
    let body =
        serde_json::json!({"lines": [{"ticket_type_id": standing, "quantity": 1, "price": 1}]});
    let key = Uuid::new_v4().to_string();
    let send = |headers: Vec<(&'static str, String)>, body: serde_json::Value| {
        let ada = ada.clone();
        async move {
            let headers: Vec<_> = headers
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            ada.send_json(axum::http::Method::POST, "/orders", &headers, body)
                .await
        }
    };
    let with_price = send(vec![("idempotency-key", key)], body).await;
    with_price.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    let good = serde_json::json!({"lines": [{"ticket_type_id": standing, "quantity": 1}]});
    let without_key = send(vec![], good.clone()).await;
    let problem = without_key.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    assert!(problem.errors.contains_key("idempotency-key"));
    let promo = serde_json::json!({"lines": [{"ticket_type_id": standing, "quantity": 1}], "promo_code": "NOPE"});
    let promo = send(vec![("idempotency-key", Uuid::new_v4().to_string())], promo).await;
    promo.refused(StatusCode::CONFLICT, Code::PromoInvalid);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn orders_are_their_buyers_alone(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada, eve) = (
        app.user("Olga").await,
        app.user("Ada").await,
        app.user("Eve").await,
    );
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let order: Order = ada.buy(&[(event.types[0], 1)]).await.created();
    let path = format!("/orders/{}", order.id);

    let hers = eve
        .get(&path)
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    let missing = eve.get(&format!("/orders/{}", Uuid::now_v7())).await;
    assert_eq!(
        hers.detail,
        missing
            .refused(StatusCode::NOT_FOUND, Code::NotFound)
            .detail
    );
    let stranger = app.stranger();
    stranger
        .get(&path)
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
    stranger
        .get("/orders")
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
    let buy = stranger.buy(&[(event.types[0], 1)]).await;
    buy.refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_ledger_pages_newest_first(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let mut bought = Vec::new();
    for _ in 0..5 {
        bought.push(ada.buy(&[(event.types[0], 1)]).await.created::<Order>().id);
    }
    bought.reverse();
    let first: Page<OrderSummary> = ada.get("/orders?limit=3").await.ok();
    let cursor = first.next_cursor.expect("more orders");
    let second: Page<OrderSummary> = ada
        .get(&format!("/orders?limit=3&cursor={cursor}"))
        .await
        .ok();
    let seen: Vec<_> = first
        .items
        .iter()
        .chain(&second.items)
        .map(|order| order.id)
        .collect();
    assert_eq!(seen, bought);
    assert_eq!(second.next_cursor, None);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_order_is_found_by_its_key(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let key = Uuid::new_v4();
    let path = format!("/orders/by-key/{key}");
    ada.get(&path)
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    let placed: Order = ada
        .buy_with_key(key, &[(event.types[0], 1)])
        .await
        .created();
    let found: Order = ada.get(&path).await.ok();
    assert_eq!(found, placed);
    // The key of another says nothing.
    olga.get(&path)
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
}
