//! A virtual display for a program with windows.

use std::process::{Command, Stdio};

use anyhow::Result;

use crate::process::Process;

/// A display that one program has to itself: on a shared one, windows of journeys that run at the
/// same time would fight for the keyboard.
pub(crate) struct Display {
    /// What `DISPLAY` is for it.
    pub(crate) name: String,
    _xvfb: Process,
}

impl Display {
    /// Starts one, by a number that is free.
    pub(crate) fn start() -> Result<Self> {
        let mut xvfb = Process::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1400x1000x24"])
                .args(["-nolisten", "tcp"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let number = xvfb.first_line()?;
        Ok(Self {
            name: format!(":{number}"),
            _xvfb: xvfb,
        })
    }
}
