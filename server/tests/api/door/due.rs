//! What is taken at the door from anyone who comes with a ticket.

use api::Page;
use api::guests::Guest;
use api::orders::Order;
use api::refunds::RefundTickets;
use api::tickets::{Ticket, TicketName};
use api::transfers::Transfer;
use axum::http::{Method, StatusCode};
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use super::{code, door, scan, ticket, tonight};
use crate::comps::{give, invited};
use crate::support::{EventBuilder, TestApp, TestEvent, TestUser, assert_sound, order_of};

async fn guests(staff: &TestUser, event: &TestEvent) -> Vec<Guest> {
    let path = format!("/host/events/{}/guests", event.id);
    staff.get(&path).await.ok::<Page<Guest>>().items
}

#[sqlx::test(migrations = "../migrations")]
async fn tickets_of_an_order_come_to_its_total(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = tonight(&app, &olga).await;
    let ten_off = json!({"code": "TEN", "discount": {"amount": 1000}});
    olga.post(&format!("/host/events/{}/promo-codes", event.id), ten_off)
        .await
        .created::<serde_json::Value>();
    let mut order = order_of(&[(event.types[0], 3)]);
    order.promo_code = Some("TEN".to_owned());
    let order: Order = ada.place(Uuid::new_v4(), &order).await.created();

    let mut held = Vec::new();
    for number in 1..=3 {
        held.push(ticket(&ada, &event, number).await.due.expect("due"));
    }
    assert_eq!(held.iter().map(|due| due.amount).sum::<i64>(), 4500);
    assert_eq!(
        (order.total.amount, order.total.currency),
        (4500, held[0].currency)
    );
    let listed = door(&olga, &event).await.tickets;
    let listed: Vec<_> = listed.iter().filter_map(|ticket| ticket.due).collect();
    assert_eq!(listed, held);
    let seen = guests(&olga, &event).await;
    let seen: Vec<_> = seen.iter().filter_map(|guest| guest.due).collect();
    assert_eq!(seen, held);

    let shown = code(&ada, &event, 2).await;
    assert_eq!(scan(&olga, &event, &shown).await.due, Some(held[1]));
    assert_eq!(scan(&olga, &event, &shown).await.due, None, "taken before");
    assert_eq!(ticket(&ada, &event, 2).await.due, None, "taken before");
    assert_eq!(guests(&olga, &event).await[1].due, None, "taken before");
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn who_is_sent_a_ticket_knows_what_it_costs_at_the_door(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let bob = app.user("Bob").await;
    let event = tonight(&app, &olga).await;
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    let due = ticket(&ada, &event, 1).await.due.expect("due");
    let path = format!("/tickets/{}/1/transfers", event.id);
    let sent: Transfer = ada.post(&path, json!({"email": bob.email})).await.created();
    assert_eq!(sent.due, Some(due));
    let accepted: Transfer = bob
        .post(&format!("/transfers/{}/accept", sent.id), ())
        .await
        .ok();
    assert_eq!(accepted.due, Some(due));
    let shown = code(&bob, &event, 1).await;
    assert_eq!(scan(&olga, &event, &shown).await.due, Some(due));
    let sent: Page<Transfer> = ada.get("/transfers").await.ok();
    assert_eq!(sent.items[0].due, None, "taken before");
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn nothing_is_due_for_what_is_free_given_or_given_back(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night")
        .ticket_type("Free", 0, 10)
        .ticket_type("Standing", 2500, 10)
        .create(&app, &olga)
        .await;
    let [free, standing] = event.types[..] else {
        panic!("two types");
    };
    ada.buy(&[(free, 1)]).await.created::<Order>();
    give(&olga, event.id, standing, &[invited("Bob")]).await;
    let order: Order = ada.buy(&[(standing, 1)]).await.created();
    let name = TicketName {
        event_id: event.id,
        number: 3,
    };
    let key = Uuid::new_v4().to_string();
    let body = RefundTickets {
        tickets: vec![name],
    };
    let body = serde_json::to_value(body).expect("json");
    let path = format!("/orders/{}/refunds", order.id);
    let refunded = ada
        .send_json(Method::POST, &path, &[("idempotency-key", &key)], body)
        .await;
    assert_eq!(refunded.status, StatusCode::CREATED);
    assert_eq!(ticket(&ada, &event, 1).await.due, None);
    let of_ada: Page<Ticket> = ada.get("/tickets").await.ok();
    assert!(of_ada.items.iter().all(|ticket| ticket.due.is_none()));
    let guests = guests(&olga, &event).await;
    assert_eq!(guests.len(), 3);
    assert!(guests.iter().all(|guest| guest.due.is_none()));
    assert_sound(&app.db).await;
}
