//! Reads lists of guests as people have them: tables of spreadsheets, contact managers, newsletter
//! and ticketing tools, an email program's address line, contact cards. Says what was taken for
//! what, so that it can be corrected, and names every row that cannot be used.

mod addresses;
mod cards;
mod columns;
mod encoding;
mod table;
mod workbook;

use std::collections::HashMap;

use api::EmailAddress;
use api::comps::{
    GUESTS_MAX, GuestListPreview, Invited, ListColumn, ListedGuest, PROBLEMS_MAX, RowProblem,
};
use api::text;

use crate::error::Error;
use columns::Columns;

/// The most rows a list can have: guests, and others that cannot be used.
const ROWS_MAX: usize = 50_000;
/// The most columns of a row that are looked at.
const CELLS_MAX: usize = 200;
/// How much of a row is shown with what is wrong with it, in characters.
const SHOWN: usize = 120;

/// How a list is to be read, where the person says so.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// The label of an encoding.
    pub(super) encoding: Option<String>,
    /// The columns that make a name, in this order.
    pub(super) names: Option<Vec<usize>>,
    /// The column of the addresses.
    pub(super) email: Option<usize>,
}

/// Why a list cannot be read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// An Excel file of before 2007, or one with a password.
    OldExcel,
    /// A file of another kind.
    NotAList,
    /// Its bytes are not text in the encoding that was chosen.
    Encoding,
    /// More rows than anyone looks through.
    Long,
}

impl From<Unreadable> for Error {
    fn from(reason: Unreadable) -> Self {
        let sentence = match reason {
            Unreadable::OldExcel => {
                "This is an old Excel file or has a password. Save it as .xlsx or CSV."
            }
            Unreadable::NotAList => "We can’t read this file. Save your list as .xlsx or CSV.",
            Unreadable::Encoding => "This file isn’t in that encoding. Choose another.",
            Unreadable::Long => "This list has more than 50,000 rows. Split it up.",
        };
        Self::field("list", sentence)
    }
}

/// A row of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Row {
    /// Where it begins, from 1.
    line: u64,
    cells: Vec<String>,
    /// All of it, as it stands there.
    raw: String,
    /// Whether a quotation mark in it is never closed.
    unclosed: bool,
}

impl Row {
    fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| !text::is_visible(cell))
    }

    fn shown(&self) -> String {
        let cells = self.cells.iter().map(|cell| text::line(cell));
        let cells: Vec<String> = cells.filter(|cell| !cell.is_empty()).collect();
        cells.join(", ").chars().take(SHOWN).collect()
    }
}

/// Who can be invited, which rows cannot be used, and what was taken for what.
pub(super) fn read(file: &[u8], wanted: &Wanted) -> Result<GuestListPreview, Unreadable> {
    let (rows, encoding) = if workbook::is_archive(file) {
        (workbook::read(file)?, None)
    } else if workbook::is_old(file) {
        return Err(Unreadable::OldExcel);
    } else {
        let (text, encoding) = encoding::decode(file, wanted.encoding.as_deref())?;
        if let Some(rows) = cards::read(&text) {
            return Ok(Reading::of(rows?, Columns::of_addresses(), Some(encoding)).preview());
        }
        (table::read(&text)?, Some(encoding))
    };
    let found = Columns::find(&rows);
    let reading = if found.header.is_none() && addresses::are_in(&rows) {
        Reading::of(addresses::read(&rows), Columns::of_addresses(), encoding)
    } else {
        Reading::of(rows, found.with(wanted), encoding)
    };
    Ok(reading.preview())
}

/// A list that is being gone through.
struct Reading {
    rows: Vec<Row>,
    columns: Columns,
    seen: HashMap<String, u64>,
    preview: GuestListPreview,
}

impl Reading {
    fn of(rows: Vec<Row>, columns: Columns, encoding: Option<&'static str>) -> Self {
        let preview = GuestListPreview {
            guests: Vec::new(),
            problems: Vec::new(),
            more_problems: 0,
            encoding: encoding.map(str::to_lowercase),
            columns: columns
                .titles(&rows)
                .into_iter()
                .map(|(title, example)| ListColumn { title, example })
                .collect(),
            names: columns.names.clone(),
            email: columns.email,
        };
        Self {
            rows,
            columns,
            seen: HashMap::new(),
            preview,
        }
    }

    fn preview(mut self) -> GuestListPreview {
        for row in std::mem::take(&mut self.rows)
            .iter()
            .skip(self.columns.first)
        {
            if !row.is_blank() {
                self.take(row);
            }
        }
        self.preview
    }

    fn take(&mut self, row: &Row) {
        if row.unclosed {
            return self.refuse(row, "This row has a quotation mark that’s never closed.");
        }
        let guest = self.columns.guest(row);
        let Some(complaint) = self.complaint(&guest) else {
            self.seen.insert(guest.email.clone(), row.line);
            self.preview.guests.push(ListedGuest {
                line: row.line,
                name: guest.name,
                email: guest.email,
                has_ticket: false,
            });
            return;
        };
        // A quotation mark that an address ends much later has swallowed the rows between.
        match table::apart(row) {
            Some(lines) => lines.iter().for_each(|line| self.take(line)),
            None => self.refuse(row, complaint),
        }
    }

    fn complaint(&self, guest: &Invited) -> Option<String> {
        if let Some(complaint) = guest.complaint() {
            return Some(complaint.to_owned());
        }
        if let Some(earlier) = self.seen.get(&guest.email) {
            return Some(format!("This email is already in row {earlier}."));
        }
        (self.preview.guests.len() >= GUESTS_MAX).then(|| {
            "Only the first 10,000 guests get tickets. Give the others theirs in a second list."
                .to_owned()
        })
    }

    fn refuse(&mut self, row: &Row, problem: impl Into<String>) {
        if self.preview.problems.len() >= PROBLEMS_MAX {
            self.preview.more_problems += 1;
            return;
        }
        self.preview.problems.push(RowProblem {
            line: row.line,
            text: row.shown(),
            problem: problem.into(),
        });
    }
}

/// An address as it is stored, or as it was typed when it is none.
fn address(typed: &str) -> String {
    match EmailAddress::parse(typed) {
        Ok(address) => address.into(),
        Err(_) => text::line(typed),
    }
}

#[cfg(test)]
mod tests;
