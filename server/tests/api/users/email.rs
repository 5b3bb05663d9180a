//! Verified addresses and forgotten passwords.

use api::Code;
use api::users::{Session, User};
use axum::http::StatusCode;
use serde_json::json;
use sqlx::PgPool;

use super::{PASSWORD, login, patient_app, refresh, refresh_token, register_ada};
use crate::support::{Answer, Inbox, TestApp};

const VERIFY: &str = "http://localhost:8080/verify/";
const RESET: &str = "http://localhost:8080/reset/";

async fn request_reset(app: &TestApp, email: &str) -> Answer {
    let body = json!({"email": email});
    app.stranger().post("/auth/reset-request", body).await
}

async fn reset(app: &TestApp, token: &str, password: &str) -> Answer {
    let body = json!({"token": token, "password": password, "client": "native"});
    app.stranger().post("/auth/reset", body).await
}

#[sqlx::test(migrations = "../migrations")]
async fn a_letter_proves_the_address(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let ada = app.signed_in(&register_ada(&app).await);
    let letter = inbox.fetch_one(&app).await;
    assert!(letter.to.contains("ada@example.com"), "{letter:?}");
    let body = json!({"token": letter.after(VERIFY)});
    app.stranger()
        .post("/me/verify-email", &body)
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
    let eve = app.user("Eve").await;
    sqlx::query!("update users set email_verified_at = null where name = 'Eve'")
        .execute(&app.db)
        .await
        .expect("unverified");
    eve.post("/me/verify-email", &body)
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    for _ in 0..2 {
        let user: User = ada.post("/me/verify-email", &body).await.ok();
        assert!(user.email_verified, "a second press says the same");
    }
    assert!(!eve.get("/me").await.ok::<User>().email_verified);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_letter_can_be_sent_again_and_the_last_one_counts(db: PgPool) {
    let app = TestApp::with_flags(db, &["--letters-per-hour=2"]);
    let inbox = Inbox::new();
    let ada = app.signed_in(&register_ada(&app).await);
    let first = inbox.fetch_one(&app).await;
    let resend = || ada.post("/me/verification", ());
    assert_eq!(resend().await.status, StatusCode::NO_CONTENT);
    let second = inbox.fetch_one(&app).await;
    ada.post("/me/verify-email", json!({"token": first.after(VERIFY)}))
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    resend().await;
    resend()
        .await
        .refused(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited);
    let third = inbox.fetch_one(&app).await;
    let body = json!({"token": third.after(VERIFY)});
    ada.post("/me/verify-email", body).await.ok::<User>();
    assert_eq!(resend().await.status, StatusCode::NO_CONTENT);
    assert!(
        inbox.fetch(&app).await.is_empty(),
        "there is nothing to prove"
    );
    assert_ne!(second.after(VERIFY), third.after(VERIFY));
}

#[sqlx::test(migrations = "../migrations")]
async fn an_old_link_is_no_longer_good(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let ada = app.signed_in(&register_ada(&app).await);
    let verify = inbox.fetch_one(&app).await;
    request_reset(&app, &ada.email).await;
    let forgotten = inbox.fetch_one(&app).await;
    sqlx::query!("update email_tokens set expires_at = now() - interval '1 second'")
        .execute(&app.db)
        .await
        .expect("aged");
    ada.post("/me/verify-email", json!({"token": verify.after(VERIFY)}))
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    reset(&app, forgotten.after(RESET), "new password")
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    login(&app, &ada.email, PASSWORD).await.ok::<Session>();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_forgotten_password_is_set_anew_once(db: PgPool) {
    let (app, inbox) = (patient_app(db), Inbox::new());
    let elsewhere = register_ada(&app).await;
    inbox.fetch(&app).await;
    let answer = request_reset(&app, " ADA@example.com").await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let letter = inbox.fetch_one(&app).await;
    let token = letter.after(RESET);
    let problem = reset(&app, token, "short").await;
    let problem = problem.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    assert!(problem.errors.contains_key("password"), "{problem:?}");

    let session: Session = reset(&app, token, "new password").await.ok();
    assert!(session.user.email_verified, "the letter was read");
    refresh(&app, refresh_token(&session)).await.ok::<Session>();
    refresh(&app, refresh_token(&elsewhere))
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
    login(&app, "ada@example.com", PASSWORD)
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::InvalidCredentials);
    reset(&app, token, "another password")
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    login(&app, "ada@example.com", "new password")
        .await
        .ok::<Session>();
}

#[sqlx::test(migrations = "../migrations")]
async fn of_two_resets_at_once_one_wins(db: PgPool) {
    let (app, inbox) = (patient_app(db), Inbox::new());
    register_ada(&app).await;
    inbox.fetch(&app).await;
    request_reset(&app, "ada@example.com").await;
    let letter = inbox.fetch_one(&app).await;
    let token = letter.after(RESET);
    let (one, two) = tokio::join!(
        reset(&app, token, "first password"),
        reset(&app, token, "second password")
    );
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_request_does_not_say_whether_there_is_an_account(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    register_ada(&app).await;
    inbox.fetch(&app).await;
    let known = request_reset(&app, "ada@example.com").await;
    let unknown = request_reset(&app, "eve@example.com").await;
    assert_eq!(known.status, StatusCode::NO_CONTENT);
    assert_eq!((known.status, known.body), (unknown.status, unknown.body));
    inbox.fetch_one(&app).await;
    request_reset(&app, "ada")
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
}

#[sqlx::test(migrations = "../migrations")]
async fn strangers_who_ask_for_links_do_not_take_the_owners(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    register_ada(&app).await;
    inbox.fetch(&app).await;
    let mut sent = Vec::new();
    for _ in 0..18 {
        let answer = request_reset(&app, "ada@example.com").await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        sent.extend(inbox.fetch(&app).await);
    }
    assert_eq!(sent.len(), 3);
    let last = sent.last().expect("the last");
    reset(&app, last.after(RESET), "new password")
        .await
        .ok::<Session>();
}

#[sqlx::test(migrations = "../migrations")]
async fn only_hashes_of_links_are_kept(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    register_ada(&app).await;
    let letter = inbox.fetch_one(&app).await;
    let token = letter.after(VERIFY);
    let everything = sqlx::query_scalar!(
        r#"select coalesce(string_agg(row::text, ''), '') as "text!" from (
            select to_jsonb(t) as row from email_tokens t union all select to_jsonb(j) from jobs j
        ) rows"#
    );
    let everything = everything.fetch_one(&app.db).await.expect("read");
    assert!(everything.contains("ada@example.com"), "it was looked at");
    assert!(!everything.contains(token));
}

#[sqlx::test(migrations = "../migrations")]
async fn a_changed_password_is_told_in_both_languages(db: PgPool) {
    let (app, inbox) = (patient_app(db), Inbox::new());
    let ada = app.signed_in(&register_ada(&app).await);
    inbox.fetch(&app).await;
    let change = json!({"password": "new password", "current_password": PASSWORD});
    ada.patch("/me", change).await.ok::<User>();
    let letter = inbox.fetch_one(&app).await;
    assert_eq!(letter.subject, "Your password was changed");
    assert!(letter.text.contains("http://localhost:8080/you/forgot"));

    ada.patch("/me", json!({"locale": "de"})).await.ok::<User>();
    request_reset(&app, &ada.email).await;
    let link = inbox.fetch_one(&app).await;
    reset(&app, link.after(RESET), "newer password")
        .await
        .ok::<Session>();
    let letter = inbox.fetch_one(&app).await;
    assert_eq!(letter.subject, "Dein Passwort wurde geändert");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_guessed_password_is_not_set_by_a_link(db: PgPool) {
    let (app, inbox) = (patient_app(db), Inbox::new());
    register_ada(&app).await;
    inbox.fetch(&app).await;
    request_reset(&app, "ada@example.com").await;
    let letter = inbox.fetch_one(&app).await;
    for password in ["password1", "ada@example.com"] {
        let answer = reset(&app, letter.after(RESET), password).await;
        let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        assert!(problem.errors.contains_key("password"), "{problem:?}");
    }
    reset(&app, letter.after(RESET), "new password")
        .await
        .ok::<Session>();
}
