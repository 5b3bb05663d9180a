//! Creating an account and signing in.

use std::time::{Duration, Instant};

use api::Code;
use api::users::{Session, User};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{PASSWORD, ada, cookie, login, patient_app, register_ada};
use crate::support::{Answer, TestApp};

#[sqlx::test(migrations = "../migrations")]
async fn a_new_account_is_signed_in_and_can_sign_in_again(db: PgPool) {
    let app = TestApp::new(db);
    let mut body = ada();
    body["name"] = " Ada Lovelace ".into();
    body["email"] = " Ada@Example.COM ".into();
    let registered: Session = app.stranger().post("/auth/register", body).await.created();
    assert_eq!(registered.user.name, "Ada Lovelace");
    assert_eq!(registered.user.email, "ada@example.com");
    assert!(!registered.user.email_verified);
    assert_eq!(registered.expires_in, 600);
    let me: User = app.signed_in(&registered).get("/me").await.ok();
    assert_eq!(me, registered.user);

    let again: Session = login(&app, "ADA@example.com ", PASSWORD).await.ok();
    assert_eq!(again.user, registered.user);
    let me: User = app.signed_in(&again).get("/me").await.ok();
    assert_eq!(me, registered.user);
}

#[sqlx::test(migrations = "../migrations")]
async fn the_password_is_kept_as_an_argon2id_hash(db: PgPool) {
    let app = TestApp::new(db);
    register_ada(&app).await;
    let hash = sqlx::query_scalar!(r#"select password_hash as "hash!" from users"#)
        .fetch_one(&app.db)
        .await
        .expect("a hash");
    assert!(
        hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{hash}"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_wrong_is_said_at_its_field(db: PgPool) {
    let app = TestApp::new(db);
    let domain = "İ.".repeat(90);
    for (path, field, value) in [
        ("/auth/register", "name", "  ".to_owned()),
        ("/auth/register", "name", "a".repeat(101)),
        ("/auth/register", "name", "a\u{0}b".to_owned()),
        ("/auth/register", "email", "ada".to_owned()),
        ("/auth/register", "email", "a\u{0}@example.com".to_owned()),
        // As many characters as are allowed, until it is lower-cased.
        ("/auth/register", "email", format!("ada@{domain}example")),
        ("/auth/register", "password", "short".to_owned()),
        ("/auth/register", "password", "x".repeat(257)),
        ("/auth/login", "email", String::new()),
        ("/auth/login", "password", String::new()),
        ("/auth/login", "password", "x".repeat(257)),
    ] {
        let mut body = ada();
        if path == "/auth/login" {
            body = json!({"email": "ada@example.com", "password": PASSWORD});
        }
        body[field] = value.into();
        let answer = app.stranger().post(path, &body).await;
        let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        let fields: Vec<_> = problem.errors.keys().collect();
        assert_eq!(fields, [field], "{path} {body}");
    }
    let accounts = sqlx::query_scalar!(r#"select count(*) as "count!" from users"#);
    assert_eq!(accounts.fetch_one(&app.db).await.expect("a count"), 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn unknown_fields_are_refused(db: PgPool) {
    let app = TestApp::new(db);
    for path in ["/auth/register", "/auth/login", "/auth/refresh"] {
        let answer = app
            .stranger()
            .post(path, json!({"email_verified": true}))
            .await;
        let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        assert!(problem.detail.contains("email_verified"), "{problem:?}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_body_of_another_kind_or_size_is_refused(db: PgPool) {
    let app = TestApp::new(db);
    let send = async |kind, body: String| -> Answer {
        let headers = [("content-type", kind)];
        let stranger = app.stranger();
        stranger
            .send(Method::POST, "/auth/register", &headers, Body::from(body))
            .await
    };
    // Forms of other sites are sent as these without asking first.
    for kind in ["text/plain", "application/x-www-form-urlencoded"] {
        let answer = send(kind, ada().to_string()).await;
        answer.refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::Invalid);
    }
    let answer = send("application/json", "{".to_owned()).await;
    answer.refused(StatusCode::BAD_REQUEST, Code::Invalid);

    let mut body = ada();
    body["password"] = "x".repeat(256 * 1024).into();
    for path in ["/auth/register", "/auth/login", "/auth/refresh"] {
        let answer = app.stranger().post(path, &body).await;
        let problem = answer.refused(StatusCode::PAYLOAD_TOO_LARGE, Code::Invalid);
        assert_eq!(problem.detail, "The request is too large.");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_address_has_one_account(db: PgPool) {
    let app = patient_app(db);
    register_ada(&app).await;
    let mut other_case = ada();
    other_case["email"] = "ADA@example.com".into();
    let answer = app.stranger().post("/auth/register", other_case).await;
    answer.refused(StatusCode::CONFLICT, Code::EmailTaken);

    let mut grace = ada();
    grace["email"] = "grace@example.com".into();
    let stranger = app.stranger();
    let at_once = (0..8).map(|_| stranger.post("/auth/register", &grace));
    let answers = futures::future::join_all(at_once).await;
    let made = answers
        .iter()
        .filter(|answer| answer.status == StatusCode::CREATED);
    assert_eq!(made.count(), 1, "{answers:?}");
    for answer in answers {
        if answer.status != StatusCode::CREATED {
            answer.refused(StatusCode::CONFLICT, Code::EmailTaken);
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_failed_sign_in_does_not_tell_who_has_an_account(db: PgPool) {
    let app = patient_app(db);
    register_ada(&app).await;
    let mut fastest = [Duration::MAX; 2];
    // On a busy machine it takes a few tries until the fastest is not the machine's fault.
    for _ in 0..20 {
        let mut bodies = Vec::new();
        for (email, fastest) in ["ada@example.com", "eve@example.com"]
            .iter()
            .zip(&mut fastest)
        {
            let started = Instant::now();
            let answer = login(&app, email, "wrong horse").await;
            *fastest = started.elapsed().min(*fastest);
            answer.refused(StatusCode::UNAUTHORIZED, Code::InvalidCredentials);
            let mut body: Value = answer.expect(StatusCode::UNAUTHORIZED);
            body["request_id"].take();
            bodies.push(body);
        }
        assert_eq!(bodies[0], bodies[1]);
        let [known, unknown] = fastest;
        if unknown * 2 > known && known * 2 > unknown {
            return;
        }
    }
    panic!("the fastest of known and unknown address: {fastest:?}");
}

/// Signs in from somewhere, on a device that may be known.
async fn login_from(app: &TestApp, address: &str, device: Option<&str>, password: &str) -> Answer {
    let body = json!({"email": "ada@example.com", "password": password, "client": "native",
        "device_token": device});
    let headers = [("x-forwarded-for", address)];
    let stranger = app.stranger();
    stranger
        .send_json(Method::POST, "/auth/login", &headers, body)
        .await
}

/// An app that believes what requests say of where they come from.
fn app_behind_a_proxy(db: PgPool) -> TestApp {
    TestApp::with_flags(db, &["--trusted-proxies=::"])
}

#[sqlx::test(migrations = "../migrations")]
async fn many_people_behind_one_address_sign_up_and_in(db: PgPool) {
    let app = TestApp::new(db);
    for number in 0..30 {
        let email = format!("person{number}@example.com");
        let mut body = ada();
        body["email"] = email.as_str().into();
        let answer = app.stranger().post("/auth/register", body).await;
        answer.created::<Session>();
        login(&app, &email, "wrong horse")
            .await
            .refused(StatusCode::UNAUTHORIZED, Code::InvalidCredentials);
        login(&app, &email, PASSWORD).await.ok::<Session>();
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_address_may_sign_up_so_often(db: PgPool) {
    let app = TestApp::with_flags(db, &["--registrations-per-hour=2"]);
    for number in 0..2 {
        let mut body = ada();
        body["email"] = format!("ada{number}@example.com").into();
        let answer = app.stranger().post("/auth/register", body).await;
        answer.created::<Session>();
    }
    let answer = app.stranger().post("/auth/register", ada()).await;
    answer.refused(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited);
    let wait = retry_after(&answer);
    assert!((1..=1800).contains(&wait), "{wait}");
}

#[sqlx::test(migrations = "../migrations")]
async fn one_password_is_not_tried_on_many_accounts(db: PgPool) {
    let app = app_behind_a_proxy(db);
    let guess = async |number: u32, address: &str| {
        let body =
            json!({"email": format!("person{number}@example.com"), "password": "wrong horse"});
        let headers = [("x-forwarded-for", address)];
        let stranger = app.stranger();
        stranger
            .send_json(Method::POST, "/auth/login", &headers, body)
            .await
    };
    for number in 0..60 {
        let answer = guess(number, "192.0.2.1").await;
        // One comes back every second.
        if answer.status != StatusCode::UNAUTHORIZED {
            panic!("{number}: {answer:?}");
        }
    }
    let mut refused = false;
    for number in 60..120 {
        refused |= guess(number, "192.0.2.1").await.status == StatusCode::TOO_MANY_REQUESTS;
    }
    assert!(refused, "120 accounts were tried");
    guess(200, "198.51.100.1")
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::InvalidCredentials);
}

#[sqlx::test(migrations = "../migrations")]
async fn wrong_passwords_count_for_the_account_and_where_they_come_from(db: PgPool) {
    let app = app_behind_a_proxy(db);
    register_ada(&app).await;
    for _ in 0..5 {
        login_from(&app, "192.0.2.1", None, "wrong horse")
            .await
            .refused(StatusCode::UNAUTHORIZED, Code::InvalidCredentials);
    }
    let answer = login_from(&app, "192.0.2.1", None, PASSWORD).await;
    answer.refused(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited);
    let wait = retry_after(&answer);
    assert!((1..=12).contains(&wait), "{wait}");
    login(&app, "eve@example.com", "wrong horse")
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::InvalidCredentials);

    // The owner, somewhere else, on a device that nobody knows.
    login_from(&app, "198.51.100.1", None, PASSWORD)
        .await
        .ok::<Session>();
}

#[sqlx::test(migrations = "../migrations")]
async fn right_passwords_do_not_count(db: PgPool) {
    let app = TestApp::new(db);
    register_ada(&app).await;
    for _ in 0..4 {
        for _ in 0..4 {
            login(&app, "ada@example.com", "wrong horse")
                .await
                .refused(StatusCode::UNAUTHORIZED, Code::InvalidCredentials);
        }
        login(&app, "ada@example.com", PASSWORD)
            .await
            .ok::<Session>();
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn guesses_at_once_are_counted_before_they_are_checked(db: PgPool) {
    let app = TestApp::new(db);
    register_ada(&app).await;
    let guesses = (0..20).map(|_| login(&app, "ada@example.com", "wrong horse"));
    let answers = futures::future::join_all(guesses).await;
    let checked = answers
        .iter()
        .filter(|answer| answer.status == StatusCode::UNAUTHORIZED);
    assert_eq!(checked.count(), 5, "{answers:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn two_servers_count_together(db: PgPool) {
    let (one, other) = (TestApp::new(db.clone()), TestApp::new(db));
    register_ada(&one).await;
    for app in [&one, &other, &one, &other, &one] {
        login(app, "ada@example.com", "wrong horse")
            .await
            .refused(StatusCode::UNAUTHORIZED, Code::InvalidCredentials);
    }
    for app in [&one, &other] {
        login(app, "ada@example.com", "wrong horse")
            .await
            .refused(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn strangers_do_not_keep_the_owner_out_of_a_known_device(db: PgPool) {
    let app = app_behind_a_proxy(db);
    let device = register_ada(&app).await.device_token.expect("a device");
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let browser = app.stranger().post("/auth/login", &body).await;
    let cookie = cookie(&browser, "device").expect("a device").to_owned();
    // From everywhere, the owner's own address too.
    for number in 0..36 {
        let address = format!("192.0.2.{}", number % 4);
        login_from(&app, &address, None, "wrong horse").await;
        login_from(&app, &address, Some("made up"), "wrong horse").await;
    }
    login_from(&app, "192.0.2.1", None, PASSWORD)
        .await
        .refused(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited);

    let again: Session = login_from(&app, "192.0.2.1", Some(&device), PASSWORD)
        .await
        .ok();
    assert_eq!(again.device_token, Some(device), "it stays the same device");
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let headers = [
        ("x-forwarded-for", "192.0.2.1"),
        ("cookie", cookie.as_str()),
    ];
    let stranger = app.stranger();
    stranger
        .send_json(Method::POST, "/auth/login", &headers, body)
        .await
        .ok::<Session>();
}

#[sqlx::test(migrations = "../migrations")]
async fn a_known_device_cannot_guess_for_ever(db: PgPool) {
    let app = app_behind_a_proxy(db);
    let device = register_ada(&app).await.device_token;
    for number in 0..5 {
        let address = format!("192.0.2.{number}");
        login_from(&app, &address, device.as_deref(), "wrong horse")
            .await
            .refused(StatusCode::UNAUTHORIZED, Code::InvalidCredentials);
    }
    login_from(&app, "192.0.2.9", device.as_deref(), PASSWORD)
        .await
        .refused(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited);
}

fn retry_after(answer: &Answer) -> u32 {
    let wait = answer.headers[header::RETRY_AFTER].to_str().expect("text");
    wait.parse().expect("seconds")
}

#[sqlx::test(migrations = "../migrations")]
async fn passwords_that_are_guessed_first_are_refused(db: PgPool) {
    let app = TestApp::new(db);
    for password in [
        "12345678",
        "Password1",
        "qwertyuiop",
        "aaaaaaaaaa",
        "Grace Hopper",
        "grace.hopper@navy.example",
        "hopper1906",
    ] {
        let body = json!({"name": "Grace Hopper", "email": "grace.hopper@navy.example",
            "password": password});
        let answer = app.stranger().post("/auth/register", body).await;
        let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        let fields: Vec<_> = problem.errors.keys().collect();
        assert_eq!(fields, ["password"], "{password}");
    }
    let ada = app.signed_in(&register_ada(&app).await);
    for password in ["12345678", "ada@example.com"] {
        let change = json!({"password": password, "current_password": PASSWORD});
        let answer = ada.patch("/me", change).await;
        let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        assert!(problem.errors.contains_key("password"), "{problem:?}");
    }
}
