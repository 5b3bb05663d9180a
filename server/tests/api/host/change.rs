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

#[sqlx::test(migrations = "../migrations")]
async fn a_ticket_type_that_something_uses_stays_and_is_told_why(db: PgPool) {
    let app = TestApp::with_flags(db, &["--purchase-path", "plain"]);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night")
        .ticket_type("Standing", 2500, 100)
        .ticket_type("VIP", 9000, 1)
        .create(&app, &olga)
        .await;
    let path = path(event.id);
    let standing_only = json!({"ticket_types": [{"id": event.types[0], "name": "Standing",
        "price": 2500, "capacity": 100, "max_per_order": 10}]});
    let refused = async || {
        let answer = olga.patch(&path, standing_only.clone()).await;
        let problem = answer.refused(StatusCode::CONFLICT, Code::Conflict);
        assert_sound(&app.db).await;
        problem.detail
    };
    for code in ["GOLD", "SILVER"] {
        let promo = json!({"code": code, "discount": {"percent": 10},
            "ticket_type_id": event.types[1]});
        let codes = format!("{path}/promo-codes");
        olga.post(&codes, promo)
            .await
            .created::<api::promo_codes::PromoCode>();
        let expected = match code {
            "GOLD" => "“VIP” cannot be removed: the promo code GOLD is for it.",
            _ => "“VIP” cannot be removed: the promo codes GOLD, SILVER are for it.",
        };
        assert_eq!(refused().await, expected);
    }
    let done =
        sqlx::query!("update ticket_types set sold = capacity, held = capacity where name = 'VIP'");
    done.execute(&app.db).await.expect("held");
    let wait = json!({"ticket_type_id": event.types[1], "quantity": 1});
    let lists = format!("/events/{}/waiting-list", event.id);
    let places: Vec<api::waiting::WaitingPlace> = ada.post(&lists, wait).await.created();
    let done = sqlx::query!("update ticket_types set sold = 0, held = 0 where name = 'VIP'");
    done.execute(&app.db).await.expect("freed");
    assert_eq!(
        refused().await,
        "“VIP” cannot be removed: the promo codes GOLD, SILVER are for it, and 1 person is waiting \
        for it."
    );

    // Who has left the list needs the type no more.
    let place = format!("/waiting-list/{}", places[0].id);
    assert_eq!(ada.delete(&place).await.status, StatusCode::NO_CONTENT);
    let done = sqlx::query!("delete from promo_codes")
        .execute(&app.db)
        .await;
    done.expect("no codes");
    let after: HostEvent = olga.patch(&path, standing_only.clone()).await.ok();
    assert_eq!(after.ticket_types.len(), 1);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_ticket_type_that_was_given_away_stays(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night")
        .ticket_type("Standing", 2500, 100)
        .ticket_type("VIP", 9000, 10)
        .create(&app, &olga)
        .await;
    let done = sqlx::query!(
        "insert into comp_batches (id, event_id, ticket_type_id, given_by, idempotency_key,
            request_hash, total, done, finished_at)
        values ($1, $2, $3, $4, $1, sha256('x'), 1, 1, now())",
        Uuid::now_v7(),
        event.id,
        event.types[1],
        olga.id,
    )
    .execute(&app.db)
    .await;
    done.expect("given");
    let standing_only = json!({"ticket_types": [{"id": event.types[0], "name": "Standing",
        "price": 2500, "capacity": 100, "max_per_order": 10}]});
    let answer = olga.patch(&path(event.id), standing_only).await;
    let problem = answer.refused(StatusCode::CONFLICT, Code::Conflict);
    let expected = "“VIP” has been ordered and cannot be removed.";
    assert_eq!(problem.detail, expected);
}

/// What a request names can be gone by the time it is written.
#[sqlx::test(migrations = "../migrations")]
async fn what_is_gone_or_in_use_is_a_conflict_and_no_fault_of_ours(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    for statement in [
        sqlx::query!(
            "insert into promo_codes (id, event_id, code, percent, ticket_type_id)
            select gen_random_uuid(), id, 'X', 10, gen_random_uuid() from events where id = $1",
            event.id,
        ),
        sqlx::query!("delete from events where id = $1", event.id),
    ] {
        let failed = statement.execute(&app.db).await;
        let error = server::error::Error::from(failed.expect_err("a foreign key"));
        assert!(
            matches!(error, server::error::Error::Conflict { .. }),
            "{error:?}"
        );
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn sales_that_nobody_could_buy_in_are_refused(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let starts_at = chrono::Utc::now() + chrono::Duration::days(9);
    let ends_at = starts_at + chrono::Duration::hours(3);
    let hour = chrono::Duration::hours(1);
    let late = "Sales must start before the event ends.";
    let long = "Sales must end before the event does, or with it.";
    let past = "Choose a time in the future.";
    let now = chrono::Utc::now();
    for (window, field, sentence) in [
        (json!({"sale_starts_at": ends_at}), "sale_starts_at", late),
        (
            json!({"sale_starts_at": ends_at + hour}),
            "sale_starts_at",
            late,
        ),
        (
            json!({"sale_starts_at": ends_at + hour, "sale_ends_at": ends_at + hour * 2}),
            "sale_starts_at",
            late,
        ),
        (
            json!({"sale_ends_at": ends_at + hour}),
            "sale_ends_at",
            long,
        ),
        (json!({"sale_ends_at": now - hour}), "sale_ends_at", past),
        (
            json!({"sale_starts_at": now - hour * 2, "sale_ends_at": now - hour}),
            "sale_ends_at",
            past,
        ),
    ] {
        let mut kind = json!({"name": "Standing", "price": 0, "capacity": 9, "max_per_order": 9});
        for (name, time) in window.as_object().expect("an object") {
            kind[name] = time.clone();
        }
        let draft = json!({"title": "Night", "venue": "Hall", "city": "Berlin", "currency": "EUR",
            "starts_at": starts_at, "ends_at": ends_at, "timezone": "Europe/Berlin",
            "ticket_types": [kind]});
        // A draft may be anything yet.
        let draft: HostEvent = olga.post("/host/events", draft).await.created();
        let answer = super::act(&olga, draft.id, "publish").await;
        let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        let field = format!("ticket_types.0.{field}");
        assert_eq!(problem.errors[&field], sentence, "{window}");
    }

    // Of what is published some sales are over, and some end with it.
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let over = json!({"ticket_types": [{"id": event.types[0], "name": "Early", "price": 2500,
        "capacity": 100, "max_per_order": 10, "sale_ends_at": now - hour}]});
    let path = path(event.id);
    let after: HostEvent = olga.patch(&path, over).await.ok();
    let too_long = json!({"ticket_types": [{"id": event.types[0], "name": "Early", "price": 2500,
        "capacity": 100, "max_per_order": 10, "sale_ends_at": after.ends_at + hour}]});
    let answer = olga.patch(&path, too_long).await;
    let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    assert_eq!(problem.errors["ticket_types.0.sale_ends_at"], long);
}
