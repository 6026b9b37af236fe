//! What a workbook says about itself and its worksheets.

use std::collections::HashMap;
use std::io::{Read, Seek};
use std::sync::Arc;

use quick_xml::events::{BytesStart, Event};

use super::shared_strings;
use super::styles::Styles;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::package::{Package, PartName, Relationship, XmlPart, attribute, is_true};
use crate::sheet::workbook::shared_texts::SharedTexts;

/// The most worksheets that are looked at.
const MOST_SHEETS: usize = 1 << 14;

/// What the cells of all worksheets have in common.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) sheets: Vec<Sheet>,
    /// `None` if the workbook has no part for them.
    pub(super) strings: Option<SharedTexts>,
    pub(super) styles: Styles,
    /// Whether dates count from 1904.
    pub(super) is_1904: bool,
    /// Whether the program that wrote it asks for everything to be computed by the one that opens it: what is stored
    /// with a formula may be a mere filler.
    pub(super) is_to_be_computed: bool,
}

/// A worksheet, or what stands among them.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) name: Arc<str>,
    pub(super) is_hidden: bool,
    /// What it is, and the part that holds it; `None` where nothing leads to it.
    pub(super) part: Option<(String, PartName)>,
}

impl Book {
    pub(super) fn read<R: Read + Seek>(package: &mut Package<R>) -> Result<Self, WorkbookError> {
        let missing = || WorkbookError::Broken("the part that lists its worksheets is missing".into());
        let main = package.main_part()?.ok_or_else(missing)?;
        let relationships = package.relationships(&main)?;
        let mut book = Self::default();
        book.workbook(package.xml(&main)?.ok_or_else(missing)?, &relationships)?;
        // Some writers forget to say where these are, and have them where everybody has.
        let part = |kind| related(&relationships, kind).or_else(|| main.resolve(&format!("{kind}.xml")));
        if let Some(part) = part("sharedStrings")
            && let Some(strings) = package.xml(&part)?
        {
            book.strings = Some(shared_strings::read(strings)?);
        }
        if let Some(part) = part("styles")
            && let Some(styles) = package.xml(&part)?
        {
            book.styles = Styles::read(styles)?;
        }
        Ok(book)
    }

    fn workbook(&mut self, mut part: XmlPart<'_>, relationships: &[Relationship]) -> Result<(), WorkbookError> {
        let by_id: HashMap<&str, &Relationship> = relationships
            .iter()
            .map(|related| (related.id.as_str(), related))
            .collect();
        loop {
            match part.next()? {
                Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                    "workbookPr" => self.is_1904 = says(&element, "date1904")?,
                    "calcPr" => self.is_to_be_computed = says(&element, "fullCalcOnLoad")?,
                    "sheet" => self.sheets.push(sheet(&element, &by_id)?),
                    _ => {}
                },
                Event::Eof => return Ok(()),
                _ => {}
            }
            if self.sheets.len() > MOST_SHEETS {
                return Err(WorkbookError::TooWide);
            }
        }
    }
}

fn related(relationships: &[Relationship], kind: &str) -> Option<PartName> {
    let found = relationships.iter().find(|related| related.kind == kind)?;
    Some(found.target.clone())
}

fn says(element: &BytesStart<'_>, name: &str) -> Result<bool, WorkbookError> {
    Ok(attribute(element, name)?.is_some_and(|value| is_true(&value)))
}

fn sheet(element: &BytesStart<'_>, by_id: &HashMap<&str, &Relationship>) -> Result<Sheet, WorkbookError> {
    let mut part = None;
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute?;
        // The one without a prefix would be something else.
        if attribute.key.local_name().as_ref() == "id" && attribute.key.prefix().is_some() {
            let related = by_id.get(attribute.value.as_ref());
            part = related.map(|related| (related.kind.clone(), related.target.clone()));
        }
    }
    let state = attribute(element, "state")?;
    Ok(Sheet {
        name: attribute(element, "name")?.unwrap_or_default().into(),
        is_hidden: matches!(state.as_deref(), Some("hidden" | "veryHidden")),
        part,
    })
}
