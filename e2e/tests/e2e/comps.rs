//! Tickets that are given away, and taken back.

use anyhow::{Result, ensure};
use e2e::{Account, Engine, PASSWORD, Person, Service};

crate::in_both_engines!(
    a_list_of_guests_gets_tickets_and_one_is_revoked,
    a_list_is_read_as_it_was_saved_and_nobody_gets_a_second_ticket,
);

const GUESTS: &str = "Name,Email\nNina,nina@example.com\nOtto,otto at example.com\n";

async fn a_list_of_guests_gets_tickets_and_one_is_revoked(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let account = Account::register(&service, "Olga", "olga@example.com").await?;
    account.publish("Night", &[("Standing", 2500, 100)]).await?;
    let olga = at_her_event(engine, &service).await?;
    give(&olga).await?;
    olga.leave().await?;

    let nina = Person::arrive(engine, &service).await?;
    accept(&nina, &service.linked("/claim/").await?).await?;
    nina.leave().await?;

    let olga = at_her_event(engine, &service).await?;
    revoke(&olga).await?;
    olga.leave().await?;

    let nina = Person::arrive(engine, &service).await?;
    nina.sign_in("nina@example.com").await?;
    nina.follow("Tickets").await?;
    nina.follow_containing("Night").await?;
    nina.sees("The organizer revoked this ticket.").await?;
    nina.sees("“The list was last year’s.”").await?;
    nina.can_use_the_screen().await?;
    ensure!(nina.count(".ticket svg.qr").await? == 0, "a code is shown");
    nina.leave().await
}

async fn at_her_event(engine: Engine, service: &Service) -> Result<Person> {
    let olga = Person::arrive(engine, service).await?;
    olga.sign_in("olga@example.com").await?;
    olga.follow("Host").await?;
    olga.follow_containing("Night").await?;
    Ok(olga)
}

async fn give(olga: &Person) -> Result<()> {
    let folder = tempfile::TempDir::new()?;
    let file = folder.path().join("guests.csv");
    std::fs::write(&file, GUESTS)?;
    olga.follow("Give tickets").await?;
    olga.press("Guest list").await?;
    olga.choose_file("Choose a file", &file).await?;
    olga.sees("1 guest will get a ticket.").await?;
    olga.sees("We skipped 1 row:").await?;
    olga.sees("Row 3:").await?;
    olga.sees("Enter a valid email.").await?;
    olga.can_use_the_screen().await?;
    olga.press("Give 1 ticket").await?;
    olga.sees("1 ticket given.").await?;
    olga.sees("0 of 100 sold, 1 given").await
}

/// As Excel saves it in Germany: semicolons, and letters of Windows.
const SAVED: &[u8] = b"Firma;Vorname;Name;E-Mail\r\nEngines;Jos\xe9;M\xfcller;jose@example.com\r\n";

async fn a_list_is_read_as_it_was_saved_and_nobody_gets_a_second_ticket(
    engine: Engine,
) -> Result<()> {
    let service = Service::start().await?;
    let account = Account::register(&service, "Olga", "olga@example.com").await?;
    account.publish("Night", &[("Standing", 2500, 100)]).await?;
    let olga = at_her_event(engine, &service).await?;
    let folder = tempfile::TempDir::new()?;
    let file = folder.path().join("guests.csv");
    std::fs::write(&file, SAVED)?;

    olga.follow("Give tickets").await?;
    olga.press("Guest list").await?;
    olga.choose_file("Choose a file", &file).await?;
    olga.sees("José Müller").await?;
    olga.sees("guests.csv").await?;
    olga.press("Check list").await?;
    olga.sees("José Müller").await?;
    olga.can_use_the_screen().await?;
    olga.fill("Name column", "0").await?;
    olga.sees("Engines Müller").await?;
    olga.fill("Name column", "1").await?;
    olga.sees("José Müller").await?;
    olga.press("Give 1 ticket").await?;
    olga.sees("1 ticket given.").await?;

    olga.follow("Give tickets").await?;
    olga.press("Guest list").await?;
    olga.choose_file("Choose a file", &file).await?;
    olga.sees("1 guest already has a ticket:").await?;
    olga.sees("No guests in this list can get a ticket.")
        .await?;
    olga.press_box("Give another ticket to guests who have one")
        .await?;
    olga.press("Give 1 ticket").await?;
    olga.sees("1 ticket given.").await?;
    olga.sees("0 of 100 sold, 2 given").await?;
    olga.leave().await
}

async fn accept(nina: &Person, link: &str) -> Result<()> {
    nina.open(link).await?;
    nina.sees_heading("Olga sent you 1 ticket").await?;
    nina.follow("Create account").await?;
    nina.fill("Name", "Nina").await?;
    nina.fill("Email", "nina@example.com").await?;
    nina.fill("Password", PASSWORD).await?;
    nina.press("Create account").await?;
    nina.press("Accept").await?;
    nina.follow_containing("Night").await?;
    nina.sees("Nina").await?;
    ensure!(nina.count(".ticket svg.qr").await? == 1, "no QR code");
    ensure!(
        !nina.can_see("Cancel or refund").await?,
        "a gift can be refunded"
    );
    Ok(())
}

async fn revoke(olga: &Person) -> Result<()> {
    olga.follow("Guests").await?;
    olga.sees("nina@example.com").await?;
    olga.can_use_the_screen().await?;
    olga.press_containing("nina@example.com").await?;
    olga.press("Revoke ticket").await?;
    olga.sees("Enter a reason.").await?;
    olga.can_use_the_screen().await?;
    olga.fill("Reason (shown to the guest)", "The list was last year’s.")
        .await?;
    olga.press("Revoke ticket").await?;
    olga.sees("Ticket 1 revoked.").await?;
    olga.sees("Revoked").await
}
