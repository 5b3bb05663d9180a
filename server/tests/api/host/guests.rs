//! Who has an event's tickets, and taking them back.

use api::door::CheckIn;
use api::guests::Guest;
use api::orders::{Order, OrderState, OrderSummary};
use api::tickets::{Ticket, TicketState};
use api::{Code, Page};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use super::employ;
use crate::door::{path, send, tonight};
use crate::refunds::{check_in, gift};
use crate::support::{EventBuilder, Inbox, TestApp, TestUser, assert_sound};

/// Ada has bought two tickets and Bob one.
async fn sold(db: PgPool) -> (TestApp, TestUser, [TestUser; 2], Uuid) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let (ada, bob) = (app.user("Ada").await, app.user("Bob").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    ada.buy(&[(event.types[0], 2)]).await.created::<Order>();
    bob.buy(&[(event.types[0], 1)]).await.created::<Order>();
    (app, olga, [ada, bob], event.id)
}

async fn numbers(asker: &TestUser, event: Uuid, query: &str) -> Vec<i32> {
    let path = format!("/host/events/{event}/guests?q={query}");
    let page: Page<Guest> = asker.get(&path).await.ok();
    page.items.iter().map(|guest| guest.number).collect()
}

#[sqlx::test(migrations = "../migrations")]
async fn guests_are_found_by_name_address_and_code(db: PgPool) {
    let (_app, olga, [ada, bob], event) = sold(db).await;
    let page: Page<Guest> = olga.get(&format!("/host/events/{event}/guests")).await.ok();
    let names: Vec<_> = page.items.iter().map(|guest| guest.name.as_str()).collect();
    assert_eq!(names, ["Ada", "Ada", "Bob"]);
    let first = &page.items[0];
    assert_eq!(
        (first.state, first.email.as_deref(), first.price.amount),
        (TicketState::Valid, Some(ada.email.as_str()), 2500)
    );
    assert_eq!(
        (first.comp, first.waiting, &first.from),
        (false, false, &None)
    );

    let ticket: Ticket = ada.get(&format!("/tickets/{event}/2")).await.ok();
    let code = ticket.short_code.expect("a code");
    for (query, found) in [
        ("aDa", vec![1, 2]),
        (bob.email.as_str(), vec![3]),
        ("2", vec![2]),
        (code.as_str(), vec![2]),
        ("nobody", vec![]),
        ("%25", vec![]),
    ] {
        assert_eq!(numbers(&olga, event, query).await, found, "{query}");
    }
    let path = format!("/host/events/{event}/guests?limit=2");
    let page: Page<Guest> = olga.get(&path).await.ok();
    let cursor = page.next_cursor.expect("another page");
    let page: Page<Guest> = olga.get(&format!("{path}&cursor={cursor}")).await.ok();
    assert_eq!((page.items[0].number, page.next_cursor), (3, None));
}

#[sqlx::test(migrations = "../migrations")]
async fn guests_are_for_staff_and_their_tickets_for_managers(db: PgPool) {
    let (app, olga, [ada, _bob], event) = sold(db).await;
    let door = app.user("Doris").await;
    employ(&app, event, &door, "door").await;
    let guests = format!("/host/events/{event}/guests");
    let actions = ["refund", "revoke"].map(|act| format!("/host/events/{event}/tickets/1/{act}"));
    let bodies = [json!({}), json!({"reason": "Forged"})];

    door.get(&guests).await.ok::<Page<Guest>>();
    ada.get(&guests)
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    let nobody = app.stranger();
    nobody
        .get(&guests)
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
    for (action, body) in actions.iter().zip(&bodies) {
        door.post(action, body)
            .await
            .refused(StatusCode::FORBIDDEN, Code::Forbidden);
        ada.post(action, body)
            .await
            .refused(StatusCode::NOT_FOUND, Code::NotFound);
        nobody
            .post(action, body)
            .await
            .refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
        let missing = action.replace("/1/", "/99/");
        olga.post(&missing, body)
            .await
            .refused(StatusCode::NOT_FOUND, Code::NotFound);
    }
    let untold = olga.post(&actions[1], json!({"reason": " "})).await;
    untold.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_refund_brings_the_organizers_message_to_the_buyer(db: PgPool) {
    let (app, olga, [ada, bob], event) = sold(db).await;
    let inbox = Inbox::new();
    // The buyer is told, not the holder.
    gift(event, 1, &ada, &bob).await;
    inbox.fetch(&app).await;
    let refund = |number: i32| format!("/host/events/{event}/tickets/{number}/refund");
    let message = "Sorry, Ada:\r\nthe <balcony> is closed. ";
    let body = json!({"message": message});
    for _ in 0..2 {
        let guest: Guest = olga.post(&refund(1), &body).await.ok();
        assert_eq!(guest.state, TicketState::Refunded);
    }
    let letter = inbox.fetch_one(&app).await;
    assert!(letter.to.contains(&ada.email), "{letter:?}");
    let text = "Message from the organizer:\r\n\r\n> Sorry, Ada:\r\n> the <balcony> is closed.\r\n";
    let written = letter.text.replace("\r\n", "\n");
    assert!(written.contains(&text.replace("\r\n", "\n")), "{written}");
    assert!(
        letter
            .html
            .contains("Sorry, Ada:<br>the &lt;balcony&gt; is closed."),
        "{}",
        letter.html
    );
    let orders: Page<OrderSummary> = ada.get("/orders").await.ok();
    let order: Order = ada
        .get(&format!("/orders/{}", orders.items[0].id))
        .await
        .ok();
    assert_eq!(
        order.message.as_deref(),
        Some("Sorry, Ada:\nthe <balcony> is closed.")
    );

    // Without a message, and without a body.
    for (number, body) in [
        (2, json!({"message": " \n "}).to_string()),
        (3, String::new()),
    ] {
        let sent = olga
            .send(
                Method::POST,
                &refund(number),
                &[("content-type", "application/json")],
                Body::from(body),
            )
            .await;
        sent.ok::<Guest>();
        let letter = inbox.fetch_one(&app).await;
        assert!(!letter.text.contains("Message from"), "{}", letter.text);
    }
    for (message, field) in [
        ("x".repeat(1001), "message"),
        ("\u{7}".to_owned(), "message"),
    ] {
        let refused = olga.post(&refund(2), json!({"message": message})).await;
        let problem = refused.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        assert!(problem.errors.contains_key(field), "{problem:?}");
    }
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_revoked_ticket_tells_its_holder_why(db: PgPool) {
    let (app, olga, [ada, _bob], event) = sold(db).await;
    let revoke = format!("/host/events/{event}/tickets/1/revoke");
    for reason in ["Resold at a profit", "Something else"] {
        let guest: Guest = olga.post(&revoke, json!({"reason": reason})).await.ok();
        assert_eq!(
            (
                guest.state,
                guest.revoked_because.as_deref(),
                guest.name.as_str()
            ),
            (TicketState::Revoked, Some("Resold at a profit"), "Ada")
        );
    }
    let ticket: Ticket = ada.get(&format!("/tickets/{event}/1")).await.ok();
    assert_eq!(
        (ticket.state, ticket.revoked_because.as_deref(), ticket.code),
        (TicketState::Revoked, Some("Resold at a profit"), None)
    );
    let wallet: Page<Ticket> = ada.get("/tickets").await.ok();
    assert_eq!(wallet.items.len(), 2, "she still sees what became of it");
    let orders: Page<api::orders::OrderSummary> = ada.get("/orders").await.ok();
    assert_eq!(
        orders.items[0].state,
        OrderState::Paid,
        "no money went back"
    );

    olga.post(&format!("/host/events/{event}/tickets/1/refund"), json!({}))
        .await
        .refused(StatusCode::CONFLICT, Code::NotRefundable);
    check_in(&app, event, 2, &olga).await;
    let used = revoke.replace("/1/", "/2/");
    olga.post(&used, json!({"reason": "Late"}))
        .await
        .refused(StatusCode::CONFLICT, Code::AlreadyCheckedIn);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn the_organizer_refunds_tickets_that_were_sent_on_or_used(db: PgPool) {
    let (app, olga, [ada, bob], event) = sold(db).await;
    check_in(&app, event, 1, &olga).await;
    gift(event, 2, &ada, &bob).await;
    for number in [1, 2] {
        let refund = format!("/host/events/{event}/tickets/{number}/refund");
        for _ in 0..2 {
            let guest: Guest = olga.post(&refund, json!({})).await.ok();
            assert_eq!(guest.state, TicketState::Refunded);
        }
    }
    let orders: Page<api::orders::OrderSummary> = ada.get("/orders").await.ok();
    let totals: Vec<i64> = orders
        .items
        .iter()
        .map(|order| order.total.amount)
        .collect();
    assert_eq!(totals, [-2500, -2500, 5000], "the payer is paid back");
    let gone: Ticket = bob.get(&format!("/tickets/{event}/2")).await.ok();
    assert_eq!(gone.state, TicketState::Refunded, "the holder is told");
    olga.post(
        &format!("/host/events/{event}/tickets/1/revoke"),
        json!({"reason": "Late"}),
    )
    .await
    .refused(StatusCode::CONFLICT, Code::Conflict);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn who_is_let_in_from_the_list_can_be_taken_out_again(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = tonight(&app, &olga).await;
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    let guest = async || {
        let guests = format!("/host/events/{}/guests", event.id);
        let page: Page<Guest> = olga.get(&guests).await.ok();
        let guest = page.items.into_iter().next().expect("a guest");
        (guest.state, guest.check_in)
    };
    assert_eq!(guest().await, (TicketState::Valid, None));
    let picked = json!({"nonce": Uuid::new_v4(), "number": 1});
    let answer: CheckIn = send(&olga, &event, &picked).await.ok();
    let check_in = answer.used.expect("an admission").id;
    assert_eq!(guest().await, (TicketState::CheckedIn, Some(check_in)));
    let undone = olga.delete(&format!("{}/{check_in}", path(&event))).await;
    assert_eq!(undone.status, StatusCode::NO_CONTENT);
    assert_eq!(guest().await, (TicketState::Valid, None));
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn the_door_sees_names_and_no_addresses(db: PgPool) {
    let (app, olga, [ada, bob], event) = sold(db).await;
    let door = app.user("Doris").await;
    employ(&app, event, &door, "door").await;
    let send = format!("/tickets/{event}/2/transfers");
    ada.post(&send, json!({"email": "friend@example.com"}))
        .await
        .created::<api::transfers::Transfer>();
    let list = door.get(&format!("/host/events/{event}/guests")).await;
    let text = String::from_utf8_lossy(&list.body).into_owned();
    assert!(!text.contains('@'), "{text}");
    let page: Page<Guest> = list.ok();
    assert_eq!(page.items.len(), 3);
    assert_eq!(numbers(&door, event, "bob").await, [3]);
    for email in [bob.email.as_str(), "friend@example.com"] {
        assert!(numbers(&door, event, email).await.is_empty(), "{email}");
        assert_eq!(numbers(&olga, event, email).await.len(), 1, "{email}");
    }
    let money = async |user: &TestUser| {
        let page: Page<api::host::HostEventSummary> = user.get("/host/events").await.ok();
        page.items[0].due.amount + page.items[0].received.amount
    };
    assert_eq!(money(&door).await, 0);
    assert_eq!(money(&olga).await, 7500);
    door.get(&format!("/host/events/{event}/sales"))
        .await
        .refused(StatusCode::FORBIDDEN, Code::Forbidden);
}
