//! Transfers: tickets on their way from one holder to the next.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::events::EventRef;
use crate::tickets::TicketName;
use crate::validate::FieldErrors;
use crate::{Money, TicketNumber};

/// The most tickets that can be sent at once.
pub const TICKETS_MAX: usize = 100;

/// `POST /tickets/{event_id}/{number}/transfers`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SendTicket {
    /// The recipient's address; no account is needed.
    pub email: String,
}

/// `POST /transfers`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SendTickets {
    /// The recipient's address; no account is needed.
    pub email: String,
    /// The tickets: all are sent or none.
    pub tickets: Vec<TicketName>,
}

impl SendTickets {
    /// Checks the request and returns the errors by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.require_email(&self.email, "email");
        let count = self.tickets.len();
        errors.require(count > 0, "tickets", "Choose at least one ticket.");
        errors.require(
            count <= TICKETS_MAX,
            "tickets",
            "Send up to 100 tickets at once.",
        );
        errors.into_result()
    }
}

/// Where a transfer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TransferState {
    /// Waiting for the recipient. The sender keeps the ticket, but it does not work at the door.
    Pending,
    /// The recipient holds the ticket, with a new code.
    Accepted,
    /// The recipient did not want it; it is the sender's again.
    Declined,
    /// The sender took it back.
    Recalled,
    /// Nothing came of it: the ticket was refunded, revoked or used, or the event is over.
    Void,
}

/// A ticket on its way, as its sender or its recipient sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Transfer {
    /// The transfer.
    pub id: Uuid,
    /// The same for tickets that were sent together.
    pub offer_id: Uuid,
    /// What the ticket lets its holder into.
    pub event: EventRef,
    /// Its number within the event.
    pub number: TicketNumber,
    /// The type's name.
    pub ticket_type: String,
    /// The amount to pay at the door; null when there is none, or when the ticket is used or can no
    /// longer be used.
    pub due: Option<Money>,
    /// The sender's name.
    pub from: String,
    /// The recipient's address.
    pub to: String,
    /// Whether the user sent it; otherwise they received it.
    pub sent: bool,
    /// The state.
    pub state: TransferState,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
    /// When it was accepted, declined, recalled or became void.
    pub decided_at: Option<DateTime<Utc>>,
}

/// Tickets that were sent together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Offer {
    /// The id.
    pub id: Uuid,
    /// The sender's name.
    pub from: String,
    /// The recipient's address.
    pub to: String,
    /// One for each ticket.
    pub transfers: Vec<Transfer>,
}
