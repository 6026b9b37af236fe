//! Where a sheet goes with all that belongs to it once its run has ended. Every step can be done again after a crash.

use std::io;
use std::path::Path;

use jiff::Timestamp;

use super::content::digest;
use super::inbox::Inbox;
use super::moving::{Arrived, make_own, move_to_free_name, replace};
use super::planning::{free, is_as_written, names};
use super::sharing::Sharing;
use super::taking::{Taken, give_back};
use crate::files::sync_folder;
use crate::ledger::History;
use crate::model::Status;
use crate::watch::{Ended, FileName, Folder, Memory, OtherRows, Remembered, Stage, file_name, is_lock, renamed};

/// What has become of a sheet, for whoever looks after the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filed {
    pub(super) folder: Folder,
    /// Its name there.
    pub(super) sheet: String,
    /// The stem that it shares there with what belongs to it.
    pub(super) stem: String,
    /// Somebody changed what they had dropped after it was taken, and it is back in the drop folder.
    pub(super) given_back: bool,
}

/// What rows of the sheet still need that these failed rows came from.
pub(super) fn other_rows(taken: &Taken) -> io::Result<OtherRows> {
    let has_others = names(&taken.sheets())?.into_iter().any(|name| {
        name != taken.job.sheet
            && file_name(&name) == FileName::Sheet
            && !is_as_written(&taken.sheets().join(&name), &name)
    });
    if !has_others {
        return Ok(OtherRows::Done);
    }
    let Ok(history) = History::read(&taken.beside(".results.csv")) else {
        // Nobody can say that all of it is done.
        return Ok(OtherRows::NeedSomebody);
    };
    let counts = history.counts();
    let mut left = counts
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(status, _)| *status);
    Ok(
        if left
            .clone()
            .any(|status| status.needs_a_person() || status == Status::NotRun)
        {
            OtherRows::NeedSomebody
        } else if left.any(|status| status == Status::Waiting) {
            OtherRows::Wait
        } else {
            OtherRows::Done
        },
    )
}

/// How many rows wait, as far as the results say so.
pub(super) fn waiting_rows(taken: &Taken) -> usize {
    let history = History::read(&taken.beside(".results.csv"));
    history.map_or(0, |history| {
        history.counts().get(&Status::Waiting).copied().unwrap_or_default()
    })
}

/// Writes down how the run ended. From then on the sheet is not run again, only moved.
///
/// # Errors
/// If the disk refuses; then it is run again.
pub(super) fn end(taken: &mut Taken, ended: Ended) -> io::Result<()> {
    taken.job.stage = Stage::Ended(ended);
    taken.save()
}

/// Moves everything to where it belongs. The folder in which it was run is then empty, and stays until it is told of.
///
/// # Errors
/// If the disk refuses; what is moved by then stays there, and the rest is moved by the next attempt.
pub(super) fn file_away(
    inbox: &Inbox,
    memory: &mut Memory,
    taken: &mut Taken,
    sharing: Sharing,
) -> io::Result<Option<Filed>> {
    let Stage::Ended(mut ended) = taken.job.stage.clone() else {
        return Ok(None);
    };
    let target = inbox.folder(ended.folder);
    keep_plan(inbox, taken, &ended)?;
    let remembered = Remembered {
        sha256: taken.job.sha256.clone(),
        at: ended.at,
        folder: ended.folder,
        sheet: renamed(&taken.job.sheet, &taken.job.stem, &ended.stem),
        exit_code: ended.exit_code,
    };
    if memory.of(&remembered.sha256) != Some(&remembered) {
        inbox.remember(&remembered)?;
        memory.add(remembered.clone());
    }
    // Gone where a crash came while the folder was cleared away.
    let is_there = taken.sheets().exists();
    let mut waiting = if is_there { names(&taken.sheets())? } else { Vec::new() };
    waiting.retain(|name| !is_lock(name));
    // The sheet comes last: whoever sees it sees all that belongs to it.
    waiting.sort_by_key(|name| *name == taken.job.sheet);
    let place = |name: &str, stem: &str| target.join(renamed(name, &taken.job.stem, stem));
    let is_taken = waiting
        .iter()
        .any(|name| place(name, &ended.stem).symlink_metadata().is_ok());
    let mut moved = if is_taken { Arrived::NameTaken } else { Arrived::Moved };
    for name in waiting {
        if moved == Arrived::NameTaken {
            break;
        }
        let from = taken.sheets().join(&name);
        sharing.share(&from)?;
        moved = move_to_free_name(&from, &place(&name, &ended.stem))?;
    }
    if moved == Arrived::NameTaken {
        // Somebody has put a file there meanwhile: the sheet and all that belongs to it go under another name.
        ended.stem = free(inbox, &taken.job.stem, None)?;
        end(taken, ended)?;
        return file_away(inbox, memory, taken, sharing);
    }
    sync_folder(&target)?;
    let is_changed = match digest(&taken.original(), |_| Ok(())) {
        Ok(sha256) => sha256 != taken.job.sha256,
        Err(_) => false,
    };
    if is_changed {
        give_back(inbox, taken)?;
    } else if taken.original().exists() {
        // The copy that was run has its bytes.
        fs_err::remove_file(taken.original())?;
    }
    Ok(Some(Filed {
        folder: ended.folder,
        sheet: remembered.sheet,
        stem: ended.stem,
        given_back: is_changed,
    }))
}

/// Keeps the plan that is to be approved where nobody else can change it, and drops one that has served.
fn keep_plan(inbox: &Inbox, taken: &Taken, ended: &Ended) -> io::Result<()> {
    let (waiting, approved) = (inbox.plan(&taken.job.sha256), inbox.approved_plan(&taken.job.sha256));
    if let Some(plan) = &ended.plan {
        let plan = taken.sheets().join(plan);
        if plan.exists() {
            replace(&waiting, &fs_err::read(&plan)?)?;
            fs_err::remove_file(&plan)?;
        }
    } else if waiting.exists() {
        fs_err::remove_file(&waiting)?;
    }
    // What waits goes on as it was approved; everything else needs approval anew.
    if ended.folder != Folder::Waiting && approved.exists() {
        fs_err::remove_file(&approved)?;
    }
    Ok(())
}

/// Puts a sheet aside for which nothing is to be done, with a note that says why. Its name there.
pub(super) fn set_aside(inbox: &Inbox, from: &Path, name: &str, note: &str, sharing: Sharing) -> io::Result<String> {
    loop {
        let stem = crate::watch::stem_of(name);
        let free = free(inbox, stem, None)?;
        let there = renamed(name, stem, &free);
        let path = inbox.folder(Folder::Done).join(&there);
        if move_to_free_name(from, &path)? == Arrived::NameTaken {
            continue;
        }
        if make_own(&path)? {
            sharing.share(&path)?;
        }
        let note_file = inbox.folder(Folder::Done).join(format!("{free}.note.txt"));
        replace(&note_file, note.as_bytes())?;
        sharing.share(&note_file)?;
        return Ok(there);
    }
}

/// What is known of an ending by now.
pub(super) fn ended(taken: &Taken, folder: Folder, exit_code: Option<u8>) -> Ended {
    Ended {
        at: Timestamp::now(),
        folder,
        stem: taken.job.stem.clone(),
        exit_code,
        status: String::new(),
        reason: String::new(),
        message: String::new(),
        plan: None,
        notice: None,
    }
}
