//! What is to be done about a sheet that has come: whether it is run, under which name, and what comes along.

use std::io;
use std::path::Path;

use jiff::{Timestamp, Zoned};

use super::content::digest;
use super::inbox::Inbox;
use crate::app::after::failed_sheet::marks;
use crate::watch::{
    Again, CameFrom, FileName, Folder, Job, Memory, Moved, Remembered, belongs_to, file_name, free_stem, is_lock,
    parent_stem, renamed, stem_of,
};

/// A sheet that has come whole, or is to be taken up again.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) came_from: CameFrom,
    pub(super) name: String,
    pub(super) sha256: String,
}

impl Found {
    /// Where it is in the drop folder.
    pub(super) fn place(&self) -> String {
        relative(self.came_from, &self.name)
    }
}

/// What is to be done about it.
#[derive(Debug)]
pub(super) enum Planned {
    /// It is run.
    Job(Box<Job>),
    /// It was done, or is on its way.
    Superfluous(Remembered),
    /// It stays: its results know it by a name that another sheet has, which is here.
    NameTaken(String),
}

/// Decides it.
pub(super) fn planned(inbox: &Inbox, memory: &Memory, found: &Found) -> io::Result<Planned> {
    let Found {
        came_from,
        name,
        sha256,
    } = found;
    let is_there = |known: &Remembered| is_there(inbox, known, *came_from);
    let again = match (came_from, memory.again(sha256, is_there)) {
        // It is where it was put.
        (CameFrom::Folder(Folder::Waiting), _) => Again::New,
        (_, again) => again,
    };
    let now = Timestamp::now();
    match again {
        Again::Superfluous(known) => return Ok(Planned::Superfluous(known.clone())),
        Again::GoOn(known) => return Ok(Planned::Job(Box::new(going_on(inbox, known, found, now)?))),
        Again::New => {}
    }
    let mut job = Job::taking(now, *came_from, name, sha256);
    match came_from {
        CameFrom::Folder(Folder::Waiting) => {
            job.stem = family(&inbox.folder(Folder::Waiting).join(name), name);
            let beside = companions(inbox, *came_from, &job.stem, Some(name), Which::All)?;
            job.companions = distinct(beside, &job.sheet);
        }
        CameFrom::Folder(_) => approved(inbox, memory, &mut job)?,
        CameFrom::Inbox => {
            if let Some(other) = dropped(inbox, &mut job)? {
                return Ok(Planned::NameTaken(other));
            }
        }
    }
    Ok(Planned::Job(Box::new(job)))
}

/// A sheet that failed is dropped again as it was: its run goes on, with its results.
fn going_on(inbox: &Inbox, known: &Remembered, found: &Found, now: Timestamp) -> io::Result<Job> {
    let from = CameFrom::Folder(known.folder);
    let mut job = Job::taking(now, from, &known.sheet, &found.sha256);
    job.copy = Some(found.place());
    job.stem = family(&inbox.folder(known.folder).join(&known.sheet), &known.sheet);
    let beside = companions(inbox, from, &job.stem, Some(&known.sheet), Which::All)?;
    job.companions = distinct(beside, &job.sheet);
    Ok(job)
}

/// A sheet that somebody dropped: one of failed rows goes with the results of the sheet that they came from. Returns what has
/// its name, where results that were dropped beside it know it by that.
fn dropped(inbox: &Inbox, job: &mut Job) -> io::Result<Option<String>> {
    let name = &job.dropped_as;
    let family = family(&inbox.root().join(name), name);
    let mut beside = companions(inbox, CameFrom::Inbox, &family, Some(name), Which::Ours)?;
    if family == stem_of(name)
        && !beside.is_empty()
        && let Some(other) = namesake(inbox, &family)?
    {
        return Ok(Some(other));
    }
    if family != stem_of(name) {
        let earlier = [Folder::Failed, Folder::Waiting, Folder::Approve, Folder::Done];
        let results = format!("{family}.results.csv");
        let folder = earlier
            .into_iter()
            .find(|folder| inbox.folder(*folder).join(&results).exists());
        if let Some(folder) = folder {
            beside.extend(companions(inbox, CameFrom::Folder(folder), &family, None, Which::All)?);
        }
    }
    if beside.is_empty() {
        // Nothing knows it by its name yet.
        let stem = stem_of(name).to_owned();
        let free = free(inbox, &stem, None)?;
        job.sheet = renamed(name, &stem, &free);
        job.stem = free;
    } else {
        job.stem = family;
        job.companions = distinct(beside, &job.sheet);
    }
    Ok(None)
}

/// What belongs to another sheet of this stem in one of the folders, if anything does.
fn namesake(inbox: &Inbox, stem: &str) -> io::Result<Option<String>> {
    for folder in Folder::all() {
        let names = names(&inbox.folder(folder))?;
        if let Some(name) = names.into_iter().find(|name| belongs_to(stem, name)) {
            return Ok(Some(relative(CameFrom::Folder(folder), &name)));
        }
    }
    Ok(None)
}

/// A sheet that was put into `approved/`: it has the name that its plan and its results know it by. A copy that somebody
/// has changed is another sheet, and the one that still waits for approval keeps its name and all that belongs to it. Where
/// the one in `approve/` was changed instead, what was planned is what lies here, and takes all of it along.
fn approved(inbox: &Inbox, memory: &Memory, job: &mut Job) -> io::Result<()> {
    let known = memory.of(&job.sha256).filter(|known| known.folder == Folder::Approve);
    if let Some(known) = known {
        job.sheet = known.sheet.clone();
    }
    job.stem = family(&inbox.folder(Folder::Approved).join(&job.dropped_as), &job.sheet);
    let name = job.dropped_as.as_str();
    // Whoever approves a sheet may have moved all that lay beside it.
    let which = if known.is_some() { Which::All } else { Which::Ours };
    let mut beside = companions(inbox, job.came_from, &job.stem, Some(name), which)?;
    beside.retain(|moved| !matches!(file_name(&moved.to), FileName::Sheet) || lay_beside(inbox, memory, moved));
    let planned = CameFrom::Folder(Folder::Approve);
    let in_approve = inbox.folder(Folder::Approve).join(&job.sheet);
    let is_there = in_approve.exists();
    let is_another = known.is_none()
        && is_there
        && job.stem == stem_of(&job.sheet)
        && digest(&in_approve, |_| Ok(())).is_ok_and(|sha256| sha256 != job.sha256);
    if !is_another {
        beside.extend(companions(inbox, planned, &job.stem, Some(&job.sheet), Which::All)?);
        if is_there {
            // It was copied and not moved.
            job.copy = Some(relative(planned, &job.sheet));
        }
    }
    if is_another || beside.is_empty() && known.is_none() {
        let stem = stem_of(&job.sheet).to_owned();
        job.stem = free(inbox, &stem, Some(Folder::Approved))?;
        job.sheet = renamed(&job.sheet, &stem, &job.stem);
        for moved in &mut beside {
            moved.to = renamed(&moved.to, &stem, &job.stem);
        }
    }
    job.companions = distinct(beside, &job.sheet);
    Ok(())
}

/// Whether a sheet of the same name was kept only because it belongs to another: it failed as it is, or has failed rows that
/// nobody has corrected.
fn lay_beside(inbox: &Inbox, memory: &Memory, moved: &Moved) -> bool {
    let path = inbox.root().join(&moved.from);
    let has_failed = |sha256: String| memory.of(&sha256).is_some_and(|known| known.folder == Folder::Failed);
    is_as_written(&path, &moved.to) || digest(&path, |_| Ok(())).is_ok_and(has_failed)
}

/// Which files come along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// All that have the stem.
    All,
    /// What reseat itself has written, and no sheet that somebody else may have put there.
    Ours,
}

/// What belongs to the stem in a folder, the sheet `itself` aside.
fn companions(
    inbox: &Inbox,
    folder: CameFrom,
    stem: &str,
    itself: Option<&str>,
    which: Which,
) -> io::Result<Vec<Moved>> {
    let path = folder
        .folder()
        .map_or_else(|| inbox.root().to_owned(), |folder| inbox.folder(folder));
    let comes = |name: &String| {
        let kind = match file_name(name) {
            FileName::Ours => !is_lock(name),
            FileName::Sheet => which == Which::All,
            FileName::LockOf(_) | FileName::Passing | FileName::Other => false,
        };
        kind && belongs_to(stem, name) && itself != Some(name.as_str())
    };
    let names = names(&path)?.into_iter().filter(comes);
    Ok(names
        .map(|name| Moved {
            from: relative(folder, &name),
            to: name,
        })
        .collect())
}

/// The same under names that do not clash: an earlier sheet of failed rows gets the next number.
fn distinct(companions: Vec<Moved>, sheet: &str) -> Vec<Moved> {
    let mut used: Vec<String> = vec![sheet.to_lowercase()];
    let mut distinct = Vec::new();
    for Moved { from, to } in companions {
        let mut name = to.clone();
        let mut number = 2;
        while used.contains(&name.to_lowercase()) {
            name = numbered(&to, number);
            number += 1;
        }
        used.push(name.to_lowercase());
        distinct.push(Moved { from, to: name });
    }
    distinct
}

fn numbered(name: &str, number: u32) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    match parent_stem(name) {
        Some(parent) => format!("{parent}.failed-{number}.{ending}"),
        None => format!("{stem}-{number}.{ending}"),
    }
}

/// Where a file is, seen from the drop folder.
pub(super) fn relative(came_from: CameFrom, name: &str) -> String {
    match came_from.folder() {
        Some(folder) => format!("{}/{name}", folder.name()),
        None => name.to_owned(),
    }
}

/// The stem of the sheet that the results of this one belong to: its own, unless it has the failed rows of another.
pub(super) fn family(path: &Path, name: &str) -> String {
    let marks = marks(path).filter(|marks| marks.of.len() == 1);
    let of = marks.and_then(|marks| marks.of.first().cloned());
    let by_marks = of.as_deref().map(stem_of).filter(|stem| !stem.contains(['/', '\\']));
    by_marks
        .or_else(|| parent_stem(name))
        .unwrap_or_else(|| stem_of(name))
        .to_owned()
}

/// Whether a sheet is one of failed rows that nobody has changed.
pub(super) fn is_as_written(path: &Path, name: &str) -> bool {
    parent_stem(name).is_some() && marks(path).is_some_and(|marks| marks.is_as_written)
}

/// Whether a sheet with the bytes that are remembered is still where it was put.
fn is_there(inbox: &Inbox, known: &Remembered, came_from: CameFrom) -> bool {
    if came_from == CameFrom::Folder(Folder::Approved) && known.folder == Folder::Approve {
        // This is how it is approved.
        return false;
    }
    let mut folders = vec![known.folder];
    if known.folder == Folder::Approve {
        folders.push(Folder::Approved);
    }
    folders.into_iter().any(|folder| {
        let found = digest(&inbox.folder(folder).join(&known.sheet), |_| Ok(()));
        found.is_ok_and(|sha256| sha256 == known.sha256)
    })
}

/// A stem that no sheet has in any folder but the one that this sheet is in itself.
pub(super) fn free(inbox: &Inbox, stem: &str, own: Option<Folder>) -> io::Result<String> {
    let folders = Folder::all().filter(|folder| Some(*folder) != own);
    let mut taken = Vec::new();
    for folder in folders {
        taken.extend(names(&inbox.folder(folder))?);
    }
    for job in fs_err::read_dir(inbox.running())? {
        taken.extend(names(&job?.path().join("sheet")).unwrap_or_default());
    }
    let time = Zoned::now().strftime("%Y-%m-%dT%H%M%S").to_string();
    Ok(free_stem(stem, time, |stem| {
        taken.iter().any(|name| belongs_to(stem, name))
    }))
}

/// The names of the ordinary files in a folder, sorted, as far as they are text.
pub(super) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file()
            && let Ok(name) = entry.file_name().into_string()
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
