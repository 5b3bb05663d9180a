//! A program that runs beside us, with its output in a file, and never outlives us by a mistake.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// The server lets running requests finish for 20 s.
const STOPS_WITHIN: Duration = Duration::from_secs(30);
const LAST_WORDS: usize = 20;

pub(super) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    pub(super) fn start(mut command: Command, log: PathBuf) -> Result<Self> {
        let output =
            File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output);
        // The terminal's Ctrl-C is for us, who stop it in order.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command
            .spawn()
            .with_context(|| format!("cannot run {}", command.get_program().display()))?;
        Ok(Self { child, log })
    }

    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// The end of its output, and where the rest is.
    pub(super) fn last_words(&self) -> String {
        let said = fs::read(&self.log).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let lines: Vec<&str> = said.lines().collect();
        let last = lines[lines.len().saturating_sub(LAST_WORDS)..].join("\n");
        format!("The end of {}:\n{last}", self.log.display())
    }

    /// Asks it to stop, and insists when it does not.
    pub(super) fn stop(&mut self) -> Result<()> {
        if self.ended()?.is_some() {
            return Ok(());
        }
        self.ask_to_stop()?;
        let asked = Instant::now();
        while asked.elapsed() < STOPS_WITHIN {
            if self.ended()?.is_some() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    #[cfg(unix)]
    fn ask_to_stop(&self) -> Result<()> {
        use nix::sys::signal::{Signal, kill};
        use nix::unistd::Pid;
        let pid = Pid::from_raw(self.child.id().try_into()?);
        Ok(kill(pid, Signal::SIGTERM)?)
    }

    /// The console has told it already.
    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "as on Unix, where it can fail")]
    fn ask_to_stop(&self) -> Result<()> {
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // On the way out of an error, which says more than a failure to stop.
        let _ = self.stop();
    }
}
