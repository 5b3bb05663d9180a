//! Reads contact cards (vCard), which is what Apple's Contacts exports.

use super::{ROWS_MAX, Row, Unreadable};

/// A row of name and address for each card; `None` for what are no cards.
pub(super) fn read(text: &str) -> Option<Result<Vec<Row>, Unreadable>> {
    let starts = text.trim_start().get(..11)?;
    starts
        .eq_ignore_ascii_case("BEGIN:VCARD")
        .then(|| cards(text))
}

fn cards(text: &str) -> Result<Vec<Row>, Unreadable> {
    let mut rows = Vec::new();
    let mut card = Row::default();
    let (mut name, mut email) = (String::new(), None::<(bool, String)>);
    for (number, line) in lines(text) {
        let Some((property, value)) = line.split_once(':') else {
            continue;
        };
        // `item1.EMAIL;type=pref`
        let property = property.to_ascii_uppercase();
        let (kind, parameters) = property.split_once(';').unwrap_or((&property, ""));
        match kind.rsplit('.').next().unwrap_or_default() {
            "BEGIN" => card.line = number,
            "FN" => name = unescaped(value),
            "EMAIL" => {
                let preferred = parameters.contains("PREF");
                if email
                    .as_ref()
                    .is_none_or(|(before, _)| preferred && !before)
                {
                    email = Some((preferred, unescaped(value)));
                }
            }
            "END" => {
                let (_, email) = email.take().unwrap_or_default();
                card.cells = vec![std::mem::take(&mut name), email];
                rows.push(std::mem::take(&mut card));
                if rows.len() > ROWS_MAX {
                    return Err(Unreadable::Long);
                }
            }
            _ => {}
        }
    }
    Ok(rows)
}

/// The lines with their numbers; what begins with a space goes on with the line before.
fn lines(text: &str) -> Vec<(u64, String)> {
    let mut lines: Vec<(u64, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some((_, before))) => before.push_str(more),
            _ => lines.push((number, line.to_owned())),
        }
    }
    lines
}

fn unescaped(value: &str) -> String {
    let value = value.replace("\\,", ",").replace("\\;", ";");
    value
        .replace("\\n", " ")
        .replace("\\\\", "\\")
        .trim()
        .to_owned()
}
