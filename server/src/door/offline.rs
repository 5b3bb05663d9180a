//! Scans that a scanner decided without a network, as they come in a request. Refusing the whole
//! request because of one of them would keep all others from ever being synced, so each is read on
//! its own and of each field what can be read.

use api::Time;
use api::door::{CheckIn, SYNC_MAX, Scan, Verdict, gate_name};
use chrono::DateTime;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::admit::Shown;
use crate::error::{Error, Result};

/// [`api::door::SyncScans`] before its scans are read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnreadScans {
    scans: Vec<Value>,
}

impl UnreadScans {
    /// Reads the scans, in their order. One without an id cannot be recorded; its answer is all
    /// that there is of it.
    pub(super) fn read(&self, now: Time) -> Result<Vec<Result<Shown, Box<CheckIn>>>> {
        if self.scans.len() > SYNC_MAX {
            return Err(Error::field("scans", "Send up to 100 scans at once."));
        }
        Ok(self.scans.iter().map(|scan| read(scan, now)).collect())
    }
}

fn read(offline: &Value, now: Time) -> Result<Shown, Box<CheckIn>> {
    let scan = &offline["scan"];
    let Some(nonce) = field(scan, "nonce") else {
        let answer = CheckIn::of_nothing(Uuid::nil(), Verdict::NotATicket);
        return Err(Box::new(answer));
    };
    let (mut code, mut number) = (field(scan, "code"), field(scan, "number"));
    if code.is_some() && number.is_some() {
        // Nobody can tell which of the two was at the door.
        (code, number) = (None, None);
    }
    let gate: String = field(scan, "gate").unwrap_or_default();
    let at: Time = field(offline, "at").unwrap_or(now);
    Ok(Shown {
        scan: Scan {
            nonce,
            code,
            number,
            gate: gate_name(&gate),
        },
        // A clock that is ahead must not put an admission after what comes next, and a year that
        // the database does not know must not end the sync.
        at: at.clamp(DateTime::UNIX_EPOCH, now),
        let_in: field(offline, "let_in").unwrap_or(false),
    })
}

fn field<T: DeserializeOwned>(object: &Value, name: &str) -> Option<T> {
    T::deserialize(object.get(name)?).ok()
}
