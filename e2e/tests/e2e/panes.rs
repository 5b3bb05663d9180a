//! What is beside each other on a wide screen.

use anyhow::{Result, ensure};
use e2e::{Account, Engine, Look, Person, Service};

crate::in_both_engines!(a_link_to_what_is_ones_own_asks_once_to_sign_in);

/// On a screen with room for two panes, the list would say the same in other words.
async fn a_link_to_what_is_ones_own_asks_once_to_sign_in(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    let event = olga.publish("Night", &[("Standing", 2500, 100)]).await?;
    let order = olga.buy(event.ticket_types[0].id, 1).await?;

    let person = Person::arrive(engine, &service).await?;
    for (path, heading) in [
        (
            format!("/host/events/{}", event.id),
            "Sign in to manage this event",
        ),
        (
            format!("/host/events/{}/guests", event.id),
            "Sign in to see guests",
        ),
        (
            format!("/tickets/{}/1", event.id),
            "Sign in to see this ticket",
        ),
        (format!("/orders/{}", order.id), "Sign in to see this order"),
    ] {
        person.open(&path).await?;
        person.sees_heading(heading).await?;
        let asks = person
            .run(
                "return [...document.querySelectorAll('.state')]
                    .filter((state) => state.getClientRects().length > 0).length",
            )
            .await?;
        ensure!(asks == 1, "{path} asks {asks} times");
        let share = person
            .run(
                "const width = (name) =>
                    document.querySelector(name).getBoundingClientRect().width;
                return width('.panes__detail') / width('.panes')",
            )
            .await?;
        ensure!(share == 1, "{path}: {share} of the room is used");
        person.can_use_the_screen().await?;
    }
    person.leave().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_filtered_beside_what_is_open() -> Result<()> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    olga.publish("Night", &[("Standing", 2500, 100)]).await?;
    olga.publish("Gift", &[("Standing", 0, 100)]).await?;
    let person = Person::arrive(Engine::Chromium, &service).await?;
    let desktop = Look {
        width: 1280,
        height: 800,
        dark: false,
        forced_colors: false,
    };
    person.take(desktop, 1.0).await?;
    person.follow_containing("Night").await?;
    person.sees_heading("Night").await?;
    let event = person.path().await?;

    person.press("Free").await?;
    let only_one = "return document.querySelectorAll('.cards__item').length === 1";
    person.until_true(only_one).await?;
    person.sees_heading("Night").await?;
    ensure!(person.path().await? == event, "the event was closed");

    person.press("All events").await?;
    person
        .until_true("return location.pathname + location.search === '/?when=free'")
        .await?;
    person.until_true(only_one).await?;
    person.press("All").await?;
    person.until_true("return location.search === ''").await?;
    person.follow_containing("Night").await?;
    person.sees_heading("Night").await?;
    person.leave().await
}
