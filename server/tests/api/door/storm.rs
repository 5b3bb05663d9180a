//! Many scanners at once.

use api::code::TicketCode;
use api::door::{CheckIn, SYNC_MAX, Synced, Verdict};
use api::orders::Order;
use chrono::Utc;
use serde_json::json;
use sqlx::PgPool;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{path, scan, tonight};
use crate::support::{EventBuilder, TestApp, TestEvent, TestUser, assert_sound};

const SCANNERS: usize = 5;

/// The codes of tickets 1 to `count`, as their holders would show them.
fn codes(event: &TestEvent, count: i32) -> Vec<String> {
    let sign = |number| {
        let code = TicketCode {
            event: event.id,
            number,
            version: 1,
        };
        code.sign(&TestEvent::SEED).code
    };
    (1..=count).map(sign).collect()
}

async fn admissions(app: &TestApp) -> i64 {
    let count = sqlx::query_scalar!("select count(*) from check_ins where undone_at is null");
    let count = count.fetch_one(&app.db).await.expect("counted");
    count.unwrap_or_default()
}

/// Everyone is at every gate: each of the five scanners scans all 10,000 tickets.
#[sqlx::test(migrations = "../migrations")]
async fn ten_thousand_tickets_at_five_scanners_are_ten_thousand_admissions(db: PgPool) {
    const TICKETS: i32 = 10_000;
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Stadium")
        .starts_at(Utc::now())
        .ticket_type("Standing", 0, TICKETS)
        .max_per_order(100)
        .create(&app, &olga)
        .await;
    for _ in 0..TICKETS / 100 {
        ada.buy(&[(event.types[0], 100)]).await.created::<Order>();
    }
    let codes = codes(&event, TICKETS);
    let mut scanners = JoinSet::new();
    for gate in 0..SCANNERS {
        let (olga, event, mut codes) = (olga.clone(), event.clone(), codes.clone());
        codes.rotate_left(gate * 37);
        scanners.spawn(async move { scan_all(&olga, &event, gate, &codes).await });
    }
    let told = scanners.join_all().await;
    assert_eq!(told.iter().map(|(valid, _)| valid).sum::<usize>(), 10_000);
    assert_eq!(told.iter().map(|(_, used)| used).sum::<usize>(), 40_000);
    assert_eq!(admissions(&app).await, 10_000);
    assert_sound(&app.db).await;
}

/// How many were let in, and how many were in already.
async fn scan_all(
    staff: &TestUser,
    event: &TestEvent,
    gate: usize,
    codes: &[String],
) -> (usize, usize) {
    let (mut valid, mut used) = (0, 0);
    for batch in codes.chunks(SYNC_MAX) {
        let scans = batch.iter().map(|code| {
            let scan = json!({"nonce": Uuid::new_v4(), "code": code, "gate": gate.to_string()});
            json!({"scan": scan, "at": Utc::now(), "let_in": false})
        });
        let scans: Vec<_> = scans.collect();
        let answer = staff
            .post(&format!("{}/sync", path(event)), json!({"scans": scans}))
            .await;
        for CheckIn { verdict, .. } in answer.ok::<Synced>().answers {
            match verdict {
                Verdict::Valid => valid += 1,
                Verdict::AlreadyUsed => used += 1,
                other => panic!("{other:?}"),
            }
        }
    }
    (valid, used)
}

#[sqlx::test(migrations = "../migrations")]
async fn one_ticket_at_five_scanners_at_once_is_one_admission(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = tonight(&app, &olga).await;
    ada.buy(&[(event.types[0], 10)]).await.created::<Order>();
    let mut scanners = JoinSet::new();
    for code in codes(&event, 10) {
        for _ in 0..SCANNERS {
            let (olga, event, code) = (olga.clone(), event.clone(), code.clone());
            scanners.spawn(async move { scan(&olga, &event, &code).await.verdict });
        }
    }
    let verdicts = scanners.join_all().await;
    let valid = verdicts.iter().filter(|told| **told == Verdict::Valid);
    assert_eq!(valid.count(), 10);
    assert_eq!(admissions(&app).await, 10);
    assert_sound(&app.db).await;
}
