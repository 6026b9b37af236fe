//! What is said while a folder is watched: a line an event, and in the end how many sheets went where.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

use crate::app::Ending;
use crate::app::console::complain;
use crate::app::ending::{Ended, Reason};
use crate::cli::Verbosity;
use crate::text::{clean, number};
use crate::watch::Folder;

/// Says what happens in the folders of all profiles, and keeps count.
#[derive(Debug)]
pub(super) struct Teller {
    verbosity: Verbosity,
    /// So many sheets are kept in mind, the last ones.
    most: usize,
    tally: Mutex<Tally>,
}

/// So many sheets of a watch without end, which meets too many, are kept in mind.
pub(super) const MOST: usize = 1_000;

/// What became of one sheet.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SheetLine {
    pub(super) profile: String,
    /// The name it was dropped under.
    pub(super) dropped_as: String,
    /// How its run ended, in one word.
    pub(super) status: String,
    pub(super) reason: String,
    pub(super) exit_code: Option<u8>,
    /// The folder and the name that it has now.
    pub(super) place: String,
}

/// How many sheets went where, and what is left.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Counts {
    pub(super) done: usize,
    pub(super) waiting: usize,
    pub(super) failed: usize,
    pub(super) approve: usize,
    /// Sheets for which nothing was to be done.
    pub(super) superfluous: usize,
    /// Sheets that were left for another time, such as one that was still growing.
    pub(super) left: usize,
}

#[derive(Debug, Default)]
struct Tally {
    counts: Counts,
    /// The last ones.
    sheets: VecDeque<SheetLine>,
    /// What needs a person or another time, besides sheets that went to a folder.
    troubles: BTreeSet<Trouble>,
    /// Sheets that lie in `waiting/` and `approve/`, by profile.
    lying: BTreeMap<String, (usize, usize)>,
}

/// What kept a sheet from being run, or its end from being written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trouble {
    /// Somebody has to do something.
    NeedsPerson,
    /// Another time may be better.
    TryLater,
}

/// The object of `--output json`; `docs/json.md` is its contract.
#[derive(Debug, Serialize)]
pub(super) struct WatchShape {
    pub(super) counts: Counts,
    /// How many sheets lie in `waiting/` now.
    pub(super) waiting_now: usize,
    /// How many sheets lie in `approve/` now.
    pub(super) approve_now: usize,
    /// What became of each, the last thousand of a watch without end.
    pub(super) sheets: Vec<SheetLine>,
}

impl Teller {
    pub(super) fn new(verbosity: Verbosity, most: usize) -> Self {
        Self {
            verbosity,
            most,
            tally: Mutex::default(),
        }
    }

    /// Something happened as it should.
    pub(super) fn tell(&self, profile: &str, what: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            complain(line(profile, &what.to_string()));
        }
    }

    /// Something did not, which is said with `--quiet` too.
    pub(super) fn complain(profile: &str, what: impl Display) {
        complain(line(profile, &what.to_string()));
    }

    /// A sheet went to a folder.
    pub(super) fn filed(&self, folder: Folder, sheet: SheetLine) {
        let mut tally = self.tally();
        let count = match folder {
            Folder::Done => &mut tally.counts.done,
            Folder::Waiting => &mut tally.counts.waiting,
            Folder::Failed => &mut tally.counts.failed,
            Folder::Approve | Folder::Approved => &mut tally.counts.approve,
        };
        *count += 1;
        tally.keep(sheet, self.most);
    }

    /// Nothing was to be done for a sheet.
    pub(super) fn superfluous(&self, sheet: SheetLine) {
        let mut tally = self.tally();
        tally.counts.superfluous += 1;
        tally.keep(sheet, self.most);
    }

    /// So many sheets were left for another time.
    pub(super) fn left(&self, count: usize, why: Trouble) {
        let mut tally = self.tally();
        tally.counts.left += count;
        tally.troubles.insert(why);
    }

    /// So many sheets of the profile wait, or wait for approval.
    pub(super) fn lying(&self, profile: &str, waiting: usize, approve: usize) {
        self.tally().lying.insert(profile.to_owned(), (waiting, approve));
    }

    /// How the command ends, where no signal ends it.
    pub(super) fn ended(&self) -> Ended {
        let tally = self.tally();
        let waiting = tally.lying.values().any(|(waiting, _)| *waiting > 0);
        let approve = tally.lying.values().any(|(_, approve)| *approve > 0);
        if tally.counts.failed > 0 || approve || tally.troubles.contains(&Trouble::NeedsPerson) {
            Ended::begun(Ending::NeedsPerson, Reason::Rows)
        } else if waiting || tally.troubles.contains(&Trouble::TryLater) {
            Ended::begun(Ending::Waiting, Reason::Rows)
        } else {
            Ended::begun(Ending::Done, Reason::None)
        }
    }

    /// What it comes to.
    pub(super) fn shape(&self) -> WatchShape {
        let tally = self.tally();
        WatchShape {
            counts: tally.counts.clone(),
            waiting_now: tally.lying.values().map(|(waiting, _)| waiting).sum(),
            approve_now: tally.lying.values().map(|(_, approve)| approve).sum(),
            sheets: tally.sheets.iter().cloned().collect(),
        }
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tally {
    fn keep(&mut self, sheet: SheetLine, most: usize) {
        self.sheets.push_back(sheet);
        if self.sheets.len() > most {
            self.sheets.pop_front();
        }
    }
}

fn line(profile: &str, what: &str) -> String {
    let what = clean(what, 2_000);
    format!("{:.0} {}: {what}\n", Timestamp::now(), clean(profile, 200))
}

/// Those of the counts that are not 0, in words.
fn counted<const N: usize>(counts: [(usize, &str); N]) -> String {
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let words: Vec<String> = counts
        .map(|(count, what)| format!("{} {what}", number(count)))
        .collect();
    words.join(", ")
}

impl WatchShape {
    /// In words.
    pub(super) fn words(&self) -> String {
        let lying = counted([(self.waiting_now, "in `waiting`"), (self.approve_now, "in `approve`")]);
        let joint = if lying.is_empty() { "" } else { "; " };
        self.counts.words() + joint + &lying
    }
}

impl Counts {
    /// In words.
    fn words(&self) -> String {
        let Self {
            done,
            waiting,
            failed,
            approve,
            superfluous,
            left,
        } = self;
        let parts = counted([
            (*done, "done"),
            (*waiting, "waiting"),
            (*failed, "failed"),
            (*approve, "waiting for approval"),
            (*superfluous, "dropped twice"),
            (*left, "left for another time"),
        ]);
        if parts.is_empty() {
            "no sheet was run".to_owned()
        } else {
            format!("sheets: {parts}")
        }
    }
}
