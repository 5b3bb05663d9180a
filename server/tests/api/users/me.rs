//! One's own account.

use api::Code;
use api::users::{Session, User};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::json;
use sqlx::PgPool;

use super::{
    FORGET, PASSWORD, login, patient_app, refresh, refresh_token, register_ada, set_cookie,
    wait_until_someone_waits,
};
use crate::support::{Answer, EventBuilder, TestApp, TestUser};

async fn delete_account(user: &TestUser, password: &str) -> Answer {
    let body = json!({"password": password});
    user.send_json(Method::DELETE, "/me", &[], body).await
}

#[sqlx::test(migrations = "../migrations")]
async fn strangers_have_no_account(db: PgPool) {
    let app = TestApp::new(db);
    let stranger = app.stranger();
    for answer in [
        stranger.get("/me").await,
        stranger.patch("/me", json!({"name": "Eve"})).await,
        delete_account(&stranger, PASSWORD).await,
    ] {
        answer.refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn only_a_bearer_token_signs_in(db: PgPool) {
    let app = TestApp::new(db);
    let token = register_ada(&app).await.access_token;
    for (credentials, status) in [
        (format!("Bearer {token}"), StatusCode::OK),
        (format!("bearer {token}"), StatusCode::OK),
        (format!("Basic {token}"), StatusCode::UNAUTHORIZED),
        (format!("Bearer {token}x"), StatusCode::UNAUTHORIZED),
        (token, StatusCode::UNAUTHORIZED),
        (String::new(), StatusCode::UNAUTHORIZED),
    ] {
        let headers = [("authorization", credentials.as_str())];
        let stranger = app.stranger();
        let answer = stranger
            .send(Method::GET, "/me", &headers, Body::empty())
            .await;
        assert_eq!(answer.status, status, "{credentials}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_name_is_changed_and_the_rest_stays(db: PgPool) {
    let app = TestApp::new(db);
    let session = register_ada(&app).await;
    let ada = app.signed_in(&session);
    let user: User = ada.patch("/me", json!({"name": " Countess "})).await.ok();
    let expected = User {
        name: "Countess".to_owned(),
        ..session.user.clone()
    };
    assert_eq!(user, expected);
    assert_eq!(ada.get("/me").await.ok::<User>(), expected);
    let unchanged: User = ada.patch("/me", json!({})).await.ok();
    assert_eq!(unchanged, expected);
    refresh(&app, refresh_token(&session)).await.ok::<Session>();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_bad_change_is_refused_at_its_field(db: PgPool) {
    let app = TestApp::new(db);
    let session = register_ada(&app).await;
    let ada = app.signed_in(&session);
    for (body, field) in [
        (json!({"name": ""}), "name"),
        (
            json!({"password": "short", "current_password": PASSWORD}),
            "password",
        ),
        (json!({"password": "new password"}), "current_password"),
        (
            json!({"name": "Eve", "password": "new password", "current_password": "wrong horse"}),
            "current_password",
        ),
    ] {
        let answer = ada.patch("/me", &body).await;
        let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        let fields: Vec<_> = problem.errors.keys().collect();
        assert_eq!(fields, [field], "{body}");
    }
    let answer = ada
        .patch("/me", json!({"email": "other@example.com"}))
        .await;
    answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    assert_eq!(ada.get("/me").await.ok::<User>(), session.user);
    login(&app, &ada.email, PASSWORD).await.ok::<Session>();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_new_password_signs_out_everyone_else(db: PgPool) {
    let app = patient_app(db);
    let here = register_ada(&app).await;
    let ada = app.signed_in(&here);
    let elsewhere: Session = login(&app, &ada.email, PASSWORD).await.ok();
    let change = json!({"password": "new password", "current_password": PASSWORD});
    ada.patch("/me", change).await.ok::<User>();

    let answer = refresh(&app, refresh_token(&elsewhere)).await;
    answer.refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
    refresh(&app, refresh_token(&here)).await.ok::<Session>();
    let answer = login(&app, &ada.email, PASSWORD).await;
    answer.refused(StatusCode::UNAUTHORIZED, Code::InvalidCredentials);
    login(&app, &ada.email, "new password")
        .await
        .ok::<Session>();
}

#[sqlx::test(migrations = "../migrations")]
async fn of_two_changes_at_once_one_wins(db: PgPool) {
    let app = patient_app(db);
    let session = register_ada(&app).await;
    let ada = app.signed_in(&session);
    let change = |new: &'static str| {
        let body = json!({"password": new, "current_password": PASSWORD});
        let ada = &ada;
        async move { (new, ada.patch("/me", body).await) }
    };
    let (one, two) = tokio::join!(change("first password"), change("second password"));
    let (won, lost) = if one.1.status == StatusCode::OK {
        (one, two)
    } else {
        (two, one)
    };
    won.1.ok::<User>();
    let problem = lost
        .1
        .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    assert!(problem.errors.contains_key("current_password"));
    login(&app, &ada.email, won.0).await.ok::<Session>();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_stolen_access_token_cannot_guess_the_password(db: PgPool) {
    let app = TestApp::with_flags(db, &["--account-logins-per-hour=2"]);
    let session = register_ada(&app).await;
    let ada = app.signed_in(&session);
    let guess = json!({"password": "new password", "current_password": "wrong horse"});
    ada.patch("/me", &guess)
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    delete_account(&ada, "wrong horse")
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    ada.patch("/me", &guess)
        .await
        .refused(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited);
    delete_account(&ada, PASSWORD)
        .await
        .refused(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_deleted_account_is_gone_and_its_address_free(db: PgPool) {
    let app = patient_app(db);
    let session = register_ada(&app).await;
    let ada = app.signed_in(&session);

    let problem = delete_account(&ada, "wrong horse")
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    assert!(problem.errors.contains_key("password"), "{problem:?}");
    ada.get("/me").await.ok::<User>();

    let answer = delete_account(&ada, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(set_cookie(&answer).starts_with(FORGET), "{answer:?}");
    for answer in [
        ada.get("/me").await,
        ada.patch("/me", json!({"name": "Eve"})).await,
        delete_account(&ada, PASSWORD).await,
        refresh(&app, refresh_token(&session)).await,
    ] {
        answer.refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
    }
    login(&app, &ada.email, PASSWORD)
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::InvalidCredentials);
    let left = sqlx::query!("select name, email, password_hash, deleted_at from users")
        .fetch_one(&app.db)
        .await
        .expect("the row stays");
    assert_eq!(left.name, "Deleted account");
    assert_eq!((left.email, left.password_hash), (None, None));
    assert!(left.deleted_at.is_some());

    let again = register_ada(&app).await;
    assert_ne!(again.user.id, session.user.id);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_organizer_with_tickets_sold_for_events_to_come_must_stay(db: PgPool) {
    let app = patient_app(db);
    let session = register_ada(&app).await;
    let ada = app.signed_in(&session);
    let sold = EventBuilder::new("Sold").create(&app, &ada).await;
    let unsold = EventBuilder::new("Unsold").create(&app, &ada).await;
    let draft = EventBuilder::new("Draft").draft().create(&app, &ada).await;
    set_sold(&app, sold.id, 1).await;

    let answer = delete_account(&ada, PASSWORD).await;
    let problem = answer.refused(StatusCode::CONFLICT, Code::Conflict);
    assert!(problem.detail.contains("Cancel"), "{problem:?}");
    assert_eq!(status(&app, unsold.id).await, "published");
    ada.get("/me").await.ok::<User>();

    sqlx::query!(
        "update events set status = 'cancelled', cancelled_at = now() where id = $1",
        sold.id
    )
    .execute(&app.db)
    .await
    .expect("cancelled");
    let answer = delete_account(&ada, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(status(&app, unsold.id).await, "cancelled");
    assert_eq!(status(&app, draft.id).await, "draft");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_ticket_sold_while_its_organizer_leaves_is_seen(db: PgPool) {
    let app = TestApp::new(db);
    let ada = app.signed_in(&register_ada(&app).await);
    let event = EventBuilder::new("Hot").create(&app, &ada).await;
    let mut sale = app.db.begin().await.expect("a transaction");
    sqlx::query!(
        "select from event_stock where event_id = $1 for update",
        event.id
    )
    .execute(&mut *sale)
    .await
    .expect("locked");
    let leaving = tokio::spawn({
        let ada = ada.clone();
        async move { delete_account(&ada, PASSWORD).await }
    });
    wait_until_someone_waits(&app).await;
    sqlx::query!(
        "update ticket_types set sold = 1 where event_id = $1",
        event.id
    )
    .execute(&mut *sale)
    .await
    .expect("sold");
    sale.commit().await.expect("committed");
    let answer = leaving.await.expect("an answer");
    answer.refused(StatusCode::CONFLICT, Code::Conflict);
    assert_eq!(status(&app, event.id).await, "published");
}

#[sqlx::test(migrations = "../migrations")]
async fn tickets_sold_for_events_that_are_over_hold_nobody(db: PgPool) {
    let app = TestApp::new(db);
    let session = register_ada(&app).await;
    let ada = app.signed_in(&session);
    let over = EventBuilder::new("Over")
        .starts_at(chrono::Utc::now() - chrono::Duration::days(2))
        .create(&app, &ada)
        .await;
    set_sold(&app, over.id, 1).await;
    let answer = delete_account(&ada, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(status(&app, over.id).await, "published");
}

async fn set_sold(app: &TestApp, event: uuid::Uuid, sold: i32) {
    sqlx::query!(
        "update ticket_types set sold = $2 where event_id = $1",
        event,
        sold
    )
    .execute(&app.db)
    .await
    .expect("sold");
}

async fn status(app: &TestApp, event: uuid::Uuid) -> String {
    sqlx::query_scalar!("select status from events where id = $1", event)
        .fetch_one(&app.db)
        .await
        .expect("an event")
}
