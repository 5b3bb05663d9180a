//! Room for what is read: on tablets, in large text, when a screen is opened by its link, and under
//! messages.

use anyhow::{Context, Result, ensure};
use e2e::screens::{Guest, SCREENS, Stage, Visitor};
use e2e::{Account, Engine, Look, Person, Service};
use serde_json::json;

crate::in_both_engines!(a_message_lies_over_nothing_that_can_be_pressed);

const DESKTOP: (u32, u32) = (1280, 800);

fn look((width, height): (u32, u32)) -> Look {
    Look {
        width,
        height,
        dark: false,
        forced_colors: false,
    }
}

/// What a message covers that somebody may want to press, at whatever place of the screen.
const COVERED: &str = "
    const answer = arguments[arguments.length - 1];
    const toast = () => document.querySelector('.toast')?.getBoundingClientRect();
    const seen = (element) => {
        if (!element.checkVisibility({visibilityProperty: true})) return null;
        let {left, top, right, bottom} = element.getBoundingClientRect();
        for (let around = element.parentElement; around; around = around.parentElement) {
            if (getComputedStyle(around).overflowY === 'visible') continue;
            const edge = around.getBoundingClientRect();
            [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
        }
        return bottom - top > 1 && right - left > 1 ? {left, top, right, bottom} : null;
    };
    const covered = () => {
        const over = toast();
        if (!over) return ['there is no message'];
        const controls = [...document.querySelectorAll('a, button, input, select, textarea, summary')];
        return controls.filter((it) => !it.closest('.toasts, .visually-hidden, .skip-link')).filter((it) => {
            const it_ = seen(it);
            return it_ && it_.left < over.right - 1 && it_.right > over.left + 1
                && it_.top < over.bottom - 1 && it_.bottom > over.top + 1;
        }).map((it) => it.outerHTML.slice(0, 120));
    };
    const wait = (time) => new Promise((resolve) => setTimeout(resolve, time));
    (async () => {
        const panes = [...document.querySelectorAll('.pane')].filter((pane) => pane.checkVisibility({visibilityProperty: true}));
        const found = [];
        for (const place of [0, 160, 410]) {
            for (const pane of panes) pane.scrollTop = place;
            await wait(450);
            found.push(...covered());
        }
        return found;
    })().then(answer, (error) => answer([String(error)]));";

async fn covers_nothing(person: &Person) -> Result<()> {
    person
        .until_true("return document.querySelector('.toast') !== null")
        .await?;
    let covered = person.ask(COVERED, Vec::new()).await?;
    ensure!(covered == json!([]), "covered: {covered:#}");
    Ok(())
}

async fn a_message_lies_over_nothing_that_can_be_pressed(engine: Engine) -> Result<()> {
    const FOOT: &str = "return Math.round(document.querySelector('.foot-bar .button').getBoundingClientRect().top)";
    // Messages stay, to be looked at.
    const STAY: &str = "const sooner = setTimeout;
        window.setTimeout = (then, after, ...more) =>
            after >= 5000 ? 0 : sooner(then, after, ...more)";
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    for number in 1..=6 {
        olga.publish(&format!("Night {number}"), &[("Seat", 1000, 20)])
            .await?;
    }
    let event = olga.publish("Noon", &[("Seat", 1000, 20)]).await?;
    let person = Person::arrive(engine, &service).await?;
    person.sign_in("olga@example.com").await?;

    person.open(&format!("/events/{}", event.id)).await?;
    person.sees("Be the first to go").await?;
    person.run(STAY).await?;
    let foot = person.run(FOOT).await?;
    person.press("Share").await?;
    covers_nothing(&person).await?;
    let now = person.run(FOOT).await?;
    ensure!(now == foot, "the way to tickets moved from {foot} to {now}");

    // On a list all of the screen can be pressed.
    person.press("All events").await?;
    person.sees("Night 1").await?;
    person.has_seen_it_settle(false).await?;
    covers_nothing(&person).await?;

    person.open(&format!("/host/events/{}", event.id)).await?;
    person.sees("Pause sales").await?;
    person.run(STAY).await?;
    person.press("Pause sales").await?;
    covers_nothing(&person).await?;
    person.leave().await
}

/// How much of the screen stays where it is while the rest is scrolled.
const STUCK: &str = "
    const stuck = [...document.querySelectorAll('body *')].filter((it) =>
        /sticky|fixed/.test(getComputedStyle(it).position) && !it.closest('.toasts, .skip-link') && !it.matches('dialog')
        && it.checkVisibility({visibilityProperty: true}));
    const heights = stuck.map((it) => it.getBoundingClientRect())
        .filter(({width, height}) => width > innerWidth / 3 && height > 1)
        .map(({height}) => height);
    const tabs = document.querySelector('.tabs');
    if (tabs.checkVisibility() && matchMedia('(width < 52.5rem)').matches) heights.push(tabs.offsetHeight);
    return heights.reduce((sum, height) => sum + height, 0) / innerHeight";

#[tokio::test(flavor = "multi_thread")]
async fn large_text_keeps_its_room() -> Result<()> {
    let mut stage = Stage::set_up().await?;
    let mut wrong = Vec::new();
    for who in Visitor::ALL {
        let guest = Guest::arrive(who, &stage).await?;
        let theirs = SCREENS.iter().filter(|screen| screen.who == who);
        for screen in theirs.filter(|screen| screen.large_text) {
            guest.reach(&mut stage, screen).await.context(screen.name)?;
            for size in [(390, 844), DESKTOP] {
                guest.person().take(look(size), 1.0).await?;
                guest.person().has_seen_it_settle(false).await?;
                let stuck = guest.person().run(STUCK).await?;
                if stuck.as_f64().context("a part")? > 0.25 {
                    wrong.push(format!("{} at {size:?}: {stuck}", screen.name));
                }
            }
            guest.recover(&mut stage, screen).await?;
        }
        guest.leave().await?;
    }
    ensure!(wrong.is_empty(), "too much stays in its place: {wrong:#?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tablet_has_two_columns() -> Result<()> {
    const BESIDE: &str = "
        const [first, second] = document.querySelectorAll(SELECTOR);
        const [one, other] = [first, second].map((it) => it.getBoundingClientRect());
        return one.right <= other.left && Math.abs(one.top - other.top) < 2";
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    for number in 1..=4 {
        olga.publish(&format!("Night {number}"), &[("Seat", 1000, 20)])
            .await?;
    }
    let event = olga.publish("Noon", &[("Seat", 1000, 20)]).await?;
    olga.buy(event.ticket_types[0].id, 2).await?;
    let person = Person::arrive(Engine::Chromium, &service).await?;
    person.sign_in("olga@example.com").await?;
    for (path, text, selector) in [
        ("/".to_owned(), "Night 1", "'.card'"),
        (
            format!("/events/{}", event.id),
            "One night only.",
            "'.event > div'",
        ),
        (
            format!("/tickets/{}/1", event.id),
            "1 of 2",
            "'.ticket, .ticket-screen > .actions'",
        ),
    ] {
        person.open(&path).await?;
        person.sees(text).await?;
        for (size, are_beside) in [((600, 960), true), ((768, 1024), true), ((390, 844), false)] {
            person.take(look(size), 1.0).await?;
            person.has_seen_it_settle(false).await?;
            let beside = person.run(&BESIDE.replace("SELECTOR", selector)).await?;
            ensure!(beside == are_beside, "{path} at {size:?}: {beside}");
        }
    }
    person.leave().await
}

/// A picture of 16 to 9 that is larger than may be sent: a BMP.
fn wide_picture() -> Vec<u8> {
    let (width, height) = (2048_u32, 1152_u32);
    let mut file = b"BM".to_vec();
    let head = [54 + 3 * width * height, 0, 54, 40, width, height];
    file.extend(head.iter().flat_map(|number| number.to_le_bytes()));
    // One plane, 24 bits a pixel, nothing of the rest.
    file.extend([1, 0, 24, 0]);
    file.resize((54 + 3 * width * height) as usize, 0x60);
    file[30..54].fill(0);
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_opened_by_its_link_has_the_screen_to_itself() -> Result<()> {
    const PARTS: &str = "
        const [list, detail, main] = ['.panes__list', '.panes__detail', '.shell__main']
            .map((part) => document.querySelector(part));
        return [list.checkVisibility({visibilityProperty: true}), detail.offsetWidth / main.offsetWidth > 0.99]";
    const PICTURE: &str = "
        const it = document.querySelector('.event__cover img');
        if (!it?.naturalWidth) return null;
        const [whole, shown] = [it.naturalWidth / it.naturalHeight, it.clientWidth / it.clientHeight];
        return Math.abs(whole - shown) < 0.02 || getComputedStyle(it).objectFit === 'contain'";
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    olga.publish("Night", &[("Seat", 1000, 20)]).await?;
    let event = olga.publish("Noon", &[("Seat", 1000, 20)]).await?;
    let folder = tempfile::TempDir::new()?;
    let file = folder.path().join("wide.bmp");
    std::fs::write(&file, wide_picture())?;
    let person = Person::arrive(Engine::Chromium, &service).await?;
    person.sign_in("olga@example.com").await?;
    person
        .open(&format!("/host/events/{}/edit", event.id))
        .await?;
    person.choose_file("Choose a picture", &file).await?;
    person.sees("Remove picture").await?;

    person.open(&format!("/events/{}", event.id)).await?;
    person.sees("One night only.").await?;
    // Chromium forgets it with every page that is loaded.
    person.take(look(DESKTOP), 1.0).await?;
    person.has_seen_it_settle(false).await?;
    ensure!(
        person.run(PARTS).await? == json!([false, true]),
        "something is beside it"
    );
    person
        .until_true(&format!("return (() => {{ {PICTURE} }})() === true"))
        .await?;
    // A sheet changes nothing about that; the list does.
    person.follow("Get tickets").await?;
    person.sees_heading("Get tickets").await?;
    ensure!(
        person.run(PARTS).await? == json!([false, true]),
        "under a sheet"
    );
    person.press("Close").await?;
    person.press("All events").await?;
    person.follow("Noon").await?;
    person.sees("One night only.").await?;
    person.has_seen_it_settle(false).await?;
    ensure!(
        person.run(PARTS).await? == json!([true, false]),
        "the list is not beside it"
    );
    person.leave().await
}
