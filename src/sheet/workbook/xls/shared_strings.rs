//! The table of texts that the cells of an `.xls` share: where each stands.

use super::records::{Record, Records};
use super::text::{Coding, Length, Text};
use crate::sheet::workbook::error::WorkbookError;

/// No workbook has more cells that could use them, times a few.
const MOST: usize = 1 << 24;
/// What so many would take, in MiB, with their texts.
const LIMIT: u64 = 512;

/// The texts, read from their records when they are asked for.
#[derive(Debug, Default)]
pub(super) struct SharedStrings<'w> {
    stream: &'w [u8],
    /// Where each text begins.
    starts: Vec<u32>,
    /// Where each of the records ends, and the next begins.
    ends: Vec<u32>,
}

impl<'w> SharedStrings<'w> {
    /// The texts of the table that begins with `first`, up to the first that does not hold together.
    pub(super) fn locate(stream: &'w [u8], first: Record<'w>, after: &Records<'w>) -> Result<Self, WorkbookError> {
        let mut strings = Self {
            stream,
            starts: Vec::new(),
            ends: vec![place(after.at())],
        };
        let mut records = after.clone();
        while records.continued().is_some() {
            strings.ends.push(place(records.at()));
        }
        // Two counts precede the texts.
        let mut text = Text::new(first.data.get(8..).unwrap_or_default(), after.clone());
        while text.has_more() {
            strings.starts.push(place(text.position()));
            if strings.starts.len() > MOST {
                return Err(WorkbookError::TooMuchText { limit: LIMIT });
            }
            if text.skip_text().is_none() {
                strings.starts.pop();
                break;
            }
        }
        Ok(strings)
    }

    /// Reads the text of this number; `None` if there is none.
    pub(super) fn read(&self, number: u32, text: &mut String) -> Option<()> {
        let start = *self.starts.get(usize::try_from(number).ok()?)?;
        let end = *self.ends.get(self.ends.partition_point(|end| *end <= start))? as usize;
        let rest = self.stream.get(start as usize..end)?;
        Text::new(rest, Records::from(self.stream, end)).read(Coding::Utf16, Length::Short, text)
    }
}

/// No stream that is read is as long as this can tell.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
