//! Journeys through the real app, each in both engines.

mod attendee;
mod cancellation;
mod cart;
mod comps;
mod door;
mod organizer;
mod transfers;

use anyhow::Result;
use e2e::{PASSWORD, Person};

/// Signs in to an account that is there.
async fn sign_in(person: &Person, email: &str) -> Result<()> {
    person.follow("You").await?;
    person.follow("Sign in").await?;
    person.fill("Email", email).await?;
    person.fill("Password", PASSWORD).await?;
    person.press("Sign in").await?;
    person.sees("Sign out").await
}

/// One test for each engine.
macro_rules! in_both_engines {
    ($($journey:ident),* $(,)?) => {
        mod chromium {
            $(// A browser that is dropped says goodbye while its thread waits.
            #[tokio::test(flavor = "multi_thread")]
            async fn $journey() -> anyhow::Result<()> {
                super::$journey(e2e::Engine::Chromium).await
            })*
        }
        mod desktop {
            $(// A browser that is dropped says goodbye while its thread waits.
            #[tokio::test(flavor = "multi_thread")]
            async fn $journey() -> anyhow::Result<()> {
                super::$journey(e2e::Engine::Desktop).await
            })*
        }
    };
}
pub(crate) use in_both_engines;
