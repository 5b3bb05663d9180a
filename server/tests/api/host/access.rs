//! Who may see and change an event.

use api::host::{HostEvent, HostEventSummary};
use api::{Code, Page};
use axum::http::StatusCode;
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use super::{act, complete, employ, path};
use crate::support::{Answer, EventBuilder, TestApp};

#[sqlx::test(migrations = "../migrations")]
async fn only_the_signed_in_host(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = path(EventBuilder::new("Night").create(&app, &olga).await.id);
    let nobody = app.stranger();
    let refused = |answer: Answer| {
        answer.refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
    };
    refused(nobody.get("/host/events").await);
    refused(nobody.post("/host/events", complete()).await);
    refused(nobody.get(&event).await);
    refused(nobody.patch(&event, json!({"title": "Mine"})).await);
    for action in ["publish", "cancel", "pause", "resume"] {
        refused(nobody.post(&format!("{event}/{action}"), json!({})).await);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn somebody_elses_event_is_like_a_missing_one(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let mallory = app.user("Mallory").await;
    let theirs = EventBuilder::new("Night").create(&app, &olga).await.id;
    for event in [theirs, Uuid::now_v7()] {
        let mut answers = vec![
            mallory.get(&path(event)).await,
            mallory.patch(&path(event), json!({"title": "Mine"})).await,
        ];
        for action in ["publish", "cancel", "pause", "resume"] {
            answers.push(act(&mallory, event, action).await);
        }
        for answer in answers {
            let problem = answer.refused(StatusCode::NOT_FOUND, Code::NotFound);
            assert_eq!(problem.detail, "We couldn’t find that.");
        }
    }
    let unchanged: HostEvent = olga.get(&path(theirs)).await.ok();
    assert_eq!(unchanged.title, "Night");
    assert!(unchanged.sales_open);
}

#[sqlx::test(migrations = "../migrations")]
async fn staff_may_do_what_their_role_allows(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let (door, manager) = (app.user("Doris").await, app.user("Manuel").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await.id;
    employ(&app, event, &door, "door").await;
    employ(&app, event, &manager, "manager").await;
    let title = json!({"title": "Another night"});

    door.get(&path(event)).await.ok::<HostEvent>();
    let mut refused = vec![door.patch(&path(event), &title).await];
    for action in ["publish", "cancel", "pause", "resume"] {
        refused.push(act(&door, event, action).await);
    }
    refused.push(act(&manager, event, "cancel").await);
    for answer in refused {
        answer.refused(StatusCode::FORBIDDEN, Code::Forbidden);
    }

    manager.patch(&path(event), &title).await.ok::<HostEvent>();
    act(&manager, event, "pause").await.ok::<HostEvent>();
    let list: Page<HostEventSummary> = door.get("/host/events").await.ok();
    assert_eq!(list.items.len(), 1);
}
