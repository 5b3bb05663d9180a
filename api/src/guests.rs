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

/// A ticket and its holder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Guest {
    /// The ticket's number within the event.
    pub number: TicketNumber,
    /// The type's name.
    pub ticket_type: String,
    /// The ticket's state.
    pub state: TicketState,
    /// The holder, or the last one; for a pending transfer, the recipient.
    pub name: String,
    /// Their email; null once their account is deleted, and for door staff.
    pub email: Option<String>,
    /// Whether it is waiting to be accepted.
    pub waiting: bool,
    /// Whether it is a comp, so that there is nothing to refund.
    pub comp: bool,
    /// Who bought or gave it, if someone else.
    pub from: Option<String>,
    /// The price it was sold for.
    pub price: Money,
    /// The amount due at the door; null when nothing is due, or once the ticket is used or void.
    pub due: Option<Money>,
    /// When it was used at the door.
    pub checked_in_at: Option<DateTime<Utc>>,
    /// The check-in's id, to undo it.
    pub check_in: Option<Uuid>,
    /// The reason why it was revoked.
    pub revoked_because: Option<String>,
}

/// `POST /host/events/{id}/tickets/{number}/refund`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefundGuest {
    /// A message for the email to the buyer, up to 1,000 characters; may be empty.
    #[serde(default, deserialize_with = "text::read_lines")]
    pub message: String,
}

impl RefundGuest {
    /// Checks the request and returns the errors by field.
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
    /// The reason, shown to the holder.
    #[serde(deserialize_with = "text::read_lines")]
    pub reason: String,
}

impl Revoke {
    /// Checks the request and returns the errors by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.require_text(&self.reason, 1, REASON_MAX, "reason");
        errors.into_result()
    }
}
