//! What happens by the clock: events end and are archived, holds expire.

use std::sync::Arc;
use std::time::Duration;

use api::Page;
use api::host::{EventStatus, HostEvent};
use api::orders::{Order, OrderState};
use api::tickets::Ticket;
use chrono::{Duration as Span, Utc};
use server::jobs::{self, archive, ending};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::payments::SlowBank;
use crate::support::{EventBuilder, TestApp, TestEvent, TestUser, assert_sound};

fn running() -> CancellationToken {
    CancellationToken::new()
}

async fn status(organizer: &TestUser, event: Uuid) -> EventStatus {
    let event: HostEvent = organizer.get(&format!("/host/events/{event}")).await.ok();
    event.status
}

/// Moves an event so that it ended this many days ago.
async fn end_days_ago(app: &TestApp, event: Uuid, days: i32) {
    sqlx::query!(
        "update events set ends_at = now() - make_interval(days => $2),
            starts_at = now() - make_interval(days => $2, hours => 3) where id = $1",
        event,
        days,
    )
    .execute(&app.db)
    .await
    .expect("moved to the past");
}

async fn count(app: &TestApp) -> (i64, i64) {
    let counted = sqlx::query!(
        r#"select (select count(*) from tickets) + (select count(*) from ticket_user) as "hot!",
            (select count(*) from archived_tickets) + (select count(*) from archived_ticket_user)
                as "archived!""#
    )
    .fetch_one(&app.db)
    .await
    .expect("counted");
    (counted.hot, counted.archived)
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_published_and_over_ends(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let yesterday = Utc::now() - Span::days(1);
    let over = EventBuilder::new("Over").starts_at(yesterday);
    let over = over.create(&app, &olga).await.id;
    let draft = EventBuilder::new("Draft").starts_at(yesterday).draft();
    let draft = draft.create(&app, &olga).await.id;
    let to_come = EventBuilder::new("To come").create(&app, &olga).await.id;

    assert_eq!(ending::run_once(&app.db, &running()).await.ok(), Some(1));
    assert_eq!(status(&olga, over).await, EventStatus::Ended);
    assert_eq!(status(&olga, draft).await, EventStatus::Draft);
    assert_eq!(status(&olga, to_come).await, EventStatus::Published);
    assert_eq!(ending::run_once(&app.db, &running()).await.ok(), Some(0));
}

/// An event that ended 31 days ago, with seven tickets of Ada's.
async fn long_over(app: &TestApp, olga: &TestUser, ada: &TestUser) -> (TestEvent, Order) {
    let event = EventBuilder::new("Long over").create(app, olga).await;
    ada.buy(&[(event.types[0], 4)]).await.created::<Order>();
    let order = ada.buy(&[(event.types[0], 3)]).await.created();
    end_days_ago(app, event.id, 31).await;
    ending::run_once(&app.db, &running()).await.expect("ended");
    (event, order)
}

#[sqlx::test(migrations = "../migrations")]
async fn an_archived_event_still_shows_its_orders_and_tickets(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let (event, order) = long_over(&app, &olga, &ada).await;
    let recent = EventBuilder::new("Recent").create(&app, &olga).await;
    ada.buy(&[(recent.types[0], 2)]).await.created::<Order>();
    end_days_ago(&app, recent.id, 29).await;
    ending::run_once(&app.db, &running()).await.expect("ended");
    let paths = [
        format!("/orders/{}", order.id),
        "/tickets?when=past".to_owned(),
        format!("/host/events/{}/sales", event.id),
    ];
    let mut before = Vec::new();
    for (path, user) in paths.iter().zip([&ada, &ada, &olga]) {
        before.push(user.get(path).await.ok::<serde_json::Value>());
    }
    assert_eq!(count(&app).await, (18, 0));

    let moved = archive::run_once(&app.db, 30, &running()).await;
    assert_eq!(moved.expect("archived"), 7);
    assert_eq!(count(&app).await, (4, 14));
    assert_eq!(status(&olga, event.id).await, EventStatus::Archived);
    assert_eq!(status(&olga, recent.id).await, EventStatus::Ended);
    for ((path, user), before) in paths.iter().zip([&ada, &ada, &olga]).zip(before) {
        assert_eq!(
            user.get(path).await.ok::<serde_json::Value>(),
            before,
            "{path}"
        );
    }
    let tickets: Page<Ticket> = ada.get("/tickets?when=past").await.ok();
    assert_eq!(tickets.items.len(), 9);
    assert_sound(&app.db).await;

    let again = archive::run_once(&app.db, 30, &running()).await;
    assert_eq!(again.expect("nothing to do"), 0);
    assert_eq!(count(&app).await, (4, 14));
}

#[sqlx::test(migrations = "../migrations")]
async fn archiving_goes_on_where_it_was_stopped(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let (event, _) = long_over(&app, &olga, &ada).await;

    let batch = archive::run_batch(&app.db, 30, 3).await;
    assert_eq!(batch.expect("a batch"), Some(3));
    assert_eq!(count(&app).await, (8, 6));
    assert_eq!(status(&olga, event.id).await, EventStatus::Ended);
    assert_sound(&app.db).await;

    let stopped = running();
    stopped.cancel();
    let none = archive::run_once(&app.db, 30, &stopped).await;
    assert_eq!(none.expect("stopped"), 0);

    let rest = archive::run_once(&app.db, 30, &running()).await;
    assert_eq!(rest.expect("the rest"), 4);
    assert_eq!(count(&app).await, (0, 14));
    assert_eq!(status(&olga, event.id).await, EventStatus::Archived);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn jobs_pass_over_what_others_have_locked(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let (busy, _) = long_over(&app, &olga, &ada).await;
    let (free, _) = long_over(&app, &olga, &ada).await;
    let mut other = app.db.begin().await.expect("a transaction");
    sqlx::query!(
        "select from event_stock where event_id = $1 for update",
        busy.id
    )
    .fetch_one(&mut *other)
    .await
    .expect("locked");

    let moved = archive::run_once(&app.db, 30, &running()).await;
    assert_eq!(moved.expect("the free one"), 7);
    other.rollback().await.expect("unlocked");
    assert_eq!(status(&olga, free.id).await, EventStatus::Archived);
    assert_eq!(status(&olga, busy.id).await, EventStatus::Ended);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_server_runs_them_until_it_stops(db: PgPool) {
    let app = TestApp::with_payments(db, Arc::new(SlowBank));
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("To come").create(&app, &olga).await;
    let order: Order = ada.buy(&[(event.types[0], 2)]).await.created();
    sqlx::query!("update orders set expires_at = now() - interval '1 second'")
        .execute(&app.db)
        .await
        .expect("due");
    let over = EventBuilder::new("Over").starts_at(Utc::now() - Span::days(40));
    let over = over.create(&app, &olga).await.id;

    let stop = running();
    let jobs = jobs::start(app.state.clone(), stop.clone());
    let archived = async {
        while status(&olga, over).await != EventStatus::Archived {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(5), archived).await;
    in_time.expect("archived at the first look");
    let expired: Order = ada.get(&format!("/orders/{}", order.id)).await.ok();
    assert_eq!(expired.state, OrderState::Expired);
    stop.cancel();
    let stopped = tokio::time::timeout(Duration::from_secs(1), jobs).await;
    stopped.expect("at once").expect("without a panic");
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_was_sent_long_ago_is_forgotten(db: PgPool) {
    let mut connection = db.acquire().await.expect("connected");
    sqlx::query!(
        "insert into jobs (id, kind, payload, done_at)
        select gen_random_uuid(), 'mail', '{}', now() - make_interval(days => days)
        from unnest(array[null, 29, 31, 32, 33]) as days"
    )
    .execute(&mut *connection)
    .await
    .expect("written");
    let mut forgotten = Vec::new();
    for _ in 0..3 {
        let some = jobs::db::forget_done(&mut connection, 30, 2).await;
        forgotten.push(some.expect("forgotten"));
    }
    assert_eq!(forgotten, [2, 1, 0]);
    let left = sqlx::query_scalar!(r#"select count(*) as "left!" from jobs"#)
        .fetch_one(&mut *connection)
        .await;
    assert_eq!(left.expect("counted"), 2);
}
