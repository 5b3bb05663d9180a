//! Without a mouse.

use anyhow::{Result, ensure};
use e2e::{Account, Engine, Person, Service};

crate::in_both_engines!(the_keyboard_leads_everywhere, single_keys_can_be_turned_off,);

/// Beside the one event there is.
async fn ada_at_the_shortcuts(engine: Engine) -> Result<(Service, Person)> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    olga.publish("Night", &[("Standing", 2500, 100)]).await?;
    let ada = Person::arrive(engine, &service).await?;
    ada.sees("Night").await?;
    ada.strike("?").await?;
    Ok((service, ada))
}

async fn the_keyboard_leads_everywhere(engine: Engine) -> Result<()> {
    let (_service, ada) = ada_at_the_shortcuts(engine).await?;
    ada.sees_heading("Keyboard shortcuts").await?;
    ada.can_use_the_screen().await?;
    // Nothing else happens under a sheet.
    ada.strike("gt").await?;
    ada.press("Close").await?;
    ensure!(ada.path().await? == "/", "the keys went through the sheet");

    ada.strike("gt").await?;
    ada.sees("Your tickets live here").await?;
    ada.strike("gh").await?;
    ada.sees("Host your first event").await?;
    ada.strike("ge").await?;
    ada.sees("Night").await?;
    ada.strike("/").await?;
    ada.strike("gt?").await?;
    ada.sees("No results for “gt?”").await?;
    ada.leave().await
}

/// For who dictates, or touches keys unmeant.
async fn single_keys_can_be_turned_off(engine: Engine) -> Result<()> {
    let (_service, ada) = ada_at_the_shortcuts(engine).await?;
    ada.press_box("Single-key shortcuts").await?;
    ada.press("Close").await?;
    // Under a list of shortcuts nothing could be followed.
    ada.strike("?").await?;
    ada.follow_containing("Night").await?;
    ada.sees_heading("Night").await?;

    // It is so when the app is started again, and can be undone.
    ada.start_again().await?;
    ada.sees_heading("Night").await?;
    ada.strike("gt?").await?;
    ada.press("All events").await?;
    ada.follow("You").await?;
    ada.can_use_the_screen().await?;
    ada.press_box("Single-key shortcuts").await?;
    ada.strike("gt").await?;
    ada.sees("Your tickets live here").await?;
    ada.leave().await
}
