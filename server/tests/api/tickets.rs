//! Tickets as their holders see them.

use api::code::TicketCode;
use api::tickets::{Ticket, TicketState};
use api::{Code, Page};
use axum::http::StatusCode;
use chrono::{Duration, Utc};
use ed25519_dalek::SigningKey;
use sqlx::PgPool;

use crate::support::{EventBuilder, TestApp, TestEvent};

#[sqlx::test(migrations = "../migrations")]
async fn a_ticket_shows_a_code_that_its_event_signed(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let order: api::orders::Order = ada.buy(&[(event.types[0], 2)]).await.created();

    let ticket: Ticket = ada.get(&format!("/tickets/{}/2", event.id)).await.ok();
    assert_eq!((ticket.number, ticket.state), (2, TicketState::Valid));
    assert_eq!(
        (ticket.holder.as_str(), ticket.order_id),
        ("Ada", Some(order.id))
    );
    let key = SigningKey::from_bytes(&TestEvent::SEED).verifying_key();
    let code = TicketCode::verify(ticket.code.as_deref().expect("a code"), &key).expect("signed");
    assert_eq!((code.event, code.number, code.version), (event.id, 2, 1));
}

#[sqlx::test(migrations = "../migrations")]
async fn the_wallet_is_the_holders_alone(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada, eve) = (
        app.user("Olga").await,
        app.user("Ada").await,
        app.user("Eve").await,
    );
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    ada.buy(&[(event.types[0], 1)])
        .await
        .created::<api::orders::Order>();
    let path = format!("/tickets/{}/1", event.id);

    for someone in [&eve, &olga] {
        someone
            .get(&path)
            .await
            .refused(StatusCode::NOT_FOUND, Code::NotFound);
        let page: Page<Ticket> = someone.get("/tickets").await.ok();
        assert!(page.items.is_empty());
    }
    ada.get(&format!("/tickets/{}/2", event.id))
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    let stranger = app.stranger();
    stranger
        .get(&path)
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
    stranger
        .get("/tickets")
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_next_event_comes_first_and_pages_follow(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    for (title, days) in [("Third", 9), ("First", 1), ("Second", 5)] {
        let event = EventBuilder::new(title)
            .starts_at(Utc::now() + Duration::days(days))
            .create(&app, &olga)
            .await;
        ada.buy(&[(event.types[0], 2)])
            .await
            .created::<api::orders::Order>();
    }
    for (when, titles) in [
        (
            "upcoming",
            ["First", "First", "Second", "Second", "Third", "Third"],
        ),
        (
            "past",
            ["Third", "Third", "Second", "Second", "First", "First"],
        ),
    ] {
        if when == "past" {
            let moved = sqlx::query!(
                "update events set starts_at = starts_at - interval '100 days', ends_at = ends_at - interval '100 days'"
            );
            moved.execute(&app.db).await.expect("moved to the past");
        }
        let mut seen = Vec::new();
        let mut path = format!("/tickets?limit=4&when={when}");
        loop {
            let page: Page<Ticket> = ada.get(&path).await.ok();
            seen.extend(page.items.into_iter().map(|ticket| ticket.event.title));
            let Some(cursor) = page.next_cursor else {
                break;
            };
            path = format!("/tickets?limit=4&when={when}&cursor={cursor}");
        }
        assert_eq!(seen, titles, "{when}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn tickets_for_a_cancelled_event_come_last(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    for (title, days) in [
        ("Off first", 1),
        ("Second", 5),
        ("Off third", 7),
        ("Fourth", 9),
    ] {
        let event = EventBuilder::new(title)
            .starts_at(Utc::now() + Duration::days(days))
            .create(&app, &olga)
            .await;
        ada.buy(&[(event.types[0], 2)])
            .await
            .created::<api::orders::Order>();
        if title.starts_with("Off") {
            let path = format!("/host/events/{}/cancel", event.id);
            olga.post(&path, serde_json::json!({}))
                .await
                .ok::<api::host::HostEvent>();
        }
    }
    let stop = tokio_util::sync::CancellationToken::new();
    server::cancellation::run_once(&app.db, &stop)
        .await
        .expect("refunded");
    for (when, titles) in [
        ("upcoming", ["Second", "Fourth", "Off first", "Off third"]),
        ("past", ["Fourth", "Second", "Off third", "Off first"]),
    ] {
        if when == "past" {
            let moved = sqlx::query!(
                "update events set starts_at = starts_at - interval '100 days', ends_at = ends_at - interval '100 days'"
            );
            moved.execute(&app.db).await.expect("moved to the past");
        }
        let mut seen = Vec::new();
        let mut path = format!("/tickets?limit=3&when={when}");
        loop {
            let page: Page<Ticket> = ada.get(&path).await.ok();
            seen.extend(page.items.into_iter().map(|ticket| ticket.event.title));
            let Some(cursor) = page.next_cursor else {
                break;
            };
            path = format!("/tickets?limit=3&when={when}&cursor={cursor}");
        }
        let twice: Vec<&str> = titles.iter().flat_map(|title| [*title, *title]).collect();
        assert_eq!(seen, twice, "{when}");
    }
}
