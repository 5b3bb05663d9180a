//! The two engines the app runs in.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::Result;
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver};

use crate::display::Display;
use crate::process::{Process, free_port, path};
use crate::service::Service;

/// What the app runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The web page in Chromium, as on a phone: 390x844 and touch.
    Chromium,
    /// The desktop program, in WebKitGTK.
    Desktop,
    /// The same as it was installed, in a desktop's session.
    Installed,
}

/// An engine with the app open.
pub(crate) struct Browser {
    pub(crate) engine: Engine,
    pub(crate) driver: WebDriver,
    /// When the browser or program was started.
    pub(crate) started: Instant,
    // Dropped in this order: the driver program ends before its display and its profile go.
    _program: Process,
    _display: Option<Display>,
    _profile: TempDir,
}

impl Browser {
    /// Opens the app of `service` as someone who was never there, the installed program by `link`
    /// if there is one.
    pub(crate) async fn open(
        engine: Engine,
        service: &Service,
        link: Option<&str>,
    ) -> Result<Self> {
        let profile = TempDir::new()?;
        let port = free_port()?;
        // An installed program lives in the session that it was started from.
        let display = match engine {
            Engine::Desktop => Some(Display::start()?),
            Engine::Chromium | Engine::Installed => None,
        };
        let mut program = match engine {
            Engine::Chromium => {
                Process::start(driver("chromedriver").arg(format!("--port={port}")))?
            }
            Engine::Desktop => Process::start(
                webkit(port, service, &profile)
                    .envs(display.iter().map(|display| ("DISPLAY", &display.name)))
                    // Neither a running app of the developer's nor their keychain takes part.
                    .env("DBUS_SESSION_BUS_ADDRESS", "disabled:"),
            )?,
            Engine::Installed => Process::start(&mut webkit(port, service, &profile))?,
        };
        let url = format!("http://127.0.0.1:{port}");
        program.answers(&format!("{url}/status")).await?;
        let capabilities = match engine {
            Engine::Chromium => chromium(&profile)?,
            Engine::Desktop | Engine::Installed => desktop(link)?,
        };
        let started = Instant::now();
        let driver = WebDriver::new(&url, capabilities).await?;
        if engine == Engine::Chromium {
            driver.goto(service.address()).await?;
        }
        Ok(Self {
            engine,
            driver,
            started,
            _program: program,
            _display: display,
            _profile: profile,
        })
    }
}

fn webkit(port: u16, service: &Service, profile: &TempDir) -> Command {
    let mut command = driver("WebKitWebDriver");
    command
        .arg(format!("--port={port}"))
        .envs([
            ("TAURI_AUTOMATION", "true"),
            ("TAURI_WEBVIEW_AUTOMATION", "true"),
        ])
        .env("BOXOFFICE_SERVER", service.address())
        // The journeys look for what the app says in English.
        .env("LC_ALL", "C.UTF-8")
        .env("LANGUAGE", "en")
        .envs(home(profile));
    command
}

/// What makes `profile` the home of the program.
pub fn home(profile: &TempDir) -> [(&'static str, PathBuf); 4] {
    let home = profile.path();
    [
        ("HOME", home.to_owned()),
        ("XDG_DATA_HOME", home.join("data")),
        ("XDG_CONFIG_HOME", home.join("config")),
        ("XDG_CACHE_HOME", home.join("cache")),
    ]
}

fn driver(program: &str) -> Command {
    let mut command = Command::new(program);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn chromium(profile: &TempDir) -> Result<Capabilities> {
    let profile = format!("--user-data-dir={}", profile.path().display());
    capabilities(&json!({
        "browserName": "chrome",
        "goog:chromeOptions": {
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--disable-component-update",
                "--disable-sync", profile,
            ],
            // The journeys look for what the app says in English.
            "prefs": {"intl.accept_languages": "en-US,en"},
            "mobileEmulation": {
                "deviceMetrics": {"width": 390, "height": 844, "pixelRatio": 2.0, "touch": true},
            },
        },
    }))
}

fn desktop(link: Option<&str>) -> Result<Capabilities> {
    let binary = path("BOXOFFICE_SHELL")?;
    capabilities(&json!({
        "webkitgtk:browserOptions": {"binary": binary, "args": link.as_slice()},
    }))
}

fn capabilities(value: &serde_json::Value) -> Result<Capabilities> {
    let mut capabilities = Capabilities::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        capabilities.set(name.as_str(), value)?;
    }
    Ok(capabilities)
}
