//! What happens at the door.

use anyhow::{Result, ensure};
use api::door::Door;
use api::tickets::TicketState;
use e2e::{Account, Engine, Person, Service};

crate::in_both_engines!(people_are_let_in_with_and_without_a_network);

async fn people_are_let_in_with_and_without_a_network(engine: Engine) -> Result<()> {
    let mut service = Service::start().await?;
    let account = Account::register(&service, "Olga", "olga@example.com").await?;
    let event = account.publish("Night", &[("Standing", 0, 10)]).await?;
    account.open_doors(event.id).await?;
    account.buy(event.ticket_types[0].id, 2).await?;
    let codes = typed_codes(&account.door(event.id).await?);

    let olga = Person::arrive(engine, &service).await?;
    olga.sign_in("olga@example.com").await?;
    olga.follow("Host").await?;
    olga.follow_containing("Night").await?;
    olga.follow("Scan tickets").await?;
    olga.sees("0 of 2 checked in").await?;
    olga.fill("Gate", "Gate A").await?;

    check(&olga, &codes[0]).await?;
    olga.sees("Olga · Standing · No. 1").await?;
    olga.no_longer_sees("Next").await?;
    check(&olga, &codes[0]).await?;
    olga.sees("ALREADY USED").await?;
    olga.can_use_the_screen().await?;
    olga.press_containing("Gate A").await?;
    check(&olga, "hello").await?;
    olga.sees("NOT A TICKET").await?;
    olga.can_use_the_screen().await?;
    olga.press_containing("We don’t recognise this code.")
        .await?;
    olga.sees("1 of 2 checked in").await?;
    olga.can_use_the_screen().await?;

    service.stop();
    check(&olga, &codes[1]).await?;
    olga.sees("Checked offline").await?;
    olga.no_longer_sees("Next").await?;
    olga.sees("Offline · 1 to sync").await?;
    check(&olga, &codes[1]).await?;
    olga.press_containing("No. 2").await?;
    service.resume().await?;
    olga.sees("Connected").await?;
    olga.sees("2 of 2 checked in").await?;
    olga.leave().await?;

    let account = Account::login(&service, "olga@example.com").await?;
    let door = account.door(event.id).await?;
    let all_in = door.tickets.iter().all(|ticket| {
        let gate = ticket.used.as_ref().map(|used| used.gate.as_str());
        ticket.state == TicketState::CheckedIn && gate == Some("Gate A")
    });
    ensure!(all_in && door.disputed.is_empty(), "{door:?}");
    Ok(())
}

/// The phones' shell opens a camera behind the page, which no browser has: here is one that sees what
/// it is told.
const PHONE: &str = "window.phone = {};
    window.__TAURI__ = { barcodeScanner: {
        requestPermissions: async () => 'granted',
        scan: (options) => new Promise((show, stop) => Object.assign(phone, { options, show, stop })),
        cancel: async () => phone.stop('cancelled'),
    } };";

#[tokio::test(flavor = "multi_thread")]
async fn a_phones_own_camera_scans() -> Result<()> {
    let service = Service::start().await?;
    let account = Account::register(&service, "Olga", "olga@example.com").await?;
    let event = account.publish("Night", &[("Standing", 0, 10)]).await?;
    account.open_doors(event.id).await?;
    account.buy(event.ticket_types[0].id, 2).await?;
    let codes = typed_codes(&account.door(event.id).await?);

    let olga = Person::arrive(Engine::Chromium, &service).await?;
    olga.sign_in("olga@example.com").await?;
    olga.follow("Host").await?;
    olga.follow_containing("Night").await?;
    olga.follow("Scan tickets").await?;
    olga.sees("0 of 2 checked in").await?;
    olga.run(PHONE).await?;
    olga.press("Use the camera").await?;
    olga.sees("Camera off").await?;
    let asked = olga.run("return JSON.stringify(phone.options)").await?;
    ensure!(
        asked == r#"{"windowed":true,"formats":["QR_CODE"]}"#,
        "{asked}"
    );
    ensure!(!olga.can_see("Gate").await?, "the page hides the camera");

    for (code, seat) in codes.iter().zip(["No. 1", "No. 2"]) {
        olga.run(&format!("phone.show({{ content: '{code}' }})"))
            .await?;
        olga.sees(&format!("Olga · Standing · {seat}")).await?;
        olga.no_longer_sees("Next").await?;
    }
    olga.sees("2 of 2 checked in").await?;
    olga.press("Camera off").await?;
    olga.sees("Use the camera").await?;
    ensure!(olga.can_see("Gate").await?, "the page stays hidden");
    olga.leave().await
}

async fn check(person: &Person, code: &str) -> Result<()> {
    person.fill("Ticket code", code).await?;
    person.press("Check").await
}

fn typed_codes(door: &Door) -> Vec<String> {
    let code = |ticket: &api::door::DoorTicket| format!("{}-{}", ticket.number, ticket.check);
    door.tickets.iter().map(code).collect()
}
