//! Without a mouse.

use anyhow::{Result, ensure};
use e2e::{Account, Engine, Person, Service};

crate::in_both_engines!(the_keyboard_leads_everywhere);

async fn the_keyboard_leads_everywhere(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    olga.publish("Night", &[("Standing", 2500, 100)]).await?;
    let ada = Person::arrive(engine, &service).await?;
    ada.sees("Night").await?;
    ada.strike("?").await?;
    ada.sees_heading("Keyboard shortcuts").await?;
    ada.can_use_the_screen().await?;
    // Nothing else happens under a sheet.
    ada.strike("gt").await?;
    ada.press("Close").await?;
    ensure!(ada.path().await? == "/", "the keys went through the sheet");

    ada.strike("gt").await?;
    ada.sees("Your tickets live here").await?;
    ada.strike("gh").await?;
    ada.sees("Put on something good").await?;
    ada.strike("ge").await?;
    ada.sees("Night").await?;
    ada.strike("/").await?;
    ada.strike("gt?").await?;
    ada.sees("Nothing for “gt?”").await?;
    ada.leave().await
}
