//! Whom the news of an event concerns: the same people whatever the news, each once.

use std::sync::Arc;

use api::host::HostEvent;
use api::orders::Order;
use api::transfers::Transfer;
use serde_json::json;
use server::comps;
use server::mail::recipients;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::comps::{give, invited};
use crate::payments::SlowBank;
use crate::refunds::{check_in, gift, named, refund};
use crate::support::{EventBuilder, Inbox, Letter, TestApp, TestEvent, TestUser, assert_sound};

/// An event, an address or more in every relation to it, and who of them is to be told.
struct Scene {
    app: TestApp,
    inbox: Inbox,
    olga: TestUser,
    event: TestEvent,
    concerned: Vec<String>,
}

impl Scene {
    async fn set(db: PgPool) -> Self {
        let (app, inbox) = (TestApp::new(db), Inbox::new());
        let olga = app.user("Olga").await;
        let event = EventBuilder::new("Night")
            .ticket_type("Stalls", 2500, 50)
            .ticket_type("Box", 4000, 1)
            .ticket_type("Lodge", 4000, 1)
            .create(&app, &olga)
            .await;
        let mut scene = Self {
            app,
            inbox,
            olga,
            event,
            concerned: Vec::new(),
        };
        scene.holders().await;
        scene.transfers().await;
        scene.guests().await;
        scene.waiting().await;
        scene.concerned.sort();
        scene.inbox.fetch(&scene.app).await;
        scene
    }

    async fn user(&self, name: &str) -> TestUser {
        self.app.user(name).await
    }

    fn is_told(&mut self, email: &str) {
        self.concerned.push(email.to_owned());
    }

    /// Buys one ticket; its number and order.
    async fn buy(&self, buyer: &TestUser, kind: usize) -> (i32, Uuid) {
        let order: Order = buyer.buy(&[(self.event.types[kind], 1)]).await.created();
        (order.lines[0].tickets[0].number, order.id)
    }

    async fn host(&self, number: i32, verb: &str) {
        let path = format!("/host/events/{}/tickets/{number}/{verb}", self.event.id);
        let answer = self.olga.post(&path, json!({"reason": "Lost"})).await;
        assert!(answer.status.is_success(), "{answer:?}");
    }

    async fn send(&self, from: &TestUser, number: i32, email: &str) -> Uuid {
        let path = format!("/tickets/{}/{number}/transfers", self.event.id);
        let sent: Transfer = from.post(&path, json!({"email": email})).await.created();
        sent.id
    }

    async fn answer(&self, who: &TestUser, transfer: Uuid, verb: &str) {
        let path = format!("/transfers/{transfer}/{verb}");
        let answer = who.post(&path, json!({})).await;
        assert!(answer.status.is_success(), "{answer:?}");
    }

    /// Valid, checked in, refunded, revoked.
    async fn holders(&mut self) {
        let (valid, used) = (self.user("Valid").await, self.user("Used").await);
        self.buy(&valid, 0).await;
        self.is_told(&valid.email);
        let (number, _) = self.buy(&used, 0).await;
        check_in(&self.app, self.event.id, number, &self.olga).await;
        self.is_told(&used.email);
        let (refunded, revoked) = (self.user("Refunded").await, self.user("Revoked").await);
        let (number, order) = self.buy(&refunded, 0).await;
        let back = named(self.event.id, [number]);
        let back = refund(&refunded, order, Uuid::new_v4(), &back).await;
        back.created::<Order>();
        let (number, _) = self.buy(&revoked, 0).await;
        self.host(number, "revoke").await;
    }

    /// Pending, accepted, declined, recalled, and a ticket sent to who has one already.
    async fn transfers(&mut self) {
        let (sender, giver) = (self.user("Sender").await, self.user("Giver").await);
        let (number, _) = self.buy(&sender, 0).await;
        self.send(&sender, number, "new@example.com").await;
        self.is_told(&sender.email);
        self.is_told("new@example.com");
        let accepted = self.user("Accepted").await;
        let (number, _) = self.buy(&giver, 0).await;
        gift(self.event.id, number, &giver, &accepted).await;
        self.is_told(&accepted.email);
        let (kept, declined) = (self.user("Kept").await, self.user("Declined").await);
        let (number, _) = self.buy(&kept, 0).await;
        let transfer = self.send(&kept, number, &declined.email).await;
        self.answer(&declined, transfer, "decline").await;
        let transfer = self.send(&kept, number, "recalled@example.com").await;
        self.answer(&kept, transfer, "recall").await;
        self.is_told(&kept.email);
        // Who has a ticket and is sent another is told once, and who sends one of two.
        let two = self.user("Two").await;
        let order: Order = two.buy(&[(self.event.types[0], 2)]).await.created();
        let number = order.lines[0].tickets[0].number;
        self.send(&two, number, &kept.email).await;
        self.is_told(&two.email);
    }

    /// With an account and without, one who passes the gift on, and one whose gift is taken back.
    async fn guests(&mut self) {
        let known = self.user("Known").await;
        let mut with_account = invited("Known");
        with_account.email.clone_from(&known.email);
        let guests = [with_account, invited("Grace"), invited("Lost")];
        give(&self.olga, self.event.id, self.event.types[0], &guests).await;
        let stop = CancellationToken::new();
        comps::run_once(&self.app.db, &stop).await.expect("given");
        let number = async |email: &str| {
            sqlx::query_scalar!(
                r#"select number as "number!" from comp_guests where event_id = $1 and email = $2"#,
                self.event.id,
                email,
            )
            .fetch_one(&self.app.db)
            .await
            .expect("a ticket")
        };
        let (passed_on, lost) = (number(&known.email).await, number("lost@example.com").await);
        self.host(lost, "revoke").await;
        self.send(&known, passed_on, "late@example.com").await;
        for email in [
            known.email.as_str(),
            "grace@example.com",
            "late@example.com",
        ] {
            self.is_told(email);
        }
    }

    /// In line, gone from it, with an offer, with an order that is not paid yet, and all at once.
    async fn waiting(&mut self) {
        let (boxer, lodger) = (self.user("Boxer").await, self.user("Lodger").await);
        self.buy(&boxer, 1).await;
        self.is_told(&boxer.email);
        let (number, order) = self.buy(&lodger, 2).await;
        let (waits, left) = (self.user("Waits").await, self.user("Left").await);
        let offered = self.user("Offered").await;
        for (user, kind) in [(&waits, 1), (&boxer, 1), (&left, 1), (&offered, 2)] {
            let body = json!({"ticket_type_id": self.event.types[kind], "quantity": 1});
            let path = format!("/events/{}/waiting-list", self.event.id);
            let joined = user.post(&path, body).await;
            assert!(joined.status.is_success(), "{joined:?}");
        }
        let places: Vec<api::waiting::WaitingPlace> = left.get("/waiting-list").await.ok();
        let path = format!("/waiting-list/{}", places[0].id);
        assert!(left.delete(&path).await.status.is_success());
        let back = named(self.event.id, [number]);
        let back = refund(&lodger, order, Uuid::new_v4(), &back).await;
        back.created::<Order>();
        self.is_told(&waits.email);
        self.is_told(&offered.email);
        let slow = TestApp::with_payments(self.app.db.clone(), Arc::new(SlowBank));
        let pending = slow.user("Pending").await;
        pending
            .buy(&[(self.event.types[0], 1)])
            .await
            .created::<Order>();
        self.is_told(&pending.email);
    }

    async fn count(&self) -> i64 {
        let mut connection = self.app.db.acquire().await.expect("a connection");
        let count = recipients::count(&mut connection, self.event.id).await;
        count.expect("counted")
    }

    /// The emails that came, which must be one to each, about the event.
    #[track_caller]
    fn assert_told(&self, letters: &[Letter]) {
        let address = |letter: &Letter| {
            let to = letter.to.rsplit('<').next().unwrap_or_default();
            to.trim_end_matches('>').to_owned()
        };
        let mut told: Vec<String> = letters.iter().map(address).collect();
        told.sort();
        assert_eq!(told, self.concerned);
        for letter in letters {
            assert!(letter.subject.contains("Night"), "{letter:?}");
        }
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn everyone_it_concerns_is_told_once_that_an_event_is_moved_and_cancelled(db: PgPool) {
    let scene = Scene::set(db).await;
    let path = format!("/host/events/{}", scene.event.id);
    assert_eq!(scene.count().await, scene.concerned.len() as i64);

    let moved = scene.olga.patch(&path, json!({"venue": "Barn"})).await;
    moved.ok::<HostEvent>();
    let letters = scene.inbox.fetch(&scene.app).await;
    scene.assert_told(&letters);
    assert!(letters.iter().all(|of| of.text.contains("Barn")));

    let cancel = scene.olga.post(&format!("{path}/cancel"), json!({})).await;
    cancel.ok::<HostEvent>();
    // Before the tickets go back, and after: people are told how things were.
    let letters = scene.inbox.fetch(&scene.app).await;
    scene.assert_told(&letters);
    let again = scene.olga.post(&format!("{path}/cancel"), json!({})).await;
    again.ok::<HostEvent>();
    assert!(scene.inbox.fetch(&scene.app).await.is_empty());
    let stop = CancellationToken::new();
    let sent_back = server::cancellation::run_once(&scene.app.db, &stop).await;
    sent_back.expect("all went back");
    let refunds = scene.inbox.fetch(&scene.app).await;
    let cancelled = |of: &&Letter| of.subject.starts_with("Cancelled");
    assert_eq!(refunds.iter().find(cancelled).map(|of| &of.to), None);
    assert_eq!(scene.count().await, 2, "nobody but who waited");
    assert_sound(&scene.app.db).await;
}

/// The email says what it means for each of them.
#[sqlx::test(migrations = "../migrations")]
async fn each_is_told_what_the_cancellation_means_for_them(db: PgPool) {
    let scene = Scene::set(db).await;
    let path = format!("/host/events/{}/cancel", scene.event.id);
    scene.olga.post(&path, json!({})).await.ok::<HostEvent>();
    let stop = CancellationToken::new();
    let sent_back = server::cancellation::run_once(&scene.app.db, &stop).await;
    sent_back.expect("all went back");
    let letters = scene.inbox.fetch(&scene.app).await;
    for (to, sentence) in [
        ("valid-", "Your tickets are no longer"),
        ("new@", "You can no longer accept the tickets you were sent"),
        (
            "grace@",
            "You can no longer accept the tickets you were sent",
        ),
        (
            "offered-",
            "We’ve released the tickets we were holding for you",
        ),
        (
            "pending-",
            "We’ve released the tickets we were holding for you",
        ),
        ("waits-", "no longer on the waiting list"),
        ("boxer-", "Your tickets are no longer"),
    ] {
        let told = |of: &&Letter| of.to.contains(to) && of.subject.starts_with("Cancelled");
        let letter = letters.iter().find(told).expect(to);
        assert!(letter.text.contains(sentence), "{to}: {}", letter.text);
    }
}

/// Guests whose tickets were not issued yet never hear of an event that is cancelled meanwhile.
#[sqlx::test(migrations = "../migrations")]
async fn nobody_is_invited_to_an_event_that_was_cancelled(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night")
        .ticket_type("Stalls", 0, 3000)
        .create(&app, &olga)
        .await;
    let guests: Vec<_> = (0..1500).map(|n| invited(&format!("Guest{n}"))).collect();
    give(&olga, event.id, event.types[0], &guests).await;
    let path = format!("/host/events/{}/cancel", event.id);
    olga.post(&path, json!({})).await.ok::<HostEvent>();
    let stop = CancellationToken::new();
    let issued = comps::run_once(&app.db, &stop).await;
    assert_eq!(issued.expect("run"), 0, "500 were not issued yet");
    let queued = sqlx::query_scalar!(
        r#"select count(*) as "n!" from jobs where payload ->> 'letter' = 'event_cancelled'"#
    );
    assert_eq!(queued.fetch_one(&app.db).await.expect("counted"), 1000);
    assert_sound(&app.db).await;
}
