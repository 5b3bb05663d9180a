//! Demo data is real data.

use api::Page;
use api::events::{EventSummary, SaleState};
use api::host::{EventStatus, HostEventSummary, Sales};
use api::orders::OrderSummary;
use api::tickets::Ticket;
use api::users::Session;
use serde_json::json;
use server::demo::{PASSWORD, load_once};
use server::jobs::archive;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::support::{EventBuilder, TestApp, TestUser, assert_sound};

async fn load(app: &TestApp) -> bool {
    load_once(&app.db, &app.state.passwords)
        .await
        .expect("loaded or left alone")
}

async fn sign_in(app: &TestApp, email: &str) -> TestUser {
    let login = json!({"email": email, "password": PASSWORD});
    let session: Session = app.stranger().post("/auth/login", login).await.ok();
    assert!(session.user.email_verified);
    app.signed_in(&session)
}

#[sqlx::test(migrations = "../migrations")]
async fn it_is_loaded_once_whole_and_sound(db: PgPool) {
    let app = TestApp::new(db);
    let (first, second) = tokio::join!(load(&app), load(&app));
    assert!(first != second, "two servers at once load it once");
    assert!(!load(&app).await);
    assert_sound(&app.db).await;

    let mut states = Vec::new();
    // Only a search finds what is cancelled.
    for wanted in ["when=all", "when=past", "q=sad%20robots"] {
        let path = format!("/events?{wanted}&limit=100");
        let page: Page<EventSummary> = app.stranger().get(&path).await.ok();
        states.extend(page.items.into_iter().map(|event| event.state));
    }
    assert_eq!(states.len(), 25);
    for state in [
        SaleState::OnSale,
        SaleState::FewLeft,
        SaleState::SoldOut,
        SaleState::NotYet,
        SaleState::Cancelled,
        SaleState::Ended,
    ] {
        assert!(states.contains(&state), "{state:?}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn its_accounts_have_something_to_show(db: PgPool) {
    let app = TestApp::new(db);
    load(&app).await;
    let ada = sign_in(&app, "ada@example.com").await;
    let upcoming: Page<Ticket> = ada.get("/tickets").await.ok();
    let past: Page<Ticket> = ada.get("/tickets?when=past").await.ok();
    assert_eq!((upcoming.items.len(), past.items.len()), (10, 3));
    let orders: Page<OrderSummary> = ada.get("/orders").await.ok();
    assert!(
        orders
            .items
            .is_sorted_by(|a, b| a.created_at >= b.created_at)
    );

    let olga = sign_in(&app, "olga@example.com").await;
    let events: Page<HostEventSummary> = olga.get("/host/events").await.ok();
    for status in [
        EventStatus::Draft,
        EventStatus::Published,
        EventStatus::Ended,
        EventStatus::Cancelled,
    ] {
        assert!(events.items.iter().any(|event| event.status == status));
    }
    let ended = events
        .items
        .iter()
        .find(|event| event.status == EventStatus::Ended)
        .expect("checked above");
    let sales: Sales = olga
        .get(&format!("/host/events/{}/sales", ended.id))
        .await
        .ok();
    assert!(sales.checked_in > 0 && sales.checked_in < sales.sold);
    assert!(sales.series.len() > 5);
    assert_eq!((sales.received, sales.due), (ended.received, ended.due));

    let archived = archive::run_once(&app.db, 30, &CancellationToken::new()).await;
    assert!(archived.expect("archived") > 0);
    assert_eq!(
        ada.get("/tickets?when=past").await.ok::<Page<Ticket>>(),
        past
    );
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn it_stays_away_from_real_events(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    EventBuilder::new("Real").draft().create(&app, &olga).await;
    assert!(!load(&app).await);
    let users = sqlx::query_scalar!("select count(*) from users")
        .fetch_one(&app.db)
        .await
        .expect("counted");
    assert_eq!(users, Some(1));
}
