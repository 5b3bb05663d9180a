//! What strangers with accounts may not do to others: write to thousands, take all tickets, guess
//! promo codes; and what the people who run the service can do about them.

use api::comps::Invited;
use api::events::EventSummary;
use api::host::HostEvent;
use api::orders::{Order, OrderQuote, PlaceOrder};
use api::promo_codes::PromoCode;
use api::staff::StaffMember;
use api::transfers::Transfer;
use api::users::{Session, User};
use api::{Code, Currency, Money, Page};
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};
use server::admin;
use server::config::AdminAct;
use server::mail::{self, Transport};
use sqlx::PgPool;
use uuid::Uuid;

use crate::comps::{give, invited};
use crate::host::{act, complete, path};
use crate::support::{Answer, EventBuilder, Inbox, TestApp, TestUser, assert_sound, order_of};

const PASSWORD: &str = "correct horse";

/// Someone who has just created an account.
async fn newcomer(app: &TestApp, name: &str) -> TestUser {
    let email = format!("{}@new.example", name.to_lowercase());
    let body = json!({"name": name, "email": email, "password": PASSWORD, "client": "native"});
    let session: Session = app.stranger().post("/auth/register", body).await.created();
    app.signed_in(&session)
}

/// The same who has confirmed their address.
async fn confirmed(app: &TestApp, name: &str) -> TestUser {
    let user = newcomer(app, name).await;
    confirm(app, &user).await;
    user
}

async fn confirm(app: &TestApp, user: &TestUser) {
    let inbox = Inbox::new();
    let letters = inbox.fetch(app).await;
    let letter = letters
        .iter()
        .find(|letter| letter.to.contains(&user.email));
    let token = letter
        .expect("an email")
        .after("http://localhost:8080/verify/");
    let confirmed: User = user
        .post("/me/verify-email", json!({"token": token}))
        .await
        .ok();
    assert!(confirmed.email_verified);
}

fn guests(count: usize) -> Vec<Invited> {
    (0..count)
        .map(|number| invited(&format!("Guest{number}")))
        .collect()
}

async fn try_give(user: &TestUser, event: Uuid, ticket_type: Uuid, guests: &[Invited]) -> Answer {
    let body = json!({"ticket_type_id": ticket_type, "guests": guests, "again": true});
    let key = Uuid::new_v4().to_string();
    let path = format!("/host/events/{event}/comps");
    user.send_json(Method::POST, &path, &[("idempotency-key", &key)], body)
        .await
}

#[sqlx::test(migrations = "../migrations")]
async fn an_unconfirmed_account_reaches_nobody(db: PgPool) {
    let app = TestApp::new(db);
    let olga = newcomer(&app, "Olga").await;
    let draft: HostEvent = olga.post("/host/events", complete()).await.created();
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    olga.buy(&[(event.types[0], 2)]).await.created::<Order>();
    let ticket = json!({"event_id": event.id, "number": 1});
    let friend = json!({"email": "friend@example.com"});
    let several = json!({"email": "friend@example.com", "tickets": [ticket]});
    let helper = json!({"email": "helper@example.com", "role": "door"});
    let staff = format!("{}/staff", path(event.id));
    let send = format!("/tickets/{}/1/transfers", event.id);
    for answer in [
        act(&olga, draft.id, "publish").await,
        olga.post(&send, &friend).await,
        olga.post("/transfers", &several).await,
        olga.post(&staff, &helper).await,
        try_give(&olga, event.id, event.types[0], &guests(1)).await,
    ] {
        answer.refused(StatusCode::CONFLICT, Code::EmailUnverified);
    }
    let jobs =
        sqlx::query_scalar!(r#"select count(*) as "jobs!" from jobs where kind = 'invitation'"#);
    assert_eq!(jobs.fetch_one(&app.db).await.expect("counted"), 0);

    confirm(&app, &olga).await;
    act(&olga, draft.id, "publish").await.ok::<HostEvent>();
    olga.post(&send, &friend).await.created::<Transfer>();
    olga.post(&staff, &helper).await.created::<StaffMember>();
    give(&olga, event.id, event.types[0], &guests(1)).await;
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_manager_does_not_publish_for_an_unconfirmed_organizer(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, manuel) = (newcomer(&app, "Olga").await, app.user("Manuel").await);
    let draft: HostEvent = olga.post("/host/events", complete()).await.created();
    crate::host::employ(&app, draft.id, &manuel, "manager").await;
    act(&manuel, draft.id, "publish")
        .await
        .refused(StatusCode::CONFLICT, Code::EmailUnverified);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_unconfirmed_account_does_not_empty_events(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let free = EventBuilder::new("Free")
        .ticket_type("Standing", 0, 5000)
        .create(&app, &olga)
        .await;
    let paid = EventBuilder::new("Paid")
        .ticket_type("Standing", 2500, 5000)
        .create(&app, &olga)
        .await;
    let eve = newcomer(&app, "Eve").await;
    for event in [&free, &paid] {
        eve.buy(&[(event.types[0], 10)]).await.created::<Order>();
    }
    for event in [&free, &paid] {
        let refused = eve.buy(&[(event.types[0], 1)]).await;
        let problem = refused.refused(StatusCode::CONFLICT, Code::EmailUnverified);
        assert_eq!(problem.left, Some(0));
    }
    let one = [(free.types[0], 1)];
    let at_once = (0..10).map(|_| eve.buy(&one));
    for answer in futures::future::join_all(at_once).await {
        assert_ne!(answer.status, StatusCode::CREATED);
    }
    confirm(&app, &eve).await;
    eve.buy(&[(free.types[0], 10)]).await.created::<Order>();
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn one_person_may_buy_so_many_unless_the_organizer_says_otherwise(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let mut body = complete();
    body.as_object_mut()
        .expect("an object")
        .remove("max_per_user");
    let event: HostEvent = olga.post("/host/events", &body).await.created();
    assert_eq!(event.max_per_user, Some(20));
    body["max_per_user"] = Value::Null;
    let event: HostEvent = olga.post("/host/events", &body).await.created();
    assert_eq!(event.max_per_user, None);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_new_account_writes_to_few_strangers(db: PgPool) {
    let app = TestApp::new(db);
    let olga = confirmed(&app, "Olga").await;
    let event = EventBuilder::new("Night")
        .ticket_type("Standing", 0, 10_000)
        .create(&app, &olga)
        .await;
    let standing = event.types[0];
    try_give(&olga, event.id, standing, &guests(10_000))
        .await
        .refused(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited);
    give(&olga, event.id, standing, &guests(50)).await;
    let more = try_give(&olga, event.id, standing, &[invited("Zoe")]).await;
    more.refused(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited);
    assert!(more.header(header::RETRY_AFTER.as_str()).is_some());
    olga.buy(&[(standing, 1)]).await.created::<Order>();
    olga.post(
        &format!("/tickets/{}/51/transfers", event.id),
        json!({"email": "zoe@example.com"}),
    )
    .await
    .refused(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited);

    let otto = confirmed(&app, "Otto").await;
    sqlx::query!(
        "update users set created_at = now() - interval '8 days' where id = $1",
        otto.id
    )
    .execute(&app.db)
    .await
    .expect("an older account");
    let event = EventBuilder::new("Day")
        .ticket_type("Standing", 0, 10_000)
        .create(&app, &otto)
        .await;
    give(&otto, event.id, event.types[0], &guests(150)).await;
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn one_person_is_written_to_so_often(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let often = vec![invited("Vic"); 11];
    try_give(&olga, event.id, event.types[0], &often)
        .await
        .refused(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited);
    let ten = try_give(&olga, event.id, event.types[0], &often[..10]).await;
    assert_eq!(ten.status, StatusCode::CREATED, "{ten:?}");
    try_give(&olga, event.id, event.types[0], &often[..1])
        .await
        .refused(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited);
    give(&olga, event.id, event.types[0], &[invited("Bob")]).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_sender_of_many_emails_does_not_delay_others(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    give(&olga, event.id, event.types[0], &guests(40)).await;
    ada.buy(&[(event.types[0], 2)]).await.created::<Order>();
    let send = format!("/tickets/{}/41/transfers", event.id);
    ada.post(&send, json!({"email": "bob@example.com"}))
        .await
        .created::<Transfer>();

    let folder = tempfile::tempdir().expect("a folder");
    let transport = Transport::Folder(folder.path().to_owned());
    let taken = mail::deliver_due(&app.state, &transport).await;
    assert!(taken.expect("delivered") < 40);
    let sent = sqlx::query_scalar!(
        r#"select payload ->> 'letter' as "letter!" from jobs where done_at is not null"#
    );
    let sent = sent.fetch_all(&app.db).await.expect("sent");
    assert!(sent.iter().any(|letter| letter == "order_confirmation"));
    let to_bob = sqlx::query_scalar!(
        r#"select done_at is not null as "done!" from jobs where sender = $1"#,
        ada.id
    );
    assert!(to_bob.fetch_one(&app.db).await.expect("an email to Bob"));
    // Alone, the rest goes as fast as it can.
    let left = Inbox::new().fetch(&app).await;
    assert!(left.len() > 30, "{}", left.len());
}

async fn run(app: &TestApp, act: AdminAct) -> String {
    admin::run(&app.db, "root", &act).await.expect("done")
}

/// The id of the one text that is held.
async fn held(app: &TestApp) -> Uuid {
    let list = run(app, AdminAct::Held).await;
    list.split_whitespace()
        .find_map(|word| word.parse().ok())
        .unwrap_or_else(|| panic!("nothing in {list}"))
}

fn audited(app: &TestApp) -> impl Future<Output = Vec<String>> {
    let db = app.db.clone();
    async move {
        let acts = sqlx::query_scalar!("select by || ': ' || act from admin_audit order by id");
        let acts = acts.fetch_all(&db).await.expect("acts");
        acts.into_iter().flatten().collect()
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn titles_with_links_wait_for_a_person(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let mut body = complete();
    body["title"] = "Win at www.evil.com".into();
    let event: HostEvent = olga.post("/host/events", &body).await.created();
    for _ in 0..2 {
        act(&olga, event.id, "publish")
            .await
            .refused(StatusCode::CONFLICT, Code::HeldForReview);
    }
    let id = held(&app).await;
    let said = run(&app, AdminAct::Release { id }).await;
    assert!(said.contains("www.evil.com"), "{said}");
    act(&olga, event.id, "publish").await.ok::<HostEvent>();

    // Nor does one get round it afterwards.
    for change in [
        json!({"title": "Win at https://worse.example"}),
        json!({"venue": "evil.org"}),
    ] {
        olga.patch(&path(event.id), &change)
            .await
            .refused(StatusCode::CONFLICT, Code::HeldForReview);
    }
    let public: Page<EventSummary> = app.stranger().get("/events").await.ok();
    assert_eq!(public.items[0].title, "Win at www.evil.com");
    olga.patch(
        &path(event.id),
        json!({"description": "See www.example.com."}),
    )
    .await
    .ok::<HostEvent>();
    let acts = audited(&app).await;
    assert_eq!(acts, ["root: list_held", "root: release"]);
}

#[sqlx::test(migrations = "../migrations")]
async fn names_with_links_reach_nobody(db: PgPool) {
    let app = TestApp::new(db);
    let body =
        json!({"name": "Your Bank evil.com", "email": "x@example.com", "password": PASSWORD});
    let answer = app.stranger().post("/auth/register", body).await;
    let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    assert!(problem.errors.contains_key("name"), "{problem:?}");

    let olga = app.user("Olga").await;
    let rename = json!({"name": "Olga (olga.events)"});
    olga.patch("/me", &rename)
        .await
        .refused(StatusCode::CONFLICT, Code::HeldForReview);
    let id = held(&app).await;
    run(&app, AdminAct::Release { id }).await;
    olga.patch("/me", &rename).await.ok::<User>();

    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let mut guest = invited("Bob");
    guest.name = "Click https://evil.example".to_owned();
    let answer = try_give(&olga, event.id, event.types[0], &[guest]).await;
    let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    assert!(problem.errors.contains_key("guests.0.name"), "{problem:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_suspended_account_does_nothing_more(db: PgPool) {
    let app = TestApp::new(db);
    let olga = confirmed(&app, "Olga").await;
    let unsold = EventBuilder::new("Unsold").create(&app, &olga).await;
    let sold = EventBuilder::new("Sold").create(&app, &olga).await;
    let ada = app.user("Ada").await;
    let order: Order = ada.buy(&[(sold.types[0], 1)]).await.created();
    give(&olga, sold.id, sold.types[0], &guests(5)).await;
    let suspend = || AdminAct::Suspend {
        email: " OLGA@new.example".to_owned(),
        reason: "spam".to_owned(),
    };
    run(&app, suspend()).await;
    assert!(admin::run(&app.db, "root", &suspend()).await.is_err());

    olga.patch("/me", json!({"name": "Olga B."}))
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
    let body = json!({"email": olga.email, "password": PASSWORD});
    app.stranger()
        .post("/auth/login", &body)
        .await
        .refused(StatusCode::FORBIDDEN, Code::AccountSuspended);
    let wrong = json!({"email": olga.email, "password": "wrong horse"});
    app.stranger()
        .post("/auth/login", &wrong)
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::InvalidCredentials);
    ada.buy(&[(unsold.types[0], 1)])
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    ada.buy(&[(sold.types[0], 1)])
        .await
        .refused(StatusCode::CONFLICT, Code::SalesPaused);
    let letters = Inbox::new().fetch(&app).await;
    assert!(
        letters.iter().all(|letter| letter.to.contains(&ada.email)),
        "{letters:?}"
    );

    let shown = run(&app, AdminAct::Order { id: order.id }).await;
    for part in [ada.email.as_str(), "Sold no. 1", "paid", "Standing"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let unsuspend = AdminAct::Unsuspend {
        email: olga.email.clone(),
        reason: String::new(),
    };
    run(&app, unsuspend).await;
    app.stranger()
        .post("/auth/login", &body)
        .await
        .ok::<Session>();
    let acts = audited(&app).await;
    assert_eq!(
        acts,
        ["root: suspend", "root: show_order", "root: unsuspend"]
    );
    assert_sound(&app.db).await;
}

fn with_code(code: &str, ticket_type: Uuid, expected: Option<i64>) -> PlaceOrder {
    PlaceOrder {
        promo_code: Some(code.to_owned()),
        expected_total: expected.map(|amount| Money::new(amount, Currency::EUR)),
        ..order_of(&[(ticket_type, 1)])
    }
}

/// An event with the promo code GOOD for half of 25.00.
async fn discounted(app: &TestApp) -> (Uuid, Uuid) {
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night").create(app, &olga).await;
    let body = json!({"code": "GOOD", "discount": {"percent": 50}});
    olga.post(&format!("{}/promo-codes", path(event.id)), body)
        .await
        .created::<PromoCode>();
    (event.id, event.types[0])
}

#[sqlx::test(migrations = "../migrations")]
async fn promo_codes_cannot_be_guessed_by_buying_or_asking(db: PgPool) {
    let app = TestApp::new(db);
    let (_, standing) = discounted(&app).await;
    let eve = app.user("Eve").await;
    for number in 0..10 {
        let order = with_code(&format!("GUESS{number}"), standing, None);
        let answer = match number % 2 {
            0 => eve.place(Uuid::new_v4(), &order).await,
            _ => eve.post("/orders/quote", &order).await,
        };
        answer.refused(StatusCode::CONFLICT, Code::PromoInvalid);
    }
    let order = with_code("GOOD", standing, None);
    for answer in [
        eve.place(Uuid::new_v4(), &order).await,
        eve.post("/orders/quote", &order).await,
    ] {
        answer.refused(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited);
    }
    // Without a code she buys like all others, and others with theirs.
    eve.buy(&[(standing, 1)]).await.created::<Order>();
    let ada = app.user("Ada").await;
    for _ in 0..30 {
        ada.post("/orders/quote", &order).await.ok::<OrderQuote>();
    }
    ada.place(Uuid::new_v4(), &order).await.created::<Order>();
}

#[sqlx::test(migrations = "../migrations")]
async fn an_expected_total_tells_nothing_of_a_code(db: PgPool) {
    let app = TestApp::new(db);
    let (_, standing) = discounted(&app).await;
    for expected in [0, 1, 2500, 99_999] {
        let mut told = Vec::new();
        for code in ["GOOD", "GUESS"] {
            let eve = app.user("Eve").await;
            let order = with_code(code, standing, Some(expected));
            let answer = eve.place(Uuid::new_v4(), &order).await;
            let mut problem = answer.refused(StatusCode::CONFLICT, Code::PriceChanged);
            problem.request_id = None;
            told.push(problem);
        }
        assert_eq!(told[0], told[1], "{expected}");
    }
    let ada = app.user("Ada").await;
    let order = with_code("GOOD", standing, Some(1250));
    ada.place(Uuid::new_v4(), &order).await.created::<Order>();
    // Nor can the discount be tried without end.
    let eve = app.user("Eve").await;
    for expected in 0..10 {
        let order = with_code("GOOD", standing, Some(expected));
        eve.place(Uuid::new_v4(), &order)
            .await
            .refused(StatusCode::CONFLICT, Code::PriceChanged);
    }
    eve.place(Uuid::new_v4(), &order)
        .await
        .refused(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited);
}
