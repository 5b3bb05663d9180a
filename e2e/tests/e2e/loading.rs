//! What can be pressed stays where it is while the rest of the screen is still coming.

use std::collections::HashSet;

use anyhow::{Context, Result, ensure};
use e2e::Look;
use e2e::screens::{Guest, SCREENS, Stage, Visitor};
use serde_json::json;

const PHONE: Look = Look {
    width: 390,
    height: 844,
    dark: false,
    forced_colors: false,
};

/// Answers come late and in another order than they were asked for, and whatever can be pressed is
/// watched from frame to frame, wherever it is scrolled to.
const WATCH: &str = include_str!("loading.js");

/// Until nothing has been under way for some frames.
const IS_LOADED: &str =
    "return window.underWay === 0 && performance.now() - window.lastAnswer > 300";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_can_be_pressed_moves_while_a_screen_loads() -> Result<()> {
    let stage = Stage::set_up().await?;
    let (mut moved, mut seen) = (Vec::new(), 0);
    for who in Visitor::ALL {
        let guest = Guest::arrive(who, &stage).await?;
        let person = guest.person();
        // What comes in slowly is no movement.
        person.take(PHONE, 1.0).await?;
        person.is_first_in_pages(WATCH).await?;
        let mut paths = HashSet::new();
        for screen in SCREENS.iter().filter(|screen| screen.who == who) {
            if !screen.is_plain() || !screen.held.is_empty() || !paths.insert(screen.path) {
                continue;
            }
            let look = async || -> Result<serde_json::Value> {
                person.open_anew(&stage.fill(screen.path)?).await?;
                person.sees(&stage.fill(screen.shows)?).await?;
                person.until_true(IS_LOADED).await?;
                person.run("return window.moved").await
            };
            let these = look().await.context(screen.name)?;
            if these != json!([]) {
                moved.push(format!("{}: {these:#}", screen.name));
            }
            seen += 1;
        }
        guest.leave().await?;
    }
    ensure!(seen > 30, "only {seen} screens were seen");
    ensure!(moved.is_empty(), "{}", moved.join("\n"));
    Ok(())
}
