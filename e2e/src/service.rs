//! The service under test: the real program with a database of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Result, bail};
use tempfile::TempDir;

use crate::database::Database;
use crate::process::{Process, free_port, path};

/// A running `boxoffice serve` on fresh data.
pub struct Service {
    // Dropped in this order: the program stops before its data goes.
    process: Option<Process>,
    database: Database,
    data: TempDir,
    web: PathBuf,
    address: String,
    demo: bool,
}

impl Service {
    /// Starts with nothing.
    pub async fn start() -> Result<Self> {
        Self::start_with(false).await
    }

    /// Starts with the demo's events and accounts.
    pub async fn start_with_demo() -> Result<Self> {
        Self::start_with(true).await
    }

    async fn start_with(demo: bool) -> Result<Self> {
        let mut service = Self {
            process: None,
            database: Database::create().await?,
            data: TempDir::new()?,
            web: path("BOXOFFICE_WEB")?,
            address: format!("http://127.0.0.1:{}", free_port()?),
            demo,
        };
        service.resume().await?;
        Ok(service)
    }

    /// Starts again on the same data and address after [`Service::stop`].
    pub async fn resume(&mut self) -> Result<()> {
        let bind = self.address.trim_start_matches("http://");
        let mut process = Process::start(
            Command::new(path("BOXOFFICE_BIN")?)
                .args(["serve", "--bind", bind])
                .args(["--public-url", &self.address])
                .args(self.demo.then_some("--demo"))
                .args([
                    "--logins-per-minute",
                    "1000",
                    "--registrations-per-hour",
                    "1000",
                    "--invitations-per-day",
                    "100000",
                ])
                .args(["--database-url", &self.database.url])
                .arg("--data-dir")
                .arg(self.data.path())
                .arg("--web-dir")
                .arg(&self.web)
                .stderr(Stdio::inherit())
                .env("BOXOFFICE_LOG_FILTER", "warn"),
        )?;
        process.answers(&format!("{}/readyz", self.address)).await?;
        self.process = Some(process);
        Ok(())
    }

    /// Puts another version of the web app up, which has this in its page's head, and starts again.
    pub async fn deploy(&mut self, mark: &str) -> Result<()> {
        let new = self.data.path().join("web");
        copy(&self.web, &new)?;
        let version = "const VERSION = \"";
        for (file, place, text) in [
            ("index.html", "</head>", format!("{mark}</head>")),
            ("sw.js", version, format!("{version}new-")),
        ] {
            let old = std::fs::read_to_string(new.join(file))?;
            std::fs::write(new.join(file), old.replace(place, &text))?;
        }
        self.web = new;
        self.stop();
        self.resume().await
    }

    /// Stops, as a server does that is taken down.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Stops answering for a moment, as a machine does that is out of breath.
    #[cfg(unix)]
    pub fn hold_breath(&self) -> Result<()> {
        self.signal("-STOP")
    }

    /// Goes on after [`Service::hold_breath`].
    #[cfg(unix)]
    pub fn breathe(&self) -> Result<()> {
        self.signal("-CONT")
    }

    #[cfg(unix)]
    fn signal(&self, signal: &str) -> Result<()> {
        match &self.process {
            Some(process) => process.signal(signal),
            None => anyhow::bail!("the service is stopped"),
        }
    }

    /// The path of a link in a letter that it sent, which begins with `start`.
    pub async fn linked(&self, start: &str) -> Result<String> {
        let link = format!("{}{start}", self.address);
        for _ in 0..150 {
            if let Some(token) = self.letters()?.iter().find_map(|letter| {
                let (_, rest) = letter.split_once(&link)?;
                rest.split_whitespace().next().map(str::to_owned)
            }) {
                return Ok(format!("{start}{token}"));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("no letter has a link to {start}")
    }

    /// The path of the link in the email to `email` that confirms the address.
    pub(crate) async fn confirmation(&self, email: &str) -> Result<String> {
        let link = format!("{}/verify/", self.address);
        for _ in 0..150 {
            let to = |letter: &&String| letter.contains(email);
            if let Some(token) = self.letters()?.iter().filter(to).find_map(|letter| {
                let (_, rest) = letter.split_once(&link)?;
                rest.split_whitespace().next().map(str::to_owned)
            }) {
                return Ok(token);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("no email asks {email} to confirm the address")
    }

    /// What it sent, with long lines whole again.
    fn letters(&self) -> Result<Vec<String>> {
        let Ok(folder) = std::fs::read_dir(self.data.path().join("mail")) else {
            return Ok(Vec::new());
        };
        let mut letters = Vec::new();
        for file in folder {
            let file = file?.path();
            if file.extension().is_some_and(|kind| kind == "eml") {
                let letter = std::fs::read_to_string(file)?;
                letters.push(letter.replace("=\r\n", "").replace("=3D", "="));
            }
        }
        Ok(letters)
    }

    /// Where it is.
    pub fn address(&self) -> &str {
        &self.address
    }
}

/// Copies a folder, but for the compressed copies in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let kind = path.extension().unwrap_or_default();
        if entry.file_type()?.is_dir() {
            copy(&path, &target)?;
        } else if kind != "br" && kind != "gz" {
            std::fs::copy(path, target)?;
        }
    }
    Ok(())
}
