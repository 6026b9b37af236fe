//! One pass over a results file: which record of each row counts, where it is, and how the file ends.

use std::io::{self, Read, Seek};
use std::path::Path;

use csv::ByteRecord;
use fs_err::File;

use super::OpenError;
use super::cells::Cells;
use super::columns::{COLUMNS, ROW, RUN, SHEET, header};
use super::files::open_to_read;
use super::index::{Index, IndexedLine, Named};
use super::line::{Line, LineFault};
use super::stored::{Stored, Trust};
use super::tail::{Tail, Unit};
use crate::text::{number, plural};

/// How a file ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It holds nothing, or the beginning of a header.
    Empty,
    /// With a line end.
    Whole,
    /// With a complete line that lacks its line end.
    Unended,
    /// With part of a line, or with the NULs that a power loss leaves, starting here.
    Torn { at: u64 },
}

/// The maximum length of a file that holds part of the header and otherwise NULs. The header reaches the disk before
/// the first record, so a power loss leaves a few blocks at most; anything longer may be somebody's file and is not
/// truncated.
const MOST_UNWRITTEN: u64 = 1 << 20;

/// The result of one pass over a file.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) stored: Stored,
    pub(super) index: Index,
    pub(super) end: End,
}

/// Reads the file once; memory grows with the number of rows, not with the length of their lines.
pub(super) fn scan(path: &Path) -> Result<Scan, OpenError> {
    let io = OpenError::io(path);
    let mut file = open_to_read(path).map_err(&io)?;
    match Beginning::of(&mut file).map_err(&io)? {
        Beginning::PartOfHeader => {
            return Ok(Scan {
                stored: Stored::blank(path, file),
                index: Index::default(),
                end: End::Empty,
            });
        }
        Beginning::Nuls => {
            return Err(OpenError::NotResults {
                path: path.to_owned(),
                found: r"\0".to_owned(),
            });
        }
        Beginning::Text => {}
    }
    if let Some(scan) = read(Stored::open(path, file, Trust::Beginning)?)? {
        return Ok(scan);
    }
    // It begins as reseat's files do, and a program has written some of the rest.
    let file = open_to_read(path).map_err(&io)?;
    let scan = read(Stored::open(path, file, Trust::Nothing)?)?;
    scan.ok_or_else(|| io(io::ErrorKind::InvalidData.into()))
}

/// Reads the whole file; `None` if it is read as it is, and is not as reseat writes it.
fn read(stored: Stored) -> Result<Option<Scan>, OpenError> {
    let mut scan = Scan {
        stored,
        index: Index::default(),
        end: End::Whole,
    };
    match scan.read_lines() {
        Ok(()) => {}
        Err(Stop::At(_, LineFault::Foreign)) => return Ok(None),
        Err(Stop::At(at, LineFault::Damaged(fault))) => return Err(damaged(&mut scan.stored, at, fault)),
        Err(Stop::At(_, LineFault::Newer(version))) => {
            let path = scan.stored.path;
            return Err(OpenError::Newer { path, version });
        }
        Err(Stop::Io(fault)) => return Err(OpenError::io(&scan.stored.path)(fault)),
    }
    if let End::Torn { at } = &mut scan.end {
        *at = scan.stored.torn_at(*at).map_err(OpenError::io(&scan.stored.path))?;
    }
    Ok(Some(scan))
}

/// Why a pass ends early.
#[derive(Debug)]
enum Stop {
    /// The line that begins here cannot be used.
    At(u64, LineFault),
    /// The file system refused.
    Io(io::Error),
}

impl Scan {
    /// A file with these lines, if it is as long as it was when the last of them was written. The lines are not read again:
    /// this process wrote them and has had the file locked ever since.
    pub(super) fn of_written(path: &Path, index: Index, length: u64) -> Option<Self> {
        let stored = Stored::open(path, open_to_read(path).ok()?, Trust::Beginning).ok()?;
        let is_ours = !stored.is_copy && stored.tail == Tail::whole(length);
        is_ours.then_some(Self {
            stored,
            index,
            end: End::Whole,
        })
    }

    fn read_lines(&mut self) -> Result<(), Stop> {
        let Self { stored, index, end } = self;
        let mut at = Stored::first();
        let tail = stored.tail;
        let rules = Rules {
            width: stored.form.width(),
            is_copy: stored.is_copy,
        };
        *end = if tail.has_nuls {
            End::Torn { at: tail.written }
        } else {
            End::Whole
        };
        while let Some(line) = stored.line_at(at).map_err(Stop::Io)? {
            let noted = if line.is_ended || tail.ends_in_line_end {
                note(index, line.text, at, rules)
            } else {
                note_unended(index, line.text, at, rules, tail).map(|how| *end = how)
            };
            noted.map_err(|fault| Stop::At(at, fault))?;
            at += line.text.len() as u64 + 1;
        }
        Ok(())
    }
}

/// What a line is held to.
#[derive(Debug, Clone, Copy)]
struct Rules {
    /// How many cells it has.
    width: usize,
    /// Whether it is one of a copy, of which nothing is copied as it is.
    is_copy: bool,
}

/// Notes one line. Every line is held to the same rules, whatever its status: what cannot be read now may be needed by a
/// rerun or to undo the run.
fn note(index: &mut Index, text: &[u8], offset: u64, rules: Rules) -> Result<(), LineFault> {
    let is_foreign = is_blank(text) || std::str::from_utf8(text).is_err();
    if is_foreign && !rules.is_copy {
        return Err(LineFault::Foreign);
    }
    let line = Line::of(text)?;
    let mut others = 0;
    for cell in line.others() {
        others += 1;
        if !cell?.is_empty() && COLUMNS.len() + others > rules.width {
            let (found, wanted) = (COLUMNS.len() + line.others().count(), rules.width);
            return Err(format!("it has {} instead of {}", plural(found, "cell"), number(wanted)).into());
        }
    }
    let row = plain_number(line.written(ROW));
    if !rules.is_copy && (others > 0 || row.is_none()) {
        return Err(LineFault::Foreign);
    }
    let cells = Cells(&line);
    let known_run = index.run_named(line.written(RUN));
    let new_run = if known_run.is_none() { Some(cells.run()?) } else { None };
    let (key, corrected) = cells.keys()?;
    let known = cells.known()?;
    cells.check()?;
    // Only now, because a line that is refused must leave nothing behind.
    let run = match new_run {
        Some(run) => Some(index.add_run(line.written(RUN), run)),
        None => known_run,
    };
    let line = IndexedLine {
        key,
        offset,
        row: row.unwrap_or_default(),
        sheet: index.sheet_named(line.written(SHEET)),
        run: run.unwrap_or(Named::OTHER),
        known,
    };
    index.take(line, corrected);
    Ok(())
}

/// Notes a last line that lacks its end. A crash may have cut it anywhere, so every cell of it must be valid; and what
/// another program has left there is told from half a line of ours by reading it as that program would.
fn note_unended(index: &mut Index, text: &[u8], offset: u64, rules: Rules, tail: Tail) -> Result<End, LineFault> {
    let unread = |fault: csv::Error| LineFault::Damaged(fault.to_string());
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text);
    let (mut line, mut next) = (ByteRecord::new(), ByteRecord::new());
    reader.read_byte_record(&mut line).map_err(unread)?;
    if reader.read_byte_record(&mut next).map_err(unread)? {
        return Err(LineFault::Foreign);
    }
    // Our lines never contain a line end, so this must be a stray quotation mark further up.
    if line.as_slice().contains(&b'\n') {
        let fault = "a quotation mark opens a cell that never ends".to_owned();
        return Err(LineFault::Damaged(fault));
    }
    if tail.has_nuls {
        return Ok(End::Torn { at: offset });
    }
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer.write_byte_record(&line).map_err(unread)?;
    let written = writer
        .into_inner()
        .map_err(|fault| LineFault::Damaged(fault.to_string()))?;
    let written = written.strip_suffix(b"\n").unwrap_or(&written);
    match note(index, written, offset, rules) {
        Ok(()) if written == text => Ok(End::Unended),
        Ok(()) | Err(LineFault::Foreign) => Err(LineFault::Foreign),
        Err(_) => Ok(End::Torn { at: offset }),
    }
}

/// Whether nothing is in a line: programs leave such lines where rows were cleared.
fn is_blank(text: &[u8]) -> bool {
    text.iter()
        .all(|byte| matches!(byte, b',' | b'"') || byte.is_ascii_whitespace())
}

/// A number as reseat writes it.
fn plain_number(cell: &[u8]) -> Option<u32> {
    let is_plain = cell.iter().all(u8::is_ascii_digit) && (cell.len() == 1 || cell.first() != Some(&b'0'));
    is_plain.then(|| std::str::from_utf8(cell).ok()?.parse().ok()).flatten()
}

/// The line that begins here cannot be used.
pub(super) fn damaged(stored: &mut Stored, offset: u64, fault: String) -> OpenError {
    match stored.line_number(offset) {
        Ok(line) => OpenError::Damaged {
            path: stored.path.clone(),
            line,
            fault,
        },
        Err(refusal) => OpenError::io(&stored.path)(refusal),
    }
}

/// How a file begins.
enum Beginning {
    /// It holds only a prefix of our header, as a crash during its creation leaves it.
    PartOfHeader,
    /// With NULs, and it was not just created by us: records may follow them, or it is something else, such as a disk
    /// image.
    Nuls,
    /// With anything else.
    Text,
}

impl Beginning {
    fn of(file: &mut File) -> io::Result<Self> {
        let tail = Tail::of(file, Unit::Byte)?;
        let header = header();
        let mut start = Vec::with_capacity(header.len());
        file.rewind()?;
        file.take(tail.written.min(header.len() as u64))
            .read_to_end(&mut start)?;
        let is_short = file.metadata()?.len() <= MOST_UNWRITTEN;
        if is_short && start.len() < header.len() && header.as_bytes().starts_with(&start) {
            return Ok(Self::PartOfHeader);
        }
        Ok(match start[..] {
            // The lower byte of UTF-16 comes after it.
            [0, next, ..] if next != 0 => Self::Text,
            [] | [0, ..] => Self::Nuls,
            [..] => Self::Text,
        })
    }
}
