//! The door: what the tests share.

mod due;
mod offline;
mod roles;
mod scans;
mod storm;

use api::door::{CheckIn, Door};
use api::tickets::Ticket;
use chrono::{Duration, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, EventBuilder, TestApp, TestEvent, TestUser};

/// An event whose doors are open.
pub(crate) async fn tonight(app: &TestApp, organizer: &TestUser) -> TestEvent {
    EventBuilder::new("Night")
        .starts_at(Utc::now() + Duration::hours(1))
        .create(app, organizer)
        .await
}

pub(crate) fn path(event: &TestEvent) -> String {
    format!("/host/events/{}/check-ins", event.id)
}

pub(super) async fn door(staff: &TestUser, event: &TestEvent) -> Door {
    staff
        .get(&format!("/host/events/{}/door", event.id))
        .await
        .ok()
}

/// What the holder shows.
pub(super) async fn ticket(holder: &TestUser, event: &TestEvent, number: i32) -> Ticket {
    holder
        .get(&format!("/tickets/{}/{number}", event.id))
        .await
        .ok()
}

pub(super) async fn code(holder: &TestUser, event: &TestEvent, number: i32) -> String {
    ticket(holder, event, number).await.code.expect("a code")
}

pub(super) fn scan_of(code: &str) -> Value {
    json!({"nonce": Uuid::new_v4(), "code": code, "gate": "Gate A"})
}

pub(crate) async fn send(staff: &TestUser, event: &TestEvent, scan: &Value) -> Answer {
    staff.post(&path(event), scan).await
}

/// Scans `code` anew.
pub(super) async fn scan(staff: &TestUser, event: &TestEvent, code: &str) -> CheckIn {
    send(staff, event, &scan_of(code)).await.ok()
}
