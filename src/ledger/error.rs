//! Why a results file cannot be used.

use std::io;
use std::path::{Path, PathBuf};

use super::RunId;
use crate::model::OrganizationId;

/// Why a results file could not be opened or read; reads after "failed to". The file is left as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file system refused.
    #[error("use results file `{}`: {source}; {}", path.display(), help(source))]
    Io {
        /// The results file.
        path: PathBuf,
        /// What the file system said, and about which file.
        source: io::Error,
    },
    /// Another run has locked it.
    #[error("use results file `{}`: another run is writing it ({owner}); wait until it ends, as this one does with `--wait`, or give this one another file with `--results`", path.display())]
    Locked {
        /// The results file.
        path: PathBuf,
        /// How that run describes itself.
        owner: String,
    },
    /// Its first line is not the header of a results file.
    #[error("use results file `{}`: it is not a reseat results file (it begins with `{found}`); {}", path.display(), instead(found))]
    NotResults {
        /// The file.
        path: PathBuf,
        /// How it begins.
        found: String,
    },
    /// A column that a rerun or an undo needs is gone.
    #[error("use results file `{}`: its column `{column}` is gone, and without it what was done would be forgotten; restore the file, or put the column back with its cells", path.display())]
    LostColumn {
        /// The file.
        path: PathBuf,
        /// The column.
        column: &'static str,
    },
    /// It belongs to another sheet.
    #[error("use results file `{}`: it holds the results of `{theirs}`, and this run is of `{ours}`; name a file of its own for it with `--results`, or that one if it is the same sheet under another name", path.display())]
    OtherSheet {
        /// The file.
        path: PathBuf,
        /// The file name of the sheet that it belongs to.
        theirs: String,
        /// The file name of this run's sheet.
        ours: String,
    },
    /// It was written by a newer program.
    #[error("use results file `{}`: it has format version {version}, and this reseat supports none above {}; use the newer reseat that wrote it", path.display(), super::FORMAT_VERSION)]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version it claims.
        version: u32,
    },
    /// It is about another organization.
    #[error("use results file `{}`: it holds the results of organization {} (run of {}), and this run is against {ours}; check `--profile`, or give another path with `--results`", path.display(), run.organization(), run.started())]
    OtherOrganization {
        /// The file.
        path: PathBuf,
        /// A run in the file that was against another organization.
        run: RunId,
        /// The organization of this run.
        ours: OrganizationId,
    },
    /// A line other than the last cannot be read.
    #[error("use results file `{}`: line {line} is not as reseat wrote it: {fault}; put it right in a text editor or restore the file from before it was changed (`--again` starts over, and forgets what was begun)", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, the header being 1.
        line: u64,
        /// What is wrong with it.
        fault: String,
    },
}

impl OpenError {
    pub(super) fn io(path: &Path) -> impl Fn(io::Error) -> Self + '_ {
        |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}

/// What to do about a file that is something else.
fn instead(found: &str) -> &'static str {
    if found.starts_with("PK") {
        "it is a workbook: save it as CSV under this name in the spreadsheet program, or give another path with `--results`"
    } else {
        "give another path with `--results`"
    }
}

/// What the user can do when the file system refuses.
pub(super) fn help(refusal: &io::Error) -> &'static str {
    match refusal.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "choose a folder that you may write to with `--results`"
        }
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            "create the folder, or choose another with `--results`"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "free some space and run the same command again"
        }
        _ => "fix that and run the same command again, or choose another file with `--results`",
    }
}
