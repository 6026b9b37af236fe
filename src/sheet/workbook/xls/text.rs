//! Texts in records: UTF-16 since Excel 97, before that the bytes of a code page.

use encoding_rs::UTF_16LE;
use encoding_rs::mem::decode_latin1;

use super::records::Records;
use crate::sheet::named_encoding::NamedEncoding;

/// The flags of a text: two bytes a letter, what follows it for another writing system, runs of formats.
const WIDE: u8 = 0x01;
const EXTENDED: u8 = 0x04;
const RICH: u8 = 0x08;

/// How the texts of a workbook are written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Coding {
    /// As UTF-16, or its low bytes where they are enough; whatever the workbook says of a code page.
    Utf16,
    /// As bytes of this encoding.
    Bytes(NamedEncoding),
}

/// How many bytes the length of a text takes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Length {
    Byte,
    Short,
}

/// What is still to be read of a record, and of those that continue it.
#[derive(Debug, Clone)]
pub(super) struct Text<'w> {
    rest: &'w [u8],
    more: Records<'w>,
}

impl<'w> Text<'w> {
    /// `rest` of a record, and what comes `after` it.
    pub(super) fn new(rest: &'w [u8], after: Records<'w>) -> Self {
        Self { rest, more: after }
    }

    /// Where the rest of the record begins.
    pub(super) fn position(&self) -> usize {
        self.more.at() - self.rest.len()
    }

    /// Goes on to the next record where nothing is left of this one; `false` at the end of the last.
    pub(super) fn has_more(&mut self) -> bool {
        while self.rest.is_empty() {
            let Some(next) = self.more.continued() else {
                return false;
            };
            self.rest = next;
        }
        true
    }

    /// Reads a text into `text`; `None` if it is cut off, and then what there is of it.
    pub(super) fn read(&mut self, coding: Coding, length: Length, text: &mut String) -> Option<()> {
        text.clear();
        let letters = match length {
            Length::Byte => u16::from(self.bytes::<1>()?[0]),
            Length::Short => u16::from_le_bytes(self.bytes()?),
        };
        match coding {
            Coding::Bytes(encoding) => self.read_bytes(letters.into(), encoding, text),
            Coding::Utf16 => {
                let trailer = self.flags()?;
                // A letter of two units may begin in one record and end in the next.
                let mut wide = Vec::new();
                let read = self.letters(letters.into(), trailer.flags, |letters| match letters {
                    Letters::Narrow(bytes) => {
                        push_utf_16(&mut wide, text);
                        text.push_str(&decode_latin1(bytes));
                    }
                    Letters::Wide(bytes) => wide.extend_from_slice(bytes),
                });
                push_utf_16(&mut wide, text);
                read
            }
        }
    }

    /// Skips a text of Excel 97.
    pub(super) fn skip_text(&mut self) -> Option<()> {
        let letters = u16::from_le_bytes(self.bytes()?);
        let trailer = self.flags()?;
        self.letters(letters.into(), trailer.flags, |_| ())?;
        self.skip(trailer.length)
    }

    fn flags(&mut self) -> Option<Trailer> {
        let [flags] = self.bytes()?;
        let formats = if flags & RICH == 0 {
            0
        } else {
            u16::from_le_bytes(self.bytes()?)
        };
        let extension = if flags & EXTENDED == 0 {
            0
        } else {
            usize::try_from(u32::from_le_bytes(self.bytes()?)).ok()?
        };
        let length = (usize::from(formats) * 4).checked_add(extension)?;
        Some(Trailer { flags, length })
    }

    /// Bytes within one record.
    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*bytes)
    }

    /// If letters continue in another record, it states their width again.
    fn letters(&mut self, mut left: usize, mut flags: u8, mut take: impl FnMut(Letters<'w>)) -> Option<()> {
        while left > 0 {
            let width = if flags & WIDE == 0 { 1 } else { 2 };
            let here = (self.rest.len() / width).min(left);
            let (letters, rest) = self.rest.split_at(here * width);
            take(if width == 1 {
                Letters::Narrow(letters)
            } else {
                Letters::Wide(letters)
            });
            self.rest = rest;
            left -= here;
            if left > 0 {
                self.rest = self.more.continued()?;
                [flags] = self.bytes()?;
            }
        }
        Some(())
    }

    fn read_bytes(&mut self, letters: usize, encoding: NamedEncoding, text: &mut String) -> Option<()> {
        let mut bytes = Vec::new();
        while bytes.len() < letters && self.has_more() {
            let here = self.rest.len().min(letters - bytes.len());
            let (taken, rest) = self.rest.split_at(here);
            bytes.extend_from_slice(taken);
            self.rest = rest;
        }
        text.push_str(&encoding.decode(&bytes));
        (bytes.len() == letters).then_some(())
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > 0 {
            if !self.has_more() {
                return None;
            }
            let here = self.rest.len().min(bytes);
            self.rest = &self.rest[here..];
            bytes -= here;
        }
        Some(())
    }
}

/// Letters within one record.
enum Letters<'w> {
    /// The low bytes of UTF-16; the high ones are zero.
    Narrow(&'w [u8]),
    /// UTF-16.
    Wide(&'w [u8]),
}

fn push_utf_16(bytes: &mut Vec<u8>, text: &mut String) {
    text.push_str(&UTF_16LE.decode_without_bom_handling(bytes).0);
    bytes.clear();
}

/// What is said of a text before its letters.
struct Trailer {
    flags: u8,
    /// How many bytes follow the letters.
    length: usize,
}
