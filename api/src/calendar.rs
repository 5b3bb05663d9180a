//! Events as a file that every calendar takes (RFC 5545).

use chrono::SecondsFormat;

use crate::Time;
use crate::events::EventRef;

/// The longest line a calendar must take, in bytes.
const LINE_MAX: usize = 75;

/// What a file asks of the calendar that it is given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// To show these events as they are now.
    Publish,
    /// To take out these events, which were cancelled.
    Cancel,
}

impl Method {
    /// As files and mail headers write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Publish => "PUBLISH",
            Self::Cancel => "CANCEL",
        }
    }
}

/// The content of a file with these events, each with the address where it is described.
pub fn file<'a>(
    method: Method,
    events: impl IntoIterator<Item = (&'a EventRef, String)>,
    now: Time,
) -> String {
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Box Office//EN".to_owned(),
        format!("METHOD:{}", method.name()),
    ];
    for (event, url) in events {
        lines.extend(entry(event, &url, now));
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| fold(line)).collect()
}

fn entry(event: &EventRef, url: &str, now: Time) -> [String; 11] {
    let place = [&event.venue, &event.address, &event.city];
    let place: Vec<&str> = place
        .into_iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    [
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@box-office", event.id),
        format!("DTSTAMP:{}", stamp(now)),
        // What is written after a change takes the place of what was before.
        format!("SEQUENCE:{}", event.sequence),
        format!("STATUS:{}", status(event)),
        format!("DTSTART:{}", stamp(event.starts_at)),
        format!("DTEND:{}", stamp(event.ends_at)),
        format!("SUMMARY:{}", escape(&event.title)),
        format!("LOCATION:{}", escape(&place.join(", "))),
        format!("URL:{url}"),
        "END:VEVENT".to_owned(),
    ]
}

fn status(event: &EventRef) -> &'static str {
    if event.cancelled {
        "CANCELLED"
    } else {
        "CONFIRMED"
    }
}

fn stamp(time: Time) -> String {
    let written = time.to_rfc3339_opts(SecondsFormat::Secs, true);
    written.replace(['-', ':'], "")
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            '\r' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// The line with its end, broken where it is too long; what continues it begins with a space.
fn fold(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + 2);
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > LINE_MAX {
            folded.push_str("\r\n ");
            length = 1;
        }
        folded.push(c);
        length += c.len_utf8();
    }
    folded.push_str("\r\n");
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventId;

    fn file_of(event: &EventRef) -> String {
        let linked = [(event, "https://x.example/1".to_owned())];
        file(Method::Publish, linked, Time::default())
    }

    fn event(title: &str) -> EventRef {
        let starts_at = Time::from_timestamp(1_800_000_000, 0).expect("a time");
        EventRef {
            id: EventId::nil(),
            title: title.to_owned(),
            starts_at,
            ends_at: starts_at + chrono::TimeDelta::hours(3),
            timezone: "Europe/Berlin".to_owned(),
            venue: "Hall; big".to_owned(),
            address: String::new(),
            city: "Berlin".to_owned(),
            cover_url: None,
            cancelled: false,
            sequence: 0,
        }
    }

    #[test]
    fn a_file_after_a_change_takes_the_place_of_the_one_before() {
        let mut event = event("Night");
        let uid = "\r\nUID:00000000-0000-0000-0000-000000000000@box-office\r\n";
        for sequence in [0, 1, 29_000_000] {
            event.sequence = sequence;
            let file = file_of(&event);
            assert!(file.contains(uid), "{file}");
            let sequence = format!("\r\nSEQUENCE:{sequence}\r\n");
            assert!(file.contains(&sequence), "{file}");
            assert!(file.contains("\r\nMETHOD:PUBLISH\r\n"), "{file}");
            assert!(file.contains("\r\nSTATUS:CONFIRMED\r\n"), "{file}");
        }
    }

    #[test]
    fn a_cancelled_event_is_taken_out() {
        let event = EventRef {
            cancelled: true,
            sequence: 3,
            ..event("Night")
        };
        let linked = [(&event, "https://x.example/1".to_owned())];
        let file = file(Method::Cancel, linked, Time::default());
        for line in ["METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:3"] {
            assert!(file.contains(&format!("\r\n{line}\r\n")), "{file}");
        }
    }

    #[test]
    fn times_are_utc_and_texts_are_escaped() {
        let entry = file_of(&event("Rock, paper\nscissors"));
        assert!(
            entry.contains("\r\nDTSTART:20270115T080000Z\r\n"),
            "{entry}"
        );
        assert!(entry.contains("\r\nDTEND:20270115T110000Z\r\n"), "{entry}");
        assert!(
            entry.contains("\r\nSUMMARY:Rock\\, paper\\nscissors\r\n"),
            "{entry}"
        );
        assert!(
            entry.contains("\r\nLOCATION:Hall\\; big\\, Berlin\r\n"),
            "{entry}"
        );
    }

    #[test]
    fn no_line_is_too_long_and_none_is_lost() {
        let title = "Größe ".repeat(40);
        let entry = file_of(&event(&title));
        assert!(
            entry.split("\r\n").all(|line| line.len() <= LINE_MAX),
            "{entry}"
        );
        assert!(entry.replace("\r\n ", "").contains(&title), "{entry}");
    }
}
