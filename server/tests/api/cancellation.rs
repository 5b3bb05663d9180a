//! The tickets of an event that is called off.

use api::host::{Audience, HostEvent, Task};
use api::orders::{Order, OrderState, OrderSummary};
use api::tickets::{Ticket, TicketState};
use api::{Code, Page};
use axum::http::StatusCode;
use serde_json::json;
use server::cancellation;
use sqlx::PgPool;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::comps::{give, invited};
use crate::payments::SlowBank;
use crate::refunds::{check_in, named, refund};
use crate::support::{EventBuilder, Inbox, TestApp, TestUser, assert_sound};

async fn cancel(organizer: &TestUser, event: Uuid) -> HostEvent {
    let path = format!("/host/events/{event}/cancel");
    organizer.post(&path, json!({})).await.ok()
}

async fn progress(organizer: &TestUser, event: Uuid) -> Option<Task> {
    let event: HostEvent = organizer.get(&format!("/host/events/{event}")).await.ok();
    event.refunding
}

#[sqlx::test(migrations = "../migrations")]
async fn every_ticket_goes_back_once(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada, bob) = (
        app.user("Olga").await,
        app.user("Ada").await,
        app.user("Bob").await,
    );
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let other = EventBuilder::new("Other").create(&app, &olga).await;
    let both: Order = ada
        .buy(&[(event.types[0], 4), (other.types[0], 2)])
        .await
        .created();
    bob.buy(&[(event.types[0], 3)]).await.created::<Order>();
    refund(&ada, both.id, Uuid::new_v4(), &named(event.id, [1]))
        .await
        .created::<Order>();
    check_in(&app, event.id, 2, &olga).await;
    give(&olga, event.id, event.types[0], &[invited("Grace")]).await;

    let cancelled = cancel(&olga, event.id).await;
    assert_eq!(cancelled.refunding, Some(Task { done: 0, total: 7 }));
    let mut done = 0;
    while let Some(batch) = cancellation::run_batch(&app.db, 2).await.expect("run") {
        assert_sound(&app.db).await;
        done += batch;
    }
    assert_eq!(done, 7);
    assert_eq!(progress(&olga, event.id).await, None);

    let orders: Page<OrderSummary> = bob.get("/orders").await.ok();
    let of_bob: Vec<_> = orders
        .items
        .iter()
        .map(|o| (o.state, o.total.amount))
        .collect();
    assert_eq!(
        of_bob,
        [(OrderState::Paid, -7500), (OrderState::Refunded, 7500)]
    );
    let of_ada: Order = ada.get(&format!("/orders/{}", both.id)).await.ok();
    assert_eq!(
        of_ada.state,
        OrderState::PartiallyRefunded,
        "the other event takes place"
    );
    let gone: Ticket = bob.get(&format!("/tickets/{}/5", event.id)).await.ok();
    assert_eq!(gone.state, TicketState::Refunded);
    let money = sqlx::query_scalar!(
        r#"select sum(l.quantity * l.unit_price * case o.kind when 'refund' then -1 else 1 end)::bigint
            as "sum!" from orders o join order_lines l on l.order_id = o.id
        where l.event_id = $1"#,
        event.id,
    )
    .fetch_one(&app.db)
    .await;
    assert_eq!(money.expect("added up"), 0);
    let letters = sqlx::query_scalar!(
        r#"select count(*) as "n!" from jobs where payload->>'letter' = 'event_cancelled'"#
    )
    .fetch_one(&app.db)
    .await;
    assert_eq!(
        letters.expect("counted"),
        3,
        "to each holder one, and to Grace, who was sent hers"
    );
    ada.buy(&[(event.types[0], 1)])
        .await
        .refused(StatusCode::CONFLICT, Code::SalesClosed);
    assert_sound(&app.db).await;
}

/// A batch that is cut off is as if it had not been; two servers at once do nothing twice.
#[sqlx::test(migrations = "../migrations")]
async fn it_goes_on_after_a_kill_and_beside_another_server(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    for _ in 0..20 {
        ada.buy(&[(event.types[0], 3)]).await.created::<Order>();
    }
    cancel(&olga, event.id).await;
    cancellation::run_batch(&app.db, 10).await.expect("run");
    for milliseconds in [1, 3, 5, 8] {
        let batch = cancellation::run_batch(&app.db, 10);
        let cut_off = std::time::Duration::from_millis(milliseconds);
        let _either = tokio::time::timeout(cut_off, batch).await;
        assert_sound(&app.db).await;
    }
    let stop = CancellationToken::new();
    let (one, two) = tokio::join!(
        cancellation::run_once(&app.db, &stop),
        cancellation::run_once(&app.db, &stop)
    );
    one.and(two).expect("both ran");
    cancellation::run_once(&app.db, &stop).await.expect("run");
    let refunded = sqlx::query_scalar!(r#"select count(*) as "n!" from refunded_tickets"#)
        .fetch_one(&app.db)
        .await;
    assert_eq!(refunded.expect("counted"), 60);
    assert_eq!(progress(&olga, event.id).await, None);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn orders_that_wait_for_their_payment_are_given_up(db: PgPool) {
    let app = TestApp::with_payments(db, Arc::new(SlowBank));
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let other = EventBuilder::new("Other").create(&app, &olga).await;
    let order: Order = ada
        .buy(&[(event.types[0], 2), (other.types[0], 1)])
        .await
        .created();
    cancel(&olga, event.id).await;
    let stop = CancellationToken::new();
    cancellation::run_once(&app.db, &stop).await.expect("run");
    let order: Order = ada.get(&format!("/orders/{}", order.id)).await.ok();
    assert_eq!(order.state, OrderState::Cancelled);
    assert_eq!(progress(&olga, event.id).await, None);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn the_organizers_message_stands_in_the_email(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    ada.buy(&[(event.types[0], 2)]).await.created::<Order>();
    let audience = format!("/host/events/{}/audience", event.id);
    let told: Audience = olga.get(&audience).await.ok();
    assert_eq!((told.tickets, told.people), (2, 1));
    inbox.fetch(&app).await;

    let path = format!("/host/events/{}/cancel", event.id);
    let long = json!({"message": "x".repeat(1001)});
    let problem = olga.post(&path, long).await;
    let problem = problem.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    assert!(problem.errors.contains_key("message"), "{problem:?}");
    for message in [" The roof leaks.\n\nWe are <sorry>. ", "Something else"] {
        let body = json!({"message": message});
        olga.post(&path, body).await.ok::<HostEvent>();
    }
    let letter = inbox.fetch_one(&app).await;
    assert!(letter.to.contains(&ada.email), "{letter:?}");
    let text = letter.text.replace("\r\n", "\n");
    let quoted = "Message from the organizer:\n\n> The roof leaks.\n> \n> We are <sorry>.\n";
    assert!(text.contains(quoted), "{text}");
    assert!(
        letter
            .html
            .contains("The roof leaks.<br><br>We are &lt;sorry&gt;.")
    );
    let told: Audience = olga.get(&audience).await.ok();
    assert_eq!(told.tickets, 2, "until they are refunded");
    assert_sound(&app.db).await;
}
