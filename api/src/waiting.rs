//! The waiting list of ticket types that are sold out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Money;
use crate::events::EventRef;
use crate::orders::QUANTITY_MAX;
use crate::validate::FieldErrors;

/// `POST /events/{id}/waiting-list`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct JoinWaitingList {
    /// The ticket type.
    pub ticket_type_id: Uuid,
    /// The number of tickets wanted: all of them or none.
    pub quantity: i32,
}

impl JoinWaitingList {
    /// Checks the request and returns the errors by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.require(
            (1..=QUANTITY_MAX).contains(&self.quantity),
            "quantity",
            "Choose 1 to 100 tickets.",
        );
        errors.into_result()
    }
}

/// A place on a waiting list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaitingPlace {
    /// The id.
    pub id: Uuid,
    /// The event.
    pub event: EventRef,
    /// The ticket type.
    pub ticket_type_id: Uuid,
    /// The type's name.
    pub ticket_type: String,
    /// The number of tickets wanted.
    pub quantity: i32,
    /// The number of groups ahead of this one.
    pub ahead: i32,
    /// Returned tickets that are held for this group.
    pub offer: Option<Offer>,
}

/// Tickets that are held for a party.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Offer {
    /// What they cost.
    pub total: Money,
    /// When they are offered to the next.
    pub expires_at: DateTime<Utc>,
}
