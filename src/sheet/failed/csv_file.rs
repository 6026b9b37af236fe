//! A sheet of failed rows as a CSV.

use std::borrow::Cow;
use std::io::Write;

use super::table::Table;
use crate::text::escape_formula;

/// Writes the rows; cells that a spreadsheet program would run as a formula are defused.
pub(super) fn write_csv(
    file: &mut impl Write,
    tables: &[Table],
    (of, digest): (&str, &str),
    delimiter: u8,
    byte_order_mark: bool,
) -> Result<(), csv::Error> {
    if byte_order_mark {
        file.write_all("\u{feff}".as_bytes())?;
    }
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(file);
    for cells in tables.iter().flat_map(|table| table.rows(of, digest)) {
        let cells: Vec<Cow<'_, str>> = cells.iter().map(|cell| escape_formula(&cell.text)).collect();
        writer.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
    }
    writer.flush()?;
    Ok(())
}
