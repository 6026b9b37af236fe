//! An `.xlsb` workbook, from its bytes to its rows.

use std::io::{Read, Seek};

use super::merged::merged_cells;
use super::workbook_part::WorkbookPart;
use super::worksheet::{self, Common};
use super::{shared_strings, styles};
use crate::sheet::visitor::Visitor;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::package::{LIST_BYTES, Package};

/// Gives every row that is not empty, worksheet by worksheet, to `visitor`.
pub(in crate::sheet) fn read<R: Read + Seek>(file: R, visitor: &mut dyn Visitor) -> Result<(), WorkbookError> {
    let mut package = Package::open(file)?;
    let main = package
        .main_part()?
        .ok_or_else(|| WorkbookError::Broken("the part that lists its worksheets is missing".into()))?;
    let workbook = WorkbookPart::read(package.needed(&main)?.take(LIST_BYTES))?;
    let relationships = package.relationships(&main)?;
    let mut common = Common {
        is_1904: workbook.is_1904,
        is_to_be_computed: workbook.is_to_be_computed,
        ..Common::default()
    };
    let from = (&main, relationships.as_slice());
    if let Some(part) = package.common_part(from, "styles", "bin")? {
        common.styles = styles::read(part)?;
    }
    if let Some(part) = package.common_part(from, "sharedStrings", "bin")? {
        common.strings = Some(shared_strings::read(part, &common.styles)?);
    }
    workbook.sheets.read(
        &relationships,
        &mut package,
        visitor,
        // A part of records does not say of itself what it is.
        |_, related| Some(related.kind.clone()),
        |package, part, mut rows| {
            package.twice(
                part,
                |records| merged_cells(records),
                |records, merged| {
                    rows.set_merged(merged);
                    worksheet::read(records, &common, &mut rows)?;
                    rows.finish()
                },
            )
        },
    )
}
