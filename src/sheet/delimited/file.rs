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
}

/// Detects how to read the file, in one pass over all of it; its encoding only if none is `named`.
pub(in crate::sheet) fn detect(file: &mut (impl Read + Seek), named: Option<NamedEncoding>) -> io::Result<TextFormat> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(HEAD).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    let reading = Reading::of(&head, file, named)?;
    let text = reading.encoding.decode(&head[usize::from(reading.mark)..]);
    Ok(TextFormat {
        reading,
        dialect: delimiter::detect(&text, head.len() as u64 == HEAD),
    })
}

/// Gives every row that is not empty to `visitor`.
pub(in crate::sheet) fn read(
    file: &mut (impl Read + Seek),
    format: TextFormat,
    sheet: &Shared<str>,
    visitor: &mut dyn Visitor,
) -> io::Result<()> {
    let TextFormat { reading, dialect } = format;
    file.seek(SeekFrom::Start(reading.mark.into()))?;
    if visitor.sheet(sheet) == Visit::Skip {
        return Ok(());
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

fn read_rows(input: impl Read, dialect: Dialect, visitor: &mut dyn Visitor) -> io::Result<()> {
    let mut reader = LinesReader::new(input, dialect.delimiter);
    let mut lines = Lines::default();
    let mut is_to_skip = dialect.skip_line;
    while reader.read(&mut lines)? {
        if std::mem::take(&mut is_to_skip) {
            reader.skip_line(&mut lines);
        }
        if visitor.lines(&mut lines) == Visit::Skip {
            return Ok(());
        }
    }
    let mut reader = reader.into_rows();
    if is_to_skip {
        reader.skip_line()?;
    }
    let mut row = Row::default();
    while reader.read(&mut row)? && visitor.row(&mut row) == Visit::Rows {}
    Ok(())
}
