//! Who helps with an event.

use api::Code;
use api::host::HostEvent;
use api::staff::{Role, Staff, StaffMember};
use axum::http::StatusCode;
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use super::{employ, path};
use crate::support::{EventBuilder, TestApp};

async fn verify_address(app: &TestApp, user: Uuid) {
    let done = sqlx::query!(
        "update users set email_verified_at = now() where id = $1",
        user
    );
    done.execute(&app.db).await.expect("verified");
}

#[sqlx::test(migrations = "../migrations")]
async fn the_owner_of_the_address_joins_the_team(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, doris) = (app.user("Olga").await, app.user("Doris").await);
    sqlx::query!(
        "update users set email_verified_at = null where id = $1",
        doris.id
    )
    .execute(&app.db)
    .await
    .expect("unverified");
    let event = path(EventBuilder::new("Night").create(&app, &olga).await.id);
    let staff = format!("{event}/staff");
    let unproved = sqlx::query!(
        "update users set email_verified_at = null where id = $1",
        doris.id
    );
    unproved.execute(&app.db).await.expect("not verified");
    let body = json!({"email": format!(" {} ", doris.email.to_uppercase()), "role": "door"});
    let added: StaffMember = olga.post(&staff, &body).await.created();
    assert_eq!(added.email, doris.email);

    // An account that anyone could have made with this address.
    doris
        .get(&event)
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    verify_address(&app, doris.id).await;
    assert_eq!(doris.get(&event).await.ok::<HostEvent>().role, Role::Door);

    let body = json!({"email": doris.email, "role": "manager"});
    let changed: StaffMember = olga.post(&staff, &body).await.created();
    assert_eq!(changed.id, added.id);
    assert_eq!(
        doris.get(&event).await.ok::<HostEvent>().role,
        Role::Manager
    );
    assert_eq!(olga.get(&staff).await.ok::<Staff>().items, [changed]);

    let entry = format!("{staff}/{}", added.id);
    assert_eq!(olga.delete(&entry).await.status, StatusCode::NO_CONTENT);
    olga.delete(&entry)
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    doris
        .get(&event)
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
}

#[sqlx::test(migrations = "../migrations")]
async fn it_is_not_told_who_has_an_account(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, doris) = (app.user("Olga").await, app.user("Doris").await);
    let event = path(EventBuilder::new("Night").create(&app, &olga).await.id);
    let staff = format!("{event}/staff");
    let mut told = Vec::new();
    for email in [doris.email.as_str(), "nobody@example.com"] {
        let body = json!({"email": email, "role": "door"});
        let answer = olga.post(&staff, &body).await;
        let text = String::from_utf8(answer.body.clone()).expect("text");
        let member: StaffMember = answer.created();
        told.push(
            text.replace(&member.id.to_string(), "")
                .replace(&member.email, ""),
        );
    }
    assert_eq!(told[0], told[1]);
}

#[sqlx::test(migrations = "../migrations")]
async fn only_the_organizer_chooses(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let (door, manager) = (app.user("Doris").await, app.user("Manuel").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await.id;
    employ(&app, event, &door, "door").await;
    employ(&app, event, &manager, "manager").await;
    let staff = format!("{}/staff", path(event));
    let body = json!({"email": "x@example.com", "role": "door"});
    for (user, status, code) in [
        (&door, StatusCode::FORBIDDEN, Code::Forbidden),
        (&manager, StatusCode::FORBIDDEN, Code::Forbidden),
        (
            &app.user("Mallory").await,
            StatusCode::NOT_FOUND,
            Code::NotFound,
        ),
        (
            &app.stranger(),
            StatusCode::UNAUTHORIZED,
            Code::Unauthenticated,
        ),
    ] {
        let entry = format!("{staff}/{}", Uuid::now_v7());
        user.get(&staff).await.refused(status, code);
        user.post(&staff, &body).await.refused(status, code);
        user.delete(&entry).await.refused(status, code);
    }
    for bad in [
        json!({"email": "nobody", "role": "door"}),
        json!({"email": "x@example.com", "role": "organizer"}),
    ] {
        let refused = olga.post(&staff, &bad).await;
        refused.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    }
}
