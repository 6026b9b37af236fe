//! The bytes of a record, as they are in the file.
//!
//! The csv crate gives a record's cells only; what came before them and what ended them is seen here.

use std::io::{self, Read};

use crate::sheet::row::LONGEST_ROW;

/// Passes on what `input` gives, and remembers it from the end of the last record on.
#[derive(Debug)]
pub(in crate::sheet) struct RawReader<R> {
    input: R,
    remembered: Vec<u8>,
    /// The position in the input of the first of `remembered`.
    start: u64,
    /// Where in the input the last record ended.
    record_end: u64,
    /// Whether it ended with the first half of `\r\n`, if the second half follows.
    ended_by_return: bool,
}

impl<R> RawReader<R> {
    pub(in crate::sheet) fn new(input: R) -> Self {
        Self {
            input,
            remembered: Vec::new(),
            start: 0,
            record_end: 0,
            ended_by_return: false,
        }
    }

    /// What was read since the last record ended.
    pub(in crate::sheet) fn since_record(&self) -> &[u8] {
        &self.remembered[self.forgettable()..]
    }

    /// How many empty lines there are between the last record and what follows it.
    pub(in crate::sheet) fn empty_lines(&self) -> u32 {
        let (mut count, mut after_return) = (0, self.ended_by_return);
        for byte in self.since_record() {
            match byte {
                b'\n' if after_return => {}
                b'\n' | b'\r' => count += 1,
                _ => break,
            }
            after_return = *byte == b'\r';
        }
        count
    }

    /// Tells that a record ends at this place of the input.
    pub(in crate::sheet) fn end_record(&mut self, place: u64) {
        self.record_end = place;
        let before = &self.remembered[..self.forgettable()];
        self.ended_by_return = before.ends_with(b"\r");
    }

    /// Whether the record goes on past the longest that is read; nothing more is given then.
    pub(in crate::sheet) fn is_overlong(&self) -> bool {
        self.since_record().len() >= LONGEST_ROW
    }

    /// The record that ends at this place of the input, and the empty lines before it.
    pub(in crate::sheet) fn record(&self, end: u64) -> &[u8] {
        let bytes = self.since_record();
        let length = usize::try_from(end - self.record_end).unwrap_or(usize::MAX);
        &bytes[..length.min(bytes.len())]
    }

    fn forgettable(&self) -> usize {
        usize::try_from(self.record_end - self.start).unwrap_or(usize::MAX)
    }
}

impl<R: Read> Read for RawReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.is_overlong() {
            return Err(io::Error::other("the record is too long"));
        }
        self.remembered.drain(..self.forgettable());
        self.start = self.record_end;
        let length = loop {
            match self.input.read(out) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.remembered.extend_from_slice(&out[..length]);
        Ok(length)
    }
}
