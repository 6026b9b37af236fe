//! Whether reseat can remember something between runs.

use std::io;
use std::path::Path;

use super::{Check, Finding};
use crate::text::shown_path;

/// What is lost without it.
const LOST: &str = "without it a run does not know what earlier ones spent of the quota, two runs on one organization at once go \
     unnoticed, and `rebalance` does not know whose seats reseat gave";

/// What came of trying a folder out.
#[derive(Debug)]
pub enum FolderTrial {
    /// The variables that would name it are not set.
    Unnamed,
    /// A file could be made, renamed and deleted there.
    Works {
        /// Whether others than its owner may look into it.
        is_open_to_others: bool,
        /// Whether files can be locked there.
        takes_locks: bool,
    },
    /// Something of it failed.
    Fails {
        /// What was tried.
        step: &'static str,
        /// How it failed.
        error: io::Error,
    },
}

/// What is made of it.
pub fn state_folder(folder: &Path, trial: &FolderTrial) -> Finding {
    let path = shown_path(folder);
    let warning = |what: String| Finding::warning(Check::StateFolder, what).with_detail(LOST);
    match trial {
        FolderTrial::Unnamed => warning("no variable names a folder to remember anything in".to_owned())
            .with_help(if cfg!(windows) {
                "set `LOCALAPPDATA`"
            } else {
                "set `HOME`, or `XDG_STATE_HOME` to the absolute path of a folder; in a container, to one that outlasts it"
            }),
        FolderTrial::Fails { step, error } => warning(format!("`{path}` cannot be used: failed to {step}: {error}")).with_help(
            "let the account that runs reseat write there, free some space, or set `XDG_STATE_HOME` to another folder",
        ),
        FolderTrial::Works { is_open_to_others: true, .. } => {
            let what = format!("`{path}` can be written, and others than its owner may look into it");
            Finding::warning(Check::StateFolder, what).with_help(format!("`chmod 700 {path}` closes it"))
        }
        FolderTrial::Works { takes_locks: false, .. } => {
            let what = format!("`{path}` can be written, but its file system takes no locks");
            Finding::warning(Check::StateFolder, what)
                .with_detail("two runs on one organization at once go unnoticed")
                .with_help("set `XDG_STATE_HOME` to a folder of a local disk")
        }
        FolderTrial::Works { .. } => {
            Finding::ok(Check::StateFolder, format!("`{path}` can be written, and is its owner's alone"))
        }
    }
}
