//! Reads a table as spreadsheets write it: cells with commas, semicolons, tabs or bars between
//! them, quoted where they have to be. Unlike a reader of well-formed CSV it knows the line of each
//! row, and loses one row, not the rest of the file, to a quotation mark that is never closed.

use api::EmailAddress;

use super::{CELLS_MAX, ROWS_MAX, Row, Unreadable};

/// What may separate cells, the likeliest first.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
/// How many rows tell what separates cells.
const SAMPLE: usize = 50;
/// The longest cell, in bytes; what is longer has lost its quotation mark.
const CELL_MAX: usize = 8 * 1024;

/// The rows of a table.
pub(super) fn read(text: &str) -> Result<Vec<Row>, Unreadable> {
    let (text, lines, told) = match declared(text) {
        Some((delimiter, rest)) => (rest, 1, Some(delimiter)),
        None => (text, 0, None),
    };
    let delimiter = told.unwrap_or_else(|| likeliest(text));
    let mut rows = Vec::new();
    for row in Rows::of(text, lines, delimiter) {
        if rows.len() == ROWS_MAX {
            return Err(Unreadable::Long);
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Excel's first line, `sep=;`, and what comes after it.
fn declared(text: &str) -> Option<(char, &str)> {
    let (line, rest) = line_of(text);
    let line = line.trim().trim_matches('"');
    let delimiter = line
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("sep="))
        .map(|_| &line[4..])?;
    let mut delimiter = delimiter.chars();
    match (delimiter.next(), delimiter.next()) {
        (Some(delimiter), None) => Some((delimiter, rest)),
        // The tab of `sep=<tab>` was trimmed.
        (None, _) => Some(('\t', rest)),
        _ => None,
    }
}

/// What leaves most rows with an address alone in a cell; else what makes rows alike.
fn likeliest(text: &str) -> char {
    let score = |delimiter: &char| {
        let rows: Vec<Row> = Rows::of(text, 0, *delimiter).take(SAMPLE).collect();
        let has_address = |row: &&Row| row.cells.iter().any(|cell| is_address_alone(cell));
        let wide = |row: &&Row| row.cells.len() > 1;
        let (addresses, wide) = (
            rows.iter().filter(has_address).count(),
            rows.iter().filter(wide).count(),
        );
        (addresses, wide)
    };
    // Of equals `max_by_key` takes the last.
    let best = DELIMITERS
        .iter()
        .rev()
        .max_by_key(|delimiter| score(delimiter));
    *best.unwrap_or(&',')
}

/// Whether a cell is an address and nothing else.
pub(super) fn is_address_alone(cell: &str) -> bool {
    let cell = cell.trim();
    cell.contains('@')
        && !cell.contains([' ', ';', ',', '|', '\t', '<'])
        && EmailAddress::parse(cell).is_ok()
}

/// The lines of a row of several, each by itself, when a cell of it has lines with addresses.
pub(super) fn apart(row: &Row) -> Option<Vec<Row>> {
    let swallowed = |cell: &String| cell.contains(['\n', '\r']) && cell.contains('@');
    if !row.cells.iter().any(swallowed) {
        return None;
    }
    let delimiter = likeliest(&row.raw);
    let (mut rows, mut rest, mut line) = (Vec::new(), row.raw.as_str(), row.line);
    while !rest.is_empty() {
        let (this, after) = line_of(rest);
        rows.push(Row {
            line,
            cells: cells_of(this, delimiter),
            raw: this.to_owned(),
            unclosed: rows.is_empty(),
        });
        (rest, line) = (after, line + 1);
    }
    Some(rows)
}

/// The rows of a text, one after the other.
struct Rows<'a> {
    rest: &'a str,
    line: u64,
    delimiter: char,
}

impl<'a> Rows<'a> {
    fn of(text: &'a str, lines_before: u64, delimiter: char) -> Self {
        Self {
            rest: text,
            line: lines_before + 1,
            delimiter,
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.rest.is_empty() {
            return None;
        }
        let (cells, after, unclosed) = match quoted_row(self.rest, self.delimiter) {
            Some((cells, after)) => (cells, after, false),
            None => {
                let (line, after) = line_of(self.rest);
                (cells_of(line, self.delimiter), after, true)
            }
        };
        let raw = &self.rest[..self.rest.len() - after.len()];
        let row = Row {
            line: self.line,
            cells,
            raw: raw.trim_end_matches(['\r', '\n']).to_owned(),
            unclosed,
        };
        self.line += breaks(raw);
        self.rest = after;
        Some(row)
    }
}

/// The cells of the next row and what comes after it, unless its quotation marks do not add up.
fn quoted_row(text: &str, delimiter: char) -> Option<(Vec<String>, &str)> {
    let (mut cells, mut rest) = (Vec::new(), text);
    loop {
        let start = rest.trim_start_matches(' ');
        let (cell, after) = match start.strip_prefix('"') {
            Some(quoted) => {
                let (cell, after) = quoted_cell(quoted)?;
                let after = after.trim_start_matches(' ');
                let ends = |c: char| c == delimiter || matches!(c, '\r' | '\n');
                if !after.is_empty() && !after.starts_with(ends) {
                    return None;
                }
                (cell, after)
            }
            None => {
                let end = rest.find([delimiter, '\r', '\n']);
                let (cell, after) = rest.split_at(end.unwrap_or(rest.len()));
                (cell.to_owned(), after)
            }
        };
        if cells.len() < CELLS_MAX {
            cells.push(cell.trim().to_owned());
        }
        match after.strip_prefix(delimiter) {
            Some(after) => rest = after,
            None => return Some((cells, after_break(after))),
        }
    }
}

/// What a cell says whose quotation mark has been opened, and what comes after the one that closes
/// it; a doubled one stands for itself.
fn quoted_cell(quoted: &str) -> Option<(String, &str)> {
    let (mut cell, mut rest) = (String::new(), quoted);
    loop {
        let (before, after) = rest.split_once('"')?;
        cell.push_str(before);
        if cell.len() > CELL_MAX {
            return None;
        }
        match after.strip_prefix('"') {
            Some(after) => {
                cell.push('"');
                rest = after;
            }
            None => return Some((cell, after)),
        }
    }
}

/// The cells of one line, quotation marks taken as they are.
fn cells_of(line: &str, delimiter: char) -> Vec<String> {
    let cells = line.split(delimiter).take(CELLS_MAX);
    cells
        .map(|cell| cell.trim().trim_matches('"').trim().to_owned())
        .collect()
}

/// The first line and what comes after it.
fn line_of(text: &str) -> (&str, &str) {
    let end = text.find(['\r', '\n']).unwrap_or(text.len());
    let (line, after) = text.split_at(end);
    (line, after_break(after))
}

fn after_break(text: &str) -> &str {
    text.strip_prefix("\r\n")
        .or_else(|| text.strip_prefix(['\r', '\n']))
        .unwrap_or(text)
}

/// How many line breaks there are, whichever program wrote them.
fn breaks(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let ends = |at: usize| match bytes[at] {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    (0..bytes.len()).filter(|at| ends(*at)).count() as u64
}
