//! A CSV, from its bytes to its rows.

use std::io::{self, Read, Seek, SeekFrom};

use super::decode::DecodingReader;
use super::delimiter::{self, Dialect};
use super::encoding::Reading;
use super::lines::{Lines, LinesReader};
use crate::model::Shared;
use crate::sheet::named_encoding::NamedEncoding;
use crate::sheet::row::Row;
use crate::sheet::visitor::{Visit, Visitor};

/// How much of the file is used to detect the delimiter.
const HEAD: u64 = 64 << 10;

/// How to read the bytes of a text file.
#[derive(Debug, Clone, Copy)]
pub(in crate::sheet) struct TextFormat {
    pub(in crate::sheet) reading: Reading,
    pub(in crate::sheet) dialect: Dialect,
    /// Whether only the beginning was looked at, so that the rest may show another encoding.
    pub(in crate::sheet) is_presumed: bool,
}

/// How far a file was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sheet) enum Extent {
    /// To its end, and each letter was one of the encoding.
    Whole,
    /// Not to its end.
    Part,
}

/// Detects how to read the file; its encoding only if none is `named`. Where its beginning is UTF-8, the rest is presumed
/// to be: one pass less over a long file.
pub(in crate::sheet) fn presume(file: &mut (impl Read + Seek), named: Option<NamedEncoding>) -> io::Result<TextFormat> {
    let head = head(file)?;
    let presumed = Some(&head).filter(|head| head.len() as u64 == HEAD);
    match presumed.and_then(|head| Reading::presumed(head, named)) {
        Some(reading) => Ok(TextFormat {
            reading,
            dialect: dialect(&head, reading),
            is_presumed: true,
        }),
        None => look_at_all(&head, file, named),
    }
}

/// The same, in one pass over all of the file.
pub(in crate::sheet) fn detect(file: &mut (impl Read + Seek), named: Option<NamedEncoding>) -> io::Result<TextFormat> {
    let head = head(file)?;
    look_at_all(&head, file, named)
}

fn look_at_all(head: &[u8], file: &mut impl Read, named: Option<NamedEncoding>) -> io::Result<TextFormat> {
    let reading = Reading::of(head, file, named)?;
    Ok(TextFormat {
        reading,
        dialect: dialect(head, reading),
        is_presumed: false,
    })
}

fn head(file: &mut (impl Read + Seek)) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(HEAD).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(head)
}

fn dialect(head: &[u8], reading: Reading) -> Dialect {
    let text = reading.encoding.decode(&head[usize::from(reading.mark)..]);
    delimiter::detect(&text, head.len() as u64 == HEAD)
}

/// Gives every row that is not empty to `visitor`.
pub(in crate::sheet) fn read(
    file: &mut (impl Read + Seek),
    format: TextFormat,
    sheet: &Shared<str>,
    visitor: &mut dyn Visitor,
) -> io::Result<Extent> {
    let TextFormat { reading, dialect, .. } = format;
    file.seek(SeekFrom::Start(reading.mark.into()))?;
    if visitor.sheet(sheet) == Visit::Skip {
        return Ok(Extent::Part);
    }
    if let Some(doubt) = reading.doubt {
        visitor.encoding_is_doubtful(doubt);
    }
    if reading.is_plain {
        read_rows(file, dialect, visitor)
    } else {
        read_rows(DecodingReader::new(file, reading.encoding), dialect, visitor)
    }
}

fn read_rows(input: impl Read, dialect: Dialect, visitor: &mut dyn Visitor) -> io::Result<Extent> {
    let mut reader = LinesReader::new(input, dialect.delimiter);
    let mut lines = Lines::default();
    let mut is_to_skip = dialect.skip_line;
    while reader.read(&mut lines)? {
        if std::mem::take(&mut is_to_skip) {
            reader.skip_line(&mut lines);
        }
        if visitor.lines(&mut lines) == Visit::Skip {
            return Ok(Extent::Part);
        }
    }
    let mut reader = reader.into_rows();
    if is_to_skip {
        reader.skip_line()?;
    }
    let mut row = Row::default();
    while reader.read(&mut row)? {
        if visitor.row(&mut row) == Visit::Skip {
            return Ok(Extent::Part);
        }
    }
    Ok(if reader.is_cut_short() {
        Extent::Part
    } else {
        Extent::Whole
    })
}
