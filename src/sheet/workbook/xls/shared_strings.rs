//! The table of strings that the cells of an `.xls` share: how long each is.
//!
//! Knows the layout of that one record, and nothing of cells.

/// The flags of a string: two bytes a letter, what follows it for another writing system, runs of formats.
const WIDE: u8 = 0x01;
const EXTENDED: u8 = 0x04;
const RICH: u8 = 0x08;

/// How many letters each string has, up to the first that does not hold together: there the reader gives up the
/// workbook. The record is `first`; `more` are those that continue it.
pub(in crate::sheet) fn lengths<'w>(first: &'w [u8], more: impl Iterator<Item = &'w [u8]>) -> Vec<u16> {
    let mut strings = Strings {
        // Two counts precede the strings.
        rest: first.get(8..).unwrap_or_default(),
        more,
    };
    let mut lengths = Vec::new();
    while !strings.rest.is_empty() || strings.turn().is_some() {
        let Some(letters) = strings.string() else { break };
        lengths.push(letters);
    }
    lengths
}

/// What is still to be read: of one record, and the records after it.
struct Strings<'w, M> {
    rest: &'w [u8],
    more: M,
}

impl<'w, M: Iterator<Item = &'w [u8]>> Strings<'w, M> {
    fn turn(&mut self) -> Option<()> {
        self.rest = self.more.next()?;
        Some(())
    }

    /// Bytes within one record.
    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*bytes)
    }

    fn string(&mut self) -> Option<u16> {
        if self.rest.is_empty() {
            return Some(0);
        }
        let [low, high, flags] = self.bytes()?;
        let letters = u16::from_le_bytes([low, high]);
        let formats = if flags & RICH == 0 {
            0
        } else {
            u16::from_le_bytes(self.bytes()?)
        };
        let extension = if flags & EXTENDED == 0 {
            0
        } else {
            u32::from_le_bytes(self.bytes()?)
        };
        self.skip_letters(letters.into(), flags)?;
        self.skip(usize::from(formats) * 4)?;
        self.skip(usize::try_from(extension).ok()?)?;
        Some(letters)
    }

    /// If characters continue in another record, it states their width again.
    fn skip_letters(&mut self, mut letters: usize, mut flags: u8) -> Option<()> {
        while letters > 0 {
            let width = if flags & WIDE == 0 { 1 } else { 2 };
            let here = (self.rest.len() / width).min(letters);
            self.rest = &self.rest[here * width..];
            letters -= here;
            if letters > 0 {
                self.turn()?;
                [flags] = self.bytes()?;
            }
        }
        Some(())
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > 0 {
            if self.rest.is_empty() {
                self.turn()?;
            }
            let here = self.rest.len().min(bytes);
            self.rest = &self.rest[here..];
            bytes -= here;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_measured_across_records_widths_and_what_follows_them() {
        let first = [
            &[0; 8][..],
            &[2, 0, 0, b'a', b'b'],
            &[1, 0, RICH | EXTENDED, 1, 0, 3, 0, 0, 0, b'c', 0, 0, 0, 0, 7],
        ]
        .concat();
        let second = [&[7, 7][..], &[4, 0, 0, b'd']].concat();
        let third = [&[WIDE, b'e', 0, b'f', 0, b'g', 0][..], &[0, 0, 0]].concat();
        let more = [second.as_slice(), &third];
        assert_eq!(lengths(&first, more.into_iter()), [2, 1, 4, 0]);
    }

    #[test]
    fn a_string_that_is_cut_off_ends_the_table() {
        let table = [&[0; 8][..], &[1, 0, 0, b'a'], &[9, 0, 0, b'b']].concat();
        assert_eq!(lengths(&table, [].into_iter()), [1]);
        assert!(lengths(&[], [].into_iter()).is_empty());
    }
}
