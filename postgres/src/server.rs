//! The running server: started, watched, started again when it was killed, stopped.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::cluster::{Cluster, run};
use crate::error::cannot;
use crate::memory::shared_buffers;
use crate::place::{Place, answers};
use crate::programs::Programs;
use crate::{Error, Options, processes};

/// Replaying a long log after a crash takes its time, and must not be cut short.
const READY_WITHIN: Duration = Duration::from_mins(10);
/// How long a server may take to write everything out and stop; one that takes longer is stopped
/// without, and recovers when it is started next.
const FAST_SECONDS: u32 = 20;
/// How long it may take without. PostgreSQL itself kills children that do not end after 5 s.
const IMMEDIATE_SECONDS: u32 = 10;
/// How long the remains of a killed server may be in the way of the next.
const REMAINS_GONE_WITHIN: Duration = Duration::from_secs(10);
/// How long the children of a killed server may take to notice.
const REMAINS_END_WITHIN: Duration = Duration::from_secs(5);
/// How long the system may take to end what was killed.
const KILLED_WITHIN: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(10);
const LARGEST_LOG: u64 = 10 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Server {
    place: Place,
    psql: PathBuf,
    stop: Sender<()>,
    /// Ends when told to stop, with what became of it.
    watcher: Option<JoinHandle<Result<(), Error>>>,
}

impl Server {
    pub(crate) fn start(
        cluster: &Cluster,
        programs: Programs,
        options: &Options,
    ) -> Result<Self, Error> {
        let place = Place::choose(&cluster.data(), cluster.account)?;
        let launcher = Launcher {
            arguments: arguments(&place, options),
            programs,
            account: cluster.account,
            data: cluster.data(),
            log: cluster.log(),
        };
        launcher.keep_log_small()?;
        launcher.stop_left_behind()?;
        let child = launcher.launch()?;
        let psql = launcher.programs.path("psql");
        let (stop, stopped) = channel();
        Ok(Self {
            place,
            psql,
            stop,
            watcher: Some(thread::spawn(move || launcher.watch(child, &stopped))),
        })
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) fn run_script(&self, url: &str, file: &Path) -> Result<(), Error> {
        let mut command = Command::new(&self.psql);
        command
            .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"])
            .args(["--dbname", url, "--file"])
            .arg(file);
        run(command, &self.psql)
    }

    pub(crate) fn stop(&mut self) -> Result<(), Error> {
        let Some(watcher) = self.watcher.take() else {
            return Ok(());
        };
        // The watcher listens for as long as it runs; if it ended, joining it says why.
        let _ = self.stop.send(());
        watcher
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::error!(%error, "PostgreSQL did not stop");
        }
    }
}

fn arguments(place: &Place, options: &Options) -> Vec<String> {
    let mut settings = place.settings();
    // Its checkpoints every five minutes are no news.
    settings.push(("log_checkpoints", "off".to_owned()));
    if let Some(size) = shared_buffers() {
        settings.push(("shared_buffers", size));
    }
    if !options.durable {
        for name in ["fsync", "full_page_writes"] {
            settings.push((name, "off".to_owned()));
        }
    }
    let extra = options.settings.iter();
    settings
        .iter()
        .map(|(name, value)| (*name, value))
        .chain(extra.map(|(name, value)| (name.as_str(), value)))
        .flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")])
        .collect()
}

/// All it takes to start the server, once or again.
struct Launcher {
    programs: Programs,
    account: Account,
    data: PathBuf,
    log: PathBuf,
    arguments: Vec<String>,
}

impl Launcher {
    /// Starts the server and waits until it accepts connections. One that was killed may leave
    /// processes that hold its memory for a moment, and a lock whose number another process has
    /// been given since.
    fn launch(&self) -> Result<Child, Error> {
        let after_a_crash = self.pid_file().exists();
        self.end_remains(REMAINS_END_WITHIN)?;
        let started = Instant::now();
        loop {
            match self.launch_once() {
                Err(Error::Start { .. })
                    if after_a_crash && started.elapsed() < REMAINS_GONE_WITHIN =>
                {
                    self.remove_false_lock()?;
                    thread::sleep(LOOK_EVERY * 10);
                }
                outcome => return outcome,
            }
        }
    }

    fn launch_once(&self) -> Result<Child, Error> {
        let program = self.programs.path("postgres");
        let log = self.open_log()?;
        let log_start = log.metadata().map_err(cannot("read", &self.log))?.len();
        let mut child = self
            .account
            .command(&program)
            .arg("-D")
            .arg(&self.data)
            .args(&self.arguments)
            .current_dir(&self.data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(cannot("run", &program))?;

        let started = Instant::now();
        while !self.is_ready(child.id()) {
            let ended = child.try_wait().map_err(cannot("watch", &program))?;
            if ended.is_some() {
                return Err(self.start_error(log_start));
            }
            if started.elapsed() > READY_WITHIN {
                self.stop_running()?;
                child.wait().map_err(cannot("watch", &program))?;
                return Err(Error::NotReady {
                    log: self.log.clone(),
                    seconds: READY_WITHIN.as_secs(),
                });
            }
            thread::sleep(LOOK_EVERY);
        }
        Ok(child)
    }

    /// Until told to stop: starts the server again whenever it ends by itself.
    fn watch(&self, mut child: Child, stop: &Receiver<()>) -> Result<(), Error> {
        let program = self.programs.path("postgres");
        while let Err(RecvTimeoutError::Timeout) = stop.recv_timeout(LOOK_EVERY * 10) {
            if let Some(status) = child.try_wait().map_err(cannot("watch", &program))? {
                tracing::error!(%status, log = %self.log.display(), "PostgreSQL ended; starting it again");
                match self.launch() {
                    Ok(next) => child = next,
                    Err(error) => {
                        tracing::error!(%error, "PostgreSQL does not start; trying again")
                    }
                }
            }
        }
        if child
            .try_wait()
            .map_err(cannot("watch", &program))?
            .is_none()
        {
            self.stop_running()?;
            child.wait().map_err(cannot("watch", &program))?;
        }
        Ok(())
    }

    /// Stops the server of a program that was killed. The holder of the lock on the folder is its
    /// only user, so a server that runs on it is nobody's.
    fn stop_left_behind(&self) -> Result<(), Error> {
        let Some(text) = self.read_pid_file()? else {
            return Ok(());
        };
        // Asked first: a server that hangs may let nobody connect, nor refuse to.
        if self.processes()?.is_empty() && !answers(&text) {
            return Ok(());
        }
        tracing::warn!(
            "PostgreSQL still runs, left behind by a program that was killed; stopping it"
        );
        self.stop_running()
    }

    /// Stops the server, by ever harder means until it is gone. None of them loses what was
    /// committed: what was not written out is recovered from the log at the next start.
    fn stop_running(&self) -> Result<(), Error> {
        let Err(error) = self.ask_to_stop("fast", FAST_SECONDS) else {
            return Ok(());
        };
        tracing::warn!(%error, "PostgreSQL did not stop; stopping it without writing everything out");
        let Err(error) = self.ask_to_stop("immediate", IMMEDIATE_SECONDS) else {
            return self.end_remains(REMAINS_END_WITHIN);
        };
        tracing::warn!(%error, "PostgreSQL did not stop at once either; killing it");
        self.end_remains(Duration::ZERO)
    }

    fn ask_to_stop(&self, mode: &str, seconds: u32) -> Result<(), Error> {
        let program = self.programs.path("pg_ctl");
        let mut command = self.account.command(&program);
        command
            .current_dir(&self.data)
            .args(["stop", "--wait"])
            .arg(format!("--mode={mode}"))
            .arg(format!("--timeout={seconds}"))
            .arg("--pgdata")
            .arg(&self.data);
        run(command, &program)
    }

    /// Waits until no process works on the data, and kills those that still do after `patience`:
    /// the children of a killed server end by themselves, unless they are stopped or stuck.
    fn end_remains(&self, patience: Duration) -> Result<(), Error> {
        let started = Instant::now();
        let mut killed = 0;
        loop {
            let remains = self.processes()?;
            if remains.is_empty() {
                return Ok(());
            }
            if started.elapsed() > patience + KILLED_WITHIN {
                return Err(Error::Remains(
                    remains.into_iter().map(sysinfo::Pid::as_u32).collect(),
                ));
            }
            if started.elapsed() >= patience {
                if killed != remains.len() {
                    tracing::warn!(processes = ?remains, "killing what is left of PostgreSQL");
                    killed = remains.len();
                }
                processes::kill(&self.data, &remains)?;
            }
            thread::sleep(LOOK_EVERY * 5);
        }
    }

    fn processes(&self) -> Result<Vec<sysinfo::Pid>, Error> {
        processes::working_in(&self.data, self.account)
    }

    /// Removes the lock of a killed server when its number belongs to some other process now:
    /// PostgreSQL looks no further than that such a process exists.
    fn remove_false_lock(&self) -> Result<(), Error> {
        let Some(text) = self.read_pid_file()? else {
            return Ok(());
        };
        if !self.processes()?.is_empty() || answers(&text) {
            return Ok(());
        }
        for lock in [self.pid_file(), self.data.join(".s.PGSQL.5432.lock")] {
            match fs::remove_file(&lock) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(cannot("remove", &lock)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn pid_file(&self) -> PathBuf {
        self.data.join("postmaster.pid")
    }

    fn read_pid_file(&self) -> Result<Option<String>, Error> {
        let file = self.pid_file();
        match fs::read_to_string(&file) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(cannot("read", &file)(error)),
        }
    }

    /// The server writes its state to the eighth line of its lock file.
    fn is_ready(&self, pid: u32) -> bool {
        fs::read_to_string(self.pid_file()).is_ok_and(|text| {
            let mut lines = text.lines();
            lines.next() == Some(&pid.to_string()) && lines.nth(6).map(str::trim) == Some("ready")
        })
    }

    fn open_log(&self) -> Result<File, Error> {
        let mut options = OpenOptions::new();
        let log = options.create(true).append(true).open(&self.log);
        log.map_err(cannot("open", &self.log))
    }

    fn keep_log_small(&self) -> Result<(), Error> {
        let size = fs::metadata(&self.log).map_or(0, |log| log.len());
        if size > LARGEST_LOG {
            fs::rename(&self.log, self.log.with_extension("old"))
                .map_err(cannot("rename", &self.log))?;
        }
        Ok(())
    }

    fn start_error(&self, log_start: u64) -> Error {
        let tail = read_from(&self.log, log_start).unwrap_or_else(|error| error.to_string());
        Error::Start {
            log: self.log.clone(),
            tail: tail.trim().to_owned(),
        }
    }
}

fn read_from(file: &Path, start: u64) -> io::Result<String> {
    let mut file = File::open(file)?;
    file.seek(SeekFrom::Start(start))?;
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
