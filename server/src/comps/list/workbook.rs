//! Reads a workbook of Excel (.xlsx), whatever its file is called.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};
use zip::ZipArchive;

use super::{CELLS_MAX, ROWS_MAX, Row, Unreadable, table};

/// How much a workbook may unpack to, in bytes.
const UNPACKED_MAX: u64 = 48 * 1024 * 1024;
/// How many sheets are looked through for addresses.
const SHEETS_MAX: usize = 10;

/// Whether a file is an archive, as workbooks of today are.
pub(super) fn is_archive(file: &[u8]) -> bool {
    file.starts_with(b"PK\x03\x04")
}

/// Whether a file is of the kind that Excel wrote before 2007 and still writes with a password.
pub(super) fn is_old(file: &[u8]) -> bool {
    file.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])
}

/// The rows of the first sheet that has addresses, or of the first.
pub(super) fn read(file: &[u8]) -> Result<Vec<Row>, Unreadable> {
    require_small(file)?;
    let mut workbook: Xlsx<_> =
        Xlsx::new(Cursor::new(file)).map_err(|_broken| Unreadable::NotAList)?;
    let mut first = None;
    for name in workbook.sheet_names().iter().take(SHEETS_MAX) {
        // Charts are sheets too.
        let Ok(rows) = sheet(&mut workbook, name) else {
            continue;
        };
        let rows = rows?;
        let is_address = |row: &Row| row.cells.iter().any(|cell| table::is_address_alone(cell));
        if rows.iter().any(is_address) {
            return Ok(rows);
        }
        first = first.or(Some(rows));
    }
    first.ok_or(Unreadable::NotAList)
}

/// Refuses an archive that unpacks to more than memory should take, whatever it says of itself.
fn require_small(file: &[u8]) -> Result<(), Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(|_broken| Unreadable::NotAList)?;
    let mut left = UNPACKED_MAX;
    for index in 0..archive.len() {
        let entry = archive
            .by_index(index)
            .map_err(|_broken| Unreadable::NotAList)?;
        let mut entry = entry.take(left + 1);
        let read = std::io::copy(&mut entry, &mut std::io::sink());
        let read = read.map_err(|_broken| Unreadable::NotAList)?;
        left = left.checked_sub(read).ok_or(Unreadable::Long)?;
    }
    Ok(())
}

type Sheet = Result<Vec<Row>, Unreadable>;

/// The rows of a sheet. Cells are read one by one: laid out as a whole, two cells far apart would
/// fill the memory.
fn sheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Sheet, calamine::XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(name)?;
    let mut rows = BTreeMap::<u32, Vec<String>>::new();
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        let text = text(cell.get_value());
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if text.is_empty() || column >= CELLS_MAX {
            continue;
        }
        if rows.len() >= ROWS_MAX && !rows.contains_key(&row) {
            return Ok(Err(Unreadable::Long));
        }
        let row = rows.entry(row).or_default();
        if row.len() <= column {
            row.resize(column + 1, String::new());
        }
        row[column] = text;
    }
    let rows = rows.into_iter().map(|(row, cells)| Row {
        line: u64::from(row) + 1,
        cells,
        ..Row::default()
    });
    Ok(Ok(rows.collect()))
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(_)
        | DataRef::DateTime(_)
        | DataRef::DateTimeIso(_)
        | DataRef::DurationIso(_)
        | DataRef::Error(_)
        | DataRef::Empty => String::new(),
    }
}
