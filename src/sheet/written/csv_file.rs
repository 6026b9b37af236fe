//! A table as CSV.

use std::io::Write;

use super::table::{WrittenCell, WrittenTable};
use crate::text::escape_formula;

/// Writes header and rows; cells that a spreadsheet program would run as a formula are defused.
pub(super) fn write_csv(table: &WrittenTable<'_>, out: &mut dyn Write) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(table.columns.iter().map(|column| column.header.as_ref()))?;
    for row in (table.rows)() {
        writer.write_record(row.iter().map(|cell| {
            match cell {
                WrittenCell::Text(text) => escape_formula(text),
                WrittenCell::Empty | WrittenCell::Number(_) | WrittenCell::Time(_) => cell.as_text(),
            }
            .into_owned()
        }))?;
    }
    writer.flush()?;
    Ok(())
}
