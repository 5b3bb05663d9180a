//! With NVIDIA's driver WebKitGTK's DMA-BUF renderer leaves the window blank.

use std::env;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
const DRIVER: &str = "/proc/driver/nvidia/version";

/// WebKit reads the variable when GTK starts, and a running program cannot safely change its own
/// environment: so the program starts over in the same process, before any thread of it is there.
#[expect(clippy::disallowed_methods, reason = "WebKit's own setting, not ours")]
pub(crate) fn disable_dmabuf_renderer() {
    if env::var_os(VARIABLE).is_some() || !Path::new(DRIVER).exists() {
        return;
    }
    let error = match env::current_exe() {
        Ok(program) => Command::new(program)
            .args(env::args_os().skip(1))
            .env(VARIABLE, "1")
            .exec(),
        Err(error) => error,
    };
    eprintln!("Could not start over with {VARIABLE}=1, the window may stay blank: {error}");
}
