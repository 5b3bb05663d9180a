//! The door: what is scanned, what that means, and all a scanner needs to work without a network.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::events::EventRef;
use crate::text;
use crate::tickets::TicketState;
use crate::validate::FieldErrors;
use crate::{Money, TicketNumber, Time};

/// The longest name of a gate, in characters.
pub const GATE_MAX: usize = 40;
/// The longest text that is taken for a code, in characters.
pub const CODE_MAX: usize = 300;
/// The most scans in one request.
pub const SYNC_MAX: usize = 100;
/// How many characters follow the number in a typed code. They are 30 bits, which tell a misread
/// code or a guess; the door's list tells the rest.
pub const CHECK_CHARACTERS: usize = 6;
/// How long after it an admission can be undone, in minutes.
pub const UNDO_MINUTES: i32 = 15;
/// How long before its beginning and after its end an event lets people in, in hours.
const DOOR_HOURS: i64 = 12;

/// The result of a scan. A ticket that is both invalid and used is reported as invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Let in.
    Valid,
    /// Somebody is in with it already.
    AlreadyUsed,
    /// Its money went back, or will, since the event was called off.
    Refunded,
    /// Revoked by the organizer.
    Revoked,
    /// The code is of an earlier holder, or the ticket waits for its next one.
    Transferred,
    /// A ticket for another event.
    WrongEvent,
    /// Nothing we made.
    NotATicket,
    /// The doors are not open.
    NotYet,
}

/// When and where a ticket was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Admission {
    /// Identifies the check-in, to undo it; the nonce of one that the server does not have yet.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// The gate, as the scanner calls it; may be empty.
    pub gate: String,
}

/// A ticket as the door knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DoorTicket {
    /// Its number within the event.
    pub number: TicketNumber,
    /// The type's name.
    pub ticket_type: String,
    /// Who holds it; null when no one does.
    pub holder: Option<String>,
    /// The state.
    pub state: TicketState,
    /// The version of its code that is valid.
    pub version: u16,
    /// What follows the number in its typed code.
    pub check: String,
    /// Whether it is waiting to be accepted.
    pub in_transfer: bool,
    /// How it was used, if it was.
    pub used: Option<Admission>,
    /// The amount to collect at the door; null when there is none.
    pub due: Option<Money>,
}

/// `GET /host/events/{id}/door`: what a scanner needs, online and offline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Door {
    /// The event.
    pub event: EventRef,
    /// The Ed25519 key that checks its codes, in hexadecimal.
    pub public_key: String,
    /// When this list was made.
    pub as_of: DateTime<Utc>,
    /// Every ticket that was ever issued, by number.
    pub tickets: Vec<DoorTicket>,
    /// Who got in offline with invalid tickets, latest first.
    pub disputed: Vec<Disputed>,
}

/// Someone who got in offline with an invalid ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Disputed {
    /// When.
    pub at: DateTime<Utc>,
    /// Where.
    pub gate: String,
    /// The result that the scan would have had online.
    pub answer: CheckIn,
}

/// `POST /host/events/{id}/check-ins`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Scan {
    /// Names the scan: sent again, it gets the same answer.
    pub nonce: Uuid,
    /// What was scanned or typed. Either this or `number`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The ticket that was picked from the list of guests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<TicketNumber>,
    /// Where; up to 40 characters.
    #[serde(default, deserialize_with = "text::read_line")]
    pub gate: String,
}

/// A scan that a scanner decided offline. It cannot be repeated later, so the server never refuses one and
/// reads what it can of each field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OfflineScan {
    /// What was scanned.
    pub scan: Scan,
    /// When, by the scanner's clock.
    pub at: DateTime<Utc>,
    /// Whether the scanner let them in.
    pub let_in: bool,
}

/// `POST /host/events/{id}/check-ins/sync`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SyncScans {
    /// In the order they were made, at most 100. Each has its own answer: a scan that cannot be
    /// read is answered `not_a_ticket`.
    #[cfg_attr(feature = "openapi", schema(schema_with = any_scans))]
    pub scans: Vec<OfflineScan>,
}

/// Scans are answered one by one, so nothing in the list makes the request invalid.
#[cfg(feature = "openapi")]
fn any_scans() -> utoipa::openapi::Schema {
    use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, Object, SchemaType};
    use utoipa::openapi::{Ref, Schema};
    let scan = AnyOfBuilder::new()
        .item(Ref::from_schema_name("OfflineScan"))
        .item(Object::with_type(SchemaType::AnyValue));
    let scans = ArrayBuilder::new().items(scan).max_items(Some(SYNC_MAX));
    Schema::Array(scans.build())
}

/// The answer to [`SyncScans`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Synced {
    /// The result of each scan, in the same order.
    pub answers: Vec<CheckIn>,
}

/// The result of a scan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckIn {
    /// The scan.
    pub nonce: Uuid,
    /// The answer.
    pub verdict: Verdict,
    /// The ticket's number, where there is one.
    pub number: Option<TicketNumber>,
    /// Its type's name.
    pub ticket_type: Option<String>,
    /// Who holds it.
    pub holder: Option<String>,
    /// With `valid` this admission, with `already_used` the one before.
    pub used: Option<Admission>,
    /// With `not_yet`: when the doors open.
    pub opens_at: Option<DateTime<Utc>>,
    /// With `valid`: what to take from them before they go in; null when nothing.
    pub due: Option<Money>,
}

/// From when on an event that begins then lets people in.
pub fn opens_at(starts_at: Time) -> Time {
    starts_at - TimeDelta::hours(DOOR_HOURS)
}

/// Until when an event that ends then lets people in.
pub fn closes_at(ends_at: Time) -> Time {
    ends_at + TimeDelta::hours(DOOR_HOURS)
}

/// What to say of a ticket that is shown at `now` by a code of this version, or picked from the
/// list when that is absent.
pub fn judge(event: &EventRef, ticket: &DoorTicket, version: Option<u16>, now: Time) -> Verdict {
    match version {
        Some(version) if version > ticket.version => return Verdict::NotATicket,
        Some(version) if version < ticket.version => return Verdict::Transferred,
        _ => {}
    }
    match ticket.state {
        TicketState::Refunded => Verdict::Refunded,
        TicketState::Revoked => Verdict::Revoked,
        _ if event.cancelled => Verdict::Refunded,
        _ if ticket.in_transfer => Verdict::Transferred,
        _ if now < opens_at(event.starts_at) => Verdict::NotYet,
        TicketState::CheckedIn => Verdict::AlreadyUsed,
        TicketState::Valid => Verdict::Valid,
    }
}

impl CheckIn {
    /// The answer to a scan of `ticket`.
    pub fn of(nonce: Uuid, verdict: Verdict, ticket: &DoorTicket, event: &EventRef) -> Self {
        Self {
            nonce,
            verdict,
            number: Some(ticket.number),
            ticket_type: Some(ticket.ticket_type.clone()),
            holder: ticket.holder.clone(),
            used: ticket
                .used
                .clone()
                .filter(|_| matches!(verdict, Verdict::Valid | Verdict::AlreadyUsed)),
            opens_at: (verdict == Verdict::NotYet).then(|| opens_at(event.starts_at)),
            due: ticket.due.filter(|_| verdict == Verdict::Valid),
        }
    }

    /// The answer to a scan of what is no ticket of the event.
    pub fn of_nothing(nonce: Uuid, verdict: Verdict) -> Self {
        Self {
            nonce,
            verdict,
            number: None,
            ticket_type: None,
            holder: None,
            used: None,
            opens_at: None,
            due: None,
        }
    }
}

/// A typed code as number and check: `12-K7QF2M` in any case, with any dash or none, with spaces,
/// in full-width characters. Whatever stands between letters and digits separates, because a
/// barcode scanner that is set to another keyboard types something else for the dash. Characters
/// that people misread for each other are told apart by what codes are made of.
pub fn read_typed(text: &str) -> Option<(TicketNumber, String)> {
    let text: Vec<char> = text
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .map(|c| to_ascii(c).to_ascii_uppercase())
        .collect();
    let is_separator = |c: &char| !c.is_ascii_alphanumeric();
    let first = text.iter().position(|c| c.is_ascii_alphanumeric())?;
    let last = text.iter().rposition(|c| c.is_ascii_alphanumeric())?;
    let text = &text[first..=last];
    let (number, check) = match text.iter().position(is_separator) {
        Some(place) => text.split_at(place),
        None => text.split_at(text.len().checked_sub(CHECK_CHARACTERS)?),
    };
    let number = String::from_iter(number).parse().ok()?;
    let check: String = check
        .iter()
        .filter(|c| !is_separator(c))
        .map(|c| match c {
            '0' => 'O',
            '1' => 'I',
            '8' => 'B',
            other => *other,
        })
        .collect();
    (number >= 1 && !check.is_empty()).then_some((number, check))
}

/// Digits of other scripts and full-width letters as the ASCII characters they stand for.
fn to_ascii(c: char) -> char {
    /// The zeros of Arabic, Persian, Devanagari, Bengali, Thai and full-width digits.
    const ZEROS: [u32; 6] = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10];
    let code = u32::from(c);
    let digit = ZEROS.iter().find_map(|zero| {
        let value = code.checked_sub(*zero).filter(|value| *value < 10)?;
        char::from_digit(value, 10)
    });
    let full_width = || match code {
        0xff21..=0xff3a | 0xff41..=0xff5a => char::from_u32(code - 0xfee0),
        _ => None,
    };
    digit.or_else(full_width).unwrap_or(c)
}

/// What was scanned without control characters, no longer than a code can be. Codes of ours stay as
/// they are.
pub fn scanned_text(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !c.is_control()).collect();
    visible.trim().chars().take(CODE_MAX).collect()
}

/// The name of a gate as it is kept: one line without control characters, no longer than it may be.
pub fn gate_name(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !c.is_control()).collect();
    let name: String = visible.trim().chars().take(GATE_MAX).collect();
    name.trim_end().to_owned()
}

impl Scan {
    /// Checks the request and returns the errors by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.require(
            self.code.is_some() != self.number.is_some(),
            "code",
            "Send a code or a number.",
        );
        if let Some(text) = &self.code {
            let length = text.chars().count();
            errors.require(
                (1..=CODE_MAX).contains(&length),
                "code",
                "Enter a valid code.",
            );
        }
        errors.require_line(&self.gate, 0, GATE_MAX, "gate");
        errors.into_result()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> EventRef {
        EventRef {
            id: Uuid::nil(),
            title: "Night".to_owned(),
            starts_at: at(100),
            ends_at: at(103),
            timezone: "Europe/Berlin".to_owned(),
            venue: String::new(),
            address: String::new(),
            city: String::new(),
            cover_url: None,
            cancelled: false,
            sequence: 0,
        }
    }

    fn at(hours: i64) -> Time {
        Time::default() + TimeDelta::hours(hours)
    }

    fn ticket(state: TicketState) -> DoorTicket {
        DoorTicket {
            number: 12,
            ticket_type: "Standing".to_owned(),
            holder: Some("Ada".to_owned()),
            state,
            version: 2,
            check: "K7QF2M".to_owned(),
            in_transfer: false,
            used: None,
            due: None,
        }
    }

    #[test]
    fn every_verdict_about_a_ticket() {
        let used = ticket(TicketState::CheckedIn);
        let good = ticket(TicketState::Valid);
        let verdict = |ticket: &DoorTicket, version| judge(&event(), ticket, version, at(99));
        assert_eq!(verdict(&good, Some(2)), Verdict::Valid);
        assert_eq!(verdict(&good, None), Verdict::Valid);
        assert_eq!(verdict(&used, Some(2)), Verdict::AlreadyUsed);
        assert_eq!(
            verdict(&ticket(TicketState::Refunded), Some(2)),
            Verdict::Refunded
        );
        assert_eq!(
            verdict(&ticket(TicketState::Revoked), Some(2)),
            Verdict::Revoked
        );
        assert_eq!(verdict(&good, Some(3)), Verdict::NotATicket);
        let early = judge(&event(), &good, Some(2), at(80));
        assert_eq!(early, Verdict::NotYet);
        let waiting = DoorTicket {
            in_transfer: true,
            ..good.clone()
        };
        assert_eq!(verdict(&waiting, Some(2)), Verdict::Transferred);
        let off = EventRef {
            cancelled: true,
            ..event()
        };
        assert_eq!(judge(&off, &good, Some(2), at(99)), Verdict::Refunded);
    }

    #[test]
    fn validity_comes_before_use() {
        let used = ticket(TicketState::CheckedIn);
        let old = judge(&event(), &used, Some(1), at(99));
        assert_eq!(old, Verdict::Transferred);
        let early = judge(&event(), &used, Some(2), at(80));
        assert_eq!(early, Verdict::NotYet);
    }

    #[test]
    fn a_code_is_typed_by_people() {
        let read = |text| read_typed(text).map(|(number, check)| format!("{number} {check}"));
        assert_eq!(read("12-k7qf2m").as_deref(), Some("12 K7QF2M"));
        assert_eq!(read(" 12 k7qf2m ").as_deref(), Some("12 K7QF2M"));
        assert_eq!(read("12-01B8").as_deref(), Some("12 OIBB"));
        for nothing in ["", "12", "-K7QF2M", "0-K7QF2M", "12-", "x-y"] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_typed_code_is_read_however_it_is_spaced_and_dashed() {
        for typed in [
            "12 - K7QF2M",
            "12 -k7qf2m",
            "12- K7QF2M",
            "12K7QF2M",
            "12k7qf2m",
            "12 K7Q F2M",
            "1 2 - K 7 Q F 2 M",
            "0012-K7QF2M",
            "12-K7Q-F2M",
            "12--K7QF2M",
            "12\u{2010}K7QF2M",
            "12\u{2011}K7QF2M",
            "12\u{2013}K7QF2M",
            "12 \u{2014} K7QF2M",
            "12\u{2212}K7QF2M",
            "12\u{fe63}K7QF2M",
            "12\u{ff0d}K7QF2M",
            "12\u{30fc}K7QF2M",
            "12\u{ad}K7QF2M",
            "12\u{a0}K7QF2M\u{200b}",
            // What a scanner that is set to another keyboard types for a dash.
            "12ßK7QF2M",
            "12)K7QF2M",
            "12'K7QF2M",
            "12/K7QF2M",
            "12_K7QF2M",
            "１２－Ｋ７ＱＦ２Ｍ",
            "１２ｋ７ｑｆ２ｍ",
            "١٢-K٧QF٢M",
            "12-K7QF2M\r\n",
            "12-K7QF2M\0",
            "\u{feff}12-K7QF2M.",
            "#12-K7QF2M",
            "12K7QF2M\u{200b}",
        ] {
            let read = read_typed(typed);
            assert_eq!(read, Some((12, "K7QF2M".to_owned())), "{typed:?}");
        }
        // Without a dash, the last six characters are the check, which may be digits.
        let digits = read_typed("12234567");
        assert_eq!(digits, Some((12, "234567".to_owned())));
        for nothing in [
            "K7QF2M",
            "-",
            "٠K7QF2M",
            "99999999999-K7QF2M",
            "--",
            "ééé",
            "é-é",
        ] {
            assert_eq!(read_typed(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn what_was_scanned_and_named_fits_its_field() {
        assert_eq!(scanned_text(&"x".repeat(301)).len(), CODE_MAX);
        assert_eq!(scanned_text(" 12-K7QF2M\n"), "12-K7QF2M");
        assert_eq!(scanned_text("12-K7\0QF2M\u{7}"), "12-K7QF2M");
        assert_eq!(gate_name(" Gate\0 A\n"), "Gate A");
        assert_eq!(gate_name(&"ä".repeat(41)), "ä".repeat(40));
        assert_eq!(gate_name(&format!("{} b", "a".repeat(39))), "a".repeat(39));
        let gate = gate_name(&"\u{7}g ".repeat(100));
        let scan = Scan {
            nonce: Uuid::nil(),
            code: Some(scanned_text(&"🎟".repeat(500))),
            number: None,
            gate,
        };
        assert_eq!(scan.validate(), Ok(()));
    }
}
