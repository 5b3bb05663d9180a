//! What a scan is answered with.

use api::Code;
use api::code::TicketCode;
use api::door::{CheckIn, Verdict};
use api::orders::Order;
use api::tickets::TicketState;
use axum::http::StatusCode;
use chrono::{Duration, Utc};
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use super::{code, door, path, scan, scan_of, send, ticket, tonight};
use crate::support::{EventBuilder, TestApp, assert_sound};

#[sqlx::test(migrations = "../migrations")]
async fn a_valid_ticket_is_let_in_once(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = tonight(&app, &olga).await;
    ada.buy(&[(event.types[0], 2)]).await.created::<Order>();
    let shown = code(&ada, &event, 2).await;

    let first = scan(&olga, &event, &shown).await;
    assert_eq!((first.verdict, first.number), (Verdict::Valid, Some(2)));
    assert_eq!(
        (first.holder.as_deref(), first.ticket_type.as_deref()),
        (Some("Ada"), Some("Standing"))
    );
    let second = scan(&olga, &event, &shown).await;
    assert_eq!(second.verdict, Verdict::AlreadyUsed);
    assert_eq!(second.used, first.used);
    assert_eq!(second.used.expect("used").gate, "Gate A");
    let used = ticket(&ada, &event, 2).await;
    assert_eq!(used.state, TicketState::CheckedIn);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_scan_sent_again_gets_the_same_answer(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = tonight(&app, &olga).await;
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    let shown = scan_of(&code(&ada, &event, 1).await);
    let nothing = scan_of("hello");
    for scan in [shown, nothing] {
        let first = send(&olga, &event, &scan).await;
        let again = send(&olga, &event, &scan).await;
        assert_eq!(first.ok::<CheckIn>(), again.ok::<CheckIn>());
    }
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn typed_codes_and_picked_guests(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = tonight(&app, &olga).await;
    ada.buy(&[(event.types[0], 2)]).await.created::<Order>();
    let typed = ticket(&ada, &event, 1).await.short_code.expect("a code");

    let signed = code(&ada, &event, 1).await;

    let wrong = scan(&olga, &event, "1-AAAAAA").await;
    assert_eq!(wrong.verdict, Verdict::NotATicket);
    let answer = scan(&olga, &event, &typed.to_lowercase()).await;
    assert_eq!((answer.verdict, answer.number), (Verdict::Valid, Some(1)));
    let pick = json!({"nonce": Uuid::new_v4(), "number": 2});
    let picked: CheckIn = send(&olga, &event, &pick).await.ok();
    assert_eq!((picked.verdict, picked.number), (Verdict::Valid, Some(2)));
    for retyped in [
        typed.replace('-', " \u{2013} "),
        typed.replace('-', ""),
        signed.to_lowercase(),
    ] {
        let answer = scan(&olga, &event, &retyped).await;
        assert_eq!(answer.verdict, Verdict::AlreadyUsed, "{retyped}");
    }
    let missing = json!({"nonce": Uuid::new_v4(), "number": 3});
    let missing: CheckIn = send(&olga, &event, &missing).await.ok();
    assert_eq!(missing.verdict, Verdict::NotATicket);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_bad_ticket_is_refused_with_the_reason(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = tonight(&app, &olga).await;
    let other = tonight(&app, &olga).await;
    sqlx::query!(
        "update event_keys set seed = $2 where event_id = $1",
        other.id,
        &[3_u8; 32],
    )
    .execute(&app.db)
    .await
    .expect("a key of its own");
    for event in [&event, &other] {
        ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    }
    let shown = code(&ada, &event, 1).await;

    let elsewhere = scan(&olga, &event, &code(&ada, &other, 1).await).await;
    assert_eq!(elsewhere.verdict, Verdict::WrongEvent);
    let forged = TicketCode {
        event: other.id,
        number: 1,
        version: 1,
    };
    let forged = scan(&olga, &event, &forged.sign(&[8; 32]).code).await;
    assert_eq!(forged.verdict, Verdict::NotATicket);

    for (change, verdict) in [
        (
            "update tickets set code_version = 2",
            Verdict::Transferred,
        ),
        (
            "update tickets set code_version = 1; update events set starts_at = now() + interval '13 hours',
                ends_at = now() + interval '20 hours'",
            Verdict::NotYet,
        ),
        (
            "update events set starts_at = now();
            update events set status = 'cancelled', cancelled_at = now()",
            Verdict::Refunded,
        ),
        ("update tickets set state = 'revoked'", Verdict::Revoked),
        ("update tickets set state = 'refunded'", Verdict::Refunded),
    ] {
        let done = sqlx::raw_sql(change).execute(&app.db).await;
        done.expect("changed");
        let answer = scan(&olga, &event, &shown).await;
        assert_eq!(answer.verdict, verdict, "{change}");
        assert_eq!(answer.opens_at.is_some(), verdict == Verdict::NotYet);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_ticket_on_its_way_is_no_use_at_the_door(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = tonight(&app, &olga).await;
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    let shown = code(&ada, &event, 1).await;
    sqlx::query!(
        "with moved as (delete from ticket_user where event_id = $2)
        insert into transfers (id, event_id, number, sender_id, recipient_email, claim_token_hash)
        values ($1, $2, 1, $3, 'bob@example.com', sha256('x'))",
        Uuid::now_v7(),
        event.id,
        ada.id,
    )
    .execute(&app.db)
    .await
    .expect("a transfer");
    let answer = scan(&olga, &event, &shown).await;
    assert_eq!(answer.verdict, Verdict::Transferred);
    assert_eq!(answer.holder, None);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_admission_is_undone_within_its_time(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = tonight(&app, &olga).await;
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    let shown = code(&ada, &event, 1).await;
    let first = scan(&olga, &event, &shown).await.used.expect("let in");
    let undo = format!("{}/{}", path(&event), first.id);
    for _ in 0..2 {
        assert_eq!(olga.delete(&undo).await.status, StatusCode::NO_CONTENT);
        assert_sound(&app.db).await;
    }
    let valid = ticket(&ada, &event, 1).await;
    assert_eq!(valid.state, TicketState::Valid);
    let again = scan(&olga, &event, &shown).await;
    assert_eq!(again.verdict, Verdict::Valid);

    let late = sqlx::query!("update check_ins set scanned_at = now() - interval '16 minutes'");
    late.execute(&app.db).await.expect("moved back");
    let undo = format!("{}/{}", path(&event), again.used.expect("let in").id);
    let refused = olga.delete(&undo).await;
    refused.refused(StatusCode::CONFLICT, Code::Conflict);
    let missing = olga
        .delete(&format!("{}/{}", path(&event), Uuid::now_v7()))
        .await;
    missing.refused(StatusCode::NOT_FOUND, Code::NotFound);
    assert_eq!(
        door(&olga, &event).await.tickets[0].state,
        TicketState::CheckedIn
    );
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_no_scan_is_refused(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = tonight(&app, &olga).await;
    let nonce = Uuid::new_v4();
    for body in [
        json!({"nonce": nonce}),
        json!({"nonce": nonce, "code": "x", "number": 1}),
        json!({"nonce": nonce, "code": ""}),
        json!({"nonce": nonce, "code": "x".repeat(301)}),
        json!({"nonce": nonce, "code": "x", "gate": "g".repeat(41)}),
        json!({"nonce": nonce, "code": "x", "verdict": "valid"}),
    ] {
        send(&olga, &event, &body)
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    }
    let past = EventBuilder::new("Long ago")
        .starts_at(Utc::now() - Duration::hours(40))
        .create(&app, &olga)
        .await;
    send(&olga, &past, &scan_of("x"))
        .await
        .refused(StatusCode::CONFLICT, Code::Conflict);
}
