//! Accounts and sessions.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::text;
use crate::validate::{FieldErrors, NAME_MAX};

/// The shortest password, in characters (NIST SP 800-63B: length, no composition rules).
pub const PASSWORD_MIN: usize = 8;
/// The longest password, in characters; hashing costs memory, not length, so this only bounds bodies.
pub const PASSWORD_MAX: usize = 256;

/// Who asks for a session, which decides where the refresh token goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Client {
    /// A browser: the refresh token is an HttpOnly cookie.
    #[default]
    Web,
    /// The app on desktop or phone: the refresh token is in the body.
    Native,
}

/// `POST /auth/register`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// 1–100 characters.
    #[serde(deserialize_with = "text::read_line")]
    pub name: String,
    /// Kept in lower case, its domain in ASCII.
    pub email: String,
    /// 8–256 characters.
    pub password: String,
    /// Where the refresh token goes.
    #[serde(default)]
    pub client: Client,
    /// The language of letters, and how dates, numbers and money are written in them: `de-AT`. What
    /// we do not speak is English; when absent, `Accept-Language` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

impl Register {
    /// Checks the request and returns the errors by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.require_line(&self.name, 1, NAME_MAX, "name");
        errors.require_email(&self.email, "email");
        require_password(&mut errors, &self.password, "password");
        errors.into_result()
    }
}

/// `POST /auth/login`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The account's address.
    pub email: String,
    /// Its password.
    pub password: String,
    /// Where the refresh token goes.
    #[serde(default)]
    pub client: Client,
}

impl Login {
    /// Checks the request and returns the errors by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.require_email(&self.email, "email");
        errors.require(
            !self.password.is_empty(),
            "password",
            "Enter your password.",
        );
        errors.require(
            self.password.chars().count() <= PASSWORD_MAX,
            "password",
            "Password is too long.",
        );
        errors.into_result()
    }
}

/// `POST /auth/refresh` and `/auth/logout`: native clients send the token, browsers their cookie.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The refresh token of a native client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
}

/// `POST /auth/reset-request`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestReset {
    /// The account's address.
    pub email: String,
}

impl RequestReset {
    /// Checks the request and returns the errors by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.require_email(&self.email, "email");
        errors.into_result()
    }
}

/// `POST /auth/reset`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// From the link in the letter.
    pub token: String,
    /// The new password, 8–256 characters.
    pub password: String,
    /// Where the refresh token goes.
    #[serde(default)]
    pub client: Client,
}

impl Reset {
    /// Checks the request and returns the errors by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        require_password(&mut errors, &self.password, "password");
        errors.into_result()
    }
}

/// `POST /me/verify-email`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VerifyEmail {
    /// From the link in the letter.
    pub token: String,
}

/// A session as sign-in and refresh answer it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Who is signed in.
    pub user: User,
    /// Send as `Authorization: Bearer …`.
    pub access_token: String,
    /// Seconds until the access token expires.
    pub expires_in: u32,
    /// For native clients only. Good once; the answer to a refresh brings the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
}

/// An account as its owner sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// The account.
    pub id: Uuid,
    /// As it stands on tickets.
    pub name: String,
    /// In lower case, its domain in ASCII.
    pub email: String,
    /// Whether the address has been proved to be theirs.
    pub email_verified: bool,
    /// The language of letters, and how dates, numbers and money are written in them: `de-AT`.
    #[serde(default)]
    pub locale: String,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
}

/// `PATCH /me`: what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateMe {
    /// The new name.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "text::read_line"
    )]
    pub name: Option<String>,
    /// The language of letters, and how dates, numbers and money are written in them: `de-AT`. What
    /// we do not speak is English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The new password; needs `current_password`, and signs out every other session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The password of now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_password: Option<String>,
}

impl UpdateMe {
    /// Checks the request and returns the errors by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        if let Some(name) = &self.name {
            errors.require_line(name, 1, NAME_MAX, "name");
        }
        if let Some(password) = &self.password {
            require_password(&mut errors, password, "password");
            errors.require(
                self.current_password.is_some(),
                "current_password",
                "Enter your current password.",
            );
        }
        errors.into_result()
    }
}

/// `DELETE /me`: asks for the password once more.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeleteMe {
    /// The password of now.
    pub password: String,
    /// Whether tickets for events to come are given up, of whoever still holds some.
    #[serde(default)]
    pub give_up_tickets: bool,
}

fn require_password(errors: &mut FieldErrors, password: &str, field: &str) {
    let length = password.chars().count();
    errors.require(length >= PASSWORD_MIN, field, "Use at least 8 characters.");
    errors.require(
        length <= PASSWORD_MAX,
        field,
        "Use 256 characters or fewer.",
    );
}
