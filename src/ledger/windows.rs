//! Lines of a file read where they are asked for: one after the other, or here and there.

use std::io::{self, Read, Seek, SeekFrom};

use fs_err::File;

use super::line::end_of_line;

/// How much is read for a line that is by itself.
const LINE: u64 = 4 << 10;
/// How much is read where one line after the other is asked for.
const AHEAD: u64 = 64 << 10;
/// How many places are read on from at the same time: rows that end together are together, and the sheet has them mixed.
const WINDOWS: usize = 8;

/// A line of a file, without its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct StoredLine<'a> {
    pub(super) text: &'a [u8],
    /// Whether its end is there.
    pub(super) is_ended: bool,
}

/// A file, and the parts of it that were read last.
#[derive(Debug)]
pub(super) struct Windows {
    file: File,
    /// The last one used is the first.
    parts: Vec<Part>,
}

#[derive(Debug, Default)]
struct Part {
    start: u64,
    bytes: Vec<u8>,
}

impl Windows {
    pub(super) fn of(file: File) -> Self {
        Self {
            file,
            parts: Vec::new(),
        }
    }

    /// The line that begins at this offset of a file of this length; `None` at its end.
    pub(super) fn line_at(&mut self, offset: u64, length: u64) -> io::Result<Option<StoredLine<'_>>> {
        if offset >= length {
            return Ok(None);
        }
        self.bring_to_front(offset);
        let end = loop {
            let part = &self.parts[0];
            if let Some(end) = end_of_line(part.rest(offset)) {
                break Some(end);
            }
            if part.end() >= length {
                break None;
            }
            self.read_on(offset, length)?;
        };
        let text = self.parts[0].rest(offset);
        Ok(Some(StoredLine {
            text: end.map_or(text, |end| &text[..end]),
            is_ended: end.is_some(),
        }))
    }

    /// Makes the part the first one in which the offset is, or at whose end; or else an empty one that begins there.
    fn bring_to_front(&mut self, offset: u64) {
        let known = self
            .parts
            .iter()
            .position(|part| (part.start..=part.end()).contains(&offset));
        let place = known.unwrap_or_else(|| {
            if self.parts.len() < WINDOWS {
                self.parts.push(Part::default());
            }
            let last = self.parts.len() - 1;
            self.parts[last].start = offset;
            self.parts[last].bytes.clear();
            last
        });
        self.parts[..=place].rotate_right(1);
    }

    /// Reads on from the end of the first part, of which nothing before the offset is kept.
    fn read_on(&mut self, offset: u64, length: u64) -> io::Result<()> {
        let part = &mut self.parts[0];
        let passed = part.bytes.len() - part.rest(offset).len();
        let is_first = part.bytes.is_empty();
        part.bytes.drain(..passed);
        part.start = offset;
        let kept = part.bytes.len() as u64;
        let wanted = if is_first { LINE } else { AHEAD.max(kept) };
        self.file.seek(SeekFrom::Start(part.end()))?;
        let read = (&mut self.file)
            .take(wanted.min(length - part.end()))
            .read_to_end(&mut part.bytes)?;
        if read == 0 {
            // Somebody has shortened it meanwhile.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

impl Part {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    fn rest(&self, offset: u64) -> &[u8] {
        let passed = usize::try_from(offset - self.start).unwrap_or(usize::MAX);
        self.bytes.get(passed..).unwrap_or_default()
    }
}
