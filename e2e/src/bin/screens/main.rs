//! Takes pictures of every screen in every state; `cargo xtask screens` runs it.

mod sheet;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use e2e::Look;
use e2e::screens::{Guest, SCREENS, Screen, Stage, Visitor};

/// Width and height of the screens of a small and a usual phone, a tablet and a desktop.
const SIZES: [(u32, u32); 4] = [(320, 640), (390, 844), (768, 1024), (1280, 800)];

/// Arguments: the folder to write to, how many dots a pixel has, and what the names of the screens
/// begin with, or nothing for all.
#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, density, wanted @ ..] = arguments.as_slice() else {
        bail!("run `cargo xtask screens`");
    };
    let camera = Camera {
        folder: PathBuf::from(folder),
        density: density.parse().context("the density is no number")?,
    };
    let is_wanted = |screen: &&Screen| {
        wanted.is_empty() || wanted.iter().any(|start| screen.name.starts_with(start))
    };
    let screens: Vec<&Screen> = SCREENS.iter().filter(is_wanted).collect();
    if screens.is_empty() {
        let names: Vec<&str> = SCREENS.iter().map(|screen| screen.name).collect();
        bail!(
            "No screen is called {wanted:?}. There are:\n{}",
            names.join("\n")
        );
    }
    std::fs::create_dir_all(&camera.folder)?;
    println!("Setting the stage");
    let mut stage = Stage::set_up().await?;
    let mut failed = Vec::new();
    for who in Visitor::ALL {
        let theirs: Vec<&Screen> = screens
            .iter()
            .copied()
            .filter(|screen| screen.who == who)
            .collect();
        if !theirs.is_empty() {
            failed.extend(camera.follow(who, &theirs, &mut stage).await?);
        }
    }
    let sheet = camera.folder.join("index.html");
    std::fs::write(&sheet, sheet::write(&screens, &SIZES))?;
    println!(
        "{} screens, {} not reached: {}",
        screens.len(),
        failed.len(),
        sheet.display()
    );
    match failed.as_slice() {
        [] => Ok(()),
        failed => bail!("These cannot be reached:\n{}", failed.join("\n")),
    }
}

struct Camera {
    folder: PathBuf,
    density: f32,
}

impl Camera {
    /// Takes the pictures of one visitor's screens; answers what went wrong.
    async fn follow(
        &self,
        who: Visitor,
        screens: &[&Screen],
        stage: &mut Stage,
    ) -> Result<Vec<&'static str>> {
        let guest = Guest::arrive(who, stage).await?;
        let mut failed = Vec::new();
        for screen in screens {
            let started = Instant::now();
            let outcome = self.capture(&guest, screen, stage).await;
            guest.recover(stage, screen).await?;
            let seconds = started.elapsed().as_secs_f32();
            println!("{who:?}: {} {seconds:.1} s", screen.name);
            if let Err(error) = outcome {
                println!("{error:#}");
                failed.push(screen.name);
            }
        }
        guest.leave().await?;
        Ok(failed)
    }

    async fn capture(&self, guest: &Guest, screen: &Screen, stage: &mut Stage) -> Result<()> {
        let person = guest.person();
        guest.reach(stage, screen).await?;
        for (width, height) in SIZES {
            for dark in [false, true] {
                let look = Look {
                    width,
                    height,
                    dark,
                    forced_colors: screen.forced_colors,
                };
                person.take(look, self.density).await?;
                if screen.whole {
                    person.unfold(look, self.density).await?;
                }
                person.has_seen_it_settle(screen.unfinished).await?;
                let picture = person.picture().await?;
                write(
                    &self.folder.join(sheet::file(screen, width, look.theme())),
                    &picture,
                )?;
            }
        }
        Ok(())
    }
}

fn write(file: &Path, picture: &[u8]) -> Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, picture).with_context(|| format!("cannot write {}", file.display()))
}
