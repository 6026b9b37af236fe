//! An `.xlsx` workbook, from its bytes to its rows.

use std::collections::HashMap;
use std::io::{Read, Seek};
use std::sync::Arc;

use quick_xml::events::Event;

use super::book::{Book, Sheet};
use super::merged::merged_cells;
use super::worksheet::Worksheet;
use crate::sheet::visitor::Visitor;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::package::{Package, PartName, XmlPart, decoded};
use crate::sheet::workbook::row_builder::RowBuilder;

/// A worksheet that unpacks to no more than this is unpacked once and kept; a larger one is unpacked twice.
const KEPT_BYTES: u64 = 32 << 20;

/// Gives every row that is not empty, worksheet by worksheet, to `visitor`.
pub(in crate::sheet) fn read<R: Read + Seek>(file: R, visitor: &mut dyn Visitor) -> Result<(), WorkbookError> {
    let mut package = Package::open(file)?;
    let book = Book::read(&mut package)?;
    let mut read = HashMap::new();
    for sheet in &book.sheets {
        match table(sheet, &mut package, &read)? {
            Ok(part) => {
                rows(sheet, part, &book, &mut package, visitor)?;
                read.insert(part, sheet.name.clone());
            }
            Err(reason) => visitor.sheet_skipped(&sheet.name, &reason),
        }
    }
    Ok(())
}

/// The part with the worksheet's table, or why it has none.
fn table<'s, R: Read + Seek>(
    sheet: &'s Sheet,
    package: &mut Package<R>,
    read: &HashMap<&PartName, Arc<str>>,
) -> Result<Result<&'s PartName, String>, WorkbookError> {
    let Some((kind, part)) = &sheet.part else {
        return Ok(Err("the workbook does not say which of its parts it is".into()));
    };
    if let Some(first) = read.get(part) {
        return Ok(Err(format!("it is worksheet `{first}` once more")));
    }
    let Some(xml) = package.xml(part)? else {
        return Ok(Err(format!("its part `{part}` is missing from the file")));
    };
    let root = root(xml);
    let what = match (kind.as_str(), root.as_deref()) {
        (_, Some("worksheet")) if kind != "xlMacrosheet" && kind != "xlIntlMacrosheet" => return Ok(Ok(part)),
        ("xlMacrosheet" | "xlIntlMacrosheet", _) | (_, Some("macrosheet")) => "it is an Excel 4 macro sheet",
        ("chartsheet", _) | (_, Some("chartsheet")) => "it is a chart",
        ("dialogsheet", _) | (_, Some("dialogsheet")) => "it is a dialog",
        _ => return Ok(Err(format!("its part `{part}` is no worksheet"))),
    };
    Ok(Err(what.into()))
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

fn rows<R: Read + Seek>(
    sheet: &Sheet,
    part: &PartName,
    book: &Book,
    package: &mut Package<R>,
    visitor: &mut dyn Visitor,
) -> Result<(), WorkbookError> {
    let Some(mut rows) = RowBuilder::begin(&sheet.name, sheet.is_hidden, visitor) else {
        return Ok(());
    };
    let missing = || WorkbookError::Broken(format!("its part `{part}` is missing"));
    let mut xml = package.part(part)?.ok_or_else(missing)?;
    if xml.size() <= KEPT_BYTES {
        let mut kept = Vec::new();
        xml.read_to_end(&mut kept)?;
        drop(xml);
        for area in merged_cells(decoded(kept.as_slice())?)? {
            rows.merge(area);
        }
        Worksheet::new(XmlPart::new(kept.as_slice())?, book).read(rows)
    } else {
        for area in merged_cells(decoded(xml)?)? {
            rows.merge(area);
        }
        let xml = package.part(part)?.ok_or_else(missing)?;
        Worksheet::new(XmlPart::new(xml)?, book).read(rows)
    }
}
