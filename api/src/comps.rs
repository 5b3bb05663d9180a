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
/// The most skipped rows that are listed.
pub const PROBLEMS_MAX: usize = 10_000;

/// A guest to give a ticket to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Invited {
    /// Their name, 1–100 characters.
    #[serde(deserialize_with = "text::read_line")]
    pub name: String,
    /// Their address. With a verified account, the ticket is theirs at once; otherwise they claim it by
    /// a link.
    pub email: String,
}

impl Invited {
    /// Returns what is wrong with it, as a sentence.
    pub fn complaint(&self) -> Option<&'static str> {
        let name = text::line(&self.name);
        // U+FFFD marks a letter that another program lost.
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
    /// The guests.
    pub guests: Vec<Invited>,
    /// Whether guests who have a ticket for the event, or one on its way to them, get another, and
    /// one who is listed twice gets two. Otherwise they are left out.
    #[serde(default)]
    pub again: bool,
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

/// The answer to `POST /host/events/{id}/comps/preview`: the content of a guest list.
/// Nothing is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GuestListPreview {
    /// The guests who can get a ticket.
    pub guests: Vec<ListedGuest>,
    /// The rows that were skipped.
    pub problems: Vec<RowProblem>,
    /// How many more rows were skipped.
    pub more_problems: u32,
    /// The label of the encoding that the file was read in, `windows-1252`; null for a workbook.
    pub encoding: Option<String>,
    /// The columns of the table; none when the list is not a table.
    pub columns: Vec<ListColumn>,
    /// The columns that the name was read from, in this order, from 0.
    pub names: Vec<usize>,
    /// The column that the email was read from, from 0.
    pub email: Option<usize>,
}

/// A guest in a list who can get a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListedGuest {
    /// The row's line in the file, from 1.
    pub line: u64,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whether they have a ticket for the event, or one waiting to be accepted. If so, they are left out
    /// unless [`GiveComps::again`] is set.
    pub has_ticket: bool,
}

/// A column of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListColumn {
    /// Its title; empty when the list has none.
    pub title: String,
    /// Its first value.
    pub example: String,
}

/// A row that was skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RowProblem {
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
    /// How many guests were left out because they have a ticket.
    pub left_out: i32,
}
