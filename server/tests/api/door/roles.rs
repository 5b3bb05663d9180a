//! Who may stand at the door.

use api::Code;
use api::door::{Door, Synced};
use api::orders::Order;
use axum::http::StatusCode;
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use super::{code, door, path, scan, scan_of, send, tonight};
use crate::host::employ;
use crate::support::{Answer, EventBuilder, TestApp, TestEvent, TestUser, assert_sound};

/// Everything that can be done at the door of `event`.
async fn try_all(user: &TestUser, event: &TestEvent, shown: &str) -> Vec<Answer> {
    let list = format!("/host/events/{}/door", event.id);
    let undo = format!("{}/{}", path(event), Uuid::now_v7());
    vec![
        user.get(&list).await,
        send(user, event, &scan_of(shown)).await,
        user.post(&format!("{}/sync", path(event)), json!({"scans": []}))
            .await,
        user.delete(&undo).await,
    ]
}

#[sqlx::test(migrations = "../migrations")]
async fn only_staff_stand_at_the_door(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = tonight(&app, &olga).await;
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    let shown = code(&ada, &event, 1).await;
    let rival = app.user("Rival").await;
    let theirs = EventBuilder::new("Other").create(&app, &rival).await;
    employ(&app, theirs.id, &rival, "manager").await;

    for someone in [&ada, &rival] {
        for answer in try_all(someone, &event, &shown).await {
            answer.refused(StatusCode::NOT_FOUND, Code::NotFound);
        }
    }
    for answer in try_all(&app.stranger(), &event, &shown).await {
        answer.refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
    }
    assert!(door(&olga, &event).await.tickets[0].used.is_none());
}

#[sqlx::test(migrations = "../migrations")]
async fn door_staff_managers_and_the_organizer_scan(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let (doris, manuel) = (app.user("Doris").await, app.user("Manuel").await);
    let event = tonight(&app, &olga).await;
    employ(&app, event.id, &doris, "door").await;
    employ(&app, event.id, &manuel, "manager").await;
    ada.buy(&[(event.types[0], 3)]).await.created::<Order>();
    for (number, staff) in [(1, &olga), (2, &doris), (3, &manuel)] {
        let shown = code(&ada, &event, number).await;
        let admission = scan(staff, &event, &shown).await.used.expect("let in");
        let undo = format!("{}/{}", path(&event), admission.id);
        assert_eq!(staff.delete(&undo).await.status, StatusCode::NO_CONTENT);
        let scans = json!({"scans": []});
        let synced = staff.post(&format!("{}/sync", path(&event)), scans).await;
        assert!(synced.ok::<Synced>().answers.is_empty());
        let list = format!("/host/events/{}/door", event.id);
        assert_eq!(staff.get(&list).await.ok::<Door>().tickets.len(), 3);
    }
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_admission_of_another_event_is_not_undone_here(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, rival, ada) = (
        app.user("Olga").await,
        app.user("Rival").await,
        app.user("Ada").await,
    );
    let event = tonight(&app, &olga).await;
    let theirs = tonight(&app, &rival).await;
    ada.buy(&[(theirs.types[0], 1)]).await.created::<Order>();
    let shown = code(&ada, &theirs, 1).await;
    let admission = scan(&rival, &theirs, &shown).await.used.expect("let in");
    let undo = format!("{}/{}", path(&event), admission.id);
    let answer = olga.delete(&undo).await;
    answer.refused(StatusCode::NOT_FOUND, Code::NotFound);
    assert!(door(&rival, &theirs).await.tickets[0].used.is_some());
}
