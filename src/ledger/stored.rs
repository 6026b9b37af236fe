//! The lines of a results file, whatever its form.
//!
//! A file in reseat's own form is read as it is. Of any other a private copy in reseat's form is read, which is gone
//! with the process: so there is one way to read a line, and the file itself is only ever appended to.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use csv::{ByteRecord, Position};
use fs_err::File;

use super::OpenError;
use super::form::{Form, FormFault};
use super::format::{COLUMNS, header};
use super::tail::Tail;
use crate::sheet::DecodingReader;
use crate::text::clean;

/// How much is read or written at a time.
const BUFFER: usize = 64 << 10;

/// How much is read at a time for a single line.
const LINE_BUFFER: usize = 4 << 10;

/// Room for most lines.
const LINE_BYTES: usize = 512;

/// What is taken for granted when a file's form is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// A file that begins as reseat's do is one.
    Beginning,
    /// Nothing: the whole file is looked at.
    Nothing,
}

/// A results file that can be read line by line.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) path: PathBuf,
    pub(super) form: Form,
    /// The lines of the file itself, or of the copy.
    pub(super) lines: csv::Reader<File>,
    /// How what is read ends.
    pub(super) tail: Tail,
    /// How the file ends.
    original: Tail,
    is_copy: bool,
    /// Whether the file is elsewhere than its reader believes.
    is_moved: bool,
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
        if form.is_ours() {
            return Ok(Self::as_it_is(path, file, original));
        }
        let (lines, written) = copy(file, &form, original).map_err(&io)?;
        Ok(Self {
            path: path.to_owned(),
            form,
            lines: line_reader(File::from_parts(lines, path), LINE_BUFFER),
            tail: Tail { written, ..original },
            original,
            is_copy: true,
            is_moved: true,
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

    fn as_it_is(path: &Path, lines: File, tail: Tail) -> Self {
        Self {
            path: path.to_owned(),
            form: Form::ours(),
            lines: line_reader(lines, LINE_BUFFER),
            tail,
            original: tail,
            is_copy: false,
            is_moved: true,
        }
    }

    /// A reader of the lines from the first on, the header aside, as far as they were written.
    pub(super) fn reader(&mut self) -> io::Result<csv::Reader<io::Take<&mut File>>> {
        self.is_moved = true;
        let file = self.lines.get_mut();
        file.seek(SeekFrom::Start(0))?;
        let mut reader = line_reader(file.take(self.tail.written), BUFFER);
        reader.read_byte_record(&mut ByteRecord::new())?;
        Ok(reader)
    }

    /// The line that begins at this offset.
    pub(super) fn line_at(&mut self, offset: u64) -> io::Result<ByteRecord> {
        let mut line = ByteRecord::with_capacity(LINE_BYTES, COLUMNS.len());
        let mut position = Position::new();
        position.set_byte(offset);
        if std::mem::take(&mut self.is_moved) {
            self.lines.seek_raw(SeekFrom::Start(offset), position)?;
        } else {
            // Does nothing where the line is the next one.
            self.lines.seek(position)?;
        }
        self.lines.read_byte_record(&mut line)?;
        Ok(line)
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
            self.is_moved = true;
            let file = self.lines.get_mut();
            file.seek(SeekFrom::Start(0))?;
            return line_of(BufReader::new(file), offset);
        }
        let mut records = 0;
        let mut line = ByteRecord::new();
        let mut copied = self.reader()?;
        while copied.position().byte() < offset && copied.read_byte_record(&mut line)? {
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

/// A reader of lines in reseat's form that tells where each begins.
pub(super) fn line_reader<R: Read>(source: R, buffer: usize) -> csv::Reader<R> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(buffer)
        .from_reader(source)
}

/// Whether nothing is in a line: programs leave such lines where rows were cleared.
pub(super) fn is_blank(line: &ByteRecord) -> bool {
    line.iter().all(|cell| cell.trim_ascii().is_empty())
}

/// The text of a file in UTF-8, as far as it was written.
fn text_of(mut file: File, form: &Form, tail: Tail) -> io::Result<DecodingReader<io::Take<File>>> {
    file.seek(SeekFrom::Start(form.mark()))?;
    let length = tail.written.saturating_sub(form.mark());
    Ok(DecodingReader::new(file.take(length), form.encoding()))
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
