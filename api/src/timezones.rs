//! Time zones, as people look for them.

use serde::{Deserialize, Serialize};

/// A time zone that an event can be in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimeZone {
    /// Its IANA name of today, such as `Asia/Kolkata`.
    pub id: String,
    /// The city that it is called after, in the language that was asked for.
    pub city: String,
    /// Other and former names of it, such as `Asia/Calcutta`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}
