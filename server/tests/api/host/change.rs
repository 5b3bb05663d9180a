//! Events change, as far as what was sold allows.

use api::events::SaleState;
use api::host::HostEvent;
use api::orders::{Order, OrderSummary};
use api::{Code, Page};
use axum::http::StatusCode;
use serde_json::json;
use server::orders::purchase::PurchaseRequest;
use server::orders::purchase::batch::place_all;
use server::payment::PayAtDoor;
use sqlx::PgPool;
use uuid::Uuid;

use super::{act, draft, path};
use crate::support::{EventBuilder, TestApp, assert_sound, order_of};

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
            "Someone already has 7. Enter 7 or more.",
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
        session: None,
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
