//! `reseat watch`: each sheet that is dropped into a folder is run, and ends in a folder below it.

mod announcements;
mod bell;
mod complaints;
mod content;
mod filing;
mod inbox;
mod listing;
mod moving;
mod note;
mod owners;
mod plain_words;
mod planning;
mod profiles;
mod sharing;
mod taking;
mod teller;
mod watcher;
mod working;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use self::announcements::Announcements;
use self::bell::Bell;
use self::complaints::Complaints;
use self::inbox::{Inbox, InboxError};
use self::profiles::{Post, on_one_line, profiles};
use self::teller::{Teller, Trouble};
use self::watcher::{Shared, Watcher};
use super::Ending;
use super::console::Console;
use super::ending::{Ended, Reason};
use super::failure::Failure;
use super::object::Object;
use super::panics::caught;
use super::runtime::{block_on, off_thread};
use super::signals::Signals;
use super::unattended::run_sheet;
use crate::cli::{Rounds, WatchOptions};
use crate::settings::Overrides;
use crate::text::shown_path;

pub(super) fn watch(options: &WatchOptions, overrides: &Overrides, console: Console<'_>) -> Result<Ending, Failure> {
    let folder = folder(options)?;
    let whole = Post::whole(&folder, overrides);
    let names = profiles(overrides)?;
    // What may pass, such as a full disk or a share that is away, ends no watch without end, be it at its beginning.
    let may_pass = options.rounds() != Rounds::One;
    match Post::below(&folder, overrides, &names) {
        // Where every profile has a folder of its own, the drop folder itself needs none.
        Ok((below, _)) if below.is_empty() => drop(whole.settings()?),
        Ok(_) => {}
        Err(_) if may_pass => {}
        Err(error) => return Err(not_usable(&error)),
    }
    let inbox = match Inbox::take(&folder, None) {
        Ok(inbox) => Some(inbox),
        Err(InboxError::Io(_)) if may_pass => None,
        Err(error) => return Err(refused(&error)),
    };
    let most = match options.rounds() {
        Rounds::One => usize::MAX,
        Rounds::Every(_) => teller::MOST,
    };
    let teller = Arc::new(Teller::new(console.verbosity, most));
    let watched = Arc::clone(&teller);
    let (rounds, overrides) = (options.rounds(), overrides.clone());
    let signalled = block_on(async move {
        let signals = Signals::listen();
        let bells = Arc::new(Bells::default());
        let (ringing, stop) = (Arc::clone(&bells), signals.stop.clone());
        tokio::spawn(async move {
            stop.cancelled().await;
            ringing.ring_all();
        });
        let listening = signals.clone();
        off_thread(move || {
            let (announcements, deaf) = Announcements::listen();
            let shared = Shared {
                rounds,
                signals: &listening,
                teller: &watched,
                announcements: &announcements,
                run: run_sheet,
            };
            if let (Rounds::Every(_), Some(why)) = (rounds, deaf) {
                Teller::complain(
                    &whole.profile,
                    format!("files are not announced here, so the clock alone says when to look: {why}"),
                );
            }
            look_after_all(&whole, inbox, &overrides, &bells, shared);
        })
        .await;
        Ok(signals.stop.is_cancelled().then(|| signals.interrupted()))
    })?;
    let ended = match signalled {
        Some(ending) => Ended::begun(ending, Reason::Interrupted),
        None => teller.ended(),
    };
    let shape = teller.shape();
    let message = shape.words();
    console.found(&Object::of(ended, &message, &shape), |out| writeln!(out, "{message}"));
    Ok(ended.ending)
}

/// The bells of all threads.
#[derive(Debug, Default)]
struct Bells {
    all: std::sync::Mutex<Vec<Arc<Bell>>>,
}

impl Bells {
    fn one(&self) -> Arc<Bell> {
        let bell = Arc::new(Bell::default());
        self.all().push(Arc::clone(&bell));
        bell
    }

    fn ring_all(&self) {
        self.all().iter().for_each(|bell| bell.ring());
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Bell>>> {
        self.all.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A thread for the drop folder itself, and one for each profile that has a folder in it, also where that comes later.
fn look_after_all(whole: &Post, inbox: Option<Inbox>, overrides: &Overrides, bells: &Bells, shared: Shared<'_>) {
    let mut complaints = Complaints::new(whole.profile.clone(), shared.teller);
    let bell = bells.one();
    std::thread::scope(|scope| {
        let mut begun = BTreeSet::new();
        match Watcher::new(whole.clone(), inbox, bells.one(), shared) {
            Ok(watcher) => {
                scope.spawn(|| alone(watcher, shared.teller));
            }
            Err(error) => complaints.complain("folder", &error.to_string()),
        }
        loop {
            // Looked at by the clock: a folder that is not there now comes back, or another is made.
            match below(whole, overrides, &mut complaints) {
                Ok(posts) => {
                    for post in posts {
                        if !begun.insert(post.folder.clone()) {
                            continue;
                        }
                        if let Ok(watcher) = Watcher::new(post, None, bells.one(), shared) {
                            scope.spawn(|| alone(watcher, shared.teller));
                        }
                    }
                }
                Err(why) => complaints.complain("profiles", &why),
            }
            match shared.rounds {
                Rounds::One => break,
                Rounds::Every(every) if !shared.signals.stop.is_cancelled() => bell.wait(every),
                Rounds::Every(_) => {}
            }
            if shared.signals.stop.is_cancelled() {
                break;
            }
        }
    });
}

/// Looks after one folder. A bug that shows there ends that alone.
fn alone(watcher: Watcher<'_>, teller: &Teller) {
    let profile = watcher.post.profile.clone();
    if let Rounds::Every(_) = watcher.shared.rounds {
        teller.tell(&profile, format!("looking after `{}`", watcher.post.folder.display()));
    }
    if let Err(bug) = caught(|| watcher.watch()) {
        Teller::complain(&profile, format!("this folder is not looked after any more: {bug}"));
        teller.left(0, Trouble::NeedsPerson);
    }
}

/// The folders of profiles, as they are now; of the others it is told once that they are left alone.
fn below(whole: &Post, overrides: &Overrides, complaints: &mut Complaints<'_>) -> Result<Vec<Post>, String> {
    let names = profiles(overrides).map_err(|failure| on_one_line(&failure))?;
    for name in &names {
        if crate::watch::RESERVED.contains(&name.as_str()) {
            let what = format!(
                "the profile `{name}` has the name of a folder that reseat itself uses, and can have no drop folder"
            );
            complaints.complain(&format!("name {name}"), &what);
        }
    }
    let (posts, strays) = Post::below(&whole.folder, overrides, &names).map_err(|error| error.to_string())?;
    for stray in strays {
        let what = format!("the folder `{stray}` is left alone: no profile has the name of this folder");
        complaints.tell_once(&format!("folder {stray}"), &what);
    }
    complaints.mended(
        "profiles",
        "the configuration and the folders of profiles can be read again",
    );
    Ok(posts)
}

/// The drop folder, wherever the process goes.
fn folder(options: &WatchOptions) -> Result<PathBuf, Failure> {
    let folder = &options.inbox;
    match fs_err::canonicalize(folder) {
        Ok(folder) if folder.is_dir() => Ok(folder),
        Ok(_) => Err(not_usable(&format!("`{}` is no folder", folder.display()))),
        // It may come.
        Err(_) if options.rounds() != Rounds::One => std::path::absolute(folder).map_err(|error| not_usable(&error)),
        Err(error) => {
            let missing = format!("there is no folder `{}`", folder.display());
            let why: &dyn std::fmt::Display = match error.kind() {
                std::io::ErrorKind::NotFound => &missing,
                _ => &error,
            };
            Err(not_usable(why).with_help(format!("make the folder first: mkdir {}", shown_path(folder))))
        }
    }
}

fn not_usable(error: &dyn std::fmt::Display) -> Failure {
    Failure::in_file(format!("the drop folder cannot be used: {error}"))
}

fn refused(error: &InboxError) -> Failure {
    match error {
        InboxError::Taken { .. } => Failure::new(Ending::Stopped, Reason::Locked, error.to_string())
            .with_help("end that one first, or let it go on: one is enough for all profiles"),
        InboxError::Foreign { .. } | InboxError::Renamable { .. } | InboxError::Io(_) => not_usable(error),
    }
}
