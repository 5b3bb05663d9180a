//! The time zones that an event can be in.

use std::collections::HashSet;

use api::host::HostEvent;
use api::timezones::TimeZone;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::json;
use sqlx::PgPool;

use crate::host::complete;
use crate::support::TestApp;

fn city<'a>(zones: &'a [TimeZone], id: &str) -> &'a str {
    let zone = zones.iter().find(|zone| zone.id == id);
    &zone.unwrap_or_else(|| panic!("no {id}")).city
}

#[sqlx::test(migrations = "../migrations")]
async fn zones_are_called_after_cities_in_the_language_of_who_asks(db: PgPool) {
    let app = TestApp::new(db);
    let stranger = app.stranger();
    let english: Vec<TimeZone> = stranger.get("/time-zones?language=en").await.ok();
    let german: Vec<TimeZone> = stranger.get("/time-zones?language=de").await.ok();
    for (id, in_english, in_german) in [
        ("Europe/Berlin", "Berlin", "Berlin"),
        ("Asia/Tokyo", "Tokyo", "Tokio"),
        ("Europe/Vienna", "Vienna", "Wien"),
        ("Asia/Kolkata", "Kolkata", "Kalkutta"),
        ("UTC", "UTC", "UTC"),
    ] {
        assert_eq!(city(&english, id), in_english);
        assert_eq!(city(&german, id), in_german);
    }
    let headers = [("accept-language", "de-AT")];
    let asked = stranger
        .send(Method::GET, "/time-zones", &headers, Body::empty())
        .await;
    assert_eq!(asked.ok::<Vec<TimeZone>>(), german);
    let tag = [("if-none-match", asked.header("etag").expect("a tag"))];
    let again = stranger
        .send(Method::GET, "/time-zones?language=de", &tag, Body::empty())
        .await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
}

#[sqlx::test(migrations = "../migrations")]
async fn each_zone_is_listed_once_by_its_name_of_today(db: PgPool) {
    let app = TestApp::new(db);
    let zones: Vec<TimeZone> = app.stranger().get("/time-zones").await.ok();
    let ids: HashSet<&str> = zones.iter().map(|zone| zone.id.as_str()).collect();
    assert_eq!(ids.len(), zones.len());
    assert!((300..480).contains(&zones.len()), "{}", zones.len());
    for former in [
        "Asia/Calcutta",
        "Asia/Katmandu",
        "Asia/Saigon",
        "Europe/Kiev",
        "America/Buenos_Aires",
        "US/Eastern",
        "Etc/GMT+1",
    ] {
        assert!(!ids.contains(former), "{former}");
    }
    let is_alias = |zone: &&TimeZone| zone.aliases.iter().any(|alias| alias == "Asia/Calcutta");
    let found: Vec<_> = zones.iter().filter(is_alias).map(|zone| &zone.id).collect();
    assert_eq!(found, ["Asia/Kolkata"]);
    for zone in &zones {
        assert!(!zone.city.contains(['_', '/']), "{zone:?}");
        assert!(
            zone.aliases
                .iter()
                .all(|alias| !ids.contains(alias.as_str()))
        );
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_event_is_kept_by_the_name_of_today(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let mut event = complete();
    event["timezone"] = json!("Asia/Calcutta");
    let event: HostEvent = olga.post("/host/events", event).await.created();
    assert_eq!(event.timezone, "Asia/Kolkata");
    let path = format!("/host/events/{}", event.id);
    let changed = olga.patch(&path, json!({"timezone": "Europe/Kiev"})).await;
    assert_eq!(changed.ok::<HostEvent>().timezone, "Europe/Kyiv");
}
