//! Accounts and sessions.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::text;
use crate::validate::{FieldErrors, NAME_MAX};

/// The shortest password, in characters (NIST SP 800-63B: length, no composition rules).
pub const PASSWORD_MIN: usize = 8;
/// What is said of a password that is made of one's name or address.
pub const PASSWORD_OWN: &str = "Choose a password without your name or email address.";
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
    /// The locale of emails, such as `de-AT`. Unsupported languages get English; when absent,
    /// `Accept-Language` decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The `device_token` of an earlier sign-in on this device. Native clients only; browsers use a cookie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_token: Option<String>,
}

impl Register {
    /// Checks the request and returns the errors by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.require_line(&self.name, 1, NAME_MAX, "name");
        errors.require_email(&self.email, "email");
        require_password(&mut errors, &self.password, "password");
        errors.require(
            !is_own(&self.password, &self.name, &self.email),
            "password",
            PASSWORD_OWN,
        );
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
    /// The `device_token` of an earlier sign-in on this device. Native clients only; browsers use a cookie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_token: Option<String>,
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
    /// The `device_token` of an earlier sign-in on this device. Native clients only; browsers use a cookie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_token: Option<String>,
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
    /// The token from the link in the email.
    pub token: String,
    /// The new password, 8–256 characters.
    pub password: String,
    /// Where the refresh token goes.
    #[serde(default)]
    pub client: Client,
    /// The `device_token` of an earlier sign-in on this device. Native clients only; browsers use a cookie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_token: Option<String>,
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
    /// The token from the link in the email.
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
    /// For native clients only. Works once; each refresh returns the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// For native clients only. Keep it on the device, even after signing out, and send it when signing
    /// in or refreshing: then strangers who try passwords cannot lock the owner out, and a stolen refresh
    /// token is of little use alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_token: Option<String>,
}

/// An account as its owner sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// The account.
    pub id: Uuid,
    /// The name shown on tickets.
    pub name: String,
    /// In lower case, its domain in ASCII.
    pub email: String,
    /// Whether the user has confirmed the address.
    pub email_verified: bool,
    /// The locale of emails, such as `de-AT`.
    #[serde(default)]
    pub locale: String,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
}

/// `PATCH /me`: absent fields are unchanged.
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
    /// The locale of emails, such as `de-AT`. Unsupported languages get English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The new password; needs `current_password`, and signs out every other session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The current password.
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

/// `DELETE /me`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeleteMe {
    /// The current password.
    pub password: String,
    /// Give up tickets for upcoming events. Required if the user still holds some.
    #[serde(default)]
    pub give_up_tickets: bool,
}

/// Whether a password is little more than the name or the email address of whose account it is for.
pub fn is_own(password: &str, name: &str, email: &str) -> bool {
    /// More than a few characters beside them are worth something.
    const FEW: usize = 4;
    let plain = |text: &str| -> String {
        text.to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric())
            .collect()
    };
    let (local, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    let company = domain.split('.').next().unwrap_or_default();
    let words = name
        .split_whitespace()
        .chain(local.split(['.', '-', '_', '+']));
    let mut own: Vec<String> = words.map(plain).collect();
    own.extend([email, local, company, name].map(plain));
    own.retain(|word| word.chars().count() >= 3);
    own.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    let mut rest = plain(password);
    for word in own {
        rest = rest.replace(&word, "");
    }
    rest.chars().count() <= FEW && rest != plain(password)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_no_passwords() {
        let own = |password: &str| is_own(password, "Ada Lovelace", "ada.lovelace@engines.example");
        for password in [
            "Ada Lovelace",
            "adalovelace",
            "lovelaceada",
            "Lovelace1815",
            "ada.lovelace@engines.example",
            "ADA-LOVELACE!!",
            "engines1",
        ] {
            assert!(own(password), "{password}");
        }
        for password in [
            "correct horse",
            "lovelaceforeverandever",
            "12345678",
            "analytical",
        ] {
            assert!(!own(password), "{password}");
        }
        assert!(!is_own("correct horse", "Al", "al@x.de"));
        assert!(!is_own("", "", ""));
    }
}
