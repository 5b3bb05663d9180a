//! Email addresses: one rule for what is stored, compared and sent to. What passes can be mailed
//! by every mail server: a dot-atom before the `@`, a domain in ASCII after it. Whether it is
//! reached is proved by mail, not by a pattern.

use crate::FieldErrors;
use crate::text;

/// The longest email address we accept, in characters (RFC 5321).
pub const EMAIL_MAX: usize = 254;
/// The longest part before the `@` (RFC 5321).
const LOCAL_MAX: usize = 64;

/// Why a text is not an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailError {
    /// It has not the form of one.
    Form,
    /// Its part before the `@` has letters that only some mail servers can deliver to.
    Local,
}

impl EmailError {
    /// What to do about it.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Form => "Enter a valid email.",
            Self::Local => "Use only a–z, 0–9 and . _ + - before the @.",
        }
    }
}

/// An address as it is stored, compared and sent to: in lower case, its domain in ASCII.
#[cfg(feature = "unicode")]
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailAddress(String);

#[cfg(feature = "unicode")]
impl EmailAddress {
    /// Reads an address as people type and paste it: with spaces and invisible characters around
    /// it, as `Ada <ada@example.com>;` or `mailto:ada@example.com`, in capitals, with a domain in
    /// any script.
    pub fn parse(typed: &str) -> Result<Self, EmailError> {
        use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

        let (local, domain) = parts(typed)?;
        let domain = Uts46::new()
            .to_ascii(
                domain.as_bytes(),
                AsciiDenyList::STD3,
                Hyphens::CheckFirstLast,
                DnsLength::Verify,
            )
            .map_err(|_errors: idna::Errors| EmailError::Form)?;
        // Letters of other widths may have become digits and dots.
        check_domain(&domain)?;
        let address = format!("{local}@{domain}");
        if address.len() > EMAIL_MAX {
            return Err(EmailError::Form);
        }
        Ok(Self(address))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(feature = "unicode")]
impl std::ops::Deref for EmailAddress {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

#[cfg(feature = "unicode")]
impl std::fmt::Display for EmailAddress {
    fn fmt(&self, text: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        text.write_str(&self.0)
    }
}

#[cfg(feature = "unicode")]
impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

/// Whether `typed` is an address. The server checks domains in other scripts than Latin to the
/// end; the app, which would have to load the tables for it, only sees to their form.
pub fn check(typed: &str) -> Result<(), EmailError> {
    #[cfg(feature = "unicode")]
    let read = EmailAddress::parse(typed);
    #[cfg(not(feature = "unicode"))]
    let read = parts(typed);
    read.map(|_| ())
}

impl FieldErrors {
    /// Requires `typed` to be an email address.
    pub fn require_email(&mut self, typed: &str, field: impl Into<String>) {
        if let Err(error) = check(typed) {
            self.require(false, field, error.sentence());
        }
    }
}

/// What stands before and after the `@`, in lower case.
fn parts(typed: &str) -> Result<(String, String), EmailError> {
    let address = bare(typed);
    let (local, domain) = address.rsplit_once('@').ok_or(EmailError::Form)?;
    if local.is_empty() || local.contains('@') || domain.is_empty() {
        return Err(EmailError::Form);
    }
    if local.chars().any(|c| !c.is_ascii() && !c.is_whitespace()) {
        return Err(EmailError::Local);
    }
    let is_atom = |atom: &str| !atom.is_empty() && atom.chars().all(is_atom_character);
    if local.len() > LOCAL_MAX || !local.split('.').all(is_atom) {
        return Err(EmailError::Form);
    }
    check_domain(domain)?;
    if address.chars().count() > EMAIL_MAX {
        return Err(EmailError::Form);
    }
    Ok((local.to_ascii_lowercase(), domain.to_lowercase()))
}

/// A domain has labels of letters, digits and hyphens, and its last is no number.
fn check_domain(domain: &str) -> Result<(), EmailError> {
    // These end a label in Chinese and Japanese.
    let labels: Vec<&str> = domain.split(['.', '。', '．', '｡']).collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| {
                c.is_ascii_alphanumeric() || c == '-' || (!c.is_ascii() && !c.is_whitespace())
            })
    };
    let number = |label: &&str| label.chars().all(|c| c.is_ascii_digit());
    if labels.len() > 1 && labels.iter().all(is_label) && !labels.last().is_some_and(number) {
        Ok(())
    } else {
        Err(EmailError::Form)
    }
}

/// RFC 5322's `atext`.
fn is_atom_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

/// The address without what programs and people put around it.
fn bare(typed: &str) -> String {
    let typed = text::line(&typed.replace('＠', "@")).to_lowercase();
    let mut rest = typed.as_str();
    loop {
        let before = rest;
        rest = rest.trim_matches([' ', '\n', '\r', ';', ',']);
        // `Ada Lovelace <ada@example.com>`, as email programs write it.
        if let Some(open) = rest.rfind('<')
            && let Some(inner) = rest[open + 1..].strip_suffix('>')
        {
            rest = inner;
        }
        for (open, close) in [
            ('"', '"'),
            ('\'', '\''),
            ('“', '”'),
            ('„', '“'),
            ('«', '»'),
            ('(', ')'),
            ('[', ']'),
        ] {
            if let Some(inner) = rest.strip_prefix(open)
                && let Some(inner) = inner.strip_suffix(close)
            {
                rest = inner;
            }
        }
        if let Some(link) = rest.strip_prefix("mailto:") {
            rest = link.split_once('?').map_or(link, |(address, _)| address);
        }
        // A sentence that ends with the address.
        rest = rest.strip_suffix('.').unwrap_or(rest);
        if rest == before {
            return rest.to_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_mailed_is_an_address() {
        for good in [
            "ada@example.com",
            "a.b+c@mail.example.co.uk",
            " x@ä.example ",
            "o'brien@example.ie",
            "ada@r3---sn.example",
            "x@1.example",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
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
            "x.@y.example",
            ".x@y.example",
            "x..y@z.example",
            "\"x@y.example",
            "\"a b\"@y.example",
            "x@y..example",
            "x@-y.example",
            "x@y-.example",
            "x@y_z.example",
            "x@[1.2.3.4]",
            "x@1.2.3.4",
            "x@y.example/z",
            "x\\y@z.example",
            "x@y .example",
            "ada@example,com",
            "x@y.example z@y.example",
            "a@b.example, c@d.example",
            "x@\u{202e}.example",
            "ada@exam\nple.com",
            "x\0@y.example",
            "x@y.\0example",
            &format!("{}@y.example", "x".repeat(65)),
            &format!("a@{}example", "İ.".repeat(100)),
            &format!("a@{}.example", "x".repeat(64)),
        ] {
            // Labels are counted where domains are made ASCII.
            if cfg!(feature = "unicode") || bad.len() < 60 {
                assert_eq!(check(bad), Err(EmailError::Form), "{bad:?}");
            }
        }
        for local in ["jürgen@example.com", "用户@example.com", "ａda@example.com"] {
            assert_eq!(check(local), Err(EmailError::Local), "{local}");
        }
    }

    #[cfg(feature = "unicode")]
    mod stored {
        use proptest::prelude::*;

        use super::super::EmailAddress;

        fn stored(typed: &str) -> Option<String> {
            EmailAddress::parse(typed).ok().map(String::from)
        }

        #[test]
        fn what_is_around_an_address_is_taken_off() {
            for typed in [
                "Ada@Example.com",
                " ada@example.com\u{a0}",
                "\u{feff}ada@example.com\u{200b}",
                "ada\u{ad}@exam\u{200b}ple.com",
                "<ada@example.com>",
                "Ada <ada@example.com>",
                "\"Lovelace, Ada\" <ada@example.com>;",
                "ada@example.com;",
                "ada@example.com,",
                ", ada@example.com ; ",
                "mailto:ada@example.com",
                "MAILTO:ADA@EXAMPLE.COM?subject=Hi",
                "<mailto:ada@example.com>",
                "'ada@example.com'",
                "\"ada@example.com\"",
                "“ada@example.com”",
                "(ada@example.com)",
                "[ada@example.com]",
                "ada@example.com.",
                "ada＠example.com",
                "\u{202a}ada@example.com\u{202c}",
                "ada@ｅｘａｍｐｌｅ.com",
            ] {
                assert_eq!(
                    stored(typed).as_deref(),
                    Some("ada@example.com"),
                    "{typed:?}"
                );
            }
        }

        #[test]
        fn a_domain_has_one_spelling() {
            for (typed, ascii) in [
                ("ADA@MÜNCHEN.example ", "ada@xn--mnchen-3ya.example"),
                ("ada@mu\u{308}nchen.example", "ada@xn--mnchen-3ya.example"),
                ("ada@XN--MNCHEN-3YA.example", "ada@xn--mnchen-3ya.example"),
                ("ada@straße.example", "ada@xn--strae-oqa.example"),
                ("ada@例え。テスト", "ada@xn--r8jz45g.xn--zckzah"),
                ("ada@пример.example", "ada@xn--e1afmkfd.example"),
            ] {
                assert_eq!(stored(typed).as_deref(), Some(ascii), "{typed}");
            }
            for bad in [
                "ada@xn--a.example",
                "ada@a\u{301}-.example",
                "ada@xn--.example",
            ] {
                assert_eq!(stored(bad), None, "{bad}");
            }
        }

        proptest! {
            #[test]
            fn what_is_accepted_can_be_mailed_and_stays_as_it_is(
                typed in "[ <\"'(]{0,2}(mailto:)?[a-zA-Z.+_'\"ü\\\\-]{1,8}@[a-zA-Zäßİ例0-9.。-]{1,12}\\.[a-z0-9ü]{1,4}[ >;,.\u{200b}\u{301}]{0,3}|\\PC{0,12}@\\PC{0,12}"
            ) {
                if let Some(address) = stored(&typed) {
                    prop_assert!(address.is_ascii());
                    let parsed: Result<lettre::Address, _> = address.parse();
                    prop_assert!(parsed.is_ok(), "{}", address);
                    prop_assert_eq!(stored(&address), Some(address));
                }
            }
        }
    }
}
