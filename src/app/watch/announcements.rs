//! What the file system announces wakes whoever looks at the folder concerned, and does nothing else: announcements get lost,
//! and none proves anything about a file.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::bell::Bell;

/// The folders that somebody listens for.
type Bells = Arc<Mutex<Vec<(PathBuf, Arc<Bell>)>>>;

/// Listens for changes in folders.
pub(super) struct Announcements {
    watcher: Mutex<Option<RecommendedWatcher>>,
    bells: Bells,
}

impl Announcements {
    /// Listens from now on; `told` is why nothing can be heard, if so: then the clock alone says when to look.
    pub(super) fn listen() -> (Self, Option<String>) {
        let bells = Bells::default();
        let listening = Arc::clone(&bells);
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            ring(&listening, event.ok().as_ref());
        });
        let told = watcher.as_ref().err().map(ToString::to_string);
        let announcements = Self {
            watcher: Mutex::new(watcher.ok()),
            bells,
        };
        (announcements, told)
    }

    /// Rings this bell when something happens in these folders. Says so where one cannot be listened to.
    pub(super) fn ring_for(&self, folders: &[&Path], bell: &Arc<Bell>) -> Result<(), String> {
        let mut watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(watcher) = watcher.as_mut() else {
            return Ok(());
        };
        for folder in folders {
            {
                let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
                bells.retain(|(known, _)| known != folder);
                bells.push(((*folder).to_owned(), Arc::clone(bell)));
            }
            // One of that name that is gone by now would be listened to for ever.
            let _ = watcher.unwatch(folder);
            watcher
                .watch(folder, RecursiveMode::NonRecursive)
                .map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

/// Rings for the folders that an event is about; for all where that is not known, as when too many came at once.
fn ring(bells: &Bells, event: Option<&Event>) {
    let is_only_reading = |event: &Event| matches!(event.kind, EventKind::Access(_));
    if event.is_some_and(is_only_reading) {
        return;
    }
    let bells = bells.lock().unwrap_or_else(PoisonError::into_inner);
    for (folder, bell) in bells.iter() {
        let concerns = event.is_none_or(|event| {
            event.need_rescan()
                || event.paths.is_empty()
                || event
                    .paths
                    .iter()
                    .any(|path| path == folder || path.parent() == Some(folder))
        });
        if concerns {
            bell.ring();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use notify::event::{CreateKind, Flag};

    use super::*;

    #[test]
    fn a_file_that_comes_wakes_who_looks_at_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs_err::canonicalize(folder.path()).unwrap();
        let bell = Arc::new(Bell::default());
        let (announcements, told) = Announcements::listen();
        assert_eq!(told, None);
        announcements.ring_for(&[&root], &bell).unwrap();
        fs_err::write(root.join("a.csv"), "x").unwrap();
        bell.wait(Duration::from_mins(10));
    }

    #[test]
    fn an_event_wakes_only_the_folder_it_is_about_and_a_lost_one_wakes_all() {
        let heard = |event: Option<Event>| {
            let bells: [Arc<Bell>; 2] = Default::default();
            let listening = ["/in", "/in/acme"]
                .map(PathBuf::from)
                .into_iter()
                .zip(bells.clone())
                .collect();
            ring(&Arc::new(Mutex::new(listening)), event.as_ref());
            bells.map(|bell| format!("{bell:?}").contains("true"))
        };
        let created = |path: &str| Event::new(EventKind::Create(CreateKind::File)).add_path(path.into());
        assert_eq!(heard(Some(created("/in/acme/a.csv"))), [false, true]);
        assert_eq!(heard(Some(created("/in/a.csv"))), [true, false]);
        assert_eq!(
            heard(Some(Event::new(EventKind::Other).set_flag(Flag::Rescan))),
            [true, true]
        );
        assert_eq!(heard(None), [true, true]);
        let read = Event::new(EventKind::Access(notify::event::AccessKind::Read)).add_path("/in/a.csv".into());
        assert_eq!(heard(Some(read)), [false, false]);
    }
}
