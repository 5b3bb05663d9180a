//! Tickets that an organizer gives away.

use api::comps::{CompBatch, GuestListPreview, Invited};
use api::events::EventDetail;
use api::guests::Guest;
use api::host::{HostEvent, Task};
use api::orders::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, Order, OrderKind, OrderSummary};
use api::tickets::{Ticket, TicketState};
use api::transfers::Offer;
use api::{Code, Page};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::json;
use server::{cancellation, comps};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::{Answer, EventBuilder, Inbox, TestApp, TestEvent, TestUser, assert_sound};

pub(crate) fn invited(name: &str) -> Invited {
    Invited {
        name: name.to_owned(),
        email: format!("{}@example.com", name.to_lowercase().replace('\\', "-")),
    }
}

async fn give_with_key(
    user: &TestUser,
    event: Uuid,
    ticket_type: Uuid,
    key: Uuid,
    guests: &[Invited],
) -> Answer {
    let path = format!("/host/events/{event}/comps");
    let body = json!({"ticket_type_id": ticket_type, "guests": guests});
    let key = key.to_string();
    user.send_json(Method::POST, &path, &[(IDEMPOTENCY_KEY, &key)], body)
        .await
}

pub(crate) async fn give(
    user: &TestUser,
    event: Uuid,
    ticket_type: Uuid,
    guests: &[Invited],
) -> CompBatch {
    give_with_key(user, event, ticket_type, Uuid::new_v4(), guests)
        .await
        .created()
}

/// The same for guests who may have a ticket already.
pub(crate) async fn give_again(
    user: &TestUser,
    event: Uuid,
    ticket_type: Uuid,
    guests: &[Invited],
) -> CompBatch {
    let path = format!("/host/events/{event}/comps");
    let body = json!({"ticket_type_id": ticket_type, "guests": guests, "again": true});
    let key = Uuid::new_v4().to_string();
    user.send_json(Method::POST, &path, &[(IDEMPOTENCY_KEY, &key)], body)
        .await
        .created()
}

/// Has a list looked through.
async fn preview(user: &TestUser, event: Uuid, read_as: &str, list: impl Into<Body>) -> Answer {
    let path = format!("/host/events/{event}/comps/preview?{read_as}");
    user.send(Method::POST, &path, &[], list.into()).await
}

/// Makes it an account that anyone could have made with this address.
async fn doubt_email(app: &TestApp, user: &TestUser) {
    sqlx::query!(
        "update users set email_verified_at = null where id = $1",
        user.id
    )
    .execute(&app.db)
    .await
    .expect("doubted");
}

async fn event(db: PgPool, capacity: i32) -> (TestApp, TestUser, TestEvent) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night")
        .ticket_type("Standing", 2500, capacity)
        .create(&app, &olga)
        .await;
    (app, olga, event)
}

#[sqlx::test(migrations = "../migrations")]
async fn a_verified_guest_has_the_ticket_and_a_stranger_can_claim_it(db: PgPool) {
    let (app, olga, event) = event(db, 10).await;
    let (ada, eve) = (app.user("Ada").await, app.user("Eve").await);
    doubt_email(&app, &eve).await;
    let to = |user: &TestUser, name: &str| Invited {
        name: name.to_owned(),
        email: user.email.to_uppercase(),
    };
    let guests = [
        to(&ada, "Countess Lovelace"),
        to(&eve, "Eve"),
        invited("Grace"),
    ];
    let batch = give(&olga, event.id, event.types[0], &guests).await;
    assert_eq!(batch.progress, Task { done: 3, total: 3 });

    let letters = Inbox::new().fetch(&app).await;
    let mut subjects: Vec<_> = letters.iter().map(|letter| &letter.subject[..]).collect();
    subjects.sort_unstable();
    let sent = "Olga sent you a ticket";
    assert_eq!(subjects, [sent, sent, "You’re invited: Night"]);
    let invitation = letters.iter().find(|letter| letter.to.contains(&ada.email));
    let invitation = invitation.expect("she is told");
    assert!(invitation.file("ticket.pdf").starts_with(b"%PDF-"));

    let ticket: Ticket = ada.get(&format!("/tickets/{}/1", event.id)).await.ok();
    assert_eq!((ticket.state, ticket.order_id), (TicketState::Valid, None));
    eve.get(&format!("/tickets/{}/2", event.id))
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    let waiting = sqlx::query_scalar!(
        r#"select array_agg(recipient_email order by number) as "emails!" from transfers
        where state = 'pending' and sender_id = $1"#,
        olga.id,
    )
    .fetch_one(&app.db)
    .await;
    assert_eq!(
        waiting.expect("transfers"),
        [eve.email.clone(), "grace@example.com".to_owned()]
    );
    let list: Page<Guest> = olga
        .get(&format!("/host/events/{}/guests", event.id))
        .await
        .ok();
    let list: Vec<_> = list
        .items
        .iter()
        .map(|guest| (guest.name.as_str(), guest.waiting, guest.comp))
        .collect();
    assert_eq!(
        list,
        [
            ("Ada", false, true),
            ("Eve", true, true),
            ("Grace", true, true)
        ]
    );
    let detail: EventDetail = olga.get(&format!("/events/{}", event.id)).await.ok();
    assert_eq!((detail.summary.left, detail.summary.going), (7, 3));
    let ledger: Page<OrderSummary> = olga.get("/orders").await.ok();
    assert_eq!(
        (ledger.items[0].kind, ledger.items[0].total.amount),
        (OrderKind::Comp, 0)
    );
    olga.post(
        &format!("/host/events/{}/tickets/1/refund", event.id),
        json!({}),
    )
    .await
    .refused(StatusCode::CONFLICT, Code::NotRefundable);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn all_are_given_or_none(db: PgPool) {
    let (app, olga, event) = event(db, 2).await;
    let key = Uuid::new_v4();
    let three = ["Ada", "Bob", "Eve"].map(invited);
    let type_id = event.types[0];
    let problem = give_with_key(&olga, event.id, type_id, key, &three)
        .await
        .refused(StatusCode::CONFLICT, Code::SoldOut);
    assert_eq!(problem.left, Some(2));
    let first = give_with_key(&olga, event.id, type_id, key, &three[..2]).await;
    let first: CompBatch = first.created();
    let again = give_with_key(&olga, event.id, type_id, key, &three[..2]).await;
    assert_eq!(again.header(IDEMPOTENCY_REPLAYED), Some("true"));
    assert_eq!(again.ok::<CompBatch>(), first);
    give_with_key(&olga, event.id, type_id, key, &three[..1])
        .await
        .refused(StatusCode::CONFLICT, Code::KeyReused);
    let issued = sqlx::query_scalar!(r#"select count(*) as "n!" from tickets"#)
        .fetch_one(&app.db)
        .await;
    assert_eq!(issued.expect("counted"), 2);
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn tickets_are_given_by_managers_and_to_addresses(db: PgPool) {
    let (app, olga, event) = event(db, 5).await;
    let ada = app.user("Ada").await;
    let type_id = event.types[0];
    let one = [invited("Grace")];
    give_with_key(&ada, event.id, type_id, Uuid::new_v4(), &one)
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    preview(&ada, event.id, "", "")
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    give_with_key(&app.stranger(), event.id, type_id, Uuid::new_v4(), &one)
        .await
        .refused(StatusCode::UNAUTHORIZED, Code::Unauthenticated);
    let mut wrong = one.clone();
    wrong[0].email = "nowhere".to_owned();
    for (type_id, guests, field) in [
        (type_id, &wrong[..], "guests.0"),
        (type_id, &[], "guests"),
        (Uuid::now_v7(), &one[..], "ticket_type_id"),
    ] {
        let problem = give_with_key(&olga, event.id, type_id, Uuid::new_v4(), guests)
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        assert!(problem.errors.contains_key(field), "{problem:?}");
    }
    let csv = "Grace,grace@example.com\nBob,bob";
    let read: GuestListPreview = preview(&olga, event.id, "", csv).await.ok();
    assert_eq!((read.guests.len(), read.problems[0].line), (1, 2));
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn ten_thousand_guests_are_given_their_tickets_in_the_background(db: PgPool) {
    let (app, olga, event) = event(db, 10_000).await;
    let guests: Vec<Invited> = (0..10_000)
        .map(|number| invited(&format!("Guest\\{number}")))
        .collect();
    let started = std::time::Instant::now();
    let batch = give(&olga, event.id, event.types[0], &guests).await;
    assert_eq!(
        batch.progress,
        Task {
            done: 1000,
            total: 10_000
        }
    );
    olga.buy(&[(event.types[0], 1)])
        .await
        .refused(StatusCode::CONFLICT, Code::SoldOut);
    let seen: HostEvent = olga.get(&format!("/host/events/{}", event.id)).await.ok();
    assert_eq!(seen.giving, Some(batch.progress));
    assert_sound(&app.db).await;
    let stop = CancellationToken::new();
    let (one, two) = tokio::join!(
        comps::run_once(&app.db, &stop),
        comps::run_once(&app.db, &stop)
    );
    assert_eq!(one.expect("run") + two.expect("run"), 9000);
    eprintln!("10,000 guests in {:?}", started.elapsed());
    let seen: HostEvent = olga.get(&format!("/host/events/{}", event.id)).await.ok();
    assert_eq!(seen.giving, None);
    let page = olga
        .get(&format!("/host/events/{}/guests?q=10000", event.id))
        .await;
    assert_eq!(page.ok::<Page<Guest>>().items[0].name, "Guest\\9999");
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_event_that_is_called_off_gives_nothing_more(db: PgPool) {
    let (app, olga, event) = event(db, 3000).await;
    let guests: Vec<Invited> = (0..3000)
        .map(|number| invited(&format!("G{number}")))
        .collect();
    give(&olga, event.id, event.types[0], &guests).await;
    let cancel = format!("/host/events/{}/cancel", event.id);
    olga.post(&cancel, json!({})).await.ok::<HostEvent>();
    let stop = CancellationToken::new();
    cancellation::run_once(&app.db, &stop).await.expect("run");
    assert_eq!(comps::run_once(&app.db, &stop).await.expect("run"), 0);
    let detail: EventDetail = olga.get(&format!("/events/{}", event.id)).await.ok();
    assert_eq!((detail.summary.sold, detail.summary.going), (0, 0));
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_list_that_is_given_again_gives_tickets_to_those_who_are_new(db: PgPool) {
    let (app, olga, event) = event(db, 20).await;
    let type_id = event.types[0];
    let (ada, bob) = (app.user("Ada").await, app.user("Bob").await);
    let named = |user: &TestUser| Invited {
        name: "Guest".to_owned(),
        email: user.email.to_uppercase(),
    };
    // Ada bought one, and sent it to Carl; Bob bought one; Dora is given one.
    for buyer in [&ada, &bob] {
        buyer.buy(&[(type_id, 1)]).await.created::<Order>();
    }
    let send =
        json!({"email": "carl@example.com", "tickets": [{"event_id": event.id, "number": 1}]});
    ada.post("/transfers", send).await.created::<Offer>();
    give(&olga, event.id, type_id, &[invited("Dora")]).await;

    let list = [
        named(&ada),
        named(&bob),
        invited("Carl"),
        invited("Dora"),
        invited("Eve"),
        invited("Eve"),
    ];
    let csv: String = list
        .iter()
        .map(|guest| format!("{},{}\n", guest.name, guest.email))
        .collect();
    let read: GuestListPreview = preview(&olga, event.id, "", csv).await.ok();
    let having: Vec<_> = read.guests.iter().map(|guest| guest.has_ticket).collect();
    assert_eq!(having, [false, true, true, true, false]);

    let first = give(&olga, event.id, type_id, &list).await;
    assert_eq!((first.progress.total, first.left_out), (2, 4));
    let key = Uuid::new_v4();
    let problem = give_with_key(&olga, event.id, type_id, key, &list)
        .await
        .refused(StatusCode::CONFLICT, Code::HasTicket);
    assert_eq!(
        problem.detail,
        "Everyone in this list already has a ticket for this event."
    );
    give_with_key(&olga, event.id, type_id, key, &list[..1])
        .await
        .refused(StatusCode::CONFLICT, Code::HasTicket);
    let more = [&list[..], &[invited("Finn")]].concat();
    let second = give(&olga, event.id, type_id, &more).await;
    assert_eq!((second.progress.total, second.left_out), (1, 6));

    // A ticket that is void is none, and anyone who asks for it gets another.
    let revoke = format!("/host/events/{}/tickets/2/revoke", event.id);
    olga.post(&revoke, json!({"reason": "x"}))
        .await
        .ok::<Guest>();
    let third = give(&olga, event.id, type_id, &list).await;
    assert_eq!((third.progress.total, third.left_out), (1, 5));
    let again = give_again(&olga, event.id, type_id, &list).await;
    assert_eq!((again.progress.total, again.left_out), (6, 0));
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_list_that_is_given_twice_at_once_gives_each_a_ticket(db: PgPool) {
    let (app, olga, event) = event(db, 4000).await;
    let guests: Vec<Invited> = (0..1500)
        .map(|number| invited(&format!("G{number}")))
        .collect();
    let once = || give_with_key(&olga, event.id, event.types[0], Uuid::new_v4(), &guests);
    let (one, two) = tokio::join!(once(), once());
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [StatusCode::CREATED, StatusCode::CONFLICT]);
    // Those whose tickets are not issued yet have one on its way.
    let read: GuestListPreview = preview(&olga, event.id, "", "G,g1499@example.com")
        .await
        .ok();
    assert!(read.guests[0].has_ticket);
    let stop = CancellationToken::new();
    comps::run_once(&app.db, &stop).await.expect("run");
    let issued = sqlx::query_scalar!("select count(*) from tickets")
        .fetch_one(&app.db)
        .await
        .expect("counted");
    assert_eq!(issued, Some(1500));
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_list_is_read_as_the_organizer_says(db: PgPool) {
    let (_app, olga, event) = event(db, 5).await;
    let csv = b"Nickname,Name,Email\nAda,Jos\xe9,jose@example.com\n";
    let read = |query: &'static str| preview(&olga, event.id, query, csv.to_vec());
    let found: GuestListPreview = read("").await.ok();
    assert_eq!(found.guests[0].name, "José");
    assert_eq!((found.names, found.email), (vec![1], Some(2)));
    let chosen: GuestListPreview = read("names=0,1&email=2&encoding=macintosh").await.ok();
    assert_eq!(chosen.guests[0].name, "Ada JosÈ");
    for query in ["encoding=utf-8", "names=x", "names=1,2,3,4,5,6,7"] {
        let problem = read(query)
            .await
            .refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        assert_eq!(problem.errors.len(), 1, "{query}");
    }
    let long = vec![b'x'; api::comps::GUESTS_MAX_BYTES + 1];
    preview(&olga, event.id, "", long)
        .await
        .refused(StatusCode::PAYLOAD_TOO_LARGE, Code::Invalid);
}
