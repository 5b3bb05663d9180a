//! What letters say, in the language of who reads them.

use std::sync::Arc;

use api::orders::{Order, OrderState};
use api::transfers::Transfer;
use api::users::{Session, User};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::json;
use server::mail::{self, Transport};
use server::orders::pending::settle;
use sqlx::PgPool;
use uuid::Uuid;

use crate::comps::{give_again, invited};
use crate::payments::SlowBank;
use crate::refunds::{named, refund};
use crate::support::{
    EventBuilder, Inbox, Letter, SmtpServer, TestApp, TestEvent, TestUser, assert_sound,
};
use crate::waiting::join;

/// What stands in no German letter.
const ENGLISH: [&str; 9] = [
    "Hi ",
    "Thank",
    " is ",
    "ticket ",
    "View ",
    "When:",
    "Total",
    "time)",
    "lang=\"en\"",
];

#[track_caller]
fn assert_german(letter: &Letter) {
    for text in [&letter.subject, &letter.text, &letter.html] {
        for english in ENGLISH {
            assert!(!text.contains(english), "{english:?} in {text}");
        }
    }
    assert!(
        letter.html.contains("<html lang=\"de\">"),
        "{}",
        letter.html
    );
}

/// Texts have spaces that do not break.
fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

async fn register(app: &TestApp, accepted: &str, locale: Option<&str>) -> Session {
    let body = json!({
        "name": "Ada", "email": "ada@example.com", "password": "correct horse", "locale": locale,
    });
    let headers = [
        ("content-type", "application/json"),
        ("accept-language", accepted),
    ];
    let body = Body::from(body.to_string());
    let stranger = app.stranger();
    let answer = stranger.send(Method::POST, "/auth/register", &headers, body);
    answer.await.created()
}

async fn event(app: &TestApp, organizer: &TestUser, capacity: i32) -> TestEvent {
    EventBuilder::new("Nacht & <Tag>")
        .ticket_type("Parkett", 1234, capacity)
        .create(app, organizer)
        .await
}

#[sqlx::test(migrations = "../migrations")]
async fn who_registers_is_written_to_as_the_browser_asks(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let session = register(&app, "fr;q=0.3, de-AT, en;q=0.5", None).await;
    assert_eq!(session.user.locale, "de-AT");
    let letter = inbox.fetch_one(&app).await;
    assert_eq!(letter.subject, "Bestätige deine E-Mail-Adresse");
    assert!(
        letter.text.contains("Der Link gilt drei Tage."),
        "{letter:?}"
    );
    assert_german(&letter);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_the_app_speaks_counts_for_more_and_can_be_changed(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let session = register(&app, "en-US", Some("de")).await;
    assert_german(&inbox.fetch_one(&app).await);
    let ada = app.signed_in(&session);
    for (wanted, kept, subject) in [
        ("en-GB", "en-GB", "Set a new password"),
        ("tlh", "en", "Set a new password"),
        ("de-CH", "de-CH", "Neues Passwort festlegen"),
    ] {
        let user: User = ada.patch("/me", json!({"locale": wanted})).await.ok();
        assert_eq!(user.locale, kept);
        let body = json!({"email": user.email});
        app.stranger().post("/auth/reset-request", body).await;
        assert_eq!(inbox.fetch_one(&app).await.subject, subject);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_german_confirmation_says_all_of_it(db: PgPool) {
    let server = SmtpServer::start("127.0.0.1:0").await;
    let url = format!("--smtp-url=smtp://{}", server.address);
    let app = TestApp::with_flags(db, &[&url]);
    let transport = Transport::new(&app.state.config).expect("a mail server");
    let (olga, ada) = (app.user("Olga").await, app.german("Ada").await);
    let event = event(&app, &olga, 2000).await;
    sqlx::query!(
        "update events set starts_at = '2031-03-04 19:30+00', ends_at = '2031-03-04 23:00+00'"
    )
    .execute(&app.db)
    .await
    .expect("a day");
    ada.buy(&[(event.types[0], 2)]).await.created::<Order>();
    let sent = mail::deliver_due(&app.state, &transport).await;
    assert_eq!(sent.expect("sent"), 1);
    let letter = server.letters().remove(0);
    assert_german(&letter);
    assert_eq!(letter.subject, "Deine Tickets für Nacht & <Tag>");
    let text = plain(&letter.text);
    for line in [
        "Danke für deine Bestellung. Deine 2 Tickets sind angehängt.",
        "Event: Nacht & <Tag>",
        "Wann: Dienstag, 4. März 2031 um 20:30 Uhr (Ortszeit Berlin)",
        "Wo: Hall, Street 1, Berlin",
        "2 × Parkett: 24,68 €",
        "Am Einlass zahlen: 24,68 €",
        "Deine Tickets ansehen:",
    ] {
        assert!(text.contains(line), "{line:?} in {text}");
        let line = line.split(": ").last().unwrap_or_default();
        let line = line.trim_end_matches(':').replace('&', "&amp;");
        let html = plain(&letter.html);
        assert!(
            html.contains(&line.replace('<', "&lt;").replace('>', "&gt;")),
            "{line:?} in {html}"
        );
    }
    assert!(letter.file("event.ics").starts_with(b"BEGIN:VCALENDAR"));
    let paper = lopdf::Document::load_mem(letter.file("tickets.pdf")).expect("a PDF");
    let pages: Vec<u32> = paper.get_pages().into_keys().collect();
    assert_eq!(pages.len(), 2);
    let paper = paper.extract_text(&pages).expect("text");
    for text in [
        "Dienstag, 4. März 2031 um 20:30 Uhr (Ortszeit",
        "Nummer",
        "Eingelassen wird, wer diesen Code zuerst zeigt. Behalte ihn für dich.",
    ] {
        assert!(paper.contains(text), "{text:?} in {paper}");
    }
    assert!(!paper.contains("Number"), "{paper}");
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_sent_to_a_stranger_is_in_the_senders_language(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let (olga, eve) = (app.user("Olga").await, app.user("Eve").await);
    let ada = app.german("Ada").await;
    let event = event(&app, &olga, 10).await;
    ada.buy(&[(event.types[0], 3)]).await.created::<Order>();
    inbox.fetch(&app).await;
    let send = async |number: i32, email: &str| {
        let path = format!("/tickets/{}/{number}/transfers", event.id);
        ada.post(&path, json!({"email": email}))
            .await
            .created::<Transfer>();
        inbox.fetch_one(&app).await
    };
    let letter = send(1, "new@example.com").await;
    assert_eq!(letter.subject, "Ada hat dir ein Ticket geschickt");
    assert_german(&letter);
    let letter = send(2, &eve.email).await;
    assert_eq!(letter.subject, "Ada sent you a ticket", "Eve reads English");
}

/// One after another what Bob is told.
#[sqlx::test(migrations = "../migrations")]
async fn every_letter_has_german_words(db: PgPool) {
    let app = TestApp::with_flags(db, &["--purchase-path", "plain"]);
    let inbox = Inbox::new();
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let bob = app.german("Bob").await;
    let event = event(&app, &olga, 7).await;
    let hers: Order = ada.buy(&[(event.types[0], 2)]).await.created();
    let order: Order = bob.buy(&[(event.types[0], 4)]).await.created();
    inbox.fetch(&app).await;
    let next = async |subject: &str| {
        let letters = inbox.fetch(&app).await;
        let told = letters
            .iter()
            .filter(|letter| letter.to.contains(&bob.email));
        let [letter] = told.collect::<Vec<_>>()[..] else {
            panic!("{subject}: {letters:?}");
        };
        assert_eq!(plain(&letter.subject), subject);
        assert_german(letter);
    };
    let send = async |from: &TestUser, number: i32, to: &TestUser| {
        let path = format!("/tickets/{}/{number}/transfers", event.id);
        let sent = from.post(&path, json!({"email": to.email})).await;
        sent.created::<Transfer>()
    };
    let answer = async |who: &TestUser, transfer: &Transfer, how: &str| {
        let path = format!("/transfers/{}/{how}", transfer.id);
        who.post(&path, ()).await.ok::<Transfer>();
    };

    let sent = send(&ada, 1, &bob).await;
    next("Ada hat dir ein Ticket geschickt").await;
    answer(&bob, &sent, "accept").await;
    next("Dein Ticket für Nacht & <Tag>").await;
    let path = format!("/orders/{}/give-back-requests", hers.id);
    let asked = ada.post(&path, named(event.id, [1])).await;
    assert_eq!(asked.status, StatusCode::NO_CONTENT);
    next("Ada möchte ein Ticket zurück").await;

    let sent = send(&bob, 3, &ada).await;
    inbox.fetch(&app).await;
    answer(&ada, &sent, "accept").await;
    next(&format!("{} hat 1 Ticket angenommen", ada.email)).await;
    let sent = send(&bob, 4, &ada).await;
    inbox.fetch(&app).await;
    answer(&ada, &sent, "decline").await;
    next(&format!("{} hat 1 Ticket abgelehnt", ada.email)).await;

    let back = refund(&bob, order.id, Uuid::new_v4(), &named(event.id, [4, 5])).await;
    back.created::<Order>();
    next("2 Tickets storniert: Nacht & <Tag>").await;
    let mut guest = invited("Bob");
    guest.email.clone_from(&bob.email);
    give_again(&olga, event.id, event.types[0], &[guest]).await;
    next("Du bist eingeladen: Nacht & <Tag>").await;
    ada.buy(&[(event.types[0], 2)]).await.created::<Order>();
    inbox.fetch(&app).await;
    join(&bob, &event, 1).await;
    let back = refund(&ada, hers.id, Uuid::new_v4(), &named(event.id, [2])).await;
    back.created::<Order>();
    next("Tickets für Nacht & <Tag> sind für dich reserviert").await;

    let cancel = format!("/host/events/{}/cancel", event.id);
    let cancelled = olga.post(&cancel, json!({})).await;
    assert!(cancelled.status.is_success(), "{cancelled:?}");
    let letters = inbox.fetch(&app).await;
    let told = letters
        .iter()
        .filter(|letter| letter.to.contains(&bob.email));
    let told: Vec<String> = told
        .map(|letter| {
            assert_german(letter);
            letter.subject.clone()
        })
        .collect();
    assert!(
        told.contains(&"Abgesagt: Nacht & <Tag>".to_owned()),
        "{told:?}"
    );
    assert_sound(&app.db).await;
}

/// A refund of all of an order of two, and the letter about it.
async fn letter_of_refund(app: &TestApp, price: i64) -> Letter {
    let (inbox, olga) = (Inbox::new(), app.user("Olga").await);
    let ada = app.user("Ada").await;
    let event = EventBuilder::new("Night")
        .ticket_type("Seat", price, 4)
        .create(app, &olga)
        .await;
    let order: Order = ada.buy(&[(event.types[0], 2)]).await.created();
    if order.state == OrderState::Pending {
        let mut transaction = app.db.begin().await.expect("begun");
        settle(&mut transaction, order.id).await.expect("settled");
        transaction.commit().await.expect("committed");
    }
    inbox.fetch(app).await;
    let back = refund(&ada, order.id, Uuid::new_v4(), &named(event.id, [1, 2])).await;
    back.created::<Order>();
    inbox.fetch_one(app).await
}

#[sqlx::test(migrations = "../migrations")]
async fn the_letter_about_a_refund_says_what_was_owed(db: PgPool) {
    let app = TestApp::new(db);
    let letter = letter_of_refund(&app, 1200).await;
    assert_eq!(letter.subject, "2 tickets cancelled: Night");
    assert!(letter.text.contains("Event: Night"), "{letter:?}");
    let owed = "You’ll pay €24 less at the door.";
    assert!(letter.text.contains(owed), "{letter:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn the_letter_about_free_tickets_given_back_speaks_of_no_money(db: PgPool) {
    let app = TestApp::new(db);
    let letter = letter_of_refund(&app, 0).await;
    assert_eq!(letter.subject, "2 tickets cancelled: Night");
    assert!(letter.text.contains("Event: Night"), "{letter:?}");
    let free = "There was nothing to pay for them.";
    assert!(letter.text.contains(free), "{letter:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn the_letter_about_a_refund_says_what_comes_back(db: PgPool) {
    let app = TestApp::with_payments(db, Arc::new(SlowBank));
    let letter = letter_of_refund(&app, 1200).await;
    assert_eq!(letter.subject, "Your refund of €24: Night");
    let back = "€24 is on its way back to you";
    assert!(letter.text.contains(back), "{letter:?}");
}
