//! Tickets on their way from one holder to the next.

use api::orders::Order;
use api::tickets::{Ticket, TicketState};
use api::transfers::{Offer, Transfer, TransferState};
use api::users::{Session, User};
use api::{Code, Page};
use axum::http::StatusCode;
use serde_json::{Value, json};
use server::transfers::over;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::refunds::{gift, named, refund};
use crate::support::{Answer, EventBuilder, Inbox, TestApp, TestEvent, TestUser, assert_sound};

const CLAIM: &str = "http://localhost:8080/claim/";

/// Ada holds three tickets; Bob has an account and nothing else.
struct Scene {
    app: TestApp,
    inbox: Inbox,
    event: TestEvent,
    order: Uuid,
    olga: TestUser,
    ada: TestUser,
    bob: TestUser,
}

impl Scene {
    async fn new(db: PgPool) -> Self {
        let (app, inbox) = (TestApp::new(db), Inbox::new());
        let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
        let bob = app.user("Bob").await;
        let event = EventBuilder::new("Night").create(&app, &olga).await;
        let order: Order = ada.buy(&[(event.types[0], 3)]).await.created();
        inbox.fetch(&app).await;
        Self {
            app,
            inbox,
            event,
            order: order.id,
            olga,
            ada,
            bob,
        }
    }

    fn path(&self, number: i32) -> String {
        format!("/tickets/{}/{number}", self.event.id)
    }

    async fn send(&self, number: i32, email: &str) -> Answer {
        let path = format!("{}/transfers", self.path(number));
        self.ada.post(&path, json!({"email": email})).await
    }

    async fn send_all(&self, numbers: &[i32], email: &str) -> Answer {
        let tickets: Vec<Value> = numbers
            .iter()
            .map(|number| json!({"event_id": self.event.id, "number": number}))
            .collect();
        let body = json!({"email": email, "tickets": tickets});
        self.ada.post("/transfers", body).await
    }

    /// Ticket 1 on its way to Bob.
    async fn sent(&self) -> Transfer {
        self.send(1, &self.bob.email).await.created()
    }

    async fn ticket(&self, holder: &TestUser, number: i32) -> Ticket {
        holder.get(&self.path(number)).await.ok()
    }
}

async fn answer(user: &TestUser, transfer: &Transfer, how: &str) -> Answer {
    user.post(&format!("/transfers/{}/{how}", transfer.id), ())
        .await
}

fn decided(answer: &Answer) {
    answer.refused(StatusCode::CONFLICT, Code::TransferDecided);
}

#[sqlx::test(migrations = "../migrations")]
async fn an_accepted_ticket_is_the_recipients_with_a_new_code(db: PgPool) {
    let scene = Scene::new(db).await;
    let old = scene.ticket(&scene.ada, 1).await;
    let transfer = scene.sent().await;
    assert_eq!(
        (transfer.state, transfer.sent, transfer.number),
        (TransferState::Pending, true, 1)
    );

    let waiting = scene.ticket(&scene.ada, 1).await;
    assert_eq!((waiting.code, waiting.short_code), (None, None));
    let to = waiting.transfer.expect("on its way");
    assert_eq!((to.id, to.to), (transfer.id, scene.bob.email.clone()));
    scene
        .bob
        .get(&scene.path(1))
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    assert_sound(&scene.app.db).await;

    for _ in 0..2 {
        let accepted: Transfer = answer(&scene.bob, &transfer, "accept").await.ok();
        assert_eq!(accepted.state, TransferState::Accepted);
    }
    let new = scene.ticket(&scene.bob, 1).await;
    assert_eq!(
        (new.holder.as_str(), new.state),
        ("Bob", TicketState::Valid)
    );
    assert!(new.code.is_some() && new.code != old.code);
    assert_eq!(new.order_id, None, "what was paid is the buyer's");
    scene
        .ada
        .get(&scene.path(1))
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    let wallet: Page<Ticket> = scene.ada.get("/tickets").await.ok();
    assert_eq!(wallet.items.len(), 2);
    assert_sound(&scene.app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_ticket_can_be_passed_on_and_come_back(db: PgPool) {
    let scene = Scene::new(db).await;
    let first = scene.sent().await;
    answer(&scene.bob, &first, "accept").await.ok::<Transfer>();
    let path = format!("{}/transfers", scene.path(1));
    let body = json!({"email": scene.ada.email});
    let back: Transfer = scene.bob.post(&path, body).await.created();
    answer(&scene.ada, &back, "accept").await.ok::<Transfer>();
    assert!(scene.ticket(&scene.ada, 1).await.order_id.is_some());
    let version = sqlx::query_scalar!("select code_version from tickets where number = 1");
    assert_eq!(version.fetch_one(&scene.app.db).await.expect("a ticket"), 3);
    assert_sound(&scene.app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_declined_or_recalled_is_the_senders_again(db: PgPool) {
    let scene = Scene::new(db).await;
    let code = scene.ticket(&scene.ada, 1).await.code;
    for (who, how, state) in [
        (&scene.bob, "decline", TransferState::Declined),
        (&scene.ada, "recall", TransferState::Recalled),
    ] {
        let transfer = scene.sent().await;
        for _ in 0..2 {
            let ended: Transfer = answer(who, &transfer, how).await.ok();
            assert_eq!(ended.state, state);
        }
        let ticket = scene.ticket(&scene.ada, 1).await;
        assert_eq!(
            (ticket.code.as_ref(), ticket.transfer),
            (code.as_ref(), None)
        );
        decided(&answer(&scene.bob, &transfer, "accept").await);
        assert_sound(&scene.app.db).await;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn several_are_sent_together_or_not_at_all(db: PgPool) {
    let scene = Scene::new(db).await;
    scene
        .send_all(&[1, 2, 9], &scene.bob.email)
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    assert!(scene.ticket(&scene.ada, 1).await.transfer.is_none());

    let offer: Offer = scene.send_all(&[3, 1, 1], &scene.bob.email).await.created();
    let numbers: Vec<i32> = offer.transfers.iter().map(|one| one.number).collect();
    assert_eq!(numbers, [1, 3]);
    assert!(offer.transfers.iter().all(|one| one.offer_id == offer.id));
    scene
        .send_all(&[2, 3], &scene.bob.email)
        .await
        .refused(StatusCode::CONFLICT, Code::TransferPending);

    let received: Page<Transfer> = scene.bob.get("/transfers?pending=true").await.ok();
    assert_eq!(received.items.len(), 2);
    assert!(
        received
            .items
            .iter()
            .all(|one| !one.sent && one.from == "Ada")
    );
    answer(&scene.bob, &offer.transfers[0], "accept")
        .await
        .ok::<Transfer>();
    answer(&scene.bob, &offer.transfers[1], "decline")
        .await
        .ok::<Transfer>();
    let pending: Page<Transfer> = scene.bob.get("/transfers?pending=true").await.ok();
    assert!(pending.items.is_empty());
    let all: Page<Transfer> = scene.ada.get("/transfers").await.ok();
    assert_eq!(all.items.len(), 2);
    assert_sound(&scene.app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn transfers_are_their_peoples_alone(db: PgPool) {
    let scene = Scene::new(db).await;
    let transfer = scene.sent().await;
    let eve = scene.app.user("Eve").await;
    let missing = Transfer {
        id: Uuid::now_v7(),
        ..transfer.clone()
    };
    for (who, what, how) in [
        (&eve, &transfer, "accept"),
        (&eve, &transfer, "decline"),
        (&eve, &transfer, "recall"),
        (&scene.ada, &transfer, "accept"),
        (&scene.bob, &transfer, "recall"),
        (&scene.bob, &missing, "accept"),
    ] {
        let answer = answer(who, what, how).await;
        answer.refused(StatusCode::NOT_FOUND, Code::NotFound);
    }
    assert!(
        eve.get("/transfers")
            .await
            .ok::<Page<Transfer>>()
            .items
            .is_empty()
    );
    let path = format!("{}/transfers", scene.path(2));
    eve.post(&path, json!({"email": scene.bob.email}))
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    let stranger = scene.app.stranger();
    for path in ["/transfers".to_owned(), path] {
        stranger
            .post(&path, json!({"email": scene.bob.email, "tickets": []}))
            .await
            .refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
    }
    answer(&stranger, &transfer, "accept")
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_cannot_be_sent_is_refused_in_words(db: PgPool) {
    let scene = Scene::new(db).await;
    for email in ["bob", &scene.ada.email] {
        let problem = scene.send(1, email).await;
        let problem = problem.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        assert!(problem.errors.contains_key("email"), "{problem:?}");
    }
    scene
        .send_all(&[], &scene.bob.email)
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    sqlx::query!(
        "with used as (update tickets set state = 'checked_in' where number = 2)
        insert into check_ins (id, event_id, number, nonce, scanned_by, scanned_at)
        select gen_random_uuid(), event_id, 2, gen_random_uuid(), user_id, now()
        from ticket_user where number = 2"
    )
    .execute(&scene.app.db)
    .await
    .expect("used");
    scene
        .send(2, &scene.bob.email)
        .await
        .refused(StatusCode::CONFLICT, Code::AlreadyCheckedIn);
    sqlx::query!("update events set starts_at = now() - interval '2 hours', ends_at = now()")
        .execute(&scene.app.db)
        .await
        .expect("over");
    scene
        .send(1, &scene.bob.email)
        .await
        .refused(StatusCode::CONFLICT, Code::Conflict);
}

#[sqlx::test(migrations = "../migrations")]
async fn sending_does_not_tell_who_has_an_account(db: PgPool) {
    let scene = Scene::new(db).await;
    let mut known = serde_json::to_value(scene.sent().await).expect("JSON");
    let unknown: Transfer = scene.send(2, "nobody@example.com").await.created();
    let mut unknown = serde_json::to_value(unknown).expect("JSON");
    for transfer in [&mut known, &mut unknown] {
        for own in ["id", "offer_id", "number", "to", "created_at"] {
            transfer[own] = Value::Null;
        }
    }
    assert_eq!(known, unknown);
}

#[sqlx::test(migrations = "../migrations")]
async fn someone_without_an_account_claims_by_the_link(db: PgPool) {
    let scene = Scene::new(db).await;
    let offer: Offer = scene.send_all(&[1, 2], "new@example.com").await.created();
    let letter = scene.inbox.fetch_one(&scene.app).await;
    assert_eq!(letter.subject, "Ada sent you 2 tickets");
    assert!(letter.to.contains("new@example.com"), "{letter:?}");
    let token = letter.after(CLAIM).to_owned();
    let claim = format!("/claims/{token}");

    let stranger = scene.app.stranger();
    let offered: Offer = stranger.get(&claim).await.ok();
    assert_eq!((offered.from.as_str(), offered.transfers.len()), ("Ada", 2));
    stranger
        .get("/claims/made-up")
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);

    let body = json!({"name": "Nina", "email": "new@example.com", "password": "correct horse"});
    let session: Session = stranger.post("/auth/register", body).await.created();
    let nina = scene.app.signed_in(&session);
    let first = &offer.transfers[0];
    answer(&nina, first, "accept")
        .await
        .refused(StatusCode::CONFLICT, Code::EmailUnverified);
    answer(&nina, first, "decline")
        .await
        .refused(StatusCode::CONFLICT, Code::EmailUnverified);
    let hidden: Page<Transfer> = nina.get("/transfers").await.ok();
    assert!(hidden.items.is_empty(), "until the address is proved");

    // The link went to the address, so that it proves it; to nobody else's.
    let unverified = sqlx::query!("update users set email_verified_at = null where name = 'Bob'");
    unverified.execute(&scene.app.db).await.expect("unverified");
    scene
        .bob
        .post("/me/verify-email", json!({"token": token}))
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    let user: User = nina
        .post("/me/verify-email", json!({"token": token}))
        .await
        .ok();
    assert!(user.email_verified);
    for transfer in &offer.transfers {
        answer(&nina, transfer, "accept").await.ok::<Transfer>();
    }
    let wallet: Page<Ticket> = nina.get("/tickets").await.ok();
    assert_eq!(wallet.items.len(), 2);
    assert_sound(&scene.app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn each_is_told_once_what_became_of_an_offer(db: PgPool) {
    let scene = Scene::new(db).await;
    let offer: Offer = scene.send_all(&[1, 2, 3], &scene.bob.email).await.created();
    let letter = scene.inbox.fetch_one(&scene.app).await;
    assert!(letter.html.contains("Night"), "{letter:?}");
    for (transfer, how) in offer.transfers.iter().zip(["accept", "accept", "decline"]) {
        answer(&scene.bob, transfer, how).await.ok::<Transfer>();
    }
    let mut letters = scene.inbox.fetch(&scene.app).await;
    letters.sort_by_key(|letter| letter.files.len());
    let [told, received] = &letters[..] else {
        panic!("{letters:?}");
    };
    assert!(told.to.contains(&scene.ada.email), "{told:?}");
    assert!(told.text.contains("accepted 2 tickets"), "{told:?}");
    assert!(told.text.contains("declined 1 ticket"), "{told:?}");
    assert!(received.to.contains(&scene.bob.email), "{received:?}");
    assert!(received.file("tickets.pdf").starts_with(b"%PDF-"));
    assert!(received.file("event.ics").starts_with(b"BEGIN:VCALENDAR"));
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_recalled_before_the_letter_is_written_is_not_offered(db: PgPool) {
    let scene = Scene::new(db).await;
    let transfer = scene.sent().await;
    answer(&scene.ada, &transfer, "recall")
        .await
        .ok::<Transfer>();
    assert!(scene.inbox.fetch(&scene.app).await.is_empty());
}

#[sqlx::test(migrations = "../migrations")]
async fn only_so_many_letters_go_to_one_person(db: PgPool) {
    let app = TestApp::with_flags(db, &["--letters-per-hour=2"]);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    let path = format!("/tickets/{}/1/transfers", event.id);
    for _ in 0..2 {
        let sent = ada.post(&path, json!({"email": "bob@example.com"})).await;
        answer(&ada, &sent.created(), "recall")
            .await
            .ok::<Transfer>();
    }
    ada.post(&path, json!({"email": "bob@example.com"}))
        .await
        .refused(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited);
    let ticket: Ticket = ada.get(&format!("/tickets/{}/1", event.id)).await.ok();
    assert!(ticket.code.is_some(), "nothing was sent");
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn after_the_event_what_nobody_accepted_is_the_senders(db: PgPool) {
    let scene = Scene::new(db).await;
    let transfer = scene.sent().await;
    let (db, stop) = (&scene.app.db, CancellationToken::new());
    assert_eq!(over::run_once(db, &stop).await.expect("run"), 0);
    sqlx::query!("update events set starts_at = now() - interval '2 hours', ends_at = now()")
        .execute(db)
        .await
        .expect("over");
    let late = answer(&scene.bob, &transfer, "accept").await;
    late.refused(StatusCode::CONFLICT, Code::Conflict);
    // The job passes over what is locked, as by what was refused until that is rolled back.
    let mut voided = 0;
    while voided == 0 {
        voided = over::run_once(db, &stop).await.expect("run");
    }
    assert_eq!(voided, 1);
    decided(&answer(&scene.bob, &transfer, "accept").await);
    decided(&answer(&scene.ada, &transfer, "recall").await);
    assert!(scene.ticket(&scene.ada, 1).await.code.is_some());
    assert_sound(db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn of_all_who_answer_at_once_one_does(db: PgPool) {
    let scene = Scene::new(db).await;
    for _ in 0..10 {
        let transfer = scene.sent().await;
        let tries = ["accept", "decline", "recall", "accept", "recall", "decline"];
        let answers = tries.map(|how| {
            let who = if how == "recall" {
                &scene.ada
            } else {
                &scene.bob
            };
            let (who, transfer) = (who.clone(), transfer.clone());
            tokio::spawn(async move { answer(&who, &transfer, how).await })
        });
        let mut states = Vec::new();
        for tried in answers {
            let tried = tried.await.expect("no panic");
            if tried.status == StatusCode::OK {
                states.push(tried.ok::<Transfer>().state);
            } else {
                decided(&tried);
            }
        }
        states.dedup();
        assert_eq!(states.len(), 1, "{states:?}");
        assert_sound(&scene.app.db).await;
        if states[0] == TransferState::Accepted {
            let path = format!("{}/transfers", scene.path(1));
            let body = json!({"email": scene.ada.email});
            let back: Transfer = scene.bob.post(&path, body).await.created();
            answer(&scene.ada, &back, "accept").await.ok::<Transfer>();
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn of_many_who_send_one_ticket_at_once_one_does(db: PgPool) {
    let scene = Scene::new(db).await;
    let path = format!("{}/transfers", scene.path(1));
    let tries = (0..8).map(|number| {
        let (ada, path) = (scene.ada.clone(), path.clone());
        tokio::spawn(async move {
            let body = json!({"email": format!("friend{number}@example.com")});
            ada.post(&path, body).await
        })
    });
    let mut sent = 0;
    for tried in tries.collect::<Vec<_>>() {
        let tried = tried.await.expect("no panic");
        if tried.status == StatusCode::CREATED {
            sent += 1;
        } else {
            tried.refused(StatusCode::CONFLICT, Code::TransferPending);
        }
    }
    assert_eq!(sent, 1);
    assert_sound(&scene.app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_ticket_is_refunded_or_accepted_and_never_both(db: PgPool) {
    let scene = Scene::new(db).await;
    for number in 1..=3 {
        let transfer: Transfer = scene.send(number, &scene.bob.email).await.created();
        let decide = |who: &TestUser, how: &'static str| {
            let (who, transfer) = (who.clone(), transfer.clone());
            tokio::spawn(async move { answer(&who, &transfer, how).await.status })
        };
        let accepting = decide(&scene.bob, "accept");
        let recalling = decide(&scene.ada, "recall");
        let refunding = {
            let (ada, order) = (scene.ada.clone(), scene.order);
            let tickets = named(scene.event.id, [number]);
            tokio::spawn(async move { refund(&ada, order, Uuid::new_v4(), &tickets).await.status })
        };
        let accepted = accepting.await.expect("no panic") == StatusCode::OK;
        let recalled = recalling.await.expect("no panic") == StatusCode::OK;
        let refunded = refunding.await.expect("no panic") == StatusCode::CREATED;
        assert!(accepted || recalled || refunded, "someone wins");
        assert!(!accepted || !(recalled || refunded), "one does");
        assert_sound(&scene.app.db).await;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_ticket_that_dies_on_its_way_cannot_be_accepted(db: PgPool) {
    let scene = Scene::new(db).await;
    let transfer = scene.sent().await;
    let revoke = format!("/host/events/{}/tickets/1/revoke", scene.event.id);
    let revoked = scene.olga.post(&revoke, json!({"reason": "Resold"})).await;
    assert_eq!(revoked.status, StatusCode::OK, "{revoked:?}");
    decided(&answer(&scene.bob, &transfer, "accept").await);
    let listed: Page<Transfer> = scene.bob.get("/transfers").await.ok();
    assert_eq!(listed.items[0].state, TransferState::Void);
    assert_sound(&scene.app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn who_is_asked_for_a_ticket_and_who_gets_it_back_are_told(db: PgPool) {
    let scene = Scene::new(db).await;
    gift(scene.event.id, 1, &scene.ada, &scene.bob).await;
    scene.inbox.fetch(&scene.app).await;
    let path = format!("/orders/{}/give-back-requests", scene.order);
    for _ in 0..2 {
        let asked = scene.ada.post(&path, named(scene.event.id, [1])).await;
        assert_eq!(asked.status, StatusCode::NO_CONTENT);
    }
    let letter = scene.inbox.fetch_one(&scene.app).await;
    assert_eq!(letter.subject, "Ada would like a ticket back");
    assert!(letter.to.contains(&scene.bob.email), "{letter:?}");

    let back = format!("{}/give-back", scene.path(1));
    scene.bob.post(&back, ()).await;
    let letter = scene.inbox.fetch_one(&scene.app).await;
    assert!(letter.to.contains(&scene.ada.email), "{letter:?}");
    assert!(letter.file("ticket.pdf").starts_with(b"%PDF-"));
    assert!(scene.ticket(&scene.ada, 1).await.code.is_some());
    assert_sound(&scene.app.db).await;
}

/// Someone new at the address that tickets were sent to, who has the link.
async fn claimant(app: &TestApp) -> TestUser {
    let body = json!({"name": "Grace", "email": "grace@example.com",
        "password": "correct horse", "client": "native"});
    let session: Session = app.stranger().post("/auth/register", body).await.created();
    app.signed_in(&session)
}

async fn forget(app: &TestApp, user: &TestUser) {
    let body = json!({"password": "correct horse", "give_up_tickets": true});
    let gone = user.send_json(axum::http::Method::DELETE, "/me", &[], body);
    assert_eq!(gone.await.status, StatusCode::NO_CONTENT);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_link_proves_its_address_once(db: PgPool) {
    let scene = Scene::new(db).await;
    scene
        .send_all(&[1, 2], "grace@example.com")
        .await
        .created::<Offer>();
    let letter = scene.inbox.fetch_one(&scene.app).await;
    let token = json!({"token": letter.after(CLAIM)});
    let grace = claimant(&scene.app).await;
    assert!(
        grace
            .post("/me/verify-email", &token)
            .await
            .ok::<User>()
            .email_verified
    );
    forget(&scene.app, &grace).await;
    let again = claimant(&scene.app).await;
    again
        .post("/me/verify-email", &token)
        .await
        .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_link_proves_nothing_once_its_offer_is_over(db: PgPool) {
    let scene = Scene::new(db).await;
    let transfer: Transfer = scene.send(1, "grace@example.com").await.created();
    let letter = scene.inbox.fetch_one(&scene.app).await;
    let token = json!({"token": letter.after(CLAIM)});
    let grace = claimant(&scene.app).await;
    sqlx::query!("update events set starts_at = now() - interval '2 hours', ends_at = now()")
        .execute(&scene.app.db)
        .await
        .expect("over");
    let refused = || async {
        grace
            .post("/me/verify-email", &token)
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid)
    };
    refused().await;
    sqlx::query!("update events set ends_at = now() + interval '1 hour'")
        .execute(&scene.app.db)
        .await
        .expect("on");
    answer(&scene.ada, &transfer, "recall")
        .await
        .ok::<Transfer>();
    refused().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_deleted_account_is_forgotten_by_others_too(db: PgPool) {
    let scene = Scene::new(db).await;
    let (app, event) = (&scene.app, &scene.event);
    let taken: Transfer = scene.send(1, "grace@example.com").await.created();
    let letter = scene.inbox.fetch_one(app).await;
    let grace = claimant(app).await;
    let token = json!({"token": letter.after(CLAIM)});
    grace.post("/me/verify-email", &token).await.ok::<User>();
    answer(&grace, &taken, "accept").await.ok::<Transfer>();
    scene
        .send(2, "grace@example.com")
        .await
        .created::<Transfer>();
    crate::host::employ(app, event.id, &grace, "door").await;
    let guest = crate::comps::invited("Grace");
    crate::comps::give_again(&scene.olga, event.id, event.types[0], &[guest]).await;
    scene.inbox.fetch(app).await;

    forget(app, &grace).await;
    let named = sqlx::query_scalar!(
        r#"
        select count(*) as "named!" from (
            select recipient_email as email from transfers
            union all select email from event_staff
            union all select email from comp_guests
            union all select email from users
        ) everywhere where email = 'grace@example.com'
        "#
    );
    assert_eq!(named.fetch_one(&app.db).await.expect("a count"), 0);
    assert!(
        scene.ticket(&scene.ada, 2).await.code.is_some(),
        "it is Ada's again"
    );
    let letters = scene.inbox.fetch(app).await;
    assert!(
        letters.iter().all(|letter| !letter.to.contains("grace")),
        "{letters:?}"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn who_never_confirmed_an_address_takes_nothing_of_its_owner_along(db: PgPool) {
    let scene = Scene::new(db).await;
    let grace = claimant(&scene.app).await;
    scene
        .send(1, "grace@example.com")
        .await
        .created::<Transfer>();
    forget(&scene.app, &grace).await;
    let waiting = sqlx::query_scalar!(
        r#"select count(*) as "waiting!" from transfers
        where state = 'pending' and recipient_email = 'grace@example.com'"#
    );
    assert_eq!(waiting.fetch_one(&scene.app.db).await.expect("a count"), 1);
}
