//! Who may do what with an event.

pub use api::staff::Role;
use api::{EventId, UserId};
use sqlx::PgConnection;

use super::db;
use crate::error::{Error, Result};

/// What `user` is to the event; refuses unless they are at least `least` to the event. To those who are nothing to it,
/// there is no such event.
pub async fn require(
    connection: &mut PgConnection,
    event: EventId,
    user: UserId,
    least: Role,
) -> Result<Role> {
    match db::role(connection, event, user).await? {
        None => Err(Error::NotFound),
        Some(role) if role < least => Err(Error::Forbidden),
        Some(role) => Ok(role),
    }
}
