//! A thread of their own for batches. A batch waits for PostgreSQL half a dozen times while it
//! holds the lock; among the tasks of a busy server each answer would be noticed only after dozens
//! of other tasks had their turn, and everybody waits for the lock meanwhile.

use std::io;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio_util::sync::CancellationToken;

/// Starts the thread, which runs what is spawned on the handle until `stop`.
pub fn start(stop: CancellationToken) -> io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("batches".to_owned())
        .spawn(move || runtime.block_on(stop.cancelled()))?;
    Ok(handle)
}
