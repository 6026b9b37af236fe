//! The texts that cells refer to by number.

use std::io::Read;

use super::records::Records;
use super::rich_text;
use super::styles::Styles;
use crate::sheet::workbook::error::WorkbookError;

/// The most that the texts may take in memory.
const LIMIT_MIB: usize = 256;

const SST_ITEM: u16 = 19;

/// The shared texts, one behind the other in one allocation.
#[derive(Debug, Default)]
pub(super) struct SharedStrings {
    text: String,
    /// Where each text ends.
    ends: Vec<usize>,
    /// Those whose runs say whether they are struck through, ascending; of the others the font of the cell says it.
    struck: Vec<(u32, bool)>,
}

impl SharedStrings {
    pub(super) fn read(part: impl Read, styles: &Styles) -> Result<Self, WorkbookError> {
        let mut records = Records::new(part);
        let mut strings = Self::default();
        while let Some(kind) = records.next_kind()? {
            if kind == SST_ITEM {
                if let Some(is_struck) = rich_text::read(&mut records.fields()?, styles, &mut strings.text)?
                    && let Ok(index) = u32::try_from(strings.ends.len())
                {
                    strings.struck.push((index, is_struck));
                }
                strings.ends.push(strings.text.len());
                let taken = strings.text.len() + size_of_val(&*strings.ends) + size_of_val(&*strings.struck);
                if taken > LIMIT_MIB << 20 {
                    return Err(WorkbookError::TooMuchText {
                        limit: LIMIT_MIB as u64,
                    });
                }
            }
        }
        Ok(strings)
    }

    /// The text of this number, from 0, if there are so many.
    pub(super) fn get(&self, index: u32) -> Option<&str> {
        let index = usize::try_from(index).ok()?;
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(start..end)
    }

    /// Whether the text of this number is struck through; `None` where the font of the cell says that.
    pub(super) fn is_struck(&self, index: u32) -> Option<bool> {
        let found = self.struck.binary_search_by_key(&index, |(index, _)| *index).ok()?;
        Some(self.struck[found].1)
    }
}
