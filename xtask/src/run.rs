//! Builds everything and runs it until Ctrl-C.

mod process;
mod ready;

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::step::{run as run_step, step};
use crate::{place, setup, web};
use process::Process;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Leave out the desktop window.
    #[arg(long)]
    no_window: bool,
    /// Build the web app quickly: large and slow, for looking at changes.
    #[arg(long)]
    dev: bool,
    /// Address and port to listen on.
    #[arg(long, default_value = "127.0.0.1:8080")]
    bind: SocketAddr,
    /// More arguments for `boxoffice serve`.
    #[arg(last = true)]
    server: Vec<String>,
}

const LOOK_EVERY: Duration = Duration::from_millis(100);

pub(crate) fn run(args: &Args) -> Result<()> {
    let window = !args.no_window && has_display();
    refuse_taken(args.bind)?;
    build(args.dev, window)?;

    let (stop, stopped) = channel();
    ctrlc::set_handler(move || {
        // Once nobody listens it is stopping already.
        let _ = stop.send(());
    })?;
    let mut server = step("Start the server", |_| {
        let mut server = start_server(args)?;
        ready::wait(args.bind, &mut server, &stopped)?;
        Ok(server)
    })?;
    welcome(args.bind);
    let mut window = if window {
        Some(open_window(args.bind)?)
    } else {
        None
    };
    watch(&mut server, &mut window, &stopped)?;

    println!();
    step("Stop", |_| {
        if let Some(mut window) = window {
            window.stop()?;
        }
        server.stop()
    })
}

fn build(dev: bool, window: bool) -> Result<()> {
    let window_needs = if window { setup::WINDOW } else { &[] };
    setup::install(&[setup::BUILD, setup::FONTS, window_needs])?;
    web::build(&web::Args {
        dev,
        ..web::Args::default()
    })?;
    let mut cargo = place::cargo()?;
    cargo.args(["build", "--workspace", "--bin", "boxoffice"]);
    let what = if window {
        cargo.args(["--bin", "box-office"]);
        "Build the server and the window"
    } else {
        "Build the server"
    };
    run_step(what, &mut cargo)?;
    Ok(())
}

/// Otherwise one would learn of it only after everything is built.
fn refuse_taken(bind: SocketAddr) -> Result<()> {
    TcpListener::bind(bind).map(drop).with_context(|| {
        format!("cannot listen on {bind}; stop what does, or name another with --bind")
    })
}

fn start_server(args: &Args) -> Result<Process> {
    fs::create_dir_all(place::data())?;
    let mut command = Command::new(place::built("boxoffice")?);
    command
        .env("NO_COLOR", "1")
        .args(["serve", "--demo", "--bind", &args.bind.to_string()])
        .args(["--public-url", &format!("http://{}", args.bind)])
        .arg("--data-dir")
        .arg(place::data())
        .arg("--web-dir")
        .arg(place::web()?)
        .args(&args.server);
    Process::start(command, log("server"))
}

fn open_window(bind: SocketAddr) -> Result<Process> {
    let mut command = Command::new(place::built("box-office")?);
    command.env("BOXOFFICE_SERVER", format!("http://{bind}"));
    Process::start(command, log("window"))
}

fn log(of: &str) -> PathBuf {
    place::data().join(format!("{of}.log"))
}

fn welcome(bind: SocketAddr) {
    println!(
        "\n  Box Office is at http://{bind}\n\n  \
         attendee   ada@example.com\n  \
         organizer  olga@example.com\n  \
         password   correct horse battery\n\n  \
         The server's log is {}. Ctrl-C stops it.",
        log("server").display()
    );
}

/// Until told to stop. The window may be closed before; the server may not end.
fn watch(server: &mut Process, window: &mut Option<Process>, stop: &Receiver<()>) -> Result<()> {
    while let Err(RecvTimeoutError::Timeout) = stop.recv_timeout(LOOK_EVERY) {
        if let Some(status) = server.ended()? {
            bail!("The server ended ({status}). {}", server.last_words());
        }
        let Some(shown) = window else { continue };
        if let Some(status) = shown.ended()? {
            if !status.success() {
                println!("  The window ended ({status}). {}", shown.last_words());
            }
            println!("  The window is closed, the server goes on. Ctrl-C stops it.");
            *window = None;
        }
    }
    Ok(())
}

fn has_display() -> bool {
    let set = |name| place::variable(name).is_some();
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
