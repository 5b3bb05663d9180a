//! What lies over a screen goes the way it came.

use anyhow::{Result, ensure};
use e2e::{Account, Engine, Look, Person, Service};

crate::in_both_engines!(
    back_closes_a_sheet,
    a_sheet_leaves_nothing_behind,
    what_is_typed_into_a_sheet_is_not_lost_unasked,
    what_is_typed_for_guests_is_not_lost_unasked,
);

const SHEET: &str = "Keyboard shortcuts";
const IS_OPEN: &str = "return document.querySelector('dialog')?.open === true";
const IS_GONE: &str = "return document.querySelector('dialog') === null";

async fn service() -> Result<Service> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    olga.publish("Night", &[("Standing", 2500, 100)]).await?;
    Ok(service)
}

async fn at_the_event(engine: Engine, service: &Service) -> Result<Person> {
    let ada = Person::arrive(engine, service).await?;
    ada.follow_containing("Night").await?;
    ada.sees_heading("Night").await?;
    ada.sees("Be the first to go").await?;
    Ok(ada)
}

async fn open_sheet(person: &Person) -> Result<()> {
    person.strike("?").await?;
    person.sees_heading(SHEET).await?;
    person.until_true(IS_OPEN).await
}

async fn back_closes_a_sheet(engine: Engine) -> Result<()> {
    let service = service().await?;
    let ada = at_the_event(engine, &service).await?;
    let event = ada.path().await?;

    // One that has no address.
    open_sheet(&ada).await?;
    ada.go_back().await?;
    ada.until_true(IS_GONE).await?;
    ensure!(ada.path().await? == event, "it led away from the screen");

    // One that has.
    ada.follow("Get tickets").await?;
    ada.until_true(IS_OPEN).await?;
    ada.go_back().await?;
    ada.until_true(IS_GONE).await?;
    ensure!(ada.path().await? == event, "it led away from the screen");
    ada.until_focused("Get tickets").await?;

    ada.follow("Get tickets").await?;
    ada.until_true(IS_OPEN).await?;
    ada.strike(ESCAPE).await?;
    ada.until_true(IS_GONE).await?;
    ensure!(ada.path().await? == event, "it led away from the screen");
    ada.until_focused("Get tickets").await?;
    ada.go_back().await?;
    ada.until_true("return location.pathname === '/'").await?;
    ada.leave().await
}

/// However a sheet was closed, Back then leads from its screen to the one before, and Forward to
/// nothing.
async fn a_sheet_leaves_nothing_behind(engine: Engine) -> Result<()> {
    let service = service().await?;
    let ada = at_the_event(engine, &service).await?;
    let event = ada.path().await?;
    let back_to_the_list = async || {
        ada.go_back().await?;
        ada.until_true("return location.pathname === '/'").await?;
        ada.follow_containing("Night").await?;
        ada.sees_heading("Night").await
    };

    open_sheet(&ada).await?;
    ada.press("Close").await?;
    ada.until_true(IS_GONE).await?;
    back_to_the_list().await?;

    open_sheet(&ada).await?;
    ada.strike(ESCAPE).await?;
    ada.until_true(IS_GONE).await?;
    back_to_the_list().await?;

    open_sheet(&ada).await?;
    ada.go_back().await?;
    ada.until_true(IS_GONE).await?;
    ada.go_forward().await?;
    ada.until_true("return !history.state").await?;
    ensure!(ada.count("dialog").await? == 0, "it came again");
    ensure!(ada.path().await? == event, "it led elsewhere");
    back_to_the_list().await?;

    // The page is loaded anew under it.
    open_sheet(&ada).await?;
    ada.start_again().await?;
    ada.sees_heading("Night").await?;
    ada.until_true("return !history.state").await?;
    ensure!(ada.count("dialog").await? == 0, "it came again");
    back_to_the_list().await?;
    ada.leave().await
}

const QUESTION: &str = "Discard changes?";
const RECIPIENT: &str = "Recipient’s email";
const ESCAPE: &str = "\u{e00c}";
const BACKSPACE: &str = "\u{e003}";

/// Ada at her ticket for Night.
async fn at_a_ticket(engine: Engine, service: &Service) -> Result<Person> {
    let olga = Account::login(service, "olga@example.com").await?;
    let event = olga
        .publish("Late Night", &[("Standing", 2500, 100)])
        .await?;
    let account = Account::register(service, "Ada", "ada@example.com").await?;
    account.buy(event.ticket_types[0].id, 1).await?;
    let ada = Person::arrive(engine, service).await?;
    ada.sign_in("ada@example.com").await?;
    ada.follow("Tickets").await?;
    ada.follow_containing("Late Night").await?;
    ada.press("Send").await?;
    ada.until_true(IS_OPEN).await?;
    Ok(ada)
}

async fn stays(ada: &Person) -> Result<()> {
    ada.sees_heading(QUESTION).await?;
    ada.press("Keep editing").await?;
    ada.no_longer_sees(QUESTION).await?;
    ada.until_true(IS_OPEN).await?;
    let typed = "return document.querySelector('#send-email').value === 'nina@example.com'";
    ada.until_true(typed).await
}

async fn what_is_typed_into_a_sheet_is_not_lost_unasked(engine: Engine) -> Result<()> {
    let service = service().await?;
    let ada = at_a_ticket(engine, &service).await?;
    let ticket = ada.path().await?;

    // Nothing typed, or nothing left of it: nothing is asked.
    ada.fill(RECIPIENT, "n").await?;
    ada.strike(BACKSPACE).await?;
    ada.strike(ESCAPE).await?;
    ada.until_true(IS_GONE).await?;

    ada.press("Send").await?;
    ada.fill(RECIPIENT, "nina@example.com").await?;
    ada.press("Close").await?;
    ada.sees_heading(QUESTION).await?;
    ada.can_use_the_screen().await?;
    stays(&ada).await?;
    // A browser keeps Escape from closing it only now and then.
    for _ in 0..2 {
        ada.strike(ESCAPE).await?;
        ada.sees_heading(QUESTION).await?;
        ada.strike(ESCAPE).await?;
        ada.no_longer_sees(QUESTION).await?;
    }
    ada.strike(ESCAPE).await?;
    stays(&ada).await?;
    ada.run("document.querySelector('dialog').click()").await?;
    stays(&ada).await?;
    ada.go_back().await?;
    stays(&ada).await?;
    // Back from the question is to stay.
    ada.go_back().await?;
    ada.sees_heading(QUESTION).await?;
    ada.go_back().await?;
    ada.no_longer_sees(QUESTION).await?;
    ensure!(ada.path().await? == ticket, "it led away from the screen");

    ada.go_back().await?;
    ada.sees_heading(QUESTION).await?;
    ada.press("Discard").await?;
    ada.until_true(IS_GONE).await?;
    ensure!(ada.path().await? == ticket, "it led away from the screen");
    ada.go_back().await?;
    ada.until_true("return location.pathname === '/tickets'")
        .await?;
    ada.leave().await
}

/// A form that has a screen of its own, or a place on one.
async fn what_is_typed_for_guests_is_not_lost_unasked(engine: Engine) -> Result<()> {
    let service = service().await?;
    let olga = Person::arrive(engine, &service).await?;
    olga.sign_in("olga@example.com").await?;
    olga.follow("Host").await?;
    olga.follow_containing("Night").await?;
    olga.follow("Give tickets").await?;
    olga.fill("Name", "Nina").await?;
    // Choosing the other way of giving keeps it.
    olga.press("Guest list").await?;
    olga.press("One guest").await?;
    olga.press("Back to event").await?;
    olga.sees_heading(QUESTION).await?;
    olga.press("Keep editing").await?;
    olga.fill("Email", "nina@example.com").await?;
    olga.press("Give 1 ticket").await?;
    olga.sees("1 ticket given.").await?;
    // It says so before the way back has come to its end, and there is such a field here, too.
    olga.sees("Pause sales").await?;
    ensure!(
        !olga.can_see(QUESTION).await?,
        "it asked after all was done"
    );

    olga.fill("Email", "doris@example.com").await?;
    olga.follow("Guests").await?;
    olga.sees_heading(QUESTION).await?;
    olga.press("Leave").await?;
    olga.sees_heading("Guests").await?;
    olga.leave().await
}

/// Where the sheet is beside its place.
const DRAWN: &str = "return getComputedStyle(document.querySelector('.sheet__panel')).translate";

async fn is_drawn(person: &Person, by: &str) -> Result<()> {
    person.until_true(&format!("{DRAWN} === '{by}'")).await
}

// A browser that is dropped says goodbye while its thread waits.
#[tokio::test(flavor = "multi_thread")]
async fn a_finger_draws_a_sheet_down() -> Result<()> {
    let service = service().await?;
    let ada = at_the_event(Engine::Chromium, &service).await?;
    ada.follow("Get tickets").await?;
    ada.until_true(IS_OPEN).await?;
    // It follows, and goes back to its place when the finger does.
    ada.draws(".sheet__header", &[206]).await?;
    is_drawn(&ada, "0px 200px").await?;
    ada.lets_go().await?;
    ada.until_true(IS_GONE).await?;
    ada.until_focused("Get tickets").await?;

    ada.follow("Get tickets").await?;
    ada.until_true(IS_OPEN).await?;
    ada.draws(".sheet .rows", &[206, 10]).await?;
    is_drawn(&ada, "0px 4px").await?;
    ada.lets_go().await?;
    is_drawn(&ada, "0px").await?;
    ada.until_true(IS_OPEN).await?;
    ada.press("Close").await?;
    ada.until_true(IS_GONE).await?;

    // With something typed it goes back to its place, and asks.
    ada.follow("Get tickets").await?;
    ada.press("One more: Standing").await?;
    ada.press("Add a promo code").await?;
    ada.fill("Promo code", "EARLY").await?;
    ada.draws(".sheet__header", &[306]).await?;
    ada.lets_go().await?;
    ada.sees_heading(QUESTION).await?;
    is_drawn(&ada, "0px").await?;
    ada.press("Discard").await?;
    ada.until_true(IS_GONE).await?;

    // On a small screen there is more of a sheet than fits.
    let small = Look {
        width: 390,
        height: 420,
        dark: false,
        forced_colors: false,
    };
    ada.take(small, 1.0).await?;
    open_sheet(&ada).await?;
    ada.run("document.querySelector('.sheet__panel').scrollTo(0, 150)")
        .await?;
    ada.draws(".keys", &[120]).await?;
    ada.lets_go().await?;
    ada.until_true("return document.querySelector('.sheet__panel').scrollTop < 150")
        .await?;
    is_drawn(&ada, "0px").await?;
    ada.until_true(IS_OPEN).await?;
    ada.leave().await
}
