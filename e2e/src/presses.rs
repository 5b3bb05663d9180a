//! Pressing what changes something, three times on one point, as an impatient finger does.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::browser::Engine;
use crate::person::Person;

const PRESSES: &str = include_str!("presses.js");
const TIMES: usize = 3;
/// Between two presses.
const PAUSE: Duration = Duration::from_millis(60);

/// What presses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointer {
    /// A finger (Chromium).
    Finger,
    /// A mouse.
    Mouse,
}

impl Person {
    /// Presses each stepper, chip, toggle and fold of the screen three times on one point; answers
    /// how many there are, and what went wrong: what was pressed is not what was changed, or
    /// something else moved.
    pub async fn presses_everything(&self, pointer: Pointer) -> Result<(usize, Vec<String>)> {
        let mut wrong = Vec::new();
        let controls = self.press_task("list", 0).await?;
        let count = controls.as_array().context("controls")?.len();
        for number in 0..count {
            let aim = self.press_task("aim", number).await?;
            let (x, y) = (aim["x"].as_i64(), aim["y"].as_i64());
            let point = x.zip(y).with_context(|| format!("no point: {aim}"))?;
            let name = aim["name"].as_str().unwrap_or_default();
            if aim["covered"] == true {
                wrong.push(format!("“{name}” is covered"));
                continue;
            }
            for _ in 0..TIMES {
                self.press_point(pointer, point).await?;
                tokio::time::sleep(PAUSE).await;
            }
            let judged = self.press_task("judge", number).await?;
            let found = judged.as_array().context("what is wrong")?;
            let found = found.iter().filter_map(Value::as_str);
            wrong.extend(found.map(|found| format!("{name}: {found}")));
            self.press_task("revert", number).await?;
        }
        Ok((count, wrong))
    }

    async fn press_task(&self, task: &str, number: usize) -> Result<Value> {
        self.ask(PRESSES, vec![json!(task), json!(number)]).await
    }

    async fn press_point(&self, pointer: Pointer, (x, y): (i64, i64)) -> Result<()> {
        match (pointer, self.engine()) {
            (Pointer::Finger, _) => self.taps((x, y)).await,
            (Pointer::Mouse, Engine::Chromium) => self.clicks((x, y)).await,
            (Pointer::Mouse, Engine::Desktop | Engine::Installed) => self.points_at((x, y)).await,
        }
    }

    async fn clicks(&self, (x, y): (i64, i64)) -> Result<()> {
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let count = u8::from(kind != "mouseMoved");
            let event =
                json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": count});
            self.tools()
                .send_raw("Input.dispatchMouseEvent", event)
                .await?;
        }
        Ok(())
    }
}
