//! What people do with tickets for others.

use anyhow::{Result, ensure};
use e2e::{Account, Engine, PASSWORD, Person, Service};

crate::in_both_engines!(a_ticket_is_sent_and_claimed, a_sent_ticket_is_taken_back);

/// A service where Ada has two tickets for Night, and Ada at its app.
async fn holder(engine: Engine) -> Result<(Service, Person)> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    let event = olga.publish("Night", &[("Standing", 2500, 100)]).await?;
    let account = Account::register(&service, "Ada", "ada@example.com").await?;
    account.buy(event.ticket_types[0].id, 2).await?;
    let ada = Person::arrive(engine, &service).await?;
    ada.sign_in("ada@example.com").await?;
    Ok((service, ada))
}

async fn send(ada: &Person) -> Result<()> {
    ada.open("/tickets").await?;
    ada.follow_containing("Night").await?;
    ada.press("Send").await?;
    ada.fill("Recipient’s email", "nina@example.com").await?;
    ada.can_use_the_screen().await?;
    ada.press("Send 1 ticket").await?;
    ada.sees("Waiting for them to accept").await?;
    ada.can_use_the_screen().await
}

async fn a_ticket_is_sent_and_claimed(engine: Engine) -> Result<()> {
    let (service, ada) = holder(engine).await?;
    send(&ada).await?;
    ada.leave().await?;

    let link = service.linked("/claim/").await?;
    let nina = Person::arrive(engine, &service).await?;
    nina.open(&link).await?;
    nina.sees_heading("Ada sent you 1 ticket").await?;
    nina.can_use_the_screen().await?;
    nina.follow("Create account").await?;
    // The address is filled in: it is the one the tickets were sent to.
    nina.fill("Name", "Nina").await?;
    nina.fill("Password", PASSWORD).await?;
    nina.press("Create account").await?;
    nina.press("Accept").await?;
    nina.follow_containing("Night").await?;
    nina.sees("Nina").await?;
    ensure!(nina.count(".ticket svg.qr").await? == 1, "no QR code");
    nina.leave().await
}

async fn a_sent_ticket_is_taken_back(engine: Engine) -> Result<()> {
    let (_service, ada) = holder(engine).await?;
    send(&ada).await?;
    ensure!(ada.count(".ticket svg.qr").await? == 0, "a code is shown");
    ada.press("Take back").await?;
    ada.sees("You’ve taken the ticket back").await?;
    ada.no_longer_sees("Waiting for them to accept").await?;
    ensure!(ada.count(".ticket svg.qr").await? == 1, "no QR code");
    ada.leave().await
}
