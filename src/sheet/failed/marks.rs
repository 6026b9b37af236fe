//! What a sheet of failed rows says of itself in its column `reseat_key`.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::fmt::Write as _;
use std::str::FromStr;

use crate::model::{RowKey, Shared};
use crate::sheet::error::SheetError;
use crate::sheet::row::{HEADER_ROWS, Row};
use crate::sheet::source::Source;
use crate::sheet::visitor::{Visit, Visitor};
use crate::text::header_key;

/// The header of the column.
pub(in crate::sheet) const MARK: &str = "reseat_key";

/// How many digits of a digest are written.
const DIGEST: usize = 12;

/// A cell of the column: `7c73…119b 5f02a1c93d44 joiners.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sheet) struct Mark {
    /// What the row is known by in the results.
    pub(in crate::sheet) key: RowKey,
    /// Digits that change with any cell of the sheet.
    pub(in crate::sheet) digest: String,
    /// The file name of the sheet that the row came from.
    pub(in crate::sheet) of: String,
}

impl fmt::Display for Mark {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, digest, of } = self;
        write!(out, "{key} {digest:0<DIGEST$} {of}")
    }
}

impl FromStr for Mark {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut words = text.trim().splitn(3, ' ');
        let (Some(key), Some(digest), Some(of)) = (words.next(), words.next(), words.next()) else {
            return Err(());
        };
        Ok(Self {
            key: key.parse()?,
            digest: digest.to_owned(),
            of: of.to_owned(),
        })
    }
}

/// What the marks of a sheet say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedMarks {
    /// The key of each marked row, by worksheet and row number. Of rows that bear one key only the first has it: the
    /// others were copied from it and are new.
    pub keys: HashMap<(Shared<str>, u32), RowKey>,
    /// The file names of the sheets that the rows came from.
    pub of: BTreeSet<String>,
    /// Whether every cell is as reseat wrote it.
    pub is_as_written: bool,
    /// The digits that the sheet should bear.
    pub(in crate::sheet) digest: String,
}

/// Reads the marks of a sheet; `None` if it has no column for them. Of other sheets only the first rows are read.
///
/// # Errors
///
/// When the sheet cannot be read.
pub fn read_marks(source: &Source) -> Result<Option<FailedMarks>, SheetError> {
    let mut reader = MarkReader::default();
    source.read(&mut reader)?;
    if !reader.has_column {
        return Ok(None);
    }
    let digest = reader.digest.to_string()[..DIGEST].to_owned();
    Ok(Some(FailedMarks {
        keys: reader.keys,
        of: reader.of,
        is_as_written: reader.digests.iter().eq([&digest]) && !reader.has_unmarked,
        digest,
    }))
}

struct MarkReader {
    sheet: Shared<str>,
    /// Where the worksheet has the column; `None` above its header.
    column: Option<usize>,
    /// The number of the last row that the header may be.
    last_header: Option<u32>,
    has_column: bool,
    has_unmarked: bool,
    digest: RowKey,
    digests: BTreeSet<String>,
    keys: HashMap<(Shared<str>, u32), RowKey>,
    known: BTreeSet<RowKey>,
    of: BTreeSet<String>,
    content: String,
}

impl Default for MarkReader {
    fn default() -> Self {
        Self {
            sheet: Shared::default(),
            column: None,
            last_header: None,
            has_column: false,
            has_unmarked: false,
            digest: RowKey::of("", 0),
            digests: BTreeSet::new(),
            keys: HashMap::new(),
            known: BTreeSet::new(),
            of: BTreeSet::new(),
            content: String::new(),
        }
    }
}

impl MarkReader {
    /// Takes a row into the digest, which depends on that of the rows before it.
    fn digest(&mut self, row: &Row, mark: Option<(usize, &Mark)>) {
        self.content.clear();
        // Writing to a string cannot fail.
        let _ = write!(self.content, "{}", self.digest);
        let filled = row.cells().enumerate().filter(|(_, cell)| !cell.text.is_empty());
        for (position, cell) in filled {
            let _ = match mark {
                Some((column, Mark { key, of, .. })) if column == position => {
                    write!(self.content, "\u{1e}{position}={key} {of}")
                }
                _ => write!(self.content, "\u{1e}{position}={}", cell.text),
            };
        }
        self.digest = RowKey::of(&self.content, 0);
    }
}

impl Visitor for MarkReader {
    fn sheet(&mut self, sheet: &Shared<str>) -> Visit {
        self.sheet = sheet.clone();
        self.column = None;
        self.last_header = None;
        Visit::Rows
    }

    fn row(&mut self, row: &mut Row) -> Visit {
        if row.is_empty() {
            return Visit::Rows;
        }
        let Some(column) = self.column else {
            self.column = row.cells().position(|cell| header_key(cell.text) == header_key(MARK));
            if self.column.is_none() {
                // Somebody may have put a title above it.
                let last = *self
                    .last_header
                    .get_or_insert(row.number().saturating_add(HEADER_ROWS - 1));
                return if row.number() < last { Visit::Rows } else { Visit::Skip };
            }
            self.has_column = true;
            self.digest(row, None);
            return Visit::Rows;
        };
        let mark = (column < row.len()).then(|| row.cell(column).text.parse::<Mark>());
        match mark {
            Some(Ok(mark)) => {
                self.digest(row, Some((column, &mark)));
                self.digests.insert(mark.digest);
                self.of.insert(mark.of);
                if self.known.insert(mark.key) {
                    self.keys.insert((self.sheet.clone(), row.number()), mark.key);
                }
            }
            Some(Err(())) | None => {
                self.digest(row, None);
                self.has_unmarked = true;
            }
        }
        Visit::Rows
    }
}
