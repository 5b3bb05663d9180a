//! Who helps with an event.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::validate::FieldErrors;

/// The most people in an event's team.
pub const STAFF_MAX: usize = 100;

/// A role in an event's team. Each includes the permissions of those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Can see the event and check tickets in.
    Door,
    /// Can also edit, publish and pause it, and see its guests.
    Manager,
    /// Owns the event: can also cancel it and manage its team.
    Organizer,
}

/// `POST /host/events/{id}/staff`: adds the owner of an address to the team, once they have confirmed it.
/// If the address is already in the team, its role changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddStaff {
    /// Their address.
    pub email: String,
    /// `door` or `manager`.
    pub role: Role,
}

/// Someone in an event's team. Does not tell whether the email has an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffMember {
    /// The entry's id.
    pub id: Uuid,
    /// Their address.
    pub email: String,
    /// Their role.
    pub role: Role,
}

/// `GET /host/events/{id}/staff`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Staff {
    /// All of them, by email.
    pub items: Vec<StaffMember>,
}

impl AddStaff {
    /// Checks the request and returns the errors by field.
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
