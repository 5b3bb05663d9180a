//! Promo codes, as organizers make them and as buyers use them.

use api::orders::{Order, OrderQuote, PlaceOrder};
use api::promo_codes::{PromoCode, PromoCodes};
use api::{Code, Problem};
use axum::http::StatusCode;
use chrono::{Duration, Utc};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use super::{employ, path};
use crate::support::{Answer, EventBuilder, TestApp, TestEvent, TestUser, assert_sound, order_of};

fn codes(event: &TestEvent) -> String {
    format!("{}/promo-codes", path(event.id))
}

async fn make(organizer: &TestUser, event: &TestEvent, body: Value) -> PromoCode {
    organizer.post(&codes(event), body).await.created()
}

fn with_code(code: &str, lines: &[(Uuid, i32)]) -> PlaceOrder {
    PlaceOrder {
        promo_code: Some(code.to_owned()),
        ..order_of(lines)
    }
}

async fn buy(user: &TestUser, code: &str, lines: &[(Uuid, i32)]) -> Answer {
    user.place(Uuid::new_v4(), &with_code(code, lines)).await
}

#[sqlx::test(migrations = "../migrations")]
async fn a_code_takes_its_part_off_each_ticket(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night")
        .ticket_type("Standing", 2599, 100)
        .ticket_type("Cheap", 300, 100)
        .create(&app, &olga)
        .await;
    make(
        &olga,
        &event,
        json!({"code": "early", "discount": {"percent": 15}}),
    )
    .await;
    make(
        &olga,
        &event,
        json!({"code": "FIVE", "discount": {"amount": 500}}),
    )
    .await;
    let lines = [(event.types[0], 3), (event.types[1], 1)];

    // 15 % of 25.99 is 3.89 a ticket, of 3.00 it is 0.45.
    let quote: OrderQuote = ada
        .post("/orders/quote", with_code("Early", &lines))
        .await
        .ok();
    assert_eq!((quote.discount.amount, quote.total.amount), (1212, 6885));
    let order: Order = buy(&ada, " early ", &lines).await.created();
    assert_eq!(order.total, quote.total);
    let discounts: Vec<i64> = order
        .lines
        .iter()
        .map(|line| line.discount.amount)
        .collect();
    assert_eq!(discounts.iter().sum::<i64>(), 1212);
    let read: Order = ada.get(&format!("/orders/{}", order.id)).await.ok();
    assert_eq!(read, order);

    // Never more than the price.
    let order: Order = buy(&ada, "five", &lines).await.created();
    assert_eq!(order.total.amount, 3 * 2099);
    let list: PromoCodes = olga.get(&codes(&event)).await.ok();
    let given: Vec<_> = list
        .items
        .iter()
        .map(|promo| (promo.code.as_str(), promo.used, promo.given.amount))
        .collect();
    assert_eq!(given, [("FIVE", 1, 1800), ("EARLY", 1, 1212)]);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_free_order_needs_no_payment(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    make(
        &olga,
        &event,
        json!({"code": "ALL", "discount": {"percent": 100}}),
    )
    .await;
    let order: Order = buy(&ada, "all", &[(event.types[0], 2)]).await.created();
    assert_eq!((order.total.amount, order.payment.as_str()), (0, "none"));
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_code_is_good_for_its_tickets_at_its_time(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night")
        .ticket_type("Standing", 2500, 100)
        .ticket_type("VIP", 9000, 100)
        .create(&app, &olga)
        .await;
    let other = EventBuilder::new("Day").create(&app, &olga).await;
    let (standing, vip) = (event.types[0], event.types[1]);
    let (now, day) = (Utc::now(), Duration::days(1));
    for body in [
        json!({"code": "VIP", "discount": {"amount": 1000}, "ticket_type_id": vip}),
        json!({"code": "SOON", "discount": {"percent": 10}, "starts_at": now + day}),
        json!({"code": "LATE", "discount": {"percent": 10}, "ends_at": now - day}),
    ] {
        make(&olga, &event, body).await;
    }
    for (code, lines) in [
        ("NONE", vec![(standing, 1)]),
        ("VIP", vec![(other.types[0], 1)]),
        ("SOON", vec![(standing, 1)]),
        ("LATE", vec![(standing, 1)]),
    ] {
        for answer in [
            buy(&ada, code, &lines).await,
            ada.post("/orders/quote", with_code(code, &lines)).await,
        ] {
            answer.refused(StatusCode::CONFLICT, Code::PromoInvalid);
        }
    }
    for answer in [
        buy(&ada, "VIP", &[(standing, 1)]).await,
        ada.post("/orders/quote", with_code("VIP", &[(standing, 1)]))
            .await,
    ] {
        let problem = answer.refused(StatusCode::CONFLICT, Code::PromoOtherTickets);
        assert_eq!(problem.ticket_type_id, Some(vip));
    }
    // Over two events it is taken off where it is good, and nowhere else.
    let lines = [(standing, 1), (vip, 2), (other.types[0], 1)];
    let order: Order = buy(&ada, "vip", &lines).await.created();
    assert_eq!(order.total.amount, 2500 + 2 * 8000 + 2500);
    assert_sound(&app.db).await;
}

/// Who guesses codes learns of none by asking with other tickets that asking with its own would not
/// tell of.
#[sqlx::test(migrations = "../migrations")]
async fn other_tickets_tell_no_more_of_a_code_than_its_own(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let day = Duration::days(1);
    let event = EventBuilder::new("Night")
        .ticket_type("Standing", 2500, 100)
        .ticket_type("VIP", 9000, 1)
        .create(&app, &olga)
        .await;
    let (standing, vip) = (event.types[0], event.types[1]);
    for body in [
        json!({"code": "ONCE", "discount": {"percent": 10}, "max_uses": 1}),
        json!({"code": "SOON", "discount": {"percent": 10}, "starts_at": Utc::now() + day}),
        json!({"code": "GOOD", "discount": {"percent": 10}}),
    ] {
        let mut body = body;
        body["ticket_type_id"] = json!(vip);
        make(&olga, &event, body).await;
    }
    let told = async |code: &str| {
        let order = with_code(code, &[(standing, 1)]);
        let answer = ada.post("/orders/quote", order).await;
        answer.expect::<Problem>(StatusCode::CONFLICT).code
    };
    assert_eq!(told("GOOD").await, Code::PromoOtherTickets);
    assert_eq!(told("SOON").await, Code::PromoInvalid);
    assert_eq!(told("ONCE").await, Code::PromoOtherTickets);
    buy(&ada, "ONCE", &[(vip, 1)]).await.created::<Order>();
    // Nobody can order it any more, and so ask about its codes.
    for code in ["ONCE", "SOON", "GOOD"] {
        assert_eq!(told(code).await, Code::PromoInvalid, "{code}");
    }
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_code_is_used_as_often_as_it_may_be(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada, bob) = (
        app.user("Olga").await,
        app.user("Ada").await,
        app.user("Bob").await,
    );
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let lines = [(event.types[0], 1)];
    let body =
        json!({"code": "TWO", "discount": {"percent": 50}, "max_uses": 2, "max_per_user": 1});
    let promo = make(&olga, &event, body).await;

    let key = Uuid::new_v4();
    let order = with_code("two", &lines);
    let first: Order = ada.place(key, &order).await.created();
    // The same purchase, however it spells the code, is the same order and one use.
    let again: Order = ada.place(key, &with_code("TWO ", &lines)).await.ok();
    assert_eq!(first.id, again.id);
    let mine = buy(&ada, "two", &lines).await;
    mine.refused(StatusCode::CONFLICT, Code::PromoUsedUp);
    buy(&bob, "two", &lines).await.created::<Order>();
    let carol = app.user("Carol").await;
    let used_up = buy(&carol, "two", &lines).await;
    used_up.refused(StatusCode::CONFLICT, Code::PromoUsedUp);

    let one = format!("{}/{}", codes(&event), promo.id);
    let below = olga.patch(&one, json!({"max_uses": 1})).await;
    below.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    let more: PromoCode = olga.patch(&one, json!({"max_uses": 3})).await.ok();
    assert_eq!((more.max_uses, more.used), (Some(3), 2));
    buy(&carol, "two", &lines).await.created::<Order>();
    let stopped = json!({"max_uses": 0, "ends_at": Utc::now() - Duration::seconds(1)});
    olga.patch(&one, stopped).await.ok::<PromoCode>();
    let over = buy(&app.user("Dan").await, "two", &lines).await;
    over.refused(StatusCode::CONFLICT, Code::PromoInvalid);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn only_managers_make_codes(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, door, manager) = (
        app.user("Olga").await,
        app.user("Doris").await,
        app.user("Manuel").await,
    );
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let other = EventBuilder::new("Day").create(&app, &olga).await;
    employ(&app, event.id, &door, "door").await;
    employ(&app, event.id, &manager, "manager").await;
    let body = json!({"code": "X", "discount": {"percent": 10}});
    let promo = make(&manager, &event, body.clone()).await;
    let one = format!("{}/{}", codes(&event), promo.id);
    for (user, status, code) in [
        (&door, StatusCode::FORBIDDEN, Code::Forbidden),
        (
            &app.user("Mallory").await,
            StatusCode::NOT_FOUND,
            Code::NotFound,
        ),
        (
            &app.stranger(),
            StatusCode::UNAUTHORIZED,
            Code::Unauthenticated,
        ),
    ] {
        user.get(&codes(&event)).await.refused(status, code);
        user.post(&codes(&event), &body).await.refused(status, code);
        user.patch(&one, json!({})).await.refused(status, code);
    }
    let elsewhere = format!("{}/{}", codes(&other), promo.id);
    let refused = olga.patch(&elsewhere, json!({"max_uses": 1})).await;
    refused.refused(StatusCode::NOT_FOUND, Code::NotFound);
    for bad in [
        json!({"code": "x", "discount": {"percent": 10}}),
        json!({"code": "Y", "discount": {"percent": 101}}),
        json!({"code": "Y", "discount": {"amount": 0}}),
        json!({"code": "Y", "discount": {"percent": 10}, "ticket_type_id": other.types[0]}),
        json!({"code": "Y", "discount": {"percent": 10}, "used": 3}),
    ] {
        let refused = olga.post(&codes(&event), &bad).await;
        refused.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    }
}

/// `uses` uses of a code that `tries` people want, as many at once as the purchase path takes.
async fn storm(app: TestApp, uses: i32, tries: usize) {
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Hot")
        .ticket_type("Standing", 2500, 100_000)
        .create(&app, &olga)
        .await;
    let body = json!({"code": "HOT", "discount": {"percent": 20}, "max_uses": uses});
    let promo = make(&olga, &event, body).await;
    let mut buyers = tokio::task::JoinSet::new();
    for number in 0..tries {
        let (buyer, standing) = (app.user(&format!("B{number}")).await, event.types[0]);
        buyers.spawn(async move {
            let answer = buy(&buyer, "hot", &[(standing, 1)]).await;
            match answer.status {
                StatusCode::CREATED => true,
                _ => {
                    answer.refused(StatusCode::CONFLICT, Code::PromoUsedUp);
                    false
                }
            }
        });
    }
    let told = buyers.join_all().await;
    let used = told.iter().filter(|used| **used).count();
    assert_eq!(used, usize::try_from(uses).expect("not negative"));
    let list: PromoCodes = olga.get(&codes(&event)).await.ok();
    assert_eq!((list.items[0].id, list.items[0].used), (promo.id, uses));
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_hundred_uses_against_a_thousand_tries_are_a_hundred(db: PgPool) {
    storm(TestApp::new(db), 100, 1_000).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn twenty_uses_against_two_hundred_tries_one_by_one(db: PgPool) {
    let app = TestApp::with_flags(db, &["--purchase-path", "plain"]);
    storm(app, 20, 200).await;
}

#[sqlx::test(migrations = "../migrations")]
#[ignore = "takes a minute: `cargo test -p server --test api -- --ignored a_thousand_uses`"]
async fn a_thousand_uses_against_ten_thousand_tries_are_a_thousand(db: PgPool) {
    storm(TestApp::new(db), 1_000, 10_000).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_code_is_given_back_with_the_whole_order_only(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let limits = json!({"code": "ONE", "discount": {"percent": 10}, "max_uses": 2,
        "max_per_user": 1});
    make(&olga, &event, limits).await;
    let used = async || {
        let list: PromoCodes = olga.get(&codes(&event)).await.ok();
        assert_sound(&app.db).await;
        (list.items[0].used, list.items[0].given.amount)
    };
    let lines = [(event.types[0], 2)];
    let order: Order = buy(&ada, "ONE", &lines).await.created();
    assert_eq!(used().await, (1, 500));
    let refund = async |number| {
        let tickets = crate::refunds::named(event.id, [number]);
        let answer = crate::refunds::refund(&ada, order.id, Uuid::new_v4(), &tickets).await;
        answer.created::<Order>();
    };
    refund(1).await;
    assert_eq!(used().await, (1, 500));
    let second = buy(&ada, "ONE", &lines).await;
    second.refused(StatusCode::CONFLICT, Code::PromoUsedUp);
    refund(2).await;
    assert_eq!(used().await, (0, 0));
    let again: Order = buy(&ada, "ONE", &lines).await.created();
    assert_eq!(used().await, (1, 500));

    // The organizer's refunds count like the buyer's.
    for ticket in &again.lines[0].tickets {
        let path = format!("{}/tickets/{}/refund", path(event.id), ticket.number);
        olga.post(&path, json!({})).await.ok::<api::guests::Guest>();
    }
    assert_eq!(used().await, (0, 0));
    buy(&ada, "ONE", &lines).await.created::<Order>();
    assert_eq!(used().await, (1, 500));
}

/// Its two halves are refunded under different locks.
#[sqlx::test(migrations = "../migrations")]
async fn an_order_over_two_events_gives_its_code_back_once(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let night = EventBuilder::new("Night").create(&app, &olga).await;
    let day = EventBuilder::new("Day").create(&app, &olga).await;
    make(
        &olga,
        &night,
        json!({"code": "X", "discount": {"percent": 10}}),
    )
    .await;
    for _ in 0..8 {
        let lines = [(night.types[0], 1), (day.types[0], 1)];
        let order: Order = buy(&ada, "X", &lines).await.created();
        let tickets = order.lines.iter().map(|line| {
            let number = line.tickets[0].number;
            (
                line.event.id,
                crate::refunds::named(line.event.id, [number]),
            )
        });
        let [(_, one), (_, other)] = tickets.collect::<Vec<_>>().try_into().expect("two");
        let (one, other) = tokio::join!(
            crate::refunds::refund(&ada, order.id, Uuid::new_v4(), &one),
            crate::refunds::refund(&ada, order.id, Uuid::new_v4(), &other),
        );
        one.created::<Order>();
        other.created::<Order>();
        let list: PromoCodes = olga.get(&codes(&night)).await.ok();
        assert_eq!(list.items[0].used, 0);
        assert_sound(&app.db).await;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_code_that_nobody_could_ever_use_is_refused(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let starts = Utc::now() + Duration::days(3);
    let event = EventBuilder::new("Night")
        .starts_at(starts)
        .create(&app, &olga)
        .await;
    let hour = Duration::hours(1);
    let with = |window: &Value| {
        let mut body = json!({"code": "LATE", "discount": {"percent": 10}});
        for (name, time) in window.as_object().expect("an object") {
            body[name] = time.clone();
        }
        body
    };
    for (window, field) in [
        (
            json!({"starts_at": starts + Duration::days(9)}),
            "starts_at",
        ),
        (
            json!({"starts_at": Utc::now() + hour * 2, "ends_at": Utc::now() + hour}),
            "ends_at",
        ),
    ] {
        let answer = olga.post(&codes(&event), with(&window)).await;
        let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        assert!(problem.errors.contains_key(field), "{window}: {problem:?}");
    }
    let body = with(&json!({"starts_at": Utc::now() + hour}));
    let code = make(&olga, &event, body).await;
    let path = format!("{}/{}", codes(&event), code.id);
    let answer = olga
        .patch(&path, json!({"ends_at": Utc::now() + hour / 2}))
        .await;
    let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    assert!(problem.errors.contains_key("ends_at"), "{problem:?}");
    // Ending it is possible at any time.
    let ended: PromoCode = olga.patch(&path, json!({"ends_at": Utc::now()})).await.ok();
    assert!(ended.ends_at.is_some());
    olga.patch(&path, json!({"max_uses": 3}))
        .await
        .ok::<PromoCode>();
}
