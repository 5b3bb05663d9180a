//! The program as its package installs it, used as on a desktop: `cargo xtask bundle --check` puts
//! it there, with a screen, a window manager and a session bus.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use e2e::{Account, Engine, Person, Service, home};
use tempfile::TempDir;

const PROGRAM: &str = "/usr/bin/box-office";
/// From the start of the program to events on the screen.
const LAUNCH: Duration = Duration::from_millis(1_500);
const LAUNCHES: usize = 5;
const PATIENCE: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_to_the_list_in_time() -> Result<()> {
    let service = Service::start_with_demo().await?;
    let mut taken = Vec::new();
    for _ in 0..LAUNCHES {
        let person = Person::arrive(Engine::Installed, &service).await?;
        while person.count(".card h2").await? == 0 {
            ensure!(person.here_for() < PATIENCE, "there is no list");
        }
        taken.push(person.here_for());
        person.leave().await?;
        all_windows_closed().await?;
    }
    taken.sort();
    println!("launch to list: {taken:?}");
    let median = taken[LAUNCHES / 2];
    ensure!(median <= LAUNCH, "launch to list took {median:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn links_open_it_and_it_stays_one() -> Result<()> {
    let service = Service::start().await?;
    let olga = Account::register(&service, "Olga", "olga@example.com").await?;
    let link = async |title| -> Result<String> {
        let event = olga.publish(title, &[("Standing", 2500, 100)]).await?;
        Ok(format!("boxoffice://event/{}", event.id))
    };
    let (night, day) = (link("Night").await?, link("Day").await?);

    let person = Person::arrive_by(&night, &service).await?;
    person.sees_heading("Night").await?;
    // As a browser or a mail program does it: the desktop knows whose links these are.
    run(Command::new("gio").args(["open", &day]))?;
    person.sees_heading("Day").await?;

    let mut second = Command::new(PROGRAM).spawn()?;
    let ended = ends(&mut second).await?;
    ensure!(ended, "a second one goes on");
    ensure!(windows()?.len() == 1, "there are {:?}", windows()?);
    person.leave().await?;
    all_windows_closed().await
}

#[tokio::test(flavor = "multi_thread")]
async fn its_window_is_as_it_was_left() -> Result<()> {
    let service = Service::start().await?;
    let home = TempDir::new()?;
    let start = || {
        Command::new(PROGRAM)
            .env("BOXOFFICE_SERVER", service.address())
            .envs(self::home(&home))
            .spawn()
    };
    let mut program = start()?;
    let window = window().await?;
    xdotool(&["windowsize", "--sync", &window, "900", "700"])?;
    xdotool(&["windowmove", "--sync", &window, "120", "80"])?;
    // The program hears of it in its own time.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let left = geometry(&window)?;
    ensure!(left.contains("900x700"), "it is {left}");
    close(&window)?;
    ensure!(ends(&mut program).await?, "closing the window ends nothing");

    let mut program = start()?;
    let window = self::window().await?;
    let moved = format!("the window is not where it was: {left}");
    let outcome = until(
        async || Ok((geometry(&window)? == left).then_some(())),
        &moved,
    )
    .await;
    close(&window)?;
    ends(&mut program).await?;
    outcome
}

fn windows() -> Result<Vec<String>> {
    let search = ["search", "--onlyvisible", "--class", "box-office"];
    // It fails where there are none.
    let output = Command::new("xdotool").args(search).output()?;
    let found = String::from_utf8(output.stdout)?;
    Ok(found.lines().map(str::to_owned).collect())
}

async fn window() -> Result<String> {
    until(async || Ok(windows()?.pop()), "no window comes").await
}

async fn all_windows_closed() -> Result<()> {
    until(
        async || Ok(windows()?.is_empty().then_some(())),
        "a window stays",
    )
    .await
}

fn geometry(window: &str) -> Result<String> {
    let said = xdotool(&["getwindowgeometry", window])?;
    Ok(said.lines().skip(1).collect::<Vec<_>>().join(""))
}

/// As a person does it who uses the keyboard.
fn close(window: &str) -> Result<()> {
    xdotool(&["windowactivate", "--sync", window])?;
    xdotool(&["key", "alt+F4"]).map(drop)
}

fn xdotool(arguments: &[&str]) -> Result<String> {
    run(Command::new("xdotool").args(arguments))
}

fn run(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {said}");
    Ok(String::from_utf8(output.stdout)?)
}

async fn ends(program: &mut Child) -> Result<bool> {
    let ended = until(async || Ok(program.try_wait()?), "it goes on").await;
    if ended.is_err() {
        program.kill().context("it ends by no means")?;
        return Ok(false);
    }
    Ok(true)
}

async fn until<T>(mut attempt: impl AsyncFnMut() -> Result<Option<T>>, why: &str) -> Result<T> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if let Some(found) = attempt().await? {
            return Ok(found);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("{why}")
}
