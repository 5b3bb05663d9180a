//! Guests: an event's tickets and who has them, as its organizer sees them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::text;
use crate::tickets::TicketState;
use crate::validate::FieldErrors;
use crate::{Money, TicketNumber};

/// The longest reason for taking a ticket back, in characters.
pub const REASON_MAX: usize = 300;

/// A ticket and who has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Guest {
    /// The ticket's number within the event.
    pub number: TicketNumber,
    /// The type's name.
    pub ticket_type: String,
    /// Where the ticket stands.
    pub state: TicketState,
    /// Who holds it, or held it last; while it waits to be accepted, to whom it was sent.
    pub name: String,
    /// Their address; null once their account is deleted.
    pub email: Option<String>,
    /// Whether it waits to be accepted.
    pub waiting: bool,
    /// Whether the organizer gave it, so that there is nothing to refund.
    pub comp: bool,
    /// Who bought or gave it, when that is somebody else.
    pub from: Option<String>,
    /// What it was sold for.
    pub price: Money,
    /// What whoever comes with it pays at the door; null when nothing, or once it is used or dead.
    pub due: Option<Money>,
    /// When it was used at the door.
    pub checked_in_at: Option<DateTime<Utc>>,
    /// What that is undone by, at the event's `check-ins`.
    pub check_in: Option<Uuid>,
    /// Why it was taken back, when it was.
    pub revoked_because: Option<String>,
}

/// `POST /host/events/{id}/tickets/{number}/refund`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefundGuest {
    /// What the buyer is told beside it, up to 1,000 characters; may be empty.
    #[serde(default, deserialize_with = "text::read_lines")]
    pub message: String,
}

impl RefundGuest {
    /// What is wrong with it, by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.require_message(&self.message);
        errors.into_result()
    }
}

/// `POST /host/events/{id}/tickets/{number}/revoke`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// Why; its holder reads this.
    #[serde(deserialize_with = "text::read_lines")]
    pub reason: String,
}

impl Revoke {
    /// What is wrong with it, by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.require_text(&self.reason, 1, REASON_MAX, "reason");
        errors.into_result()
    }
}
