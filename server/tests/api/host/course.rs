//! Sales pause and resume; events are called off.

use api::Code;
use api::events::{EventDetail, SaleState};
use api::host::{EventStatus, HostEvent};
use api::orders::Order;
use axum::http::StatusCode;
use chrono::{Duration, Utc};
use serde_json::json;
use sqlx::PgPool;

use super::{act, path};
use crate::support::{EventBuilder, TestApp, TestEvent};

#[sqlx::test(migrations = "../migrations")]
async fn sales_pause_and_resume(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let ada = app.user("Ada").await;
    let TestEvent { id, types } = EventBuilder::new("Night").create(&app, &olga).await;
    for (action, state) in [
        ("pause", SaleState::Paused),
        ("pause", SaleState::Paused),
        ("resume", SaleState::OnSale),
    ] {
        let event: HostEvent = act(&olga, id, action).await.ok();
        assert_eq!((event.state, event.sales_open), (state, action == "resume"));
        let seen: EventDetail = app.stranger().get(&format!("/events/{id}")).await.ok();
        assert_eq!(seen.summary.state, state);
        let bought = ada.buy(&[(types[0], 1)]).await;
        if action == "resume" {
            bought.created::<Order>();
        } else {
            bought.refused(StatusCode::CONFLICT, Code::SalesPaused);
            let place = json!({"ticket_type_id": types[0], "quantity": 1});
            ada.post(&format!("/events/{id}/waiting-list"), place)
                .await
                .refused(StatusCode::CONFLICT, Code::SalesPaused);
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_over_or_called_off_cannot_change(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let cancelled = EventBuilder::new("Night").create(&app, &olga).await.id;
    let event: HostEvent = act(&olga, cancelled, "cancel").await.ok();
    assert_eq!(event.status, EventStatus::Cancelled);
    assert_eq!(event.state, SaleState::Cancelled);
    let again: HostEvent = act(&olga, cancelled, "cancel").await.ok();
    assert_eq!(again, event);
    let over = EventBuilder::new("Yesterday").starts_at(Utc::now() - Duration::days(1));
    let over = over.create(&app, &olga).await.id;
    act(&olga, over, "cancel")
        .await
        .refused(StatusCode::CONFLICT, Code::Conflict);

    for event in [cancelled, over] {
        let mut answers = vec![olga.patch(&path(event), json!({"title": "New"})).await];
        for action in ["publish", "pause", "resume"] {
            answers.push(act(&olga, event, action).await);
        }
        for answer in answers {
            answer.refused(StatusCode::CONFLICT, Code::Conflict);
        }
    }
}
