//! Money back for some tickets of a purchase.

use api::events::EventDetail;
use api::orders::{
    IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, Order, OrderKind, OrderState, OrderSummary,
};
use api::refunds::{NotRefundable, RefundQuote};
use api::tickets::{Ticket, TicketState};
use api::transfers::Transfer;
use api::{Code, Page};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{Answer, EventBuilder, TestApp, TestEvent, TestUser, assert_sound};

/// Tickets of one event, as requests name them.
pub(crate) fn named(event: Uuid, numbers: impl IntoIterator<Item = i32>) -> Value {
    let name = |number| json!({"event_id": event, "number": number});
    json!({"tickets": numbers.into_iter().map(name).collect::<Vec<_>>()})
}

pub(crate) async fn refund(user: &TestUser, order: Uuid, key: Uuid, tickets: &Value) -> Answer {
    let path = format!("/orders/{order}/refunds");
    let key = key.to_string();
    user.send_json(Method::POST, &path, &[(IDEMPOTENCY_KEY, &key)], tickets)
        .await
}

async fn quote(user: &TestUser, order: Uuid, tickets: &Value) -> Answer {
    user.post(&format!("/orders/{order}/refund-quote"), tickets)
        .await
}

/// Someone else accepts a ticket.
pub(crate) async fn gift(event: Uuid, number: i32, from: &TestUser, to: &TestUser) {
    let transfer = send(event, number, from, &to.email).await;
    to.post(&format!("/transfers/{}/accept", transfer.id), ())
        .await
        .ok::<Transfer>();
}

/// Sends a ticket to an address that has not accepted it yet.
async fn send(event: Uuid, number: i32, from: &TestUser, email: &str) -> Transfer {
    let path = format!("/tickets/{event}/{number}/transfers");
    from.post(&path, json!({"email": email})).await.created()
}

/// Lets a ticket in at the door.
pub(crate) async fn check_in(app: &TestApp, event: Uuid, number: i32, by: &TestUser) {
    sqlx::query!(
        "with admitted as (
            insert into check_ins (id, event_id, number, nonce, scanned_by, scanned_at)
            values (gen_random_uuid(), $1, $2, gen_random_uuid(), $3, now())
        )
        update tickets set state = 'checked_in' where event_id = $1 and number = $2",
        event,
        number,
        by.id,
    )
    .execute(&app.db)
    .await
    .expect("admitted");
}

/// Ada has bought some tickets of Olga's, at 25.00 each.
async fn bought(db: PgPool, quantity: i32) -> (TestApp, TestUser, TestUser, TestEvent, Order) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night")
        .ticket_type("Standing", 2500, 100)
        .max_per_order(20)
        .create(&app, &olga)
        .await;
    let order = ada.buy(&[(event.types[0], quantity)]).await.created();
    (app, olga, ada, event, order)
}

#[sqlx::test(migrations = "../migrations")]
async fn five_of_twenty_come_back_at_the_price_paid(db: PgPool) {
    let (app, _olga, ada, event, order) = bought(db, 20).await;
    sqlx::query!("update ticket_types set price = 9900")
        .execute(&app.db)
        .await
        .expect("dearer");
    let some = named(event.id, 3..8);

    let quote: RefundQuote = quote(&ada, order.id, &some).await.ok();
    assert_eq!((quote.tickets.len(), quote.total.amount), (5, 12_500));
    let before: Order = ada.get(&format!("/orders/{}", order.id)).await.ok();
    assert_eq!(before.state, OrderState::Paid, "a quote changes nothing");

    let back: Order = refund(&ada, order.id, Uuid::new_v4(), &some)
        .await
        .created();
    assert_eq!(
        (back.kind, back.total.amount, back.purchase_id),
        (OrderKind::Refund, -12_500, Some(order.id))
    );
    assert_eq!(
        (back.lines[0].quantity, back.lines[0].total.amount),
        (5, -12_500)
    );
    let given_back = back.lines[0].tickets.iter();
    let given_back: Vec<_> = given_back.map(|t| (t.number, t.state)).collect();
    let expected: Vec<_> = (3..8).map(|n| (n, TicketState::Refunded)).collect();
    assert_eq!(given_back, expected);

    let after: Order = ada.get(&format!("/orders/{}", order.id)).await.ok();
    assert_eq!(
        (after.state, after.total.amount, after.refunds.len()),
        (OrderState::PartiallyRefunded, 50_000, 1)
    );
    let dead = after.lines[0]
        .tickets
        .iter()
        .filter(|t| t.state == TicketState::Refunded);
    assert_eq!(dead.map(|t| t.number).collect::<Vec<_>>(), [3, 4, 5, 6, 7]);
    let detail: EventDetail = ada.get(&format!("/events/{}", event.id)).await.ok();
    assert_eq!(
        (detail.summary.left, detail.summary.going, detail.yours),
        (85, 15, 15)
    );
    let ledger: Page<OrderSummary> = ada.get("/orders").await.ok();
    assert_eq!(ledger.items.len(), 2);
    assert_sound(&app.db).await;

    let rest = named(event.id, (1..3).chain(8..21));
    refund(&ada, order.id, Uuid::new_v4(), &rest)
        .await
        .created::<Order>();
    let after: Order = ada.get(&format!("/orders/{}", order.id)).await.ok();
    assert_eq!(after.state, OrderState::Refunded);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn stock_that_comes_back_is_sold_at_once_as_new_tickets(db: PgPool) {
    // The combined path remembers for a moment that it was sold out.
    let app = TestApp::with_flags(db, &["--purchase-path", "plain"]);
    let (olga, ada, bob) = (
        app.user("Olga").await,
        app.user("Ada").await,
        app.user("Bob").await,
    );
    let event = EventBuilder::new("Small")
        .ticket_type("Seat", 1000, 2)
        .max_per_user(2)
        .create(&app, &olga)
        .await;
    let order: Order = ada.buy(&[(event.types[0], 2)]).await.created();
    bob.buy(&[(event.types[0], 1)])
        .await
        .refused(StatusCode::CONFLICT, Code::SoldOut);
    refund(&ada, order.id, Uuid::new_v4(), &named(event.id, [1]))
        .await
        .created::<Order>();
    let again: Order = bob.buy(&[(event.types[0], 1)]).await.created();
    assert_eq!(
        again.lines[0].tickets[0].number, 3,
        "a number is never used again"
    );
    refund(&ada, order.id, Uuid::new_v4(), &named(event.id, [2]))
        .await
        .created::<Order>();
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_refund_is_one_however_often_it_is_sent(db: PgPool) {
    let (app, _olga, ada, event, order) = bought(db, 4).await;
    let key = Uuid::new_v4();
    let two = named(event.id, [1, 2]);
    let first: Order = refund(&ada, order.id, key, &two).await.created();
    let again = refund(&ada, order.id, key, &named(event.id, [2, 1, 2])).await;
    assert_eq!(again.header(IDEMPOTENCY_REPLAYED), Some("true"));
    assert_eq!(again.ok::<Order>(), first);
    refund(&ada, order.id, key, &named(event.id, [3]))
        .await
        .refused(StatusCode::CONFLICT, Code::KeyReused);
    let problem = refund(&ada, order.id, Uuid::new_v4(), &named(event.id, [2, 3]))
        .await
        .refused(StatusCode::CONFLICT, Code::NotRefundable);
    assert_eq!(
        problem.detail,
        "Ticket 2: This ticket has already been refunded."
    );
    let after: Order = ada.get(&format!("/orders/{}", order.id)).await.ok();
    assert_eq!(after.refunds.len(), 1, "all or nothing");
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_refund_over_several_events_has_a_line_for_each(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let night = EventBuilder::new("Night").create(&app, &olga).await;
    let day = EventBuilder::new("Day").create(&app, &olga).await;
    let order: Order = ada
        .buy(&[(night.types[0], 2), (day.types[0], 2)])
        .await
        .created();
    let both = json!({"tickets": [
        {"event_id": day.id, "number": 1}, {"event_id": night.id, "number": 2},
    ]});
    let back: Order = refund(&ada, order.id, Uuid::new_v4(), &both)
        .await
        .created();
    assert_eq!((back.lines.len(), back.total.amount), (2, -5000));
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_discount_comes_back_with_its_ticket_to_the_cent(db: PgPool) {
    let (app, _olga, ada, event, order) = bought(db, 3).await;
    sqlx::query!(
        "with line as (update order_lines set discount = 1000)
        update orders set total = 6500"
    )
    .execute(&app.db)
    .await
    .expect("cheaper");
    let mut back = 0;
    for number in 1..=3 {
        let refunded: Order = refund(&ada, order.id, Uuid::new_v4(), &named(event.id, [number]))
            .await
            .created();
        back -= refunded.total.amount;
    }
    assert_eq!(back, 6500);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn only_the_buyer_asks_and_only_for_their_tickets(db: PgPool) {
    let (app, olga, ada, event, order) = bought(db, 1).await;
    let other: Order = ada.buy(&[(event.types[0], 1)]).await.created();
    let one = named(event.id, [1]);
    let eve = app.user("Eve").await;
    for someone in [&eve, &olga] {
        for answer in [
            quote(someone, order.id, &one).await,
            refund(someone, order.id, Uuid::new_v4(), &one).await,
        ] {
            answer.refused(StatusCode::NOT_FOUND, Code::NotFound);
        }
    }
    quote(&app.stranger(), order.id, &one)
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
    for wrong in [
        named(event.id, [2]),
        named(event.id, [99]),
        named(event.id, []),
    ] {
        refund(&ada, order.id, Uuid::new_v4(), &wrong)
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        quote(&ada, order.id, &wrong)
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    }
    ada.post(&format!("/orders/{}/refunds", order.id), one)
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    let back: Order = refund(&ada, other.id, Uuid::new_v4(), &named(event.id, [2]))
        .await
        .created();
    refund(&ada, back.id, Uuid::new_v4(), &named(event.id, [2]))
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_cannot_be_refunded_says_why(db: PgPool) {
    let (app, olga, ada, event, order) = bought(db, 4).await;
    let bob = app.user("Bob").await;
    check_in(&app, event.id, 2, &olga).await;
    gift(event.id, 3, &ada, &bob).await;
    send(event.id, 4, &ada, "grace@example.com").await;

    let quote: RefundQuote = quote(&ada, order.id, &named(event.id, 1..5)).await.ok();
    let reasons: Vec<_> = quote.tickets.iter().map(|ticket| ticket.refusal).collect();
    assert_eq!(
        reasons,
        [
            None,
            Some(NotRefundable::CheckedIn),
            Some(NotRefundable::Gifted),
            Some(NotRefundable::Sent),
        ]
    );
    assert_eq!(quote.total.amount, 2500);
    for (number, code) in [
        (2, Code::AlreadyCheckedIn),
        (3, Code::NotRefundable),
        (4, Code::TransferPending),
    ] {
        refund(
            &ada,
            order.id,
            Uuid::new_v4(),
            &named(event.id, [1, number]),
        )
        .await
        .refused(StatusCode::CONFLICT, code);
    }
    sqlx::query!("update events set starts_at = now()")
        .execute(&app.db)
        .await
        .expect("begun");
    let problem = refund(&ada, order.id, Uuid::new_v4(), &named(event.id, [1]))
        .await
        .refused(StatusCode::CONFLICT, Code::NotRefundable);
    assert_eq!(
        problem.detail,
        "Ticket 1: The event has started. Only the organizer can refund this ticket now."
    );
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_gifted_ticket_is_refunded_once_it_is_given_back(db: PgPool) {
    let (app, _olga, ada, event, order) = bought(db, 2).await;
    let bob = app.user("Bob").await;
    gift(event.id, 1, &ada, &bob).await;
    let path = format!("/tickets/{}/1", event.id);
    let give_back = format!("{path}/give-back");
    let ask = format!("/orders/{}/give-back-requests", order.id);

    bob.post(&give_back, json!({}))
        .await
        .refused(StatusCode::CONFLICT, Code::Conflict);
    ada.post(&ask, named(event.id, [2]))
        .await
        .refused(StatusCode::CONFLICT, Code::Conflict);
    bob.post(&ask, named(event.id, [1]))
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    for _ in 0..2 {
        let asked = ada.post(&ask, named(event.id, [1])).await;
        assert_eq!(asked.status, StatusCode::NO_CONTENT);
    }
    let held: Ticket = bob.get(&path).await.ok();
    assert_eq!(held.asked_back_by.as_deref(), Some("Ada"));

    ada.post(&give_back, json!({}))
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    let given = bob.post(&give_back, json!({})).await;
    assert_eq!(given.status, StatusCode::NO_CONTENT);
    bob.get(&path)
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    let back: Ticket = ada.get(&path).await.ok();
    assert_ne!(back.code, held.code, "the old code is dead");
    assert_eq!(back.asked_back_by, None);
    assert_sound(&app.db).await;
    refund(&ada, order.id, Uuid::new_v4(), &named(event.id, [1]))
        .await
        .created::<Order>();
    assert_sound(&app.db).await;
}

/// Every ticket is refunded by twenty requests at once, each with a key of its own.
async fn refunded_twenty_times_each(db: PgPool, orders: i32) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Hall")
        .ticket_type("Seat", 700, orders * 10)
        .create(&app, &olga)
        .await;
    let (mut refunded, mut refused) = (0, 0);
    for _ in 0..orders {
        let order: Order = ada.buy(&[(event.types[0], 10)]).await.created();
        let numbers = order.lines[0].tickets.iter().map(|ticket| ticket.number);
        let mut tries = JoinSet::new();
        for number in numbers.flat_map(|number| std::iter::repeat_n(number, 20)) {
            let (ada, event) = (ada.clone(), event.id);
            tries.spawn(async move {
                let one = named(event, [number]);
                refund(&ada, order.id, Uuid::new_v4(), &one).await.status
            });
        }
        while let Some(status) = tries.join_next().await {
            match status.expect("no panic") {
                StatusCode::CREATED => refunded += 1,
                StatusCode::CONFLICT => refused += 1,
                other => panic!("{other}"),
            }
        }
    }
    assert_eq!((refunded, refused), (orders * 10, orders * 190));
    let money = sqlx::query_scalar!(r#"select sum(total)::bigint as "sum!" from orders"#)
        .fetch_one(&app.db)
        .await;
    assert_eq!(money.expect("added up"), 0);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn fifty_tickets_refunded_twenty_times_at_once_are_fifty_refunds(db: PgPool) {
    refunded_twenty_times_each(db, 5).await;
}

#[sqlx::test(migrations = "../migrations")]
#[ignore = "it takes minutes"]
async fn a_thousand_tickets_refunded_twenty_times_at_once_are_a_thousand_refunds(db: PgPool) {
    refunded_twenty_times_each(db, 100).await;
}
