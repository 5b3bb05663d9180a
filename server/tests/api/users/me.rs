//! One's own account.

use api::Code;
use api::comps::Invited;
use api::host::HostEvent;
use api::orders::Order;
use api::tickets::Ticket;
use api::users::{Session, User};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    FORGET, PASSWORD, ada, login, patient_app, refresh, refresh_token, register_ada, set_cookie,
    wait_until_someone_waits,
};
use crate::comps::give_again;
use crate::refunds::{check_in, gift};
use crate::support::{Answer, EventBuilder, TestApp, TestUser, assert_sound};

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
    let app = TestApp::with_flags(db, &["--account-logins-per-minute=2"]);
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

async fn give_up_and_delete(user: &TestUser) -> Answer {
    let body = json!({"password": PASSWORD, "give_up_tickets": true});
    user.send_json(Method::DELETE, "/me", &[], body).await
}

async fn verify(app: &TestApp, user: &TestUser) {
    sqlx::query!(
        "update users set email_verified_at = now() where id = $1",
        user.id
    )
    .execute(&app.db)
    .await
    .expect("verified");
}

async fn ticket_state(app: &TestApp, event: Uuid, number: i32) -> String {
    sqlx::query_scalar!(
        "select state from tickets where event_id = $1 and number = $2",
        event,
        number,
    )
    .fetch_one(&app.db)
    .await
    .expect("a ticket")
}

#[sqlx::test(migrations = "../migrations")]
async fn who_holds_tickets_for_events_to_come_is_told_before_they_leave(db: PgPool) {
    let app = TestApp::new(db);
    let ada = app.signed_in(&register_ada(&app).await);
    let (olga, bob) = (app.user("Olga").await, app.user("Bob").await);
    let night = EventBuilder::new("Night").create(&app, &olga).await;
    let day = EventBuilder::new("Day").create(&app, &olga).await;
    ada.buy(&[(night.types[0], 3)]).await.created::<Order>();
    bob.buy(&[(day.types[0], 1)]).await.created::<Order>();
    verify(&app, &ada).await;
    gift(night.id, 2, &ada, &bob).await;
    gift(day.id, 1, &bob, &ada).await;
    let guest = Invited {
        name: "Ada".to_owned(),
        email: ada.email.clone(),
    };
    give_again(&olga, day.id, day.types[0], &[guest]).await;

    let refused = delete_account(&ada, PASSWORD).await;
    let problem = refused.refused(StatusCode::CONFLICT, Code::HoldsTickets);
    for title in ["“Night”", "“Day”"] {
        assert_eq!(problem.detail.matches(title).count(), 1, "{problem:?}");
    }
    ada.get("/me").await.ok::<User>();

    let answer = give_up_and_delete(&ada).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    // What she bought is refunded, but for what she sent; what she was sent is Bob's again.
    for (event, number, state) in [
        (night.id, 1, "refunded"),
        (night.id, 2, "valid"),
        (night.id, 3, "refunded"),
        (day.id, 1, "valid"),
        (day.id, 2, "revoked"),
    ] {
        assert_eq!(ticket_state(&app, event, number).await, state, "{number}");
    }
    bob.get(&format!("/tickets/{}/1", day.id))
        .await
        .ok::<Ticket>();
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn tickets_that_are_used_over_or_cancelled_hold_nobody(db: PgPool) {
    let app = TestApp::new(db);
    let ada = app.signed_in(&register_ada(&app).await);
    let olga = app.user("Olga").await;
    for title in ["Used", "Over", "Off"] {
        let event = EventBuilder::new(title).create(&app, &olga).await;
        ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
        match title {
            "Used" => check_in(&app, event.id, 1, &olga).await,
            "Off" => {
                let cancel = format!("/host/events/{}/cancel", event.id);
                olga.post(&cancel, json!({})).await.ok::<HostEvent>();
            }
            _ => {
                let over = sqlx::query!(
                    "update events set starts_at = now() - interval '2 days',
                        ends_at = now() - interval '1 day' where id = $1",
                    event.id,
                );
                over.execute(&app.db).await.expect("over");
            }
        }
    }
    let answer = delete_account(&ada, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_ticket_of_an_event_that_has_begun_is_void_when_it_is_given_up(db: PgPool) {
    let app = TestApp::new(db);
    let ada = app.signed_in(&register_ada(&app).await);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Now")
        .starts_at(chrono::Utc::now() + chrono::Duration::minutes(1))
        .create(&app, &olga)
        .await;
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    let begun = sqlx::query!("update events set starts_at = now() - interval '1 minute'");
    begun.execute(&app.db).await.expect("begun");
    delete_account(&ada, PASSWORD)
        .await
        .refused(StatusCode::CONFLICT, Code::HoldsTickets);
    let answer = give_up_and_delete(&ada).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(ticket_state(&app, event.id, 1).await, "revoked");
    assert_sound(&app.db).await;
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

#[sqlx::test(migrations = "../migrations")]
async fn a_deleted_account_publishes_nothing(db: PgPool) {
    let app = patient_app(db);
    for round in 0..5 {
        let mut body = ada();
        body["client"] = "native".into();
        let session: Session = app.stranger().post("/auth/register", body).await.created();
        sqlx::query!("update users set email_verified_at = now() where email is not null")
            .execute(&app.db)
            .await
            .expect("verified");
        let ada = app.signed_in(&session);
        let draft = EventBuilder::new("Draft").draft().create(&app, &ada).await;
        let publish = format!("/host/events/{}/publish", draft.id);
        let (published, deleted) =
            tokio::join!(ada.post(&publish, ()), delete_account(&ada, PASSWORD));
        assert_eq!(deleted.status, StatusCode::NO_CONTENT, "round {round}");
        assert!(
            [StatusCode::OK, StatusCode::UNAUTHORIZED].contains(&published.status),
            "{published:?}"
        );
        ada.post(&publish, ())
            .await
            .refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
        assert_sound(&app.db).await;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_ended_session_cannot_guess_the_password(db: PgPool) {
    let app = TestApp::new(db);
    let session = register_ada(&app).await;
    let ada = app.signed_in(&session);
    let body = json!({"refresh_token": refresh_token(&session)});
    app.stranger().post("/auth/logout", body).await;
    delete_account(&ada, "wrong horse")
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
    ada.get("/me").await.ok::<User>();
}
