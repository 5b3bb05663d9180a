//! Every screen in every state: everyone can use it.

use anyhow::{Context, Result, ensure};
use e2e::Look;
use e2e::screens::{Guest, SCREENS, Screen, Stage, Visitor};

/// A phone and a desktop: one pane and two.
const SIZES: [(u32, u32); 2] = [(390, 844), (1280, 800)];

// A browser that is dropped says goodbye while its thread waits.
#[tokio::test(flavor = "multi_thread")]
async fn everyone_can_use_every_screen() -> Result<()> {
    let mut stage = Stage::set_up().await?;
    let mut wrong = Vec::new();
    for who in Visitor::ALL {
        let guest = Guest::arrive(who, &stage).await?;
        // What repeats another screen is as good as that; forced colours are the person's own.
        let says_more = |screen: &&Screen| !screen.repeats && !screen.forced_colors;
        let theirs = SCREENS.iter().filter(|screen| screen.who == who);
        for screen in theirs.filter(says_more) {
            let looked = look_at(screen, &guest, &mut stage).await;
            guest.recover(&mut stage, screen).await?;
            if let Err(error) = looked.context(screen.name) {
                wrong.push(format!("{error:#}"));
            }
        }
        guest.leave().await?;
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    Ok(())
}

async fn look_at(screen: &Screen, guest: &Guest, stage: &mut Stage) -> Result<()> {
    let person = guest.person();
    guest.reach(stage, screen).await?;
    for (width, height) in SIZES {
        let look = Look {
            width,
            height,
            dark: false,
            forced_colors: false,
        };
        person.take(look, 1.0).await?;
        person.has_seen_it_settle(screen.unfinished).await?;
        let can_use = person.can_use_the_screen().await;
        can_use.with_context(|| format!("{width} pixels wide"))?;
    }
    Ok(())
}

/// The heading has the focus, so that screen readers and keyboards begin where eyes do.
#[tokio::test(flavor = "multi_thread")]
async fn every_screen_begins_at_its_heading() -> Result<()> {
    const WHERE_THE_FOCUS_IS: &str = "const it = document.activeElement;
        return it.matches('h1, dialog h2') && it.innerText.trim() ? null : it.outerHTML";
    let stage = Stage::set_up().await?;
    let mut wrong = Vec::new();
    for who in [Visitor::Ada, Visitor::Olga] {
        let guest = Guest::arrive(who, &stage).await?;
        let is_theirs = |screen: &&Screen| screen.who == who && screen.is_plain();
        for screen in SCREENS.iter().filter(is_theirs) {
            guest.pass_to(&stage, screen).await.context(screen.name)?;
            let focus = guest.person().run(WHERE_THE_FOCUS_IS).await?;
            if !focus.is_null() {
                wrong.push(format!("{}: {focus}", screen.name));
            }
        }
        guest.leave().await?;
    }
    ensure!(
        wrong.is_empty(),
        "The focus is elsewhere:\n{}",
        wrong.join("\n")
    );
    Ok(())
}
