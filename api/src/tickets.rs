//! Tickets as their holders see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::events::EventRef;
use crate::{Money, TicketNumber};

/// Where a ticket stands. It is never deleted and its number never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TicketState {
    /// Good at the door.
    Valid,
    /// Used at the door.
    CheckedIn,
    /// Its money went back.
    Refunded,
    /// Taken back by the organizer.
    Revoked,
}

impl TicketState {
    /// Whether it counts as going: `valid` or `checked_in`.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Valid | Self::CheckedIn)
    }
}

/// Which tickets a list has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TicketsWhen {
    /// For events that are not over, next one first.
    #[default]
    Upcoming,
    /// For events that are over, latest first.
    Past,
}

/// What names a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TicketName {
    /// The event.
    pub event_id: Uuid,
    /// The number within the event.
    pub number: TicketNumber,
}

/// A ticket. Event and number name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// What it lets its holder into.
    pub event: EventRef,
    /// Its number within the event.
    pub number: TicketNumber,
    /// The type's name.
    pub ticket_type: String,
    /// Who holds it.
    pub holder: String,
    /// Where it stands.
    pub state: TicketState,
    /// When it was used at the door.
    pub checked_in_at: Option<DateTime<Utc>>,
    /// Where it is on its way to; nobody gets in with it meanwhile.
    pub transfer: Option<PendingTransfer>,
    /// What the QR code says: signed, good offline; null unless the ticket is valid and held.
    pub code: Option<String>,
    /// The code for typing in: the number and six characters, `12-K7QF2M`; null unless the ticket is valid and
    /// held.
    pub short_code: Option<String>,
    /// What whoever comes with it pays at the door; null when nothing, or once it is used or dead.
    pub due: Option<Money>,
    /// The order it came from, when the holder bought it.
    pub order_id: Option<Uuid>,
    /// The buyer's name, while they ask the holder to give it back.
    pub asked_back_by: Option<String>,
    /// Why the organizer took it back, when they did.
    pub revoked_because: Option<String>,
}

/// A ticket waits for an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PendingTransfer {
    /// The transfer, which can be recalled.
    pub id: Uuid,
    /// The recipient's address.
    pub to: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
}
