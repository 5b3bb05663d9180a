//! Events are made and listed.

use api::events::{EventDetail, SaleState};
use api::host::{EventStatus, HostEvent, HostEventSummary};
use api::{Code, Page};
use axum::http::StatusCode;
use chrono::{Duration, Utc};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use super::{act, complete, draft, path};
use crate::support::{EventBuilder, TestApp, TestUser};

#[sqlx::test(migrations = "../migrations")]
async fn an_event_is_made_published_and_seen(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let draft = draft(&olga).await;
    assert_eq!(draft.status, EventStatus::Draft);
    assert_eq!(draft.title, "Night of the Harp");
    assert_eq!(draft.description, "Strings.\nMore strings.");
    let types: Vec<_> = draft
        .ticket_types
        .iter()
        .map(|t| (t.name.as_str(), t.price.amount, t.left))
        .collect();
    assert_eq!(types, [("Standing", 2500, 200), ("Balcony", 4000, 40)]);
    assert_eq!(olga.get(&path(draft.id)).await.ok::<HostEvent>(), draft);
    let public = format!("/events/{}", draft.id);
    let hidden = app.stranger().get(&public).await;
    hidden.refused(StatusCode::NOT_FOUND, Code::NotFound);

    let published: HostEvent = act(&olga, draft.id, "publish").await.ok();
    assert_eq!(published.status, EventStatus::Published);
    assert_eq!(published.state, SaleState::OnSale);
    let again: HostEvent = act(&olga, draft.id, "publish").await.ok();
    assert_eq!(again, published);
    let seen: EventDetail = app.stranger().get(&public).await.ok();
    assert_eq!(seen.summary.title, "Night of the Harp");
}

#[sqlx::test(migrations = "../migrations")]
async fn every_event_has_a_key_of_its_own(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    draft(&olga).await;
    draft(&olga).await;
    let keys = sqlx::query_scalar!("select count(distinct seed) from event_keys")
        .fetch_one(&app.db)
        .await
        .expect("counted");
    assert_eq!(keys, Some(2));
}

#[sqlx::test(migrations = "../migrations")]
async fn the_list_is_mine_newest_first_in_pages(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let oscar = app.user("Oscar").await;
    let mut mine = Vec::new();
    for number in 0..5 {
        let event = EventBuilder::new(&format!("Event {number}")).draft();
        mine.push(event.create(&app, &olga).await.id);
        EventBuilder::new("Theirs").create(&app, &oscar).await;
    }
    mine.reverse();

    let mut seen = Vec::new();
    let mut page = "/host/events?limit=2".to_owned();
    loop {
        let answer: Page<HostEventSummary> = olga.get(&page).await.ok();
        seen.extend(answer.items.into_iter().map(|event| event.id));
        let Some(cursor) = answer.next_cursor else {
            break;
        };
        page = format!("/host/events?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, mine);
    let first: Page<HostEventSummary> = olga.get("/host/events?limit=1").await.ok();
    let [event] = first.items.as_slice() else {
        panic!("one event: {first:?}")
    };
    assert_eq!(
        (event.capacity, event.sold, event.received.amount),
        (100, 0, 0)
    );
    assert_eq!(event.status, EventStatus::Draft);
}

/// `complete()` with the value at `pointer` replaced.
fn with(pointer: &str, value: Value) -> Value {
    let mut event = complete();
    match event.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
            event.pointer_mut(parent).expect("its parent")[name] = value;
        }
    }
    event
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_wrong_is_said_at_its_field(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    for (pointer, value, field) in [
        ("/title", json!("  "), "title"),
        ("/title", json!("x".repeat(121)), "title"),
        ("/title", json!("bell \u{7}"), "title"),
        ("/ends_at", json!("2030-01-01T00:00:00Z"), "ends_at"),
        ("/starts_at", json!("0001-01-01T00:00:00Z"), "starts_at"),
        ("/ends_at", json!("+262000-01-01T00:00:00Z"), "ends_at"),
        ("/timezone", json!("Europe/Atlantis"), "timezone"),
        ("/timezone", json!("CEST-2"), "timezone"),
        ("/max_per_user", json!(0), "max_per_user"),
        (
            "/ticket_types/1/name",
            json!("standing"),
            "ticket_types.1.name",
        ),
        ("/ticket_types/0/price", json!(-1), "ticket_types.0.price"),
        (
            "/ticket_types/0/capacity",
            json!(0),
            "ticket_types.0.capacity",
        ),
        (
            "/ticket_types/0/max_per_order",
            json!(101),
            "ticket_types.0.max_per_order",
        ),
        (
            "/ticket_types/0/id",
            json!(Uuid::now_v7()),
            "ticket_types.0.id",
        ),
        (
            "/ticket_types/0/sale_starts_at",
            json!("9999-01-01T00:00:00Z"),
            "ticket_types.0.sale_starts_at",
        ),
    ] {
        let mut body = with(pointer, value);
        if field == "ends_at" && body["ends_at"] == "2030-01-01T00:00:00Z" {
            body["starts_at"] = json!("2030-01-02T00:00:00Z");
        }
        let answer = olga.post("/host/events", &body).await;
        let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        assert!(problem.errors.contains_key(field), "{field}: {problem:?}");
    }
    for (pointer, value) in [
        ("/status", json!("published")),
        ("/organizer_id", json!(Uuid::now_v7())),
        ("/currency", json!("XXX")),
        ("/ticket_types/0/sold", json!(0)),
    ] {
        let answer = olga.post("/host/events", with(pointer, value)).await;
        answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    }
    let list: Page<HostEventSummary> = olga.get("/host/events").await.ok();
    assert!(list.items.is_empty(), "{list:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_draft_may_be_a_title_but_is_not_published_so(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let yesterday = Utc::now() - Duration::days(1);
    let draft: HostEvent = olga
        .post(
            "/host/events",
            json!({
                "title": "An idea", "timezone": "UTC", "currency": "JPY",
                "starts_at": yesterday, "ends_at": yesterday + Duration::hours(1),
            }),
        )
        .await
        .created();
    let refused = act(&olga, draft.id, "publish").await;
    let problem = refused.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    let fields: Vec<_> = problem.errors.keys().map(String::as_str).collect();
    assert_eq!(fields, ["city", "ends_at", "ticket_types", "venue"]);
    for action in ["cancel", "pause"] {
        let answer = act(&olga, draft.id, action).await;
        answer.refused(StatusCode::CONFLICT, Code::Conflict);
    }
}

/// Anyone who got no answer asks again, and has one draft.
#[sqlx::test(migrations = "../migrations")]
async fn a_draft_with_an_id_of_the_clients_is_made_once(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, mallory) = (app.user("Olga").await, app.user("Mallory").await);
    for id in [Uuid::new_v4(), Uuid::now_v7()] {
        let path = format!("/host/events/{id}");
        let put = async |user: &TestUser, body: &Value| {
            let json = [("content-type", "application/json")];
            let body = body.to_string().into();
            user.send(axum::http::Method::PUT, &path, &json, body).await
        };
        let body = complete();
        let answers = futures::future::join_all((0..20).map(|_| put(&olga, &body))).await;
        let created = answers
            .iter()
            .filter(|answer| answer.status == StatusCode::CREATED);
        assert_eq!(created.count(), 1);
        let mut events: Vec<HostEvent> = Vec::new();
        for answer in &answers {
            assert!(answer.status.is_success(), "{answer:?}");
            events.push(serde_json::from_slice(&answer.body).expect("an event"));
        }
        assert!(
            events
                .iter()
                .all(|event| *event == events[0] && event.id == id)
        );

        // Sent again later, it gives what has become of it.
        let change = json!({"title": "Another title"});
        olga.patch(&path, change).await.ok::<HostEvent>();
        let again: HostEvent = put(&olga, &body).await.ok();
        assert_eq!(again.title, "Another title");
        put(&mallory, &body)
            .await
            .refused(StatusCode::NOT_FOUND, Code::NotFound);
        let mut wrong = body.clone();
        wrong["title"] = json!("");
        put(&olga, &wrong)
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    }
    let list: Page<HostEventSummary> = olga.get("/host/events").await.ok();
    assert_eq!(list.items.len(), 2);
    let none: Page<HostEventSummary> = mallory.get("/host/events").await.ok();
    assert_eq!(none.items.len(), 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn my_events_are_listed_newest_first_whatever_their_ids(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let mut made = Vec::new();
    for id in [9, 3, 7, 1, 5].map(Uuid::from_u128) {
        let path = format!("/host/events/{id}");
        let json = [("content-type", "application/json")];
        let body = complete().to_string().into();
        let answer = olga.send(axum::http::Method::PUT, &path, &json, body).await;
        answer.created::<HostEvent>();
        made.insert(0, id);
    }
    let (mut seen, mut path) = (Vec::new(), "/host/events?limit=2".to_owned());
    loop {
        let page: Page<HostEventSummary> = olga.get(&path).await.ok();
        seen.extend(page.items.iter().map(|event| event.id));
        let Some(cursor) = page.next_cursor else {
            break;
        };
        path = format!("/host/events?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, made);
}
