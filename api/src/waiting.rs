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
    /// For tickets of which type.
    pub ticket_type_id: Uuid,
    /// How many are wanted, all of them or none.
    pub quantity: i32,
}

impl JoinWaitingList {
    /// What is wrong with it, by field.
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

/// One's place on a waiting list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaitingPlace {
    /// Names it.
    pub id: Uuid,
    /// What for.
    pub event: EventRef,
    /// For tickets of which type.
    pub ticket_type_id: Uuid,
    /// The type's name.
    pub ticket_type: String,
    /// How many are wanted.
    pub quantity: i32,
    /// How many parties are before this one.
    pub ahead: i32,
    /// Tickets that came back and are held for this party.
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
