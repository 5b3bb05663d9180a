//! Tickets as their holders see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::events::EventRef;
use crate::{Money, TicketNumber};

/// The state of a ticket. Tickets are never deleted, and numbers never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TicketState {
    /// Valid at the door.
    Valid,
    /// Used at the door.
    CheckedIn,
    /// Refunded.
    Refunded,
    /// Revoked by the organizer.
    Revoked,
}

impl TicketState {
    /// Whether it counts as going: `valid` or `checked_in`.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Valid | Self::CheckedIn)
    }
}

/// Which tickets to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TicketsWhen {
    /// For upcoming events, next one first.
    #[default]
    Upcoming,
    /// For past events, latest first.
    Past,
}

/// A ticket's identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TicketName {
    /// The event.
    pub event_id: Uuid,
    /// The number within the event.
    pub number: TicketNumber,
}

/// A ticket, identified by event and number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// The event.
    pub event: EventRef,
    /// Its number within the event.
    pub number: TicketNumber,
    /// The type's name.
    pub ticket_type: String,
    /// Who holds it.
    pub holder: String,
    /// The state.
    pub state: TicketState,
    /// When it was used at the door.
    pub checked_in_at: Option<DateTime<Utc>>,
    /// The pending transfer; the ticket cannot be used meanwhile.
    pub transfer: Option<PendingTransfer>,
    /// The signed content of the QR code; null unless the ticket is valid and held.
    pub code: Option<String>,
    /// The code for typing in: the number and six characters, `12-K7QF2M`; null unless the ticket is valid and
    /// held.
    pub short_code: Option<String>,
    /// The amount due at the door; null when nothing is due, or once the ticket is used or void.
    pub due: Option<Money>,
    /// The order, when the holder bought it.
    pub order_id: Option<Uuid>,
    /// The buyer's name, while they are asking for the ticket back.
    pub asked_back_by: Option<String>,
    /// The reason why the organizer revoked it.
    pub revoked_because: Option<String>,
}

/// A transfer that is waiting for an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PendingTransfer {
    /// The transfer's id.
    pub id: Uuid,
    /// The recipient's address.
    pub to: String,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
}
