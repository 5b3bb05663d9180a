//! Who helps with an event.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::validate::FieldErrors;

/// The most people who help with one event.
pub const STAFF_MAX: usize = 100;

/// What someone is to an event; each may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees it, and lets people in.
    Door,
    /// Edits, publishes and pauses it, and knows its guests.
    Manager,
    /// Whose event it is: calls it off, and chooses who helps.
    Organizer,
}

/// `POST /host/events/{id}/staff`: whoever owns the address may help, from when they have proved
/// to own it. For an address that is on the list, the role is changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddStaff {
    /// Their address.
    pub email: String,
    /// `door` or `manager`.
    pub role: Role,
}

/// Someone who helps. It is not said whether there is an account with the address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffMember {
    /// This entry.
    pub id: Uuid,
    /// Their address.
    pub email: String,
    /// What they may do.
    pub role: Role,
}

/// `GET /host/events/{id}/staff`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Staff {
    /// All of them, by address.
    pub items: Vec<StaffMember>,
}

impl AddStaff {
    /// What is wrong with it, by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.require_email(&self.email, "email");
        errors.require(
            self.role != Role::Organizer,
            "role",
            "Choose door or manager.",
        );
        errors.into_result()
    }
}
