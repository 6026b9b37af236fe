//! What a workbook says about itself and its worksheets.

use std::io::{Read, Seek};

use quick_xml::events::{BytesStart, Event};

use super::{shared_strings, styles};
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::package::{Package, Relationship, Sheet, Sheets, XmlPart, attribute, is_true};
use crate::sheet::workbook::shared_texts::SharedTexts;
use crate::sheet::workbook::styles::Styles;

/// What the cells of all worksheets have in common.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) sheets: Sheets,
    /// `None` if the workbook has no part for them.
    pub(super) strings: Option<SharedTexts>,
    pub(super) styles: Styles,
    /// Whether dates count from 1904.
    pub(super) is_1904: bool,
    /// Whether the program that wrote it asks for everything to be computed by the one that opens it: what is stored
    /// with a formula may be a mere filler.
    pub(super) is_to_be_computed: bool,
}

impl Book {
    /// What the workbook says, and the relationships of its main part.
    pub(super) fn read<R: Read + Seek>(package: &mut Package<R>) -> Result<(Self, Vec<Relationship>), WorkbookError> {
        let missing = || WorkbookError::Broken("the part that lists its worksheets is missing".into());
        let main = package.main_part()?.ok_or_else(missing)?;
        let relationships = package.relationships(&main)?;
        let mut book = Self::default();
        book.workbook(package.list(&main)?.ok_or_else(missing)?)?;
        let from = (&main, relationships.as_slice());
        if let Some(strings) = package.common_part(from, "sharedStrings", "xml")? {
            book.strings = Some(shared_strings::read(XmlPart::new(strings)?)?);
        }
        if let Some(part) = package.common_part(from, "styles", "xml")? {
            book.styles = styles::read(XmlPart::new(part)?)?;
        }
        Ok((book, relationships))
    }

    fn workbook(&mut self, mut part: XmlPart<'_>) -> Result<(), WorkbookError> {
        loop {
            match part.next()? {
                Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                    "workbookPr" => self.is_1904 = says(&element, "date1904")?,
                    "calcPr" => self.is_to_be_computed = says(&element, "fullCalcOnLoad")?,
                    "sheet" => self.sheets.add(sheet(&element)?)?,
                    _ => {}
                },
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }
}

fn says(element: &BytesStart<'_>, name: &str) -> Result<bool, WorkbookError> {
    Ok(attribute(element, name)?.is_some_and(|value| is_true(&value)))
}

fn sheet(element: &BytesStart<'_>) -> Result<Sheet, WorkbookError> {
    let mut id = None;
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute?;
        // The one without a prefix would be something else.
        if attribute.key.local_name().as_ref() == "id" && attribute.key.prefix().is_some() {
            id = Some(attribute.value.into_owned());
        }
    }
    let state = attribute(element, "state")?;
    Ok(Sheet {
        name: attribute(element, "name")?.as_deref().unwrap_or_default().into(),
        is_hidden: matches!(state.as_deref(), Some("hidden" | "veryHidden")),
        id,
    })
}
