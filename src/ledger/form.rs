//! The form that a results file has on disk: reseat's own, or the one in which another program saved it.
//!
//! A file keeps its form: it is appended to and rewritten in it.

use std::borrow::Cow;
use std::io::{self, Read, Seek, SeekFrom};

use csv::{ByteRecord, QuoteStyle, Terminator};
use encoding_rs::{EncoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use serde_json::Value;

use super::columns::{self, COLUMNS, header};
use super::line::Line;
use super::run_id::{RunId, RunIdFault};
use super::tail::Unit;
use crate::sheet::{TextEncoding, detect_encoding};
use crate::text::header_key;

/// How much of a file is looked at to find its form.
const HEAD: u64 = 64 << 10;

/// The delimiters that programs use.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A file is one of results if it names this many of their columns.
const ENOUGH: usize = COLUMNS.len() / 2;

/// What a rerun or an undo reads; the other columns may have been taken out.
const NEEDED: [usize; 11] = [
    columns::ROW,
    columns::OPERATION,
    columns::USER,
    columns::TARGET,
    columns::STATUS,
    columns::CALLS,
    columns::BEFORE,
    columns::AFTER,
    columns::USER_ID,
    columns::KEY,
    columns::RUN,
];

/// How lines are written in a file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Form {
    encoding: &'static Encoding,
    /// The length of the byte order mark.
    mark: u8,
    delimiter: u8,
    line_end: LineEnd,
    /// Whether every cell is in quotation marks.
    quotes_all: bool,
    /// A line `sep=;` for the spreadsheet program, above the header.
    separator_line: Option<String>,
    /// The header's cells, as they are.
    header: Vec<String>,
    /// Which of reseat's columns each of the file's is; `None` is somebody else's.
    columns: Vec<Option<usize>>,
    /// Whether it is reseat's own.
    is_ours: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineEnd {
    Feed,
    ReturnFeed,
    Return,
}

/// Why a file is not one of results that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FormFault {
    /// Its first line is another.
    NotResults {
        /// The line.
        first: String,
    },
    /// It is of a newer format version.
    Newer(u32),
    /// A column that is needed is gone.
    LostColumn(&'static str),
}

/// Whether a file is one of results, by its first line.
///
/// # Errors
/// If it cannot be read.
pub fn is_of_results(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    if Form::begins_as_ours(file)? {
        return Ok(true);
    }
    let form = Form::find(file, u64::MAX)?;
    Ok(!matches!(form, Err(FormFault::NotResults { .. })))
}

impl Form {
    /// The form in which reseat begins a file.
    pub(super) fn ours() -> Self {
        Self {
            encoding: UTF_8,
            mark: 0,
            delimiter: b',',
            line_end: LineEnd::Feed,
            quotes_all: false,
            separator_line: None,
            header: COLUMNS.map(str::to_owned).to_vec(),
            columns: (0..COLUMNS.len()).map(Some).collect(),
            is_ours: true,
        }
    }

    /// Whether the file begins as reseat begins one.
    pub(super) fn begins_as_ours(file: &mut (impl Read + Seek)) -> io::Result<bool> {
        let ours = header();
        let mut head = Vec::with_capacity(ours.len());
        file.seek(SeekFrom::Start(0))?;
        file.take(ours.len() as u64).read_to_end(&mut head)?;
        Ok(head == ours.as_bytes())
    }

    /// What a letter of the file takes, as far as its first bytes tell.
    pub(super) fn unit_of(file: &mut (impl Read + Seek)) -> io::Result<Unit> {
        let head = head(file)?;
        // What follows makes no difference between one byte and two.
        let encoding = detect_encoding(&head, &mut io::empty())?;
        Ok(unit(encoding.encoding))
    }

    /// Finds the form of a file, of which `written` bytes count.
    pub(super) fn find(file: &mut (impl Read + Seek), written: u64) -> io::Result<Result<Self, FormFault>> {
        let head = head(file)?;
        file.seek(SeekFrom::Start(0))?;
        let TextEncoding { encoding, mark, .. } = detect_encoding(&head, &mut file.take(written))?;
        let (text, _) = encoding.decode_without_bom_handling(&head[usize::from(mark)..]);
        let (separator_line, text) = match separator_line(&text) {
            Some((line, rest)) => (Some(line.to_owned()), rest),
            None => (None, &*text),
        };
        let named = separator_line
            .as_deref()
            .and_then(|line| line.trim_matches('"').as_bytes().get(4).copied());
        let best = named
            .into_iter()
            .chain(DELIMITERS)
            .map(|delimiter| (delimiter, first_records(text, delimiter)))
            .max_by_key(|(delimiter, [header, _])| (known(header), Some(*delimiter) == named));
        let (delimiter, [header, line]) = best.unwrap_or_default();
        let first = text.split(['\r', '\n']).next().unwrap_or_default();
        let run = header.iter().position(|name| name == COLUMNS[columns::RUN]);
        if let Some(Err(RunIdFault::Newer(version))) = run.and_then(|run| line.get(run)).map(|run| run.parse::<RunId>())
        {
            return Ok(Err(FormFault::Newer(version)));
        }
        if known(&header) < ENOUGH {
            let first = first.to_owned();
            return Ok(Err(FormFault::NotResults { first }));
        }
        let columns = places(&header);
        if let Some(lost) = NEEDED.iter().find(|needed| !columns.contains(&Some(**needed))) {
            return Ok(Err(FormFault::LostColumn(COLUMNS[*lost])));
        }
        let after = &text[first.len()..];
        let form = Self {
            encoding,
            mark,
            delimiter,
            line_end: match after.as_bytes() {
                [b'\r', b'\n', ..] => LineEnd::ReturnFeed,
                [b'\r', ..] => LineEnd::Return,
                _ => LineEnd::Feed,
            },
            quotes_all: first.matches('"').count() == 2 * header.len(),
            separator_line,
            header,
            columns,
            is_ours: true,
        };
        let is_ours = form == Self::ours();
        Ok(Ok(Self { is_ours, ..form }))
    }

    pub(super) fn is_ours(&self) -> bool {
        self.is_ours
    }

    pub(super) fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    pub(super) fn unit(&self) -> Unit {
        unit(self.encoding)
    }

    /// How many bytes come before the text.
    pub(super) fn mark(&self) -> u64 {
        self.mark.into()
    }

    /// How many records come before the first line.
    pub(super) fn records_above(&self) -> usize {
        1 + usize::from(self.separator_line.is_some())
    }

    /// How many cells a line in reseat's order has: reseat's columns, and then those that are somebody else's.
    pub(super) fn width(&self) -> usize {
        COLUMNS.len() + self.columns.iter().filter(|column| column.is_none()).count()
    }

    /// A reader of the file's text.
    pub(super) fn reader<R: Read>(&self, text: R, buffer: usize) -> csv::Reader<R> {
        csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(buffer)
            .from_reader(text)
    }

    /// Ends the line that begins here, and makes it what it is to be in the file.
    ///
    /// # Errors
    /// If it is not as reseat writes it.
    pub(super) fn end_line(&self, text: &mut Vec<u8>, start: usize) -> io::Result<()> {
        if self.is_ours {
            text.push(b'\n');
            return Ok(());
        }
        let cells = Line::of(&text[start..]).and_then(|line| line.all().collect::<Result<ByteRecord, _>>());
        let cells = cells.map_err(|_| io::ErrorKind::InvalidData)?;
        let mut writer = self.writer();
        writer.write_byte_record(&self.in_its_order(&cells))?;
        let line = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        text.truncate(start);
        text.extend(self.encoded(line));
        Ok(())
    }

    /// A writer of the file's text, in UTF-8; [`encoded`](Self::encoded) turns it into bytes of the file.
    fn writer(&self) -> csv::Writer<Vec<u8>> {
        csv::WriterBuilder::new()
            .delimiter(self.delimiter)
            .quote_style(if self.quotes_all {
                QuoteStyle::Always
            } else {
                QuoteStyle::Necessary
            })
            .terminator(match self.line_end {
                LineEnd::Feed => Terminator::Any(b'\n'),
                LineEnd::ReturnFeed => Terminator::CRLF,
                LineEnd::Return => Terminator::Any(b'\r'),
            })
            .flexible(true)
            .from_writer(Vec::new())
    }

    /// The line end, as bytes of the file.
    pub(super) fn line_end(&self) -> Vec<u8> {
        self.encoded(self.end_of_line().as_bytes().to_vec())
    }

    fn end_of_line(&self) -> &'static str {
        match self.line_end {
            LineEnd::Feed => "\n",
            LineEnd::ReturnFeed => "\r\n",
            LineEnd::Return => "\r",
        }
    }

    /// Everything above the first line, as bytes of the file.
    ///
    /// # Errors
    /// Those of writing to memory.
    pub(super) fn beginning(&self) -> io::Result<Vec<u8>> {
        let mut writer = self.writer();
        writer.write_record(&self.header)?;
        let header = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        let mut text = Vec::new();
        if self.mark > 0 {
            text.extend_from_slice("\u{feff}".as_bytes());
        }
        if let Some(line) = &self.separator_line {
            text.extend_from_slice(line.as_bytes());
            text.extend_from_slice(self.end_of_line().as_bytes());
        }
        text.extend(header);
        Ok(self.encoded(text))
    }

    /// UTF-8 as bytes of the file; letters that its encoding lacks become `?`, as the program that saved it did.
    fn encoded(&self, text: Vec<u8>) -> Vec<u8> {
        if self.encoding == UTF_8 {
            return text;
        }
        let text = String::from_utf8_lossy(&text);
        match self.unit() {
            Unit::LittleEndian => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Unit::BigEndian => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Unit::Byte => in_single_bytes(&text, self.encoding),
        }
    }

    /// A line of the file, in reseat's order.
    pub(super) fn in_our_order(&self, line: &ByteRecord) -> ByteRecord {
        let mut cells: Vec<&[u8]> = vec![b""; COLUMNS.len()];
        let mut others: Vec<&[u8]> = Vec::new();
        for (position, column) in self.columns.iter().enumerate() {
            let cell = line.get(position).unwrap_or_default();
            match column {
                Some(column) => cells[*column] = cell,
                None => others.push(cell),
            }
        }
        cells.extend(others);
        // More cells than the header has are looked at by whoever reads the line.
        cells.extend(line.iter().skip(self.columns.len()));
        let mut cells: Vec<Cow<'_, [u8]>> = cells.into_iter().map(Cow::Borrowed).collect();
        if self.delimiter == b'\t' {
            for column in [columns::BEFORE, columns::AFTER] {
                if let Some(json) = with_single_backslashes(&cells[column]) {
                    cells[column] = Cow::Owned(json);
                }
            }
        }
        cells.iter().collect()
    }

    /// A line in reseat's order, as the file has them.
    fn in_its_order<'l>(&self, line: &'l ByteRecord) -> Cow<'l, ByteRecord> {
        if self.columns.iter().copied().eq((0..COLUMNS.len()).map(Some)) {
            return Cow::Borrowed(line);
        }
        let mut others = COLUMNS.len()..;
        let cells = self.columns.iter().map(|column| {
            let position = column.or_else(|| others.next());
            position.and_then(|position| line.get(position)).unwrap_or_default()
        });
        Cow::Owned(cells.collect())
    }
}

fn unit(encoding: &'static Encoding) -> Unit {
    if encoding == UTF_16LE {
        Unit::LittleEndian
    } else if encoding == UTF_16BE {
        Unit::BigEndian
    } else {
        Unit::Byte
    }
}

fn head(file: &mut (impl Read + Seek)) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

/// The line `sep=;` at the beginning of a text, and what follows it.
fn separator_line(text: &str) -> Option<(&str, &str)> {
    let line = text.split(['\r', '\n']).next()?;
    let bare = line.trim_matches('"');
    let is_one = bare.len() == 5 && bare.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep="));
    let rest = &text[line.len()..];
    let rest = rest.strip_prefix('\r').unwrap_or(rest);
    is_one.then(|| (line, rest.strip_prefix('\n').unwrap_or(rest)))
}

/// The header and the first line of a text.
fn first_records(text: &str, delimiter: u8) -> [Vec<String>; 2] {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    [(); 2].map(|()| {
        let mut record = ByteRecord::new();
        // Reading from memory fails in no way that would not show in the cells.
        let _ = reader.read_byte_record(&mut record);
        let cells = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned());
        cells.collect()
    })
}

fn known(header: &[String]) -> usize {
    places(header).iter().flatten().count()
}

/// Which of reseat's columns each one is. Of two that bear one name the first is.
fn places(header: &[String]) -> Vec<Option<usize>> {
    let mut columns: Vec<Option<usize>> = Vec::with_capacity(header.len());
    for cell in header {
        let name = header_key(cell);
        let column = COLUMNS.iter().position(|ours| header_key(ours) == name);
        columns.push(column.filter(|column| !columns.contains(&Some(*column))));
    }
    columns
}

/// JSON of a file in which every backslash is doubled, as some programs do in tab-separated files: `\\u00eb` would be read
/// without complaint, and as other letters than the name has.
fn with_single_backslashes(cell: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(cell).ok()?;
    let single = text.replace(r"\\", r"\");
    let is_doubled = single.len() < text.len() && single.replace('\\', r"\\") == text;
    let is_letter = |(at, _): (usize, &str)| {
        let digits = text.get(at + 3..at + 7);
        digits.is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
    };
    let is_json = |text: &str| serde_json::from_str::<Value>(text).is_ok();
    let is_meant = || text.match_indices(r"\\u").any(is_letter) || !is_json(text);
    (is_doubled && is_meant() && is_json(&single)).then(|| single.into_bytes())
}

fn in_single_bytes(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let mut encoder = encoding.new_encoder();
    let mut bytes = Vec::with_capacity(text.len() + 16);
    let mut rest = text;
    while !rest.is_empty() {
        bytes.reserve(rest.len() + 16);
        let (result, read) = encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut bytes, true);
        rest = &rest[read..];
        if let EncoderResult::Unmappable(_) = result {
            bytes.push(b'?');
        }
    }
    bytes
}
