//! Installs the package, looks at what it left where, uses it, and removes it.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::screen::Screen;
use crate::database::Database;
use crate::e2e::equip;
use crate::step::{run as run_step, step};
use crate::{place, setup};

const NAME: &str = "box-office";
const SCHEME: &str = "x-scheme-handler/boxoffice";
const INSTALLED: [&str; 6] = [
    "/usr/bin/box-office",
    "/usr/share/applications/box-office.desktop",
    "/usr/share/icons/hicolor/32x32/apps/box-office.png",
    "/usr/share/icons/hicolor/128x128/apps/box-office.png",
    "/usr/share/icons/hicolor/256x256@2/apps/box-office.png",
    "/usr/share/icons/hicolor/scalable/apps/box-office.svg",
];

pub(super) fn run(package: &Path) -> Result<()> {
    ensure!(
        cfg!(target_os = "linux"),
        "Only a package for Debian can be checked."
    );
    setup::install(&[setup::TEST, setup::DESKTOP])?;
    ensure!(
        !is_installed()?,
        "Box Office is installed here, and this would remove it: sudo apt remove {NAME}"
    );
    build()?;
    let mut install = setup::as_root("dpkg")?;
    run_step("Install the package", install.arg("--install").arg(package))?;
    let used = look_around().and_then(|files| use_it().map(|said| (files, said)));
    let mut remove = setup::as_root("dpkg")?;
    run_step("Remove the package", remove.args(["--purge", NAME]))?;
    let (files, said) = used?;
    nothing_is_left(&files)?;
    for line in said.lines().filter(|line| line.contains("launch to list")) {
        println!("  {line}");
    }
    Ok(())
}

fn is_installed() -> Result<bool> {
    let mut ask = Command::new("dpkg-query");
    let ask = ask.args(["--show", "--showformat=${Status}", NAME]);
    let output = ask.output().context("there is no dpkg here")?;
    Ok(String::from_utf8_lossy(&output.stdout).contains(" installed"))
}

fn build() -> Result<()> {
    let mut server = place::cargo()?;
    server.args(["build", "--workspace", "--bin", "boxoffice"]);
    run_step("Build the server", &mut server)?;
    run_step("Build the tests of the package", tests()?.arg("--no-run"))?;
    Ok(())
}

fn tests() -> Result<Command> {
    let mut cargo = place::cargo()?;
    cargo
        .args(["test", "--workspace", "--features", "e2e/webdriver"])
        .args(["--test", "package"]);
    Ok(cargo)
}

/// In the menu with its icons, and known as the one for our links. Answers what was installed.
fn look_around() -> Result<Vec<String>> {
    step("Look at what was installed", |_| {
        let listed = said(Command::new("dpkg").args(["--listfiles", NAME]))?;
        let files: Vec<String> = listed.lines().map(str::to_owned).collect();
        for file in INSTALLED {
            ensure!(files.iter().any(|listed| listed == file), "no {file}");
        }
        said(Command::new("desktop-file-validate").arg(INSTALLED[1]))?;
        let handler = said(Command::new("gio").args(["mime", SCHEME]))?;
        ensure!(handler.contains("box-office.desktop"), "{handler}");
        Ok(files)
    })
}

/// On a screen of its own, with a window manager and a session bus as desktops have them.
fn use_it() -> Result<String> {
    let screen = Screen::start()?;
    let _manager = WindowManager::start(&screen)?;
    let database = Database::start()?;
    let cargo = tests()?;
    let mut session = Command::new("dbus-run-session");
    session
        .current_dir(place::root())
        .arg("--")
        .arg(cargo.get_program())
        .args(cargo.get_args())
        .args(["--", "--nocapture"]);
    for (name, value) in cargo.get_envs() {
        if let Some(value) = value {
            session.env(name, value);
        }
    }
    equip(&mut session, &database)?;
    session
        .env("BOXOFFICE_SHELL", INSTALLED[0])
        .env("BOXOFFICE_WEB", place::target()?.join("web-plain"))
        .env("DISPLAY", &screen.name)
        .env("RUST_TEST_THREADS", "1");
    run_step("Use what was installed", &mut session)
}

/// Folders may be others' too; files are not.
fn nothing_is_left(files: &[String]) -> Result<()> {
    ensure!(!is_installed()?, "dpkg says that it is still there");
    let ours = files.iter().filter(|file| file.contains(NAME));
    let left: Vec<_> = ours.filter(|file| Path::new(file).exists()).collect();
    ensure!(left.is_empty(), "removing it leaves {left:?}");
    let handler = said(Command::new("gio").args(["mime", SCHEME]))?;
    ensure!(!handler.contains(NAME), "links still belong to it");
    Ok(())
}

fn said(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let why = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {said}{why}");
    Ok(said)
}

struct WindowManager(Child);

impl WindowManager {
    fn start(screen: &Screen) -> Result<Self> {
        let mut openbox = Command::new("openbox");
        let openbox = openbox
            .env("DISPLAY", &screen.name)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Ok(Self(openbox.spawn().context("cannot run openbox")?))
    }
}

impl Drop for WindowManager {
    fn drop(&mut self) {
        // It holds nothing, and is gone with the screen at the latest.
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}
