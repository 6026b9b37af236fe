//! Records, of which a binary part is a mere row: a kind, a length, and as many bytes.

use std::io::{self, BufRead, BufReader, Read};

use crate::sheet::workbook::error::WorkbookError;

/// A record that is read is no longer, in bytes: a cell's text takes at most a hundred thousand.
const LONGEST: u64 = 16 << 20;

/// The records of a part, one after the other.
#[derive(Debug)]
pub(super) struct Records<R> {
    input: BufReader<R>,
    /// How many bytes of the last record were not read.
    unread: u64,
    content: Vec<u8>,
}

impl<R: Read> Records<R> {
    pub(super) fn new(part: R) -> Self {
        Self {
            input: BufReader::with_capacity(64 << 10, part),
            unread: 0,
            content: Vec::new(),
        }
    }

    /// The kind of the next record; `None` at the end. What was not read of the last one is skipped.
    pub(super) fn next_kind(&mut self) -> Result<Option<u16>, WorkbookError> {
        self.skip_rest()?;
        let Some(first) = self.byte()? else {
            return Ok(None);
        };
        let mut kind = u16::from(first & 0x7f);
        if first & 0x80 != 0 {
            kind |= u16::from(self.byte_inside()? & 0x7f) << 7;
        }
        for shift in [0, 7, 14, 21] {
            let byte = self.byte_inside()?;
            self.unread |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        Ok(Some(kind))
    }

    /// What the last record holds.
    pub(super) fn fields(&mut self) -> Result<Fields<'_>, WorkbookError> {
        let length = std::mem::take(&mut self.unread);
        if length > LONGEST {
            return Err(WorkbookError::Broken(
                "a text in it is longer than any cell of a spreadsheet program".into(),
            ));
        }
        self.content.resize(usize::try_from(length).unwrap_or_default(), 0);
        self.input.read_exact(&mut self.content).map_err(cut_off)?;
        Ok(Fields { rest: &self.content })
    }

    fn skip_rest(&mut self) -> Result<(), WorkbookError> {
        while self.unread > 0 {
            let length = self.input.fill_buf()?.len();
            if length == 0 {
                return Err(cut_off(io::ErrorKind::UnexpectedEof.into()));
            }
            let skipped = length.min(usize::try_from(self.unread).unwrap_or(usize::MAX));
            self.input.consume(skipped);
            self.unread -= skipped as u64;
        }
        Ok(())
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.input.fill_buf()?.first().copied();
        self.input.consume(usize::from(byte.is_some()));
        Ok(byte)
    }

    fn byte_inside(&mut self) -> Result<u8, WorkbookError> {
        self.byte()?.ok_or_else(|| cut_off(io::ErrorKind::UnexpectedEof.into()))
    }
}

fn cut_off(error: io::Error) -> WorkbookError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => WorkbookError::Broken("it ends in the middle of a record".into()),
        _ => error.into(),
    }
}

/// The fields of one record, in order; all numbers have their low byte first.
#[derive(Debug)]
pub(super) struct Fields<'r> {
    rest: &'r [u8],
}

impl<'r> Fields<'r> {
    fn take(&mut self, length: usize) -> Result<&'r [u8], WorkbookError> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or_else(|| WorkbookError::Broken("a record of it is shorter than what it holds".into()))?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WorkbookError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn skip(&mut self, length: usize) -> Result<(), WorkbookError> {
        self.take(length).map(|_| ())
    }

    pub(super) fn u8(&mut self) -> Result<u8, WorkbookError> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, WorkbookError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, WorkbookError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn f64(&mut self) -> Result<f64, WorkbookError> {
        self.array().map(f64::from_le_bytes)
    }

    /// A text, as its length in units of UTF-16 and these, which is put at the end of `out`.
    pub(super) fn text(&mut self, out: &mut String) -> Result<(), WorkbookError> {
        let units = self.u32()?;
        let bytes = self.take(usize::try_from(units).unwrap_or(usize::MAX).saturating_mul(2))?;
        let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        out.extend(char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)));
        Ok(())
    }

    /// A text that may not be there, which a length of its own says.
    pub(super) fn optional_text(&mut self) -> Result<Option<String>, WorkbookError> {
        if let Some(rest) = self.rest.strip_prefix(&[0xff; 4]) {
            self.rest = rest;
            return Ok(None);
        }
        let mut text = String::new();
        self.text(&mut text)?;
        Ok(Some(text))
    }
}
