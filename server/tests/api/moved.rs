//! Who has a ticket is told when its event is moved.

use api::Code;
use api::host::{Audience, HostEvent};
use api::orders::Order;
use api::transfers::Transfer;
use axum::http::StatusCode;
use serde_json::{Value, json};
use server::comps;
use server::mail::{self, Transport};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::comps::{give, invited};
use crate::refunds::{named, refund};
use crate::support::{
    EventBuilder, Inbox, Letter, SmtpServer, TestApp, TestEvent, TestUser, assert_sound,
};

/// An event on 4 March 2031, from 20:00 to 23:00 in Berlin.
async fn event(app: &TestApp, organizer: &TestUser) -> TestEvent {
    EventBuilder::new("Night")
        .starts_at("2031-03-04T19:00:00Z".parse().expect("a time"))
        .create(app, organizer)
        .await
}

async fn change(organizer: &TestUser, event: &TestEvent, change: Value) {
    let path = format!("/host/events/{}", event.id);
    organizer.patch(&path, change).await.ok::<HostEvent>();
}

async fn send(from: &TestUser, event: &TestEvent, number: i32, email: &str) -> Transfer {
    let path = format!("/tickets/{}/{number}/transfers", event.id);
    let sent = from.post(&path, json!({"email": email})).await;
    sent.created()
}

/// The one letter to this address.
#[track_caller]
fn to<'a>(letters: &'a [Letter], email: &str) -> &'a Letter {
    let told: Vec<_> = letters.iter().filter(|l| l.to.contains(email)).collect();
    let [letter] = told[..] else {
        panic!("{email}: {told:?} of {letters:?}");
    };
    letter
}

/// As lines, without spaces that do not break.
fn lines(letter: &Letter) -> Vec<String> {
    let text = letter.text.replace(['\u{a0}', '\u{202f}'], " ");
    let lines = text.lines().map(str::trim_end);
    lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

#[sqlx::test(migrations = "../migrations")]
async fn everyone_with_a_ticket_is_told_what_was_and_what_is(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let (bob, cleo) = (app.german("Bob").await, app.user("Cleo").await);
    let event = event(&app, &olga).await;
    ada.buy(&[(event.types[0], 2)]).await.created::<Order>();
    bob.buy(&[(event.types[0], 1)]).await.created::<Order>();
    // Neither does who gave all back hear of it, nor who has none.
    let order: Order = cleo.buy(&[(event.types[0], 1)]).await.created();
    let back = refund(&cleo, order.id, Uuid::new_v4(), &named(event.id, [4])).await;
    back.created::<Order>();
    inbox.fetch(&app).await;

    change(
        &olga,
        &event,
        json!({"starts_at": "2031-03-05T19:30:00Z", "ends_at": "2031-03-05T22:30:00Z",
            "venue": "Barn <2>"}),
    )
    .await;
    let letters = inbox.fetch(&app).await;
    assert_eq!(letters.len(), 2, "{letters:?}");
    let hers = to(&letters, &ada.email);
    assert_eq!(hers.subject, "New time and place: Night");
    insta::assert_snapshot!(lines(hers).join("\n"), @"
    Hi Ada,
    Night has a new time and place.
    Event: Night
    New time: Wednesday, March 5, 2031 at 8:30 PM (Berlin time)
    Previously: Tuesday, March 4, 2031 at 8:00 PM (Berlin time)
    New place: Barn <2>, Street 1, Berlin
    Previously: Hall, Street 1, Berlin
    Your tickets are still valid. You don’t need new ones.
    If you can’t make it, you can cancel or refund your tickets until the event starts.
    View your tickets:
    http://localhost:8080/tickets
    --
    Box Office
    ");
    let his = to(&letters, &bob.email);
    assert_eq!(his.subject, "Neuer Termin und Ort: Night");
    let link = format!("http://localhost:8080/tickets/{}/3", event.id);
    assert_eq!(his.after("Ticket ansehen:"), link);
    insta::assert_snapshot!(lines(his).join("\n").replace(&link, "[link]"), @"
    Hallo Bob,
    Night hat einen neuen Termin und Ort.
    Event: Night
    Neuer Termin: Mittwoch, 5. März 2031 um 20:30 Uhr (Ortszeit Berlin)
    Bisher: Dienstag, 4. März 2031 um 20:00 Uhr (Ortszeit Berlin)
    Neuer Ort: Barn <2>, Street 1, Berlin
    Bisher: Hall, Street 1, Berlin
    Dein Ticket gilt weiter. Du brauchst kein neues.
    Wenn du nicht kommen kannst, kannst du deine Tickets bis zum Beginn stornieren oder erstatten lassen.
    Ticket ansehen:
    [link]
    --
    Box Office
    ");
    for part in ["<html lang=\"de\">", "Barn &lt;2&gt;, Street 1, Berlin"] {
        assert!(his.html.contains(part), "{}", his.html);
    }
    let calendar = String::from_utf8_lossy(his.file("event.ics"));
    assert!(calendar.contains("DTSTART:20310305T193000Z"), "{calendar}");
    assert_sound(&app.db).await;
}

/// A ticket on its way concerns both ends; a guest of the house who has not accepted yet, too.
#[sqlx::test(migrations = "../migrations")]
async fn who_was_sent_a_ticket_is_told_and_who_sent_it(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let (olga, ada) = (app.german("Olga").await, app.user("Ada").await);
    let event = event(&app, &olga).await;
    ada.buy(&[(event.types[0], 2)]).await.created::<Order>();
    send(&ada, &event, 1, "new@example.com").await;
    send(&ada, &event, 2, "other@example.com").await;
    give(&olga, event.id, event.types[0], &[invited("Grace")]).await;
    let stop = CancellationToken::new();
    comps::run_once(&app.db, &stop).await.expect("given");
    let letters = inbox.fetch(&app).await;
    let claim = to(&letters, "new@example.com").after("/claim/").to_owned();

    change(&olga, &event, json!({"venue": "Barn"})).await;
    let letters = inbox.fetch(&app).await;
    let subjects: Vec<_> = letters.iter().map(|letter| &letter.subject).collect();
    assert_eq!(letters.len(), 4, "nothing to Olga: {subjects:?}");
    to(&letters, &ada.email);
    let new = to(&letters, "new@example.com");
    assert_eq!(new.subject, "New place: Night");
    insta::assert_snapshot!(lines(new).join("\n"), @"
    Night has a new place.
    You’ve been sent tickets for this event and haven’t accepted them yet.
    Event: Night
    When: Tuesday, March 4, 2031 at 8:00 PM (Berlin time)
    New place: Barn, Street 1, Berlin
    Previously: Hall, Street 1, Berlin
    To accept or decline them, use the link in the email they came with.
    --
    Box Office
    ");
    let grace = to(&letters, "grace@example.com");
    assert_eq!(grace.subject, "Neuer Ort: Night", "as Olga speaks");
    let link = app.stranger().get(&format!("/claims/{claim}")).await;
    assert!(
        link.status.is_success(),
        "the link that was told is good: {link:?}"
    );
    assert_sound(&app.db).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_given_ticket_is_not_called_refundable(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let (event, mut guest) = (event(&app, &olga).await, invited("Ada"));
    guest.email.clone_from(&ada.email);
    give(&olga, event.id, event.types[0], &[guest]).await;
    let stop = CancellationToken::new();
    comps::run_once(&app.db, &stop).await.expect("given");
    inbox.fetch(&app).await;
    change(&olga, &event, json!({"ends_at": "2031-03-04T23:00:00Z"})).await;
    let letter = inbox.fetch_one(&app).await;
    assert_eq!(letter.subject, "New time: Night");
    insta::assert_snapshot!(lines(&letter)[..7].join("\n"), @"
    Hi Ada,
    Night has a new time.
    Event: Night
    When: Tuesday, March 4, 2031 at 8:00 PM (Berlin time)
    New end: Wednesday, March 5, 2031 at 12:00 AM (Berlin time)
    Previously: Tuesday, March 4, 2031 at 11:00 PM (Berlin time)
    Where: Hall, Street 1, Berlin
    ");
    assert!(!letter.text.contains("refund"), "{letter:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_is_told_of_other_changes_or_of_none(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = event(&app, &olga).await;
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    inbox.fetch(&app).await;
    let place = json!({"starts_at": "2031-03-04T20:00:00.123456789Z", "venue": " Barn "});
    for (changed, told) in [
        (json!({"title": "Day", "description": "Louder."}), 0),
        (
            json!({"max_per_user": 4, "ticket_types": [{"id": event.types[0], "name": "Standing",
                "price": 9900, "capacity": 7, "max_per_order": 3}]}),
            0,
        ),
        (json!({"venue": "Hall", "timezone": "Europe/Berlin"}), 0),
        (place.clone(), 1),
        (place, 0),
        (json!({"timezone": "Europe/London"}), 1),
    ] {
        change(&olga, &event, changed.clone()).await;
        let letters = inbox.fetch(&app).await;
        assert_eq!(letters.len(), told, "{changed}: {letters:?}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn nobody_is_told_of_what_is_not_public_or_called_off(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let draft = EventBuilder::new("Night").draft().create(&app, &olga).await;
    change(&olga, &draft, json!({"venue": "Barn"})).await;
    let jobs = sqlx::query_scalar!(r#"select count(*) as "jobs!" from jobs"#);
    assert_eq!(jobs.fetch_one(&app.db).await.expect("counted"), 0);

    let event = event(&app, &olga).await;
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    inbox.fetch(&app).await;
    change(&olga, &event, json!({"venue": "Barn"})).await;
    let cancel = format!("/host/events/{}/cancel", event.id);
    olga.post(&cancel, json!({})).await.ok::<HostEvent>();
    let letter = inbox.fetch_one(&app).await;
    assert_eq!(letter.subject, "Cancelled: Night");
}

/// Anyone who mistypes the year has two minutes to notice.
#[sqlx::test(migrations = "../migrations")]
async fn changes_soon_after_each_other_are_told_as_one(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = event(&app, &olga).await;
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    inbox.fetch(&app).await;
    let transport = Transport::Folder("nowhere".into());
    for venue in ["Bran", "Barn"] {
        change(&olga, &event, json!({"venue": venue})).await;
        let at_once = mail::deliver_due(&app.state, &transport).await;
        assert_eq!(at_once.expect("looked"), 0);
    }
    let letter = inbox.fetch_one(&app).await;
    for line in [
        "New place: Barn, Street 1, Berlin",
        "Previously: Hall, Street 1, Berlin",
    ] {
        assert!(letter.text.contains(line), "{letter:?}");
    }
    for venue in ["Field", "Barn"] {
        change(&olga, &event, json!({"venue": venue})).await;
    }
    let letters = inbox.fetch(&app).await;
    assert!(letters.is_empty(), "it was taken back: {letters:?}");
}

/// Letters to thousands take their time: who has not had the first has one about both changes.
#[sqlx::test(migrations = "../migrations")]
async fn who_still_waits_for_a_letter_has_one_of_all_changes(db: PgPool) {
    let server = SmtpServer::start("127.0.0.1:0").await;
    let url = format!("--smtp-url=smtp://{}", server.address);
    let app = TestApp::with_flags(db, &[&url]);
    let transport = Transport::new(&app.state.config).expect("a mail server");
    let olga = app.user("Olga").await;
    let event = event(&app, &olga).await;
    let mut fans = Vec::new();
    for _ in 0..11 {
        let fan = app.user("Ada").await;
        fan.buy(&[(event.types[0], 1)]).await.created::<Order>();
        fans.push(fan.email);
    }
    let deliver = async || {
        sqlx::query!("update jobs set run_at = now() where attempts = 0")
            .execute(&app.db)
            .await
            .expect("due");
        let delivered = mail::deliver_due(&app.state, &transport).await;
        delivered.expect("delivered")
    };
    while deliver().await > 0 {}
    let confirmed = server.letters().len();

    change(&olga, &event, json!({"venue": "Barn"})).await;
    assert_eq!(deliver().await, 1, "one job for all");
    assert_eq!(deliver().await, 8);
    change(&olga, &event, json!({"venue": "Field"})).await;
    while deliver().await > 0 {}
    let letters = server.letters().split_off(confirmed);
    let told = |email: &String| {
        let letters = letters.iter().filter(|l| l.to.contains(email));
        let venues = letters.map(|letter| {
            let venue = |start: &str| letter.after(start).trim_end_matches(',').to_owned();
            (venue("Previously: "), venue("New place: "))
        });
        venues.collect::<Vec<_>>()
    };
    let step = |was: &str, is: &str| (was.to_owned(), is.to_owned());
    let in_steps = vec![step("Hall", "Barn"), step("Barn", "Field")];
    let at_once = vec![step("Hall", "Field")];
    let of = |path: &Vec<_>| fans.iter().filter(|fan| told(fan) == *path).count();
    assert_eq!((of(&in_steps), of(&at_once)), (8, 3), "{letters:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn the_organizers_own_words_stand_in_the_email(db: PgPool) {
    let (app, inbox) = (TestApp::new(db), Inbox::new());
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = event(&app, &olga).await;
    ada.buy(&[(event.types[0], 1)]).await.created::<Order>();
    inbox.fetch(&app).await;
    let audience = format!("/host/events/{}/audience", event.id);
    let told: Audience = olga.get(&audience).await.ok();
    assert_eq!((told.tickets, told.people), (1, 1));

    // What is corrected is told together, with what was written first.
    let message = "The hall is flooded.\r\nSorry!";
    change(&olga, &event, json!({"venue": "Bran", "message": message})).await;
    change(&olga, &event, json!({"venue": "Barn"})).await;
    let letter = inbox.fetch_one(&app).await;
    let written = lines(&letter).join("\n");
    assert!(
        written.contains("Message from the organizer:\n> The hall is flooded.\n> Sorry!"),
        "{written}"
    );
    assert!(letter.html.contains("The hall is flooded.<br>Sorry!"));

    // Who is told of something else is not told it again.
    change(&olga, &event, json!({"venue": "Shed"})).await;
    let letter = inbox.fetch_one(&app).await;
    assert!(!letter.text.contains("flooded"), "{}", letter.text);
    // And what moves nothing is told to nobody.
    change(&olga, &event, json!({"title": "Day", "message": "Look!"})).await;
    assert_eq!(inbox.fetch(&app).await.len(), 0);
    change(&olga, &event, json!({"venue": "Tent"})).await;
    let letter = inbox.fetch_one(&app).await;
    assert!(!letter.text.contains("Look!"), "{}", letter.text);

    let path = format!("/host/events/{}", event.id);
    let long = json!({"venue": "Den", "message": "x".repeat(1001)});
    let problem = olga.patch(&path, long).await;
    let problem = problem.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    assert!(problem.errors.contains_key("message"), "{problem:?}");
    assert_sound(&app.db).await;
}
