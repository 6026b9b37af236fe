//! What is in a drop folder now, judged file by file.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::content::{content, open_plain, sighting};
use crate::ledger::is_of_results;
use crate::watch::{FileName, LeftAlone, Look, Watching, WhyWaiting, file_name, is_lock_of, is_too_long};

/// What a look at a folder has found.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// The sheets that are whole.
    pub(super) whole: Vec<Whole>,
    /// What is no sheet, and why it stays.
    pub(super) left: Vec<(String, LeftAlone)>,
    /// Sheets that have been open in a program for long.
    pub(super) long_open: Vec<String>,
    /// Sheets that cannot be read, and what the system says.
    pub(super) unreadable: Vec<(String, String)>,
}

/// A sheet that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Whole {
    pub(super) modified: Option<SystemTime>,
    pub(super) name: String,
    pub(super) sha256: String,
}

/// Looks at every file of a folder, and reads those that have stayed the same for long enough.
pub(super) fn look(folder: &Path, watching: &mut Watching, now: impl Fn() -> Duration) -> io::Result<Listing> {
    let mut listing = Listing::default();
    let (mut sheets, mut open) = (BTreeSet::new(), Vec::new());
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            continue;
        }
        let name = match entry.file_name().into_string() {
            Ok(name) => name,
            Err(odd) => {
                listing
                    .left
                    .push((odd.to_string_lossy().into_owned(), LeftAlone::OddName));
                continue;
            }
        };
        match file_name(&name) {
            FileName::LockOf(of) => open.push(of.to_owned()),
            FileName::Sheet if is_too_long(&name) => listing.left.push((name, LeftAlone::LongName)),
            FileName::Sheet if kind.is_file() => {
                sheets.insert(name);
            }
            FileName::Sheet => listing.left.push((name, LeftAlone::NoFile)),
            FileName::Other => listing.left.push((name, LeftAlone::NoSheet)),
            FileName::Ours if is_misnamed(&entry.path()) => listing.left.push((name, LeftAlone::NamedAsResults)),
            FileName::Passing | FileName::Ours => {}
        }
    }
    watching.keep(|name| sheets.contains(name));
    for name in sheets {
        let is_open = open.iter().any(|of| is_lock_of(of, &name));
        look_at(folder, name, is_open, watching, &now, &mut listing);
    }
    // As they came.
    listing
        .whole
        .sort_by(|one, other| (one.modified, &one.name).cmp(&(other.modified, &other.name)));
    Ok(listing)
}

/// Whether a file that is named as results are holds none, as far as it can be read.
fn is_misnamed(path: &Path) -> bool {
    let is_a_table = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let has_results = || is_of_results(&mut open_plain(path)?);
    is_a_table && has_results().is_ok_and(|is_so| !is_so)
}

fn look_at(
    folder: &Path,
    name: String,
    is_open: bool,
    watching: &mut Watching,
    now: &impl Fn() -> Duration,
    listing: &mut Listing,
) {
    let path = folder.join(&name);
    // One that is gone by now is not there at the next look either.
    let Ok(Some(seen)) = sighting(&path) else { return };
    let now_at = now();
    let look = watching.look(&name, seen, is_open, now_at);
    if watching.is_open_for_long(&name, now_at) {
        listing.long_open.push(name);
        return;
    }
    if look != Look::Read {
        return;
    }
    let read = content(&path, watching.content_of(&name));
    let Ok(Some(seen)) = sighting(&path) else { return };
    let (read, refusal) = match read {
        Ok(read) => (Some(read), None),
        Err(error) => (None, Some(error.to_string())),
    };
    let sha256 = read.as_ref().map(|read| read.sha256.clone()).unwrap_or_default();
    match watching.note(&name, seen, read, now()) {
        Look::Take => listing.whole.push(Whole {
            modified: seen.modified,
            name,
            sha256,
        }),
        Look::Wait(WhyWaiting::Unreadable) => listing.unreadable.push((name, refusal.unwrap_or_default())),
        Look::Wait(WhyWaiting::Changing | WhyWaiting::Open) | Look::Read => {}
    }
}
