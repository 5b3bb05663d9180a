//! Brings someone to a screen, in the state that the list says.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::{Screen, Stage, Step, Visitor};
use crate::browser::Engine;
use crate::person::Person;

/// Nothing happens by itself after some seconds any more.
const STAY: &str = "const sooner = setTimeout;
    window.setTimeout = (then, after, ...more) =>
        after >= 1000 && after < 10000 ? 0 : sooner(then, after, ...more)";
/// What was seen before would be shown in the meantime.
const FORGET: &str = "for (const name of Object.keys(localStorage))
    if (name.startsWith('kept-')) localStorage.removeItem(name)";
const USUAL_TEXT: u32 = 16;

/// Someone who goes from screen to screen.
pub struct Guest {
    person: Person,
}

impl Guest {
    /// Opens the app as one of the visitors.
    pub async fn arrive(who: Visitor, stage: &Stage) -> Result<Self> {
        Self::arrive_in(Engine::Chromium, who, stage).await
    }

    /// Opens the app in this engine.
    pub async fn arrive_in(engine: Engine, who: Visitor, stage: &Stage) -> Result<Self> {
        let person = Person::arrive(engine, stage.service()).await?;
        if let Some(email) = who.email() {
            person.sign_in(email).await?;
        }
        Ok(Self { person })
    }

    /// What they do with the app.
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// Brings the screen about.
    pub async fn reach(&self, stage: &mut Stage, screen: &Screen) -> Result<()> {
        let person = &self.person;
        if screen.large_text {
            person.wants_text(2 * USUAL_TEXT).await?;
        }
        if !screen.held.is_empty() {
            person.run(FORGET).await?;
            person.awaits(screen.held).await?;
        }
        person.open_anew(&stage.fill(screen.path)?).await?;
        for step in screen.steps {
            self.take(step, stage)
                .await
                .with_context(|| format!("{step:?}"))?;
        }
        person.sees(&stage.fill(screen.shows)?).await?;
        person.has_seen_it_settle(screen.unfinished).await
    }

    /// Goes there from another screen, without loading the app anew; not for screens that take steps.
    pub async fn pass_to(&self, stage: &Stage, screen: &Screen) -> Result<()> {
        self.person.go(&stage.fill(screen.path)?).await?;
        self.person.sees(&stage.fill(screen.shows)?).await?;
        self.person.has_seen_it_settle(false).await
    }

    /// Makes everything as it was, for the next screen.
    pub async fn recover(&self, stage: &mut Stage, screen: &Screen) -> Result<()> {
        let did = |wanted: fn(&Step) -> bool| screen.steps.iter().any(wanted);
        if screen.large_text {
            self.person.wants_text(USUAL_TEXT).await?;
        }
        if !screen.held.is_empty() {
            self.person.is_answered().await?;
        }
        if did(|step| matches!(step, Step::Offline)) {
            self.person.goes_offline(false).await?;
        }
        if did(|step| matches!(step, Step::Stop)) {
            stage.resume().await?;
        }
        Ok(())
    }

    /// Leaves.
    pub async fn leave(self) -> Result<()> {
        self.person.leave().await
    }

    async fn take(&self, step: &Step, stage: &mut Stage) -> Result<()> {
        let person = &self.person;
        match *step {
            Step::Press(name) => person.press_containing(name).await,
            Step::Tick(name) => person.press_box(name).await,
            Step::Fill(label, text) => person.fill(label, &stage.fill(text)?).await,
            Step::See(text) => person.sees(text).await,
            Step::Go(path) => person.go(&stage.fill(path)?).await,
            Step::Forget => person.run(FORGET).await.map(drop),
            Step::Offline => person.goes_offline(true).await,
            Step::Stop => {
                stage.stop();
                Ok(())
            }
            Step::PutOnMany => stage.put_on_many().await,
            Step::SellOut(event) => stage.sell_out(event).await,
            Step::Stay => {
                person.run(STAY).await?;
                Ok(())
            }
            Step::LoadAll => self.load_all().await,
        }
    }

    async fn load_all(&self) -> Result<()> {
        const PAGES: usize = 60;
        let scroll = "const list = document.querySelector('.panes__list .pane');
            list.scrollTo(0, list.scrollHeight);
            return !document.querySelector('.more')";
        for _ in 0..PAGES {
            if self.person.run(scroll).await? == json!(true) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("the list has no end")
    }
}
