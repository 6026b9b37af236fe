//! One run per organization: a lock in the state folder, held while a run changes things.
//!
//! The operating system keeps the lock, so that one whose process was killed blocks nobody, whatever the files say. It
//! sees neither other users, who have a state folder of their own, nor other containers and computers.

use std::fmt;
use std::fs::TryLockError;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use fs_err::File;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::app::Ending;
use crate::app::console::Console;
use crate::app::ending::Reason;
use crate::app::failure::Failure;
use crate::app::signals::Signals;
use crate::app::state_place::StatePlace;
use crate::cli::WhenLocked;
use crate::model::to_the_second;
use crate::sheet::STDIN;
use crate::text::clean;

/// The end of the name of the file that is locked.
const LOCK: &str = "lock";
/// The end of the name of the file that says who has locked it; Windows does not let others read a locked file.
const HOLDER: &str = "run.json";
/// How often a lock that another run has is tried again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The lock on an organization, until it is dropped.
#[derive(Debug)]
pub(in crate::app) struct OrganizationLock {
    place: StatePlace,
    _file: File,
}

/// A run's turn on an organization.
#[derive(Debug, Default)]
pub(in crate::app) struct Turn {
    /// `None` where no file can be locked.
    _lock: Option<OrganizationLock>,
    /// How long another run was waited for; what was read before that may have changed.
    pub(in crate::app) waited: Duration,
}

/// Who has the lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Holder {
    process: u32,
    sheet: String,
    since: Timestamp,
}

/// What came of trying to lock.
#[derive(Debug)]
enum Tried {
    Locked(OrganizationLock),
    Taken(Option<Holder>),
}

/// Takes the lock for a run of this sheet, and holds it until the turn is dropped. Without a place to lock in, or where
/// the file system refuses, a warning is all.
///
/// # Errors
/// If another run has the lock and the user does not want to wait for it, or a signal comes while waiting.
pub(in crate::app) async fn take_turn(
    place: Option<&StatePlace>,
    sheet: &Path,
    when_locked: WhenLocked,
    console: Console<'_>,
    signals: &Signals,
) -> Result<Turn, Failure> {
    let began = Instant::now();
    let Some(place) = place else {
        console.tell(unlocked(
            "neither HOME nor XDG_STATE_HOME names a folder to keep a lock in",
        ));
        return Ok(Turn::default());
    };
    let mut is_waiting = false;
    loop {
        let holder = match OrganizationLock::take(place, sheet) {
            Ok(Tried::Locked(lock)) => {
                return Ok(Turn {
                    _lock: Some(lock),
                    waited: if is_waiting { began.elapsed() } else { Duration::ZERO },
                });
            }
            Ok(Tried::Taken(holder)) => holder,
            Err(error) => {
                console.tell(unlocked(&error.to_string()));
                return Ok(Turn::default());
            }
        };
        let holder = holder.map_or_else(|| "which one cannot be read".to_owned(), |holder| holder.to_string());
        if when_locked == WhenLocked::Refuse {
            let message = format!("another run is working on this organization ({holder}), so nothing was sent");
            return Err(Failure::new(Ending::Stopped, Reason::Locked, message)
                .with_help("run the same command once that has ended, or add `--wait`"));
        }
        if !is_waiting {
            console.tell(waiting_for(&format!(
                "another run is working on this organization ({holder})"
            )));
            is_waiting = true;
        }
        wait(signals).await?;
    }
}

/// Who is working on the organization now; `None` where nobody is, as far as can be seen. Takes the lock for no longer than
/// a look, and not at all where no run has left word of itself.
pub(in crate::app) fn holder_of(place: &StatePlace) -> Option<String> {
    let holder: Holder = place.recall(HOLDER)?;
    let file = File::open(place.path(LOCK)).ok()?;
    match file.file().try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(holder.to_string()),
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

/// A moment of waiting for another run.
pub(in crate::app) async fn wait(signals: &Signals) -> Result<(), Failure> {
    tokio::select! {
        biased;
        () = signals.stop.cancelled() => {
            let message = "interrupted while waiting for another run, so nothing was sent";
            Err(Failure::new(signals.interrupted(), Reason::Interrupted, message))
        }
        () = tokio::time::sleep(LOOK_AGAIN) => Ok(()),
    }
}

/// What is said when a wait begins.
pub(in crate::app) fn waiting_for(what: &str) -> String {
    format!("waiting: {what}; Ctrl-C ends the wait\n")
}

fn unlocked(why: &str) -> String {
    format!("warning: another run on this organization would go unnoticed: {why}\n")
}

impl OrganizationLock {
    fn take(place: &StatePlace, sheet: &Path) -> io::Result<Tried> {
        let file = place.lock_file(LOCK)?;
        match file.file().try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Tried::Taken(place.recall(HOLDER))),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // The lock holds without it; another run then cannot say who has it.
        let _ = place.keep(HOLDER, &Holder::of_this_process(sheet));
        Ok(Tried::Locked(Self {
            place: place.clone(),
            _file: file,
        }))
    }
}

impl Drop for OrganizationLock {
    /// The file that is locked stays: another process may have it open, and wait for it.
    fn drop(&mut self) {
        // A record that stays says nothing while nobody holds the lock, and the next run replaces it.
        let _ = fs_err::remove_file(self.place.path(HOLDER));
    }
}

impl Holder {
    fn of_this_process(sheet: &Path) -> Self {
        let sheet = if sheet.as_os_str() == STDIN {
            "standard input".to_owned()
        } else {
            let sheet = std::path::absolute(sheet).unwrap_or_else(|_| sheet.to_owned());
            format!("`{}`", sheet.display())
        };
        Self {
            process: std::process::id(),
            sheet,
            since: to_the_second(Timestamp::now()),
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "process {}, sheet {}, since {}",
            self.process,
            clean(&self.sheet, 300),
            self.since
        )
    }
}
