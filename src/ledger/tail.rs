//! How a file ends: with a line end, with part of a line, or with the NULs that a power loss leaves where the file was
//! extended but the data never reached the disk.

use std::io::{self, Read, Seek, SeekFrom};

/// How much is read at a time, from the end.
const BLOCK: u64 = 4 << 10;

/// The bytes that a letter takes at least, and how a plain one is among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// One byte.
    Byte,
    /// Two bytes, the lower one first.
    LittleEndian,
    /// Two bytes, the higher one first.
    BigEndian,
}

impl Unit {
    pub(super) fn length(self) -> usize {
        match self {
            Self::Byte => 1,
            Self::LittleEndian | Self::BigEndian => 2,
        }
    }

    /// The ASCII letter that these bytes are, if they are one.
    fn ascii(self, bytes: &[u8]) -> Option<u8> {
        match (self, bytes) {
            (Self::Byte, [letter]) | (Self::LittleEndian, [letter, 0]) | (Self::BigEndian, [0, letter]) => {
                Some(*letter)
            }
            _ => None,
        }
    }

    fn is_line_end(self, bytes: &[u8]) -> bool {
        matches!(self.ascii(bytes), Some(b'\n' | b'\r'))
    }
}

/// The end of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tail {
    /// How many bytes there are before the NULs at the end.
    pub(super) written: u64,
    /// Whether there are NULs at the end.
    pub(super) has_nuls: bool,
    /// Whether the last letter before these ends a line.
    pub(super) ends_in_line_end: bool,
}

impl Tail {
    /// That of a file of whole lines.
    pub(super) fn whole(length: u64) -> Self {
        Self {
            written: length,
            has_nuls: false,
            ends_in_line_end: true,
        }
    }

    /// Looks at the end of a file; the read position afterwards is unspecified.
    pub(super) fn of(file: &mut (impl Read + Seek), unit: Unit) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        let found = last(file, length, unit, |letter| letter.iter().any(|byte| *byte != 0))?;
        Ok(match found {
            Some((at, letter)) => {
                let written = (at + unit.length() as u64).min(length);
                Self {
                    written,
                    has_nuls: written < length,
                    ends_in_line_end: unit.is_line_end(&letter),
                }
            }
            None => Self {
                written: 0,
                has_nuls: length > 0,
                ends_in_line_end: false,
            },
        })
    }

    /// Where the last line begins, of a file whose end this is; where the file ends in a line end, that is its end.
    pub(super) fn last_line(self, file: &mut (impl Read + Seek), unit: Unit) -> io::Result<u64> {
        let found = last(file, self.written, unit, |letter| unit.is_line_end(letter))?;
        Ok(found.map_or(0, |(at, _)| at + unit.length() as u64))
    }
}

/// The last letter of the first `length` bytes for which something is so, and where it is. Half a letter at the end
/// counts as one.
fn last(
    file: &mut (impl Read + Seek),
    length: u64,
    unit: Unit,
    is_so: impl Fn(&[u8]) -> bool,
) -> io::Result<Option<(u64, Vec<u8>)>> {
    let size = unit.length();
    let mut end = length;
    let mut block = Vec::new();
    while end > 0 {
        // A multiple of the block, so that no letter lies across two of them.
        let start = (end - 1) / BLOCK * BLOCK;
        file.seek(SeekFrom::Start(start))?;
        block.clear();
        file.by_ref().take(end - start).read_to_end(&mut block)?;
        let letters = block.chunks(size).enumerate();
        if let Some((position, letter)) = letters.filter(|(_, letter)| is_so(letter)).last() {
            return Ok(Some((start + (position * size) as u64, letter.to_vec())));
        }
        end = start;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn bytes(text: &str, unit: Unit) -> Vec<u8> {
        match unit {
            Unit::Byte => text.as_bytes().to_vec(),
            Unit::LittleEndian => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Unit::BigEndian => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        }
    }

    #[test]
    fn nuls_at_the_end_are_told_from_what_was_written_however_many_they_are() {
        let long = usize::try_from(BLOCK).unwrap() * 2;
        for unit in [Unit::Byte, Unit::LittleEndian, Unit::BigEndian] {
            for nuls in [0, 2, 8, long - 2, long, long + 2] {
                for (text, ends_in_line_end) in [("", false), ("a,b\n", true), ("a,b\r", true), ("a\0b", false)] {
                    let mut bytes = bytes(text, unit);
                    let written = bytes.len() as u64;
                    bytes.resize(bytes.len() + nuls, 0);
                    let expected = Tail {
                        written,
                        has_nuls: nuls > 0,
                        ends_in_line_end,
                    };
                    let found = Tail::of(&mut Cursor::new(bytes), unit).unwrap();
                    assert_eq!(found, expected, "{text:?} {unit:?} {nuls}");
                }
            }
        }
    }

    #[test]
    fn the_last_line_begins_after_the_line_end_before_it() {
        let line = "x".repeat(9_001);
        for unit in [Unit::Byte, Unit::LittleEndian, Unit::BigEndian] {
            for (text, expected) in [
                ("", 0),
                ("ab", 0),
                ("ab\ncd", 3),
                ("ab\r\n", 4),
                (&format!("a\n{line}"), 2),
            ] {
                let mut file = Cursor::new(bytes(text, unit));
                let tail = Tail::of(&mut file, unit).unwrap();
                let found = tail.last_line(&mut file, unit).unwrap();
                assert_eq!(found, expected * unit.length() as u64, "{unit:?}");
            }
        }
    }
}
