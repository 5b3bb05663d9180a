//! Schemathesis: thousands of requests made from the API's own description, signed out and signed
//! in, with every answer held against it.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::database::Database;
use crate::step::{run as run_step, step};
use crate::{place, setup};

const VERSION: &str = "schemathesis==4.32.5";
const EXAMPLES: u32 = 40;
const READY_WITHIN: Duration = Duration::from_secs(60);
/// An account of the demo data.
const SIGN_IN: &str =
    r#"{"email": "ada@example.com", "password": "correct horse battery", "client": "native"}"#;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many requests to make up for each operation.
    #[arg(long, default_value_t = EXAMPLES)]
    examples: u32,
}

impl Default for Args {
    fn default() -> Self {
        Self { examples: EXAMPLES }
    }
}

pub(crate) fn run(args: &Args) -> Result<()> {
    setup::install(&[setup::BUILD])?;
    let schemathesis = install()?;
    let mut build = place::cargo()?;
    build.args(["build", "--workspace", "--bin", "boxoffice"]);
    run_step("Build the server", &mut build)?;
    let database = Database::start()?;
    let server = step("Start the server", |_| Server::start(&database))?;
    let token = server.sign_in()?;
    let signed_in = format!("Authorization: Bearer {token}");
    let mut failed = Vec::new();
    for (who, header) in [("signed out", None), ("signed in", Some(&signed_in))] {
        let mut fuzz = Command::new(&schemathesis);
        // It leaves its notes where it runs.
        fuzz.current_dir(&server.data)
            .arg("--config-file")
            .arg(place::root().join("schemathesis.toml"))
            .args(["run", "--no-color", "--continue-on-failure"])
            .args(["--max-examples", &args.examples.to_string()])
            .arg(format!("http://{}/api/openapi.json", server.address));
        if let Some(header) = header {
            fuzz.args(["--header", header]);
        }
        if let Err(error) = run_step(&format!("Fuzz the API, {who}"), &mut fuzz) {
            failed.push(format!("{error:#}"));
        }
    }
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}

/// Into a folder of its own, once.
fn install() -> Result<PathBuf> {
    let folder = place::target()?.join(VERSION);
    let bin = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let program = bin.join("schemathesis");
    if !program.exists() {
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv"]).arg(&folder);
        run_step("Make a folder for Schemathesis", &mut venv)
            .context("Schemathesis needs Python 3 with venv")?;
        let mut pip = Command::new(bin.join("python"));
        pip.args(["-m", "pip", "install", "--quiet", VERSION]);
        run_step("Install Schemathesis", &mut pip)?;
    }
    Ok(program)
}

/// A server with demo data, stopped when dropped.
struct Server {
    child: Child,
    address: SocketAddr,
    data: PathBuf,
}

impl Server {
    fn start(database: &Database) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let data = place::target()?.join("fuzz");
        fs::create_dir_all(&data)?;
        let log = data.join("server.log");
        let child = Command::new(place::built("boxoffice")?)
            .args(["serve", "--demo", "--bind", &address.to_string()])
            .args(["--public-url", &format!("http://{address}")])
            .args(["--database-url", &database.url(), "--data-dir"])
            .arg(&data)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()?;
        let mut server = Self {
            child,
            address,
            data,
        };
        server.wait(&log)?;
        Ok(server)
    }

    fn wait(&mut self, log: &Path) -> Result<()> {
        let started = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            if self.child.try_wait()?.is_some() || started.elapsed() > READY_WITHIN {
                bail!("the server does not listen:\n{}", fs::read_to_string(log)?);
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// An access token.
    fn sign_in(&self) -> Result<String> {
        let mut connection = TcpStream::connect(self.address)?;
        write!(
            connection,
            "POST /api/auth/login HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n\
            connection: close\r\ncontent-length: {}\r\n\r\n{SIGN_IN}",
            self.address,
            SIGN_IN.len(),
        )?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").context("no answer")?;
        let session: serde_json::Value = serde_json::from_str(body).context(answer.clone())?;
        let token = session["access_token"].as_str().context(answer)?;
        Ok(token.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has nothing to finish, and its database goes too.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.data);
    }
}
