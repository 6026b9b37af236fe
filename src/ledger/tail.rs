//! How a file ends: with a line end, with part of a line, or with the NULs that a loss of power leaves where the
//! file was made longer and what was written never came to the disk.

use std::io::{self, Read, Seek, SeekFrom};

/// How much is read at once, from the end on.
const BLOCK: u64 = 4 << 10;

/// The end of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tail {
    /// How many bytes there are before the NULs at the end.
    pub(super) written: u64,
    /// Whether there are NULs at the end.
    pub(super) has_nuls: bool,
    /// Whether the last byte before these ends a line.
    pub(super) ends_in_line_end: bool,
}

impl Tail {
    /// Looks at the end of a file; where it is read on from afterwards is not said.
    pub(super) fn of(file: &mut (impl Read + Seek)) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        let mut end = length;
        let mut block = Vec::new();
        while end > 0 {
            let start = end.saturating_sub(BLOCK);
            file.seek(SeekFrom::Start(start))?;
            block.clear();
            file.by_ref().take(end - start).read_to_end(&mut block)?;
            if let Some(last) = block.iter().rposition(|byte| *byte != 0) {
                let written = start + last as u64 + 1;
                return Ok(Self {
                    written,
                    has_nuls: written < length,
                    ends_in_line_end: block[last] == b'\n',
                });
            }
            end = start;
        }
        Ok(Self {
            written: 0,
            has_nuls: length > 0,
            ends_in_line_end: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn nuls_at_the_end_are_told_from_what_was_written_however_many_they_are() {
        let long = usize::try_from(BLOCK).unwrap() * 2;
        for nuls in [0, 1, 7, long - 1, long, long + 1] {
            for (text, ends_in_line_end) in [("", false), ("a,b\n", true), ("a\0b", false)] {
                let mut bytes = text.as_bytes().to_vec();
                bytes.resize(bytes.len() + nuls, 0);
                let expected = Tail {
                    written: text.len() as u64,
                    has_nuls: nuls > 0,
                    ends_in_line_end,
                };
                assert_eq!(Tail::of(&mut Cursor::new(bytes)).unwrap(), expected, "{text:?} {nuls}");
            }
        }
    }
}
