//! A person at the app: finds things by what they are and what they are called, and waits for
//! them as people do.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use thirtyfour::cdp::Cdp;
use thirtyfour::{Key, WebElement};

use crate::backstage::PASSWORD;
use crate::browser::{Browser, Engine};
use crate::service::Service;

const FIND: &str = include_str!("find.js");
const KEPT: &str = include_str!("kept.js");
/// Whether something moves that will come to rest soon.
const MOVES: &str = "return document.getAnimations().some((animation) =>
    animation.playState === 'running' && animation.effect?.getComputedTiming().endTime < 2000)";
/// How long to wait for something that should appear, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Someone at the app.
pub struct Person {
    browser: Browser,
}

impl Person {
    /// Opens the app of `service` for the first time.
    pub async fn arrive(engine: Engine, service: &Service) -> Result<Self> {
        let browser = Browser::open(engine, service, None).await?;
        Ok(Self { browser })
    }

    /// Opens the installed app by a link.
    pub async fn arrive_by(link: &str, service: &Service) -> Result<Self> {
        let browser = Browser::open(Engine::Installed, service, Some(link)).await?;
        Ok(Self { browser })
    }

    /// How long ago the app was started.
    pub fn here_for(&self) -> Duration {
        self.browser.started.elapsed()
    }

    /// Signs in to an account that is there.
    pub async fn sign_in(&self, email: &str) -> Result<()> {
        self.follow("You").await?;
        self.follow("Sign in").await?;
        self.fill("Email", email).await?;
        self.fill("Password", PASSWORD).await?;
        self.press("Sign in").await?;
        self.sees("Sign out").await
    }

    /// Presses the button called `name`.
    pub async fn press(&self, name: &str) -> Result<()> {
        self.click("button", name, false).await
    }

    /// Presses the first button whose name holds `part`: engines write money in their own way.
    pub async fn press_containing(&self, part: &str) -> Result<()> {
        self.click("button", part, true).await
    }

    /// Ticks the box called `name`, or takes the tick away.
    pub async fn press_box(&self, name: &str) -> Result<()> {
        self.click("field", name, true).await
    }

    /// Chooses the language of the app, on the You screen.
    pub async fn chooses_language(&self, language: &str) -> Result<()> {
        const PRESS: &str = "for (const label of document.querySelectorAll('.segments__option'))
            if (label.innerText.trim() === 'LANGUAGE') label.click()";
        self.sees(language).await?;
        self.run(&PRESS.replace("LANGUAGE", language)).await?;
        Ok(())
    }

    /// Follows the link called `name`.
    pub async fn follow(&self, name: &str) -> Result<()> {
        self.click("link", name, false).await
    }

    /// Follows the first link whose name holds `part`.
    pub async fn follow_containing(&self, part: &str) -> Result<()> {
        self.click("link", part, true).await
    }

    /// Replaces what stands in the field called `label`.
    pub async fn fill(&self, label: &str, text: &str) -> Result<()> {
        let field = self.find("field", label, false).await?;
        self.set_value(&field, text).await
    }

    /// Chooses the file at `file` in the field called `label`, seen or not.
    pub async fn choose_file(&self, label: &str, file: &Path) -> Result<()> {
        let input = self.find("field", label, false).await?;
        input.send_keys(file.to_string_lossy()).await?;
        Ok(())
    }

    /// Strikes keys, wherever they go.
    pub async fn strike(&self, keys: &str) -> Result<()> {
        let driver = &self.browser.driver;
        driver.action_chain().send_keys(keys).perform().await?;
        Ok(())
    }

    /// Waits for a heading.
    pub async fn sees_heading(&self, name: &str) -> Result<()> {
        self.find("heading", name, false).await.map(drop)
    }

    /// Waits for a text, anywhere.
    pub async fn sees(&self, text: &str) -> Result<()> {
        self.find("text", text, true).await.map(drop)
    }

    /// Waits until a text is gone.
    pub async fn no_longer_sees(&self, text: &str) -> Result<()> {
        self.until(&format!("{text:?} is still there"), async || {
            Ok(self.look("text", text, true).await?.is_none().then_some(()))
        })
        .await
    }

    /// Whether a text can be seen now.
    pub async fn can_see(&self, text: &str) -> Result<bool> {
        Ok(self.look("text", text, true).await?.is_some())
    }

    /// Waits until a script answers `true`.
    pub async fn until_true(&self, script: &str) -> Result<()> {
        self.until(&format!("not so: {script}"), async || {
            Ok((self.run(script).await? == true).then_some(()))
        })
        .await
    }

    /// Waits until what is called `name` has the focus.
    pub async fn until_focused(&self, name: &str) -> Result<()> {
        const FOCUSED: &str = "const it = document.activeElement;
            return (it.getAttribute('aria-label') ?? it.innerText).trim().slice(0, 200)";
        let focused = async || -> Result<Value> { self.run(FOCUSED).await };
        let found = self
            .until(&format!("{name:?} does not have the focus"), async || {
                Ok((focused().await? == json!(name)).then_some(()))
            })
            .await;
        match found {
            Ok(()) => Ok(()),
            Err(error) => Err(error.context(format!("the focus is on {}", focused().await?))),
        }
    }

    /// How many elements match a selector now.
    pub async fn count(&self, selector: &str) -> Result<u64> {
        let script = "return document.querySelectorAll(arguments[0]).length";
        let count = self
            .browser
            .driver
            .execute(script, vec![json!(selector)])
            .await?;
        count.json().as_u64().context("a count")
    }

    /// Cuts the network off, or mends it (Chromium).
    pub async fn cut_network(&self, cut: bool) -> Result<()> {
        let tools = self.browser.driver.cdp();
        let condition = json!({
            "offline": cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        });
        tools.send_raw("Network.enable", json!({})).await?;
        tools
            .send_raw("Network.emulateNetworkConditions", condition)
            .await?;
        Ok(())
    }

    /// Has the browser forget what it loaded, but for what the app itself keeps (Chromium).
    pub async fn clear_cache(&self) -> Result<()> {
        let tools = self.tools();
        tools
            .send_raw("Network.clearBrowserCache", json!({}))
            .await?;
        Ok(())
    }

    /// What keeps the browser from installing the app, in its own words (Chromium).
    pub async fn cannot_install(&self) -> Result<Value> {
        let tools = self.browser.driver.cdp();
        let answer = tools.send_raw("Page.getInstallabilityErrors", json!({}));
        Ok(answer.await?["installabilityErrors"].clone())
    }

    /// Waits until the app is kept on the device as it is served now; the shell brings it along.
    pub async fn has_the_app(&self) -> Result<()> {
        if self.browser.engine == Engine::Desktop {
            return Ok(());
        }
        let mut missing = Value::Null;
        let kept = self
            .until("the app is not kept", async || {
                missing = self.ask(KEPT, Vec::new()).await?;
                Ok(missing.is_null().then_some(()))
            })
            .await;
        kept.with_context(|| missing.to_string())
    }

    /// Starts the app at a path, as a link from elsewhere does.
    pub async fn open(&self, path: &str) -> Result<()> {
        let path = json!(path);
        self.run(&format!("window.isLeft = true; location.assign({path})"))
            .await?;
        // What is looked for next may stand in the page before, too.
        self.until_true("return !window.isLeft").await
    }

    /// Starts the app at a path and waits until it is loaded (Chromium).
    pub async fn open_anew(&self, path: &str) -> Result<()> {
        let origin = self.run("return location.origin").await?;
        let origin = origin.as_str().context("an origin")?;
        self.browser.driver.goto(format!("{origin}{path}")).await?;
        Ok(())
    }

    /// Runs a script in every page from now on, before any of the page's own (Chromium).
    pub async fn is_first_in_pages(&self, script: &str) -> Result<()> {
        let source = json!({"source": script});
        self.tools()
            .send_raw("Page.addScriptToEvaluateOnNewDocument", source)
            .await?;
        Ok(())
    }

    /// Goes to a path within the app.
    pub(crate) async fn go(&self, path: &str) -> Result<()> {
        let path = json!(path);
        self.run(&format!(
            "history.pushState(null, '', {path}); dispatchEvent(new PopStateEvent('popstate'))"
        ))
        .await?;
        Ok(())
    }

    /// Goes to the page before.
    pub async fn go_back(&self) -> Result<()> {
        self.browser.driver.back().await?;
        Ok(())
    }

    /// Goes to the page that was left by going back.
    pub async fn go_forward(&self) -> Result<()> {
        self.browser.driver.forward().await?;
        Ok(())
    }

    /// Starts the app again, as after it was killed: the page is loaded anew, what it stored stays.
    pub async fn start_again(&self) -> Result<()> {
        self.browser.driver.refresh().await?;
        Ok(())
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str) -> Result<Value> {
        let answer = self.browser.driver.execute(script, Vec::new()).await?;
        Ok(answer.json().clone())
    }

    /// Runs a script in the page that answers later.
    pub async fn ask(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        let driver = &self.browser.driver;
        let answer = driver.execute_async(script, arguments).await?;
        Ok(answer.json().clone())
    }

    /// Lets scripts that answer later take this many seconds.
    pub(crate) async fn waits_for_scripts(&self, seconds: u64) -> Result<()> {
        let driver = &self.browser.driver;
        driver
            .set_script_timeout(Duration::from_secs(seconds))
            .await?;
        Ok(())
    }

    /// The path the app shows.
    pub async fn path(&self) -> Result<String> {
        let path = self.run("return location.pathname").await?;
        Ok(path.as_str().context("a path")?.to_owned())
    }

    /// What is on the screen, as PNG.
    pub async fn picture(&self) -> Result<Vec<u8>> {
        Ok(self.browser.driver.screenshot_as_png().await?)
    }

    /// Chromium's tools for developers.
    pub(crate) fn tools(&self) -> Cdp {
        self.browser.driver.cdp()
    }

    /// What the app runs in.
    pub(crate) fn engine(&self) -> Engine {
        self.browser.engine
    }

    /// Presses a point with the mouse, as WebDriver plays it.
    pub(crate) async fn points_at(&self, (x, y): (i64, i64)) -> Result<()> {
        let actions = self.browser.driver.action_chain();
        actions.move_to(x, y).click().perform().await?;
        Ok(())
    }

    /// Leaves.
    pub async fn leave(self) -> Result<()> {
        self.browser.driver.clone().quit().await?;
        Ok(())
    }

    async fn click(&self, role: &str, name: &str, part: bool) -> Result<()> {
        self.until(
            &format!("the {role} {name:?} cannot be pressed"),
            async || {
                let Some(element) = self.look(role, name, part).await? else {
                    return Ok(None);
                };
                element.scroll_into_view().await?;
                if !self.is_at_rest(&element).await? {
                    return Ok(None);
                }
                // Something may lie over it for a moment: a sheet on its way, a toast.
                Ok(element.click().await.ok())
            },
        )
        .await
    }

    /// A finger that comes down on something that moves away may come up beside it. A machine that is
    /// out of breath shows no movement for a moment.
    async fn is_at_rest(&self, element: &WebElement) -> Result<bool> {
        if self.run(MOVES).await? == true {
            return Ok(false);
        }
        let before = element.rect().await?;
        tokio::time::sleep(Duration::from_millis(30)).await;
        let now = element.rect().await?;
        Ok((before.x, before.y) == (now.x, now.y))
    }

    async fn set_value(&self, field: &WebElement, text: &str) -> Result<()> {
        let kind = field.attr("type").await?.unwrap_or_default();
        if matches!(kind.as_str(), "date" | "time" | "datetime-local")
            || field.tag_name().await? == "select"
        {
            // What keys do in these depends on the engine's language.
            let script = "arguments[0].value = arguments[1];
                for (const kind of ['input', 'change'])
                    arguments[0].dispatchEvent(new Event(kind, {bubbles: true}))";
            let arguments = vec![field.to_json()?, json!(text)];
            self.browser.driver.execute(script, arguments).await?;
            return Ok(());
        }
        // WebKit takes keys in its own time, and loses some when the next field gets the focus first.
        self.until(&format!("{text:?} cannot be typed"), async || {
            field.send_keys(Key::Control + "a").await?;
            field.send_keys(text).await?;
            for _ in 0..20 {
                if field.value().await?.as_deref() == Some(text) {
                    return Ok(Some(()));
                }
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
            Ok(None)
        })
        .await
    }

    async fn find(&self, role: &str, name: &str, part: bool) -> Result<WebElement> {
        self.until(&format!("there is no {role} {name:?}"), async || {
            self.look(role, name, part).await
        })
        .await
    }

    async fn look(&self, role: &str, name: &str, part: bool) -> Result<Option<WebElement>> {
        let arguments = vec![json!(role), json!(name), json!(part)];
        let found = self.browser.driver.execute(FIND, arguments).await?;
        if found.json().is_null() {
            return Ok(None);
        }
        Ok(Some(found.element()?))
    }

    /// Tries until there is something, or says what stood in the way with what was on the screen.
    async fn until<T>(
        &self,
        complaint: &str,
        mut attempt: impl AsyncFnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let started = Instant::now();
        loop {
            // The page may change between finding and using an element; then it is tried again.
            match attempt().await {
                Ok(Some(found)) => return Ok(found),
                Err(error) if started.elapsed() > PATIENCE => {
                    return Err(error.context(complaint.to_owned()));
                }
                Ok(None) | Err(_) => {}
            }
            if started.elapsed() > PATIENCE {
                let screen = self
                    .run("return location.href + '\\n' + document.body.innerText")
                    .await?;
                let engine = self.browser.engine;
                bail!(
                    "{engine:?}: {complaint}. The screen says:\n{}",
                    screen.as_str().unwrap_or_default()
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
