//! Journeys through the real app, each in both engines.

mod attendee;
mod organizer;

/// One test for each engine.
macro_rules! in_both_engines {
    ($($journey:ident),* $(,)?) => {
        mod chromium {
            $(#[tokio::test]
            async fn $journey() -> anyhow::Result<()> {
                super::$journey(e2e::Engine::Chromium).await
            })*
        }
        mod desktop {
            $(#[tokio::test]
            async fn $journey() -> anyhow::Result<()> {
                super::$journey(e2e::Engine::Desktop).await
            })*
        }
    };
}
pub(crate) use in_both_engines;
