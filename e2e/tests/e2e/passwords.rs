//! Typing a password.

use anyhow::{Result, ensure};
use e2e::{Account, Engine, Person, Service};

crate::in_both_engines!(a_password_can_be_looked_at);

const SHOW: &str = "Show password";
const FIELD: &str = "const it = document.querySelector('#auth-password');";

async fn is_shown(person: &Person, shown: bool) -> Result<()> {
    let kind = if shown { "text" } else { "password" };
    person
        .until_true(&format!(
            "{FIELD} const button = it.parentElement.querySelector('button');
            return it.type === '{kind}' && button.getAttribute('aria-pressed') === '{shown}'"
        ))
        .await
}

async fn a_password_can_be_looked_at(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    Account::register(&service, "Ada", "ada@example.com").await?;
    let ada = Person::arrive(engine, &service).await?;
    ada.follow("You").await?;
    ada.follow("Sign in").await?;
    ada.fill("Email", "ada@example.com").await?;
    ada.fill("Password", "not the password").await?;
    is_shown(&ada, false).await?;

    ada.press(SHOW).await?;
    is_shown(&ada, true).await?;
    // Anyone who was typing goes on typing, and password managers still know what it is.
    ada.until_true(&format!(
        "{FIELD} return document.activeElement === it && it.autocomplete === 'current-password'"
    ))
    .await?;
    ensure!(!ada.can_see("Wrong email").await?, "it sent the form");
    ada.can_use_the_screen().await?;
    ada.press(SHOW).await?;
    is_shown(&ada, false).await?;

    // Tab and the space bar do the same. WebKit goes on from what was last pressed, so that is the
    // field again.
    ada.fill("Password", "not the password").await?;
    ada.strike("\u{e004}").await?;
    ada.until_focused(SHOW).await?;
    ada.strike(" ").await?;
    is_shown(&ada, true).await?;

    // It is sent as a password, and hidden again when that did not work.
    ada.press("Sign in").await?;
    ada.sees("Wrong email").await?;
    is_shown(&ada, false).await?;
    ada.press("I don’t have an account yet").await?;
    ada.until_true(&format!(
        "{FIELD} return it.autocomplete === 'new-password' && it.value === 'not the password'"
    ))
    .await?;
    ada.leave().await
}
