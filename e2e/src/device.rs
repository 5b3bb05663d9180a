//! What the app runs on, as Chromium plays it: the size of the screen, the person's wishes, the
//! network.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::person::Person;

const SETTLE: &str = include_str!("settle.js");

/// A screen to look at.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Dark, or light.
    pub dark: bool,
    /// Whether the person has colours of their own.
    pub forced_colors: bool,
}

impl Look {
    /// `dark` or `light`.
    pub fn theme(self) -> &'static str {
        if self.dark { "dark" } else { "light" }
    }
}

impl Person {
    /// Takes another screen. `density` is how many dots a pixel has.
    pub async fn take(&self, look: Look, density: f32) -> Result<()> {
        self.size(look.width, look.height, density).await?;
        let features = json!([
            {"name": "prefers-color-scheme", "value": look.theme()},
            {"name": "forced-colors", "value": if look.forced_colors { "active" } else { "none" }},
            // What moves is at its end at once.
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]);
        self.tell("Emulation.setEmulatedMedia", json!({"features": features}))
            .await
    }

    /// Makes the screen so high that nothing has to be scrolled.
    pub async fn unfold(&self, look: Look, density: f32) -> Result<()> {
        const HIGHEST: u64 = 4_000;
        let hidden = self
            .run(
                "return Math.max(...[document.scrollingElement, ...document.querySelectorAll('.pane, dialog')]
                    .map((pane) => pane.scrollHeight - pane.clientHeight))",
            )
            .await?;
        let hidden = hidden.as_u64().context("a height")?;
        let height = (u64::from(look.height) + hidden).min(HIGHEST);
        self.size(look.width, u32::try_from(height)?, density).await
    }

    async fn size(&self, width: u32, height: u32, density: f32) -> Result<()> {
        let metrics = json!({
            "width": width,
            "height": height,
            "deviceScaleFactor": density,
            "mobile": width < 840,
        });
        self.tell("Emulation.setDeviceMetricsOverride", metrics)
            .await
    }

    /// Sets how large text is where nothing says otherwise; 16 is usual.
    pub async fn wants_text(&self, size: u32) -> Result<()> {
        let sizes = json!({"standard": size, "fixed": size});
        self.tell("Page.setFontSizes", json!({"fontSizes": sizes}))
            .await
    }

    /// Takes the network away, or gives it back.
    pub async fn goes_offline(&self, offline: bool) -> Result<()> {
        self.tell("Network.enable", json!({})).await?;
        let conditions = json!({
            "offline": offline,
            "latency": 0,
            "downloadThroughput": -1,
            "uploadThroughput": -1,
        });
        self.tell("Network.emulateNetworkConditions", conditions)
            .await
    }

    /// Lets no request to these endpoints through, until [`Person::is_answered`].
    pub async fn awaits(&self, endpoints: &[&str]) -> Result<()> {
        let patterns: Vec<Value> = endpoints
            .iter()
            .map(|endpoint| json!({"urlPattern": format!("*/api/{endpoint}*")}))
            .collect();
        self.tell("Fetch.enable", json!({"patterns": patterns}))
            .await
    }

    /// Lets every request through.
    pub async fn is_answered(&self) -> Result<()> {
        self.tell("Fetch.disable", json!({})).await
    }

    /// Waits until nothing moves, and nothing loads unless that is `unfinished`.
    pub async fn has_seen_it_settle(&self, unfinished: bool) -> Result<()> {
        let problem = self.ask(SETTLE, vec![json!(unfinished)]).await?;
        match problem.as_str() {
            Some(problem) => anyhow::bail!("{}: {problem}", self.path().await?),
            None => Ok(()),
        }
    }

    async fn tell(&self, what: &str, how: Value) -> Result<()> {
        self.tools().send_raw(what, how).await?;
        Ok(())
    }
}
