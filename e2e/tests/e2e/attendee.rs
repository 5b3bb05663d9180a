//! What an attendee does.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{Account, Engine, PASSWORD, Person, Service};

crate::in_both_engines!(
    tickets_are_bought,
    some_tickets_are_refunded,
    what_was_chosen_survives_the_sign_in,
    a_sold_out_event_says_so,
    the_list_is_refreshed,
    numbers_change_while_one_looks,
    an_order_is_placed_once_however_often_the_app_is_killed,
);

/// A service with an organizer on it.
async fn service() -> Result<(Service, Account)> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    Ok((service, olga))
}

async fn create_account(person: &Person) -> Result<()> {
    person.follow("You").await?;
    person.follow("Create account").await?;
    fill_in(person).await
}

async fn fill_in(person: &Person) -> Result<()> {
    person.fill("Name", "Ada Lovelace").await?;
    person.fill("Email", "ada@example.com").await?;
    person.fill("Password", PASSWORD).await?;
    person.press("Create account").await
}

async fn tickets_are_bought(engine: Engine) -> Result<()> {
    let (service, olga) = service().await?;
    olga.publish("Night", &[("Standing", 2500, 100), ("VIP", 9000, 10)])
        .await?;
    let ada = Person::arrive(engine, &service).await?;
    create_account(&ada).await?;
    ada.sees("Ada Lovelace").await?;

    ada.follow("Events").await?;
    ada.follow_containing("Night").await?;
    ada.sees_heading("Night").await?;
    ada.follow("Get tickets").await?;
    ada.press("One more: Standing").await?;
    ada.press("One more: Standing").await?;
    ada.press("One more: VIP").await?;
    ada.press_containing("€140").await?;
    ada.sees_heading("You’re going").await?;

    ada.follow("View tickets").await?;
    ada.sees("1 of 3").await?;
    ensure!(ada.count(".ticket svg").await? > 0, "there is no QR code");
    ada.open("/tickets").await?;
    ada.follow_containing("Night").await?;
    ada.sees("Standing").await?;
    ada.sees("1 of 3").await?;

    ada.open("/orders").await?;
    ada.follow_containing("Night").await?;
    ada.sees("VIP").await?;
    ada.sees("€140").await?;
    ada.leave().await?;

    let orders = Account::login(&service, "ada@example.com")
        .await?
        .orders()
        .await?;
    ensure!(orders.len() == 1 && orders[0].quantity == 3, "{orders:?}");
    Ok(())
}

async fn some_tickets_are_refunded(engine: Engine) -> Result<()> {
    let (service, olga) = service().await?;
    let event = olga.publish("Night", &[("Standing", 2500, 100)]).await?;
    let ada = Person::arrive(engine, &service).await?;
    create_account(&ada).await?;
    ada.sees("Ada Lovelace").await?;
    let bought = Account::login(&service, "ada@example.com")
        .await?
        .buy(event.ticket_types[0].id, 3)
        .await?;

    ada.open(&format!("/orders/{}", bought.id)).await?;
    ada.follow("Cancel tickets").await?;
    ada.sees("Choose tickets").await?;
    ada.can_use_the_screen().await?;
    ada.press_box("Ticket 2").await?;
    ada.sees("Cancel 1 ticket").await?;
    ada.press_box("Ticket 3").await?;
    ada.press("Cancel 2 tickets").await?;
    ada.sees("Partially refunded").await?;
    ada.sees("Cancelled").await?;
    ada.can_use_the_screen().await?;
    ada.sees("No. 3 refunded").await?;
    ada.follow("View details").await?;
    ada.sees("We’ve taken this off what you pay at the door.")
        .await?;
    ada.leave().await?;

    let orders = Account::login(&service, "ada@example.com")
        .await?
        .orders()
        .await?;
    ensure!(orders[0].total.amount == -5000, "{orders:?}");
    Ok(())
}

async fn what_was_chosen_survives_the_sign_in(engine: Engine) -> Result<()> {
    let (service, olga) = service().await?;
    olga.publish("Night", &[("Standing", 2500, 100)]).await?;
    let ada = Person::arrive(engine, &service).await?;
    ada.follow_containing("Night").await?;
    ada.follow("Get tickets").await?;
    // Of the only type one is chosen already.
    ada.press("One more: Standing").await?;
    ada.press_containing("Get tickets ·").await?;
    ada.sees("We’ve saved your tickets.").await?;
    if !ada.can_see("Name").await? {
        ada.press("I don’t have an account yet").await?;
    }
    fill_in(&ada).await?;
    ada.press_containing("Get tickets ·").await?;
    ada.sees_heading("You’re going").await?;
    ada.leave().await
}

/// Whether the button that takes what is held lies above the bar at the foot.
const IS_HELD_IN_SIGHT: &str = "
    const take = document.querySelector('.waiting--held .button').getBoundingClientRect();
    const foot = document.querySelector('.foot-bar').getBoundingClientRect();
    return take.top > 0 && take.bottom <= foot.top";

async fn a_sold_out_event_says_so(engine: Engine) -> Result<()> {
    let (service, olga) = service().await?;
    let event = olga.publish("Tiny", &[("Seat", 1000, 2)]).await?;
    let sold = olga.buy(event.ticket_types[0].id, 2).await?;
    let ada = Person::arrive(engine, &service).await?;
    ada.sees("Sold out").await?;
    ada.follow_containing("Tiny").await?;
    ada.sees_heading("Tiny").await?;
    ensure!(
        !ada.can_see("Get tickets").await?,
        "there is something to buy"
    );
    ada.follow("Join waiting list").await?;
    ada.sees("Sign in or create an account to join the waiting list.")
        .await?;
    ada.can_use_the_screen().await?;
    if !ada.can_see("Name").await? {
        ada.press("I don’t have an account yet").await?;
    }
    fill_in(&ada).await?;
    ada.sees("How many tickets?").await?;
    ada.can_use_the_screen().await?;
    ada.press("Join").await?;
    ada.sees("You’re next").await?;
    ada.can_use_the_screen().await?;

    // Leaving is believed before the server has heard of it.
    service.hold_breath()?;
    ada.press("Leave waiting list").await?;
    let left = ada.no_longer_sees("You’re next").await;
    service.breathe()?;
    left?;
    let account = Account::login(&service, "ada@example.com").await?;
    while account.waits().await? {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    ada.follow("Join waiting list").await?;
    ada.press("Join").await?;
    ada.sees("You’re next").await?;

    olga.refund(&sold, 1).await?;
    ada.sees("1 × Seat held for you").await?;
    ada.can_use_the_screen().await?;
    ada.press("Get tickets").await?;
    ada.until_true(IS_HELD_IN_SIGHT).await?;
    ada.open("/tickets").await?;
    ada.sees_heading("Tickets").await?;
    ada.sees("1 × Seat held for you").await?;
    ada.can_use_the_screen().await?;
    ada.press_containing("€10").await?;
    ada.sees_heading("You’re going").await?;
    ada.leave().await
}

async fn the_list_is_refreshed(engine: Engine) -> Result<()> {
    let (service, olga) = service().await?;
    olga.publish("First", &[("Seat", 1000, 20)]).await?;
    let ada = Person::arrive(engine, &service).await?;
    ada.sees("First").await?;
    olga.publish("Second", &[("Seat", 1000, 20)]).await?;
    // Public reads may be a moment old.
    tokio::time::sleep(Duration::from_millis(300)).await;
    ensure!(!ada.can_see("Second").await?, "the list refreshed itself");
    match engine {
        Engine::Chromium => {
            ada.draws(".list__header", &[360]).await?;
            ada.lets_go().await?;
        }
        Engine::Desktop | Engine::Installed => ada.press("Refresh").await?,
    }
    ensure!(ada.can_see("First").await?, "refreshing cleared the list");
    ada.sees("Second").await?;
    ada.leave().await
}

async fn numbers_change_while_one_looks(engine: Engine) -> Result<()> {
    let (service, olga) = service().await?;
    let event = olga.publish("Night", &[("Seat", 1000, 20)]).await?;
    let ada = Person::arrive(engine, &service).await?;
    ada.follow_containing("Night").await?;
    ada.sees("Be the first to go").await?;
    olga.buy(event.ticket_types[0].id, 10).await?;
    ada.sees("10 left").await?;
    ada.sees("10 going").await?;
    ada.leave().await
}

/// The app dies after the order was sent and before the answer came; when it starts again it asks
/// with the same key.
async fn an_order_is_placed_once_however_often_the_app_is_killed(engine: Engine) -> Result<()> {
    let (service, olga) = service().await?;
    olga.publish("Night", &[("Standing", 2500, 100)]).await?;
    let ada = Person::arrive(engine, &service).await?;
    create_account(&ada).await?;
    ada.sees("Ada Lovelace").await?;
    ada.follow("Events").await?;
    ada.follow_containing("Night").await?;
    ada.follow("Get tickets").await?;
    ada.sees("1 ticket · Nothing to pay now").await?;

    service.hold_breath()?;
    ada.press_containing("€25").await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let breathe = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        service.breathe()
    };
    let (restarted, breathing) = tokio::join!(ada.start_again(), breathe);
    restarted.and(breathing)?;

    ada.follow("Orders").await?;
    ada.sees("Night").await?;
    ada.start_again().await?;
    ada.sees("Night").await?;
    ada.leave().await?;
    let orders = Account::login(&service, "ada@example.com")
        .await?
        .orders()
        .await?;
    ensure!(orders.len() == 1, "{} orders", orders.len());
    Ok(())
}
