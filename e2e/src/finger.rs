//! A finger on the screen, as Chromium plays it.

use anyhow::{Context, Result};
use serde_json::json;

use crate::person::Person;

impl Person {
    /// Puts a finger down on the middle of what matches the selector, and moves it down by each of
    /// these distances in turn.
    pub async fn draws(&self, selector: &str, distances: &[i64]) -> Result<()> {
        self.has_seen_it_settle(false).await?;
        let middle = format!(
            "const {{x, y, width, height}} = document.querySelector({}).getBoundingClientRect();
            return [x + width / 2, y + height / 2].map(Math.round)",
            json!(selector)
        );
        let middle = self.run(&middle).await?;
        let x = middle[0].as_i64().context("a place across")?;
        let y = middle[1].as_i64().context("a place down")?;
        self.touch("touchStart", Some((x, y))).await?;
        let mut at = 0;
        for distance in distances {
            // Fingers do not jump.
            for step in 1..=8 {
                let down = at + (distance - at) * step / 8;
                self.touch("touchMove", Some((x, y + down))).await?;
            }
            at = *distance;
        }
        Ok(())
    }

    /// Takes the finger away.
    pub async fn lets_go(&self) -> Result<()> {
        self.touch("touchEnd", None).await
    }

    /// Puts a finger down on a point, and takes it away.
    pub(crate) async fn taps(&self, point: (i64, i64)) -> Result<()> {
        self.touch("touchStart", Some(point)).await?;
        self.touch("touchEnd", None).await
    }

    async fn touch(&self, kind: &str, at: Option<(i64, i64)>) -> Result<()> {
        let points: Vec<_> = at.iter().map(|(x, y)| json!({"x": x, "y": y})).collect();
        let touch = json!({"type": kind, "touchPoints": points});
        self.tools()
            .send_raw("Input.dispatchTouchEvent", touch)
            .await?;
        Ok(())
    }
}
