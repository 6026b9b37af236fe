//! A sheet is taken out of reach of whoever dropped it: moved into a folder of its own, where a copy of it is run that nobody
//! else can have open. Every step can be done again after a crash.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::content::digest;
use super::inbox::Inbox;
use super::moving::{Arrived, make_own, move_to_free_name, passing_file, replace};
use super::planning::relative;
use crate::app::state_place::make_private_folder;
use crate::files::{Existing, finish, is_temporary, sync_folder};
use crate::watch::{Job, Stage};

/// A sheet that was taken, in its folder.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) id: String,
    pub(super) job: Job,
    folder: PathBuf,
}

/// What came of taking a sheet.
#[derive(Debug)]
pub(super) enum Took {
    /// It is here.
    Taken(Box<Taken>),
    /// It is no longer where it was, or not as it was: whatever is there now is looked at anew.
    Changed,
}

/// What is found in the folder of a sheet after a crash.
#[derive(Debug)]
pub(super) enum Unfinished {
    /// A sheet to go on with.
    Job(Box<Taken>),
    /// What cannot be gone on with, and why.
    Unknown(String),
    /// Nothing; the folder is gone now.
    Nothing,
}

impl Taken {
    /// Begins to take a sheet: from now on it is known what is meant.
    pub(super) fn begin(inbox: &Inbox, job: Job) -> io::Result<Self> {
        let id = format!(
            "{}-{:08x}",
            Timestamp::now().strftime("%Y%m%dT%H%M%SZ"),
            rand::random::<u32>()
        );
        let taken = Self {
            folder: inbox.job(&id),
            id,
            job,
        };
        make_private_folder(&taken.sheets())?;
        taken.save()?;
        sync_folder(&inbox.running())?;
        Ok(taken)
    }

    /// What a crash has left in a folder of this name.
    pub(super) fn found(inbox: &Inbox, id: &str) -> io::Result<Unfinished> {
        let folder = inbox.job(id);
        let text = match fs_err::read_to_string(folder.join("job.json")) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // Nothing is moved before it is known what is meant.
                let is_empty = is_empty(&folder)? && is_empty(&folder.join("sheet"))?;
                if is_empty {
                    fs_err::remove_dir_all(&folder)?;
                    return Ok(Unfinished::Nothing);
                }
                return Ok(Unfinished::Unknown(format!("`{}` has no job.json", folder.display())));
            }
            Err(error) => return Err(error),
        };
        let id = id.to_owned();
        match Job::of_json(&text) {
            Ok(job) => Ok(Unfinished::Job(Box::new(Self { id, job, folder }))),
            Err(error) => Ok(Unfinished::Unknown(format!("`{}/job.json`: {error}", folder.display()))),
        }
    }

    /// Fetches what is still missing.
    ///
    /// # Errors
    /// If the disk refuses; what was fetched by then stays.
    pub(super) fn fetch(mut self, inbox: &Inbox) -> io::Result<Took> {
        if self.job.stage != Stage::Taking {
            return Ok(Took::Taken(Box::new(self)));
        }
        let from = inbox.root().join(relative(self.job.came_from, &self.job.dropped_as));
        let original = self.original();
        let is_here = original.symlink_metadata().is_ok();
        if !is_here && move_to_free_name(&from, &original)? == Arrived::Nothing {
            self.remove()?;
            return Ok(Took::Changed);
        }
        // Nobody can put a link in its place any more.
        let is_plain = original.symlink_metadata()?.is_file();
        if !is_plain || self.copy_original()? != self.job.sha256 {
            put_back(&original, &from)?;
            self.remove()?;
            return Ok(Took::Changed);
        }
        for moved in &self.job.companions {
            // What is gone meanwhile was not needed, or its absence is told by the run.
            let to = self.sheets().join(&moved.to);
            move_to_free_name(&inbox.root().join(&moved.from), &to)?;
            make_own(&to)?;
        }
        if let Some(copy) = self.copy(inbox)
            && copy.file_name().is_some_and(|name| name == self.job.sheet.as_str())
        {
            fs_err::remove_file(&copy)?;
        }
        sync_folder(&self.sheets())?;
        self.job.stage = Stage::Running;
        self.save()?;
        Ok(Took::Taken(Box::new(self)))
    }

    /// The second copy of the same bytes, as long as it is there.
    pub(super) fn copy(&self, inbox: &Inbox) -> Option<PathBuf> {
        let copy = inbox.root().join(self.job.copy.as_ref()?);
        digest(&copy, |_| Ok(()))
            .is_ok_and(|sha256| sha256 == self.job.sha256)
            .then_some(copy)
    }

    /// Writes down how far it has come.
    pub(super) fn save(&self) -> io::Result<()> {
        replace(&self.folder.join("job.json"), self.job.to_json().as_bytes())
    }

    /// The folder of the sheet that is run, and of all that lies beside it.
    pub(super) fn sheets(&self) -> PathBuf {
        self.folder.join("sheet")
    }

    /// The sheet that is run.
    pub(super) fn sheet(&self) -> PathBuf {
        self.sheets().join(&self.job.sheet)
    }

    /// A file beside it that shares its stem.
    pub(super) fn beside(&self, ending: &str) -> PathBuf {
        self.sheets().join(format!("{}{ending}", self.job.stem))
    }

    /// What somebody dropped.
    pub(super) fn original(&self) -> PathBuf {
        self.folder.join("dropped")
    }

    /// Removes the folder, once nothing is in it that anybody needs.
    pub(super) fn remove(&self) -> io::Result<()> {
        // Last of all what says what the folder is about.
        if self.sheets().exists() {
            fs_err::remove_dir_all(self.sheets())?;
        }
        fs_err::remove_dir_all(&self.folder)
    }

    /// Copies what was dropped, if that is not done yet; the digest of the copy.
    fn copy_original(&self) -> io::Result<String> {
        let sheet = self.sheet();
        if sheet.exists() {
            return digest(&sheet, |_| Ok(()));
        }
        let mut copy = passing_file(&self.folder)?;
        let sha256 = digest(&self.original(), |block| copy.write_all(block))?;
        finish(copy, &sheet, Existing::Replaced)?;
        Ok(sha256)
    }
}

/// Removes the folder of a sheet that could not be moved into it; `false` if the sheet is there.
pub(super) fn forget_unmoved(inbox: &Inbox, id: &str) -> io::Result<bool> {
    let folder = inbox.job(id);
    let is_there = folder.join("dropped").symlink_metadata().is_ok();
    if !is_there {
        fs_err::remove_dir_all(&folder)?;
    }
    Ok(!is_there)
}

/// Puts a sheet back that changed while it was taken. If another has come under its name, both are kept.
fn put_back(original: &Path, from: &Path) -> io::Result<()> {
    let stem = from.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let ending = from.extension().unwrap_or_default().to_string_lossy().into_owned();
    let time = Timestamp::now().strftime("%Y-%m-%dT%H%M%S");
    let others = (1..).map(|number| from.with_file_name(format!("{stem}-{time}-{number}.{ending}")));
    for name in std::iter::once(from.to_owned()).chain(others) {
        if move_to_free_name(original, &name)? != Arrived::NameTaken {
            break;
        }
    }
    Ok(())
}

/// Puts what somebody has changed since it was taken back into the drop folder: it is a new sheet.
pub(super) fn give_back(inbox: &Inbox, taken: &Taken) -> io::Result<()> {
    put_back(&taken.original(), &inbox.root().join(&taken.job.dropped_as))
}

fn is_empty(folder: &Path) -> io::Result<bool> {
    match fs_err::read_dir(folder) {
        Ok(mut entries) => Ok(entries.all(|entry| {
            entry.is_ok_and(|entry| {
                let name = entry.file_name();
                // A temporary file that a crash has left, or the folder that is looked into by itself.
                name == "sheet" || is_temporary(&name.to_string_lossy())
            })
        })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}
