//! Three presses on one point are three presses on one control: nothing that can be pressed moves
//! because something was pressed.

use anyhow::{Context, Result, ensure};
use e2e::screens::{Guest, SCREENS, Stage, Visitor};
use e2e::{Engine, Look, Person, Pointer};
use serde_json::json;

crate::in_both_engines!(
    no_control_moves_because_another_is_pressed_by_a_stranger,
    no_control_moves_because_another_is_pressed_by_a_buyer,
    no_control_moves_because_another_is_pressed_by_an_organizer,
    no_control_moves_because_another_is_pressed_by_a_newcomer,
);

fn look(width: u32, height: u32) -> Look {
    Look {
        width,
        height,
        dark: false,
        forced_colors: false,
    }
}

/// A phone under a finger and a desktop under a mouse, or the desktop program as it is.
fn ways(engine: Engine) -> Vec<(Option<Look>, Pointer)> {
    match engine {
        Engine::Chromium => vec![
            (Some(look(390, 844)), Pointer::Finger),
            (Some(look(1280, 800)), Pointer::Mouse),
        ],
        Engine::Desktop | Engine::Installed => vec![(None, Pointer::Mouse)],
    }
}

async fn no_control_moves_because_another_is_pressed_by_a_stranger(engine: Engine) -> Result<()> {
    presses_everything(engine, Visitor::Nobody).await
}

async fn no_control_moves_because_another_is_pressed_by_a_buyer(engine: Engine) -> Result<()> {
    presses_everything(engine, Visitor::Ada).await
}

async fn no_control_moves_because_another_is_pressed_by_an_organizer(engine: Engine) -> Result<()> {
    presses_everything(engine, Visitor::Olga).await
}

async fn no_control_moves_because_another_is_pressed_by_a_newcomer(engine: Engine) -> Result<()> {
    presses_everything(engine, Visitor::Nina).await
}

async fn presses_everything(engine: Engine, who: Visitor) -> Result<()> {
    let mut stage = Stage::set_up().await?;
    let (mut wrong, mut pressed) = (Vec::new(), 0);
    let guest = Guest::arrive_in(engine, who, &stage).await?;
    for screen in SCREENS.iter().filter(|screen| screen.who == who) {
        if !screen.is_whole() {
            continue;
        }
        for (index, (look, pointer)) in ways(engine).into_iter().enumerate() {
            let person = guest.person();
            if let Some(look) = look {
                person.take(look, 1.0).await?;
            }
            // What was pressed the first way is still chosen, unless the screen is opened anew.
            let reached = match screen.is_plain() && index == 0 {
                true => guest.pass_to(&stage, screen).await,
                false => guest.reach(&mut stage, screen).await,
            };
            reached.with_context(|| format!("{} {look:?}", screen.name))?;
            let outcome = person.presses_everything(pointer).await;
            let (count, found) = outcome.with_context(|| format!("{} {look:?}", screen.name))?;
            speak_english(person).await?;
            pressed += count;
            let told = |found| format!("{} under a {pointer:?}: {found}", screen.name);
            wrong.extend(found.into_iter().map(told));
        }
    }
    guest.leave().await?;
    ensure!(pressed > 5, "only {pressed} controls were found");
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// The languages are among what is pressed.
async fn speak_english(person: &Person) -> Result<()> {
    const IS_ENGLISH: &str = "return document.documentElement.lang === 'en'";
    if person.run(IS_ENGLISH).await? != json!(true) {
        person.chooses_language("English").await?;
        person.until_true(IS_ENGLISH).await?;
    }
    Ok(())
}

/// The check finds what it is there for: a control that moves, and one that is put in its place.
#[tokio::test(flavor = "multi_thread")]
async fn a_control_that_moves_is_found() -> Result<()> {
    const SPOIL: &str = "addEventListener('click', ({target}) => {
        const row = target.closest('.row');
        if (row) row.style.marginBlockStart = `${parseInt(row.style.marginBlockStart || 0) + 90}px`;
    })";
    let stage = Stage::set_up().await?;
    let guest = Guest::arrive(Visitor::Ada, &stage).await?;
    let screen = SCREENS.iter().find(|screen| screen.name == "buy/choose");
    let screen = screen.context("there is no such screen")?;
    let person = guest.person();
    person.take(look(390, 844), 1.0).await?;
    guest.pass_to(&stage, screen).await?;
    person.run(SPOIL).await?;
    let (_, found) = person.presses_everything(Pointer::Finger).await?;
    let says = |what: &str| found.iter().any(|found| found.contains(what));
    ensure!(says("moved by") && says("no longer where"), "{found:?}");
    guest.leave().await
}
