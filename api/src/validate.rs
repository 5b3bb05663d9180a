//! Checks that both ends run, with sentences a person can act on.

use std::collections::BTreeMap;

use crate::text;

/// The longest name of a person, in characters.
pub const NAME_MAX: usize = 100;
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

    /// Requires `text` to have between `min` and `max` characters on one line, and to show something
    /// unless it may be empty.
    pub fn require_line(&mut self, text: &str, min: usize, max: usize, field: impl Into<String>) {
        let (field, text) = (field.into(), text::line(text));
        self.require_length(&text, min, max, &field);
        self.require(
            !text.contains(['\n', '\r']),
            field.as_str(),
            "Enter this on one line.",
        );
        self.require_no_control(&text, field);
    }

    /// Requires `text` to have between `min` and `max` characters, of which only line breaks may be
    /// control characters, and to show something unless it may be empty.
    pub fn require_text(&mut self, text: &str, min: usize, max: usize, field: impl Into<String>) {
        let (field, text) = (field.into(), text::lines(text));
        self.require_length(&text, min, max, &field);
        self.require_no_control(&text, field);
    }

    fn require_length(&mut self, text: &str, min: usize, max: usize, field: &str) {
        let length = text.chars().count();
        let shows = min == 0 || text::is_visible(text);
        self.require(shows && length >= min, field, missing(field));
        self.require(
            length <= max,
            field,
            &format!("Shorten this to {max} characters."),
        );
    }

    fn require_no_control(&mut self, text: &str, field: String) {
        let controls = text.chars().any(|c| c.is_control() && c != '\n');
        self.require(!controls, field, "Remove unsupported characters.");
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
        Some("city") => "Enter a city.",
        Some("code" | "promo_code") => "Enter a code.",
        Some("reason") => "Enter a reason.",
        _ => "Fill in this field.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    #[test]
    fn what_shows_nothing_is_not_filled_in() {
        let mut errors = FieldErrors::default();
        for (index, text) in ["\u{200b}", "\u{2800}", "\u{3164}", "\u{301}", " \u{2028}"]
            .into_iter()
            .enumerate()
        {
            errors.require_line(text, 1, 20, format!("line.{index}"));
            errors.require_text(text, 1, 20, format!("text.{index}"));
            errors.require_text(text, 0, 20, "may be empty");
        }
        assert_eq!(errors.0.len(), 10, "{errors:?}");
    }

    #[test]
    fn control_characters_are_refused() {
        for control in ['\0', '\u{7}', '\u{1b}', '\u{7f}', '\u{9f}'] {
            let mut errors = FieldErrors::default();
            errors.require_line(&format!("A{control}da"), 1, 20, "line");
            errors.require_text(&format!("A{control}da"), 0, 20, "text");
            assert_eq!(errors.0.len(), 2, "{control:?}");
        }
    }
}
