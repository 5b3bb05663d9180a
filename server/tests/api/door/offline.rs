//! Scanners without a network, and what they bring once they have one.

use api::Code;
use api::code::{TicketCode, VerifyingKey};
use api::door::{Synced, Verdict, judge};
use api::orders::Order;
use api::tickets::TicketState;
use axum::http::StatusCode;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use super::{code, door, path, scan, tonight};
use crate::support::{TestApp, TestEvent, TestUser, assert_sound};

fn offline(code: &str, at: DateTime<Utc>, gate: &str) -> Value {
    let scan = json!({"nonce": Uuid::new_v4(), "code": code, "gate": gate});
    json!({"scan": scan, "at": at, "let_in": true})
}

async fn sync(staff: &TestUser, event: &TestEvent, scans: &[&Value]) -> Synced {
    staff
        .post(&format!("{}/sync", path(event)), json!({"scans": scans}))
        .await
        .ok()
}

#[sqlx::test(migrations = "../migrations")]
async fn the_list_is_enough_to_judge_a_code(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = tonight(&app, &olga).await;
    ada.buy(&[(event.types[0], 2)]).await.created::<Order>();
    let door = door(&olga, &event).await;
    let key: [u8; 32] = data_encoding::HEXLOWER
        .decode(door.public_key.as_bytes())
        .expect("hexadecimal")
        .try_into()
        .expect("32 bytes");
    let key = VerifyingKey::from_bytes(&key).expect("a key");
    let shown = super::ticket(&ada, &event, 2).await;
    let code = TicketCode::verify(&shown.code.expect("a code"), &key).expect("signed");
    let ticket = &door.tickets[1];
    assert_eq!(
        (ticket.number, ticket.holder.as_deref()),
        (code.number, Some("Ada"))
    );
    let short = format!("{}-{}", ticket.number, ticket.check);
    assert_eq!(Some(short), shown.short_code);
    let verdict = judge(&door.event, ticket, Some(code.version), Utc::now());
    assert_eq!(verdict, Verdict::Valid);
}

#[sqlx::test(migrations = "../migrations")]
async fn each_scan_is_kept_once_and_double_entries_are_told(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = tonight(&app, &olga).await;
    ada.buy(&[(event.types[0], 3)]).await.created::<Order>();
    let (one, two) = (code(&ada, &event, 1).await, code(&ada, &event, 2).await);
    let at = Utc::now() - Duration::minutes(30);

    // Two gates without a network let the same ticket in.
    let (first, good) = (offline(&one, at, "A"), offline(&two, at, "A"));
    let second = offline(&one, at + Duration::minutes(1), "B");
    let told = sync(&olga, &event, &[&first, &good]).await;
    assert_eq!(told.answers[0].verdict, Verdict::Valid);
    assert_eq!(told.answers[1].verdict, Verdict::Valid);
    let double = sync(&olga, &event, &[&second]).await;
    assert_eq!(double.answers[0].verdict, Verdict::AlreadyUsed);
    let used = double.answers[0].used.clone().expect("used");
    assert_eq!(used.gate, "A");

    // The answer got lost, so all is brought again, twice in one request.
    let again = sync(&olga, &event, &[&first, &first, &good, &second]).await;
    assert_eq!(
        again.answers[..2],
        [told.answers[0].clone(), told.answers[0].clone()]
    );
    assert_eq!(again.answers[3], double.answers[0]);
    let kept = sqlx::query_scalar!("select count(*) from scans")
        .fetch_one(&app.db)
        .await;
    assert_eq!(kept.expect("counted"), Some(3));

    let door = door(&olga, &event).await;
    let disputed: Vec<_> = door
        .disputed
        .iter()
        .map(|entry| {
            (
                entry.gate.as_str(),
                entry.answer.number,
                entry.answer.verdict,
            )
        })
        .collect();
    assert_eq!(disputed, [("B", Some(1), Verdict::AlreadyUsed)]);
    let states: Vec<_> = door.tickets.iter().map(|ticket| ticket.state).collect();
    use TicketState::{CheckedIn, Valid};
    assert_eq!(states, [CheckedIn, CheckedIn, Valid]);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_dead_ticket_let_in_offline_stays_dead(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = tonight(&app, &olga).await;
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    let shown = code(&ada, &event, 1).await;
    sqlx::query!(
        "with dead as (update tickets set state = 'revoked'),
            free as (delete from ticket_user),
            stock as (update ticket_types set sold = 0)
        insert into revoked_tickets (event_id, number, revoked_by, reason) values ($1, 1, $2, 'x')",
        event.id,
        olga.id,
    )
    .execute(&app.db)
    .await
    .expect("revoked");
    let told = sync(&olga, &event, &[&offline(&shown, Utc::now(), "A")]).await;
    assert_eq!(told.answers[0].verdict, Verdict::Revoked);
    assert_eq!(door(&olga, &event).await.disputed.len(), 1);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_fast_clock_admits_nobody_in_the_future(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = tonight(&app, &olga).await;
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    let shown = code(&ada, &event, 1).await;
    let ahead = offline(&shown, Utc::now() + Duration::hours(9), "A");
    let told = sync(&olga, &event, &[&ahead]).await;
    let used = told.answers[0].used.clone().expect("let in");
    assert!(used.at <= Utc::now() + Duration::seconds(5), "{used:?}");
    let online = scan(&olga, &event, &shown).await;
    assert_eq!(online.verdict, Verdict::AlreadyUsed);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn too_many_scans_at_once_are_refused(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = tonight(&app, &olga).await;
    let scans: Vec<Value> = (0..101).map(|_| offline("x", Utc::now(), "A")).collect();
    olga.post(&format!("{}/sync", path(&event)), json!({"scans": scans}))
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
}

/// Whatever one scan is, the others are synced, and it has an answer of its own.
#[sqlx::test(migrations = "../migrations")]
async fn no_scan_keeps_another_from_being_synced(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = tonight(&app, &olga).await;
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    let good = offline(&code(&ada, &event, 1).await, Utc::now(), "A");
    let of = |scan: Value| json!({"scan": scan, "at": Utc::now(), "let_in": false});
    let nonce = Uuid::new_v4;
    let unusable = [
        of(json!({"nonce": nonce(), "code": "x".repeat(301), "gate": "A"})),
        of(json!({"nonce": nonce(), "code": "\u{1f39f}".repeat(2_000)})),
        of(json!({"nonce": nonce(), "code": "BO1\0\0", "gate": "\0\0"})),
        of(json!({"nonce": nonce(), "code": ""})),
        of(json!({"nonce": nonce(), "code": "12-\0"})),
        of(json!({"nonce": nonce()})),
        of(json!({"nonce": nonce(), "code": "1-AAAAAA", "number": 1})),
        of(json!({"nonce": nonce(), "number": 0})),
        of(json!({"nonce": nonce(), "number": -1})),
        of(json!({"nonce": nonce(), "number": i32::MAX})),
        of(json!({"nonce": nonce(), "number": 4_000_000_000_u64})),
        of(json!({"nonce": nonce(), "number": "1"})),
        of(json!({"nonce": nonce(), "code": 7, "gate": ["A"]})),
        of(json!({"nonce": Uuid::nil(), "code": "x", "colour": "red"})),
        of(json!({"nonce": "a nonce", "code": "x"})),
        of(json!({"code": "x"})),
        json!({"scan": {"nonce": nonce(), "code": "x"}}),
        json!({"scan": {"nonce": nonce(), "code": "x"}, "at": "today", "let_in": "yes"}),
        json!({"scan": null}),
        json!({}),
        json!(null),
        json!([]),
        json!("scan"),
    ];
    let mut scans: Vec<&Value> = unusable.iter().collect();
    scans.push(&good);
    for _ in 0..2 {
        let synced = sync(&olga, &event, &scans).await;
        assert_eq!(synced.answers.len(), scans.len());
        for (scan, answer) in unusable.iter().zip(&synced.answers) {
            assert_eq!(answer.verdict, Verdict::NotATicket, "{scan}");
            let nonce = scan["scan"]["nonce"]
                .as_str()
                .and_then(|id| id.parse().ok());
            assert_eq!(answer.nonce, nonce.unwrap_or(Uuid::nil()), "{scan}");
        }
        let last = &synced.answers[scans.len() - 1];
        assert_eq!((last.verdict, last.number), (Verdict::Valid, Some(1)));
    }
    // Who was let in with something that cannot be read is told, whatever it was.
    let let_in = json!({"scan": {"nonce": nonce(), "code": "x".repeat(301)}, "let_in": true});
    sync(&olga, &event, &[&let_in]).await;
    let disputed = door(&olga, &event).await.disputed;
    assert_eq!(disputed.len(), 1);
    assert_eq!(disputed[0].answer.verdict, Verdict::NotATicket);
    assert_sound(&app.db).await;
}

/// A ticket that was let in counts, whatever the scanner says of the place and the time.
#[sqlx::test(migrations = "../migrations")]
async fn an_odd_gate_or_time_does_not_undo_an_admission(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = tonight(&app, &olga).await;
    ada.buy(&[(event.types[0], 8)]).await.created::<Order>();
    let now = Utc::now().to_rfc3339();
    let forty = "g".repeat(40);
    for (number, (gate, at, kept)) in [
        ("g".repeat(41), json!(now), forty.as_str()),
        ("g".repeat(60_000), json!(now), forty.as_str()),
        ("Gate\0 \nA".to_owned(), json!(now), "Gate A"),
        ("A".to_owned(), json!("+99999-01-01T00:00:00Z"), "A"),
        ("A".to_owned(), json!("9999-12-31T23:59:60Z"), "A"),
        ("A".to_owned(), json!("+300000-01-01T00:00:00Z"), "A"),
        ("A".to_owned(), json!(1_800_000_000_u64), "A"),
        ("A".to_owned(), json!(null), "A"),
    ]
    .into_iter()
    .enumerate()
    {
        let number = i32::try_from(number).expect("few") + 1;
        let code = code(&ada, &event, number).await;
        let scan = json!({"nonce": Uuid::new_v4(), "code": code, "gate": gate});
        let scan = json!({"scan": scan, "at": at, "let_in": true});
        let answer = sync(&olga, &event, &[&scan]).await.answers.remove(0);
        assert_eq!(answer.verdict, Verdict::Valid, "{at}");
        let used = answer.used.expect("let in");
        assert_eq!(used.gate, kept);
        assert!(used.at <= Utc::now() + Duration::seconds(5), "{used:?}");
    }
    let scan = json!({"nonce": Uuid::new_v4(), "code": "x"});
    let before = json!({"scan": scan, "at": "-5000-01-01T00:00:00Z"});
    let answer = sync(&olga, &event, &[&before]).await.answers.remove(0);
    assert_eq!(answer.verdict, Verdict::NotATicket);
    assert_eq!(door(&olga, &event).await.disputed, []);
    assert_sound(&app.db).await;
}
