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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::records::kind;
    use super::*;

    /// A table of texts as Excel writes it: whoever writes may break it off within the letters of a text, which then
    /// begin anew with their width, or between what follows them.
    #[derive(Default)]
    struct Writer {
        records: Vec<Vec<u8>>,
        /// After how many bytes of data a record is full; the last goes on and on.
        room: Vec<usize>,
    }

    impl Writer {
        fn data(&mut self) -> &mut Vec<u8> {
            self.records.last_mut().unwrap()
        }

        fn is_full(&self) -> bool {
            let room = self.room.get(self.records.len() - 1);
            room.is_some_and(|room| self.records[self.records.len() - 1].len() >= *room)
        }

        fn text(&mut self, text: &str, is_wide: bool, formats: u16, extension: u32) {
            if self.is_full() {
                self.records.push(Vec::new());
            }
            let units: Vec<u16> = text.encode_utf16().collect();
            let mut is_wide = is_wide || units.iter().any(|unit| *unit > 0xff);
            let flags = u8::from(is_wide) | u8::from(formats > 0) << 3 | u8::from(extension > 0) << 2;
            let length = u16::try_from(units.len()).unwrap();
            self.data()
                .extend([length.to_le_bytes(), [flags, 0]].concat().into_iter().take(3));
            if formats > 0 {
                self.data().extend(formats.to_le_bytes());
            }
            if extension > 0 {
                self.data().extend(extension.to_le_bytes());
            }
            for (at, unit) in units.iter().enumerate() {
                if self.is_full() {
                    // The rest may be narrower.
                    is_wide = units[at..].iter().any(|unit| *unit > 0xff);
                    self.records.push(vec![u8::from(is_wide)]);
                }
                let [low, high] = unit.to_le_bytes();
                self.data().push(low);
                if is_wide {
                    self.data().push(high);
                }
            }
            for _ in 0..u32::from(formats) * 4 + extension {
                if self.is_full() {
                    self.records.push(Vec::new());
                }
                self.data().push(0x5a);
            }
        }

        fn stream(&self) -> Vec<u8> {
            let kinds = std::iter::once(kind::SST).chain(std::iter::repeat(kind::CONTINUE));
            let records = kinds.zip(&self.records).flat_map(|(kind, data)| {
                let length = u16::try_from(data.len()).unwrap();
                [&kind.to_le_bytes(), &length.to_le_bytes(), data.as_slice()].concat()
            });
            records.chain([0x0a, 0, 0, 0]).collect()
        }
    }

    fn located(stream: &[u8]) -> SharedStrings<'_> {
        let mut records = Records::from(stream, 0);
        let first = records.next().unwrap();
        SharedStrings::locate(stream, first, &records).unwrap()
    }

    proptest! {
        #[test]
        fn texts_are_read_back_wherever_the_records_break(
            texts in prop::collection::vec(("\\PC{0,12}", any::<bool>(), 0_u16..4, 0_u32..9), 0..12),
            room in prop::collection::vec(8_usize..24, 0..40),
        ) {
            let mut writer = Writer { records: vec![vec![0; 8]], room };
            for (text, is_wide, formats, extension) in &texts {
                writer.text(text, *is_wide, *formats, *extension);
            }
            let stream = writer.stream();
            let strings = located(&stream);
            let mut text = String::new();
            for (number, (written, ..)) in (0..).zip(&texts) {
                prop_assert!(strings.read(number, &mut text).is_some());
                prop_assert_eq!(&text, written);
            }
            prop_assert!(strings.read(u32::try_from(texts.len()).unwrap(), &mut text).is_none());
        }
    }

    #[test]
    fn a_text_that_is_cut_off_ends_the_table() {
        let mut writer = Writer {
            records: vec![vec![0; 8]],
            room: Vec::new(),
        };
        writer.text("a", false, 0, 0);
        writer.data().extend([9, 0, 0, b'b']);
        let stream = writer.stream();
        let strings = located(&stream);
        let mut text = String::new();
        assert!(strings.read(0, &mut text).is_some());
        assert!(strings.read(1, &mut text).is_none());
    }
}
