//! The tables of a worksheet, which may end in a row of totals.

use std::io::{Read, Seek};

use quick_xml::events::{BytesStart, Event};

use super::cell_reference::area;
use crate::sheet::workbook::package::{Package, PartName, XmlPart, attribute};

/// Nobody has more on one worksheet.
const MOST: usize = 64;

/// The numbers of the total rows of the tables on this worksheet. What cannot be read of a table says nothing.
pub(super) fn total_rows<R: Read + Seek>(package: &mut Package<R>, worksheet: &PartName) -> Vec<u32> {
    let related = package.relationships(worksheet).unwrap_or_default();
    let tables = related.into_iter().filter(|related| related.kind == "table").take(MOST);
    tables
        .filter_map(|table| total_row(package.list(&table.target).ok()??))
        .collect()
}

fn total_row(mut part: XmlPart<'_>) -> Option<u32> {
    loop {
        match part.next().ok()? {
            Event::Start(table) | Event::Empty(table) => return total_row_of(&table),
            Event::Eof => return None,
            _ => {}
        }
    }
}

fn total_row_of(table: &BytesStart<'_>) -> Option<u32> {
    let rows = attribute(table, "totalsRowCount").ok()??;
    let cells = area(&attribute(table, "ref").ok()??)?;
    // There is never more than one.
    (rows.trim() == "1").then_some(cells.rows().end() + 1)
}
