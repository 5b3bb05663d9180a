//! Demo data.

use sqlx::PgPool;

use crate::error::Result;
use crate::users::password::Passwords;

/// Loads demo accounts and events when there is no event yet; whether it did.
pub async fn load_once(_db: &PgPool, _passwords: &Passwords) -> Result<bool> {
    Ok(false)
}
