//! A virtual display.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// A virtual display, gone when dropped.
pub(crate) struct Screen {
    pub(crate) name: String,
    xvfb: Child,
}

impl Screen {
    pub(crate) fn start() -> Result<Self> {
        let mut xvfb = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1400x1000x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot run Xvfb")?;
        let mut number = String::new();
        let out = xvfb.stdout.take().context("Xvfb has no output")?;
        BufReader::new(out).read_line(&mut number)?;
        let name = format!(":{}", number.trim());
        Ok(Self { name, xvfb })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It holds nothing, and is gone with the machine at the latest.
        let _ = self.xvfb.kill().and_then(|()| self.xvfb.wait());
    }
}
