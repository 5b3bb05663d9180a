//! What processes use of the machine, as Linux counts it in `/proc`. Elsewhere it is not known.

use std::fs;

/// Processor time in seconds so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cpu {
    pub(crate) server: f64,
    pub(crate) generator: f64,
    pub(crate) postgres: f64,
}

impl Cpu {
    /// Used by these servers, by PostgreSQL with all its processes, and by this program.
    pub(crate) fn now(servers: &[u32], postmaster: u32) -> Option<Self> {
        let ticks = ticks_per_second()?;
        let server = servers
            .iter()
            .filter_map(|pid| stat(*pid))
            .map(|stat| stat.own);
        let family = fs::read_dir("/proc")
            .ok()?
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter_map(stat)
            .filter(|stat| stat.parent == postmaster)
            .map(|stat| stat.own);
        // Children that ended are in their parent's account.
        let postmaster = stat(postmaster)?;
        let postgres = family.sum::<u64>() + postmaster.own + postmaster.ended_children;
        Some(Self {
            server: server.sum::<u64>() as f64 / ticks,
            generator: stat(std::process::id())?.own as f64 / ticks,
            postgres: postgres as f64 / ticks,
        })
    }

    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            server: self.server - before.server,
            generator: self.generator - before.generator,
            postgres: self.postgres - before.postgres,
        }
    }
}

/// The most memory that a process has had, in bytes.
pub(crate) fn peak_memory(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// Of a process: its parent, and time in ticks.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    parent: u32,
    own: u64,
    ended_children: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn parse_stat(text: &str) -> Option<Stat> {
    // The name, in parentheses, may have anything in it.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Stat {
        parent: u32::try_from(number(1)?).ok()?,
        own: number(11)? + number(12)?,
        ended_children: number(13)? + number(14)?,
    })
}

#[cfg(unix)]
fn ticks_per_second() -> Option<f64> {
    let ticks = nix::unistd::sysconf(nix::unistd::SysconfVar::CLK_TCK).ok()??;
    Some(ticks as f64)
}

#[cfg(not(unix))]
fn ticks_per_second() -> Option<f64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_spaces_and_parentheses_is_skipped() {
        let text = "42 (post) gres) S 7 42 42 0 -1 4194560 1 2 3 4 100 20 30 4 20 0 1 0 99 5 6";
        let expected = Stat {
            parent: 7,
            own: 120,
            ended_children: 34,
        };
        assert_eq!(parse_stat(text), Some(expected));
    }
}
