//! Tickets of several events in one order.

use anyhow::{Result, ensure};
use e2e::{Account, Engine, Person, Service};

crate::in_both_engines!(
    two_events_are_one_order_with_a_promo_code,
    a_code_for_other_tickets_names_them,
    what_cannot_be_had_is_named_and_nothing_is_taken,
);

async fn two_events_are_one_order_with_a_promo_code(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let account = Account::register(&service, "Olga", "olga@example.com").await?;
    account.publish("Night", &[("Standing", 2500, 100)]).await?;
    account.publish("Day", &[("Seat", 4000, 100)]).await?;
    Account::register(&service, "Ada", "ada@example.com").await?;
    let olga = Person::arrive(engine, &service).await?;
    olga.sign_in("olga@example.com").await?;
    create_promo_code(&olga).await?;
    olga.leave().await?;

    let ada = Person::arrive(engine, &service).await?;
    ada.sign_in("ada@example.com").await?;
    ada.open("/cart").await?;
    ada.sees("Your cart is empty").await?;
    ada.can_use_the_screen().await?;
    add_to_cart(&ada, "Night").await?;
    add_to_cart(&ada, "Day").await?;
    ada.follow("View cart").await?;
    ada.sees("2 tickets · 2 events · one order").await?;
    ada.press("One more: Standing").await?;
    ada.sees("3 tickets · 2 events · one order").await?;
    ada.can_use_the_screen().await?;
    ada.press("Add a promo code").await?;
    ada.fill("Promo code", "winter").await?;
    ada.press("Apply").await?;
    ada.sees("We don’t recognise this promo code.").await?;
    ada.can_use_the_screen().await?;
    ada.fill("Promo code", "summer").await?;
    ada.press("Apply").await?;
    // A tenth of two tickets for Night.
    ada.sees("SUMMER").await?;
    ada.can_use_the_screen().await?;
    ada.press_containing("€85").await?;

    ada.sees_heading("You’re going").await?;
    ada.can_use_the_screen().await?;
    ada.sees("Night").await?;
    ada.sees("Day").await?;
    ada.follow("View receipt").await?;
    ada.sees("Discount").await?;
    ada.sees("€85").await?;
    ada.open("/cart").await?;
    ada.sees("Your cart is empty").await?;
    ada.leave().await?;

    let ada = Account::login(&service, "ada@example.com").await?;
    let orders = ada.orders().await?;
    let one = orders.len() == 1 && orders[0].quantity == 3 && orders[0].total.amount == 8500;
    ensure!(one, "{orders:?}");
    Ok(())
}

/// `SUMMER` takes a tenth off Night.
async fn create_promo_code(olga: &Person) -> Result<()> {
    olga.follow("Host").await?;
    olga.follow_containing("Night").await?;
    olga.press("New promo code").await?;
    olga.press("Create").await?;
    olga.sees("Enter a code.").await?;
    olga.can_use_the_screen().await?;
    olga.fill("Code", "Summer").await?;
    olga.fill("Discount", "10").await?;
    olga.press("Create").await?;
    olga.sees("10% off · 0 used").await?;
    olga.press_containing("SUMMER").await?;
    olga.fill("Total uses", "50").await?;
    olga.can_use_the_screen().await?;
    olga.press("Save").await?;
    olga.sees("10% off · 0 of 50 used").await?;
    olga.can_use_the_screen().await
}

async fn a_code_for_other_tickets_names_them(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let account = Account::register(&service, "Olga", "olga@example.com").await?;
    let types = [("Standing", 2500, 100), ("Balcony", 5000, 100)];
    let night = account.publish("Night", &types).await?;
    let balcony = night.ticket_types[1].id;
    let olga = Person::arrive(engine, &service).await?;
    olga.sign_in("olga@example.com").await?;
    olga.open(&format!("/host/events/{}", night.id)).await?;
    olga.press("New promo code").await?;
    olga.fill("Code", "ABOVE").await?;
    olga.fill("Valid for", &balcony.to_string()).await?;
    olga.press("Create").await?;
    olga.sees("10% off").await?;

    olga.open(&format!("/events/{}/buy", night.id)).await?;
    olga.press("One more: Standing").await?;
    olga.press("Add a promo code").await?;
    olga.fill("Promo code", "above").await?;
    olga.press("Apply").await?;
    olga.sees("This code only works on Balcony tickets.")
        .await?;
    olga.can_use_the_screen().await?;
    olga.press("One more: Balcony").await?;
    // A tenth of the balcony.
    olga.sees("−€5").await?;
    olga.leave().await
}

/// One ticket, of the only type there is.
async fn add_to_cart(ada: &Person, title: &str) -> Result<()> {
    ada.open("/").await?;
    ada.follow_containing(title).await?;
    ada.sees_heading(title).await?;
    ada.follow("Get tickets").await?;
    ada.press("Add to cart").await?;
    ada.sees("Added to your cart.").await
}

async fn what_cannot_be_had_is_named_and_nothing_is_taken(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    let night = olga.publish("Night", &[("Standing", 2500, 100)]).await?;
    let tiny = olga.publish("Tiny", &[("Seat", 1000, 1)]).await?;
    let account = Account::register(&service, "Ada", "ada@example.com").await?;
    let ada = Person::arrive(engine, &service).await?;
    ada.sign_in("ada@example.com").await?;
    add_to_cart(&ada, "Night").await?;
    add_to_cart(&ada, "Tiny").await?;
    olga.buy(tiny.ticket_types[0].id, 1).await?;

    ada.follow("View cart").await?;
    ada.press_containing("€35").await?;
    ada.sees("Seat · Tiny: These just sold out.").await?;
    ada.can_use_the_screen().await?;
    let left = account.event(night.id).await?.summary.left;
    let orders = account.orders().await?;
    ensure!(left == 100 && orders.is_empty(), "{left} left, {orders:?}");

    ada.press("One less: Seat").await?;
    ada.sees("1 ticket · 1 event · one order").await?;
    ada.press_containing("€25").await?;
    ada.sees_heading("You’re going").await?;
    ada.leave().await
}
