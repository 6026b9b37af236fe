//! An `.xlsb` workbook, from its bytes to its rows.

use std::collections::HashMap;
use std::io::{Read, Seek};
use std::sync::Arc;

use super::shared_strings;
use super::styles::Styles;
use super::survey::Survey;
use super::workbook_part::{Sheet, WorkbookPart};
use super::worksheet::{self, Common};
use crate::sheet::visitor::Visitor;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::package::{Package, PartName, Relationship};
use crate::sheet::workbook::row_builder::RowBuilder;

/// A worksheet that unpacks to no more than this is unpacked once and kept; a larger one is unpacked twice.
const KEPT_BYTES: u64 = 32 << 20;

/// Gives every row that is not empty, worksheet by worksheet, to `visitor`.
pub(in crate::sheet) fn read<R: Read + Seek>(file: R, visitor: &mut dyn Visitor) -> Result<(), WorkbookError> {
    let mut package = Package::open(file)?;
    let main = package
        .main_part()?
        .ok_or_else(|| WorkbookError::Broken("the part that lists its worksheets is missing".into()))?;
    let workbook = WorkbookPart::read(package.part(&main)?.ok_or_else(|| missing(&main))?)?;
    let relationships = package.relationships(&main)?;
    let of_kind = |kind| relationships.iter().find(|related| related.kind == kind);
    let mut common = Common {
        is_1904: workbook.is_1904,
        computes_on_load: workbook.computes_on_load,
        ..Common::default()
    };
    if let Some(styles) = of_kind("styles")
        && let Some(part) = package.part(&styles.target)?
    {
        common.styles = Styles::read(part)?;
    }
    if let Some(strings) = of_kind("sharedStrings")
        && let Some(part) = package.part(&strings.target)?
    {
        common.strings = Some(shared_strings::read(part, &common.styles)?);
    }
    let mut read = HashMap::new();
    for sheet in &workbook.sheets {
        match table(sheet, &relationships, &package, &read) {
            Ok(part) => {
                if let Some(rows) = RowBuilder::begin(&sheet.name, sheet.is_hidden, visitor) {
                    read_rows(&mut package, part, &common, rows).map_err(|error| of_sheet(error, &sheet.name))?;
                }
                read.insert(part, sheet.name.clone());
            }
            Err(reason) => visitor.sheet_skipped(&sheet.name, &reason),
        }
    }
    Ok(())
}

/// The part with the worksheet's table, or why it has none.
fn table<'r>(
    sheet: &Sheet,
    relationships: &'r [Relationship],
    package: &Package<impl Read + Seek>,
    read: &HashMap<&PartName, Arc<str>>,
) -> Result<&'r PartName, String> {
    let related = relationships
        .iter()
        .find(|related| Some(&related.id) == sheet.relationship.as_ref());
    let Some(Relationship { kind, target, .. }) = related else {
        return Err("the workbook does not say which of its parts it is".into());
    };
    match kind.as_str() {
        "worksheet" if !package.has(target) => Err(format!("its part `{target}` is missing from the file")),
        "worksheet" => match read.get(target) {
            Some(first) => Err(format!("it is worksheet `{first}` once more")),
            None => Ok(target),
        },
        "chartsheet" => Err("it is a chart".into()),
        "dialogsheet" => Err("it is a dialog".into()),
        "xlMacrosheet" | "xlIntlMacrosheet" => Err("it is an Excel 4 macro sheet".into()),
        _ => Err(format!("its part `{target}` is no worksheet")),
    }
}

fn read_rows<R: Read + Seek>(
    package: &mut Package<R>,
    name: &PartName,
    common: &Common,
    mut rows: RowBuilder<'_>,
) -> Result<(), WorkbookError> {
    let mut part = package.part(name)?.ok_or_else(|| missing(name))?;
    if part.size() <= KEPT_BYTES {
        let mut kept = Vec::new();
        part.read_to_end(&mut kept)?;
        let survey = Survey::of(kept.as_slice(), common.computes_on_load)?;
        worksheet::read(kept.as_slice(), common, &survey, &mut rows)?;
    } else {
        let survey = Survey::of(part, common.computes_on_load)?;
        let part = package.part(name)?.ok_or_else(|| missing(name))?;
        worksheet::read(part, common, &survey, &mut rows)?;
    }
    rows.finish()
}

fn missing(name: &PartName) -> WorkbookError {
    WorkbookError::Broken(format!("its part `{name}` is missing"))
}

/// Names the worksheet that is broken.
fn of_sheet(error: WorkbookError, name: &str) -> WorkbookError {
    match error {
        WorkbookError::Broken(reason) => WorkbookError::Broken(format!("worksheet `{name}`: {reason}")),
        other => other,
    }
}
