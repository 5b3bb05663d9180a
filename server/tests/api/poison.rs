//! One item that cannot be done keeps no job from the others.

use std::sync::Arc;
use std::time::Duration;

use api::host::{EventStatus, HostEvent};
use api::orders::{Order, OrderState};
use api::tickets::{Ticket, TicketState};
use axum::http::StatusCode;
use chrono::{Duration as Span, Utc};
use serde_json::json;
use server::jobs::{archive, ending};
use server::orders::pending::expire_due;
use server::transfers::over;
use server::{cancellation, comps, waiting};
use sqlx::{AssertSqlSafe, PgPool};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::comps::{give, invited};
use crate::payments::SlowBank;
use crate::support::{EventBuilder, TestApp, TestEvent, TestUser, assert_sound};
use crate::waiting::join;

/// Has every change of a row fail for which this is true.
async fn poison(db: &PgPool, table: &str, row: &str, changes: &str) {
    let trigger = format!(
        "create or replace function poison() returns trigger language plpgsql as
            'begin raise exception ''poison''; end';
        create trigger poison before {changes} on {table}
            for each row when ({row}) execute function poison()"
    );
    let made = sqlx::raw_sql(AssertSqlSafe(trigger)).execute(db).await;
    made.expect("a trigger");
}

async fn cure(db: &PgPool, table: &str) {
    let cure = format!("drop trigger poison on {table}");
    let dropped = sqlx::raw_sql(AssertSqlSafe(cure)).execute(db).await;
    dropped.expect("no trigger");
}

/// What a job answers, which has to come to an end.
async fn ends<T>(job: impl Future<Output = server::Result<T>>) -> T {
    let done = tokio::time::timeout(Duration::from_secs(20), job).await;
    done.expect("it ends").expect("it goes on")
}

async fn status(organizer: &TestUser, event: &TestEvent) -> EventStatus {
    let path = format!("/host/events/{}", event.id);
    organizer.get(&path).await.ok::<HostEvent>().status
}

async fn over_since(app: &TestApp, event: &TestEvent, days: i32) {
    sqlx::query!(
        "update events set ends_at = now() - make_interval(days => $2),
            starts_at = now() - make_interval(days => $2, hours => 3)
        where id = $1",
        event.id,
        days,
    )
    .execute(&app.db)
    .await
    .expect("over");
}

#[sqlx::test(migrations = "../migrations")]
async fn orders_expire_beside_one_that_cannot(db: PgPool) {
    let app = TestApp::with_payments(db, Arc::new(SlowBank));
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let mut orders = Vec::new();
    for _ in 0..3 {
        let order: Order = ada.buy(&[(event.types[0], 1)]).await.created();
        orders.push(order.id);
    }
    poison(
        &app.db,
        "orders",
        &format!("old.id = '{}'", orders[0]),
        "update",
    )
    .await;
    let later = Utc::now() + Span::days(1);
    assert_eq!(ends(expire_due(&app.db, later)).await, 2);
    for (number, order) in orders.iter().enumerate() {
        let order: Order = ada.get(&format!("/orders/{order}")).await.ok();
        let expected = match number {
            0 => OrderState::Pending,
            _ => OrderState::Expired,
        };
        assert_eq!(order.state, expected);
    }
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn events_end_and_are_archived_beside_one_that_cannot(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let mut events = Vec::new();
    for title in ["First", "Second", "Third", "Fourth"] {
        let event = EventBuilder::new(title).create(&app, &olga).await;
        ada.buy(&[(event.types[0], 2)]).await.created::<Order>();
        over_since(
            &app,
            &event,
            40 - i32::try_from(events.len()).expect("a few"),
        )
        .await;
        events.push(event);
    }
    let running = CancellationToken::new();
    poison(
        &app.db,
        "events",
        &format!("old.id = '{}'", events[0].id),
        "update",
    )
    .await;
    assert_eq!(ends(ending::run_once(&app.db, &running)).await, 3);
    assert_eq!(status(&olga, &events[0]).await, EventStatus::Published);
    assert_eq!(status(&olga, &events[3]).await, EventStatus::Ended);

    let row = format!("old.event_id = '{}'", events[1].id);
    poison(&app.db, "tickets", &row, "delete").await;
    assert_eq!(ends(archive::run_once(&app.db, 30, &running)).await, 4);
    assert_eq!(status(&olga, &events[1]).await, EventStatus::Ended);
    assert_eq!(status(&olga, &events[2]).await, EventStatus::Archived);
    assert_eq!(status(&olga, &events[3]).await, EventStatus::Archived);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn transfers_end_beside_one_that_cannot(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let mut events = Vec::new();
    for title in ["First", "Second", "Third"] {
        let event = EventBuilder::new(title).create(&app, &olga).await;
        // A guest without an account is sent a ticket.
        give(&olga, event.id, event.types[0], &[invited("Grace")]).await;
        events.push(event);
    }
    for event in &events {
        over_since(&app, event, 1).await;
    }
    let row = format!("old.event_id = '{}'", events[0].id);
    poison(&app.db, "transfers", &row, "update").await;
    let running = CancellationToken::new();
    assert_eq!(ends(over::run_once(&app.db, &running)).await, 2);
    assert_eq!(ends(over::run_once(&app.db, &running)).await, 0);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn offers_are_made_beside_one_that_cannot(db: PgPool) {
    let app = TestApp::with_flags(db, &["--purchase-path", "plain"]);
    let (olga, ada, bob) = (
        app.user("Olga").await,
        app.user("Ada").await,
        app.user("Bob").await,
    );
    let mut events = Vec::new();
    for title in ["First", "Second", "Third"] {
        let event = EventBuilder::new(title)
            .ticket_type("Seat", 1000, 2)
            .create(&app, &olga)
            .await;
        ada.buy(&[(event.types[0], 2)]).await.created::<Order>();
        assert_eq!(join(&bob, &event, 1).await.status, StatusCode::CREATED);
        events.push(event);
    }
    sqlx::raw_sql("update ticket_types set capacity = 3")
        .execute(&app.db)
        .await
        .expect("more room");
    let row = format!("old.event_id = '{}'", events[1].id);
    poison(&app.db, "waiting_parties", &row, "update").await;
    assert_eq!(ends(waiting::run_once(&app.db)).await, 2);
    assert_eq!(ends(waiting::run_once(&app.db)).await, 0);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn guests_get_their_tickets_beside_one_who_cannot(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let row = "new.recipient_email = 'grace@example.com'";
    poison(&app.db, "transfers", row, "insert").await;
    let guests = ["Ada", "Grace", "Hedy", "Mary"].map(invited);
    let batch = give(&olga, event.id, event.types[0], &guests).await;
    assert_eq!((batch.progress.done, batch.progress.total), (3, 4));
    let next = give(&olga, event.id, event.types[0], &[invited("Joan")]).await;
    assert_eq!(next.progress.done, 1);
    let running = CancellationToken::new();
    assert_eq!(ends(comps::run_once(&app.db, &running)).await, 0);
    assert_sound(&app.db).await;

    // What is mended is done when its time comes.
    cure(&app.db, "transfers").await;
    let given = async {
        while ends(comps::run_once(&app.db, &running)).await == 0 {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let given = tokio::time::timeout(Duration::from_secs(40), given).await;
    given.expect("given in time");
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn refunds_of_a_cancelled_event_go_on_beside_one_that_cannot(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let night = EventBuilder::new("Night").create(&app, &olga).await;
    let day = EventBuilder::new("Day").create(&app, &olga).await;
    let mut buyers = Vec::new();
    for name in ["Ada", "Bob", "Eve"] {
        let buyer = app.user(name).await;
        let order: Order = buyer.buy(&[(night.types[0], 2)]).await.created();
        buyer.buy(&[(day.types[0], 1)]).await.created::<Order>();
        buyers.push((buyer, order));
    }
    for event in [&night, &day] {
        let path = format!("/host/events/{}/cancel", event.id);
        olga.post(&path, json!({})).await.ok::<HostEvent>();
    }
    let poisoned: Uuid = buyers[1].1.id;
    poison(
        &app.db,
        "tickets",
        &format!("old.order_id = '{poisoned}'"),
        "update",
    )
    .await;
    let running = CancellationToken::new();
    assert_eq!(ends(cancellation::run_once(&app.db, &running)).await, 7);
    let first = 3;
    let stuck: Ticket = buyers[1]
        .0
        .get(&format!("/tickets/{}/{first}", night.id))
        .await
        .ok();
    assert_eq!(stuck.state, TicketState::Valid);
    let refunding = |event: HostEvent| event.refunding;
    let of_day: HostEvent = olga.get(&format!("/host/events/{}", day.id)).await.ok();
    assert_eq!(refunding(of_day), None);
    let of_night: HostEvent = olga.get(&format!("/host/events/{}", night.id)).await.ok();
    assert!(refunding(of_night).is_some(), "it is not done");

    cure(&app.db, "tickets").await;
    let rest = async {
        while ends(cancellation::run_once(&app.db, &running)).await == 0 {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let rest = tokio::time::timeout(Duration::from_secs(40), rest).await;
    rest.expect("refunded in time");
    ends(cancellation::run_once(&app.db, &running)).await;
    assert_sound(&app.db).await;
}
