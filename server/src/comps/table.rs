//! Reads a list of guests as spreadsheets write it.

use std::collections::HashMap;

use api::EmailAddress;
use api::comps::{GUESTS_MAX, GuestListPreview, Invited, LineProblem};
use csv::{ReaderBuilder, StringRecord, Trim};

/// How much of a line is shown with what is wrong with it, in characters.
const SHOWN: usize = 120;

/// Who can be invited, and which lines cannot be used.
pub(super) fn read(table: &str) -> GuestListPreview {
    let table = table.trim_start_matches('\u{feff}');
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .delimiter(delimiter(table))
        .from_reader(table.as_bytes());
    let mut preview = GuestListPreview {
        guests: Vec::new(),
        problems: Vec::new(),
    };
    let mut columns = None;
    let mut seen = HashMap::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                let problem = "We can’t read this row.";
                preview
                    .problems
                    .push(complaint(line, String::new(), problem));
                continue;
            }
        };
        if record.iter().all(str::is_empty) {
            continue;
        }
        if columns.is_none() {
            let header = Columns::of_header(&record);
            columns = Some(header.unwrap_or_default());
            if header.is_some() {
                continue;
            }
        }
        take(
            &mut preview,
            &mut seen,
            columns.unwrap_or_default(),
            &record,
        );
    }
    preview
}

fn take(
    preview: &mut GuestListPreview,
    seen: &mut HashMap<String, u64>,
    columns: Columns,
    record: &StringRecord,
) {
    let line = record.position().map_or(0, csv::Position::line);
    let guest = columns.guest(record);
    let email = EmailAddress::parse(&guest.email).map_or_else(|_| String::new(), String::from);
    let problem = match (guest.complaint(), seen.get(&email)) {
        (Some(complaint), _) => complaint.to_owned(),
        (None, Some(earlier)) => format!("This email is already in row {earlier}."),
        (None, None) if preview.guests.len() == GUESTS_MAX => {
            "A list can have up to 10,000 guests. Give these tickets in a second list.".to_owned()
        }
        (None, None) => {
            seen.insert(email, line);
            preview.guests.push(guest);
            return;
        }
    };
    let text: Vec<&str> = record.iter().collect();
    let text: String = text.join(", ").chars().take(SHOWN).collect();
    preview.problems.push(complaint(line, text, problem));
}

fn complaint(line: u64, text: String, problem: impl Into<String>) -> LineProblem {
    LineProblem {
        line,
        text,
        problem: problem.into(),
    }
}

/// What most separates the first line.
fn delimiter(table: &str) -> u8 {
    let first = table.lines().next().unwrap_or_default();
    let count = |delimiter: &u8| first.bytes().filter(|byte| byte == delimiter).count();
    [b',', b';', b'\t']
        .into_iter()
        .rev()
        .max_by_key(count)
        .unwrap_or(b',')
}

/// Where the names and addresses are, when the list says so; else each line shows it by the `@`.
#[derive(Clone, Copy, Default)]
struct Columns {
    header: Option<(usize, usize)>,
}

impl Columns {
    fn of_header(first: &StringRecord) -> Option<Self> {
        if first.iter().any(|cell| cell.contains('@')) {
            return None;
        }
        let place = |word: &str| {
            let mut cells = first.iter();
            cells.position(|cell| cell.to_lowercase().contains(word))
        };
        let email = place("mail")?;
        let name = place("name").filter(|name| *name != email);
        Some(Self {
            header: Some((name.unwrap_or(usize::from(email == 0)), email)),
        })
    }

    fn guest(self, record: &StringRecord) -> Invited {
        let (name, email) = self.header.unwrap_or_else(|| {
            let email = record
                .iter()
                .position(|cell| cell.contains('@'))
                .unwrap_or(1);
            (usize::from(email == 0), email)
        });
        let cell = |index| unquoted(record.get(index).unwrap_or_default()).to_owned();
        Invited {
            name: cell(name),
            email: cell(email),
        }
    }
}

/// Without the quotes that a space before them kept from being read as quotes.
fn unquoted(cell: &str) -> &str {
    let inner = cell
        .strip_prefix('"')
        .and_then(|cell| cell.strip_suffix('"'));
    inner.map_or(cell, str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guests(table: &str) -> Vec<(String, String)> {
        let preview = read(table);
        assert_eq!(preview.problems, [], "{table}");
        let guests = preview.guests.into_iter();
        guests.map(|guest| (guest.name, guest.email)).collect()
    }

    #[test]
    fn tables_of_many_makes_say_the_same() {
        let ada = ("Ada Lovelace".to_owned(), "ada@example.com".to_owned());
        for table in [
            "Ada Lovelace,ada@example.com",
            "ada@example.com,Ada Lovelace\n",
            "\u{feff}Name;E-Mail\r\nAda Lovelace;ada@example.com\r\n",
            "Email\tCompany\tFull name\nada@example.com\tEngines\tAda Lovelace",
            "\"Ada Lovelace\",\"ada@example.com\"\n\n",
            "\"Ada Lovelace\" , \"ada@example.com\"\n\n",
        ] {
            assert_eq!(guests(table), std::slice::from_ref(&ada), "{table}");
        }
    }

    #[test]
    fn a_cell_may_hold_what_separates_cells() {
        assert_eq!(
            guests("\"Lovelace, Ada\",ada@example.com")[0].0,
            "Lovelace, Ada"
        );
    }

    #[test]
    fn what_cannot_be_used_is_named_by_its_line() {
        let preview =
            read("name,email\nAda,ada@example.com\nBob,bob\n,eve@example.com\nAda,ADA@example.com");
        assert_eq!(preview.guests.len(), 1);
        let problems: Vec<_> = preview
            .problems
            .iter()
            .map(|problem| (problem.line, problem.problem.as_str()))
            .collect();
        assert_eq!(
            problems,
            [
                (3, "Enter a valid email."),
                (4, "The name is missing."),
                (5, "This email is already in row 2."),
            ]
        );
    }
}
