//! One pass over a results file: which record of each row counts, where it is, and how the file ends.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use csv::ByteRecord;
use fs_err::File;

use super::OpenError;
use super::format::{AFTER, CALLS, COLUMNS, Cells, KEY, OPERATION, RUN, STATUS, USER_ID, decode, header};
use super::resume::{Changes, Facts, Known};
use super::run_id::{RunId, RunIdFault};
use crate::model::RowKey;
use crate::text::clean;

/// Where the record that counts for a row begins, and what is known from it.
#[derive(Debug, Clone, Copy)]
pub(super) struct IndexedLine {
    pub(super) offset: u64,
    pub(super) known: Known,
}

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
    pub(super) index: HashMap<RowKey, IndexedLine>,
    pub(super) runs: Vec<RunId>,
    pub(super) end: End,
}

/// A line reader that reports where each line begins.
pub(super) fn line_reader<R: Read>(source: R, buffer: usize) -> csv::Reader<R> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(buffer)
        .from_reader(source)
}

/// Reads the file once; memory grows with the number of rows, not with the length of their lines.
pub(super) fn scan(path: &Path) -> Result<Scan, OpenError> {
    let io = OpenError::io(path);
    let mut file = File::open(path).map_err(&io)?;
    let tail = Tail::of(&mut file).map_err(&io)?;
    match Beginning::of(&mut file, tail).map_err(&io)? {
        Beginning::PartOfHeader => {
            return Ok(Scan {
                index: HashMap::new(),
                runs: Vec::new(),
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
    file.rewind().map_err(&io)?;
    let mut lines = line_reader(file.take(tail.written), 1 << 16);
    let mut line = ByteRecord::new();

    lines.read_byte_record(&mut line).map_err(|fault| io(fault.into()))?;
    check_header(path, &line, &mut lines)?;

    let mut found = Findings::default();
    let mut end = if tail.has_nuls {
        End::Torn { at: tail.written }
    } else {
        End::Whole
    };
    loop {
        let start = lines.position().clone();
        let at = start.byte();
        if !lines.read_byte_record(&mut line).map_err(|fault| io(fault.into()))? {
            break;
        }
        let is_unended = !tail.ends_in_line_end && lines.position().byte() >= tail.written;
        if is_unended {
            // Our lines never contain a line end, so this must be a stray quotation mark further up.
            if line.as_slice().contains(&b'\n') {
                let fault = LineFault::Damaged("a quotation mark opens a cell that never ends".to_owned());
                return Err(fault.into_error(path, start.line()));
            }
            // A crash may have cut the line anywhere, so every cell of it must be valid.
            if tail.has_nuls || decode(&line).is_err() || found.take(&line, at).is_err() {
                end = End::Torn { at };
                break;
            }
            end = End::Unended;
        } else if let Err(fault) = found.take(&line, at) {
            return Err(fault.into_error(path, start.line()));
        }
    }
    Ok(Scan {
        index: found.index,
        runs: found.runs,
        end,
    })
}

#[derive(Default)]
struct Findings {
    index: HashMap<RowKey, IndexedLine>,
    runs: Vec<RunId>,
    run_cells: HashSet<Box<[u8]>>,
}

enum LineFault {
    Newer(u32),
    Damaged(String),
}

impl Findings {
    /// Notes one line.
    fn take(&mut self, line: &ByteRecord, offset: u64) -> Result<(), LineFault> {
        let cells = Cells::of(line)?;
        if !self.run_cells.contains(&line[RUN]) {
            self.runs.push(cells.raw(RUN)?.parse().map_err(|fault| match fault {
                RunIdFault::Newer(version) => LineFault::Newer(version),
                RunIdFault::Malformed => LineFault::Damaged("`run` is not as reseat writes it".to_owned()),
            })?);
            self.run_cells.insert(line[RUN].into());
        }
        let known = Known {
            status: cells.parsed(STATUS)?,
            changes: Changes::of(Facts {
                operation: cells.optional(OPERATION)?,
                calls: cells.parsed(CALLS)?,
                has_after: !line[AFTER].is_empty(),
                has_user_id: !line[USER_ID].is_empty(),
            }),
        };
        let entry = IndexedLine { offset, known };
        self.index
            .entry(cells.parsed(KEY)?)
            .and_modify(|earlier| {
                if earlier.known.gives_way_to(known) {
                    *earlier = entry;
                }
            })
            .or_insert(entry);
        Ok(())
    }
}

impl From<String> for LineFault {
    fn from(fault: String) -> Self {
        Self::Damaged(fault)
    }
}

impl LineFault {
    fn into_error(self, path: &Path, line: u64) -> OpenError {
        let path = path.to_owned();
        match self {
            Self::Newer(version) => OpenError::Newer { path, version },
            Self::Damaged(fault) => OpenError::Damaged { path, line, fault },
        }
    }
}

/// If the header is not ours, the file is of a newer format if its first line says so; otherwise it is not a results
/// file.
fn check_header<R: Read>(path: &Path, header: &ByteRecord, lines: &mut csv::Reader<R>) -> Result<(), OpenError> {
    if *header == COLUMNS[..] {
        return Ok(());
    }
    let mut line = ByteRecord::new();
    if let Some(run) = header.iter().position(|name| name == b"run")
        && lines.read_byte_record(&mut line).is_ok()
        && let Some(Err(RunIdFault::Newer(version))) = line
            .get(run)
            .and_then(|cell| std::str::from_utf8(cell).ok())
            .map(str::parse::<RunId>)
    {
        return Err(OpenError::Newer {
            path: path.to_owned(),
            version,
        });
    }
    Err(OpenError::NotResults {
        path: path.to_owned(),
        found: clean(&String::from_utf8_lossy(header.as_slice()), 40),
    })
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
    fn of(file: &mut File, tail: Tail) -> io::Result<Self> {
        let header = header();
        let mut start = Vec::with_capacity(header.len());
        file.rewind()?;
        file.take(tail.written.min(header.len() as u64))
            .read_to_end(&mut start)?;
        let is_short = file.metadata()?.len() <= MOST_UNWRITTEN;
        if is_short && start.len() < header.len() && header.as_bytes().starts_with(&start) {
            return Ok(Self::PartOfHeader);
        }
        Ok(match start.first() {
            None | Some(0) => Self::Nuls,
            Some(_) => Self::Text,
        })
    }
}

/// How much is read at a time, from the end.
const TAIL_BLOCK: u64 = 4 << 10;

/// The end of a file: a line end, part of a line, or the NULs that a power loss leaves where the file was extended but
/// the data never reached the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tail {
    /// How many bytes there are before the NULs at the end.
    written: u64,
    /// Whether there are NULs at the end.
    has_nuls: bool,
    /// Whether the last byte before these ends a line.
    ends_in_line_end: bool,
}

impl Tail {
    /// Looks at the end of a file; the read position afterwards is unspecified.
    fn of(file: &mut (impl Read + Seek)) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        let mut end = length;
        let mut block = Vec::new();
        while end > 0 {
            let start = end.saturating_sub(TAIL_BLOCK);
            file.seek(SeekFrom::Start(start))?;
            block.clear();
            file.by_ref().take(end - start).read_to_end(&mut block)?;
            if let Some(last) = block.iter().rposition(|byte| *byte != 0) {
                let written = start + last as u64 + 1;
                return Ok(Self {
                    written,
                    has_nuls: written < length,
                    ends_in_line_end: block[last] == b'\n',
                });
            }
            end = start;
        }
        Ok(Self {
            written: 0,
            has_nuls: length > 0,
            ends_in_line_end: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn nuls_at_the_end_are_told_from_what_was_written_however_many_they_are() {
        let long = usize::try_from(TAIL_BLOCK).unwrap() * 2;
        for nuls in [0, 1, 7, long - 1, long, long + 1] {
            for (text, ends_in_line_end) in [("", false), ("a,b\n", true), ("a\0b", false)] {
                let mut bytes = text.as_bytes().to_vec();
                bytes.resize(bytes.len() + nuls, 0);
                let expected = Tail {
                    written: text.len() as u64,
                    has_nuls: nuls > 0,
                    ends_in_line_end,
                };
                assert_eq!(Tail::of(&mut Cursor::new(bytes)).unwrap(), expected, "{text:?} {nuls}");
            }
        }
    }
}
