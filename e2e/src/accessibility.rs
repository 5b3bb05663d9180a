//! What keeps people out: axe-core looks at the screen as it is.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::person::Person;
use crate::process::path;

/// Runs axe-core in one theme, in the dark for colours alone; answers a line for each thing that is
/// wrong.
const LOOK: &str = include_str!("look.js");

impl Person {
    /// Everyone can use what is on the screen, in light and in dark.
    pub async fn can_use_the_screen(&self) -> Result<()> {
        if self.run("return !window.axe").await? == json!(true) {
            let axe = std::fs::read_to_string(path("AXE")?)?;
            self.run(&axe).await?;
        }
        for theme in ["light", "dark"] {
            let wrong = self.ask(LOOK, vec![json!(theme)]).await?;
            let wrong = wrong.as_str().context("what axe found")?;
            ensure!(
                wrong.is_empty(),
                "{} in {theme}:\n{wrong}",
                self.path().await?
            );
        }
        Ok(())
    }
}
