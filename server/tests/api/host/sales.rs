//! The dashboard's numbers.

use api::guests::Guest;
use api::host::{HostEvent, HostEventSummary, Sales};
use api::orders::Order;
use api::{Code, Page};
use axum::http::StatusCode;
use chrono::Duration;
use serde_json::json;
use server::cancellation;
use server::refunds::decide::paid;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{act, employ};
use crate::comps::{give, invited};
use crate::refunds::{check_in, named, refund};
use crate::support::{EventBuilder, TestApp, TestUser, assert_sound, order_of};

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
    assert_eq!((none.sold, none.left), (0, 120));
    assert_eq!((none.received.amount, none.due.amount), (0, 0));
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
    assert_eq!(counted.checked_in, 0);
    assert_eq!((counted.received.amount, counted.due.amount), (0, 21_500));
    let by_type: Vec<_> = counted
        .by_type
        .iter()
        .map(|t| (t.name.as_str(), t.sold, t.due.amount))
        .collect();
    assert_eq!(by_type, [("Standing", 5, 12_500), ("VIP", 1, 9000)]);
    assert_eq!(counted.bucket_seconds, 3600);
    let series: Vec<_> = counted
        .series
        .iter()
        .map(|p| (p.tickets, p.amount))
        .collect();
    assert_eq!(series, [(4, 16_500), (2, 5000)]);
    assert_eq!(
        counted.series[1].at - counted.series[0].at,
        Duration::hours(30)
    );

    let list: Page<HostEventSummary> = olga.get("/host/events").await.ok();
    assert_eq!((list.items[0].sold, list.items[0].due.amount), (6, 21_500));
}

/// Sold, given, left; received and due.
type Numbers = ((i32, i32, i32), (i64, i64));

async fn numbers(olga: &TestUser, event: Uuid) -> Numbers {
    let sales: Sales = olga.get(&format!("/host/events/{event}/sales")).await.ok();
    let list: Page<HostEventSummary> = olga.get("/host/events").await.ok();
    let listed = list.items.iter().find(|listed| listed.id == event);
    let listed = listed.expect("in the list");
    assert_eq!((sales.sold, sales.given), (listed.sold, listed.given));
    assert_eq!((sales.received, sales.due), (listed.received, listed.due));
    let types = || sales.by_type.iter();
    assert_eq!(types().map(|kind| kind.sold).sum::<i32>(), sales.sold);
    assert_eq!(types().map(|kind| kind.given).sum::<i32>(), sales.given);
    let received: i64 = types().map(|kind| kind.received.amount).sum();
    let due: i64 = types().map(|kind| kind.due.amount).sum();
    assert_eq!((received, due), (sales.received.amount, sales.due.amount));
    let numbers = (sales.sold, sales.given, sales.left);
    (numbers, (received, due))
}

/// Nobody has taken the money of a ticket that is paid at the door before it is used there.
#[sqlx::test(migrations = "../migrations")]
async fn what_is_due_is_not_received_before_the_door(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night")
        .ticket_type("Standing", 999, 20)
        .ticket_type("Free", 0, 20)
        .create(&app, &olga)
        .await;
    let ten_off = json!({"code": "TEN", "discount": {"percent": 10}});
    olga.post(&format!("/host/events/{}/promo-codes", event.id), ten_off)
        .await
        .created::<serde_json::Value>();
    let mut order = order_of(&[(event.types[0], 3), (event.types[1], 1)]);
    order.promo_code = Some("TEN".to_owned());
    let order: Order = ada.place(Uuid::new_v4(), &order).await.created();
    give(
        &olga,
        event.id,
        event.types[0],
        &[invited("Grace"), invited("Hedy")],
    )
    .await;
    assert_eq!(
        numbers(&olga, event.id).await,
        ((4, 2, 34), (0, order.total.amount))
    );

    let of_type = |kind: usize| {
        let line = order
            .lines
            .iter()
            .find(|line| line.ticket_type_id == event.types[kind]);
        let tickets = &line.expect("a line").tickets;
        tickets
            .iter()
            .map(|ticket| ticket.number)
            .collect::<Vec<_>>()
    };
    // Each bears its part of the discount to the cent.
    check_in(&app, event.id, of_type(0)[0], &olga).await;
    check_in(&app, event.id, of_type(1)[0], &olga).await;
    let (tickets, (received, due)) = numbers(&olga, event.id).await;
    assert_eq!((tickets, received + due), ((4, 2, 34), order.total.amount));
    assert!((899..=900).contains(&received), "{received}");

    // A revoked ticket is not paid for any more, and a given one is not given any more.
    let tickets = format!("/host/events/{}/tickets", event.id);
    let reason = json!({"reason": "Forged"});
    let of_grace = 5;
    for number in [of_type(0)[1], of_grace] {
        let revoke = format!("{tickets}/{number}/revoke");
        olga.post(&revoke, &reason).await.ok::<Guest>();
    }
    let (tickets_now, (received_now, due_now)) = numbers(&olga, event.id).await;
    assert_eq!((tickets_now, received_now), ((3, 1, 36), received));
    assert!((899..=900).contains(&due_now), "{due_now}");

    // What was received and goes back was not earned.
    for number in [of_type(0)[0], of_type(0)[2]] {
        let refund = format!("{tickets}/{number}/refund");
        olga.post(&refund, json!({})).await.ok::<Guest>();
    }
    assert_eq!(numbers(&olga, event.id).await, ((1, 1, 38), (0, 0)));
    assert_sound(&app.db).await;
}

/// What had been sold when an event was cancelled stays in the books.
#[sqlx::test(migrations = "../migrations")]
async fn a_cancelled_event_keeps_what_had_been_sold(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night")
        .ticket_type("Standing", 1000, 20)
        .create(&app, &olga)
        .await;
    let order: Order = ada.buy(&[(event.types[0], 6)]).await.created();
    refund(&ada, order.id, Uuid::new_v4(), &named(event.id, [6]))
        .await
        .created::<Order>();
    give(
        &olga,
        event.id,
        event.types[0],
        &[invited("Grace"), invited("Hedy")],
    )
    .await;
    let revoke = format!("/host/events/{}/tickets/8/revoke", event.id);
    olga.post(&revoke, json!({"reason": "Forged"}))
        .await
        .ok::<Guest>();
    check_in(&app, event.id, 1, &olga).await;
    assert_eq!(numbers(&olga, event.id).await, ((5, 1, 14), (1000, 4000)));

    act(&olga, event.id, "cancel").await.ok::<HostEvent>();
    // The first ticket was paid for at the door; that goes back soon.
    assert_eq!(numbers(&olga, event.id).await, ((5, 1, 0), (1000, 0)));
    let stop = CancellationToken::new();
    cancellation::run_once(&app.db, &stop).await.expect("run");
    assert_eq!(numbers(&olga, event.id).await, ((5, 1, 0), (0, 0)));
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_ticket_has_one_price(db: PgPool) {
    for (unit_price, discount, quantity) in [(1000, 1000, 3), (2500, 1, 7), (99, 500, 9), (5, 0, 1)]
    {
        for index in 0..quantity {
            let price = sqlx::query_scalar!(
                r#"select ticket_price($1, $2, $3, $4) as "price!""#,
                unit_price,
                discount,
                quantity,
                index,
            )
            .fetch_one(&db)
            .await
            .expect("a price");
            assert_eq!(price, paid(unit_price, discount, quantity, index));
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn sales_are_for_managers(db: PgPool) {
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
    mallory
        .get(&sales)
        .await
        .refused(StatusCode::FORBIDDEN, Code::Forbidden);
    let manuel = app.user("Manuel").await;
    employ(&app, event, &manuel, "manager").await;
    manuel.get(&sales).await.ok::<Sales>();
}
