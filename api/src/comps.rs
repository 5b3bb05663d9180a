//! Comps: tickets that an organizer gives away.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::email::{self, EmailError};
use crate::host::Task;
use crate::text;
use crate::validate::{FieldErrors, NAME_MAX};

/// The most guests one request can name.
pub const GUESTS_MAX: usize = 10_000;
/// The largest list, in bytes.
pub const GUESTS_MAX_BYTES: usize = 4 * 1024 * 1024;

/// A guest to give a ticket to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Invited {
    /// Their name, 1–100 characters.
    #[serde(deserialize_with = "text::read_line")]
    pub name: String,
    /// Their address. Where it has a verified account the ticket is there at once; elsewhere it
    /// waits to be claimed.
    pub email: String,
}

impl Invited {
    /// Returns what is wrong with it, as a sentence.
    pub fn complaint(&self) -> Option<&'static str> {
        let name = text::line(&self.name);
        // What stands where another program lost a letter is nobody's name.
        let unreadable = |c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER;
        if !text::is_visible(&name) {
            Some("The name is missing.")
        } else if name.chars().count() > NAME_MAX || name.contains(unreadable) {
            Some("The name is longer than 100 characters or has unsupported characters.")
        } else if !text::is_visible(&self.email) {
            Some("The email is missing.")
        } else {
            email::check(&self.email).err().map(EmailError::sentence)
        }
    }
}

/// `POST /host/events/{id}/comps`, with the header `Idempotency-Key`: a ticket for each guest, or
/// none for anyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GiveComps {
    /// The ticket type.
    pub ticket_type_id: Uuid,
    /// The guests; one who is listed twice gets two.
    pub guests: Vec<Invited>,
}

impl GiveComps {
    /// Checks the request and returns the errors by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.require(!self.guests.is_empty(), "guests", "Add at least one guest.");
        errors.require(
            self.guests.len() <= GUESTS_MAX,
            "guests",
            "You can give up to 10,000 tickets at once.",
        );
        for (index, guest) in self.guests.iter().enumerate().take(GUESTS_MAX) {
            if let Some(complaint) = guest.complaint() {
                errors.require(false, format!("guests.{index}"), complaint);
            }
        }
        errors.into_result()
    }
}

/// `POST /host/events/{id}/comps/preview`: a list of guests as a table, name and address in each
/// line, separated by commas, semicolons or tabs. Nothing is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GuestList {
    /// The content of the file.
    pub csv: String,
}

/// The content of a guest list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GuestListPreview {
    /// The guests who can get a ticket.
    pub guests: Vec<Invited>,
    /// The rows that were skipped.
    pub problems: Vec<LineProblem>,
}

/// A row that was skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LineProblem {
    /// The row's line in the file, from 1.
    pub line: u64,
    /// The content.
    pub text: String,
    /// The reason.
    pub problem: String,
}

/// A batch of free tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompBatch {
    /// The id.
    pub id: Uuid,
    /// The progress.
    pub progress: Task,
}
