//! The texts that the cells of a workbook refer to by number.

use super::error::WorkbookError;
use super::struck::Struck;

/// The most that the texts may take in memory.
const LIMIT_MIB: u64 = 256;

/// What is wrong with a workbook whose cells refer to texts that are not there.
pub(in crate::sheet) fn no_texts() -> WorkbookError {
    WorkbookError::Broken("the part that holds its texts is missing".into())
}

/// Shared texts, one behind the other in one allocation.
#[derive(Debug, Default)]
pub(in crate::sheet) struct SharedTexts {
    texts: String,
    /// Where each ends.
    ends: Vec<u32>,
    /// Those whose own fonts say how much of them is struck through, ascending; of the others the font of the cell says it.
    struck: Vec<(usize, Struck)>,
}

impl SharedTexts {
    /// Adds the text that `read` appends to what it is given. It answers how much of the text is struck through, `None`
    /// where the font of the cell says that. Fails where the texts take too much.
    pub(in crate::sheet) fn add(
        &mut self,
        read: impl FnOnce(&mut String) -> Result<Option<Struck>, WorkbookError>,
    ) -> Result<(), WorkbookError> {
        if let Some(struck) = read(&mut self.texts)? {
            self.struck.push((self.ends.len(), struck));
        }
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
    pub(in crate::sheet) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = match index.checked_sub(1) {
            Some(before) => self.ends[before] as usize,
            None => 0,
        };
        Some(&self.texts[start..end])
    }

    /// How much of the text of this number is struck through; `None` where the font of the cell says that.
    pub(in crate::sheet) fn struck(&self, index: usize) -> Option<Struck> {
        let found = self.struck.binary_search_by_key(&index, |(index, _)| *index).ok()?;
        Some(self.struck[found].1)
    }
}
