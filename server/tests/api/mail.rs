//! Mail is written with what calls for it, and sent once, whatever the mail server does.

use std::sync::Arc;
use std::time::Duration;

use api::orders::Order;
use api::transfers::Transfer;
use serde_json::json;
use server::mail::recipients::Relation;
use server::mail::{self, Mail, Transport};
use server::orders::purchase::lock_stock;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::payments::SlowBank;
use crate::refunds::{named, refund};
use crate::support::{EventBuilder, Inbox, SmtpServer, TestApp, TestUser, assert_sound};

/// An app that sends mail by `server`.
fn by(db: PgPool, server: &SmtpServer) -> (TestApp, Transport) {
    let url = format!("--smtp-url=smtp://{}", server.address);
    let app = TestApp::with_flags(db, &[&url]);
    let transport = Transport::new(&app.state.config).expect("a mail server");
    (app, transport)
}

async fn deliver(app: &TestApp, transport: &Transport) -> usize {
    mail::deliver_due(&app.state, transport)
        .await
        .expect("delivered")
}

async fn buy(app: &TestApp, quantity: i32) -> (TestUser, Order) {
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Rock & <Roll>").create(app, &olga).await;
    let order = ada.buy(&[(event.types[0], quantity)]).await.created();
    (ada, order)
}

/// Makes all mail due that was put off.
async fn wait_is_over(app: &TestApp) {
    sqlx::query!("update jobs set run_at = now() where done_at is null")
        .execute(&app.db)
        .await
        .expect("due");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_purchase_is_confirmed_with_its_tickets(db: PgPool) {
    let server = SmtpServer::start("127.0.0.1:0").await;
    let (app, transport) = by(db, &server);
    let (ada, order) = buy(&app, 2).await;
    assert_eq!(deliver(&app, &transport).await, 1);
    assert_eq!(deliver(&app, &transport).await, 0, "each is sent once");

    let [letter] = &server.letters()[..] else {
        panic!("{:?}", server.letters());
    };
    assert_eq!(letter.subject, "Your tickets for Rock & <Roll>");
    assert!(letter.to.contains(&ada.email), "{letter:?}");
    assert!(letter.text.contains("2 × Standing: €50"), "{letter:?}");
    assert!(
        letter.html.contains("Rock &amp; &lt;Roll&gt;"),
        "{letter:?}"
    );
    assert!(!letter.html.contains("<Roll>"), "{letter:?}");
    assert!(letter.file("tickets.pdf").starts_with(b"%PDF-"));
    let calendar = String::from_utf8_lossy(letter.file("event.ics"));
    let url = format!(
        "URL:http://localhost:8080/events/{}",
        order.lines[0].event.id
    );
    assert!(calendar.replace("\r\n ", "").contains(&url), "{calendar}");
    assert_sound(&app.db).await;
}

/// Letters may be late, as in a rush: what was passed on until then is not enclosed.
#[sqlx::test(migrations = "../migrations")]
async fn a_late_confirmation_is_of_what_the_buyer_still_has(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let (ada, order) = buy(&app, 3).await;
    let event = order.lines[0].event.id;
    let send = async |number: i32| {
        let path = format!("/tickets/{event}/{number}/transfers");
        let sent = ada.post(&path, json!({"email": "bob@example.com"})).await;
        sent.created::<Transfer>();
    };
    let confirm = async |subject: &str| {
        let confirming = Mail::OrderConfirmation { order: order.id };
        let mut connection = app.db.acquire().await.expect("a connection");
        let queued = mail::enqueue(&mut connection, &[confirming]).await;
        queued.expect("queued");
        drop(connection);
        let mut letters = inbox.fetch(&app).await;
        letters.retain(|letter| letter.to.contains(&ada.email) && letter.subject == subject);
        letters.pop().expect("a letter")
    };
    send(1).await;
    let back = refund(&ada, order.id, Uuid::new_v4(), &named(event, [2])).await;
    back.created::<Order>();
    let letter = confirm("Your ticket for Rock & <Roll>").await;
    for line in [
        "Your ticket is attached",
        "3 × Standing: €75",
        "Refund: −€25",
        "Pay at the door: €50",
    ] {
        assert!(letter.text.contains(line), "{line:?} in {letter:?}");
    }
    let paper = lopdf::Document::load_mem(letter.file("ticket.pdf")).expect("a PDF");
    assert_eq!(paper.get_pages().len(), 1);

    send(3).await;
    let letter = confirm("Your order").await;
    assert!(
        letter.text.contains("sent on or cancelled all tickets"),
        "{letter:?}"
    );
    assert!(letter.text.contains("3 × Standing: €75"), "{letter:?}");
    assert!(letter.files.is_empty(), "{letter:?}");
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_replayed_purchase_is_confirmed_once_and_a_refused_one_never(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night")
        .ticket_type("Seat", 0, 2)
        .create(&app, &olga)
        .await;
    let key = Uuid::new_v4();
    for _ in 0..3 {
        ada.buy_with_key(key, &[(event.types[0], 2)]).await;
    }
    ada.buy(&[(event.types[0], 1)]).await;
    let letter = inbox.fetch_one(&app).await;
    assert_eq!(letter.files.len(), 2);
}

/// A batch of orders is one job, so that mail costs a rush next to nothing.
#[sqlx::test(migrations = "../migrations")]
async fn who_bought_in_one_batch_has_a_letter_each(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Hot").create(&app, &olga).await;
    let mut lock = app.db.begin().await.expect("begun");
    lock_stock(&mut lock, &[event.id]).await.expect("locked");
    let mut buyers = tokio::task::JoinSet::new();
    let mut addresses = Vec::new();
    for _ in 0..12 {
        let buyer = app.user("Ada").await;
        addresses.push(buyer.email.clone());
        let standing = event.types[0];
        buyers.spawn(async move { buyer.buy(&[(standing, 1)]).await.created::<Order>() });
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    lock.rollback().await.expect("the sale goes on");
    buyers.join_all().await;
    let jobs = sqlx::query_scalar!(r#"select count(*) as "jobs!" from jobs where kind = 'mail'"#);
    let jobs = jobs.fetch_one(&app.db).await.expect("counted");
    assert!(jobs < 12, "{jobs} jobs for 12 orders");
    let letters = Inbox::new().fetch(&app).await;
    let told = |address: &String| letters.iter().filter(|l| l.to.contains(address)).count();
    assert!(addresses.iter().all(|address| told(address) == 1));
    assert_eq!(letters.len(), 12);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_not_paid_yet_is_confirmed_once_it_is(db: PgPool) {
    let app = TestApp::with_payments(db, Arc::new(SlowBank));
    let inbox = Inbox::new();
    let (_, order) = buy(&app, 1).await;
    assert!(inbox.fetch(&app).await.is_empty());
    let mut transaction = app.db.begin().await.expect("begun");
    let settled = server::orders::pending::settle(&mut transaction, order.id).await;
    assert!(settled.expect("settled"));
    transaction.commit().await.expect("committed");
    let letter = inbox.fetch_one(&app).await;
    assert!(letter.file("ticket.pdf").starts_with(b"%PDF-"));
}

#[sqlx::test(migrations = "../migrations")]
async fn all_is_sent_once_the_mail_server_is_back(db: PgPool) {
    let server = SmtpServer::start("127.0.0.1:0").await;
    let address = server.address.to_string();
    let (app, transport) = by(db, &server);
    drop(server);
    let (ada, order) = buy(&app, 1).await;
    let event = order.lines[0].ticket_type_id;
    ada.buy(&[(event, 1)]).await.created::<Order>();
    assert_eq!(deliver(&app, &transport).await, 2);
    assert_eq!(deliver(&app, &transport).await, 0, "they are put off");

    let server = SmtpServer::start(&address).await;
    wait_is_over(&app).await;
    assert_eq!(deliver(&app, &transport).await, 2);
    wait_is_over(&app).await;
    assert_eq!(deliver(&app, &transport).await, 0);
    assert_eq!(server.letters().len(), 2);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_refusal_for_now_is_tried_again_and_one_for_good_is_not(db: PgPool) {
    let server = SmtpServer::start("127.0.0.1:0").await;
    let (app, transport) = by(db, &server);
    buy(&app, 1).await;
    for (answer, tries) in [("451 later", 1), ("550 nobody here", 1), ("250 ok", 0)] {
        server.refuse(Some(answer));
        assert_eq!(deliver(&app, &transport).await, tries, "{answer}");
        wait_is_over(&app).await;
    }
    assert!(server.letters().is_empty());
    let error = sqlx::query_scalar!("select last_error from jobs");
    let error = error.fetch_one(&app.db).await.expect("a job");
    assert!(error.expect("a reason").contains("nobody here"));
}

#[sqlx::test(migrations = "../migrations")]
async fn two_servers_send_each_letter_once(db: PgPool) {
    let server = SmtpServer::start("127.0.0.1:0").await;
    let (app, transport) = by(db, &server);
    let (ada, _) = buy(&app, 1).await;
    let mails = vec![cancelled(event(&app).await, &ada); 40];
    let mut connection = app.db.acquire().await.expect("a connection");
    mail::enqueue(&mut connection, &mails)
        .await
        .expect("queued");
    drop(connection);
    let all = async || while deliver(&app, &transport).await > 0 {};
    tokio::join!(all(), all(), all());
    let mut ids: Vec<String> = server.letters().into_iter().map(|l| l.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), server.letters().len()), (41, 41));
}

#[sqlx::test(migrations = "../migrations")]
async fn who_waits_for_a_link_does_not_wait_for_everyone_else(db: PgPool) {
    let server = SmtpServer::start("127.0.0.1:0").await;
    let (app, transport) = by(db, &server);
    let (ada, _) = buy(&app, 1).await;
    let event = event(&app).await;
    let mut mails = vec![cancelled(event, &ada); 40];
    mails.push(Mail::PasswordReset {
        email: ada.email.clone(),
    });
    let mut connection = app.db.acquire().await.expect("a connection");
    mail::enqueue(&mut connection, &mails)
        .await
        .expect("queued");
    drop(connection);
    deliver(&app, &transport).await;
    let letters = server.letters();
    let links = letters.iter().filter(|l| l.text.contains("/reset/"));
    assert!(letters.len() < 40);
    assert_eq!(links.count(), 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_buyer_does_not_wait_for_everyone_of_another_event(db: PgPool) {
    let server = SmtpServer::start("127.0.0.1:0").await;
    let (app, transport) = by(db, &server);
    let (ada, _) = buy(&app, 1).await;
    deliver(&app, &transport).await;
    let cancelled = cancelled(event(&app).await, &ada);
    let mut connection = app.db.acquire().await.expect("a connection");
    mail::enqueue(&mut connection, &vec![cancelled; 40])
        .await
        .expect("queued");
    drop(connection);
    buy(&app, 1).await;
    assert_eq!(deliver(&app, &transport).await, 8);
    let letters = server.letters();
    let bought = letters
        .iter()
        .filter(|letter| letter.subject.starts_with("Your ticket"));
    assert_eq!(bought.count(), 2, "{letters:?}");
}

fn cancelled(event: Uuid, to: &TestUser) -> Mail {
    Mail::EventCancelled {
        event,
        email: to.email.clone(),
        relation: Relation::Holder,
    }
}

async fn event(app: &TestApp) -> Uuid {
    let event = sqlx::query_scalar!("select id from events limit 1");
    event.fetch_one(&app.db).await.expect("an event")
}

#[sqlx::test(migrations = "../migrations")]
async fn a_letter_taken_by_a_server_that_was_killed_goes_to_the_next(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    buy(&app, 1).await;
    // Taken and never marked, as a kill leaves it.
    sqlx::query!("update jobs set attempts = 1, run_at = now() + interval '2 minutes'")
        .execute(&app.db)
        .await
        .expect("taken");
    assert!(inbox.fetch(&app).await.is_empty());
    wait_is_over(&app).await;
    inbox.fetch_one(&app).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_letter_that_cannot_be_sent_for_days_is_given_up(db: PgPool) {
    let server = SmtpServer::start("127.0.0.1:0").await;
    server.refuse(Some("451 later"));
    let (app, transport) = by(db, &server);
    buy(&app, 1).await;
    sqlx::query!("update jobs set created_at = now() - interval '5 days'")
        .execute(&app.db)
        .await
        .expect("old");
    assert_eq!(deliver(&app, &transport).await, 1);
    wait_is_over(&app).await;
    assert_eq!(deliver(&app, &transport).await, 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn who_deleted_the_account_gets_no_mail(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    buy(&app, 1).await;
    sqlx::query!(
        "update users set email = null, password_hash = null, deleted_at = now()
        where name = 'Ada'"
    )
    .execute(&app.db)
    .await
    .expect("deleted");
    assert!(inbox.fetch(&app).await.is_empty());
}

#[sqlx::test(migrations = "../migrations")]
async fn the_server_sends_mail_until_it_stops(db: PgPool) {
    let server = SmtpServer::start("127.0.0.1:0").await;
    let (app, transport) = by(db, &server);
    buy(&app, 1).await;
    let stop = CancellationToken::new();
    let post = mail::start(app.state.clone(), transport, stop.clone());
    let sent = async {
        while server.letters().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(5), sent).await;
    in_time.expect("sent at the first look");
    stop.cancel();
    let stopped = tokio::time::timeout(Duration::from_secs(5), post).await;
    stopped.expect("at once").expect("without a panic");
}
