//! Orders that are paid elsewhere: they hold their tickets until they are paid or given up.

use std::sync::Arc;
use std::time::Duration;

use api::events::EventDetail;
use api::orders::{Order, OrderState};
use api::{Code, Money};
use axum::http::StatusCode;
use chrono::Utc;
use server::orders::pending::{GivenUp, expire_due, give_up, settle};
use server::payment::{PaymentProvider, PaymentStep};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{EventBuilder, TestApp, TestEvent, TestUser, assert_sound};

/// A bank that lets the buyer take its time.
pub(crate) struct SlowBank;

impl PaymentProvider for SlowBank {
    fn name(&self) -> &'static str {
        "slow_bank"
    }

    fn begin(&self, _total: Money) -> PaymentStep {
        PaymentStep::Hold(Duration::from_secs(600))
    }
}

async fn pending_order(db: PgPool) -> (TestApp, TestUser, TestEvent, Order) {
    let app = TestApp::with_payments(db, Arc::new(SlowBank));
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night")
        .ticket_type("Seat", 100, 4)
        .create(&app, &olga)
        .await;
    let order: Order = ada.buy(&[(event.types[0], 3)]).await.created();
    (app, ada, event, order)
}

#[sqlx::test(migrations = "../migrations")]
async fn a_pending_order_holds_stock_and_has_no_tickets(db: PgPool) {
    let (app, ada, event, order) = pending_order(db).await;
    assert_eq!(order.state, OrderState::Pending);
    assert!(order.expires_at.is_some_and(|end| end > Utc::now()));
    assert!(order.lines[0].tickets.is_empty());
    let detail: EventDetail = ada.get(&format!("/events/{}", event.id)).await.ok();
    assert_eq!(
        (detail.summary.left, detail.summary.going, detail.yours),
        (1, 0, 0)
    );
    ada.buy(&[(event.types[0], 2)])
        .await
        .refused(StatusCode::CONFLICT, Code::SoldOut);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_paid_order_gets_its_tickets_once(db: PgPool) {
    let (app, ada, event, order) = pending_order(db).await;
    for expected in [true, false] {
        let mut transaction = app.db.begin().await.expect("begun");
        assert_eq!(
            settle(&mut transaction, order.id).await.expect("settled"),
            expected
        );
        transaction.commit().await.expect("committed");
    }
    let paid: Order = ada.get(&format!("/orders/{}", order.id)).await.ok();
    assert_eq!(
        (paid.state, paid.lines[0].tickets.len()),
        (OrderState::Paid, 3)
    );
    let detail: EventDetail = ada.get(&format!("/events/{}", event.id)).await.ok();
    assert_eq!(
        (detail.summary.left, detail.summary.going, detail.yours),
        (1, 3, 3)
    );
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_order_that_is_not_paid_in_time_frees_its_stock(db: PgPool) {
    let (app, ada, event, order) = pending_order(db).await;
    assert_eq!(expire_due(&app.db, Utc::now()).await.expect("run"), 0);
    let later = Utc::now() + chrono::Duration::seconds(601);
    assert_eq!(expire_due(&app.db, later).await.expect("run"), 1);
    assert_eq!(expire_due(&app.db, later).await.expect("run"), 0);

    let expired: Order = ada.get(&format!("/orders/{}", order.id)).await.ok();
    assert_eq!(expired.state, OrderState::Expired);
    let mut transaction = app.db.begin().await.expect("begun");
    assert!(!settle(&mut transaction, order.id).await.expect("too late"));
    transaction.commit().await.expect("committed");
    ada.buy(&[(event.types[0], 4)]).await.created::<Order>();
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn paying_and_giving_up_at_once_has_one_winner(db: PgPool) {
    let (app, _ada, _event, order) = pending_order(db).await;
    let decide = |pay: bool| {
        let db = app.db.clone();
        tokio::spawn(async move {
            let mut transaction = db.begin().await.expect("begun");
            let won = match pay {
                true => settle(&mut transaction, order.id).await,
                false => give_up(&mut transaction, order.id, GivenUp::Cancelled).await,
            };
            transaction.commit().await.expect("committed");
            won.expect("decided")
        })
    };
    let tries: Vec<_> = (0..10).map(|number| decide(number % 2 == 0)).collect();
    let mut winners = 0;
    for tried in tries {
        winners += usize::from(tried.await.expect("no panic"));
    }
    assert_eq!(winners, 1);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_order_that_is_given_up_gives_its_promo_code_back(db: PgPool) {
    let (app, _ada, event, other) = pending_order(db).await;
    let mut transaction = app.db.begin().await.expect("begun");
    let given_up = give_up(&mut transaction, other.id, GivenUp::Cancelled).await;
    assert!(given_up.expect("given up"));
    transaction.commit().await.expect("committed");
    let bob = app.user("Bob").await;
    sqlx::query!(
        "insert into promo_codes (id, event_id, code, percent, max_uses) values ($1, $2, 'ONE', 10, 1)",
        Uuid::now_v7(),
        event.id,
    )
    .execute(&app.db)
    .await
    .expect("a code");
    let order = api::orders::PlaceOrder {
        promo_code: Some("one".to_owned()),
        ..crate::support::order_of(&[(event.types[0], 1)])
    };
    let first: Order = bob.place(Uuid::new_v4(), &order).await.created();
    let used_up = bob.place(Uuid::new_v4(), &order).await;
    used_up.refused(StatusCode::CONFLICT, api::Code::PromoUsedUp);
    let mut transaction = app.db.begin().await.expect("begun");
    let given_up = give_up(&mut transaction, first.id, GivenUp::Cancelled).await;
    assert!(given_up.expect("given up"));
    transaction.commit().await.expect("committed");
    bob.place(Uuid::new_v4(), &order).await.created::<Order>();
    assert_sound(&app.db).await;
}
