//! Waits for the server, which says at `/readyz` that it has its database.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::{LOOK_EVERY, Process};

const WITHIN: Duration = Duration::from_secs(60);

pub(super) fn wait(server: SocketAddr, process: &mut Process, stop: &Receiver<()>) -> Result<()> {
    let started = Instant::now();
    while !is_ready(server) {
        if let Some(status) = process.ended()? {
            bail!(
                "The server did not start ({status}). {}",
                process.last_words()
            );
        }
        if started.elapsed() > WITHIN {
            let seconds = WITHIN.as_secs();
            bail!(
                "The server was not ready after {seconds} s. {}",
                process.last_words()
            );
        }
        if !matches!(
            stop.recv_timeout(LOOK_EVERY),
            Err(RecvTimeoutError::Timeout)
        ) {
            bail!("Stopped.");
        }
    }
    Ok(())
}

fn is_ready(server: SocketAddr) -> bool {
    let asked = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(server)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /readyz HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    asked().is_ok_and(|answer| {
        answer
            .lines()
            .next()
            .is_some_and(|line| line.contains(" 200 "))
    })
}
