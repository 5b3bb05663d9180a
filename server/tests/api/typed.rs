//! What people type: addresses, names and codes in one form, however they were written.

use api::Code;
use api::comps::Invited;
use api::host::HostEvent;
use api::staff::StaffMember;
use api::transfers::Offer;
use api::users::Session;
use axum::http::{Method, StatusCode};
use chrono::{Duration, Utc};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::comps::give;
use crate::support::{EventBuilder, Inbox, TestApp, assert_sound, order_of};

const TYPED: &str = "\u{200b} ADA@MÜNCHEN.example ";
const STORED: &str = "ada@xn--mnchen-3ya.example";

/// Everything that is stored as an address anywhere.
async fn addresses(db: &PgPool) -> Vec<String> {
    sqlx::query_scalar!(
        r#"select email as "email!" from users where email is not null
        union select email from event_staff
        union select recipient_email from transfers
        union select email from comp_guests
        union select payload ->> 'email' from jobs where payload ? 'email'"#,
    )
    .fetch_all(db)
    .await
    .expect("addresses")
}

#[sqlx::test(migrations = "../migrations")]
async fn an_address_is_the_same_however_it_is_written(db: PgPool) {
    let app = TestApp::new(db);
    let nobody = app.stranger();
    let account = |email: &str| json!({"name": "Ada", "email": email, "password": "correct horse"});
    let session: Session = nobody
        .post("/auth/register", account(TYPED))
        .await
        .created();
    assert_eq!(session.user.email, STORED);
    for same in [
        STORED,
        "Ada <ada@mu\u{308}nchen.example>;",
        "mailto:ada@xn--MNCHEN-3ya.example",
    ] {
        let login = json!({"email": same, "password": "correct horse"});
        let session: Session = nobody.post("/auth/login", login).await.ok();
        assert_eq!(session.user.email, STORED, "{same}");
    }
    nobody
        .post(
            "/auth/register",
            account("Ada <ada@mu\u{308}nchen.example>;"),
        )
        .await
        .refused(StatusCode::CONFLICT, Code::EmailTaken);
    let reset = json!({"email": TYPED});
    let answer = nobody.post("/auth/reset-request", reset).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);

    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let path = format!("/host/events/{}/staff", event.id);
    let member: StaffMember = olga
        .post(&path, json!({"email": TYPED, "role": "door"}))
        .await
        .created();
    assert_eq!(member.email, STORED);
    olga.buy(&[(event.types[0], 1)]).await.created::<Value>();
    let tickets = json!([{"event_id": event.id, "number": 1}]);
    let offer: Offer = olga
        .post("/transfers", json!({"email": TYPED, "tickets": tickets}))
        .await
        .created();
    assert_eq!(offer.to, STORED);
    let guest = Invited {
        name: "Ada".to_owned(),
        email: TYPED.to_owned(),
    };
    let other = EventBuilder::new("Day").create(&app, &olga).await;
    give(&olga, other.id, other.types[0], &[guest]).await;
    let stored = addresses(&app.db).await;
    assert!(stored.iter().any(|email| email == STORED), "{stored:?}");
    assert!(stored.iter().all(|email| email.is_ascii()), "{stored:?}");
    let letters = Inbox::new().fetch(&app).await;
    assert!(letters.iter().any(|letter| letter.to.contains(STORED)));
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_cannot_be_mailed_is_refused_wherever_an_address_is_taken(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, nobody) = (app.user("Olga").await, app.stranger());
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    olga.buy(&[(event.types[0], 1)]).await.created::<Value>();
    let tickets = json!([{"event_id": event.id, "number": 1}]);
    let staff = format!("/host/events/{}/staff", event.id);
    let ticket = format!("/tickets/{}/1/transfers", event.id);
    for bad in [
        "x.@y.example",
        "x..y@z.example",
        "\"x@y.example",
        "x@y",
        "jürgen@y.example",
        "x@xn--a.example",
    ] {
        let account = json!({"name": "Ada", "email": bad, "password": "correct horse"});
        let sends = [
            (&nobody, "/auth/register", account),
            (
                &nobody,
                "/auth/login",
                json!({"email": bad, "password": "correct horse"}),
            ),
            (&nobody, "/auth/reset-request", json!({"email": bad})),
            (&olga, &staff, json!({"email": bad, "role": "door"})),
            (
                &olga,
                "/transfers",
                json!({"email": bad, "tickets": tickets}),
            ),
            (&olga, &ticket, json!({"email": bad})),
        ];
        for (who, path, body) in sends {
            let answer = who.post(path, body).await;
            let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
            let sentence = &problem.errors["email"];
            assert_eq!(
                sentence.contains("before the @"),
                !bad.is_ascii(),
                "{path} {bad}: {sentence}"
            );
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_text_that_shows_nothing_is_refused_and_one_with_hidden_parts_loses_them(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, nobody) = (app.user("Olga").await, app.stranger());
    let starts_at = Utc::now() + Duration::days(9);
    let event = |title: &str, types: &[&str]| {
        let types: Vec<_> = types
            .iter()
            .map(|name| json!({"name": name, "price": 0, "capacity": 9, "max_per_order": 9}))
            .collect();
        json!({"title": title, "venue": "The\u{2028}Hall\u{202e}", "description": "a\u{2029}b\u{feff}",
            "starts_at": starts_at, "ends_at": starts_at + Duration::hours(1),
            "currency": "EUR", "timezone": "Europe/Berlin", "ticket_types": types})
    };
    for nothing in [
        "\u{200b}",
        "\u{2800}\u{2800}",
        "\u{3164}",
        "\u{202e}\u{200f}",
        "\u{301}",
    ] {
        let account = json!({"name": nothing, "email": "x@y.example", "password": "correct horse"});
        let problem = nobody
            .post("/auth/register", account)
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        assert!(problem.errors.contains_key("name"), "{nothing:?}");
        olga.patch("/me", json!({"name": nothing}))
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        let problem = olga
            .post("/host/events", event(nothing, &[nothing]))
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        let fields: Vec<_> = problem.errors.keys().collect();
        assert_eq!(fields, ["ticket_types.0.name", "title"], "{nothing:?}");
    }
    for twin in ["VIP\u{200b}", "vip\u{fe0f}", "V\u{2060}IP ", "VIP\u{2800}"] {
        olga.post("/host/events", event("Night", &["VIP", twin]))
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    }
    let made: HostEvent = olga
        .post(
            "/host/events",
            event("Cafe\u{301}\u{202e} Zürich\u{2028}Live", &["VIP\u{200b}"]),
        )
        .await
        .created();
    assert_eq!(made.title, "Café Zürich Live");
    assert_eq!(
        (made.venue.as_str(), made.description.as_str()),
        ("The Hall", "a\nb")
    );
    assert_eq!(made.ticket_types[0].name, "VIP");
}

#[sqlx::test(migrations = "../migrations")]
async fn codes_and_passwords_are_the_same_however_a_keyboard_writes_an_accent(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, nobody) = (app.user("Olga").await, app.stranger());
    let (composed, apart) = ("caf\u{e9}", "cafe\u{301}");
    let account = |password: &str| json!({"name": "Ada", "email": "ada@example.com", "password": format!("{password} noir")});
    let session: Session = nobody
        .post("/auth/register", account(apart))
        .await
        .created();
    let login = json!({"email": "ada@example.com", "password": format!("{composed} noir")});
    nobody.post("/auth/login", login).await.ok::<Session>();

    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let path = format!("/host/events/{}/promo-codes", event.id);
    let promo = |code: &str| json!({"code": code, "discount": {"percent": 10}});
    olga.post(&path, promo(apart)).await.created::<Value>();
    for twin in [composed, "CAF\u{c9}", "ca\u{200b}fe\u{301}"] {
        olga.post(&path, promo(twin))
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        let mut order = order_of(&[(event.types[0], 1)]);
        order.promo_code = Some(twin.to_owned());
        let ada = app.signed_in(&session);
        let quote: Value = ada.post("/orders/quote", order).await.ok();
        assert_eq!(quote["discount"]["amount"], 250, "{twin:?}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_null_character_is_refused_wherever_text_is_taken(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let body = |text: &str| {
        json!({"name": text, "email": text, "password": text, "reason": text,
        "title": text, "token": text, "code": text, "csv": text, "promo_code": text, "gate": text})
    };
    let id = event.id;
    for (method, path) in [
        (Method::POST, "/auth/register".to_owned()),
        (Method::POST, "/auth/login".to_owned()),
        (Method::POST, "/auth/reset".to_owned()),
        (Method::PATCH, "/me".to_owned()),
        (Method::POST, "/me/verify-email".to_owned()),
        (Method::POST, "/orders/quote".to_owned()),
        (Method::PATCH, format!("/host/events/{id}")),
        (Method::POST, format!("/host/events/{id}/promo-codes")),
        (Method::POST, format!("/host/events/{id}/check-ins")),
        (Method::POST, format!("/host/events/{id}/tickets/1/revoke")),
    ] {
        let answer = olga.send_json(method, &path, &[], body("A\0da")).await;
        answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    }
    for path in [
        "/events?q=a%00b".to_owned(),
        "/claims/a%00b".to_owned(),
        format!("/host/events/{id}/guests?q=%00"),
    ] {
        let answer = olga.get(&path).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn addresses_that_were_stored_before_have_the_one_spelling_too(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let spellings = [
        ("ada@münchen.example", "ada@xn--mnchen-3ya.example"),
        (
            "ada@bücher.straße.example",
            "ada@xn--bcher-kva.xn--strae-oqa.example",
        ),
        ("ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah"),
        (
            "ada@почемужеонинеговорятпорусски.example",
            "ada@xn--b1abfaaepdrnnbgefbadotcwatmq2g4l.example",
        ),
        ("<bob@example.com>", "bob@example.com"),
        ("mailto:eve@example.com", "eve@example.com"),
        ("dan@example.com;", "dan@example.com"),
        // Taken by then, or never to be mailed.
        ("dan@example.com,", "dan@example.com,"),
        ("jürgen@example.com", "jürgen@example.com"),
        ("x..y@example.com", "x..y@example.com"),
    ];
    let stored = |email: &'static str| {
        let (db, event) = (app.db.clone(), event.id);
        async move {
            sqlx::query!(
                "with staff as (insert into event_staff (id, event_id, email, role)
                    values (gen_random_uuid(), $2, $1, 'door'))
                insert into users (id, name, email, password_hash)
                values (gen_random_uuid(), 'X', $1, '$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA')",
                email,
                event,
            )
            .execute(&db)
            .await
            .expect("stored before");
        }
    };
    for (before, _) in spellings {
        stored(before).await;
    }
    let migration = include_str!("../../../migrations/20261130160510_addresses.sql");
    sqlx::raw_sql(migration)
        .execute(&app.db)
        .await
        .expect("migrated");
    let stored = addresses(&app.db).await;
    for (before, after) in spellings {
        assert!(
            stored.iter().any(|email| email == after),
            "{before} in {stored:?}"
        );
        let read = api::EmailAddress::parse(before).map(String::from);
        if before.len() != after.len() || before != after {
            assert_eq!(read.as_deref(), Ok(after), "as it is read now");
        }
    }
    assert_eq!(stored.len(), spellings.len() + 1, "{stored:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn mail_to_an_address_that_cannot_be_mailed_is_given_up_at_once(db: PgPool) {
    let app = TestApp::new(db);
    let ada = app.user("Ada").await;
    sqlx::query!("update users set email = 'x..y@example.com', email_verified_at = null")
        .execute(&app.db)
        .await
        .expect("stored before addresses were checked");
    let answer = ada.post("/me/verification", json!({})).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(Inbox::new().fetch(&app).await.is_empty());
    let job = sqlx::query!(r#"select done_at is not null as "done!", last_error from jobs"#)
        .fetch_one(&app.db)
        .await
        .expect("one job");
    assert!(job.done && job.last_error.is_some(), "{job:?}");
}
