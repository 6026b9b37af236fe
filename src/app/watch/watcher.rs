//! One drop folder, looked after by a thread of its own: a sheet at a time is run with the settings of its profile.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::announcements::Announcements;
use super::bell::Bell;
use super::complaints::Complaints;
use super::content::digest;
use super::inbox::{Inbox, InboxError};
use super::listing::look;
use super::planning::{Found, is_as_written, names, relative};
use super::profiles::{Post, on_one_line};
use super::taking::{Taken, Unfinished};
use super::teller::{Teller, Trouble};
use crate::app::signals::Signals;
use crate::app::unattended::{SheetEnd, SheetJob};
use crate::cli::Rounds;
use crate::settings::Settings;
use crate::watch::{
    CameFrom, FileName, Folder, LeftAlone, Memory, Patience, Watching, WhyWaiting, count_jobs, file_name, next_look,
};

/// What runs a sheet.
pub(super) type RunSheet = fn(&SheetJob<'_>) -> SheetEnd;

/// What all drop folders share.
#[derive(Clone, Copy)]
pub(super) struct Shared<'a> {
    pub(super) rounds: Rounds,
    pub(super) signals: &'a Signals,
    pub(super) teller: &'a Teller,
    pub(super) announcements: &'a Announcements,
    pub(super) run: RunSheet,
}

/// Looks after one drop folder.
pub(super) struct Watcher<'a> {
    pub(super) post: Post,
    pub(super) shared: Shared<'a>,
    pub(super) bell: Arc<Bell>,
    pub(super) complaints: Complaints<'a>,
    began: Instant,
    held: Option<Held>,
    dropped: Watching,
    approved: Watching,
    queue: VecDeque<Found>,
    listed: Option<Duration>,
    /// When the first look at the files had ended.
    seen_first: Option<Duration>,
    /// When sheets that wait are looked at again, and how often they were.
    looks: HashMap<String, (u32, Duration)>,
    /// When sheets that could not be finished are tried again.
    stuck: HashMap<String, Duration>,
    /// When sheets that cannot be moved out of their folders are tried again.
    unmovable: HashMap<String, Duration>,
    /// Sheets whose end was told of, and whose folder is still there because the disk refuses.
    pub(super) told: HashSet<String>,
    /// Until when no sheet is run, because the organization did not answer.
    resting: Option<Duration>,
}

/// A drop folder that is this process's, and what is remembered of it.
pub(super) struct Held {
    pub(super) inbox: Inbox,
    pub(super) memory: Memory,
}

/// What a round has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Round {
    /// Something was done; there may be more.
    Busy,
    /// Nothing is to be done for now.
    Idle,
    /// A signal has come.
    Stopped,
}

impl<'a> Watcher<'a> {
    /// Nobody has looked yet. `inbox` is given where it was taken before.
    pub(super) fn new(post: Post, inbox: Option<Inbox>, bell: Arc<Bell>, shared: Shared<'a>) -> io::Result<Self> {
        let settings = post.settings().map(|settings| settings.watch).unwrap_or_default();
        let patience = Patience::of(settings.quiet);
        let complaints = Complaints::new(post.profile.clone(), shared.teller);
        let mut watcher = Self {
            post,
            shared,
            bell,
            complaints,
            began: Instant::now(),
            held: None,
            dropped: Watching::new(patience),
            approved: Watching::new(patience),
            queue: VecDeque::new(),
            listed: None,
            seen_first: None,
            looks: HashMap::new(),
            stuck: HashMap::new(),
            unmovable: HashMap::new(),
            told: HashSet::new(),
            resting: None,
        };
        if let Some(inbox) = inbox {
            watcher.held = Some(watcher.hold(inbox)?);
        }
        Ok(watcher)
    }

    /// Looks after the folder until a signal comes, or with `--once` until all that is there was seen to.
    pub(super) fn watch(mut self) {
        loop {
            let round = if self.is_stopped() {
                Ok(Round::Stopped)
            } else {
                self.round()
            };
            match round {
                Ok(Round::Busy) => continue,
                Ok(Round::Stopped) => break,
                Ok(Round::Idle) => self.complaints.mended("folder", "the folder can be used again"),
                Err(error) => {
                    let what = format!("the folder cannot be used, which is tried again: {error}");
                    self.complaints.complain("folder", &what);
                    if matches!(error, InboxError::Foreign { .. }) {
                        self.shared.teller.left(0, Trouble::NeedsPerson);
                    }
                }
            }
            let next = self.until_next();
            match (self.shared.rounds, next) {
                (Rounds::One, None) => break,
                (Rounds::One, Some(next)) => self.bell.wait(next),
                (Rounds::Every(every), next) => self.bell.wait(next.unwrap_or(every).min(every)),
            }
        }
        self.count_what_is_left();
    }

    fn is_stopped(&self) -> bool {
        self.shared.signals.stop.is_cancelled()
    }

    pub(super) fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// One step. If it fails, whatever it was, the folder is looked at anew.
    fn round(&mut self) -> Result<Round, InboxError> {
        let mut held = self.hold_the_folder()?;
        let round = self.round_in(&mut held)?;
        self.held = Some(held);
        Ok(round)
    }

    /// Something unfinished, a sheet that is whole, or one that waits.
    fn round_in(&mut self, held: &mut Held) -> Result<Round, InboxError> {
        if self.is_resting() {
            return Ok(Round::Idle);
        }
        if let Some(round) = self.go_on_with_unfinished(held)? {
            return Ok(round);
        }
        if self.queue.is_empty() || self.is_listed_long_ago() {
            self.list(&held.inbox, &held.memory)?;
        }
        let found = match self.queue.pop_front() {
            Some(found) => Some(found),
            None => self.due(&held.inbox)?,
        };
        let Some(found) = found else {
            return Ok(Round::Idle);
        };
        let Some(settings) = self.settings() else {
            self.queue.clear();
            return Ok(Round::Idle);
        };
        Ok(self.take(held, &found, &settings)?)
    }

    /// Makes sure that the folder is there, and is this process's.
    fn hold_the_folder(&mut self) -> Result<Held, InboxError> {
        // Of another folder under the same name nothing is known: what was, is of the old one's files.
        if let Some(held) = self.held.take()
            && held.inbox.is_still_there()?
        {
            return Ok(held);
        }
        let inbox = Inbox::take(&self.post.folder, self.post.within.as_deref())?;
        Ok(self.hold(inbox)?)
    }

    fn hold(&mut self, inbox: Inbox) -> io::Result<Held> {
        let memory = inbox.memory()?;
        let folders = [inbox.root().to_owned(), inbox.folder(Folder::Approved)];
        let folders: Vec<&Path> = folders.iter().map(AsRef::as_ref).collect();
        if let (Rounds::Every(_), Err(why)) = (
            self.shared.rounds,
            self.shared.announcements.ring_for(&folders, &self.bell),
        ) {
            let what = format!("files are not announced here, so the clock alone says when to look: {why}");
            self.complaints.complain("announcements", &what);
        }
        self.queue.clear();
        self.listed = None;
        self.stuck.clear();
        Ok(Held { inbox, memory })
    }

    /// The settings as they are now; what is wrong with them is told when it changes.
    pub(super) fn settings(&mut self) -> Option<Settings> {
        match self.post.settings() {
            Ok(settings) => {
                self.complaints.mended("settings", "the settings can be used again");
                let patience = Patience::of(settings.watch.quiet);
                self.dropped.set_patience(patience);
                self.approved.set_patience(patience);
                Some(settings)
            }
            Err(failure) => {
                let what = format!("sheets stay where they are: {}", on_one_line(&failure));
                self.complaints.complain("settings", &what);
                None
            }
        }
    }

    /// Goes on with what a crash, a stop or a full disk has left.
    fn go_on_with_unfinished(&mut self, held: &mut Held) -> Result<Option<Round>, InboxError> {
        let mut ids: Vec<String> = Vec::new();
        for entry in fs_err::read_dir(held.inbox.running())? {
            let entry = entry?;
            if entry.file_type()?.is_dir()
                && let Ok(id) = entry.file_name().into_string()
            {
                ids.push(id);
            }
        }
        ids.sort();
        self.stuck.retain(|id, _| ids.contains(id));
        let now = self.now();
        for id in ids {
            match (self.stuck.get(&id), self.shared.rounds) {
                (Some(_), Rounds::One) => continue,
                (Some(again), Rounds::Every(_)) if *again > now => continue,
                (Some(_) | None, _) => {}
            }
            match Taken::found(&held.inbox, &id)? {
                Unfinished::Nothing => {}
                Unfinished::Unknown(why) => {
                    self.put_off(&id);
                    self.complaints
                        .complain(&id, &format!("cannot go on with a sheet: {why}"));
                }
                Unfinished::Job(taken) => return Ok(Some(self.go_on(held, *taken)?)),
            }
        }
        Ok(None)
    }

    /// Looks at a sheet that was taken again after a while only.
    pub(super) fn put_off(&mut self, id: &str) {
        let again = self.next_try();
        self.stuck.insert(id.to_owned(), again);
    }

    /// Tries a sheet that cannot be moved again after a while only.
    pub(super) fn leave(&mut self, found: &Found) {
        let again = self.next_try();
        self.unmovable.insert(found.place(), again);
    }

    /// Looks at it again after others had their turn: if they are answered, it is this sheet that is not.
    pub(super) fn put_off_behind_others(&mut self, id: &str) {
        let next = self.next_try();
        let again = next.saturating_add(next.saturating_sub(self.now()));
        self.stuck.insert(id.to_owned(), again);
    }

    /// Runs no sheet for a while. Whether that is news.
    pub(super) fn rest(&mut self) -> bool {
        let next = self.next_try();
        self.resting.replace(next).is_none()
    }

    /// Sheets are run again.
    pub(super) fn rested(&mut self) {
        self.resting = None;
    }

    fn is_resting(&self) -> bool {
        self.resting.is_some_and(|until| until > self.now())
    }

    /// When what could not be done now is tried again: with `--once`, by the next `watch`.
    fn next_try(&self) -> Duration {
        match self.shared.rounds {
            Rounds::One => Duration::MAX,
            Rounds::Every(every) => self.now() + every,
        }
    }

    fn is_listed_long_ago(&self) -> bool {
        let Rounds::Every(every) = self.shared.rounds else {
            return false;
        };
        self.listed.is_none_or(|listed| self.now() > listed + every)
    }

    /// Looks at the folders, and queues what is whole.
    fn list(&mut self, inbox: &Inbox, memory: &Memory) -> Result<(), InboxError> {
        let began = self.began;
        let now = || began.elapsed();
        let listed = now();
        self.listed = Some(listed);
        self.queue.clear();
        self.unmovable.retain(|_, again| *again > listed);
        let mut there = BTreeSet::new();
        let approved = match inbox.check_approved() {
            Ok(()) => Some(look(&inbox.folder(Folder::Approved), &mut self.approved, now)?),
            Err(error @ InboxError::Foreign { .. }) => {
                self.complaints.complain("approved", &error.to_string());
                None
            }
            Err(error @ InboxError::Renamable { .. }) => {
                // Many never approve anything.
                if !names(&inbox.folder(Folder::Approved))?.is_empty() {
                    self.complaints.complain("approved", &error.to_string());
                    self.shared.teller.left(0, Trouble::NeedsPerson);
                }
                None
            }
            Err(error) => return Err(error),
        };
        let dropped = look(inbox.root(), &mut self.dropped, now)?;
        let listings = [
            (CameFrom::Folder(Folder::Approved), approved),
            (CameFrom::Inbox, Some(dropped)),
        ];
        for (came_from, listing) in listings {
            let Some(mut listing) = listing else { continue };
            // What was planned is taken before what lay beside it, which goes along.
            listing.whole.sort_by_key(|whole| {
                let known = memory.of(&whole.sha256);
                known.is_none_or(|known| known.folder != Folder::Approve)
            });
            for (name, why) in listing.left {
                let key = format!("left {name}");
                self.complaints
                    .tell_once(&key, &format!("`{name}` is left alone: {}", why.words()));
                if why == LeftAlone::NamedAsResults {
                    self.shared.teller.left(0, Trouble::NeedsPerson);
                }
                there.insert(key);
            }
            for name in listing.long_open {
                let key = format!("open {name}");
                let what = format!(
                    "`{name}` has been open in a program for an hour, and is left for as long; if nobody has it open, take away \
                     the sign of it that lies beside it (`~$…`, `.~lock.…#`)"
                );
                self.complaints.complain(&key, &what);
                there.insert(key);
            }
            for (name, why) in listing.unreadable {
                let key = format!("unreadable {name}");
                self.complaints
                    .complain(&key, &format!("`{name}` cannot be read: {why}"));
                there.insert(key);
            }
            let found = listing.whole.into_iter().map(|whole| Found {
                came_from,
                name: whole.name,
                sha256: whole.sha256,
            });
            let movable = found.filter(|found| !self.unmovable.contains_key(&found.place()));
            self.queue.extend(movable);
        }
        self.seen_first.get_or_insert_with(now);
        self.complaints.keep(|key| there.contains(key));
        Ok(())
    }

    /// A sheet whose rows wait, and that is due for another look.
    fn due(&mut self, inbox: &Inbox) -> io::Result<Option<Found>> {
        let folder = inbox.folder(Folder::Waiting);
        let mut sheets = names(&folder)?;
        sheets.retain(|name| file_name(name) == FileName::Sheet);
        self.looks.retain(|name, _| sheets.contains(name));
        for name in sheets {
            match (self.looks.get(&name), self.shared.rounds) {
                (Some(_), Rounds::One) => continue,
                (Some((_, at)), Rounds::Every(_)) if *at > self.now() => continue,
                (Some(_) | None, _) => {}
            }
            let path = folder.join(&name);
            // Failed rows that nobody has corrected are in the sheet that they came from.
            if is_as_written(&path, &name) {
                self.looked_at(&name);
                continue;
            }
            // One that is gone meanwhile, or cannot be read, is looked at another time.
            match digest(&path, |_| Ok(())) {
                Ok(sha256) => {
                    let came_from = CameFrom::Folder(Folder::Waiting);
                    return Ok(Some(Found {
                        came_from,
                        name,
                        sha256,
                    }));
                }
                Err(_) => self.looked_at(&name),
            }
        }
        Ok(None)
    }

    /// A sheet that waits was looked at, and is again after twice as long.
    pub(super) fn looked_at(&mut self, name: &str) {
        let every = match self.shared.rounds {
            Rounds::One => Duration::MAX,
            Rounds::Every(every) => every,
        };
        let looks = self.looks.get(name).map_or(0, |(looks, _)| looks + 1);
        let at = self.now().saturating_add(next_look(every, looks));
        self.looks.insert(name.to_owned(), (looks, at));
    }

    /// How long there is nothing to do, as far as that is known; `None` where only what comes from outside changes that.
    fn until_next(&self) -> Option<Duration> {
        let now = self.now();
        let deadline = match self.shared.rounds {
            // What has grown since the first look is left for the next time.
            Rounds::One => self.dropped.patience().deadline(self.seen_first.unwrap_or_default()),
            Rounds::Every(_) => Duration::MAX,
        };
        // What could have been whole when the folder was looked at is taken, or stays where it is for another reason.
        let listed = self.listed.unwrap_or_default();
        let watched = [self.dropped.next_after(listed), self.approved.next_after(listed)];
        let watched = watched.into_iter().flatten().filter(|at| *at <= deadline);
        let later: Vec<Duration> = match self.shared.rounds {
            Rounds::One => Vec::new(),
            Rounds::Every(_) => self
                .looks
                .values()
                .map(|(_, at)| *at)
                .chain(self.stuck.values().copied())
                .chain(self.unmovable.values().copied())
                .collect(),
        };
        let next = match (self.shared.rounds, self.resting) {
            (Rounds::One, Some(_)) => return None,
            (Rounds::Every(_), Some(until)) if until > now => until,
            (_, None) | (Rounds::Every(_), Some(_)) => watched.chain(later).min()?,
        };
        // A little later, so that the clock has passed it.
        Some(next.saturating_sub(now) + Duration::from_millis(20))
    }

    /// Takes note, in the end, of what lies in the folders, and of what was left for another time.
    fn count_what_is_left(&mut self) {
        let profile = self.post.profile.clone();
        let teller = self.shared.teller;
        let has_settings = self.post.settings().is_ok();
        let Some(held) = &self.held else {
            teller.left(0, Trouble::TryLater);
            return;
        };
        let sheets = |folder| {
            let names = names(&held.inbox.folder(folder)).unwrap_or_default();
            let sheets = names.iter().filter(|name| file_name(name) == FileName::Sheet);
            count_jobs(sheets.map(String::as_str))
        };
        teller.lying(&profile, sheets(Folder::Waiting), sheets(Folder::Approve));
        let stuck = self.stuck.len() + self.unmovable.len();
        if stuck > 0 {
            teller.left(stuck, Trouble::TryLater);
        }
        let watched = [
            (CameFrom::Inbox, &self.dropped),
            (CameFrom::Folder(Folder::Approved), &self.approved),
        ];
        let watched = watched.into_iter().flat_map(|(came_from, watching)| {
            let waiting = watching.waiting();
            waiting.map(move |(name, why)| (relative(came_from, name), name.to_owned(), why))
        });
        // What was taken since, or could not be moved, is counted above.
        let is_left = |place: &str| {
            !self.unmovable.contains_key(place) && held.inbox.root().join(place).symlink_metadata().is_ok()
        };
        let whole: HashSet<String> = self.queue.iter().map(Found::place).collect();
        let left: Vec<_> = watched.filter(|(place, ..)| is_left(place)).collect();
        if self.shared.rounds == Rounds::One && !self.is_stopped() {
            for (place, name, why) in &left {
                if has_settings && *why != WhyWaiting::Unreadable && !whole.contains(place) {
                    Teller::complain(
                        &profile,
                        format!("`{name}` {}, and is left for the next time", why.words()),
                    );
                }
            }
        }
        if !left.is_empty() {
            let trouble = if has_settings {
                Trouble::TryLater
            } else {
                Trouble::NeedsPerson
            };
            teller.left(left.len(), trouble);
        }
    }
}
