//! On a real PostgreSQL, started and killed in folders of their own.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use managed_postgres::{Error, Options, Postgres};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use tempfile::TempDir;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A folder that PostgreSQL's account can get to.
fn folder() -> Outcome<(TempDir, PathBuf)> {
    let outer = tempfile::tempdir()?;
    fs::set_permissions(outer.path(), fs::Permissions::from_mode(0o755))?;
    let inner = outer.path().join("postgres");
    Ok((outer, inner))
}

fn start(data_dir: &Path) -> Result<Postgres, Error> {
    Postgres::start(&Options::new(data_dir).not_durable())
}

fn query(url: &str, sql: &str) -> Outcome<String> {
    let mut psql = Command::new("psql");
    let psql = psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
    let output = psql.args(["--dbname", url, "--command", sql]).output()?;
    if !output.status.success() {
        return Err(String::from_utf8(output.stderr)?.into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn eventually(mut holds: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(20) {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

fn postmaster(data_dir: &Path) -> Outcome<Pid> {
    let text = fs::read_to_string(data_dir.join("cluster/postmaster.pid"))?;
    Ok(Pid::from_raw(text.lines().next().ok_or("empty")?.parse()?))
}

#[test]
fn keeps_its_data_and_password_from_one_start_to_the_next() -> Outcome {
    let (_outer, dir) = folder()?;
    let first = start(&dir)?;
    let url = first.url("postgres");
    query(&url, "CREATE TABLE kept AS SELECT 'Ärger' AS word")?;
    first.stop()?;
    assert!(query(&url, "SELECT 1").is_err(), "it is stopped");

    let second = start(&dir)?;
    assert_eq!(second.url("postgres"), url);
    assert_eq!(query(&url, "SELECT lower(upper(word)) FROM kept")?, "ärger");
    Ok(())
}

#[test]
fn is_closed_to_everybody_else() -> Outcome {
    let (_outer, dir) = folder()?;
    let postgres = start(&dir)?;
    let url = postgres.url("postgres");
    assert_eq!(query(&url, "SHOW listen_addresses")?, "");
    assert_eq!(query(&url, "SHOW data_checksums")?, "on");
    assert_eq!(query(&url, "SHOW server_encoding")?, "UTF8");

    let (user, place) = url.split_once('@').ok_or("no @")?;
    let stranger = format!("postgres://postgres:guess@{place}");
    assert_ne!(user, "postgres://postgres:guess");
    assert!(query(&stranger, "SELECT 1").is_err(), "a wrong password");

    assert_eq!(fs::metadata(&dir)?.mode() & 0o077, 0);
    assert_eq!(fs::metadata(dir.join("password"))?.mode() & 0o177, 0);
    Ok(())
}

#[test]
fn passes_settings_on() -> Outcome {
    let (_outer, dir) = folder()?;
    let options = Options::new(&dir).setting("max_connections", "17");
    let postgres = Postgres::start(&options)?;
    let url = postgres.url("postgres");
    assert_eq!(query(&url, "SHOW max_connections")?, "17");
    assert_eq!(query(&url, "SHOW fsync")?, "on");
    assert_eq!(query(&url, "SHOW synchronous_commit")?, "on");
    Ok(())
}

#[test]
fn runs_a_file_of_sql() -> Outcome {
    let (outer, dir) = folder()?;
    let postgres = start(&dir)?;
    let file = outer.path().join("two.sql");
    fs::write(&file, "CREATE TABLE one (); CREATE TABLE two ();")?;
    postgres.run_script("postgres", &file)?;
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(query(&postgres.url("postgres"), tables)?, "2");

    let again = postgres.run_script("postgres", &file);
    let error = again.expect_err("the tables exist").to_string();
    assert!(
        error.contains("\"one\" already exists") && !error.contains("two\""),
        "{error}"
    );
    Ok(())
}

#[test]
fn says_what_is_wrong_with_a_setting() -> Outcome {
    let (_outer, dir) = folder()?;
    let options = Options::new(&dir).not_durable().setting("no_such", "1");
    let error = Postgres::start(&options).expect_err("must not start");
    assert!(error.to_string().contains("no_such"), "{error}");
    Ok(())
}

#[test]
fn belongs_to_one_program_at_a_time() -> Outcome {
    let (_outer, dir) = folder()?;
    let first = start(&dir)?;
    let error = start(&dir).expect_err("must be refused");
    assert!(
        matches!(&error, Error::InUse(folder) if *folder == dir),
        "{error}"
    );
    assert_eq!(query(&first.url("postgres"), "SELECT 1")?, "1");
    Ok(())
}

#[test]
fn takes_over_no_folder_of_other_files() -> Outcome {
    let (_outer, dir) = folder()?;
    fs::create_dir(&dir)?;
    fs::write(dir.join("thesis.txt"), "")?;
    let before = fs::metadata(&dir)?;
    let error = start(&dir).expect_err("must be refused");
    assert!(matches!(error, Error::NotOurs(_)), "{error}");
    let after = fs::metadata(&dir)?;
    assert_eq!((before.uid(), before.mode()), (after.uid(), after.mode()));
    Ok(())
}

#[test]
fn finishes_a_creation_that_was_cut_short() -> Outcome {
    let (_outer, dir) = folder()?;
    fs::create_dir_all(dir.join("cluster.new"))?;
    fs::write(dir.join("cluster.new/PG_VERSION"), "")?;
    fs::write(dir.join("password"), "")?;
    fs::write(dir.join("lock"), "")?;
    let postgres = start(&dir)?;
    assert_eq!(query(&postgres.url("postgres"), "SELECT 1")?, "1");
    Ok(())
}

#[test]
fn starts_again_when_it_is_killed() -> Outcome {
    let (_outer, dir) = folder()?;
    let postgres = start(&dir)?;
    let url = postgres.url("postgres");
    query(&url, "CREATE TABLE kept ()")?;
    kill(postmaster(&dir)?, Signal::SIGKILL)?;
    assert!(eventually(
        || query(&url, "SELECT count(*) FROM kept").is_ok()
    ));
    postgres.stop()?;
    assert!(!dir.join("cluster/postmaster.pid").exists());
    Ok(())
}

#[test]
fn survives_the_death_of_its_program() -> Outcome {
    let (_outer, dir) = folder()?;
    let mut program = Program::start(&dir)?;
    query(&program.url, "CREATE TABLE kept ()")?;
    let left_behind = postmaster(&dir)?;
    program.kill()?;
    assert!(kill(left_behind, None).is_ok(), "PostgreSQL outlives it");

    let postgres = start(&dir)?;
    assert_ne!(postmaster(&dir)?, left_behind);
    assert_eq!(
        query(&postgres.url("postgres"), "SELECT count(*) FROM kept")?,
        "0"
    );
    Ok(())
}

/// A session that does nothing for a long time, and the process that serves it.
fn session(url: &str) -> Outcome<(Child, Pid)> {
    let mut psql = Command::new("psql");
    let psql = psql.args(["--no-psqlrc", "--dbname", url, "--command"]);
    let client = psql
        .arg("SELECT 'a long wait', pg_sleep(600)")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut backend = None;
    assert!(eventually(|| {
        backend = process(
            url,
            "query LIKE '%a long wait%' AND pid <> pg_backend_pid()",
        )
        .ok();
        backend.is_some()
    }));
    Ok((client, backend.ok_or("no session")?))
}

/// The server's process of which this is true in `pg_stat_activity`.
fn process(url: &str, is_it: &str) -> Outcome<Pid> {
    let pid = query(
        url,
        &format!("SELECT pid FROM pg_stat_activity WHERE {is_it}"),
    )?;
    Ok(Pid::from_raw(pid.parse()?))
}

/// Does `harm` to a server and its program, and starts it again: in time, with what was committed.
fn recovers(harm: impl FnOnce(&mut Program, Pid) -> Outcome) -> Outcome {
    let (_outer, dir) = folder()?;
    let mut program = Program::start(&dir)?;
    query(&program.url, "CREATE TABLE kept AS SELECT 1 AS one")?;
    let left_behind = postmaster(&dir)?;
    harm(&mut program, left_behind)?;
    program.kill()?;

    let begun = Instant::now();
    let postgres = start(&dir)?;
    assert!(
        begun.elapsed() < Duration::from_secs(90),
        "it took too long"
    );
    assert_ne!(postmaster(&dir)?, left_behind);
    assert_eq!(
        query(&postgres.url("postgres"), "SELECT one FROM kept")?,
        "1"
    );
    postgres.stop().map_err(Into::into)
}

#[test]
fn recovers_when_a_session_and_then_its_program_are_killed() -> Outcome {
    recovers(|program, _| {
        let (mut client, backend) = session(&program.url)?;
        kill(backend, Signal::SIGKILL)?;
        program.kill()?;
        client.wait()?;
        Ok(())
    })
}

#[test]
fn recovers_from_a_checkpointer_that_hangs() -> Outcome {
    recovers(|program, _| {
        let checkpointer = process(&program.url, "backend_type = 'checkpointer'")?;
        Ok(kill(checkpointer, Signal::SIGSTOP)?)
    })
}

#[test]
fn recovers_from_a_server_that_hangs() -> Outcome {
    recovers(|_, postmaster| Ok(kill(postmaster, Signal::SIGSTOP)?))
}

#[test]
fn recovers_from_a_server_that_hangs_whole() -> Outcome {
    recovers(|program, postmaster| {
        let (mut client, backend) = session(&program.url)?;
        let checkpointer = process(&program.url, "backend_type = 'checkpointer'")?;
        for process in [postmaster, checkpointer, backend] {
            kill(process, Signal::SIGSTOP)?;
        }
        client.kill()?;
        client.wait()?;
        Ok(())
    })
}

#[test]
fn recovers_when_the_server_is_killed_and_a_session_hangs() -> Outcome {
    recovers(|program, postmaster| {
        let (mut client, backend) = session(&program.url)?;
        program.kill()?;
        kill(backend, Signal::SIGSTOP)?;
        kill(postmaster, Signal::SIGKILL)?;
        client.kill()?;
        client.wait()?;
        Ok(())
    })
}

#[test]
fn starts_again_when_it_is_killed_and_a_session_hangs() -> Outcome {
    let (_outer, dir) = folder()?;
    let postgres = start(&dir)?;
    let url = postgres.url("postgres");
    let (mut client, backend) = session(&url)?;
    kill(backend, Signal::SIGSTOP)?;
    kill(postmaster(&dir)?, Signal::SIGKILL)?;
    assert!(eventually(|| query(&url, "SELECT 1").is_ok()));
    client.kill()?;
    client.wait()?;
    postgres.stop()?;
    Ok(())
}

#[test]
fn stops_in_time_when_it_hangs() -> Outcome {
    let (_outer, dir) = folder()?;
    let postgres = start(&dir)?;
    let url = postgres.url("postgres");
    query(&url, "CREATE TABLE kept AS SELECT 1 AS one")?;
    let hanging = postmaster(&dir)?;
    kill(hanging, Signal::SIGSTOP)?;
    let begun = Instant::now();
    postgres.stop()?;
    assert!(
        begun.elapsed() < Duration::from_secs(60),
        "it took too long"
    );
    assert!(kill(hanging, None).is_err(), "it still runs");
    let again = start(&dir)?;
    assert_eq!(query(&again.url("postgres"), "SELECT one FROM kept")?, "1");
    Ok(())
}

/// As after a power cut: the number in the lock belongs to some other process by now.
#[test]
fn is_not_held_up_by_the_lock_of_a_dead_server() -> Outcome {
    let (_outer, dir) = folder()?;
    let mut program = Program::start(&dir)?;
    let owner = fs::metadata(dir.join("cluster"))?.uid();
    program.kill()?;
    kill(postmaster(&dir)?, Signal::SIGKILL)?;
    let mut bystander = Command::new("sleep").arg("600").uid(owner).spawn()?;
    for lock in ["postmaster.pid", ".s.PGSQL.5432.lock"] {
        let lock = dir.join("cluster").join(lock);
        let text = fs::read_to_string(&lock)?;
        let (_, rest) = text.split_once('\n').ok_or("no lines")?;
        fs::write(&lock, format!("{}\n{rest}", bystander.id()))?;
    }

    let started = start(&dir);
    let spared = bystander.try_wait()?.is_none();
    bystander.kill()?;
    bystander.wait()?;
    assert!(spared, "the bystander lives");
    assert_eq!(query(&started?.url("postgres"), "SELECT 1")?, "1");
    Ok(())
}

#[test]
fn listens_elsewhere_when_its_path_is_too_long_for_a_socket() -> Outcome {
    let (outer, _) = folder()?;
    let dir = outer.path().join("a".repeat(120));
    let postgres = start(&dir)?;
    let url = postgres.url("postgres");
    let socket = PathBuf::from(query(&url, "SHOW unix_socket_directories")?);
    assert_eq!(fs::metadata(&socket)?.mode() & 0o077, 0);
    postgres.stop()?;
    assert!(!socket.exists());
    Ok(())
}

#[test]
fn as_root_lies_where_its_account_can_go() -> Outcome {
    if !geteuid().is_root() {
        return Ok(()); // Nobody else has two accounts.
    }
    let (outer, dir) = folder()?;
    fs::set_permissions(outer.path(), fs::Permissions::from_mode(0o700))?;
    let postgres = start(&dir)?;
    let url = postgres.url("postgres");
    query(&url, "CREATE TABLE kept ()")?;
    postgres.stop()?;

    let real = fs::read_link(&dir)?;
    let again = start(&dir)?;
    assert_eq!(fs::read_link(&dir)?, real);
    assert_eq!(
        query(&again.url("postgres"), "SELECT count(*) FROM kept")?,
        "0"
    );
    again.stop()?;
    fs::remove_dir_all(real)?;
    Ok(())
}

/// This test program started once more, to be killed.
struct Program {
    process: Child,
    url: String,
}

const HOLD: &str = "MANAGED_POSTGRES_HOLD";

impl Program {
    fn start(dir: &Path) -> Outcome<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .args([
                "--exact",
                "holds_a_server_until_killed",
                "--ignored",
                "--nocapture",
            ])
            .env(HOLD, dir)
            .stdout(Stdio::piped())
            .spawn()?;
        let lines = BufReader::new(process.stdout.take().ok_or("no output")?).lines();
        let url = lines
            .map_while(Result::ok)
            .find_map(|line| Some(line[line.find("postgres://")?..].to_owned()))
            .ok_or("it did not start")?;
        Ok(Self { process, url })
    }

    fn kill(&mut self) -> Outcome {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

#[test]
#[ignore = "the other tests start and kill it"]
#[expect(clippy::disallowed_methods, reason = "only the tests above set it")]
fn holds_a_server_until_killed() -> Outcome {
    let dir = std::env::var_os(HOLD).ok_or("not started by a test")?;
    let postgres = start(Path::new(&dir))?;
    println!("{}", postgres.url("postgres"));
    loop {
        std::thread::park();
    }
}
