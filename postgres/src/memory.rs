//! How much memory PostgreSQL's cache may have.

use std::fs;

/// The least and the most, in MB. PostgreSQL's own is the least.
const LEAST: u64 = 128;
const MOST: u64 = 8192;

/// A quarter of the machine's memory, which is where PostgreSQL's manual begins for a machine of
/// its own: a read of a table that fits in the cache costs half of one that does not. Pages nobody
/// reads take none. None where the system does not say how much there is.
pub(crate) fn shared_buffers() -> Option<String> {
    let megabytes = memory()? / 4 / 1024 / 1024;
    Some(format!("{}MB", megabytes.clamp(LEAST, MOST)))
}

/// What the machine has, or less where a container has a limit; in bytes.
fn memory() -> Option<u64> {
    let machine = total(&fs::read_to_string("/proc/meminfo").ok()?)?;
    let limit = fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let limit = limit.and_then(|limit| limit.trim().parse().ok());
    Some(limit.map_or(machine, |limit: u64| limit.min(machine)))
}

fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::total;

    #[test]
    fn the_memory_is_read_as_linux_writes_it() {
        let meminfo = "MemTotal:       24611652 kB\nMemFree:        17305416 kB\n";
        assert_eq!(total(meminfo), Some(24_611_652 * 1024));
        assert_eq!(total("MemFree: 1 kB"), None);
    }
}
