//! Who pays what at the door: anyone who has a ticket pays for it, and nobody else is asked for it.

use api::guests::Guest;
use api::orders::Order;
use api::tickets::Ticket;
use api::transfers::Transfer;
use api::{Money, Page};
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use crate::refunds::{check_in, gift, named, refund};
use crate::support::{EventBuilder, Inbox, TestApp, TestEvent, TestUser, assert_sound};

fn amount(due: Option<Money>) -> i64 {
    due.map_or(0, |due| due.amount)
}

async fn wallet(user: &TestUser) -> Vec<Ticket> {
    let tickets: Page<Ticket> = user.get("/tickets").await.ok();
    tickets.items
}

async fn order(user: &TestUser, id: Uuid) -> Order {
    user.get(&format!("/orders/{id}")).await.ok()
}

async fn send(from: &TestUser, event: &TestEvent, number: i32, email: &str) -> Transfer {
    let path = format!("/tickets/{}/{number}/transfers", event.id);
    from.post(&path, json!({"email": email})).await.created()
}

/// What everyone is asked for, in all places, comes to what the door asks for.
async fn assert_told_once(olga: &TestUser, event: &TestEvent, people: &[(&TestUser, Uuid)]) {
    let path = format!("/host/events/{}/guests", event.id);
    let guests: Page<Guest> = olga.get(&path).await.ok();
    let asked: i64 = guests.items.iter().map(|guest| amount(guest.due)).sum();
    let mut in_wallets = 0;
    for (person, of) in people {
        let tickets = wallet(person).await;
        in_wallets += tickets.iter().map(|t| amount(t.due)).sum::<i64>();
        if of.is_nil() {
            continue;
        }
        let order = order(person, *of).await;
        let bought = tickets.iter().filter(|t| t.order_id == Some(order.id));
        let bought: i64 = bought.map(|t| amount(t.due)).sum();
        assert_eq!(amount(order.due), bought, "{order:?}");
        let lines = order.lines.iter().flat_map(|line| &line.tickets);
        let of_lines: i64 = lines.map(|ticket| amount(ticket.due)).sum();
        assert_eq!(of_lines, bought, "{order:?}");
    }
    assert_eq!(in_wallets, asked);
}

#[sqlx::test(migrations = "../migrations")]
async fn each_ticket_is_paid_for_by_who_has_it_and_by_nobody_else(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let (olga, ada, bob) = (
        app.user("Olga").await,
        app.user("Ada").await,
        app.user("Bob").await,
    );
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let bought: Order = ada.buy(&[(event.types[0], 4)]).await.created();
    assert_eq!(amount(bought.due), 10_000, "as the buyer is answered");
    let people = [(&ada, bought.id), (&bob, Uuid::nil())];
    assert_told_once(&olga, &event, &people).await;

    gift(event.id, 1, &ada, &bob).await;
    send(&ada, &event, 2, "new@example.com").await;
    assert_told_once(&olga, &event, &people).await;
    let of_ada = order(&ada, bought.id).await;
    assert_eq!(amount(of_ada.due), 7500, "not for the ticket that is Bob's");
    let dues: Vec<i64> = of_ada.lines[0]
        .tickets
        .iter()
        .map(|t| amount(t.due))
        .collect();
    assert_eq!(dues, [0, 2500, 2500, 2500]);

    // What is written after the transfer says the same.
    let letters = inbox.fetch(&app).await;
    let told = |email: &str, subject: &str| {
        let is = |l: &&crate::support::Letter| l.to.contains(email) && l.subject.contains(subject);
        let letter = letters
            .iter()
            .find(is)
            .unwrap_or_else(|| panic!("{email} {letters:?}"));
        letter.after("Pay at the door: ").to_owned()
    };
    assert_eq!(told(&ada.email, "Your tickets for Night"), "€75");
    assert_eq!(told(&bob.email, "Your ticket for Night"), "€25");
    assert_eq!(told("new@example.com", "sent you"), "€25");

    check_in(&app, event.id, 3, &olga).await;
    assert_eq!(
        amount(order(&ada, bought.id).await.due),
        5000,
        "one was paid there"
    );
    assert_told_once(&olga, &event, &people).await;
    let back = refund(&ada, bought.id, Uuid::new_v4(), &named(event.id, [4])).await;
    let back: Order = back.created();
    assert_eq!(
        (back.due, amount(order(&ada, bought.id).await.due)),
        (None, 2500)
    );
    assert_told_once(&olga, &event, &people).await;
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_free_or_paid_elsewhere_is_not_due(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night")
        .ticket_type("Free", 0, 10)
        .create(&app, &olga)
        .await;
    let free: Order = ada.buy(&[(event.types[0], 2)]).await.created();
    assert_eq!((free.due, order(&ada, free.id).await.due), (None, None));
    assert!(wallet(&ada).await.iter().all(|ticket| ticket.due.is_none()));
}

/// The ledger keeps what a ticket type was called when it was ordered.
#[sqlx::test(migrations = "../migrations")]
async fn renaming_a_ticket_type_renames_no_order(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let (olga, ada, bob) = (
        app.user("Olga").await,
        app.user("Ada").await,
        app.user("Bob").await,
    );
    let event = EventBuilder::new("Night")
        .ticket_type("Early bird", 2500, 3)
        .create(&app, &olga)
        .await;
    let path = format!("/host/events/{}", event.id);
    let bought: Order = ada.buy(&[(event.types[0], 2)]).await.created();
    let renamed = json!({"ticket_types": [{"id": event.types[0], "name": "Late owl",
        "price": 2500, "capacity": 3, "max_per_order": 3}]});
    olga.patch(&path, renamed)
        .await
        .ok::<api::host::HostEvent>();
    let back = refund(&ada, bought.id, Uuid::new_v4(), &named(event.id, [2])).await;
    let back: Order = back.created();
    let later: Order = bob.buy(&[(event.types[0], 1)]).await.created();

    let name = |order: &Order| order.lines[0].ticket_type.clone();
    assert_eq!(name(&order(&ada, bought.id).await), "Early bird");
    assert_eq!(name(&order(&ada, back.id).await), "Early bird");
    assert_eq!(
        (name(&back), name(&later)),
        ("Early bird".to_owned(), "Late owl".to_owned())
    );
    assert_eq!(name(&order(&bob, later.id).await), "Late owl");
    for letter in inbox.fetch(&app).await {
        let was = letter.to.contains(&ada.email);
        assert_eq!(letter.text.contains("Early bird"), was, "{letter:?}");
        assert_eq!(letter.text.contains("Late owl"), !was, "{letter:?}");
    }
    assert_all_lines_are_named(&app).await;
}

/// Whatever writes a line of an order names its type: gifts and offers of the waiting list too.
#[sqlx::test(migrations = "../migrations")]
async fn every_line_of_an_order_keeps_the_name_of_its_type(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada, bob) = (
        app.user("Olga").await,
        app.user("Ada").await,
        app.user("Bob").await,
    );
    let event = EventBuilder::new("Night")
        .ticket_type("Box", 2500, 2)
        .create(&app, &olga)
        .await;
    let guest = [crate::comps::invited("Grace")];
    crate::comps::give(&olga, event.id, event.types[0], &guest).await;
    let bought: Order = ada.buy(&[(event.types[0], 1)]).await.created();
    let joined = crate::waiting::join(&bob, &event, 1).await;
    assert!(joined.status.is_success(), "{joined:?}");
    let number = bought.lines[0].tickets[0].number;
    refund(&ada, bought.id, Uuid::new_v4(), &named(event.id, [number]))
        .await
        .created::<Order>();
    let lines = sqlx::query_scalar!(r#"select count(*) as "n!" from order_lines"#);
    assert_eq!(lines.fetch_one(&app.db).await.expect("counted"), 4);
    assert_all_lines_are_named(&app).await;
    assert_sound(&app.db).await;
}

async fn assert_all_lines_are_named(app: &TestApp) {
    let nameless = sqlx::query_scalar!(
        r#"select count(*) as "n!" from order_lines where ticket_type_name is null"#
    );
    assert_eq!(nameless.fetch_one(&app.db).await.expect("counted"), 0);
}
