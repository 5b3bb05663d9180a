//! What emails say of when an event is, and what they put into calendars.

use api::host::HostEvent;
use api::orders::Order;
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use crate::refunds::{named, refund};
use crate::support::{EventBuilder, Inbox, Letter, TestApp};

/// The text with usual spaces, a line each.
fn lines(letter: &Letter) -> Vec<String> {
    let text = letter.text.replace(['\u{a0}', '\u{202f}'], " ");
    text.lines().map(str::to_owned).collect()
}

fn calendar(letter: &Letter) -> String {
    String::from_utf8(letter.file("event.ics").to_vec()).expect("text")
}

/// What follows `name:` in a calendar file.
#[track_caller]
fn value<'a>(calendar: &'a str, name: &str) -> &'a str {
    let mut lines = calendar.lines();
    let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    value.unwrap_or_else(|| panic!("no {name} in {calendar}"))
}

#[sqlx::test(migrations = "../migrations")]
async fn a_festival_over_days_is_told_with_its_end(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let (olga, ada) = (app.user("Olga").await, app.german("Ada").await);
    let event = EventBuilder::new("Fest")
        .starts_at("2031-07-04T10:00:00Z".parse().expect("a time"))
        .create(&app, &olga)
        .await;
    let path = format!("/host/events/{}", event.id);
    let long = json!({"ends_at": "2031-07-06T20:00:00Z"});
    olga.patch(&path, long).await.ok::<HostEvent>();
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    let letters = inbox.fetch(&app).await;
    let bought = letters.iter().find(|of| of.to.contains(&ada.email));
    let lines = lines(bought.expect("a confirmation"));
    let when = "Freitag, 4. Juli 2031 um 12:00 Uhr bis Sonntag, 6. Juli 2031 um 22:00 Uhr \
        (Ortszeit Berlin)";
    assert!(lines.iter().any(|line| line.ends_with(when)), "{lines:?}");

    // Where both are told, a new end is not told once more.
    inbox.fetch(&app).await;
    let longer = json!({"ends_at": "2031-07-07T20:00:00Z"});
    olga.patch(&path, longer).await.ok::<HostEvent>();
    let moved = inbox.fetch_one(&app).await;
    assert_eq!(moved.text.matches("7. Juli").count(), 1, "{}", moved.text);
    assert_eq!(moved.text.matches("6. Juli").count(), 1, "{}", moved.text);
}

#[sqlx::test(migrations = "../migrations")]
async fn each_line_of_an_order_stands_with_its_event(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let night = EventBuilder::new("Night").create(&app, &olga).await;
    let day = EventBuilder::new("Day").create(&app, &olga).await;
    let both = [(night.types[0], 1), (day.types[0], 2)];
    let order: Order = ada.buy(&both).await.created();
    let in_order = |letter: &Letter, wanted: &[&str]| {
        let lines = lines(letter);
        let place = |wanted: &&str| {
            let place = lines.iter().position(|line| line.starts_with(wanted));
            place.unwrap_or_else(|| panic!("no {wanted} in {lines:#?}"))
        };
        assert!(wanted.iter().map(place).is_sorted(), "{lines:#?}");
    };
    let first = order.lines[0].event.title.clone();
    let (one, other) = match first.as_str() {
        "Night" => (["Event: Night", "1 × "], ["Event: Day", "2 × "]),
        _ => (["Event: Day", "2 × "], ["Event: Night", "1 × "]),
    };
    let wanted = [one[0], one[1], other[0], other[1], "Pay at the door: €75"];
    in_order(&inbox.fetch_one(&app).await, &wanted);

    let back = named(day.id, [1, 2]);
    refund(&ada, order.id, Uuid::new_v4(), &back)
        .await
        .created::<Order>();
    let letter = inbox.fetch_one(&app).await;
    assert!(letter.subject.ends_with(": Day"), "{}", letter.subject);
    in_order(&letter, &["Event: Day", "2 × ", "Total: "]);
    assert!(!letter.text.contains("Night"), "{}", letter.text);
}

/// Calendars take the file with the higher number, and take out what was cancelled.
#[sqlx::test(migrations = "../migrations")]
async fn calendars_follow_an_event_until_it_is_cancelled(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    let bought = calendar(&inbox.fetch_one(&app).await);
    let path = format!("/host/events/{}", event.id);
    let change = async |change| olga.patch(&path, change).await.ok::<HostEvent>();
    // What calendars do not show changes nothing.
    change(json!({"description": "Louder."})).await;
    change(json!({"venue": "Barn"})).await;
    let moved = calendar(&inbox.fetch_one(&app).await);
    let cancel = olga.post(&format!("{path}/cancel"), json!({})).await;
    cancel.ok::<HostEvent>();
    let cancelled = calendar(&inbox.fetch_one(&app).await);

    let uid = format!("{}@box-office", event.id);
    for file in [&bought, &moved, &cancelled] {
        assert_eq!(value(file, "UID"), uid);
    }
    let of = |name| [&bought, &moved, &cancelled].map(|file| value(file, name).to_owned());
    assert_eq!(of("METHOD"), ["PUBLISH", "PUBLISH", "CANCEL"]);
    assert_eq!(of("STATUS"), ["CONFIRMED", "CONFIRMED", "CANCELLED"]);
    let sequence = of("SEQUENCE").map(|number| number.parse::<i64>().expect("a number"));
    assert_eq!(
        [sequence[1] - sequence[0], sequence[2] - sequence[1]],
        [1, 1]
    );
}
