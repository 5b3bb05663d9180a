//! Journeys through the real app, each in both engines.

mod asked;
mod attendee;
mod cancellation;
mod cart;
mod comps;
mod door;
mod focus;
mod keyboard;
mod languages;
mod layout;
mod loading;
mod offline;
mod organizer;
mod panes;
mod passwords;
mod places;
mod prerender;
mod presses;
mod pull;
mod screens;
mod sheets;
mod transfers;
mod typing;

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
