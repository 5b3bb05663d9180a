//! One line a step: its name, how long it takes, and what went wrong if it did.

use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Does the work under a line that shows its name and time, and on a terminal what it is at.
pub(crate) fn step<T>(name: &str, work: impl FnOnce(&Sender<String>) -> Result<T>) -> Result<T> {
    let started = Instant::now();
    let (news, at) = channel::<String>();
    let name_shown = name.to_owned();
    let display = thread::spawn(move || {
        let live = io::stdout().is_terminal();
        if !live {
            print(&format!("{name_shown} … "));
        }
        let mut latest = String::new();
        loop {
            match at.recv_timeout(Duration::from_millis(200)) {
                Ok(text) => latest = text,
                Err(RecvTimeoutError::Timeout) if live => {
                    let seconds = started.elapsed().as_secs();
                    let latest: String = latest.chars().take(60).collect();
                    print(&format!("\r\x1b[2K{name_shown} … {seconds} s  {latest}"));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        if live {
            print(&format!("\r\x1b[2K{name_shown} … "));
        }
    });
    let outcome = work(&news);
    drop(news);
    // It only prints.
    let _ = display.join();
    let verdict = if outcome.is_ok() { "" } else { " (failed)" };
    println!("{:.1} s{verdict}", started.elapsed().as_secs_f32());
    outcome
}

/// Runs a program as a step. What it said is the answer, or the error.
pub(crate) fn run(name: &str, command: &mut Command) -> Result<String> {
    step(name, |news| output(command, news))
}

/// Runs a program to its end, both its outputs as one.
fn output(command: &mut Command, news: &Sender<String>) -> Result<String> {
    let shown = display(command);
    let (reader, writer) = io::pipe()?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot run {shown}"))?;
    // The command still holds the pipe's other end, and reading would never end.
    command.stdout(Stdio::null()).stderr(Stdio::null());

    let mut said = String::new();
    for line in BufReader::new(reader).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        said.push_str(&line);
        said.push('\n');
        // Nobody may be listening, and that is fine.
        let _ = news.send(line.trim().to_owned());
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{said}\n{shown}\nended with {status}");
    }
    Ok(said)
}

fn display(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(|word| word.to_string_lossy()));
    words.join(" ")
}

fn print(text: &str) {
    let mut out = io::stdout();
    // Where nobody reads the output there is nobody to tell.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
