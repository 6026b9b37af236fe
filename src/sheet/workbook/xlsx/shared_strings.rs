//! The texts that the cells of a workbook share.

use quick_xml::events::Event;

use super::rich_text;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::package::XmlPart;

/// The most that the texts may take in memory.
const LIMIT_MIB: u64 = 256;

/// All texts, one after the other.
#[derive(Debug, Default)]
pub(super) struct SharedStrings {
    texts: String,
    /// Where each ends.
    ends: Vec<u32>,
    /// Those whose runs say whether they are struck through, ascending; of the others the font of the cell says it.
    struck: Vec<(usize, bool)>,
}

impl SharedStrings {
    pub(super) fn read(mut part: XmlPart<'_>) -> Result<Self, WorkbookError> {
        let mut strings = Self::default();
        loop {
            match part.next()? {
                Event::Start(element) if element.local_name().as_ref() == "si" => {
                    if let Some(is_struck) = rich_text::read(&mut part, &mut strings.texts)? {
                        strings.struck.push((strings.ends.len(), is_struck));
                    }
                    strings.end()?;
                }
                Event::Empty(element) if element.local_name().as_ref() == "si" => strings.end()?,
                Event::Eof => return Ok(strings),
                _ => {}
            }
        }
    }

    /// Ends a text.
    fn end(&mut self) -> Result<(), WorkbookError> {
        let taken = self.texts.len() + size_of_val(self.ends.as_slice()) + size_of_val(self.struck.as_slice());
        match u32::try_from(self.texts.len()) {
            Ok(end) if taken as u64 <= LIMIT_MIB << 20 => {
                self.ends.push(end);
                Ok(())
            }
            _ => Err(WorkbookError::TooMuchText { limit: LIMIT_MIB }),
        }
    }

    /// The text of this number, from 0.
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = match index.checked_sub(1) {
            Some(before) => self.ends[before] as usize,
            None => 0,
        };
        Some(&self.texts[start..end])
    }

    /// Whether the text of this number is struck through; `None` where the font of the cell says that.
    pub(super) fn is_struck(&self, index: usize) -> Option<bool> {
        let found = self.struck.binary_search_by_key(&index, |(index, _)| *index).ok()?;
        Some(self.struck[found].1)
    }
}
