//! `boxoffice serve`, as a process of its own.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const READY_WITHIN: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A running server, stopped when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

/// How a server is started.
pub(crate) struct Launch<'a> {
    pub(crate) program: &'a Path,
    pub(crate) database_url: &'a str,
    pub(crate) data_dir: &'a Path,
    /// `plain` or `combined`.
    pub(crate) purchase_path: &'a str,
    pub(crate) log: PathBuf,
}

impl Server {
    pub(crate) async fn start(launch: &Launch<'_>) -> Result<Self> {
        let child = Command::new(launch.program)
            .args(["serve", "--bind", "127.0.0.1:0", "--purchase-path"])
            .arg(launch.purchase_path)
            // All buyers come from this machine.
            .args(["--connections=50000", "--connections-per-address=25000"])
            .arg("--requests-per-address=25000")
            .arg("--data-dir")
            .arg(launch.data_dir)
            .env("BOXOFFICE_DATABASE_URL", launch.database_url)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&launch.log)?)
            .spawn()
            .with_context(|| format!("cannot run {}", launch.program.display()))?;
        let mut server = Self {
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        server.address = server.listens(&launch.log).await?;
        Ok(server)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The address that the server's log names once it listens.
    async fn listens(&mut self, log: &Path) -> Result<SocketAddr> {
        let started = Instant::now();
        loop {
            let said = fs::read_to_string(log)?;
            let whole_lines = said.rsplit_once('\n').map_or("", |(lines, _)| lines);
            let address = whole_lines
                .lines()
                .find_map(|line| line.split_once("listening on http://"));
            if let Some((_, address)) = address {
                return Ok(address.trim().parse()?);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status}:\n{said}");
            }
            if started.elapsed() > READY_WITHIN {
                bail!("the server does not listen:\n{said}");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Lets the server finish what it does and waits for its end.
    #[cfg(unix)]
    fn stop(&mut self) -> std::io::Result<()> {
        use nix::sys::signal::{Signal, kill};
        let pid = i32::try_from(self.child.id()).map_err(std::io::Error::other)?;
        kill(nix::unistd::Pid::from_raw(pid), Signal::SIGTERM)?;
        self.child.wait().map(drop)
    }

    #[cfg(not(unix))]
    fn stop(&mut self) -> std::io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None))
            && let Err(error) = self.stop()
        {
            eprintln!("the server did not stop: {error}");
        }
    }
}
