//! What cannot be undone is asked about first.

use anyhow::{Result, ensure};
use e2e::{Account, Engine, PASSWORD, Person, Service};

crate::in_both_engines!(
    a_refund_says_who_gets_what_back,
    tickets_are_named_before_an_account_is_deleted,
);

async fn a_refund_says_who_gets_what_back(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let account = Account::register(&service, "Olga", "olga@example.com").await?;
    let event = account.publish("Night", &[("Standing", 2500, 100)]).await?;
    let ada = Account::register(&service, "Ada", "ada@example.com").await?;
    ada.buy(event.ticket_types[0].id, 1).await?;

    let olga = Person::arrive(engine, &service).await?;
    olga.sign_in("olga@example.com").await?;
    olga.open(&format!("/host/events/{}/guests", event.id))
        .await?;
    olga.press_containing("ada@example.com").await?;
    olga.press("Cancel ticket…").await?;
    olga.sees("Ada hasn’t paid yet").await?;
    olga.sees("Ada gets an email.").await?;
    olga.can_use_the_screen().await?;
    olga.press("Keep ticket").await?;
    olga.until_focused("Cancel ticket…").await?;
    ensure!(
        ada.event(event.id).await?.yours == 1,
        "it is cancelled by a press"
    );
    olga.press("Cancel ticket…").await?;
    olga.fill("Message to Ada (optional)", "The balcony is closed.")
        .await?;
    olga.press("Cancel ticket").await?;
    olga.sees("Ticket 1 cancelled.").await?;
    olga.leave().await?;

    let person = Person::arrive(engine, &service).await?;
    person.sign_in("ada@example.com").await?;
    person.follow("Orders").await?;
    person.follow_containing("Night").await?;
    person.sees("The balcony is closed.").await?;
    person.can_use_the_screen().await?;
    person.leave().await
}

async fn tickets_are_named_before_an_account_is_deleted(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    let event = olga.publish("Night", &[("Standing", 2500, 100)]).await?;
    let account = Account::register(&service, "Ada", "ada@example.com").await?;
    account.buy(event.ticket_types[0].id, 2).await?;

    let ada = Person::arrive(engine, &service).await?;
    ada.sign_in("ada@example.com").await?;
    ada.press("Delete account…").await?;
    ada.sees("You still have 2 tickets.").await?;
    ada.can_use_the_screen().await?;
    ada.fill("Password", PASSWORD).await?;
    ada.press("Delete account").await?;
    ada.sees("Send, refund or give up your tickets first.")
        .await?;
    ada.press_box("Give up my 2 tickets").await?;
    ada.press("Delete account").await?;
    ada.sees("Your account has been deleted.").await?;
    ada.leave().await?;
    let left = olga.event(event.id).await?.summary.going;
    ensure!(left == 0, "{left} tickets are left");
    Ok(())
}
