//! A sheet from when it is taken to where it ends.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::filing::{end, ended, file_away, other_rows, set_aside, waiting_rows};
use super::inbox::Inbox;
use super::moving::replace;
use super::note::{Note, note_of_second_copy, note_of_superfluous};
use super::planning::{Found, Planned, is_as_written, names, planned, relative};
use super::sharing::Sharing;
use super::taking::{Taken, Took, forget_unmoved};
use super::teller::{SheetLine, Teller};
use super::watcher::{Held, Round, Watcher};
use crate::app::Ending;
use crate::app::after::run_ending::among;
use crate::app::ending::{Ended, Reason, Stage as RunStage};
use crate::app::notice::Notice;
use crate::app::unattended::{HowEnded, SheetEnd, SheetJob, tell_of};
use crate::ledger::History;
use crate::model::Status;
use crate::settings::Settings;
use crate::watch::{self, CameFrom, FileName, Folder, OtherRows, Outcome, Stage, file_name, parent_stem};

/// The exit code of a command that a bug has ended.
const BUG: u8 = 101;

/// What is complained of while the organization does not answer.
const UNANSWERED: &str = "organization";

/// What is said where the rows of a sheet are through, and those that it came from are not.
const OTHERS_ARE_LEFT: &str = "no row of this sheet needs anybody, but rows of the sheet that they came from do";

/// What comes of a run.
enum AfterRun {
    /// It ended, and goes to a folder.
    Ended(Box<watch::Ended>),
    /// A signal stopped it: it is gone on with by the next `watch`.
    Stopped,
    /// What it did cannot be written down here now: it is gone on with later.
    Later,
    /// The organization did not answer, or did not sign reseat in, before anything was sent: all sheets of the profile
    /// are tried later.
    Unanswered,
}

impl Watcher<'_> {
    /// Takes a sheet that is whole, and sees it to its end.
    pub(super) fn take(&mut self, held: &mut Held, found: &Found, settings: &Settings) -> io::Result<Round> {
        let job = match planned(&held.inbox, &held.memory, found)? {
            Planned::Job(job) => *job,
            Planned::NameTaken(other) => {
                self.leave(found);
                let what = format!(
                    "`{}` stays where it is: what lies beside it knows it by this name, and `{other}` belongs to another sheet of \
                     that name; take away all that does",
                    found.name
                );
                self.complaints.complain(&format!("unmoved {}", found.name), &what);
                return Ok(Round::Busy);
            }
            Planned::Superfluous(known) => {
                let from = held.inbox.root().join(found.place());
                let note = note_of_superfluous(&found.name, &known);
                let why = "was dropped before and is not run again";
                let put = self.put_aside(held, &from, &found.name, &note, why);
                return put.or_else(|error| self.leave_in_place(held, found, error));
            }
        };
        let taken = Taken::begin(&held.inbox, job)?;
        let (id, name) = (taken.id.clone(), found.name.clone());
        let fetched = taken.fetch(&held.inbox);
        if found.came_from == CameFrom::Folder(Folder::Waiting) {
            self.looked_at(&name);
        }
        match fetched {
            Ok(Took::Taken(taken)) => {
                let ran = self.run_alone(held, *taken, settings);
                ran.or_else(|error| self.later(held, &id, error))
            }
            // Whatever is there now is looked at anew.
            Ok(Took::Changed) => Ok(Round::Busy),
            Err(error) => self.could_not_take(held, &id, found, error),
        }
    }

    /// A sheet that cannot be moved is left where it is, and tried again after a while: what was made ready for it goes, or
    /// there would be more of it with each try.
    fn could_not_take(&mut self, held: &Held, id: &str, found: &Found, error: io::Error) -> io::Result<Round> {
        if !forget_unmoved(&held.inbox, id).unwrap_or(false) {
            return self.later(held, id, error);
        }
        self.leave_in_place(held, found, error)
    }

    /// It holds up no other, as long as the folder is there.
    fn leave_in_place(&mut self, held: &Held, found: &Found, error: io::Error) -> io::Result<Round> {
        if !held.inbox.is_still_there().unwrap_or(false) {
            return Err(error);
        }
        self.leave(found);
        // The error names a folder that is another each time.
        let what = format!(
            "`{}` cannot be moved, which is tried again: {}",
            found.name,
            error.kind()
        );
        self.complaints.complain(&format!("unmoved {}", found.name), &what);
        Ok(Round::Busy)
    }

    /// Goes on with a sheet that was taken before.
    pub(super) fn go_on(&mut self, held: &mut Held, taken: Taken) -> io::Result<Round> {
        let id = taken.id.clone();
        let went_on = self.try_to_go_on(held, taken);
        went_on.or_else(|error| self.later(held, &id, error))
    }

    /// What the disk refuses for one sheet holds up no other, as long as the folder is there.
    fn later(&mut self, held: &Held, id: &str, error: io::Error) -> io::Result<Round> {
        self.put_off(id);
        if !held.inbox.is_still_there().unwrap_or(false) {
            return Err(error);
        }
        self.complaints.complain(id, &format!("tried again later: {error}"));
        Ok(Round::Busy)
    }

    fn try_to_go_on(&mut self, held: &mut Held, taken: Taken) -> io::Result<Round> {
        let id = taken.id.clone();
        let settings = self.settings();
        if matches!(taken.job.stage, Stage::Ended(_)) {
            return self.file(held, taken, settings.as_ref());
        }
        let Some(settings) = settings else {
            self.put_off(&id);
            return Ok(Round::Busy);
        };
        match taken.fetch(&held.inbox)? {
            Took::Taken(taken) => self.run_alone(held, *taken, &settings),
            Took::Changed => Ok(Round::Busy),
        }
    }

    /// Runs a sheet, once a second copy of it under another name lies where its owner finds it.
    fn run_alone(&mut self, held: &mut Held, taken: Taken, settings: &Settings) -> io::Result<Round> {
        if let Some(copy) = taken.copy(&held.inbox) {
            let name = copy.file_name().unwrap_or_default().to_string_lossy();
            let sheet = &taken.job.sheet;
            let note = note_of_second_copy(&name, sheet);
            let why = format!("has the content of `{sheet}`, which has failed and is run again");
            self.put_aside(held, &copy, &name, &note, &why)?;
        }
        self.run(held, taken, settings)
    }

    fn run(&mut self, held: &mut Held, mut taken: Taken, settings: &Settings) -> io::Result<Round> {
        let (name, id) = (taken.job.dropped_as.clone(), taken.id.clone());
        let approved = held.inbox.approved_plan(&taken.job.sha256);
        match taken.job.came_from {
            CameFrom::Folder(Folder::Approved) => approve(&held.inbox, &taken)?,
            // Whoever took the sheet away took back its approval; dropped again, it needs a new one.
            CameFrom::Inbox => remove_if_there(&approved)?,
            CameFrom::Folder(_) => {}
        }
        self.shared
            .teller
            .tell(&self.post.profile, format!("`{name}`: run begins"));
        let sheet = taken.sheet();
        let job = SheetJob {
            settings,
            sheet: &sheet,
            approved: approved.exists().then_some(&approved),
            signals: self.shared.signals,
        };
        let SheetEnd { end: how, told, notice } = (self.shared.run)(&job);
        let after = Self::after_run(&taken, how, &told)?;
        if !matches!(after, AfterRun::Unanswered | AfterRun::Stopped) {
            self.complaints.mended(UNANSWERED, "the organization answers again");
            self.rested();
        }
        match after {
            AfterRun::Ended(mut ended) => {
                ended.notice = notice.and_then(|notice| serde_json::to_value(notice).ok().map(Box::new));
                end(&mut taken, *ended)?;
                self.file(held, taken, Some(settings))
            }
            AfterRun::Stopped => {
                let what = format!("`{name}`: stopped, and gone on with by the next `reseat watch`");
                self.shared.teller.tell(&self.post.profile, what);
                Ok(Round::Stopped)
            }
            AfterRun::Unanswered => {
                self.put_off_behind_others(&id);
                let is_news = self.rest();
                let what = "sheets wait until the organization answers and signs reseat in, which is tried again: ";
                self.complaints
                    .complain(UNANSWERED, &format!("{what}{}", last_line(&told)));
                if let Some(notice) = notice.filter(|_| is_news)
                    && let Some(why) = tell_of(notice, Path::to_owned, settings, self.shared.signals)
                {
                    Teller::complain(&self.post.profile, why.trim_end());
                }
                Ok(Round::Busy)
            }
            AfterRun::Later => {
                self.put_off(&id);
                let what = format!("`{name}`: stopped, and gone on with later: {}", last_line(&told));
                self.complaints.complain(&id, &what);
                Ok(Round::Busy)
            }
        }
    }

    /// Judges how the run ended, and leaves a note beside the sheet where somebody has to know.
    fn after_run(taken: &Taken, how: HowEnded, told: &str) -> io::Result<AfterRun> {
        let (run, plan) = match how {
            HowEnded::Ran(run) => (run, None),
            HowEnded::NeedsApproval { plan, reason } => {
                let run = Ended::before(Ending::Stopped, reason);
                (run, plan.file_name().map(|name| name.to_string_lossy().into_owned()))
            }
            HowEnded::Bug => return bug(taken, told).map(|ended| AfterRun::Ended(Box::new(ended))),
        };
        match run.ending {
            Ending::Interrupted | Ending::Terminated | Ending::HungUp => return Ok(AfterRun::Stopped),
            Ending::Stopped if run.reason == Reason::File && run.stage == RunStage::Begun => {
                return Ok(AfterRun::Later);
            }
            // Every other sheet would fail by it as well, until somebody mends the line, the secret or the service.
            Ending::CouldNotStart | Ending::SignIn
                if run.stage == RunStage::Before && matches!(run.reason, Reason::SameFailure | Reason::SignIn) =>
            {
                return Ok(AfterRun::Unanswered);
            }
            _ => {}
        }
        let outcome = match plan {
            Some(_) => Outcome::NeedsApproval,
            None => Outcome::Ran(run.ending.code()),
        };
        let others = match outcome {
            Outcome::Ran(0 | 75) => other_rows(taken)?,
            Outcome::Ran(_) | Outcome::NeedsApproval => OtherRows::Done,
        };
        let folder = outcome.folder(others);
        let exit_code = match outcome {
            Outcome::Ran(code) => Some(code),
            Outcome::NeedsApproval => None,
        };
        let message = match (&plan, others) {
            (Some(_), _) => "somebody would lose access: it waits for approval",
            (None, OtherRows::Wait) if outcome == Outcome::Ran(0) => {
                "every row is done or unchanged, and rows of the sheet that they came from wait"
            }
            (None, OtherRows::NeedSomebody) => OTHERS_ARE_LEFT,
            (None, OtherRows::Wait | OtherRows::Done) => run.ending.meaning(),
        };
        let ended = watch::Ended {
            status: run.status().as_str().to_owned(),
            reason: run.reason.as_str().to_owned(),
            message: message.to_owned(),
            plan,
            ..ended(taken, folder, exit_code)
        };
        leave_note(taken, &ended, told)?;
        Ok(AfterRun::Ended(Box::new(ended)))
    }

    /// Moves a sheet whose run has ended to its folder, and then tells of it: twice, if a crash comes in between, rather than
    /// never.
    fn file(&mut self, held: &mut Held, mut taken: Taken, settings: Option<&Settings>) -> io::Result<Round> {
        let Stage::Ended(mut ended) = taken.job.stage.clone() else {
            return Ok(Round::Busy);
        };
        if ended.notice.is_some() && settings.is_none() {
            self.put_off(&taken.id);
            return Ok(Round::Busy);
        }
        let profile = self.post.profile.clone();
        let sharing = self.sharing(&held.inbox);
        let filed = match file_away(&held.inbox, &mut held.memory, &mut taken, sharing) {
            Ok(Some(filed)) => filed,
            Ok(None) => return Ok(Round::Busy),
            Err(error) => {
                self.put_off(&taken.id);
                return Err(error);
            }
        };
        let folder = held.inbox.folder(filed.folder);
        if filed.folder == Folder::Waiting {
            self.looked_at(&filed.sheet);
        }
        if let (Some(notice), Some(settings)) = (ended.notice.take(), settings)
            && self.told.insert(taken.id.clone())
        {
            let place = |path: &Path| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                folder.join(watch::renamed(&name, &taken.job.stem, &filed.stem))
            };
            let refused = match serde_json::from_value::<Notice>(*notice) {
                Ok(notice) => tell_of(notice, place, settings, self.shared.signals),
                Err(error) => Some(format!(
                    "nobody was told of it, because the notice cannot be read: {error}"
                )),
            };
            if let Some(why) = refused {
                Teller::complain(&profile, why.trim_end());
            }
        }
        taken.remove()?;
        self.told.remove(&taken.id);
        let dropped_as = taken.job.dropped_as;
        let place = relative(CameFrom::Folder(filed.folder), &filed.sheet);
        let code = ended
            .exit_code
            .map_or_else(String::new, |code| format!(" (exit code {code})"));
        let what = format!("`{dropped_as}`: {}{code}; now `{place}`", ended.message);
        match filed.folder {
            Folder::Failed | Folder::Approve => Teller::complain(&profile, what),
            Folder::Done | Folder::Waiting | Folder::Approved => self.shared.teller.tell(&profile, what),
        }
        if filed.given_back {
            let what = format!("`{dropped_as}` was changed after it was taken, and counts as dropped again");
            Teller::complain(&profile, what);
        }
        self.shared.teller.filed(
            filed.folder,
            SheetLine {
                profile,
                dropped_as,
                status: ended.status,
                reason: ended.reason,
                exit_code: ended.exit_code,
                place,
            },
        );
        Ok(Round::Busy)
    }

    /// Who may read what is left; where that cannot be arranged it is the account's alone, which is told.
    fn sharing(&mut self, inbox: &Inbox) -> Sharing {
        let Ok(settings) = self.post.settings() else {
            return Sharing::default();
        };
        let opened = Sharing::of(&settings.watch).and_then(|sharing| {
            let opened = sharing.open_folders(inbox);
            opened.map(|()| sharing).map_err(|error| error.to_string())
        });
        opened.unwrap_or_else(|why| {
            self.complaints.complain("group", &why);
            Sharing::default()
        })
    }

    /// Puts a sheet aside that was done before, or is on its way, with a note.
    fn put_aside(&mut self, held: &Held, from: &Path, name: &str, note: &str, why: &str) -> io::Result<Round> {
        let profile = self.post.profile.clone();
        let sharing = self.sharing(&held.inbox);
        let there = set_aside(&held.inbox, from, name, note, sharing)?;
        let place = relative(CameFrom::Folder(Folder::Done), &there);
        self.shared
            .teller
            .tell(&profile, format!("`{name}` {why}; now `{place}`"));
        self.shared.teller.superfluous(SheetLine {
            profile,
            dropped_as: name.to_owned(),
            status: "done".to_owned(),
            reason: "none".to_owned(),
            exit_code: None,
            place,
        });
        Ok(Round::Busy)
    }
}

/// Ends a sheet on which reseat has shown a bug: running it again at once would meet the same one. What is recorded is valid.
fn bug(taken: &Taken, told: &str) -> io::Result<watch::Ended> {
    let ended = watch::Ended {
        status: Ended::begun(Ending::Stopped, Reason::None).status().as_str().to_owned(),
        reason: Reason::None.as_str().to_owned(),
        message: "reseat itself has a bug, which ended the run".to_owned(),
        ..ended(taken, Folder::Failed, Some(BUG))
    };
    leave_note(taken, &ended, told)?;
    Ok(ended)
}

/// From now on the plan of the sheet counts as approved.
fn approve(inbox: &Inbox, taken: &Taken) -> io::Result<()> {
    let (waiting, approved) = (inbox.plan(&taken.job.sha256), inbox.approved_plan(&taken.job.sha256));
    if waiting.exists() {
        fs_err::rename(waiting, approved)?;
    }
    Ok(())
}

/// Leaves word of an ending that somebody has to know of, and takes away that of an earlier one.
fn leave_note(taken: &Taken, ended: &watch::Ended, told: &str) -> io::Result<()> {
    let path = taken.beside(".note.txt");
    if ended.folder == Folder::Done {
        return remove_if_there(&path);
    }
    let note = Note {
        sheet: &taken.job.sheet,
        ended,
        at: Timestamp::now(),
        failed_sheet: failed_sheet(taken)?,
        has_others: has_other_sheets(taken)?,
        waiting: if ended.folder == Folder::Failed {
            waiting_rows(taken)
        } else {
            0
        },
        told,
    };
    replace(&path, note.to_string().as_bytes())
}

/// The sheet of failed rows that the run has left: the latest that nobody has changed since.
fn failed_sheet(taken: &Taken) -> io::Result<Option<PathBuf>> {
    let folder = taken.sheets();
    let mut names = names(&folder)?;
    names.retain(|name| parent_stem(name) == Some(&taken.job.stem) && is_as_written(&folder.join(name), name));
    // By their numbers, which only grow.
    let latest = names.into_iter().max_by_key(|name| (name.len(), name.clone()));
    Ok(latest.filter(|_| is_any_row_wrong(taken)).map(|name| folder.join(name)))
}

/// Whether there is a row to correct, as far as the results tell: what only the service has failed runs again as it is.
fn is_any_row_wrong(taken: &Taken) -> bool {
    let Ok(history) = History::read(&taken.beside(".results.csv")) else {
        return true;
    };
    among(&history.counts(), Status::needs_more_than_another_try)
}

/// Whether sheets belong to this one, such as the one that its rows came from.
fn has_other_sheets(taken: &Taken) -> io::Result<bool> {
    let names = names(&taken.sheets())?;
    let is_other = |name: &String| *name != taken.job.sheet && matches!(file_name(name), FileName::Sheet);
    Ok(names.iter().any(is_other))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn last_line(told: &str) -> &str {
    let error = told.lines().find_map(|line| line.strip_prefix("error: "));
    error.unwrap_or_else(|| told.lines().last().unwrap_or("its results cannot be written"))
}
