//! A list that is pulled.

use anyhow::{Result, ensure};
use e2e::{Account, Engine, Person, Service};

/// Notes how long what is pulled takes to settle.
const WATCH: &str = "window.settled = [];
    addEventListener('transitionend', ({target, propertyName, elapsedTime}) => {
        if (target.matches('.pull__content'))
            settled.push(`${propertyName} ${Math.round(elapsedTime * 1000)} ms`);
    })";

/// Waits until the list has come to rest in its place so many times, and nothing turns any more.
async fn has_settled(person: &Person, times: usize) -> Result<()> {
    person
        .until_true(&format!(
            "const list = document.querySelector('.pull__content');
            return settled.length >= {times} && getComputedStyle(list).translate === '0px'
                && !document.querySelector('.pull__mark--busy')"
        ))
        .await
}

// A browser that is dropped says goodbye while its thread waits.
#[tokio::test(flavor = "multi_thread")]
async fn a_pulled_list_settles_in_280_ms() -> Result<()> {
    const LIST: &str = ".list__header";
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    olga.publish("Night", &[("Standing", 2500, 100)]).await?;
    let ada = Person::arrive(Engine::Chromium, &service).await?;
    ada.sees("Night").await?;
    ada.run(WATCH).await?;

    // Too little, and enough.
    ada.draws(LIST, &[40]).await?;
    ada.lets_go().await?;
    has_settled(&ada, 1).await?;
    ada.draws(LIST, &[360]).await?;
    ada.lets_go().await?;
    has_settled(&ada, 2).await?;

    // Also when nothing comes of it.
    ada.cut_network(true).await?;
    ada.draws(LIST, &[360]).await?;
    ada.lets_go().await?;
    ada.sees("Last updated").await?;
    has_settled(&ada, 3).await?;
    ensure!(ada.can_see("Night").await?, "the list is gone");

    let settled = ada.run("return settled").await?;
    let settled = settled.as_array().map(Vec::as_slice).unwrap_or_default();
    ensure!(
        settled.iter().all(|one| one == "translate 280 ms"),
        "{settled:?}"
    );
    ada.leave().await
}
