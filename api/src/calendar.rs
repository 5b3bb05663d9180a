//! Events as a file that every calendar takes (RFC 5545).

use chrono::SecondsFormat;

use crate::Time;
use crate::events::EventRef;

/// The longest line a calendar must take, in bytes.
const LINE_MAX: usize = 75;

/// The content of a file with these events, each with the address where it is described.
pub fn file<'a>(events: impl IntoIterator<Item = (&'a EventRef, String)>, now: Time) -> String {
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Box Office//EN".to_owned(),
        "METHOD:PUBLISH".to_owned(),
    ];
    for (event, url) in events {
        lines.extend(entry(event, &url, now));
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| fold(line)).collect()
}

fn entry(event: &EventRef, url: &str, now: Time) -> [String; 10] {
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
        // What is written later takes the place of what was: it only has to grow.
        format!("SEQUENCE:{}", now.timestamp() / 60),
        format!("DTSTART:{}", stamp(event.starts_at)),
        format!("DTEND:{}", stamp(event.ends_at)),
        format!("SUMMARY:{}", escape(&event.title)),
        format!("LOCATION:{}", escape(&place.join(", "))),
        format!("URL:{url}"),
        "END:VEVENT".to_owned(),
    ]
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
        file([(event, "https://x.example/1".to_owned())], Time::default())
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
        }
    }

    #[test]
    fn a_later_file_takes_the_place_of_an_earlier_one() {
        let event = event("Night");
        let written = |minutes| {
            let now = Time::default() + chrono::TimeDelta::minutes(minutes);
            file([(&event, "https://x.example/1".to_owned())], now)
        };
        let uid = "\r\nUID:00000000-0000-0000-0000-000000000000@box-office\r\n";
        for (minutes, sequence) in [(1, "SEQUENCE:1\r\n"), (90, "SEQUENCE:90\r\n")] {
            let file = written(minutes);
            assert!(file.contains(uid) && file.contains(sequence), "{file}");
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
