//! A sheet file, opened once and read as often as needed.

use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use fs_err as fs;

use super::delimited::{self, Extent, TextFormat};
use super::distinct_names::DistinctNames;
use super::error::SheetError;
use super::foreign::Foreign;
use super::input::{Kind, kept};
use super::named_encoding::NamedEncoding;
use super::recognise::{Format, beginning, recognise};
use super::visitor::Visitor;
use super::workbook::{self, WorkbookError};
use crate::files::folder_of;
use crate::model::Shared;
use crate::text::{fold, nearest};

/// The path that means standard input.
pub const STDIN: &str = "-";

/// A file of at most so many bytes is read before anybody would notice.
const SHORT: u64 = 256 << 10;

/// The name of standard input in messages.
const STANDARD_INPUT: &str = "standard input";

/// A sheet file: a CSV or a workbook, detected from its content.
///
/// The file stays open, so that a spreadsheet program which replaces it meanwhile does not
/// change what is read; one that is overwritten in place is noticed and refused.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    name: String,
    is_piped: bool,
    file: Mutex<std::fs::File>,
    stamp: Option<(u64, SystemTime)>,
    format: Format,
    /// How to read a text that was looked at to its end, where its beginning has told only what is likely.
    certain: OnceLock<TextFormat>,
    /// The encoding that was named for it.
    encoding: Option<NamedEncoding>,
}

impl Source {
    /// Whether what is at `path` is opened before anybody would notice: a pipe may have to be waited for.
    pub fn opens_at_once(path: &Path) -> bool {
        path.as_os_str() != STDIN && fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() <= SHORT)
    }

    /// Opens the sheet at `path` as [`open_in`](Self::open_in) does, with its encoding found out.
    pub fn open(path: &Path) -> Result<Self, SheetError> {
        Self::open_in(path, None)
    }

    /// Opens the sheet at `path`; `-` is standard input, which like a named pipe is kept in a private temporary file.
    ///
    /// `encoding` is that of text which does not say it itself: of a CSV without a byte order mark, or an old `.xls`. Where
    /// it is `None`, it is found out.
    pub fn open_in(path: &Path, encoding: Option<NamedEncoding>) -> Result<Self, SheetError> {
        if path.as_os_str() == STDIN {
            return Self::piped(&mut io::stdin().lock(), STANDARD_INPUT.to_owned(), encoding);
        }
        let name = path.display().to_string();
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => SheetError::Missing {
                near: near_files(path),
                path: name.clone(),
            },
            _ => SheetError::Read {
                path: name.clone(),
                source,
            },
        };
        // Before it is opened: that alone may do something to a device, and a socket refuses it.
        match Kind::of(fs::metadata(path).map_err(failed)?.file_type()) {
            Kind::Folder => return Err(SheetError::Directory { path: name }),
            Kind::Other(what) => return Err(SheetError::NotAFile { path: name, what }),
            Kind::File | Kind::Pipe => {}
        }
        let mut file = fs::File::open(path).map_err(failed)?.into_parts().0;
        if Kind::of(file.metadata().map_err(failed)?.file_type()) == Kind::Pipe {
            return Self::piped(&mut file, name, encoding);
        }
        Self::with_file(path.to_owned(), name, file, false, encoding)
    }

    /// Keeps all of `input` in a private temporary file; its path is `reseat`, as its files are called.
    pub fn from_reader(input: &mut dyn Read) -> Result<Self, SheetError> {
        Self::piped(input, STANDARD_INPUT.to_owned(), None)
    }

    fn piped(input: &mut dyn Read, name: String, encoding: Option<NamedEncoding>) -> Result<Self, SheetError> {
        let file = kept(input, &name)?;
        Self::with_file("reseat".into(), name, file, true, encoding)
    }

    fn with_file(
        path: PathBuf,
        name: String,
        mut file: std::fs::File,
        is_piped: bool,
        encoding: Option<NamedEncoding>,
    ) -> Result<Self, SheetError> {
        // What is written to the file from now on is not read.
        let stamp = stamp(&file);
        let format = recognise(&mut file, length(stamp), &name, encoding)?;
        Ok(Self {
            path,
            name,
            is_piped,
            file: Mutex::new(file),
            stamp,
            format,
            certain: OnceLock::new(),
            encoding,
        })
    }

    /// The path as given; `reseat` for standard input and named pipes.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name for messages.
    pub fn name(&self) -> String {
        self.name.clone()
    }

    /// Whether it came from standard input or a named pipe, which gives it only once.
    pub fn is_piped(&self) -> bool {
        self.is_piped
    }

    /// Whether the source is a workbook, else it is a CSV.
    pub fn is_workbook(&self) -> bool {
        matches!(self.format, Format::Workbook(_))
    }

    /// Whether it is read before anybody would notice. How long a workbook is unpacked, its file does not say.
    pub fn is_short(&self) -> bool {
        !self.is_workbook() && length(self.stamp) <= SHORT
    }

    /// What had to be guessed about a CSV: `read as Windows-1252, cells separated by ;`. Empty for a workbook and for
    /// the plain case of UTF-8 and commas.
    pub fn assumptions(&self) -> String {
        let Format::Text(format) = self.format() else {
            return String::new();
        };
        let mut parts = Vec::new();
        let read = format.reading.encoding;
        if let Some(named) = format.reading.overruled {
            parts.push(format!(
                "read as {read}, as its byte order mark says, and not as {named}"
            ));
        } else if read != encoding_rs::UTF_8 && self.encoding.is_none() {
            parts.push(format!("read as {read}"));
        }
        match format.dialect.delimiter {
            b',' => {}
            b'\t' => parts.push("cells separated by tabs".to_owned()),
            other => parts.push(format!("cells separated by `{}`", char::from(other))),
        }
        parts.join(", ")
    }

    /// Shows every worksheet and every row to `visitor`, in order.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or not as it was.
    pub fn read(&self, visitor: &mut dyn Visitor) -> Result<(), SheetError> {
        self.look_at_all()?;
        self.show(visitor).map(|_| ())
    }

    /// The same with a visitor that is made for it, and in one pass where possible: the visitor of a long text whose end
    /// shows another encoding than its beginning is dropped, and another one made.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read).
    pub fn read_new<V: Visitor>(&self, new: impl Fn() -> V) -> Result<V, SheetError> {
        if let Format::Text(format) = self.format()
            && format.is_presumed
        {
            let mut visitor = new();
            let shown = self.show(&mut visitor);
            if matches!(shown, Ok(Extent::Whole)) {
                let is_presumed = false;
                self.certain.get_or_init(|| TextFormat { is_presumed, ..format });
                return Ok(visitor);
            }
            self.look_at_all()?;
            if matches!(self.format(), Format::Text(found) if found.reading == format.reading) {
                return shown.map(|_| visitor);
            }
        }
        let mut visitor = new();
        self.read(&mut visitor)?;
        Ok(visitor)
    }

    /// Makes certain how a text is to be read.
    fn look_at_all(&self) -> Result<(), SheetError> {
        if !matches!(self.format(), Format::Text(format) if format.is_presumed) {
            return Ok(());
        }
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        self.check_unchanged(&file)?;
        let found = beginning(&mut file, length(self.stamp))
            .and_then(|mut text| delimited::detect(&mut text, self.encoding))
            .map_err(|source| self.unreadable(source))?;
        self.certain.get_or_init(|| found);
        self.check_unchanged(&file)
    }

    /// Shows every worksheet and every row to `visitor`, as far as is known how to read them.
    fn show(&self, visitor: &mut dyn Visitor) -> Result<Extent, SheetError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let file = &mut *file;
        self.check_unchanged(file)?;
        let read = match self.format() {
            Format::Text(format) => beginning(file, length(self.stamp))
                .and_then(|mut text| delimited::read(&mut text, format, &Shared::default(), visitor))
                .map_err(|source| self.unreadable(source)),
            Format::Workbook(format) => {
                let visitor = &mut DistinctNames::for_visitor(visitor);
                workbook::read(BufReader::new(&mut *file), format, self.encoding, visitor)
                    .map(|()| Extent::Whole)
                    .map_err(|error| self.unusable(error))
            }
        };
        // What changes while it is read may seem broken, and is not.
        self.check_unchanged(file)?;
        read
    }

    fn unreadable(&self, source: io::Error) -> SheetError {
        SheetError::Read {
            path: self.name(),
            source,
        }
    }

    fn unusable(&self, error: WorkbookError) -> SheetError {
        let path = self.name();
        match error {
            WorkbookError::Encrypted => SheetError::Encrypted { path },
            WorkbookError::Broken(reason) => SheetError::Broken { path, reason },
            WorkbookError::TooWide => SheetError::TooWide { path },
            WorkbookError::TooMuchText { limit } => SheetError::TooLarge { path, limit },
            WorkbookError::Foreign(Foreign { what, cure }) => SheetError::NotASheet { path, what, cure },
        }
    }

    /// As far as it is known.
    pub(super) fn format(&self) -> Format {
        self.certain.get().map_or(self.format, |format| Format::Text(*format))
    }

    fn check_unchanged(&self, file: &std::fs::File) -> Result<(), SheetError> {
        if stamp(file) == self.stamp {
            Ok(())
        } else {
            Err(SheetError::Changed { path: self.name() })
        }
    }
}

fn stamp(file: &std::fs::File) -> Option<(u64, SystemTime)> {
    let metadata = file.metadata().ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

fn length(stamp: Option<(u64, SystemTime)>) -> u64 {
    stamp.map_or(u64::MAX, |(length, _)| length)
}

/// Sheets in the same folder whose name is much like the one that is missing.
fn near_files(path: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder_of(path)) else {
        return Vec::new();
    };
    let names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let wanted = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let stem = |name: &str| fold(name.rsplit_once('.').map_or(name, |(stem, _)| stem));
    let mut near: Vec<String> = names
        .iter()
        .filter(|name| stem(name) == stem(wanted))
        .cloned()
        .collect();
    if near.is_empty() {
        near.extend(nearest(wanted, names.iter().map(String::as_str)).map(str::to_owned));
    }
    near.sort();
    near.into_iter()
        .map(|name| path.with_file_name(name).display().to_string())
        .collect()
}
