//! Reads the address line of an email program: `Ada <ada@example.com>, "Babbage, Charles"
//! <cb@example.com>; eve@example.com`, on one line or several.

use super::Row;

/// What stands before the addresses of a line that was copied with its name.
const FIELDS: [&str; 12] = [
    "to:", "cc:", "bcc:", "an:", "à:", "pour:", "para:", "a:", "aan:", "do:", "dw:", "kopie:",
];

/// Whether rows are lines of addresses: with most of them in angle brackets, several in a row and
/// nothing else, or all in one column.
pub(super) fn are_in(rows: &[Row]) -> bool {
    let count = |what: char| {
        let texts = rows.iter().map(text);
        texts.map(|text| text.matches(what).count()).sum::<usize>()
    };
    let (at, angles) = (count('@'), count('<'));
    let several = |row: &Row| {
        let items = items(&text(row));
        items.len() > 1 && items.iter().all(|item| item.contains('@'))
    };
    let one_column = |row: &Row| row.cells.iter().filter(|cell| !cell.is_empty()).count() <= 1;
    (angles > 0 && angles * 2 >= at)
        || rows.iter().any(several)
        || (at > 0 && rows.iter().all(one_column))
}

/// A row for each address, with the name before it.
pub(super) fn read(rows: &[Row]) -> Vec<Row> {
    let mut found = Vec::new();
    for row in rows {
        let mut name = String::new();
        for item in items(without_field(&text(row))) {
            // An unquoted comma stood in the name: `Lovelace, Ada <ada@example.com>`.
            let whole = match name.is_empty() {
                true => item,
                false => format!("{name}, {item}"),
            };
            if whole.contains('@') {
                let (name_of, email) = name_and_address(&whole);
                found.push(row_of(row, vec![name_of, email]));
                name = String::new();
            } else {
                name = whole;
            }
        }
        if !name.is_empty() {
            found.push(row_of(row, vec![name, String::new()]));
        }
    }
    found
}

fn row_of(row: &Row, cells: Vec<String>) -> Row {
    Row {
        line: row.line,
        raw: String::new(),
        unclosed: false,
        cells,
    }
}

/// All of a row: as it stands there, or its cells of a workbook.
fn text(row: &Row) -> String {
    if row.raw.is_empty() {
        row.cells.join(", ")
    } else {
        row.raw.clone()
    }
}

fn without_field(line: &str) -> &str {
    let line = line.trim();
    let lower = line.to_lowercase();
    let field = FIELDS.iter().find(|field| lower.starts_with(**field));
    field
        .and_then(|field| line.get(field.len()..))
        .unwrap_or(line)
}

/// What commas, semicolons and line breaks separate, outside of quotation marks and brackets.
fn items(line: &str) -> Vec<String> {
    let (mut items, mut item) = (Vec::new(), String::new());
    let (mut quoted, mut inside, mut escaped) = (false, false, false);
    // A quotation mark that is never closed quotes nothing.
    let quotes = line.matches('"').count().is_multiple_of(2);
    for c in line.chars() {
        match c {
            '\r' | '\n' => (quoted, inside) = (false, false),
            '"' if quotes && !escaped => quoted = !quoted,
            '<' | '(' if !quoted => inside = true,
            '>' | ')' if !quoted => inside = false,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        if matches!(c, ',' | ';' | '\t' | '\r' | '\n') && !quoted && !inside {
            items.push(std::mem::take(&mut item));
        } else {
            item.push(c);
        }
    }
    items.push(item);
    let items = items.iter().map(|item| item.trim().to_owned());
    items.filter(|item| !item.is_empty()).collect()
}

/// `Ada <a@x>`, `a@x (Ada)`, `Ada a@x`.
pub(super) fn name_and_address(item: &str) -> (String, String) {
    let (name, address) = if let Some((name, address)) = item.rsplit_once('<') {
        let (address, after) = address.split_once('>').unwrap_or((address, ""));
        let name = if name.trim().is_empty() { after } else { name };
        (name.to_owned(), address)
    } else if let Some((address, name)) = item.split_once('(') {
        (name.trim_end().trim_end_matches(')').to_owned(), address)
    } else {
        let address = item.split_whitespace().find(|word| word.contains('@'));
        let rest = item.split_whitespace().filter(|word| !word.contains('@'));
        (
            rest.collect::<Vec<_>>().join(" "),
            address.unwrap_or_default(),
        )
    };
    let name = name.replace("\\\"", "\u{1}");
    let name = name.trim().trim_matches(['"', '\'']).trim();
    // Programs that know no name write the address twice.
    let name = if name.contains('@') { "" } else { name };
    (name.replace('\u{1}', "\""), address.trim().to_owned())
}
