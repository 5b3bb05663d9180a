//! Events as their organizers see and make them: what the tests share.

mod access;
mod change;
mod course;
mod cover;
mod create;
mod guests;
mod promo_codes;
mod sales;
mod staff;

use api::host::HostEvent;
use chrono::{Duration, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, TestApp, TestUser};

/// What an organizer sends to make an event that could be published.
pub(crate) fn complete() -> Value {
    let starts_at = Utc::now() + Duration::days(10);
    json!({
        "title": "  Night   of the Harp ",
        "description": "Strings.\r\nMore strings.\n",
        "venue": "Kulturhaus",
        "address": "Lange Straße 1",
        "city": "Berlin",
        "starts_at": starts_at,
        "ends_at": starts_at + Duration::hours(3),
        "timezone": "Europe/Berlin",
        "currency": "EUR",
        "max_per_user": 8,
        "ticket_types": [
            {"name": "Standing", "price": 2500, "capacity": 200, "max_per_order": 6},
            {"name": "Balcony", "description": "Seats", "price": 4000, "capacity": 40, "max_per_order": 4},
        ],
    })
}

pub(super) async fn draft(organizer: &TestUser) -> HostEvent {
    organizer.post("/host/events", complete()).await.created()
}

pub(crate) async fn act(user: &TestUser, event: Uuid, action: &str) -> Answer {
    user.post(&format!("/host/events/{event}/{action}"), json!({}))
        .await
}

pub(crate) fn path(event: Uuid) -> String {
    format!("/host/events/{event}")
}

/// Makes `user`, who owns their address, staff of `event`.
pub(crate) async fn employ(app: &TestApp, event: Uuid, user: &TestUser, role: &str) {
    sqlx::query!(
        "with verified as (
            update users set email_verified_at = now() where id = $3 and email_verified_at is null
        )
        insert into event_staff (id, event_id, email, role)
        select $1, $2, email, $4 from users where id = $3",
        Uuid::now_v7(),
        event,
        user.id,
        role,
    )
    .execute(&app.db)
    .await
    .expect("new staff");
}
