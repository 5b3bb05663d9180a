//! Coming back: everything is where it was, and every step back leads somewhere.

use anyhow::{Context, Result, ensure};
use e2e::{Account, Engine, Person, Service};

crate::in_both_engines!(
    lists_and_tabs_keep_their_place,
    no_step_back_is_dead,
    a_tab_leads_to_no_sheet_and_to_nothing_that_is_over,
);

/// More than fit on a screen.
const EVENTS: usize = 18;
const LIST: &str = "document.querySelector('.panes__list .pane')";
/// The link to an event amid what is seen of the list.
const IN_SIGHT: &str = "[...document.querySelectorAll('.card a')].find((link) => {
    const {top} = link.getBoundingClientRect();
    return top > 200 && top < innerHeight - 200;
})";

/// Where the link to the event is on the screen.
fn height_of(event: &str) -> String {
    format!("{LIST}.querySelector('a[href=\"{event}\"]').getBoundingClientRect().top")
}

async fn height(person: &Person, event: &str) -> Result<f64> {
    let height = person.run(&format!("return {}", height_of(event))).await?;
    height.as_f64().context("a height")
}

async fn is_at(person: &Person, path: &str) -> Result<()> {
    let is_there = format!("return location.pathname === '{path}'");
    person.until_true(&is_there).await
}

/// On a phone a list is under what is open, on the desktop beside it, where it has another shape.
async fn lists_and_tabs_keep_their_place(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    for number in 1..=EVENTS {
        olga.publish(&format!("Night {number}"), &[("Seat", 1000, 20)])
            .await?;
    }
    let ada = Person::arrive(engine, &service).await?;
    ada.sees("Night 2").await?;
    ada.run(&format!("{LIST}.scrollTo(0, 600)")).await?;
    ada.until_true(&format!("return Boolean({IN_SIGHT}?.innerText)"))
        .await?;
    let title = ada.run(&format!("return {IN_SIGHT}.innerText")).await?;
    ada.follow(title.as_str().context("a title")?).await?;
    ada.sees("Be the first to go").await?;
    let event = ada.path().await?;
    let scrolled = ada.run(&format!("return {LIST}.scrollTop > 100")).await?;
    ensure!(scrolled == true, "the list fits on the screen");
    ada.has_seen_it_settle(false).await?;
    let there = height(&ada, &event).await?;
    let stays = async || {
        ada.has_seen_it_settle(false).await?;
        let stays = format!("return Math.abs({} - {there}) < 2", height_of(&event));
        ada.until_true(&stays).await
    };

    // To the list and to the event again.
    ada.go_back().await?;
    is_at(&ada, "/").await?;
    stays().await?;
    ada.go_forward().await?;
    is_at(&ada, &event).await?;
    stays().await?;

    // To another tab and back to what was open in this one.
    ada.strike("gt").await?;
    ada.sees("Your tickets live here").await?;
    ada.strike("ge").await?;
    is_at(&ada, &event).await?;
    stays().await?;
    ada.press("All events").await?;
    is_at(&ada, "/").await?;
    stays().await?;
    ada.leave().await
}

async fn no_step_back_is_dead(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    let event = olga.publish("Night", &[("Seat", 1000, 20)]).await?;
    olga.buy(event.ticket_types[0].id, 3).await?;
    let person = Person::arrive(engine, &service).await?;
    person.sign_in("olga@example.com").await?;
    let start = person.path().await?;
    person.open("/tickets").await?;
    person.follow_containing("Night").await?;
    person.sees("1 of 3").await?;
    person.follow("Next ticket").await?;
    person.sees("2 of 3").await?;
    person.press("All tickets").await?;
    is_at(&person, "/tickets").await?;
    person.go_back().await?;
    is_at(&person, &start).await?;
    person.leave().await
}

/// What is bought is bought: its sheet does not come again with its tab.
async fn a_tab_leads_to_no_sheet_and_to_nothing_that_is_over(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    let event = olga.publish("Night", &[("Seat", 1000, 20)]).await?;
    Account::register(&service, "Ada", "ada@example.com").await?;
    let ada = Person::arrive(engine, &service).await?;
    ada.sign_in("ada@example.com").await?;
    ada.follow("Events").await?;
    ada.follow_containing("Night").await?;
    ada.follow("Get tickets").await?;
    // Of the only type one is chosen already.
    ada.press("One more: Seat").await?;
    ada.press("One more: Seat").await?;
    ada.press_containing("€30").await?;
    ada.sees_heading("You’re going").await?;
    ada.follow("Events").await?;
    is_at(&ada, &format!("/events/{}", event.id)).await?;
    ada.sees("You have 3 tickets").await?;
    ensure!(ada.count("dialog").await? == 0, "the sheet came again");

    // The order is a screen, its confirmation is not.
    ada.press("All events").await?;
    ada.follow("Orders").await?;
    ada.sees("3 × Seat").await?;
    let order = ada.path().await?;
    ensure!(!order.ends_with("/confirmation"), "{order}");

    // Nor is a cart that was bought.
    ada.follow("Events").await?;
    ada.follow_containing("Night").await?;
    ada.follow("Get tickets").await?;
    ada.press("Add to cart").await?;
    ada.follow("View cart").await?;
    ada.press_containing("€10").await?;
    ada.sees_heading("You’re going").await?;
    ada.follow("Events").await?;
    is_at(&ada, "/").await?;
    ada.leave().await
}
