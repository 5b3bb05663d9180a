//! What people still have when there is no network, and when there is no server.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use api::TicketTypeId;
use e2e::{Account, Engine, Person, Service};
use serde_json::json;

crate::in_both_engines!(what_was_seen_is_there_without_the_server);

/// Ada has two tickets and has looked at them, and at her order.
async fn ada_with_tickets(
    service: &Service,
    engine: Engine,
) -> Result<(Person, Account, TicketTypeId)> {
    let olga = Account::register(service, "Olga", "olga@example.com").await?;
    let account = Account::register(service, "Ada Lovelace", "ada@example.com").await?;
    let event = olga.publish("Night", &[("Standing", 2500, 100)]).await?;
    account.buy(event.ticket_types[0].id, 2).await?;
    let ada = Person::arrive(engine, service).await?;
    ada.sign_in("ada@example.com").await?;
    ada.follow("Tickets").await?;
    ada.follow_containing("Night").await?;
    ada.sees("1 of 2").await?;
    ada.open("/orders").await?;
    ada.follow_containing("Night").await?;
    ada.sees("2 × Standing").await?;
    ada.open("/").await?;
    ada.follow_containing("Night").await?;
    ada.sees("One night only.").await?;
    ada.has_the_app().await?;
    Ok((ada, account, event.ticket_types[0].id))
}

/// All that is kept, from a start of the app.
async fn has_all_of_it(ada: &Person) -> Result<()> {
    ada.open("/tickets").await?;
    ada.sees("You’re offline.").await?;
    ada.sees("Last updated").await?;
    ada.can_use_the_screen().await?;
    ada.follow_containing("Night").await?;
    ada.sees("1 of 2").await?;
    ensure!(ada.count(".ticket svg").await? > 0, "there is no QR code");
    ada.follow("View order").await?;
    ada.sees("2 × Standing").await?;
    ada.sees("€50").await?;
    ada.open("/orders").await?;
    ada.sees("Night").await?;
    ada.open("/").await?;
    ada.follow_containing("Night").await?;
    ada.sees("One night only.").await
}

async fn what_was_seen_is_there_without_the_server(engine: Engine) -> Result<()> {
    let mut service = Service::start().await?;
    let (ada, account, kind) = ada_with_tickets(&service, engine).await?;

    let asked = Instant::now();
    service.stop();
    let took = asked.elapsed();
    ensure!(took < Duration::from_secs(8), "it took {took:?} to stop");
    ada.start_again().await?;
    ada.sees("One night only.").await?;
    has_all_of_it(&ada).await?;

    ada.open("/tickets").await?;
    ada.sees("You’re offline.").await?;
    service.resume().await?;
    account.buy(kind, 1).await?;
    ada.no_longer_sees("You’re offline.").await?;
    ada.open("/tickets").await?;
    ada.follow_containing("Night").await?;
    ada.sees("1 of 3").await?;

    ada.open("/you").await?;
    ada.press("Sign out").await?;
    ada.sees("Your tickets on every device").await?;
    let kept = ada.run("return JSON.stringify(localStorage)").await?;
    let kept = kept.as_str().unwrap_or_default();
    ensure!(
        !kept.contains("Ada") && !kept.contains("ticket"),
        "still kept: {kept}"
    );
    ada.leave().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_is_there_without_a_network() -> Result<()> {
    let service = Service::start().await?;
    let (ada, account, kind) = ada_with_tickets(&service, Engine::Chromium).await?;

    ada.clear_cache().await?;
    ada.cut_network(true).await?;
    ada.start_again().await?;
    has_all_of_it(&ada).await?;

    ada.open("/tickets").await?;
    ada.sees("You’re offline.").await?;
    account.buy(kind, 1).await?;
    ada.cut_network(false).await?;
    ada.no_longer_sees("You’re offline.").await?;
    ada.follow_containing("Night").await?;
    ada.sees("1 of 3").await?;
    ada.leave().await
}

/// A network that breaks off on the first visit does not keep the app off the device for good.
#[tokio::test(flavor = "multi_thread")]
async fn the_app_is_kept_once_the_network_is_back() -> Result<()> {
    const FAIL_ONCE: &str = "if (navigator.serviceWorker) {
            const register = navigator.serviceWorker.register.bind(navigator.serviceWorker);
            navigator.serviceWorker.register = async (...asked) => {
                window.tried = (window.tried ?? 0) + 1;
                if (window.tried === 1) throw new TypeError('no network');
                return register(...asked);
            };
        }";
    const FORGET: &str = "const answer = arguments[arguments.length - 1];
        (async () => {
            const registered = await navigator.serviceWorker.getRegistrations();
            await Promise.all(registered.map((it) => it.unregister()));
            await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
        })().then(() => answer(true))";
    let service = Service::start().await?;
    let ada = Person::arrive(Engine::Chromium, &service).await?;
    ada.has_the_app().await?;
    ada.is_first_in_pages(FAIL_ONCE).await?;
    ada.ask(FORGET, Vec::new()).await?;
    ada.start_again().await?;
    ada.has_the_app().await?;
    ensure!(
        ada.run("return window.tried").await? == 2,
        "it was kept at once"
    );
    ada.leave().await
}

/// A new version is there with the next page, and stays without the server.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_of_the_app_takes_over() -> Result<()> {
    let mut service = Service::start().await?;
    let ada = Person::arrive(Engine::Chromium, &service).await?;
    ada.has_the_app().await?;
    let obstacles = ada.cannot_install().await?;
    ensure!(
        obstacles == json!([]),
        "it cannot be installed: {obstacles}"
    );
    let marked = "return document.querySelector('meta[name=mark]') !== null";
    ensure!(
        ada.run(marked).await? == false,
        "the page is marked already"
    );

    service.deploy("<meta name=\"mark\">").await?;
    // A page that is slow to come gives way to the one that is kept.
    let asked = Instant::now();
    ada.start_again().await?;
    while ada.run(marked).await? != true {
        ensure!(
            asked.elapsed() < Duration::from_secs(60),
            "the page is the old one"
        );
        ada.start_again().await?;
    }
    ada.has_the_app().await?;
    service.stop();
    ada.start_again().await?;
    ada.sees("You’re offline").await?;
    ensure!(
        ada.run(marked).await? == true,
        "the page kept is the old one"
    );
    ada.leave().await
}
