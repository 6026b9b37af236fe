//! One pass over a results file: which record of each row counts, where it is, and how the file ends.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Seek};
use std::path::Path;

use csv::ByteRecord;
use fs_err::File;

use super::OpenError;
use super::cells::{Cells, LineFault};
use super::format::{RUN, header};
use super::resume::Known;
use super::run_id::RunId;
use super::stored::{Stored, Trust, is_blank};
use super::tail::{Tail, Unit};
use crate::model::RowKey;

/// Where the record that counts for a row begins, and what is known from it.
#[derive(Debug, Clone, Copy)]
pub(super) struct IndexedLine {
    pub(super) offset: u64,
    pub(super) known: Known,
    /// Whether it corrects another row.
    pub(super) corrects: bool,
}

/// How a row was corrected in a sheet of failed rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Correction {
    /// The key of the last correction.
    pub(super) key: RowKey,
    /// Where the first line of any correction begins.
    pub(super) first: u64,
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
    pub(super) stored: Stored,
    pub(super) index: HashMap<RowKey, IndexedLine>,
    /// The rows that were corrected and not run themselves since.
    pub(super) corrections: HashMap<RowKey, Correction>,
    pub(super) runs: Vec<RunId>,
    pub(super) end: End,
}

/// How closely lines are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// Every cell that anything needs.
    Every,
    /// What the index is made of: the run that is ending has looked at the rest, or written it.
    Index,
}

/// Reads the file once; memory grows with the number of rows, not with the length of their lines.
pub(super) fn scan(path: &Path, care: Care) -> Result<Scan, OpenError> {
    let io = OpenError::io(path);
    let mut file = File::open(path).map_err(&io)?;
    match Beginning::of(&mut file).map_err(&io)? {
        Beginning::PartOfHeader => {
            let stored = Stored::blank(path, file);
            return Ok(Findings::default().into_scan(stored, End::Empty));
        }
        Beginning::Nuls => {
            return Err(OpenError::NotResults {
                path: path.to_owned(),
                found: r"\0".to_owned(),
            });
        }
        Beginning::Text => {}
    }
    let stored = Stored::open(path, file, Trust::Beginning)?;
    match read(stored, OddBytes::Tell, care)? {
        Pass::Read(scan) => Ok(*scan),
        // It begins as reseat's files do, and a program has saved the rest in another encoding.
        Pass::OddBytes => {
            let file = File::open(path).map_err(&io)?;
            match read(Stored::open(path, file, Trust::Nothing)?, OddBytes::Bear, care)? {
                Pass::Read(scan) => Ok(*scan),
                Pass::OddBytes => Err(io(io::ErrorKind::InvalidData.into())),
            }
        }
    }
}

/// What to do about bytes that are no UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OddBytes {
    /// End the pass.
    Tell,
    /// They do no harm where nothing needs them.
    Bear,
}

enum Pass {
    Read(Box<Scan>),
    OddBytes,
}

fn read(mut stored: Stored, odd_bytes: OddBytes, care: Care) -> Result<Pass, OpenError> {
    let path = stored.path.clone();
    let io = OpenError::io(&path);
    let tail = stored.tail;
    let rules = Rules {
        width: stored.form.width(),
        care,
    };
    let mut lines = stored.reader().map_err(&io)?;
    let mut line = ByteRecord::new();
    let mut found = Findings::default();
    let mut end = if tail.has_nuls {
        End::Torn { at: tail.written }
    } else {
        End::Whole
    };
    loop {
        let at = lines.position().byte();
        if !lines.read_byte_record(&mut line).map_err(|fault| io(fault.into()))? {
            break;
        }
        let is_unended = !tail.ends_in_line_end && lines.position().byte() >= tail.written;
        if is_unended {
            // Our lines never contain a line end, so this must be a stray quotation mark further up.
            if line.as_slice().contains(&b'\n') {
                let fault = LineFault::Damaged("a quotation mark opens a cell that never ends".to_owned());
                drop(lines);
                return Err(error_of(fault, &mut stored, at));
            }
            // A crash may have cut the line anywhere, so every cell of it must be valid.
            if tail.has_nuls
                || found
                    .take(
                        &line,
                        at,
                        Rules {
                            care: Care::Every,
                            ..rules
                        },
                    )
                    .is_err()
            {
                end = End::Torn { at };
                break;
            }
            end = End::Unended;
        } else if odd_bytes == OddBytes::Tell && std::str::from_utf8(line.as_slice()).is_err() {
            return Ok(Pass::OddBytes);
        } else if let Err(fault) = found.take(&line, at, rules) {
            drop(lines);
            return Err(error_of(fault, &mut stored, at));
        }
    }
    if let End::Torn { at } = &mut end {
        *at = stored.torn_at(*at).map_err(&io)?;
    }
    Ok(Pass::Read(Box::new(found.into_scan(stored, end))))
}

/// What a line is held to.
#[derive(Debug, Clone, Copy)]
struct Rules {
    /// How many cells it has.
    width: usize,
    care: Care,
}

#[derive(Default)]
struct Findings {
    index: HashMap<RowKey, IndexedLine>,
    corrections: HashMap<RowKey, Correction>,
    runs: Vec<RunId>,
    run_cells: HashSet<Box<[u8]>>,
}

impl Findings {
    /// Notes one line. Every line is held to the same rules, whatever its status: what cannot be read now may be needed
    /// by a rerun or to undo the run.
    fn take(&mut self, line: &ByteRecord, offset: u64, rules: Rules) -> Result<(), LineFault> {
        if is_blank(line) {
            return Ok(());
        }
        let cells = Cells::of(line)?;
        if line.iter().skip(rules.width).any(|cell| !cell.is_empty()) {
            return Err(format!("it has {} cells instead of {}", line.len(), rules.width).into());
        }
        let run = if self.run_cells.contains(&line[RUN]) {
            None
        } else {
            Some(cells.run()?)
        };
        let (key, corrected) = cells.keys()?;
        let known = cells.known()?;
        if rules.care == Care::Every {
            cells.check()?;
        }
        // Only now, because a line that is refused must leave nothing behind.
        if let Some(run) = run {
            self.runs.push(run);
            self.run_cells.insert(line[RUN].into());
        }
        let entry = IndexedLine {
            offset,
            known,
            corrects: corrected.is_some(),
        };
        let counts = match self.index.get_mut(&key) {
            Some(earlier) if earlier.known.gives_way_to(known) => {
                *earlier = entry;
                true
            }
            Some(_) => false,
            None => {
                self.index.insert(key, entry);
                true
            }
        };
        match corrected {
            Some(corrected) if counts && corrected != key && self.may_be_corrected(&corrected, known) => {
                let first = self.corrections.get(&corrected).map_or(offset, |earlier| earlier.first);
                self.corrections.insert(corrected, Correction { key, first });
            }
            // The row itself was run again after it had been corrected. One that was only refused again was not.
            None if counts && self.may_be_corrected(&key, known) => {
                self.corrections.remove(&key);
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether a correction takes a row's place. One that was not attempted hides nothing that was done for the row.
    fn may_be_corrected(&self, row: &RowKey, later: Known) -> bool {
        let latest = self.corrections.get(row).map_or(row, |correction| &correction.key);
        let line = self.index.get(latest);
        line.is_none_or(|line| line.known.gives_way_to(later))
    }

    fn into_scan(self, stored: Stored, end: End) -> Scan {
        Scan {
            stored,
            index: self.index,
            corrections: self.corrections,
            runs: self.runs,
            end,
        }
    }
}

fn error_of(fault: LineFault, stored: &mut Stored, offset: u64) -> OpenError {
    match fault {
        LineFault::Newer(version) => OpenError::Newer {
            path: stored.path.clone(),
            version,
        },
        LineFault::Damaged(fault) => damaged(stored, offset, fault),
    }
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
