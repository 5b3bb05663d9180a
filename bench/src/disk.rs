//! How long the disk takes to make a page durable: what a commit cannot be faster than.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;

const PAGE: usize = 8192;
const PAGES: u64 = 2048;

/// Times of `fdatasync` after one page of 8 KiB was written over, in microseconds.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct SyncLatency {
    pub(crate) median_us: f64,
    pub(crate) p99_us: f64,
}

/// Measures on a file in `folder`, as long as `time`.
pub(crate) fn sync_latency(folder: &Path, time: Duration) -> Result<SyncLatency> {
    let mut file = tempfile::tempfile_in(folder)?;
    let page = [7_u8; PAGE];
    for _ in 0..PAGES {
        file.write_all(&page)?;
    }
    file.sync_all()?;
    let mut times = Vec::new();
    let started = Instant::now();
    for index in (0..PAGES).cycle() {
        times.push(sync_page(&mut file, index, &page)?.as_secs_f64() * 1e6);
        if started.elapsed() > time {
            break;
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(SyncLatency {
        median_us: times[times.len() / 2],
        p99_us: times[times.len() * 99 / 100],
    })
}

fn sync_page(file: &mut File, index: u64, page: &[u8]) -> Result<Duration> {
    file.seek(SeekFrom::Start(index * PAGE as u64))?;
    let started = Instant::now();
    file.write_all(page)?;
    file.sync_data()?;
    Ok(started.elapsed())
}
