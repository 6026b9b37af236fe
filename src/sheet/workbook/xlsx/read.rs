//! An `.xlsx` workbook, from its bytes to its rows.

use std::io::{Read, Seek};

use quick_xml::events::Event;

use super::book::Book;
use super::merged::merged_cells;
use super::tables::total_rows;
use super::worksheet::Worksheet;
use crate::sheet::visitor::Visitor;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::package::{Package, XmlPart, decoded};

/// Gives every row that is not empty, worksheet by worksheet, to `visitor`.
pub(in crate::sheet) fn read<R: Read + Seek>(file: R, visitor: &mut dyn Visitor) -> Result<(), WorkbookError> {
    let mut package = Package::open(file)?;
    let (book, relationships) = Book::read(&mut package)?;
    book.sheets.read(
        &relationships,
        &mut package,
        visitor,
        |package, related| match package.list(&related.target) {
            Ok(part) => part.and_then(root),
            // Only whoever wants its rows has to know that it is damaged.
            Err(_) => Some(related.kind.clone()),
        },
        |package, part, mut rows| {
            rows.set_totals(total_rows(package, part));
            package.twice(
                part,
                |xml| merged_cells(decoded(xml)?),
                |xml, merged| {
                    rows.set_merged(merged);
                    Worksheet::new(XmlPart::new(xml)?, &book).read(rows)
                },
            )
        },
    )
}

/// The name of the element that holds all others.
fn root(mut part: XmlPart<'_>) -> Option<String> {
    loop {
        match part.next() {
            Ok(Event::Start(element) | Event::Empty(element)) => return Some(element.local_name().as_ref().to_owned()),
            Ok(Event::Eof) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}
