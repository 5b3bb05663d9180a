//! Events as their organizers make, change and publish them.

use api::events::{EventDetail, SaleState};
use api::host::{COVER_MAX_BYTES, EventStatus, HostEvent, HostEventSummary, Sales};
use api::orders::{Order, OrderSummary};
use api::{Code, Page};
use axum::http::{Method, StatusCode};
use chrono::{Duration, Utc};
use serde_json::{Value, json};
use server::orders::purchase::PurchaseRequest;
use server::orders::purchase::batch::place_all;
use server::payment::PayAtDoor;
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{EventBuilder, TestApp, TestEvent, TestUser, assert_sound, order_of};

/// What an organizer sends to make an event that could be published.
fn complete() -> Value {
    let starts_at = Utc::now() + Duration::days(10);
    json!({
        "title": "  Night   of the Harp ",
        "description": "Strings.\r\nMore strings.\n",
        "venue": "Kulturhaus",
        "address": "Lange Straße 1",
        "city": "Berlin",
        "starts_at": starts_at,
        "ends_at": starts_at + Duration::hours(3),
        "timezone": "Europe/Berlin",
        "currency": "EUR",
        "max_per_user": 8,
        "ticket_types": [
            {"name": "Standing", "price": 2500, "capacity": 200, "max_per_order": 6},
            {"name": "Balcony", "description": "Seats", "price": 4000, "capacity": 40, "max_per_order": 4},
        ],
    })
}

async fn draft(organizer: &TestUser) -> HostEvent {
    organizer.post("/host/events", complete()).await.created()
}

async fn act(user: &TestUser, event: Uuid, action: &str) -> crate::support::Answer {
    user.post(&format!("/host/events/{event}/{action}"), json!({}))
        .await
}

fn path(event: Uuid) -> String {
    format!("/host/events/{event}")
}

/// Makes `user` staff of `event`.
async fn employ(app: &TestApp, event: Uuid, user: &TestUser, role: &str) {
    sqlx::query!(
        "insert into event_staff (event_id, user_id, role) values ($1, $2, $3)",
        event,
        user.id,
        role,
    )
    .execute(&app.db)
    .await
    .expect("new staff");
}

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
async fn only_the_signed_in_host(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = path(EventBuilder::new("Night").create(&app, &olga).await.id);
    let nobody = app.stranger();
    let refused = |answer: crate::support::Answer| {
        answer.refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
    };
    refused(nobody.get("/host/events").await);
    refused(nobody.post("/host/events", complete()).await);
    refused(nobody.get(&event).await);
    refused(nobody.patch(&event, json!({"title": "Mine"})).await);
    for action in ["publish", "cancel", "pause", "resume"] {
        refused(nobody.post(&format!("{event}/{action}"), json!({})).await);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn somebody_elses_event_is_like_a_missing_one(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let mallory = app.user("Mallory").await;
    let theirs = EventBuilder::new("Night").create(&app, &olga).await.id;
    for event in [theirs, Uuid::now_v7()] {
        let mut answers = vec![
            mallory.get(&path(event)).await,
            mallory.patch(&path(event), json!({"title": "Mine"})).await,
        ];
        for action in ["publish", "cancel", "pause", "resume"] {
            answers.push(act(&mallory, event, action).await);
        }
        for answer in answers {
            let problem = answer.refused(StatusCode::NOT_FOUND, Code::NotFound);
            assert_eq!(problem.detail, "There is nothing here.");
        }
    }
    let unchanged: HostEvent = olga.get(&path(theirs)).await.ok();
    assert_eq!(unchanged.title, "Night");
    assert!(unchanged.sales_open);
}

#[sqlx::test(migrations = "../migrations")]
async fn staff_may_do_what_their_role_allows(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let (door, manager) = (app.user("Doris").await, app.user("Manuel").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await.id;
    employ(&app, event, &door, "door").await;
    employ(&app, event, &manager, "manager").await;
    let title = json!({"title": "Another night"});

    door.get(&path(event)).await.ok::<HostEvent>();
    let mut refused = vec![door.patch(&path(event), &title).await];
    for action in ["publish", "cancel", "pause", "resume"] {
        refused.push(act(&door, event, action).await);
    }
    refused.push(act(&manager, event, "cancel").await);
    for answer in refused {
        answer.refused(StatusCode::FORBIDDEN, Code::Forbidden);
    }

    manager.patch(&path(event), &title).await.ok::<HostEvent>();
    act(&manager, event, "pause").await.ok::<HostEvent>();
    let list: Page<HostEventSummary> = door.get("/host/events").await.ok();
    assert_eq!(list.items.len(), 1);
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
        (event.capacity, event.sold, event.takings.amount),
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

#[sqlx::test(migrations = "../migrations")]
async fn what_is_absent_from_a_change_stays(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let before = draft(&olga).await;
    let change = json!({"title": "Morning of the Harp", "max_per_user": 0, "currency": "CHF"});
    let after: HostEvent = olga.patch(&path(before.id), change).await.ok();
    assert_eq!(after.title, "Morning of the Harp");
    assert_eq!(after.max_per_user, None);
    assert_eq!(after.currency.code(), "CHF");
    assert_eq!(after.venue, before.venue);
    assert_eq!(after.starts_at, before.starts_at);
    let ids = |event: &HostEvent| event.ticket_types.iter().map(|t| t.id).collect::<Vec<_>>();
    assert_eq!(ids(&after), ids(&before));
}

#[sqlx::test(migrations = "../migrations")]
async fn the_list_of_ticket_types_is_changed_as_a_whole(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let before = draft(&olga).await;
    let balcony = before.ticket_types[1].id;
    let change = json!({"ticket_types": [
        {"name": "Early", "price": 1500, "capacity": 20, "max_per_order": 2},
        {"id": balcony, "name": "Gallery", "price": 4500, "capacity": 50, "max_per_order": 4},
    ]});
    let after: HostEvent = olga.patch(&path(before.id), change).await.ok();
    let types: Vec<_> = after
        .ticket_types
        .iter()
        .map(|t| (t.name.as_str(), t.price.amount, t.capacity))
        .collect();
    assert_eq!(types, [("Early", 1500, 20), ("Gallery", 4500, 50)]);
    assert_eq!(after.ticket_types[1].id, balcony);
    assert!(
        !before
            .ticket_types
            .iter()
            .any(|t| t.id == after.ticket_types[0].id)
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn another_events_ticket_type_is_no_ones_to_change(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let mallory = app.user("Mallory").await;
    let theirs = draft(&olga).await;
    let own = draft(&mallory).await;
    let ticket_type = |id: Uuid, name: &str| json!({"id": id, "name": name, "price": 0, "capacity": 1, "max_per_order": 1});
    for (types, field) in [
        (
            json!([ticket_type(theirs.ticket_types[0].id, "Stolen")]),
            "ticket_types.0.id",
        ),
        (
            json!([
                ticket_type(own.ticket_types[0].id, "Once"),
                ticket_type(own.ticket_types[0].id, "Twice"),
            ]),
            "ticket_types.1.id",
        ),
    ] {
        let answer = mallory
            .patch(&path(own.id), json!({"ticket_types": types}))
            .await;
        let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        assert!(problem.errors.contains_key(field), "{problem:?}");
    }
    assert_eq!(olga.get(&path(theirs.id)).await.ok::<HostEvent>(), theirs);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_published_event_stays_complete_and_in_its_currency(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = draft(&olga).await.id;
    act(&olga, event, "publish").await.ok::<HostEvent>();
    for (change, field) in [
        (json!({"venue": " "}), "venue"),
        (json!({"ticket_types": []}), "ticket_types"),
        (
            json!({"starts_at": "2020-01-01T00:00:00Z", "ends_at": "2020-01-02T00:00:00Z"}),
            "ends_at",
        ),
    ] {
        let answer = olga.patch(&path(event), change).await;
        let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        assert!(problem.errors.contains_key(field), "{problem:?}");
    }
    let answer = olga.patch(&path(event), json!({"currency": "CHF"})).await;
    answer.refused(StatusCode::CONFLICT, Code::Conflict);
    let same = olga.patch(&path(event), json!({"currency": "EUR"})).await;
    same.ok::<HostEvent>();
}

#[sqlx::test(migrations = "../migrations")]
async fn what_was_sold_stands_against_a_change(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night")
        .ticket_type("Standing", 2500, 100)
        .ticket_type("VIP", 9000, 20)
        .create(&app, &olga)
        .await;
    ada.buy(&[(event.types[0], 7)]).await.created::<Order>();

    let standing = |capacity: i32| {
        json!({"id": event.types[0], "name": "Standing", "price": 3000, "capacity": capacity,
            "max_per_order": 10})
    };
    let path = path(event.id);
    for (change, field, sentence) in [
        (
            json!({"ticket_types": [standing(6)]}),
            "ticket_types.0.capacity",
            "7 are sold already; choose at least 7.",
        ),
        (
            json!({"max_per_user": 6}),
            "max_per_user",
            "Someone has bought 7 already; choose at least 7.",
        ),
    ] {
        let answer = olga.patch(&path, change).await;
        let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        assert_eq!(problem.errors[field], sentence);
    }
    let vip_only = json!({"ticket_types": [
        {"id": event.types[1], "name": "VIP", "price": 9000, "capacity": 20, "max_per_order": 4}
    ]});
    let answer = olga.patch(&path, vip_only).await;
    let problem = answer.refused(StatusCode::CONFLICT, Code::Conflict);
    assert_eq!(
        problem.detail,
        "“Standing” has been ordered and cannot be removed."
    );

    let change = json!({"max_per_user": 7, "ticket_types": [standing(7)]});
    let after: HostEvent = olga.patch(&path, change).await.ok();
    assert_eq!(after.state, SaleState::SoldOut);
    let [standing] = after.ticket_types.as_slice() else {
        panic!("one type: {after:?}")
    };
    assert_eq!((standing.price.amount, standing.sold), (3000, 7));
    let orders: Page<OrderSummary> = ada.get("/orders").await.ok();
    assert_eq!(
        orders.items[0].total.amount,
        7 * 2500,
        "what was paid stays"
    );
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_change_waits_for_the_purchase_before_it(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let standing = event.types[0];
    let purchase = PurchaseRequest {
        order: Uuid::now_v7(),
        user: ada.id,
        key: Uuid::new_v4(),
        hash: [0; 32],
        lines: order_of(&[(standing, 9)]).lines,
        promo_code: None,
        expected_total: None,
    };
    let mut buying = app.db.begin().await.expect("begun");
    place_all(&mut buying, &[event.id], &[purchase], &PayAtDoor)
        .await
        .expect("placed");

    let change = json!({"ticket_types": [{"id": standing, "name": "Standing", "price": 2500,
        "capacity": 8, "max_per_order": 10}]});
    let path = path(event.id);
    let mut changing = std::pin::pin!(olga.patch(&path, change));
    let early = tokio::time::timeout(std::time::Duration::from_millis(200), &mut changing).await;
    assert!(early.is_err(), "{early:?}");
    buying.commit().await.expect("committed");
    let problem = changing
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    assert_eq!(
        problem.errors["ticket_types.0.capacity"],
        "9 are sold already; choose at least 9."
    );
    assert_sound(&app.db).await;
}

/// Moves the buyer's last order into the past.
async fn backdate(app: &TestApp, order: &Order, hours: i32) {
    sqlx::query!(
        "update orders set created_at = created_at - make_interval(hours => $2) where id = $1",
        order.id,
        hours,
    )
    .execute(&app.db)
    .await
    .expect("moved to the past");
}

#[sqlx::test(migrations = "../migrations")]
async fn the_dashboard_counts_tickets_and_money(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night")
        .ticket_type("Standing", 2500, 100)
        .ticket_type("VIP", 9000, 20)
        .create(&app, &olga)
        .await;
    let sales = format!("/host/events/{}/sales", event.id);
    let none: Sales = olga.get(&sales).await.ok();
    assert_eq!((none.sold, none.left, none.takings.amount), (0, 120, 0));
    assert!(none.series.is_empty());

    let (standing, vip) = (event.types[0], event.types[1]);
    let first: Order = ada.buy(&[(standing, 3), (vip, 1)]).await.created();
    backdate(&app, &first, 30).await;
    ada.buy(&[(standing, 2)]).await.created::<Order>();
    let counted: Sales = olga.get(&sales).await.ok();
    assert_eq!(
        (counted.capacity, counted.sold, counted.left),
        (120, 6, 114)
    );
    assert_eq!((counted.checked_in, counted.takings.amount), (0, 21_500));
    let by_type: Vec<_> = counted
        .by_type
        .iter()
        .map(|t| (t.name.as_str(), t.sold, t.takings.amount))
        .collect();
    assert_eq!(by_type, [("Standing", 5, 12_500), ("VIP", 1, 9000)]);
    assert_eq!(counted.bucket_seconds, 3600);
    let series: Vec<_> = counted
        .series
        .iter()
        .map(|p| (p.tickets, p.takings))
        .collect();
    assert_eq!(series, [(4, 16_500), (2, 5000)]);
    assert_eq!(
        counted.series[1].at - counted.series[0].at,
        Duration::hours(30)
    );

    let list: Page<HostEventSummary> = olga.get("/host/events").await.ok();
    assert_eq!(
        (list.items[0].sold, list.items[0].takings.amount),
        (6, 21_500)
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn sales_are_for_staff(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, mallory) = (app.user("Olga").await, app.user("Mallory").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await.id;
    let sales = format!("/host/events/{event}/sales");
    app.stranger()
        .get(&sales)
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
    mallory
        .get(&sales)
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    employ(&app, event, &mallory, "door").await;
    mallory.get(&sales).await.ok::<Sales>();
}

#[sqlx::test(migrations = "../migrations")]
async fn sales_pause_and_resume(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let ada = app.user("Ada").await;
    let TestEvent { id, types } = EventBuilder::new("Night").create(&app, &olga).await;
    for (action, state) in [
        ("pause", SaleState::Closed),
        ("pause", SaleState::Closed),
        ("resume", SaleState::OnSale),
    ] {
        let event: HostEvent = act(&olga, id, action).await.ok();
        assert_eq!((event.state, event.sales_open), (state, action == "resume"));
        let seen: EventDetail = app.stranger().get(&format!("/events/{id}")).await.ok();
        assert_eq!(seen.summary.state, state);
        let bought = ada.buy(&[(types[0], 1)]).await;
        if action == "resume" {
            bought.created::<Order>();
        } else {
            bought.refused(StatusCode::CONFLICT, Code::SalesClosed);
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_over_or_called_off_cannot_change(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let cancelled = EventBuilder::new("Night").create(&app, &olga).await.id;
    let event: HostEvent = act(&olga, cancelled, "cancel").await.ok();
    assert_eq!(event.status, EventStatus::Cancelled);
    assert_eq!(event.state, SaleState::Cancelled);
    let again: HostEvent = act(&olga, cancelled, "cancel").await.ok();
    assert_eq!(again, event);
    let over = EventBuilder::new("Yesterday").starts_at(Utc::now() - Duration::days(1));
    let over = over.create(&app, &olga).await.id;
    act(&olga, over, "cancel")
        .await
        .refused(StatusCode::CONFLICT, Code::Conflict);

    for event in [cancelled, over] {
        let mut answers = vec![olga.patch(&path(event), json!({"title": "New"})).await];
        for action in ["publish", "pause", "resume"] {
            answers.push(act(&olga, event, action).await);
        }
        for answer in answers {
            answer.refused(StatusCode::CONFLICT, Code::Conflict);
        }
    }
}

async fn put_cover(user: &TestUser, event: Uuid, file: Vec<u8>) -> crate::support::Answer {
    let path = format!("/host/events/{event}/cover");
    let headers = [("content-type", "image/png")];
    user.send(Method::PUT, &path, &headers, file.into()).await
}

fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 90]))
        .write_to(&mut file, image::ImageFormat::Png)
        .expect("encoded");
    file.into_inner()
}

async fn covers_kept(app: &TestApp) -> Option<i64> {
    sqlx::query_scalar!("select count(*) from covers")
        .fetch_one(&app.db)
        .await
        .expect("counted")
}

#[sqlx::test(migrations = "../migrations")]
async fn a_cover_is_put_up_replaced_and_taken_down(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night").create(&app, &olga).await.id;
    let mut urls = Vec::new();
    for (file, size) in [
        (picture(640, 360), (640, 360)),
        (picture(2000, 1000), (1600, 800)),
    ] {
        let answer: HostEvent = put_cover(&olga, event, file).await.ok();
        let url = answer.cover_url.expect("a cover");
        let served = app.stranger().get(url.trim_start_matches("/api")).await;
        assert_eq!(served.header("content-type"), Some("image/jpeg"));
        let kept = image::load_from_memory(&served.body).expect("a picture");
        assert_eq!((kept.width(), kept.height()), size);
        urls.push(url);
    }
    assert_ne!(urls[0], urls[1], "a cover is cached for ever");
    assert_eq!(covers_kept(&app).await, Some(1));

    let seen: EventDetail = app.stranger().get(&format!("/events/{event}")).await.ok();
    assert_eq!(seen.summary.cover_url.as_ref(), Some(&urls[1]));
    let cover = format!("/host/events/{event}/cover");
    for _ in 0..2 {
        let without: HostEvent = olga.delete(&cover).await.ok();
        assert_eq!(without.cover_url, None);
    }
    assert_eq!(covers_kept(&app).await, Some(0));
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_no_picture_or_too_large_is_no_cover(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night").create(&app, &olga).await.id;
    let page = b"<html><script>alert(1)</script></html>".to_vec();
    let answer = put_cover(&olga, event, page).await;
    let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    assert_eq!(
        problem.errors["cover"],
        "Choose a JPEG, PNG or WebP picture."
    );

    let mut large = picture(8, 8);
    large.resize(COVER_MAX_BYTES, 0);
    put_cover(&olga, event, large.clone())
        .await
        .ok::<HostEvent>();
    large.push(0);
    let answer = put_cover(&olga, event, large.clone()).await;
    answer.refused(StatusCode::PAYLOAD_TOO_LARGE, Code::Invalid);
    let elsewhere = olga
        .send(
            Method::POST,
            "/host/events",
            &[("content-type", "application/json")],
            large.into(),
        )
        .await;
    elsewhere.refused(StatusCode::PAYLOAD_TOO_LARGE, Code::Invalid);
}

#[sqlx::test(migrations = "../migrations")]
async fn only_those_who_may_edit_change_the_cover(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, doris) = (app.user("Olga").await, app.user("Doris").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await.id;
    let path = format!("/host/events/{event}/cover");
    for (user, status, code) in [
        (
            app.stranger(),
            StatusCode::UNAUTHORIZED,
            Code::Unauthenticated,
        ),
        (
            app.user("Mallory").await,
            StatusCode::NOT_FOUND,
            Code::NotFound,
        ),
        (doris.clone(), StatusCode::FORBIDDEN, Code::Forbidden),
    ] {
        if user.id == doris.id {
            employ(&app, event, &doris, "door").await;
        }
        put_cover(&user, event, picture(8, 8))
            .await
            .refused(status, code);
        user.delete(&path).await.refused(status, code);
    }
    act(&olga, event, "cancel").await.ok::<HostEvent>();
    let answer = put_cover(&olga, event, picture(8, 8)).await;
    answer.refused(StatusCode::CONFLICT, Code::Conflict);
    assert_eq!(covers_kept(&app).await, Some(0));
}
