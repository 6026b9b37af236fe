//! How one part leads to another.

use quick_xml::events::Event;

use super::part_name::PartName;
use super::xml_part::{XmlPart, attribute};
use crate::sheet::workbook::error::WorkbookError;

/// A relationship to another part of the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sheet) struct Relationship {
    /// By which the part that has the relationship names it.
    pub(in crate::sheet) id: String,
    /// What the other part is: the last word of the type's address, which the strict form, the transitional one and
    /// the extensions of Excel have in common (`worksheet`, `sharedStrings`, `xlMacrosheet`).
    pub(in crate::sheet) kind: String,
    /// The other part.
    pub(in crate::sheet) target: PartName,
}

/// The relationships in this part, whose owner is `of`; those that lead out of the package are left out.
pub(super) fn read(mut part: XmlPart<'_>, of: &PartName) -> Result<Vec<Relationship>, WorkbookError> {
    let mut relationships = Vec::new();
    loop {
        match part.next()? {
            Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "Relationship" => {
                let value = |name| attribute(&element, name).map(Option::unwrap_or_default);
                let kind = value("Type")?;
                if value("TargetMode")? != "External"
                    && let Some(target) = of.resolve(&value("Target")?)
                {
                    relationships.push(Relationship {
                        id: value("Id")?.into_owned(),
                        kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                        target,
                    });
                }
            }
            Event::Eof => return Ok(relationships),
            _ => {}
        }
    }
}
