//! The processes of a cluster. PostgreSQL and all of its children work in the data directory, by
//! which they are found even when the process that started them is gone.

use std::path::Path;

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

use crate::Error;
use crate::account::Account;
use crate::error::cannot;

/// Every PostgreSQL process that works in `data`. What has ended and was not yet waited for is
/// none of them.
pub(crate) fn working_in(data: &Path, account: Account) -> Result<Vec<Pid>, Error> {
    let kind = ProcessRefreshKind::nothing()
        .with_cwd(UpdateKind::Always)
        .without_tasks();
    account.look(|| {
        let mut running = running(data)?;
        running.refresh_processes_specifics(ProcessesToUpdate::All, true, kind);
        let ours = running.processes().values().filter(|process| {
            let name = process.name().to_string_lossy();
            name.starts_with("postgres") && process.cwd() == Some(data)
        });
        Ok(ours.map(sysinfo::Process::pid).collect())
    })
}

/// Kills `processes` of `data`.
pub(crate) fn kill(data: &Path, processes: &[Pid]) -> Result<(), Error> {
    let mut running = running(data)?;
    running.refresh_processes(ProcessesToUpdate::Some(processes), true);
    for process in running.processes().values() {
        // One that cannot be killed is found by the next look.
        let _sent = process.kill();
    }
    Ok(())
}

fn running(data: &Path) -> Result<System, Error> {
    System::new()
        .map_err(|error| cannot("look for the processes of", data)(std::io::Error::other(error)))
}
