//! What an organizer does.

use anyhow::{Context, Result, ensure};
use api::Currency;
use e2e::{Account, Engine, PASSWORD, Person, Service};

crate::in_both_engines!(
    an_event_is_created_and_seen_to_sell,
    what_is_missing_is_said_before_publishing,
    a_wrong_price_is_marked_where_it_is_typed,
    a_new_event_begins_as_the_last_one_did,
    a_draft_whose_answer_is_lost_is_made_once,
    a_ticket_type_in_use_comes_back_and_saving_goes_on,
    a_public_event_is_changed_paused_and_cancelled,
    nothing_unsaved_is_lost_unasked,
    a_camera_makes_larger_pictures_than_are_sent,
);

/// Someone new who has confirmed their address, at Host.
async fn organizer(engine: Engine, service: &Service) -> Result<Person> {
    Account::register(service, "Olga Ladyzhenskaya", "olga@example.com").await?;
    let olga = Person::arrive(engine, service).await?;
    olga.follow("Host").await?;
    olga.follow("Sign in").await?;
    olga.fill("Email", "olga@example.com").await?;
    olga.fill("Password", PASSWORD).await?;
    olga.press("Sign in").await?;
    olga.sees("Create your first event").await?;
    Ok(olga)
}

/// Writes an event with two ticket types, and publishes it.
async fn create_event(olga: &Person, title: &str) -> Result<()> {
    olga.follow("Create an event").await?;
    olga.sees_heading("New event").await?;
    olga.fill("Title", title).await?;
    olga.fill("Start date", "2099-06-20").await?;
    olga.fill("Start time", "21:00").await?;
    olga.fill("Venue", "Observatory").await?;
    olga.fill("City", "Göttingen").await?;
    olga.fill("Name of ticket type 1", "Standing").await?;
    olga.fill("Price of ticket type 1", "12,50").await?;
    olga.press("Add a ticket type").await?;
    olga.fill("Name of ticket type 2", "Friend of the house")
        .await?;
    olga.fill("Price of ticket type 2", "40").await?;
    olga.fill("Quantity of ticket type 2", "5").await?;
    olga.sees("Saved").await?;
    olga.press("Publish").await?;
    olga.sees("Your event is live.").await
}

async fn an_event_is_created_and_seen_to_sell(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let olga = organizer(engine, &service).await?;
    create_event(&olga, "Perseids").await?;
    olga.sees_heading("Perseids").await?;
    olga.sees("Your first sale will show up here.").await?;
    olga.sees("0 of 105").await?;

    let ada = Person::arrive(Engine::Chromium, &service).await?;
    ada.follow_containing("Perseids").await?;
    ada.sees_heading("Perseids").await?;
    ada.sees("Observatory").await?;
    ada.follow("Get tickets").await?;
    ada.press("One more: Standing").await?;
    ada.press("One more: Standing").await?;
    ada.press("One more: Friend of the house").await?;
    ada.press_containing("Get tickets ·").await?;
    sign_up(&ada).await?;
    ada.press_containing("Get tickets ·").await?;
    ada.sees_heading("You’re going").await?;
    ada.leave().await?;

    // She did nothing but look.
    olga.sees("3 of 105").await?;
    olga.sees("65").await?;
    olga.sees("2 of 100 sold").await?;
    olga.sees("1 of 5 sold").await?;
    ensure!(olga.count(".chart__bar").await? > 0, "there is no chart");
    olga.follow("Events").await?;
    olga.follow_containing("Perseids").await?;
    olga.sees("3 going").await?;
    olga.leave().await
}

async fn sign_up(person: &Person) -> Result<()> {
    person.sees("We’ve saved your tickets.").await?;
    if !person.can_see("Name").await? {
        person.press("I don’t have an account yet").await?;
    }
    person.fill("Name", "Ada Lovelace").await?;
    person.fill("Email", "ada@example.com").await?;
    person.fill("Password", PASSWORD).await?;
    person.press("Create account").await
}

async fn what_is_missing_is_said_before_publishing(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let olga = organizer(engine, &service).await?;
    olga.follow("Create an event").await?;
    olga.press("Publish").await?;
    olga.sees("Almost there. Fix these first:").await?;
    olga.follow("Title: Enter a title.").await?;
    let focused = olga.run("return document.activeElement.id").await?;
    ensure!(focused == "event-title", "{focused} has the focus");
    olga.fill("Title", "Perseids").await?;
    olga.no_longer_sees("Title: Enter a title.").await?;
    // No clock in Berlin shows this.
    olga.fill("Time zone", "berl").await?;
    olga.press("Berlin Europe").await?;
    olga.fill("Start date", "2027-03-28").await?;
    olga.fill("Start time", "02:30").await?;
    olga.sees("This time doesn’t exist").await?;
    olga.leave().await
}

async fn a_wrong_price_is_marked_where_it_is_typed(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let olga = organizer(engine, &service).await?;
    olga.follow("Create an event").await?;
    ensure!(
        !olga.can_see("Saved").await?,
        "it is saved before anything is typed"
    );
    olga.fill("Price of ticket type 1", "ten").await?;
    olga.until_true("return document.querySelectorAll('[aria-invalid=true]').length === 1")
        .await?;
    let marked = olga
        .run("return document.querySelector('[aria-invalid=true]').labels[0].innerText")
        .await?;
    ensure!(
        marked
            .as_str()
            .is_some_and(|label| label.starts_with("Price")),
        "{marked} is marked"
    );
    ensure!(
        olga.count(".error-summary").await? == 0,
        "it is summed up before publishing"
    );
    olga.can_use_the_screen().await?;
    olga.press("Publish").await?;
    olga.sees("Ticket type 1: Price").await?;
    olga.until_true("return document.activeElement.classList.contains('error-summary')")
        .await?;
    olga.fill("Price of ticket type 1", "10").await?;
    olga.no_longer_sees("Ticket type 1: Price").await?;
    olga.until_true(
        "return !document.querySelector('[id^=type-][id$=-price]').hasAttribute('aria-invalid')",
    )
    .await?;
    olga.leave().await
}

/// What the poster beside the form shows.
const POSTER: &str = "return document.querySelector('.editor .cover').innerHTML";

async fn a_new_event_begins_as_the_last_one_did(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let account = Account::register(&service, "Olga", "olga@example.com").await?;
    let mut last = e2e::event("Last winter", &[("Standing", 2500, 100)])?;
    last.currency = Currency::parse("CHF").context("a currency")?;
    account.draft(&last).await?;
    let olga = Person::arrive(engine, &service).await?;
    olga.sign_in("olga@example.com").await?;
    olga.open("/host/events/new").await?;
    olga.until_true("return document.getElementById('event-currency').value === 'CHF'")
        .await?;
    ensure!(
        !olga.can_see("Saved").await?,
        "what was filled in for her counts as a change"
    );
    let poster = olga.run(POSTER).await?;
    ensure!(
        poster.as_str().is_some_and(|drawn| drawn.len() > 100),
        "there is no poster before the first save: {poster}"
    );
    let wide = olga
        .run(
            "const button = document.querySelector('.editor-foot > .button');
            const words = document.createRange();
            words.selectNodeContents(button);
            return button.offsetWidth - words.getBoundingClientRect().width",
        )
        .await?;
    ensure!(
        wide.as_f64().is_some_and(|more| more < 100.0),
        "Publish is {wide} px wider than its words"
    );
    olga.fill("Title", "This winter").await?;
    olga.sees("Saved. Fix the ticket details to publish.")
        .await?;
    let saved = olga.run(POSTER).await?;
    ensure!(saved == poster, "the first save changes the poster");
    olga.leave().await
}

/// What is sent arrives, and its first answer does not.
const LOSE_AN_ANSWER: &str = "
    window.trueFetch = window.fetch;
    window.fetch = async (...request) => {
        const answer = await trueFetch(...request);
        const asked = request[0];
        const is_event = (asked.url ?? asked).includes('/host/events/');
        const method = request[1]?.method ?? asked.method;
        if (!is_event || method === 'GET') return answer;
        window.fetch = window.trueFetch;
        window.lost = answer.status;
        throw new TypeError('no network');
    };";

async fn a_draft_whose_answer_is_lost_is_made_once(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let olga = organizer(engine, &service).await?;
    olga.follow("Create an event").await?;
    olga.sees_heading("New event").await?;
    olga.run(LOSE_AN_ANSWER).await?;
    olga.fill("Title", "Perseids").await?;
    olga.until_true("return window.lost === 201").await?;
    olga.sees("Try again").await?;
    olga.fill("Title", "Perseids at midnight").await?;
    olga.sees("Saved. Fix the ticket details to publish.")
        .await?;
    let account = Account::login(&service, "olga@example.com").await?;
    let events = account.host_events().await?;
    let titles: Vec<&str> = events.iter().map(|event| event.title.as_str()).collect();
    ensure!(titles == ["Perseids at midnight"], "there are {titles:?}");
    olga.leave().await
}

async fn a_ticket_type_in_use_comes_back_and_saving_goes_on(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let account = Account::register(&service, "Olga", "olga@example.com").await?;
    let types = [("Standing", 2500, 100), ("Balcony", 4000, 20)];
    let draft = account.draft(&e2e::event("Perseids", &types)?).await?;
    let balcony = draft.ticket_types[1].id;
    account.promo_code(draft.id, "GOLD", balcony).await?;
    let olga = Person::arrive(engine, &service).await?;
    olga.sign_in("olga@example.com").await?;
    olga.open(&format!("/host/events/{}/edit", draft.id))
        .await?;
    olga.press("Remove ticket type 2").await?;
    olga.sees("“Balcony” cannot be removed: the promo code GOLD is for it.")
        .await?;
    olga.until_true("return document.querySelectorAll('.type-card').length === 2")
        .await?;
    olga.fill("Title", "Perseids at midnight").await?;
    olga.until_true("return document.querySelector('.save-status__words').innerText === 'Saved'")
        .await?;
    let events = account.host_events().await?;
    let titles: Vec<&str> = events.iter().map(|event| event.title.as_str()).collect();
    ensure!(titles == ["Perseids at midnight"], "there are {titles:?}");
    olga.leave().await
}

async fn a_public_event_is_changed_paused_and_cancelled(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let olga = organizer(engine, &service).await?;
    create_event(&olga, "Perseids").await?;
    let ada = Account::register(&service, "Ada", "ada@example.com").await?;
    let path = olga.path().await?;
    let id = path.rsplit('/').next().context("an id")?.parse()?;
    ada.buy(ada.event(id).await?.ticket_types[0].id, 2).await?;

    olga.follow("Edit").await?;
    olga.fill("Quantity of ticket type 1", "1").await?;
    olga.press("Save changes").await?;
    olga.sees("2 are sold already; choose at least 2.").await?;
    olga.fill("Quantity of ticket type 1", "2").await?;
    olga.press("Save changes").await?;
    olga.sees("Changes published.").await?;
    olga.sees("2 of 2 sold").await?;
    olga.follow("Edit").await?;
    olga.sees("We’ll email everyone with a ticket when you change this.")
        .await?;
    olga.fill("Venue", "Barn").await?;
    olga.press("Save changes").await?;
    olga.sees("1 person gets an email with the new time and place.")
        .await?;
    olga.can_use_the_screen().await?;
    olga.fill("Your message (optional)", "The hall is flooded.")
        .await?;
    olga.press("Save and send").await?;
    olga.sees("We’ve emailed everyone with a ticket.").await?;

    olga.press("Pause sales").await?;
    olga.sees("Sales paused").await?;
    olga.press("Resume sales").await?;
    olga.sees("On sale").await?;

    olga.press("Cancel event…").await?;
    olga.fill("Number of tickets", "3").await?;
    olga.press("Cancel event").await?;
    olga.sees("Type 2, the number of tickets.").await?;
    olga.fill("Number of tickets", "2").await?;
    olga.press("Cancel event").await?;
    olga.sees("Event cancelled.").await?;
    olga.sees("Cancelled").await?;
    olga.leave().await
}

async fn nothing_unsaved_is_lost_unasked(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let olga = organizer(engine, &service).await?;
    olga.follow("Create an event").await?;
    olga.fill("Title", "Perseids").await?;
    olga.sees("Saved. Fix the ticket details to publish.")
        .await?;
    olga.start_again().await?;
    olga.sees_heading("Edit event").await?;
    olga.fill("Venue", "Observatory").await?;
    // A ticket type without a price cannot be kept.
    olga.fill("Price of ticket type 1", "ten").await?;
    olga.sees("Saved. Fix the ticket details to publish.")
        .await?;
    olga.press("Back").await?;
    olga.sees("Leave without saving?").await?;
    olga.press("Keep editing").await?;
    olga.go_back().await?;
    olga.sees("Leave without saving?").await?;
    // Back from the question is to stay.
    olga.go_back().await?;
    olga.no_longer_sees("Leave without saving?").await?;
    olga.sees_heading("Edit event").await?;
    olga.go_back().await?;
    olga.sees("Leave without saving?").await?;
    olga.press("Leave").await?;
    olga.sees_heading("Host").await?;
    olga.sees("Observatory").await?;
    olga.leave().await
}

/// A picture of 6 MB: a BMP, of which the server knows nothing.
fn large_picture() -> Vec<u8> {
    let (width, height) = (2000_u32, 1000_u32);
    let pixels = vec![0x80; (3 * width * height) as usize];
    let mut file = b"BM".to_vec();
    let head = [54 + 3 * width * height, 0, 54, 40, width, height];
    file.extend(head.iter().flat_map(|number| number.to_le_bytes()));
    // One plane, 24 bits a pixel, nothing of the rest.
    file.extend([1, 0, 24, 0]);
    file.resize(54, 0);
    file.extend(pixels);
    file
}

async fn a_camera_makes_larger_pictures_than_are_sent(engine: Engine) -> Result<()> {
    let service = Service::start().await?;
    let olga = organizer(engine, &service).await?;
    olga.follow("Create an event").await?;
    olga.fill("Title", "Perseids").await?;
    olga.sees("Saved. Fix the ticket details to publish.")
        .await?;
    let folder = tempfile::TempDir::new()?;
    let (text, large) = (folder.path().join("t.jpg"), folder.path().join("l.bmp"));
    std::fs::write(&text, "This is no picture.")?;
    std::fs::write(&large, large_picture())?;
    olga.choose_file("Choose a picture", &text).await?;
    olga.sees("This file isn’t a picture.").await?;
    olga.choose_file("Choose a picture", &large).await?;
    olga.sees("Remove picture").await?;
    olga.no_longer_sees("This file isn’t a picture.").await?;
    olga.until_true("return document.querySelector('.cover-field img')?.naturalWidth === 1600")
        .await?;
    olga.leave().await
}
