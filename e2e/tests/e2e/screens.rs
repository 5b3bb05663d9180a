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
        for screen in SCREENS
            .iter()
            .filter(|screen| screen.who == who && !screen.repeats)
        {
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
        };
        person.take(look, 1.0).await?;
        person.has_seen_it_settle(screen.unfinished).await?;
        let can_use = person.can_use_the_screen().await;
        can_use.with_context(|| format!("{width} pixels wide"))?;
    }
    Ok(())
}
