//! Why a sheet cannot be read or written at all.

use std::borrow::Cow;
use std::io;

use crate::text::{listed, plural};

/// Why a sheet cannot be read or written at all; a sentence that names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// No such file.
    #[error("no file `{path}`{}", did_you_mean(near))]
    Missing {
        /// The path as given.
        path: String,
        /// Files in the same folder with a name much like it.
        near: Vec<String>,
    },
    /// A folder was given.
    #[error("`{path}` is a folder; name a file in it")]
    Directory {
        /// The path as given.
        path: String,
    },
    /// A device or a socket was given.
    #[error("`{path}` is {what}, not a file; name a sheet, or `-` for what is piped into reseat")]
    NotAFile {
        /// The path as given.
        path: String,
        /// What it is, with its article.
        what: &'static str,
    },
    /// What is piped in does not end.
    #[error("`{path}` gives more than {limit} MiB; write it to a file and name that")]
    Endless {
        /// Standard input, or the named pipe.
        path: String,
        /// The bound.
        limit: u64,
    },
    /// The file has no bytes, or none but white space.
    #[error("`{path}` is empty; a sheet needs a header row and rows under it")]
    Empty {
        /// The file.
        path: String,
    },
    /// The workbook is protected by a password.
    #[error(
        "`{path}` is encrypted with a password; remove it in the spreadsheet program (File, Info, Protect Workbook) and save"
    )]
    Encrypted {
        /// The file.
        path: String,
    },
    /// The file is something else.
    #[error("`{path}` is {what}, not a sheet that reseat reads; {cure}")]
    NotASheet {
        /// The file.
        path: String,
        /// What it is, with its article.
        what: &'static str,
        /// What to do.
        cure: Cow<'static, str>,
    },
    /// The workbook's bytes do not hold together.
    #[error("`{path}` is damaged ({reason}); open it in the spreadsheet program and save it again, or save it as .csv")]
    Broken {
        /// The file.
        path: String,
        /// What the reader says.
        reason: String,
    },
    /// The workbook would fill the memory.
    #[error("`{path}` unpacks to more than {limit} MiB; save the one worksheet that is needed as .csv")]
    TooLarge {
        /// The file.
        path: String,
        /// The bound.
        limit: u64,
    },
    /// The cells of a workbook are further apart, or more, than those of any worksheet.
    #[error(
        "the cells of `{path}` are spread over more rows and columns than can be held; delete cells far away from the table, or save it as .xlsx or .csv"
    )]
    TooWide {
        /// The file.
        path: String,
    },
    /// The file was written to since it was opened.
    #[error("`{path}` was changed while reseat worked with it; run the command again")]
    Changed {
        /// The file.
        path: String,
    },
    /// The file cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A file is where a sheet is to be written.
    #[error("`{path}` is there already and was kept; name another file, or add `--force` to replace it")]
    Exists {
        /// The file.
        path: String,
    },
    /// The folder of a sheet that is to be written is not there.
    #[error("cannot write `{path}`: there is no folder `{folder}`; make it, or name another")]
    NoFolder {
        /// The file.
        path: String,
        /// Its folder.
        folder: String,
    },
    /// A worksheet ends before all rows are written.
    #[error(
        "cannot write `{path}`: a worksheet has 1,048,576 rows, and there are more; name a file that ends in .csv, or write fewer"
    )]
    TooManyRows {
        /// The file.
        path: String,
    },
    /// A cell that a run reads holds more than a workbook keeps of it.
    #[error(
        "cannot write `{path}`: column `{column}` of row {row} needs {}, and a cell of a workbook holds 32,767; name a file that ends in .csv",
        plural(*letters, "character")
    )]
    CellTooFull {
        /// The file.
        path: String,
        /// The header of its column.
        column: String,
        /// The row, as a spreadsheet program numbers it.
        row: u32,
        /// How many characters there are, in UTF-16 units.
        letters: usize,
    },
    /// A sheet cannot be written.
    #[error("cannot write `{path}`: {reason}")]
    Write {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
}

fn did_you_mean(near: &[String]) -> String {
    if near.is_empty() {
        String::new()
    } else {
        format!("; near it are {}", listed(near.iter(), 3))
    }
}
