//! Waiting for tickets that are sold out.

use api::events::EventDetail;
use api::orders::{Order, OrderState, OrderSummary};
use api::waiting::WaitingPlace;
use api::{Code, Page};
use axum::http::StatusCode;
use chrono::{Duration, Utc};
use serde_json::json;
use server::orders::pending::expire_due;
use server::waiting;
use sqlx::PgPool;
use uuid::Uuid;

use crate::refunds::{named, refund};
use crate::support::{Answer, EventBuilder, TestApp, TestEvent, TestUser, assert_sound};

pub(crate) async fn join(user: &TestUser, event: &TestEvent, quantity: i32) -> Answer {
    let body = json!({"ticket_type_id": event.types[0], "quantity": quantity});
    user.post(&format!("/events/{}/waiting-list", event.id), body)
        .await
}

async fn place(user: &TestUser, event: &TestEvent) -> Option<WaitingPlace> {
    let path = format!("/events/{}/waiting-list", event.id);
    let mut places: Vec<WaitingPlace> = user.get(&path).await.ok();
    places.pop()
}

async fn is_offered(user: &TestUser, event: &TestEvent) -> bool {
    place(user, event)
        .await
        .is_some_and(|place| place.offer.is_some())
}

async fn take(user: &TestUser, event: &TestEvent) -> Answer {
    let id = place(user, event)
        .await
        .map_or(Uuid::nil(), |place| place.id);
    user.post(&format!("/waiting-list/{id}/take"), json!({}))
        .await
}

/// Ada has bought all four seats; Bob, Eve and Fay want some.
async fn sold_out(db: PgPool) -> (TestApp, TestUser, Order, [TestUser; 3], TestEvent) {
    // The combined path remembers for a moment that it was sold out.
    let app = TestApp::with_flags(db, &["--purchase-path", "plain"]);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Small")
        .ticket_type("Seat", 1000, 4)
        .max_per_user(4)
        .create(&app, &olga)
        .await;
    let order: Order = ada.buy(&[(event.types[0], 4)]).await.created();
    let people = [
        app.user("Bob").await,
        app.user("Eve").await,
        app.user("Fay").await,
    ];
    (app, ada, order, people, event)
}

async fn give_back(user: &TestUser, order: &Order, event: &TestEvent, number: i32) {
    refund(user, order.id, Uuid::new_v4(), &named(event.id, [number]))
        .await
        .created::<Order>();
}

async fn left(user: &TestUser, event: &TestEvent) -> (i32, i32) {
    let detail: EventDetail = user.get(&format!("/events/{}", event.id)).await.ok();
    (detail.summary.left, detail.summary.going)
}

#[sqlx::test(migrations = "../migrations")]
async fn what_comes_back_is_held_for_the_first_party_that_fits(db: PgPool) {
    let (app, ada, order, [bob, eve, fay], event) = sold_out(db).await;
    join(&bob, &event, 2).await.created::<Vec<WaitingPlace>>();
    join(&eve, &event, 1).await.created::<Vec<WaitingPlace>>();
    join(&fay, &event, 1).await.created::<Vec<WaitingPlace>>();
    let third = place(&fay, &event).await.expect("in line");
    assert_eq!((third.ahead, third.offer), (2, None));

    give_back(&ada, &order, &event, 1).await;
    assert!(!is_offered(&bob, &event).await, "one is not enough for two");
    assert!(is_offered(&eve, &event).await);
    assert_eq!(left(&eve, &event).await, (0, 3), "nobody else can have it");
    fay.buy(&[(event.types[0], 1)])
        .await
        .refused(StatusCode::CONFLICT, Code::SoldOut);
    assert_sound(&app.db).await;

    let ledger: Page<OrderSummary> = eve.get("/orders").await.ok();
    assert!(ledger.items.is_empty(), "an offer is no order yet");
    let taken: Order = take(&eve, &event).await.ok();
    assert_eq!(
        (taken.state, taken.total.amount, taken.payment.as_str()),
        (OrderState::Paid, 1000, "pay_at_door")
    );
    assert_eq!(place(&eve, &event).await, None);
    take(&bob, &event)
        .await
        .refused(StatusCode::CONFLICT, Code::Conflict);
    assert_eq!(place(&fay, &event).await.map(|place| place.ahead), Some(1));
    assert_eq!(left(&eve, &event).await, (0, 4));
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_offer_that_is_not_taken_goes_to_the_next(db: PgPool) {
    let (app, ada, order, [bob, eve, fay], event) = sold_out(db).await;
    for party in [&bob, &eve, &fay] {
        join(party, &event, 1).await.created::<Vec<WaitingPlace>>();
    }
    give_back(&ada, &order, &event, 1).await;
    assert!(is_offered(&bob, &event).await);
    let all: Vec<WaitingPlace> = bob.get("/waiting-list").await.ok();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].event.title, "Small");
    assert_eq!(all.first(), place(&bob, &event).await.as_ref());
    let later = Utc::now() + Duration::minutes(61);
    assert_eq!(expire_due(&app.db, later).await.expect("run"), 1);
    assert_eq!(place(&bob, &event).await, None, "his time is over");
    assert!(is_offered(&eve, &event).await);
    assert_sound(&app.db).await;

    let of_eve = place(&eve, &event).await.expect("in line").id;
    let path = format!("/waiting-list/{of_eve}");
    bob.delete(&path)
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    assert_eq!(eve.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert!(is_offered(&fay, &event).await);
    let of_fay = place(&fay, &event).await.expect("in line").id;
    fay.delete(&format!("/waiting-list/{of_fay}")).await;
    assert_eq!(
        left(&fay, &event).await,
        (1, 3),
        "nobody waits, anybody can buy"
    );
    bob.buy(&[(event.types[0], 1)]).await.created::<Order>();
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn more_capacity_is_offered_too_and_a_pause_waits(db: PgPool) {
    let (app, _ada, _order, [bob, ..], event) = sold_out(db).await;
    join(&bob, &event, 2).await.created::<Vec<WaitingPlace>>();
    sqlx::raw_sql(
        "update ticket_types set capacity = 6; update event_stock set sales_open = false",
    )
    .execute(&app.db)
    .await
    .expect("changed");
    assert_eq!(waiting::run_once(&app.db).await.expect("run"), 0);
    sqlx::raw_sql("update event_stock set sales_open = true")
        .execute(&app.db)
        .await
        .expect("changed");
    assert_eq!(waiting::run_once(&app.db).await.expect("run"), 1);
    assert_eq!(waiting::run_once(&app.db).await.expect("run"), 0);
    take(&bob, &event).await.ok::<Order>();
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn only_what_is_sold_out_is_waited_for(db: PgPool) {
    let (app, ada, order, [bob, eve, _], event) = sold_out(db).await;
    join(&app.stranger(), &event, 1)
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
    for quantity in [0, 5] {
        join(&bob, &event, quantity)
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    }
    join(&ada, &event, 1)
        .await
        .refused(StatusCode::CONFLICT, Code::LimitReached);
    join(&bob, &event, 2).await.created::<Vec<WaitingPlace>>();
    join(&bob, &event, 1)
        .await
        .refused(StatusCode::CONFLICT, Code::Conflict);
    give_back(&ada, &order, &event, 1).await;
    join(&eve, &event, 1)
        .await
        .refused(StatusCode::CONFLICT, Code::Conflict);
    let missing = TestEvent {
        id: Uuid::now_v7(),
        types: event.types.clone(),
    };
    join(&eve, &missing, 1)
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    assert_sound(&app.db).await;
}
