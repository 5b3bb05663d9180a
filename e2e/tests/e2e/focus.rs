//! Where the keyboard is: on what has just come, and never nowhere.

use anyhow::Result;
use e2e::{Account, Engine, PASSWORD, Person, Service};

crate::in_both_engines!(
    the_tabs_can_be_skipped,
    the_keyboard_follows_the_purchase,
    who_types_before_the_screen_is_painted_goes_on_typing,
);

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

async fn is_on(person: &Person, selector: &str) -> Result<()> {
    let is_there = format!("return document.activeElement.matches('{selector}')");
    person.until_true(&is_there).await
}

async fn service() -> Result<(Service, String)> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    let types = [("Standing", 2500, 100), ("Balcony", 5000, 100)];
    let event = olga.publish("Night", &types).await?;
    Ok((service, format!("/events/{}", event.id)))
}

async fn the_tabs_can_be_skipped(engine: Engine) -> Result<()> {
    let (service, event) = service().await?;
    let ada = Person::arrive(engine, &service).await?;
    for (path, heading) in [
        ("/", "Events"),
        (&event, "Night"),
        ("/tickets", "Tickets"),
        ("/you", "You"),
        ("/you/sign-in", "Welcome back"),
        ("/host", "Host"),
    ] {
        ada.open(path).await?;
        ada.sees_heading(heading).await?;
        ada.has_seen_it_settle(false).await?;
        ada.strike(TAB).await?;
        ada.until_focused("Skip to content").await?;
        ada.can_use_the_screen().await?;
        ada.strike(ENTER).await?;
        ada.until_focused(heading).await?;
    }
    ada.leave().await
}

async fn the_keyboard_follows_the_purchase(engine: Engine) -> Result<()> {
    let (service, event) = service().await?;
    let ada = Person::arrive(engine, &service).await?;
    ada.open(&event).await?;
    ada.follow("Get tickets").await?;
    ada.press("One more: Standing").await?;

    // A stepper is the same one after a press.
    ada.run("document.querySelector('[aria-label=\"One more: Standing\"]').focus()")
        .await?;
    ada.strike(ENTER).await?;
    ada.strike(ENTER).await?;
    ada.sees("3 tickets").await?;
    is_on(&ada, "[aria-label=\"One more: Standing\"]").await?;

    ada.press("Add a promo code").await?;
    is_on(&ada, "#promo-code").await?;
    ada.strike("nothing").await?;
    ada.strike(ENTER).await?;
    ada.until_true("return document.querySelector('#promo-code').ariaInvalid === 'true'")
        .await?;
    is_on(&ada, "#promo-code").await?;

    // To the step that comes, and to the sheet when it is done.
    ada.press_containing("€75").await?;
    is_on(&ada, "#sign-in-step").await?;
    ada.fill("Name", "Ada").await?;
    ada.fill("Email", "ada@example.com").await?;
    ada.fill("Password", PASSWORD).await?;
    ada.strike(ENTER).await?;
    ada.sees("3 tickets").await?;
    is_on(&ada, ".sheet__title").await?;
    ada.press_containing("€75").await?;
    ada.sees_heading("You’re going").await?;
    ada.until_focused("You’re going").await?;

    // What is gone leaves it at the heading.
    ada.follow("You").await?;
    ada.until_true(
        "const it = [...document.querySelectorAll('button')].find((it) => it.innerText.trim() === 'Sign out');
        it?.focus();
        return it !== undefined && document.activeElement === it",
    )
    .await?;
    ada.strike(ENTER).await?;
    ada.sees("Create account").await?;
    ada.until_focused("You").await?;
    ada.leave().await
}

/// A slow device paints the new screen when somebody types into it already.
async fn who_types_before_the_screen_is_painted_goes_on_typing(engine: Engine) -> Result<()> {
    const PAINT_LATE: &str = "const soon = requestAnimationFrame;
        window.requestAnimationFrame = (then) => setTimeout(() => soon(then), 1200)";
    let (service, _) = service().await?;
    let ada = Person::arrive(engine, &service).await?;
    ada.follow("You").await?;
    ada.sees("Create account").await?;
    ada.has_seen_it_settle(false).await?;
    ada.run(PAINT_LATE).await?;
    ada.follow("Sign in").await?;
    ada.fill("Email", "ada@example.com").await?;
    ada.run("document.querySelector('#auth-password').focus()")
        .await?;
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    is_on(&ada, "#auth-password").await?;
    ada.leave().await
}
