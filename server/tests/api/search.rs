//! Looking for events and for guests.

use api::events::EventSummary;
use api::guests::Guest;
use api::orders::Order;
use api::{Code, Page};
use axum::http::StatusCode;
use sqlx::PgPool;

use crate::support::{EventBuilder, TestApp, TestUser};

/// Texts, and how people look for them.
const FOUND: [(&str, &[&str]); 11] = [
    (
        "König der Löwen",
        &[
            "konig",
            "KÖNIG",
            "ko\u{308}nig",
            "lowen der konig",
            "koenig",
            "nig lo",
            "loew",
        ],
    ),
    (
        "Café Müßiggang",
        &["cafe", "mussiggang", "MÜẞIG", "muessig", "müßiggang  café"],
    ),
    ("Smørrebrød & Ærø", &["smorrebrod", "aero", "ÆRØ"]),
    ("Łódź", &["lodz", "ŁÓDŹ", "łód"]),
    (
        "İstanbul Geceleri",
        &["istanbul", "ISTANBUL", "geceleri istan"],
    ),
    (
        "O’Brien’s Rock'n'Roll",
        &["obrien", "o'brien", "O’BRIEN", "rocknroll"],
    ),
    ("Jean‑Paul – Live", &["jean paul", "jean-paul", "live paul"]),
    ("Ёлка на Красной", &["елка", "ЁЛКА", "красной ел"]),
    ("Ｆｕｌｌ Ｗｉｄｔｈ", &["full width", "ｆｕｌｌ"]),
    ("Nai\u{308}ve\u{200b} Art", &["naive", "naïve art"]),
    ("50% Off_\\ Sale", &["50%", "off_\\", "50% sale"]),
];

fn escaped(query: &str) -> String {
    let escape = |byte: u8| format!("%{byte:02x}");
    query.bytes().map(escape).collect()
}

async fn events(app: &TestApp, query: &str) -> Vec<String> {
    let path = format!("/events?limit=100&q={}", escaped(query));
    let page: Page<EventSummary> = app.stranger().get(&path).await.ok();
    page.items.into_iter().map(|event| event.title).collect()
}

async fn guests(asker: &TestUser, event: uuid::Uuid, query: &str) -> Vec<String> {
    let path = format!("/host/events/{event}/guests?limit=100&q={}", escaped(query));
    let page: Page<Guest> = asker.get(&path).await.ok();
    page.items.into_iter().map(|guest| guest.name).collect()
}

#[sqlx::test(migrations = "../migrations")]
async fn events_are_found_without_accents_and_in_any_order(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    for (title, _) in FOUND {
        EventBuilder::new(title)
            .city("Zürich")
            .create(&app, &olga)
            .await;
    }
    for (title, queries) in FOUND {
        for query in queries {
            assert_eq!(events(&app, query).await, [title], "{query}");
        }
    }
    // Words may be of the title and of the place.
    assert_eq!(events(&app, "zurich konig").await, ["König der Löwen"]);
    assert_eq!(events(&app, "ZUERICH  kon").await, ["König der Löwen"]);
    assert_eq!(events(&app, "Zürich").await.len(), FOUND.len());
    for nothing in ["konigin", "konig lodz", "100%", "_"] {
        let found = events(&app, nothing).await;
        assert!(found.len() != 1, "{nothing}: {found:?}");
    }
    assert_eq!(events(&app, "konig lodz").await, [""; 0]);
}

#[sqlx::test(migrations = "../migrations")]
async fn guests_are_found_without_accents_and_in_any_order(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    for (name, _) in FOUND {
        let buyer = app.user("Guest").await;
        sqlx::query!("update users set name = $2 where id = $1", buyer.id, name,)
            .execute(&app.db)
            .await
            .expect("named");
        buyer.buy(&[(event.types[0], 1)]).await.created::<Order>();
    }
    for (name, queries) in FOUND {
        // What begins with a number names a ticket.
        for query in queries.iter().filter(|query| !query.starts_with("50")) {
            let found = guests(&olga, event.id, query).await;
            assert!(found.contains(&name.to_owned()), "{query}: {found:?}");
            assert!(found.len() <= 2, "{query}: {found:?}");
        }
    }
    assert_eq!(guests(&olga, event.id, "konig lodz").await, [""; 0]);
    for code in ["2 - K7QF2M", "2K7QF2M", "2–K7QF2M", "2-K7"] {
        assert_eq!(guests(&olga, event.id, code).await.len(), 1, "{code}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_search_for_what_no_text_has_is_answered(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("König").create(&app, &olga).await;
    assert_eq!(events(&app, "\u{1}konig\u{7}\n").await, ["König"]);
    for all in ["", " ", "\u{1}", "\u{200b}", "'", "-"] {
        assert_eq!(events(&app, all).await, ["König"], "{all:?}");
        assert_eq!(guests(&olga, event.id, all).await, [""; 0]);
    }
    for odd in [
        "\u{fffe}",
        "\u{10ffff}",
        "%",
        "\\",
        "[",
        "(?i)",
        "\u{202e}x",
    ] {
        assert!(events(&app, odd).await.len() <= 1, "{odd:?}");
        guests(&olga, event.id, odd).await;
    }
    let long = "ü".repeat(101);
    let host = format!("/host/events/{}/guests", event.id);
    for path in ["/events", &host] {
        let answer = olga.get(&format!("{path}?q={}", escaped(&long))).await;
        let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        assert_eq!(problem.errors["q"], "Use a shorter search.");
        let answer = olga.get(&format!("{path}?q=a%00b")).await;
        answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        // A byte that is no text.
        let answer = olga.get(&format!("{path}?q=%ff")).await;
        assert!(answer.status.is_success() || answer.status.is_client_error());
    }
}
