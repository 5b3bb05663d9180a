//! The list of events, one event, and its stock live.

use api::events::{EventDetail, EventSummary, SaleState};
use api::{Code, Page};
use axum::http::StatusCode;
use chrono::{Duration, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{EventBuilder, TestApp};

fn titles(page: &Page<EventSummary>) -> Vec<&str> {
    page.items
        .iter()
        .map(|event| event.title.as_str())
        .collect()
}

#[sqlx::test(migrations = "../migrations")]
async fn the_list_is_what_is_published_and_to_come_soonest_first(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let now = Utc::now();
    let at = |days| now + Duration::days(days);
    EventBuilder::new("Later")
        .starts_at(at(20))
        .create(&app, &olga)
        .await;
    EventBuilder::new("Soon")
        .starts_at(at(2))
        .create(&app, &olga)
        .await;
    EventBuilder::new("Over")
        .starts_at(at(-2))
        .create(&app, &olga)
        .await;
    EventBuilder::new("Long over")
        .starts_at(at(-5))
        .create(&app, &olga)
        .await;
    EventBuilder::new("Draft").draft().create(&app, &olga).await;
    EventBuilder::new("Gift")
        .starts_at(at(9))
        .ticket_type("Free", 0, 5)
        .create(&app, &olga)
        .await;

    let list = |query: &'static str| {
        let stranger = app.stranger();
        async move {
            stranger
                .get(&format!("/events{query}"))
                .await
                .ok::<Page<EventSummary>>()
        }
    };
    assert_eq!(titles(&list("").await), ["Soon", "Gift", "Later"]);
    assert_eq!(titles(&list("?when=week").await), ["Soon"]);
    assert_eq!(titles(&list("?when=free").await), ["Gift"]);
    assert_eq!(titles(&list("?when=past").await), ["Over", "Long over"]);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_card_shows_true_numbers(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night")
        .ticket_type("Standing", 2500, 60)
        .ticket_type("VIP", 9000, 20)
        .create(&app, &olga)
        .await;

    let page: Page<EventSummary> = app.stranger().get("/events").await.ok();
    let [card] = page.items.as_slice() else {
        panic!("one event: {page:?}")
    };
    assert_eq!(card.id, event.id);
    assert_eq!(
        (card.capacity, card.sold, card.left, card.going),
        (80, 0, 80, 0)
    );
    assert_eq!(
        card.price_from.map(|price| price.to_string()),
        Some("25.00 EUR".to_owned())
    );
    assert_eq!(card.state, SaleState::OnSale);
}

#[sqlx::test(migrations = "../migrations")]
async fn pages_follow_each_other_without_gap_or_repeat(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let same_start = Utc::now() + Duration::days(1);
    for number in 0..7 {
        EventBuilder::new(&format!("Event {number}"))
            .starts_at(same_start)
            .create(&app, &olga)
            .await;
    }
    for when in ["all", "past"] {
        if when == "past" {
            sqlx::query!("update events set starts_at = now() - interval '2 days', ends_at = now() - interval '1 day'")
                .execute(&app.db)
                .await
                .expect("moved to the past");
        }
        let mut seen = Vec::new();
        let mut path = format!("/events?limit=3&when={when}");
        loop {
            let page: Page<EventSummary> = app.stranger().get(&path).await.ok();
            assert!(page.items.len() <= 3);
            seen.extend(page.items.into_iter().map(|event| event.id));
            let Some(cursor) = page.next_cursor else {
                break;
            };
            path = format!("/events?limit=3&when={when}&cursor={cursor}");
        }
        let mut distinct = seen.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!((seen.len(), distinct.len()), (7, 7), "{when}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_cancelled_event_is_found_by_a_search_only_and_comes_last(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let now = Utc::now();
    for (number, days) in [(1, 1), (2, 2), (3, 9), (4, -1), (5, -2), (6, -3)] {
        let free = |name: &str| {
            EventBuilder::new(&format!("{name} {number}"))
                .starts_at(now + Duration::days(days))
                .ticket_type("Free", 0, 5)
        };
        free("Gala").create(&app, &olga).await;
        free("Gala off").cancelled().create(&app, &olga).await;
    }
    let all = |query: &'static str| {
        let stranger = app.stranger();
        async move {
            let mut seen = Vec::new();
            let mut path = format!("/events?limit=2&{query}");
            loop {
                let page: Page<EventSummary> = stranger.get(&path).await.ok();
                seen.extend(page.items.into_iter().map(|event| event.title));
                let Some(cursor) = page.next_cursor else {
                    break seen;
                };
                path = format!("/events?limit=2&{query}&cursor={cursor}");
            }
        }
    };
    assert_eq!(all("when=all").await, ["Gala 1", "Gala 2", "Gala 3"]);
    assert_eq!(all("when=week").await, ["Gala 1", "Gala 2"]);
    assert_eq!(all("when=free").await, ["Gala 1", "Gala 2", "Gala 3"]);
    assert_eq!(all("when=past").await, ["Gala 4", "Gala 5", "Gala 6"]);
    assert_eq!(
        all("q=gala").await,
        [
            "Gala 1",
            "Gala 2",
            "Gala 3",
            "Gala off 1",
            "Gala off 2",
            "Gala off 3"
        ]
    );
    assert_eq!(
        all("q=gala&when=past").await,
        [
            "Gala 4",
            "Gala 5",
            "Gala 6",
            "Gala off 4",
            "Gala off 5",
            "Gala off 6"
        ]
    );
    assert_eq!(
        all("q=gala%20off&when=week").await,
        ["Gala off 1", "Gala off 2"]
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn search_finds_part_of_title_or_city_in_any_case(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    EventBuilder::new("Jazz im Keller")
        .city("Köln")
        .create(&app, &olga)
        .await;
    EventBuilder::new("100% Techno").create(&app, &olga).await;
    for (query, found) in [
        ("jazz", 1),
        ("KÖLN", 1),
        ("100%25", 1),
        ("%25%25", 0),
        ("polka", 0),
    ] {
        let page: Page<EventSummary> = app.stranger().get(&format!("/events?q={query}")).await.ok();
        assert_eq!(page.items.len(), found, "{query}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_bad_page_is_refused_at_its_field(db: PgPool) {
    let app = TestApp::new(db);
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=nonsense", "cursor"),
    ] {
        let answer = app.stranger().get(&format!("/events?{query}")).await;
        let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
        assert!(problem.errors.contains_key(field), "{problem:?}");
    }
    let answer = app.stranger().get("/events?when=never").await;
    answer.refused(StatusCode::BAD_REQUEST, Code::Invalid);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_draft_is_seen_by_its_organizer_only(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let ada = app.user("Ada").await;
    let draft = EventBuilder::new("Secret")
        .draft()
        .create(&app, &olga)
        .await;
    let path = format!("/events/{}", draft.id);

    let detail: EventDetail = olga.get(&path).await.ok();
    assert_eq!(detail.summary.state, SaleState::Closed);
    let hidden = ada
        .get(&path)
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    let missing = ada.get(&format!("/events/{}", Uuid::now_v7())).await;
    let missing = missing.refused(StatusCode::NOT_FOUND, Code::NotFound);
    assert_eq!(hidden.detail, missing.detail);
    app.stranger()
        .get(&path)
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    app.stranger()
        .get("/events/not-an-id")
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
    app.stranger()
        .get(&format!("{path}/live"))
        .await
        .refused(StatusCode::NOT_FOUND, Code::NotFound);
}

#[sqlx::test(migrations = "../migrations")]
async fn public_reads_may_be_a_moment_old_and_have_a_tag(db: PgPool) {
    let app = TestApp::with_flags(db, &["--reads-max-age-ms", "300"]);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await;
    let stranger = app.stranger();
    for path in ["/events".to_owned(), format!("/events/{}", event.id)] {
        let first = stranger.get(&path).await;
        let tag = first.header("etag").expect("a tag").to_owned();
        let known = [("if-none-match", tag.as_str())];
        let again = stranger
            .send(
                axum::http::Method::GET,
                &path,
                &known,
                axum::body::Body::empty(),
            )
            .await;
        assert_eq!(
            (again.status, again.body.len()),
            (StatusCode::NOT_MODIFIED, 0)
        );

        ada.buy(&[(event.types[0], 1)])
            .await
            .created::<api::orders::Order>();
        assert_eq!(stranger.get(&path).await.header("etag"), Some(tag.as_str()));
        // Only the public side may be old: what is one's own is true at once.
        let detail: EventDetail = ada.get(&format!("/events/{}", event.id)).await.ok();
        assert!(detail.yours >= 1);
        tokio::time::sleep(std::time::Duration::from_millis(350)).await;
        let fresh = stranger.get(&path).await;
        assert_ne!(fresh.header("etag"), Some(tag.as_str()), "{path}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn the_price_is_one_that_can_be_bought(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let event = EventBuilder::new("Night")
        .ticket_type("Free", 0, 2)
        .ticket_type("Standing", 2500, 50)
        .ticket_type("VIP", 9000, 20)
        .create(&app, &olga)
        .await;
    let seen = async || {
        let list: Page<EventSummary> = app.stranger().get("/events").await.ok();
        let path = format!("/events/{}", event.id);
        let detail: EventDetail = app.stranger().get(&path).await.ok();
        assert_eq!(detail.summary.price_from, list.items[0].price_from);
        let free: Page<EventSummary> = app.stranger().get("/events?when=free").await.ok();
        let price = list.items[0].price_from.map(|price| price.amount);
        (price, free.items.len())
    };
    assert_eq!(seen().await, (Some(0), 1));
    ada.buy(&[(event.types[0], 2)])
        .await
        .created::<api::orders::Order>();
    assert_eq!(seen().await, (Some(2500), 0));

    // Nor one whose sale is over, paused or yet to come.
    for (change, price) in [
        ("sale_ends_at = now() - interval '1 hour'", 9000),
        (
            "sale_ends_at = null, sale_starts_at = now() + interval '1 hour'",
            9000,
        ),
        ("sale_starts_at = null, sold = capacity", 9000),
        ("sold = 0", 2500),
    ] {
        let change = format!("update ticket_types set {change} where name = 'Standing'");
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(change.clone()))
            .execute(&app.db)
            .await;
        done.expect("changed");
        assert_eq!(seen().await, (Some(price), 0), "{change}");
    }
    // Where nothing can be bought, the cheapest there is.
    let done = sqlx::query!("update event_stock set sales_open = false")
        .execute(&app.db)
        .await;
    done.expect("paused");
    assert_eq!(seen().await, (Some(0), 1));
}

#[sqlx::test(migrations = "../migrations")]
async fn pages_of_free_events_leave_out_those_that_cost_by_now(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    for number in 0..9 {
        EventBuilder::new(&format!("Event {number}"))
            .starts_at(Utc::now() + Duration::days(1 + number))
            .ticket_type("Free", 0, 5)
            .ticket_type("Paid", 900, 5)
            .create(&app, &olga)
            .await;
    }
    let done = sqlx::query!(
        "update ticket_types t set sold = capacity from events e
        where e.id = t.event_id and t.price = 0 and e.title ~ '[0134678]'",
    );
    done.execute(&app.db).await.expect("sold out");
    let mut seen = Vec::new();
    let mut path = "/events?limit=1&when=free".to_owned();
    loop {
        let page: Page<EventSummary> = app.stranger().get(&path).await.ok();
        seen.extend(page.items.into_iter().map(|event| event.title));
        let Some(cursor) = page.next_cursor else {
            break;
        };
        path = format!("/events?limit=1&when=free&cursor={cursor}");
    }
    assert_eq!(seen, ["Event 2", "Event 5"]);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_one_may_buy_counts_what_one_bought(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada) = (app.user("Olga").await, app.user("Ada").await);
    let bob = app.user("Bob").await;
    let event = EventBuilder::new("Night")
        .max_per_user(3)
        .create(&app, &olga)
        .await;
    let path = format!("/events/{}", event.id);
    let may_buy = async |user: &crate::support::TestUser| {
        let detail: EventDetail = user.get(&path).await.ok();
        (detail.may_buy, detail.yours)
    };
    assert_eq!(may_buy(&app.stranger()).await, (Some(3), 0));
    let order: api::orders::Order = ada.buy(&[(event.types[0], 2)]).await.created();
    assert_eq!(may_buy(&ada).await, (Some(1), 2));
    // A ticket that is sent on still counts for who bought it, and not for who has it.
    crate::refunds::gift(event.id, 1, &ada, &bob).await;
    assert_eq!(may_buy(&ada).await, (Some(1), 1));
    assert_eq!(may_buy(&bob).await, (Some(3), 1));
    ada.buy(&[(event.types[0], 2)])
        .await
        .refused(StatusCode::CONFLICT, Code::LimitReached);
    ada.buy(&[(event.types[0], 1)])
        .await
        .created::<api::orders::Order>();
    assert_eq!(may_buy(&ada).await, (Some(0), 2));
    let tickets = crate::refunds::named(event.id, [2]);
    crate::refunds::refund(&ada, order.id, Uuid::new_v4(), &tickets)
        .await
        .created::<api::orders::Order>();
    assert_eq!(may_buy(&ada).await, (Some(1), 1));

    let free = EventBuilder::new("No limit").create(&app, &olga).await;
    let detail: EventDetail = ada.get(&format!("/events/{}", free.id)).await.ok();
    assert_eq!(detail.may_buy, None);
}
