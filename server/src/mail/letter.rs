//! A letter: what it says, as text and as HTML, and what is enclosed.

use std::fmt::Write;

use api::EmailAddress;
use api::calendar::{self, Method};
use api::events::EventRef;
use api::tickets::Ticket;
use chrono::Utc;
use leptos_i18n::td_string;
use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use uuid::Uuid;

use super::db::Person;
use super::ticket_pdf::{self, Holder};
use crate::error::{Error, Result};
use crate::html::escape;
use crate::reader::Reader;
use crate::text::Fonts;

/// What a person is told.
pub(super) struct Letter {
    pub(super) reader: Reader,
    /// Empty when it is not known.
    pub(super) to_name: String,
    pub(super) to_address: String,
    pub(super) subject: String,
    pub(super) blocks: Vec<Block>,
    /// Enclosed as a PDF, a page each.
    pub(super) tickets: Vec<Ticket>,
    /// Enclosed as a calendar file.
    pub(super) calendar: Option<Calendar>,
}

/// Events for the recipient's calendar.
pub(super) struct Calendar {
    method: Method,
    content: String,
}

impl Calendar {
    /// Each with the page that describes it.
    pub(super) fn of<'a>(
        method: Method,
        events: impl IntoIterator<Item = &'a EventRef>,
        public_url: &str,
    ) -> Self {
        let events = events.into_iter();
        let linked = events.map(|event| (event, format!("{public_url}/events/{}", event.id)));
        Self {
            method,
            content: calendar::file(method, linked, Utc::now()),
        }
    }
}

/// A part of a letter, from top to bottom.
pub(super) enum Block {
    /// A paragraph.
    Text(String),
    /// What to do, and where.
    Button(&'static str, String),
    /// Things and their values, like a receipt.
    Facts(Vec<(String, String)>),
    /// Somebody else's words.
    Quote(String),
}

/// A letter as it is sent.
pub(super) struct Sealed {
    pub(super) envelope: Envelope,
    pub(super) message: Vec<u8>,
}

impl Letter {
    pub(super) fn to(person: &Person, subject: impl Into<String>) -> Self {
        Self::to_address(person.reader(), &person.email, subject).named(&person.name)
    }

    /// To the owner of this address.
    pub(super) fn to_address(reader: Reader, address: &str, subject: impl Into<String>) -> Self {
        Self {
            reader,
            to_name: String::new(),
            to_address: address.to_owned(),
            subject: subject.into(),
            blocks: Vec::new(),
            tickets: Vec::new(),
            calendar: None,
        }
    }

    /// Addresses the email to a person, whom it greets if the name is known.
    pub(super) fn named(mut self, name: &str) -> Self {
        if name.is_empty() {
            return self;
        }
        name.clone_into(&mut self.to_name);
        let name = first_name(name);
        let hello = td_string!(self.reader.language, letters.hello, name = name);
        self.text(hello)
    }

    pub(super) fn text(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Text(text.into()));
        self
    }

    pub(super) fn button(mut self, label: &'static str, url: String) -> Self {
        self.blocks.push(Block::Button(label, url));
        self
    }

    pub(super) fn facts(mut self, facts: Vec<(String, String)>) -> Self {
        self.blocks.push(Block::Facts(facts));
        self
    }

    /// What the organizer writes, if they do.
    pub(super) fn message(self, message: Option<String>) -> Self {
        let Some(message) = message else {
            return self;
        };
        let from = td_string!(self.reader.language, letters.message_from_organizer);
        let mut letter = self.text(from);
        letter.blocks.push(Block::Quote(message));
        letter
    }

    /// The message with this id, so that one that arrives twice can be told.
    pub(super) fn seal(self, fonts: &Fonts, from: &Mailbox, id: Uuid) -> Result<Sealed> {
        let address = EmailAddress::parse(&self.to_address)?;
        let address: Address = address.parse().map_err(Error::internal)?;
        let name = Some(self.to_name.clone()).filter(|name| !name.is_empty());
        let to = Mailbox::new(name, address);
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let message = Message::builder()
            .from(from.clone())
            .to(to)
            .subject(&self.subject)
            .message_id(Some(format!("<{id}@{}>", from.email.domain())))
            .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
            .date_now();
        let text = MultiPart::alternative_plain_html(self.plain(), self.html());
        let message = match self.enclosures(fonts)? {
            files if files.is_empty() => message.multipart(text),
            files => message.multipart(
                files
                    .into_iter()
                    .fold(MultiPart::mixed().multipart(text), MultiPart::singlepart),
            ),
        };
        let message = message.map_err(Error::internal)?;
        Ok(Sealed {
            envelope: message.envelope().clone(),
            message: message.formatted(),
        })
    }

    fn enclosures(&self, fonts: &Fonts) -> Result<Vec<SinglePart>> {
        let mut files = Vec::new();
        if !self.tickets.is_empty() {
            let holder = Holder {
                reader: &self.reader,
                email: &self.to_address,
                fonts,
            };
            let pdf = ticket_pdf::draw(&holder, &self.tickets)?;
            let name = if self.tickets.len() == 1 {
                "ticket.pdf"
            } else {
                "tickets.pdf"
            };
            files.push(enclosure(name, "application/pdf", pdf)?);
        }
        if let Some(calendar) = &self.calendar {
            let method = calendar.method.name();
            let kind = format!("text/calendar; charset=utf-8; method={method}");
            let content = calendar.content.clone().into_bytes();
            files.push(enclosure("event.ics", &kind, content)?);
        }
        Ok(files)
    }

    fn plain(&self) -> String {
        let mut text = String::new();
        for block in &self.blocks {
            // Writing to a String does not fail.
            let _written = match block {
                Block::Text(paragraph) => writeln!(text, "{paragraph}\n"),
                Block::Button(label, url) => writeln!(text, "{label}:\n{url}\n"),
                Block::Facts(facts) => {
                    for (name, value) in facts {
                        let _written = writeln!(text, "{name}: {value}");
                    }
                    writeln!(text)
                }
                Block::Quote(words) => {
                    for line in words.lines() {
                        let _written = writeln!(text, "> {line}");
                    }
                    writeln!(text)
                }
            };
        }
        let _written = writeln!(text, "-- \n{}", self.brand());
        text
    }

    fn brand(&self) -> &'static str {
        td_string!(self.reader.language, common.brand)
    }

    fn html(&self) -> String {
        let mut body = String::new();
        for block in &self.blocks {
            let _written = match block {
                Block::Text(paragraph) => write!(
                    body,
                    "<p style=\"margin:0 0 16px\">{}</p>",
                    escape(paragraph).replace('\n', "<br>")
                ),
                Block::Button(label, url) => write!(
                    body,
                    "<p style=\"margin:24px 0\"><a href=\"{}\" style=\"{BUTTON}\">{label}</a></p>",
                    escape(url)
                ),
                Block::Facts(facts) => write!(
                    body,
                    "<table role=\"presentation\" style=\"{TABLE}\">{}</table>",
                    rows(facts)
                ),
                Block::Quote(words) => write!(
                    body,
                    "<blockquote style=\"{QUOTE}\">{}</blockquote>",
                    escape(words).replace('\n', "<br>")
                ),
            };
        }
        format!(
            "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\">\
            <meta name=\"viewport\" content=\"width=device-width\">\
            <meta name=\"color-scheme\" content=\"light\"><title>{title}</title></head>\
            <body style=\"{PAGE}\"><div style=\"{SHEET}\">\
            <p style=\"{BRAND}\">{brand}</p><h1 style=\"{HEADING}\">{title}</h1>{body}\
            </div></body></html>",
            language = i18n::tag(self.reader.language),
            brand = self.brand(),
            title = escape(&self.subject),
        )
    }
}

/// The name that a person is greeted by: the first of several. The whole name, where the first word
/// is a title, an initial, or a family name (which comes first in East Asian scripts).
fn first_name(name: &str) -> &str {
    let Some((first, _)) = name.split_once(char::is_whitespace) else {
        return name;
    };
    let east_asian = |c: char| matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}');
    let is_name = first.chars().filter(|c| c.is_alphabetic()).count() > 1
        && !first.ends_with(['.', ','])
        && !first.contains(east_asian);
    if is_name { first } else { name }
}

const PAGE: &str = "margin:0;padding:24px 16px;background:#faf7f2;color:#201a17;\
    font:16px/1.5 -apple-system,'Segoe UI',Roboto,Inter,'Helvetica Neue',Arial,sans-serif";
const SHEET: &str = "max-width:560px;margin:0 auto";
const BRAND: &str = "margin:0 0 24px;color:#c2280d;font-weight:700";
const HEADING: &str = "margin:0 0 16px;font-size:26px;line-height:1.15;letter-spacing:-0.02em";
const BUTTON: &str = "display:inline-block;padding:14px 24px;border-radius:99px;\
    background:#c2280d;color:#ffffff;font-weight:600;text-decoration:none";
const QUOTE: &str = "margin:0 0 16px;padding:4px 0 4px 16px;border-left:3px solid #c2280d";
const TABLE: &str = "width:100%;margin:0 0 16px;border-collapse:collapse";
const CELL: &str = "padding:8px 0;border-top:1px solid #d9d2c8;vertical-align:top";

fn rows(facts: &[(String, String)]) -> String {
    let mut rows = String::new();
    for (name, value) in facts {
        let (name, value) = (escape(name), escape(value));
        let _written = write!(
            rows,
            "<tr><td style=\"{CELL}\">{name}</td>\
            <td style=\"{CELL};padding-left:16px;text-align:right\">{value}</td></tr>"
        );
    }
    rows
}

fn enclosure(name: &str, kind: &str, content: Vec<u8>) -> Result<SinglePart> {
    let kind = ContentType::parse(kind).map_err(Error::internal)?;
    Ok(Attachment::new(name.to_owned()).body(content, kind))
}

#[cfg(test)]
mod tests {
    use super::first_name;

    #[test]
    fn people_are_greeted_by_their_first_name() {
        for (name, greeted) in [
            ("Ada Lovelace", "Ada"),
            ("Ada", "Ada"),
            ("Jean-Luc Picard", "Jean-Luc"),
            ("Dr. Ada Lovelace", "Dr. Ada Lovelace"),
            ("J. R. R. Tolkien", "J. R. R. Tolkien"),
            ("J Doe", "J Doe"),
            ("Lovelace, Ada", "Lovelace, Ada"),
            ("山田 太郎", "山田 太郎"),
            ("김 민준", "김 민준"),
            ("رامي الخوري", "رامي"),
        ] {
            assert_eq!(first_name(name), greeted);
        }
    }
}
