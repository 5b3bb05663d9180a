//! The dashboard's numbers.

use api::host::{HostEventSummary, Sales};
use api::orders::Order;
use api::{Code, Page};
use axum::http::StatusCode;
use chrono::Duration;
use sqlx::PgPool;

use super::employ;
use crate::support::{EventBuilder, TestApp};

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
