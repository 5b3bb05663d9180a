//! Who may do what: every operation of the OpenAPI document, for everyone, on what is theirs, on
//! what is somebody else's, and on what is not there. An operation without its row fails.

use api::Code;
use api::orders::Order;
use api::staff::Role;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use chrono::{Duration, Utc};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::host::employ;
use crate::support::{Answer, EventBuilder, TestApp, TestUser};

/// Who an operation is for.
#[derive(Clone, Copy, Debug)]
enum For {
    /// Everyone gets the same answer.
    Anyone,
    /// Everyone, of what is public; what is not is like a missing one.
    Public,
    /// Anyone who is signed in, about themselves.
    User,
    /// The event's staff from this role on.
    Staff(Role),
    /// Who bought the order.
    Buyer,
    /// Who holds the ticket.
    Holder,
    /// Anyone who is signed in, of an event; it lists what is theirs and so nothing of a missing one.
    Own,
    /// To whose address the transfer goes: who holds the other ticket.
    Recipient,
    /// Anyone who is signed in, of what is public; what is not is like a missing one.
    Visitor,
    /// Anyone who is signed in, with an id that is free; of one that is taken, who made it.
    Maker,
}

/// An operation, who it is for, and a body that would be taken; parameters are filled in there too.
struct Row {
    operation: &'static str,
    who: For,
    body: Value,
}

fn rows() -> Vec<Row> {
    use For::{Anyone, Buyer, Holder, Maker, Own, Public, Recipient, Staff, User, Visitor};
    use Role::{Door, Manager, Organizer};
    let row = |operation, who, body| Row {
        operation,
        who,
        body,
    };
    let account = json!({"name": "Eve", "email": "eve@example.com", "password": "correct horse"});
    let login = json!({"email": "nobody@example.com", "password": "correct horse"});
    let starts_at = Utc::now() + Duration::days(9);
    let draft = json!({"title": "Mine", "starts_at": starts_at, "currency": "EUR",
        "ends_at": starts_at + Duration::hours(1), "timezone": "Europe/Berlin"});
    let order = json!({"lines": [{"ticket_type_id": "{ticket_type}", "quantity": 1}]});
    let scan = json!({"nonce": Uuid::new_v4(), "code": "x"});
    let helper = json!({"email": "x@example.com", "role": "door"});
    let tickets = json!({"tickets": [{"event_id": "{event_id}", "number": 1}]});
    let comps =
        json!({"ticket_type_id": Uuid::nil(), "guests": [{"name": "X", "email": "x@y.de"}]});
    let send =
        json!({"email": "x@example.com", "tickets": [{"event_id": "{event_id}", "number": 1}]});
    let wait = json!({"ticket_type_id": "{ticket_type}", "quantity": 1});
    let promo = json!({"code": "NEW", "discount": {"percent": 10}});
    vec![
        row("POST /auth/register", Anyone, account),
        row("POST /auth/login", Anyone, login),
        row("POST /auth/refresh", Anyone, json!({})),
        row("POST /auth/logout", Anyone, json!({})),
        row(
            "POST /auth/reset-request",
            Anyone,
            json!({"email": "nobody@example.com"}),
        ),
        row(
            "POST /auth/reset",
            Anyone,
            json!({"token": "x", "password": "correct horse"}),
        ),
        row("POST /me/verify-email", User, json!({"token": "x"})),
        row("POST /me/verification", User, json!({})),
        row("GET /me", User, json!({})),
        row("PATCH /me", User, json!({"name": "Eve"})),
        row("DELETE /me", User, json!({"password": "not this one"})),
        row("GET /events", Anyone, json!({})),
        row("GET /events/{id}", Public, json!({})),
        row("GET /events/{id}/live", Public, json!({})),
        row("GET /covers/{id}", Anyone, json!({})),
        row("GET /time-zones", Anyone, json!({})),
        row("POST /orders/quote", Anyone, order.clone()),
        row("POST /orders", User, order),
        row("GET /orders", User, json!({})),
        row("GET /orders/{id}", Buyer, json!({})),
        row("GET /orders/by-key/{key}", Buyer, json!({})),
        row("POST /orders/{id}/refund-quote", Buyer, tickets.clone()),
        row("POST /orders/{id}/refunds", Buyer, tickets.clone()),
        row("POST /orders/{id}/give-back-requests", Buyer, tickets),
        row("GET /tickets", User, json!({})),
        row("GET /tickets/{event_id}/{number}", Holder, json!({})),
        row(
            "POST /tickets/{event_id}/{number}/give-back",
            Holder,
            json!({}),
        ),
        row(
            "POST /tickets/{event_id}/{number}/transfers",
            Holder,
            json!({"email": "x@example.com"}),
        ),
        row("GET /transfers", User, json!({})),
        row("POST /transfers", User, send),
        row("POST /transfers/{id}/accept", Recipient, json!({})),
        row("POST /transfers/{id}/decline", Recipient, json!({})),
        row("POST /transfers/{id}/recall", Buyer, json!({})),
        row("GET /claims/{token}", Anyone, json!({})),
        row("GET /waiting-list", User, json!({})),
        row("GET /events/{id}/waiting-list", Own, json!({})),
        row("POST /events/{id}/waiting-list", Visitor, wait),
        row("POST /waiting-list/{id}/take", Buyer, json!({})),
        row("DELETE /waiting-list/{id}", Buyer, json!({})),
        row("GET /host/events/{id}/audience", Staff(Manager), json!({})),
        row("GET /host/events/{id}/guests", Staff(Door), json!({})),
        row(
            "POST /host/events/{id}/tickets/{number}/refund",
            Staff(Manager),
            json!({}),
        ),
        row(
            "POST /host/events/{id}/tickets/{number}/revoke",
            Staff(Manager),
            json!({"reason": "x"}),
        ),
        row("POST /host/events/{id}/comps", Staff(Manager), comps),
        row(
            "POST /host/events/{id}/comps/preview",
            Staff(Manager),
            json!({}),
        ),
        row("GET /host/events", User, json!({})),
        row("POST /host/events", User, draft.clone()),
        row("PUT /host/events/{id}", Maker, draft),
        row("GET /host/events/{id}", Staff(Door), json!({})),
        row(
            "PATCH /host/events/{id}",
            Staff(Manager),
            json!({"title": "Mine"}),
        ),
        row("POST /host/events/{id}/publish", Staff(Manager), json!({})),
        row("POST /host/events/{id}/pause", Staff(Manager), json!({})),
        row("POST /host/events/{id}/resume", Staff(Manager), json!({})),
        row("POST /host/events/{id}/cancel", Staff(Organizer), json!({})),
        row("GET /host/events/{id}/sales", Staff(Manager), json!({})),
        row("PUT /host/events/{id}/cover", Staff(Manager), json!({})),
        row("DELETE /host/events/{id}/cover", Staff(Manager), json!({})),
        row("GET /host/events/{id}/door", Staff(Door), json!({})),
        row("POST /host/events/{id}/check-ins", Staff(Door), scan),
        row(
            "POST /host/events/{id}/check-ins/sync",
            Staff(Door),
            json!({"scans": []}),
        ),
        row(
            "DELETE /host/events/{id}/check-ins/{check_in}",
            Staff(Door),
            json!({}),
        ),
        row("GET /host/events/{id}/staff", Staff(Organizer), json!({})),
        row("POST /host/events/{id}/staff", Staff(Organizer), helper),
        row(
            "DELETE /host/events/{id}/staff/{member}",
            Staff(Organizer),
            json!({}),
        ),
        row(
            "GET /host/events/{id}/promo-codes",
            Staff(Manager),
            json!({}),
        ),
        row("POST /host/events/{id}/promo-codes", Staff(Manager), promo),
        row(
            "PATCH /host/events/{id}/promo-codes/{promo_code}",
            Staff(Manager),
            json!({}),
        ),
    ]
}

/// What everyone is to the event and its tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    SignedOut,
    Stranger,
    Buyer,
    Holder,
    Staff(Role),
    OtherOrganizer,
}

const ASKERS: [Asker; 8] = [
    Asker::SignedOut,
    Asker::Stranger,
    Asker::Buyer,
    Asker::Holder,
    Asker::Staff(Role::Door),
    Asker::Staff(Role::Manager),
    Asker::Staff(Role::Organizer),
    Asker::OtherOrganizer,
];

/// What a path names: an event with something of each kind.
#[derive(Clone, Debug)]
struct Things {
    event: Uuid,
    ticket_type: Uuid,
    order: Uuid,
    key: Uuid,
    /// Of ticket 1, which was given to someone.
    number: i32,
    /// Of ticket 3, which is on its way to them.
    transfer: Uuid,
    /// The buyer's place on the waiting list.
    party: Uuid,
    member: Uuid,
    promo: Uuid,
    check_in: Uuid,
}

impl Things {
    fn missing() -> Self {
        Self {
            event: Uuid::new_v4(),
            ticket_type: Uuid::new_v4(),
            order: Uuid::new_v4(),
            key: Uuid::new_v4(),
            number: 99,
            transfer: Uuid::new_v4(),
            party: Uuid::new_v4(),
            member: Uuid::new_v4(),
            promo: Uuid::new_v4(),
            check_in: Uuid::new_v4(),
        }
    }

    /// `organizer`'s event, at which `buyer` bought three tickets and gave one to `holder`.
    async fn make(
        app: &TestApp,
        organizer: &TestUser,
        buyer: &TestUser,
        holder: &TestUser,
    ) -> Self {
        let event = EventBuilder::new("Night")
            .starts_at(Utc::now() + Duration::hours(1))
            .create(app, organizer)
            .await;
        let key = Uuid::new_v4();
        let order: Order = buyer
            .buy_with_key(key, &[(event.types[0], 3)])
            .await
            .created();
        sqlx::query!(
            "update ticket_user set user_id = $2 where event_id = $1 and number = 1",
            event.id,
            holder.id,
        )
        .execute(&app.db)
        .await
        .expect("given");
        let things = Self {
            event: event.id,
            ticket_type: event.types[0],
            order: order.id,
            key,
            number: 1,
            transfer: Uuid::new_v4(),
            party: Uuid::new_v4(),
            member: Uuid::new_v4(),
            promo: Uuid::new_v4(),
            check_in: Uuid::new_v4(),
        };
        sqlx::query!(
            "with admitted as (
                update tickets set state = 'checked_in' where event_id = $1 and number = 2
            ), check_in as (
                insert into check_ins (id, event_id, number, nonce, scanned_by, scanned_at)
                values ($2, $1, 2, $2, $3, now())
            ), sent as (
                delete from ticket_user where event_id = $1 and number = 3
            ), transfer as (
                insert into transfers (id, offer_id, event_id, number, sender_id, recipient_email)
                values ($6, $6, $1, 3, $7, $8)
            ), party as (
                insert into waiting_parties (id, event_id, ticket_type_id, user_id, quantity)
                values ($9, $1, $10, $7, 2)
            ), promo as (
                insert into promo_codes (id, event_id, code, percent) values ($4, $1, 'OLD', 10)
            )
            insert into event_staff (id, event_id, email, role)
            values ($5, $1, 'someone@example.com', 'door')",
            things.event,
            things.check_in,
            organizer.id,
            things.promo,
            things.member,
            things.transfer,
            buyer.id,
            holder.email,
            things.party,
            things.ticket_type,
        )
        .execute(&app.db)
        .await
        .expect("one of each");
        things
    }

    /// The path with its parameters filled in.
    fn name(&self, path: &str) -> String {
        let id = match path.split('/').nth(1) {
            Some("orders") => self.order,
            Some("transfers") => self.transfer,
            Some("waiting-list") => self.party,
            _ => self.event,
        };
        let number = self.number.to_string();
        [
            ("{id}", id.to_string()),
            ("{key}", self.key.to_string()),
            ("{event_id}", self.event.to_string()),
            ("{ticket_type}", self.ticket_type.to_string()),
            ("{number}", number),
            ("{member}", self.member.to_string()),
            ("{promo_code}", self.promo.to_string()),
            ("{check_in}", self.check_in.to_string()),
            ("{token}", "x".to_owned()),
        ]
        .into_iter()
        .fold(path.to_owned(), |path, (parameter, value)| {
            path.replace(parameter, &value)
        })
    }
}

/// Someone who asks, what they are something to, and what they are nothing to.
struct World {
    asker: TestUser,
    own: Things,
    others: Things,
}

impl World {
    async fn new(app: &TestApp, asker: Asker) -> Self {
        let olga = app.user("Olga").await;
        let (buyer, holder) = (app.user("Ada").await, app.user("Hanna").await);
        let own = Things::make(app, &olga, &buyer, &holder).await;
        let third = app.user("Third").await;
        let others = Things::make(app, &third, &third, &third).await;
        let asker = match asker {
            Asker::SignedOut => app.stranger(),
            Asker::Stranger => app.user("Sam").await,
            Asker::Buyer => buyer,
            Asker::Holder => holder,
            Asker::Staff(Role::Organizer) => olga,
            Asker::Staff(role) => {
                let helper = app.user("Helper").await;
                let role = if role == Role::Door {
                    "door"
                } else {
                    "manager"
                };
                employ(app, own.event, &helper, role).await;
                helper
            }
            Asker::OtherOrganizer => {
                let rival = app.user("Rival").await;
                EventBuilder::new("Rival").create(app, &rival).await;
                rival
            }
        };
        Self { asker, own, others }
    }
}

/// What an asker must be told about their own.
fn expected(who: For, asker: Asker) -> Option<StatusCode> {
    let is = |wanted: Asker| asker == wanted;
    match who {
        For::Anyone | For::Public => None,
        _ if asker == Asker::SignedOut => Some(StatusCode::UNAUTHORIZED),
        For::User | For::Own | For::Visitor => None,
        For::Buyer => (!is(Asker::Buyer)).then_some(StatusCode::NOT_FOUND),
        For::Holder | For::Recipient => (!is(Asker::Holder)).then_some(StatusCode::NOT_FOUND),
        For::Maker => expected(For::Staff(Role::Organizer), asker),
        For::Staff(least) => match asker {
            Asker::Staff(role) if role >= least => None,
            Asker::Staff(_) => Some(StatusCode::FORBIDDEN),
            _ => Some(StatusCode::NOT_FOUND),
        },
    }
}

async fn send(asker: &TestUser, row: &Row, things: &Things) -> Answer {
    let (method, path) = row.operation.split_once(' ').expect("method and path");
    let method: Method = method.parse().expect("a method");
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", "00000000-0000-4000-8000-000000000001"),
    ];
    let body = match method {
        Method::GET => Body::empty(),
        _ => Body::from(things.name(&row.body.to_string())),
    };
    let path = things.name(path);
    asker.send(method, &path, &headers, body).await
}

/// The body without the request's id.
fn told(answer: &Answer) -> (StatusCode, String) {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let id = answer.header("x-request-id").unwrap_or_default();
    (answer.status, text.replace(id, ""))
}

fn has_thing(row: &Row) -> bool {
    row.operation.contains('{')
}

/// Whether the path names something within an event.
fn has_part(row: &Row) -> bool {
    ["{member}", "{promo_code}", "{check_in}"]
        .iter()
        .any(|part| row.operation.contains(part))
}

/// What is not there is made, and what is there is its maker's.
async fn check_maker(app: &TestApp, row: &Row, asker: Asker) {
    let world = World::new(app, asker).await;
    let about = format!("{} by {asker:?}", row.operation);
    let made = |status| match asker {
        Asker::SignedOut => StatusCode::UNAUTHORIZED,
        _ => status,
    };
    let missing = send(&world.asker, row, &Things::missing()).await;
    assert_eq!(
        missing.status,
        made(StatusCode::CREATED),
        "{about}, missing"
    );
    let others = send(&world.asker, row, &world.others).await;
    let hidden = made(StatusCode::NOT_FOUND);
    assert_eq!(others.status, hidden, "{about}, someone else's");
    let own = send(&world.asker, row, &world.own).await;
    let status = expected(row.who, asker).unwrap_or(StatusCode::OK);
    assert_eq!(own.status, status, "{about}");
}

async fn check(app: &TestApp, row: &Row, asker: Asker) {
    if matches!(row.who, For::Maker) {
        return check_maker(app, row, asker).await;
    }
    let world = World::new(app, asker).await;
    let about = format!("{} by {asker:?}", row.operation);
    let missing = told(&send(&world.asker, row, &Things::missing()).await);
    if has_thing(row) && !matches!(row.who, For::Anyone | For::Own) {
        let signed_out = asker == Asker::SignedOut && !matches!(row.who, For::Public);
        let status = match signed_out {
            true => StatusCode::UNAUTHORIZED,
            false => StatusCode::NOT_FOUND,
        };
        assert_eq!(missing.0, status, "{about}, missing");
        if matches!(row.who, For::Public | For::Visitor) {
            let hidden = sqlx::query!(
                "update events set status = 'draft', published_at = null where id = $1",
                world.others.event
            );
            hidden.execute(&app.db).await.expect("hidden");
        }
        let others = told(&send(&world.asker, row, &world.others).await);
        assert_eq!(others, missing, "{about}, someone else's");
    }
    if has_part(row) && expected(row.who, asker).is_none() {
        let crossed = Things {
            event: world.own.event,
            ..world.others.clone()
        };
        let crossed = told(&send(&world.asker, row, &crossed).await);
        assert_eq!(crossed, missing, "{about}, a part of someone else's");
    }
    let own = told(&send(&world.asker, row, &world.own).await);
    match expected(row.who, asker) {
        Some(StatusCode::NOT_FOUND) => assert_eq!(own, missing, "{about}"),
        Some(status) => assert_eq!(own.0, status, "{about}"),
        None if matches!(row.who, For::Anyone) => {
            let world = World::new(app, Asker::SignedOut).await;
            let anyone = send(&world.asker, row, &world.own).await.status;
            assert!(
                own.0 == anyone || row.operation == "POST /auth/register",
                "{about}: {} instead of {anyone}",
                own.0
            );
        }
        None => {
            let refused = [
                StatusCode::UNAUTHORIZED,
                StatusCode::FORBIDDEN,
                StatusCode::METHOD_NOT_ALLOWED,
            ];
            assert!(!refused.contains(&own.0), "{about}: {}", own.0);
            if has_thing(row) {
                assert_ne!(own.0, StatusCode::NOT_FOUND, "{about}");
            }
            assert!(!own.0.is_server_error(), "{about}: {}", own.1);
        }
    }
}

/// Every operation of the document: `GET /events/{id}`.
fn documented() -> Vec<String> {
    let (_, document) = server::http::api();
    let document = serde_json::to_value(document).expect("a document");
    let paths = document["paths"].as_object().expect("paths");
    let mut operations = Vec::new();
    for (path, item) in paths {
        let path = path.strip_prefix("/api").expect("under /api");
        for method in item.as_object().expect("operations").keys() {
            operations.push(format!("{} {path}", method.to_uppercase()));
        }
    }
    operations.sort();
    operations
}

/// Operations that are asked for by POST and write nothing.
const READ_BY_POST: [&str; 3] = [
    "POST /orders/quote",
    "POST /orders/{id}/refund-quote",
    "POST /host/events/{id}/comps/preview",
];

/// Who an operation is for, so that nothing but an ended session stands against it.
fn welcome(who: For) -> Option<Asker> {
    match who {
        For::Anyone | For::Public => None,
        For::User | For::Own | For::Visitor | For::Buyer => Some(Asker::Buyer),
        For::Holder | For::Recipient => Some(Asker::Holder),
        For::Staff(role) => Some(Asker::Staff(role)),
        For::Maker => Some(Asker::Staff(Role::Organizer)),
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn an_ended_session_writes_nothing(db: PgPool) {
    let app = TestApp::new(db);
    let mut written = 0;
    for row in rows() {
        let Some(asker) = welcome(row.who) else {
            continue;
        };
        if row.operation.starts_with("GET ") || READ_BY_POST.contains(&row.operation) {
            continue;
        }
        let world = World::new(&app, asker).await;
        sqlx::query!(
            "update sessions set revoked_at = now() where user_id = $1",
            world.asker.id
        )
        .execute(&app.db)
        .await
        .expect("signed out");
        let answer = send(&world.asker, &row, &world.own).await;
        let about = format!("{}: {}", row.operation, answer.status);
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{about}");
        answer.refused(StatusCode::UNAUTHORIZED, Code::TokenExpired);
        written += 1;
    }
    assert!(written > 30, "only {written} operations were tried");
}

#[test]
fn every_operation_has_its_row() {
    let mut rows: Vec<String> = rows()
        .into_iter()
        .map(|row| row.operation.to_owned())
        .collect();
    rows.sort();
    assert_eq!(documented(), rows);
}

#[sqlx::test(migrations = "../migrations")]
async fn everyone_may_do_what_is_theirs_and_nothing_else(db: PgPool) {
    let flags = [
        "--account-logins-per-minute",
        "10000",
        "--logins-per-minute",
        "10000",
        "--registrations-per-hour",
        "10000",
        "--quotes-per-minute",
        "10000",
    ];
    let app = TestApp::with_flags(db, &flags);
    for row in rows() {
        for asker in ASKERS {
            check(&app, &row, asker).await;
        }
    }
}
