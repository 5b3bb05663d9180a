//! Calling an event off.

use anyhow::{Result, ensure};
use api::orders::QUANTITY_MAX;
use e2e::{Account, Engine, Person, Service};

crate::in_both_engines!(every_ticket_goes_back);

/// So many that refunding them can be watched.
const ORDERS: i32 = 80;

async fn every_ticket_goes_back(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let account = Account::register(&service, "Olga", "olga@example.com").await?;
    let event = account
        .publish("Night", &[("Standing", 2500, ORDERS * QUANTITY_MAX)])
        .await?;
    let ada = Account::register(&service, "Ada", "ada@example.com").await?;
    for _ in 0..ORDERS {
        ada.buy(event.ticket_types[0].id, QUANTITY_MAX).await?;
    }

    let olga = Person::arrive(engine, &service).await?;
    olga.sign_in("olga@example.com").await?;
    olga.follow("Host").await?;
    olga.follow_containing("Night").await?;
    olga.press("Cancel event…").await?;
    olga.sees("1 person gets an email.").await?;
    olga.press("Cancel event").await?;
    olga.sees("Type 8,000, the number of tickets.").await?;
    olga.can_use_the_screen().await?;
    olga.fill("Message to your guests (optional)", "The roof leaks.")
        .await?;
    olga.fill("Number of tickets", "8,000").await?;
    olga.press("Cancel event").await?;
    olga.sees("Event cancelled.").await?;
    olga.sees("Refunding every ticket:").await?;
    olga.no_longer_sees("Refunding every ticket:").await?;
    olga.sees("Cancelled").await?;
    olga.can_use_the_screen().await?;
    olga.leave().await?;

    let person = Person::arrive(engine, &service).await?;
    person.sign_in("ada@example.com").await?;
    person.follow("Orders").await?;
    person.follow_containing("Night").await?;
    person
        .sees("The event was cancelled, so there’s nothing to pay.")
        .await?;
    person.can_use_the_screen().await?;
    person.leave().await?;
    let left = ada.event(event.id).await?.summary.going;
    ensure!(left == 0, "{left} tickets are left");
    Ok(())
}
