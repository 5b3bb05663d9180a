//! Staying signed in and signing out.

use api::Code;
use api::users::{Session, User};
use axum::http::{Method, StatusCode};
use futures::future::join_all;
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    FORGET, PASSWORD, ada, cookie, find_cookie, login, patient_app, post_as_browser, refresh,
    refresh_on_device, refresh_token, register_ada, set_cookie, wait_until_someone_waits,
};
use crate::support::TestApp;

/// Makes it look as if every used refresh token had been used a minute ago.
async fn a_minute_later(app: &TestApp) {
    sqlx::query!("update refresh_tokens set used_at = used_at - interval '1 minute'")
        .execute(&app.db)
        .await
        .expect("used earlier");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_native_session_is_refreshed_from_the_body(db: PgPool) {
    let app = TestApp::new(db);
    let first = register_ada(&app).await;
    let answer = refresh(&app, refresh_token(&first)).await;
    assert!(!answer.headers.contains_key("set-cookie"));
    let second: Session = answer.ok();
    assert_eq!(second.user, first.user);
    assert_ne!(second.refresh_token, first.refresh_token);
    let me: User = app.signed_in(&second).get("/me").await.ok();
    assert_eq!(me, first.user);
    let third: Session = refresh(&app, refresh_token(&second)).await.ok();
    assert_eq!(third.user, first.user);

    let token = refresh_token(&third).as_bytes();
    let bytes = data_encoding::BASE64URL_NOPAD.decode(token);
    assert_eq!(bytes.expect("base64url").len(), 32);
    let kept = sqlx::query_scalar!(
        r#"select count(*) as "count!" from refresh_tokens where token_hash = sha256($1)"#,
        token,
    );
    assert_eq!(kept.fetch_one(&app.db).await.expect("a count"), 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_browsers_session_is_refreshed_from_its_cookie(db: PgPool) {
    let app = TestApp::with_flags(db, &["--public-url=https://tickets.example.com"]);
    let answer = app.stranger().post("/auth/register", ada()).await;
    let registered: Session = answer.created();
    assert_eq!(registered.refresh_token, None);
    let (cookie, attributes) = set_cookie(&answer).split_once("; ").expect("attributes");
    assert_eq!(
        attributes,
        "HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=2592000"
    );

    let answer = post_as_browser(&app, "/auth/refresh", Some(cookie)).await;
    let refreshed: Session = answer.ok();
    assert_eq!(refreshed.user, registered.user);
    assert_eq!(refreshed.refresh_token, None);
    let next = set_cookie(&answer);
    assert!(next.starts_with("__Host-refresh_token=") && !next.starts_with(cookie));
    assert!(next.ends_with(attributes), "{next}");
}

/// A browser sends cookies for any page that asks, so they count for our own pages alone.
#[sqlx::test(migrations = "../migrations")]
async fn other_sites_do_nothing_with_cookies(db: PgPool) {
    let flags = [
        "--public-url=https://tickets.example.com",
        "--allowed-origins=https://shop.example.com",
        "--registrations-per-hour=1000",
        "--logins-per-minute=1000",
        "--account-logins-per-minute=1000",
    ];
    let app = TestApp::with_flags(db, &flags);
    let user = app.user("Olga").await;
    let login = json!({"email": "ada@example.com", "password": PASSWORD});
    let reset = json!({"token": "made-up", "password": PASSWORD});
    let endpoints = [
        (Method::POST, "/auth/register", ada()),
        (Method::POST, "/auth/login", login),
        (Method::POST, "/auth/refresh", json!({})),
        (Method::POST, "/auth/logout", json!({})),
        (Method::POST, "/auth/reset", reset),
        (Method::DELETE, "/me", json!({"password": PASSWORD})),
    ];
    let strangers = [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://tickets.example.com"),
        ("origin", "https://tickets.example.com.evil.example"),
        ("origin", "https://tickets.example.com:444"),
        ("origin", "http://host.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ];
    let own = [
        ("origin", "https://tickets.example.com"),
        ("origin", "https://shop.example.com"),
        ("origin", "https://host.example"),
        ("origin", "tauri://localhost"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "none"),
        ("accept", "*/*"),
    ];
    for (method, path, body) in endpoints {
        for (headers, foreign) in [(&strangers[..], true), (&own[..], false)] {
            for header in headers {
                let headers = [*header, ("host", "host.example")];
                let answer = user.send_json(method.clone(), path, &headers, &body).await;
                let refused = answer.status == StatusCode::FORBIDDEN;
                assert_eq!(refused, foreign, "{method} {path} {header:?}: {answer:?}");
                assert!(!foreign || !answer.headers.contains_key("set-cookie"));
            }
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn without_https_the_cookie_works_too(db: PgPool) {
    let app = TestApp::new(db);
    let answer = app.stranger().post("/auth/register", ada()).await;
    assert!(!set_cookie(&answer).contains("Secure"));
}

#[sqlx::test(migrations = "../migrations")]
async fn the_body_comes_before_the_cookie(db: PgPool) {
    let app = patient_app(db);
    let native = register_ada(&app).await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let answer = app.stranger().post("/auth/login", body).await;
    let (cookie, _) = set_cookie(&answer).split_once(';').expect("attributes");

    let body = json!({"refresh_token": refresh_token(&native)});
    let headers = [("cookie", cookie)];
    let stranger = app.stranger();
    let answer = stranger
        .send_json(axum::http::Method::POST, "/auth/refresh", &headers, body)
        .await;
    assert!(answer.ok::<Session>().refresh_token.is_some());
    post_as_browser(&app, "/auth/refresh", Some(cookie))
        .await
        .ok::<Session>();
}

#[sqlx::test(migrations = "../migrations")]
async fn no_token_or_a_made_up_one_is_refused(db: PgPool) {
    let app = TestApp::new(db);
    let answer = post_as_browser(&app, "/auth/refresh", None).await;
    answer.refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
    let answer = app.stranger().post("/auth/refresh", json!({})).await;
    answer.refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
    for token in ["", "made up", &"A".repeat(43)] {
        let answer = refresh(&app, token).await;
        answer.refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_device_of_a_session_may_bring_a_token_twice_within_seconds(db: PgPool) {
    let app = TestApp::new(db);
    let first = register_ada(&app).await;
    let device = first.device_token.clone().expect("a device");
    // An answer was lost, or two windows came with one token.
    let second: Session = refresh_on_device(&app, &first, &device).await.ok();
    let again: Session = refresh_on_device(&app, &first, &device).await.ok();
    assert_eq!(again.refresh_token, second.refresh_token);
    let third: Session = refresh_on_device(&app, &second, &device).await.ok();
    assert_ne!(third.refresh_token, second.refresh_token);

    a_minute_later(&app).await;
    refresh_on_device(&app, &second, &device)
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
    refresh_on_device(&app, &third, &device)
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
}

#[sqlx::test(migrations = "../migrations")]
async fn two_tabs_of_a_browser_stay_signed_in(db: PgPool) {
    let app = TestApp::new(db);
    let answer = app.stranger().post("/auth/register", ada()).await;
    let jar = format!(
        "{}; {}",
        cookie(&answer, "refresh_token").expect("a token"),
        cookie(&answer, "device").expect("a device")
    );
    let device = find_cookie(&answer, "device").expect("a device");
    let (_, attributes) = device.split_once("; ").expect("attributes");
    assert_eq!(
        attributes,
        "HttpOnly; SameSite=Strict; Path=/api/auth; Max-Age=34560000"
    );
    let tab = || post_as_browser(&app, "/auth/refresh", Some(&jar));
    let tabs = join_all((0..5).map(|_| tab())).await;
    let next: Vec<_> = tabs.iter().map(set_cookie).collect();
    assert!(next.iter().all(|cookie| *cookie == next[0]), "{next:?}");
}

/// The thief has the refresh token and not what the device is known by.
#[sqlx::test(migrations = "../migrations")]
async fn a_thief_who_refreshes_before_the_owner_does_not_keep_the_session(db: PgPool) {
    let app = patient_app(db);
    let elsewhere = register_ada(&app).await;
    for thief_knows in [None, Some("made up"), elsewhere.device_token.as_deref()] {
        let first: Session = login(&app, "ada@example.com", PASSWORD).await.ok();
        let device = first.device_token.clone().expect("a device");
        let body = json!({"refresh_token": refresh_token(&first), "device_token": thief_knows});
        let stolen: Session = app.stranger().post("/auth/refresh", body).await.ok();
        refresh_on_device(&app, &first, &device)
            .await
            .refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
        refresh(&app, refresh_token(&stolen))
            .await
            .refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
        app.signed_in(&stolen)
            .patch("/me", json!({"name": "Eve"}))
            .await
            .refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
    }
    refresh(&app, refresh_token(&elsewhere))
        .await
        .ok::<Session>();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_thief_who_refreshes_after_the_owner_ends_the_session(db: PgPool) {
    let app = TestApp::new(db);
    let first = register_ada(&app).await;
    let device = first.device_token.clone().expect("a device");
    let second: Session = refresh_on_device(&app, &first, &device).await.ok();
    refresh(&app, refresh_token(&first))
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
    refresh_on_device(&app, &second, &device)
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_from_before_devices_were_known_gets_one(db: PgPool) {
    let app = TestApp::new(db);
    let first = register_ada(&app).await;
    sqlx::query!("update sessions set device_hash = null")
        .execute(&app.db)
        .await
        .expect("an old session");
    let second: Session = refresh(&app, refresh_token(&first)).await.ok();
    let device = second.device_token.clone().expect("a device");
    for _ in 0..2 {
        refresh_on_device(&app, &second, &device)
            .await
            .ok::<Session>();
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_token_used_long_ago_ends_its_session_and_no_other(db: PgPool) {
    let app = patient_app(db);
    let first = register_ada(&app).await;
    let elsewhere: Session = login(&app, "ada@example.com", PASSWORD).await.ok();
    let second: Session = refresh(&app, refresh_token(&first)).await.ok();
    a_minute_later(&app).await;
    for session in [&first, &second, &first] {
        let answer = refresh(&app, refresh_token(session)).await;
        answer.refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
    }
    let answer = refresh(&app, refresh_token(&elsewhere)).await;
    answer.ok::<Session>();
}

#[sqlx::test(migrations = "../migrations")]
async fn of_many_who_bring_one_token_at_once_one_token_follows(db: PgPool) {
    let app = TestApp::new(db);
    let session = register_ada(&app).await;
    let device = session.device_token.clone().expect("a device");
    let answers = (0..20).map(|_| refresh_on_device(&app, &session, &device));
    let answers = join_all(answers).await;
    let next: Vec<Session> = answers.iter().map(|answer| answer.ok()).collect();
    assert!(
        next.iter()
            .all(|other| other.refresh_token == next[0].refresh_token)
    );
    let live = sqlx::query_scalar!(
        r#"select count(*) as "live!" from refresh_tokens where used_at is null"#
    );
    assert_eq!(live.fetch_one(&app.db).await.expect("a count"), 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn of_strangers_who_bring_one_token_at_once_none_keeps_the_session(db: PgPool) {
    let app = TestApp::new(db);
    let session = register_ada(&app).await;
    let token = refresh_token(&session);
    let answers = join_all((0..20).map(|_| refresh(&app, token))).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers
        .iter()
        .partition(|answer| answer.status == StatusCode::OK);
    assert_eq!(won.len(), 1, "{answers:?}");
    for answer in lost {
        answer.refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
    }
    let next: Session = won[0].ok();
    refresh(&app, refresh_token(&next))
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_lasts_thirty_days_after_its_last_refresh(db: PgPool) {
    let app = patient_app(db);
    let first = register_ada(&app).await;
    let move_end = async |to: &str| {
        sqlx::query!(
            "update sessions set expires_at = now() + $1::text::interval",
            to
        )
        .execute(&app.db)
        .await
        .expect("moved");
    };
    move_end("1 day").await;
    let second: Session = refresh(&app, refresh_token(&first)).await.ok();
    let extended = sqlx::query_scalar!(
        r#"select expires_at > now() + interval '719 hours' as "extended!" from sessions"#
    );
    assert!(extended.fetch_one(&app.db).await.expect("an end"));

    move_end("-1 second").await;
    let answer = refresh(&app, refresh_token(&second)).await;
    answer.refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);

    login(&app, "ada@example.com", PASSWORD)
        .await
        .ok::<Session>();
    let sessions = sqlx::query_scalar!(r#"select count(*) as "count!" from sessions"#);
    let sessions = sessions.fetch_one(&app.db).await.expect("a count");
    assert_eq!(sessions, 1, "the one that ran out is cleared away");
}

#[sqlx::test(migrations = "../migrations")]
async fn signing_out_ends_the_session(db: PgPool) {
    let app = TestApp::new(db);
    let first = register_ada(&app).await;
    let second: Session = refresh(&app, refresh_token(&first)).await.ok();
    // An older token of the family will do, and once more does no harm.
    for token in [refresh_token(&first), refresh_token(&second), "made up"] {
        let body = json!({"refresh_token": token});
        let answer = app.stranger().post("/auth/logout", body).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
    }
    let answer = refresh(&app, refresh_token(&second)).await;
    answer.refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
}

#[sqlx::test(migrations = "../migrations")]
async fn signing_out_makes_a_browser_forget(db: PgPool) {
    let app = TestApp::new(db);
    let answer = app.stranger().post("/auth/register", ada()).await;
    let (cookie, _) = set_cookie(&answer).split_once(';').expect("attributes");
    for cookie in [Some(cookie), None] {
        let answer = post_as_browser(&app, "/auth/logout", cookie).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        assert!(set_cookie(&answer).starts_with(FORGET), "{answer:?}");
    }
    let answer = post_as_browser(&app, "/auth/refresh", Some(cookie)).await;
    answer.refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_password_changed_while_one_signs_in_ends_that_session_too(db: PgPool) {
    let app = patient_app(db);
    register_ada(&app).await;
    // Anyone who signs in has checked the password already and waits for the row.
    let mut change = app.db.begin().await.expect("a transaction");
    sqlx::query!("update users set password_hash = '$argon2id$another'")
        .execute(&mut *change)
        .await
        .expect("changed");
    let signing_in = tokio::spawn({
        let app = app.clone();
        async move { login(&app, "ada@example.com", PASSWORD).await }
    });
    wait_until_someone_waits(&app).await;
    change.commit().await.expect("committed");
    let answer = signing_in.await.expect("an answer");
    answer.refused(StatusCode::UNAUTHORIZED, Code::InvalidCredentials);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_token_of_a_session_does_not_outlive_its_user(db: PgPool) {
    let app = TestApp::new(db);
    let token = app
        .state
        .access_keys
        .issue(Uuid::now_v7(), Uuid::now_v7())
        .expect("a token");
    let mut session = register_ada(&app).await;
    session.access_token = token;
    let answer = app.signed_in(&session).get("/me").await;
    answer.refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
}
