//! Accounts and sessions.

mod auth;
mod email;
mod me;
mod session;

use std::time::Duration;

use api::users::Session;
use axum::body::Body;
use axum::http::{Method, header};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{Answer, TestApp};

const PASSWORD: &str = "correct horse";
/// The Set-Cookie header that makes a browser forget its refresh token.
const FORGET: &str = "refresh_token=; HttpOnly; SameSite=Strict; Path=/api/auth; Max-Age=0";

/// An app that does not mind how often one tries.
fn patient_app(db: PgPool) -> TestApp {
    let flags = [
        "--logins-per-minute=1000",
        "--account-logins-per-minute=1000",
        "--registrations-per-hour=1000",
    ];
    TestApp::with_flags(db, &flags)
}

fn ada() -> Value {
    json!({"name": "Ada", "email": "ada@example.com", "password": PASSWORD})
}

/// Ada's new account, in the native app.
async fn register_ada(app: &TestApp) -> Session {
    let mut body = ada();
    body["client"] = "native".into();
    app.stranger().post("/auth/register", body).await.created()
}

async fn login(app: &TestApp, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password, "client": "native"});
    app.stranger().post("/auth/login", body).await
}

async fn refresh(app: &TestApp, token: &str) -> Answer {
    let body = json!({"refresh_token": token});
    app.stranger().post("/auth/refresh", body).await
}

/// Refreshes on the device that the session began on.
async fn refresh_on_device(app: &TestApp, session: &Session, device: &str) -> Answer {
    let body = json!({"refresh_token": refresh_token(session), "device_token": device});
    app.stranger().post("/auth/refresh", body).await
}

/// Posts as a browser does: no body, perhaps a cookie.
async fn post_as_browser(app: &TestApp, path: &str, cookie: Option<&str>) -> Answer {
    let headers: Vec<_> = cookie.iter().map(|cookie| ("cookie", *cookie)).collect();
    let stranger = app.stranger();
    stranger
        .send(Method::POST, path, &headers, Body::empty())
        .await
}

/// The Set-Cookie header of the refresh token.
#[track_caller]
fn set_cookie(answer: &Answer) -> &str {
    let with_https = || find_cookie(answer, "__Host-refresh_token");
    let cookie = find_cookie(answer, "refresh_token").or_else(with_https);
    cookie.unwrap_or_else(|| panic!("no cookie in {answer:?}"))
}

/// The Set-Cookie header of this name.
fn find_cookie<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter();
    let mut cookies = cookies.map(|cookie| cookie.to_str().expect("text"));
    cookies.find(|cookie| cookie.split('=').next() == Some(name))
}

/// A cookie as a browser sends it back.
fn cookie<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    find_cookie(answer, name)?.split(';').next()
}

#[track_caller]
fn refresh_token(session: &Session) -> &str {
    let token = session.refresh_token.as_deref();
    token.expect("a native client's refresh token")
}

/// Waits until a statement on the app's database waits for a lock.
async fn wait_until_someone_waits(app: &TestApp) {
    for _ in 0..1000 {
        let waits = sqlx::query_scalar!(
            r#"select exists (select from pg_stat_activity where wait_event_type = 'Lock'
                and datname = current_database()) as "waits!""#
        );
        if waits.fetch_one(&app.db).await.expect("activity") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("no one waits for a lock");
}
