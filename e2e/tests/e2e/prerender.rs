//! What the server writes into the page for the time before the app.

use anyhow::{Result, ensure};
use e2e::{Account, Engine, Look, Person, Service};

const PHONE: (u32, u32) = (390, 844);
const WINDOW: (u32, u32) = (1280, 800);

/// Where everything of the app is that is seen, and where it was before the app.
const SIDE_BY_SIDE: &str = include_str!("side_by_side.js");

/// Scrolls to a card and chooses it with the keyboard before the app is there.
const BEGIN: &str = "
    const begin = () => {
        const pane = document.querySelector('#prerendered .pane');
        pane?.querySelector('.card a').focus({ preventScroll: true });
        if (pane) pane.scrollTop = 120;
        if (pane?.scrollTop !== 120) requestAnimationFrame(begin);
    };
    begin()";

fn light((width, height): (u32, u32)) -> Look {
    Look {
        width,
        height,
        dark: false,
        forced_colors: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_begins_where_the_person_is() -> Result<()> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    for title in ["Night", "Morning", "Noon"] {
        olga.publish(title, &[("Standing", 2500, 100)]).await?;
    }
    let ada = Person::arrive(Engine::Chromium, &service).await?;
    ada.take(light(PHONE), 1.0).await?;
    ada.is_first_in_pages(BEGIN).await?;
    ada.open_anew("/").await?;
    ada.has_seen_it_settle(false).await?;
    let place = ada
        .run("return document.querySelector('.panes__list .pane').scrollTop")
        .await?;
    ensure!(place == 120, "the list is at {place}");
    let focused = ada
        .run("return document.activeElement.matches('.card a:first-child')")
        .await?;
    ensure!(focused == true, "the keyboard is elsewhere");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_takes_the_place_of_what_looks_the_same() -> Result<()> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    let types = [("Standing", 2500, 100), ("Balcony", 0, 3)];
    let event = olga.publish("A <Night> & a Morning", &types).await?;
    let full = olga.publish("Full", &[("Seat", 123_400, 1)]).await?;
    olga.buy(full.ticket_types[0].id, 1).await?;
    let ada = Person::arrive(Engine::Chromium, &service).await?;
    for language in ["en", "de"] {
        let choose = format!("localStorage.setItem('language', '{language}')");
        let tell = format!("document.cookie = 'language={language}; path=/'");
        ada.run(&format!("{choose}; {tell}")).await?;
        for (path, size) in [
            ("/".to_owned(), PHONE),
            ("/".to_owned(), WINDOW),
            (format!("/events/{}", event.id), PHONE),
            (format!("/events/{}", full.id), PHONE),
        ] {
            ada.take(light(size), 1.0).await?;
            ada.open_anew(&path).await?;
            ada.has_seen_it_settle(false).await?;
            let differs = ada.ask(SIDE_BY_SIDE, Vec::new()).await?;
            ensure!(
                differs.as_array().is_some_and(Vec::is_empty),
                "{path} in {language}, at {size:?}: {differs:#}"
            );
        }
    }
    Ok(())
}
