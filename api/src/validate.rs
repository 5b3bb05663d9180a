//! Checks that both ends run, with sentences a person can act on.

use std::collections::BTreeMap;

/// The longest name of a person, in characters.
pub const NAME_MAX: usize = 100;
/// The longest email address we accept, in characters (RFC 5321).
pub const EMAIL_MAX: usize = 254;
/// The longest message of an organizer to their guests, in characters.
pub const MESSAGE_MAX: usize = 1000;

/// What is wrong, by field. Nested fields are written `ticket_types.0.price`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(pub BTreeMap<String, String>);

impl FieldErrors {
    /// Adds `sentence` under `field` unless `ok`.
    pub fn require(&mut self, ok: bool, field: impl Into<String>, sentence: &str) {
        if !ok {
            self.0
                .entry(field.into())
                .or_insert_with(|| sentence.to_owned());
        }
    }

    /// Requires `text`, trimmed, to have between `min` and `max` characters on one line.
    pub fn require_line(&mut self, text: &str, min: usize, max: usize, field: impl Into<String>) {
        let field = field.into();
        let one_line = !text.trim().contains(['\n', '\r']);
        self.require_text(text, min, max, field.as_str());
        self.require(one_line, field, "Enter this on one line.");
    }

    /// Requires `text`, trimmed, to have between `min` and `max` characters, of which only line
    /// breaks may be control characters.
    pub fn require_text(&mut self, text: &str, min: usize, max: usize, field: impl Into<String>) {
        let length = text.trim().chars().count();
        let field = field.into();
        self.require(length >= min, field.as_str(), missing(&field));
        self.require(
            length <= max,
            field.as_str(),
            &format!("Shorten this to {max} characters."),
        );
        self.require(
            !text
                .chars()
                .any(|c| c.is_control() && c != '\n' && c != '\r'),
            field,
            "Remove unsupported characters.",
        );
    }

    /// Requires `message`, which an organizer may write to their guests, to be short enough.
    pub fn require_message(&mut self, message: &str) {
        self.require_text(message, 0, MESSAGE_MAX, "message");
    }

    /// `Ok` when nothing was added.
    pub fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

/// What to enter in a field that was left empty.
fn missing(field: &str) -> &'static str {
    match field.rsplit('.').next() {
        Some("name") => "Enter a name.",
        Some("title") => "Enter a title.",
        Some("venue") => "Enter a venue.",
        Some("reason") => "Enter a reason.",
        _ => "Fill in this field.",
    }
}

/// The address as we store and compare it: trimmed and lower-cased.
pub fn normalize_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Whether `email` has the shape of an address: something before one `@`, a dotted domain after
/// it, no spaces. Whether it is reached is proved by mail, not by a pattern.
pub fn is_email(email: &str) -> bool {
    let email = normalize_email(email);
    let Some((local, domain)) = email.rsplit_once('@') else {
        return false;
    };
    email.chars().count() <= EMAIL_MAX
        && !local.is_empty()
        && local.len() <= 64
        && !local.contains('@')
        && domain.contains('.')
        && domain
            .split('.')
            .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn email_shapes() {
        for good in [
            "ada@example.com",
            "a.b+c@mail.example.co.uk",
            " x@ä.example ",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "ada",
            "ada@",
            "@example.com",
            "a@b",
            "a b@example.com",
            "a@@b.c",
            "a@.com",
            // Lower-casing makes it longer.
            &format!("a@{}example", "İ.".repeat(100)),
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn the_first_complaint_of_a_field_stands() {
        let mut errors = FieldErrors::default();
        errors.require_text("", 1, 5, "name");
        errors.require(false, "name", "Something else.");
        assert_eq!(errors.0["name"], "Enter a name.");
    }

    #[test]
    fn an_empty_field_says_what_to_enter() {
        let mut errors = FieldErrors::default();
        for field in ["title", "ticket_types.0.name", "something"] {
            errors.require_line(" ", 1, 20, field);
        }
        assert_eq!(errors.0["title"], "Enter a title.");
        assert_eq!(errors.0["ticket_types.0.name"], "Enter a name.");
        assert_eq!(errors.0["something"], "Fill in this field.");
    }

    #[test]
    fn a_line_has_no_breaks() {
        let mut errors = FieldErrors::default();
        errors.require_line("Ada\nLovelace", 1, 20, "name");
        errors.require_line(" Ada\n", 1, 20, "trimmed");
        assert_eq!(errors.0.keys().collect::<Vec<_>>(), ["name"]);
    }
}
