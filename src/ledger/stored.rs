//! The lines of a results file, whatever its form.
//!
//! A file that is as reseat writes it is read as it is. Of any other a private copy is read that is as reseat writes it, and
//! is gone with the process: so there is one way to read a line, and the file itself is only ever appended to.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use csv::ByteRecord;
use fs_err::File;

use super::OpenError;
use super::columns::header;
use super::form::{Form, FormFault};
use super::tail::Tail;
use super::windows::{StoredLine, Windows};
use crate::sheet::DecodingReader;
use crate::text::clean;

/// How much is read or written at a time.
const BUFFER: usize = 64 << 10;

/// What is taken for granted when a file's form is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// A file that begins as reseat's do is one.
    Beginning,
    /// Nothing: the whole file is looked at, and read from a copy.
    Nothing,
}

/// A results file that can be read line by line.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) path: PathBuf,
    pub(super) form: Form,
    /// The lines of the file itself, or of the copy.
    lines: Windows,
    /// How what is read ends.
    pub(super) tail: Tail,
    /// How the file ends.
    original: Tail,
    /// Whether a copy is read, because the file is not as reseat writes it.
    pub(super) is_copy: bool,
}

impl Stored {
    /// Finds the form of the file, and copies it if that is not reseat's.
    ///
    /// # Errors
    /// If it cannot be read, or is no results file.
    pub(super) fn open(path: &Path, mut file: File, trust: Trust) -> Result<Self, OpenError> {
        let io = OpenError::io(path);
        let unit = Form::unit_of(&mut file).map_err(&io)?;
        let original = Tail::of(&mut file, unit).map_err(&io)?;
        if trust == Trust::Beginning && Form::begins_as_ours(&mut file).map_err(&io)? {
            return Ok(Self::as_it_is(path, file, original));
        }
        let form = Form::find(&mut file, original.written)
            .map_err(&io)?
            .map_err(|fault| refused(path, fault))?;
        let (lines, written) = copy(file, &form, original).map_err(&io)?;
        Ok(Self {
            path: path.to_owned(),
            form,
            lines: Windows::of(File::from_parts(lines, path)),
            tail: Tail { written, ..original },
            original,
            is_copy: true,
        })
    }

    /// A file without lines.
    pub(super) fn blank(path: &Path, file: File) -> Self {
        let tail = Tail {
            written: 0,
            has_nuls: false,
            ends_in_line_end: false,
        };
        Self::as_it_is(path, file, tail)
    }

    /// A file that reseat has just written.
    pub(super) fn written(path: &Path, file: File, length: u64) -> Self {
        Self::as_it_is(path, file, Tail::whole(length))
    }

    fn as_it_is(path: &Path, lines: File, tail: Tail) -> Self {
        Self {
            path: path.to_owned(),
            form: Form::ours(),
            lines: Windows::of(lines),
            tail,
            original: tail,
            is_copy: false,
        }
    }

    /// Where the first line begins, if there is one.
    pub(super) fn first() -> u64 {
        header().len() as u64
    }

    /// The line that begins at this offset, if the file goes on there.
    pub(super) fn line_at(&mut self, offset: u64) -> io::Result<Option<StoredLine<'_>>> {
        self.lines.line_at(offset, self.tail.written)
    }

    /// Where in the file itself a torn end begins, given where it does in what is read.
    pub(super) fn torn_at(&mut self, at: u64) -> io::Result<u64> {
        if !self.is_copy {
            return Ok(at);
        }
        if at == self.tail.written {
            return Ok(self.original.written);
        }
        let unit = self.form.unit();
        let mut file = File::open(&self.path)?;
        self.original.last_line(&mut file, unit)
    }

    /// The number that an editor shows beside the line that begins here.
    pub(super) fn line_number(&mut self, offset: u64) -> io::Result<u64> {
        if !self.is_copy {
            return line_of(BufReader::new(File::open(&self.path)?), offset);
        }
        let mut records = 0;
        let mut line = ByteRecord::new();
        let mut at = Self::first();
        while at < offset
            && let Some(copied) = self.line_at(at)?
        {
            at += copied.text.len() as u64 + 1;
            records += 1;
        }
        let text = || text_of(File::open(&self.path)?, &self.form, self.original);
        let mut reader = self.form.reader(text()?, BUFFER);
        for _ in 0..self.form.records_above() {
            reader.read_byte_record(&mut line)?;
        }
        let mut start = reader.position().byte();
        while reader.read_byte_record(&mut line)? {
            if !is_blank(&line) {
                if records == 0 {
                    break;
                }
                records -= 1;
            }
            start = reader.position().byte();
        }
        line_of(BufReader::new(text()?), start)
    }
}

/// Whether nothing is in a line: programs leave such lines where rows were cleared.
fn is_blank(line: &ByteRecord) -> bool {
    line.iter().all(|cell| cell.trim_ascii().is_empty())
}

/// The text of a file in UTF-8, as far as it was written. Bytes that are none stay in a file that is in reseat's form: they
/// do no harm where nothing needs them.
fn text_of(mut file: File, form: &Form, tail: Tail) -> io::Result<Box<dyn Read>> {
    file.seek(SeekFrom::Start(form.mark()))?;
    let text = file.take(tail.written.saturating_sub(form.mark()));
    Ok(if form.is_ours() {
        Box::new(text)
    } else {
        Box::new(DecodingReader::new(text, form.encoding()))
    })
}

/// The lines of a file in reseat's form and order, in a private temporary file; and its length.
fn copy(file: File, form: &Form, tail: Tail) -> io::Result<(std::fs::File, u64)> {
    let mut reader = form.reader(text_of(file, form, tail)?, BUFFER);
    let mut line = ByteRecord::new();
    for _ in 0..form.records_above() {
        reader.read_byte_record(&mut line)?;
    }
    let mut copy = BufWriter::with_capacity(BUFFER, tempfile::tempfile()?);
    copy.write_all(header().as_bytes())?;
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(copy);
    while reader.read_byte_record(&mut line)? {
        if !is_blank(&line) {
            writer.write_byte_record(&form.in_our_order(&line))?;
        }
    }
    let copy = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    let mut copy = copy.into_inner().map_err(io::IntoInnerError::into_error)?;
    let mut length = copy.stream_position()?;
    if !tail.ends_in_line_end && length > header().len() as u64 {
        // The last line was cut off, and must be so in the copy.
        length -= 1;
        copy.set_len(length)?;
    }
    Ok((copy, length))
}

/// The number of the line with the first letter at or after an offset. Line ends within quotation marks count as well,
/// and those of every kind.
fn line_of(text: impl BufRead, offset: u64) -> io::Result<u64> {
    let mut line = 1;
    let mut after_return = false;
    for (position, byte) in (0..).zip(text.bytes()) {
        match byte? {
            b'\n' if after_return => after_return = false,
            ended @ (b'\n' | b'\r') => {
                line += 1;
                after_return = ended == b'\r';
            }
            _ if position >= offset => break,
            _ => after_return = false,
        }
    }
    Ok(line)
}

fn refused(path: &Path, fault: FormFault) -> OpenError {
    let path = path.to_owned();
    match fault {
        FormFault::NotResults { first } => OpenError::NotResults {
            path,
            found: match clean(&first, 40) {
                nothing if nothing.is_empty() => r"\0".to_owned(),
                first => first,
            },
        },
        FormFault::LostColumn(column) => OpenError::LostColumn { path, column },
        FormFault::Newer(version) => OpenError::Newer { path, version },
    }
}
