//! Programs that are gone when their handle is.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// A running program.
pub(crate) struct Process {
    child: Child,
    name: String,
}

impl Process {
    /// Starts `command`.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command
            .spawn()
            .with_context(|| format!("cannot run {name}"))?;
        Ok(Self { child, name })
    }

    /// Waits for the first line that it says.
    pub(crate) fn first_line(&mut self) -> Result<String> {
        let said = self.child.stdout.take();
        let said = said.with_context(|| format!("the output of {} is not captured", self.name))?;
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }

    /// Waits until `url` answers with success.
    pub(crate) async fn answers(&mut self, url: &str) -> Result<()> {
        const PATIENCE: Duration = Duration::from_secs(60);
        let started = Instant::now();
        loop {
            if let Ok(answer) = reqwest::get(url).await
                && answer.status().is_success()
            {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended with {status}", self.name);
            }
            if started.elapsed() > PATIENCE {
                bail!("{} does not answer at {url}", self.name);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Asks it to stop, which lets it tidy up, and waits.
    #[cfg(unix)]
    pub(crate) fn stop(&mut self) {
        // One that holds its breath would not hear it.
        let asked = self.signal("-TERM").and_then(|()| self.signal("-CONT"));
        if asked.is_err() || self.child.wait().is_err() {
            self.kill();
        }
    }

    /// Sends it a signal.
    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: &str) -> Result<()> {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args([signal, &id]).status()?;
        anyhow::ensure!(status.success(), "{} is not there any more", self.name);
        Ok(())
    }

    /// Stops it and waits.
    #[cfg(not(unix))]
    pub(crate) fn stop(&mut self) {
        self.kill();
    }

    fn kill(&mut self) {
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("cannot stop {}: {error}", self.name);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A port that was free a moment ago, and that no journey beside this one was given.
pub(crate) fn free_port() -> Result<u16> {
    static GIVEN: LazyLock<Mutex<HashSet<u16>>> = LazyLock::new(Mutex::default);
    loop {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
        if given.insert(port) {
            return Ok(port);
        }
    }
}

/// The path in this environment variable, which `cargo xtask test` sets.
#[expect(
    clippy::disallowed_methods,
    reason = "this is where the journeys are configured"
)]
pub(crate) fn path(variable: &str) -> Result<PathBuf> {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .with_context(|| format!("{variable} is not set; run `cargo xtask test --only e2e`"))
}
