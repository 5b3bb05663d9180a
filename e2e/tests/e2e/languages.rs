//! The app in another language.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use e2e::{Account, Engine, Person, Service};
use serde_json::Value;

/// What people and places are called in this journey: not the app's words.
const NAMES: [&str; 3] = ["Ada", "Night", "Standing"];

#[tokio::test(flavor = "multi_thread")]
async fn the_app_speaks_german() -> Result<()> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    let event = olga.publish("Night", &[("Standing", 2500, 100)]).await?;
    let order = olga.buy(event.ticket_types[0].id, 2).await?;
    let reader = Person::arrive(Engine::Chromium, &service).await?;
    reader.sign_in("olga@example.com").await?;

    let english = said_in_english_only()?;
    ensure!(
        !found(&reader, &english).await?.is_empty(),
        "English is not found where it is"
    );
    reader.chooses_language("Deutsch").await?;
    reader.sees_heading("Du").await?;
    let language = reader.run("return document.documentElement.lang").await?;
    ensure!(language == "de", "the page is in {language}");
    is_written_to_in_german(&olga).await?;

    reader.follow("Events").await?;
    reader.follow_containing("Night").await?;
    reader.sees("Tickets holen").await?;
    reader.sees("25 €").await?;
    let day = reader
        .run("return document.querySelector('.facts__main').innerText")
        .await?;
    let day = day.as_str().context("a day")?;
    let weekdays = [
        "Montag",
        "Dienstag",
        "Mittwoch",
        "Donnerstag",
        "Freitag",
        "Samstag",
        "Sonntag",
    ];
    ensure!(
        weekdays.iter().any(|weekday| day.starts_with(weekday)),
        "{day}"
    );

    let id = event.id;
    for path in [
        "/".to_owned(),
        "/?when=past".to_owned(),
        format!("/events/{id}"),
        format!("/events/{id}/buy"),
        "/cart".to_owned(),
        "/tickets".to_owned(),
        format!("/tickets/{id}/1"),
        "/orders".to_owned(),
        format!("/orders/{}", order.id),
        format!("/orders/{}/refund", order.id),
        format!("/orders/{}/confirmation", order.id),
        "/host".to_owned(),
        "/host/events/new".to_owned(),
        format!("/host/events/{id}"),
        format!("/host/events/{id}/edit"),
        format!("/host/events/{id}/guests"),
        format!("/host/events/{id}/give"),
        format!("/host/events/{id}/door"),
        "/you".to_owned(),
        "/you/sign-in".to_owned(),
        "/you/create-account".to_owned(),
        "/you/forgot".to_owned(),
        "/nowhere".to_owned(),
    ] {
        // What is looked at is the next page.
        reader.run("window.before = true").await?;
        reader.open(&path).await?;
        let found = found(&reader, &english).await?;
        ensure!(found.is_empty(), "{path} says in English: {found:?}");
    }

    reader.open("/you").await?;
    reader.chooses_language("English").await?;
    reader.sees_heading("You").await?;
    reader.leave().await
}

/// Letters follow the app.
async fn is_written_to_in_german(account: &Account) -> Result<()> {
    for _ in 0..100 {
        if account.me().await?.locale.starts_with("de") {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!("letters are in {} still", account.me().await?.locale)
}

/// Which of the `english` texts are on the page.
async fn found(person: &Person, english: &BTreeMap<String, String>) -> Result<Vec<String>> {
    let mut shown = settled(person).await?;
    shown.retain(|text| english.contains_key(text));
    Ok(shown)
}

/// All texts and labels of the page, once nothing is being loaded.
async fn settled(person: &Person) -> Result<Vec<String>> {
    let script = "
        if (window.before || document.readyState !== 'complete' || !document.querySelector('h1, h2') ||
            document.querySelector('.skeleton, [aria-busy=true]')) return null;
        const texts = [];
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) texts.push(walk.currentNode.data);
        for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
            for (const element of document.querySelectorAll(`[${name}]`))
                texts.push(element.getAttribute(name));
        return texts.map(text => text.replace(/\\s+/g, ' ').trim()).filter(text => text);";
    for _ in 0..100 {
        if let Value::Array(texts) = person.run(script).await? {
            let texts = texts
                .into_iter()
                .filter_map(|text| text.as_str().map(str::to_owned));
            return Ok(texts.collect());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("{} is still being loaded", person.path().await?)
}

/// The texts of the catalogue that are nothing in German.
fn said_in_english_only() -> Result<BTreeMap<String, String>> {
    let (mut english, german) = (catalogue("en")?, catalogue("de")?);
    english.retain(|text, _| !german.contains_key(text) && !NAMES.contains(&text.as_str()));
    // A language is called by its own name.
    english.remove("English");
    Ok(english)
}

/// Names by text.
fn catalogue(language: &str) -> Result<BTreeMap<String, String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../i18n/locales")
        .join(language);
    let mut texts = BTreeMap::new();
    for file in fs::read_dir(folder)? {
        let read: BTreeMap<String, String> = serde_json::from_slice(&fs::read(file?.path())?)?;
        texts.extend(read.into_iter().map(|(name, text)| (text, name)));
    }
    Ok(texts)
}
