//! The sheets of a workbook: which of them are worksheets, and where they are.

use std::collections::HashMap;
use std::io::{Read, Seek};

use super::part_name::PartName;
use super::parts::Package;
use super::relationship::Relationship;
use crate::model::Shared;
use crate::sheet::visitor::Visitor;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::row_builder::RowBuilder;

/// The most sheets that are looked at.
const MOST: usize = 1 << 14;

/// A worksheet, or what stands among them.
#[derive(Debug)]
pub(in crate::sheet) struct Sheet {
    pub(in crate::sheet) name: Shared<str>,
    pub(in crate::sheet) is_hidden: bool,
    /// The id of the relationship that leads to its part.
    pub(in crate::sheet) id: Option<String>,
}

/// The sheets of a workbook, in order.
#[derive(Debug, Default)]
pub(in crate::sheet) struct Sheets(Vec<Sheet>);

impl Sheets {
    pub(in crate::sheet) fn add(&mut self, sheet: Sheet) -> Result<(), WorkbookError> {
        if self.0.len() == MOST {
            return Err(WorkbookError::TooWide);
        }
        self.0.push(sheet);
        Ok(())
    }

    /// Reads the part of every worksheet by `read`; the other sheets are named to `visitor` as skipped. `content` says
    /// what is in a part that is said to be of a kind, by the word that a relationship has for it; `None` where that does
    /// not show.
    pub(in crate::sheet) fn read<R: Read + Seek>(
        &self,
        relationships: &[Relationship],
        package: &mut Package<R>,
        visitor: &mut dyn Visitor,
        mut content: impl FnMut(&mut Package<R>, &Relationship) -> Option<String>,
        mut read: impl FnMut(&mut Package<R>, &PartName, RowBuilder<'_>) -> Result<(), WorkbookError>,
    ) -> Result<(), WorkbookError> {
        let by_id: HashMap<&str, &Relationship> = relationships
            .iter()
            .map(|related| (related.id.as_str(), related))
            .collect();
        let mut first: HashMap<&PartName, &str> = HashMap::new();
        for sheet in &self.0 {
            let related = sheet.id.as_deref().and_then(|id| by_id.get(id).copied());
            let skipped = match related {
                None => Some("the workbook does not say which of its parts it is".to_owned()),
                Some(Relationship { target, .. }) if !package.has(target) => {
                    Some(format!("its part `{target}` is missing from the file"))
                }
                Some(related) => match first.get(&related.target) {
                    Some(first) => Some(format!("it is worksheet `{first}` once more")),
                    None => no_table(related, content(package, related).as_deref()),
                },
            };
            if let Some(reason) = skipped {
                visitor.sheet_skipped(&sheet.name, &reason);
            } else if let Some(Relationship { target, .. }) = related {
                if let Some(rows) = RowBuilder::begin(&sheet.name, sheet.is_hidden, visitor) {
                    read(package, target, rows).map_err(|error| of_sheet(error, &sheet.name))?;
                }
                first.insert(target, &sheet.name);
            }
        }
        Ok(())
    }
}

/// Why the part has no table, unless it is a worksheet.
fn no_table(related: &Relationship, content: Option<&str>) -> Option<String> {
    let what = match (related.kind.as_str(), content) {
        ("xlMacrosheet" | "xlIntlMacrosheet", _) | (_, Some("macrosheet")) => "it is an Excel 4 macro sheet",
        ("chartsheet", _) | (_, Some("chartsheet")) => "it is a chart",
        ("dialogsheet", _) | (_, Some("dialogsheet")) => "it is a dialog",
        (_, Some("worksheet")) => return None,
        _ => return Some(format!("its part `{}` is no worksheet", related.target)),
    };
    Some(what.to_owned())
}

/// Names the worksheet that is broken.
fn of_sheet(error: WorkbookError, name: &str) -> WorkbookError {
    match error {
        WorkbookError::Broken(reason) => WorkbookError::Broken(format!("worksheet `{name}`: {reason}")),
        other => other,
    }
}
