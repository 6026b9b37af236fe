//! Whether a file has come whole. Nothing that a file system announces proves that: a transfer that was cut off is closed like
//! one that is complete. So a file is taken once size, time and content have stayed the same over a span, no program
//! has it open, and what may be cut off has had longer.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use super::patience::Patience;

/// After so long it is told that a sheet is open in a program.
const LONG_OPEN: Duration = Duration::from_hours(1);

/// What the folder says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// Its size in bytes.
    pub size: u64,
    /// When it was changed last, as far as the file system tells.
    pub modified: Option<SystemTime>,
    /// Which file it is, where the system tells: one that replaces another under its name is another.
    pub identity: Option<(u64, u64)>,
}

/// What reading a file showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// Whether it may be cut off: it cannot be read as a sheet, or is text whose last line has no end.
    pub may_be_cut: bool,
}

/// What is to be done about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// To be read.
    Read,
    /// To be left for now.
    Wait(WhyWaiting),
    /// It is whole.
    Take,
}

/// Why a file is left for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhyWaiting {
    /// It has not stayed the same for long enough.
    Changing,
    /// Somebody has it open.
    Open,
    /// It cannot be read.
    Unreadable,
}

impl WhyWaiting {
    /// In words that follow the name of the file.
    pub fn words(self) -> &'static str {
        match self {
            Self::Changing => "is still being written",
            Self::Open => "is open in a program",
            Self::Unreadable => "cannot be read",
        }
    }
}

/// What is remembered of the files of one folder from look to look.
#[derive(Debug)]
pub struct Watching {
    patience: Patience,
    files: BTreeMap<String, Watched>,
}

#[derive(Debug, Clone)]
struct Watched {
    sighting: Sighting,
    /// Since when it is known to be as it is.
    since: Duration,
    content: Option<Content>,
    why: WhyWaiting,
    /// Since when a program is known to have it open.
    open_since: Option<Duration>,
}

impl Watched {
    fn ready_at(&self, patience: Patience) -> Duration {
        let needed = match &self.content {
            Some(content) if content.may_be_cut => patience.doubtful,
            Some(_) | None => patience.quiet,
        };
        self.since + needed
    }
}

impl Watching {
    /// Nothing is known yet.
    pub fn new(patience: Patience) -> Self {
        Self {
            patience,
            files: BTreeMap::new(),
        }
    }

    /// Waits so long from now on.
    pub fn set_patience(&mut self, patience: Patience) {
        self.patience = patience;
    }

    /// Forgets the files that are not there any more.
    pub fn keep(&mut self, is_there: impl Fn(&str) -> bool) {
        self.files.retain(|name, _| is_there(name));
    }

    /// Judges a file that is there. `now` is a clock that only goes forward.
    pub fn look(&mut self, name: &str, sighting: Sighting, is_open: bool, now: Duration) -> Look {
        let patience = self.patience;
        let watched = match self.files.get_mut(name) {
            Some(watched) if watched.sighting == sighting => watched,
            Some(_) | None => self.begin(name, sighting, now),
        };
        if is_open {
            // Programs take their sign away and put it back in every save: gone means gone for a while.
            watched.since = now;
            watched.open_since.get_or_insert(now);
            watched.why = WhyWaiting::Open;
            return Look::Wait(WhyWaiting::Open);
        }
        watched.open_since = None;
        if watched.why == WhyWaiting::Open {
            watched.why = WhyWaiting::Changing;
        }
        if watched.content.is_none() || now >= watched.ready_at(patience) {
            Look::Read
        } else {
            Look::Wait(watched.why)
        }
    }

    /// Takes note of what was read; `sighting` is what the folder says after that. `None` where it could not be read.
    pub fn note(&mut self, name: &str, sighting: Sighting, content: Option<Content>, now: Duration) -> Look {
        let patience = self.patience;
        let watched = match self.files.get_mut(name) {
            Some(watched) if watched.sighting == sighting => watched,
            Some(_) | None => {
                self.begin(name, sighting, now);
                return Look::Wait(WhyWaiting::Changing);
            }
        };
        let Some(content) = content else {
            watched.content = None;
            watched.why = WhyWaiting::Unreadable;
            return Look::Wait(WhyWaiting::Unreadable);
        };
        watched.why = WhyWaiting::Changing;
        match &watched.content {
            Some(before) if *before == content => {
                if now >= watched.ready_at(patience) {
                    return Look::Take;
                }
            }
            Some(_) => {
                // A change that kept size and time.
                watched.since = now;
                watched.content = Some(content);
            }
            None => watched.content = Some(content),
        }
        Look::Wait(WhyWaiting::Changing)
    }

    /// Whether a program has had the file open for so long that its sign may have been left by a crash.
    pub fn is_open_for_long(&self, name: &str, now: Duration) -> bool {
        let open_since = self.files.get(name).and_then(|watched| watched.open_since);
        open_since.is_some_and(|since| now >= since + LONG_OPEN)
    }

    /// How long is waited.
    pub fn patience(&self) -> Patience {
        self.patience
    }

    /// When the next file can be whole that could not be by then, as far as the clock decides that; `None` where none is
    /// waited for.
    pub fn next_after(&self, then: Duration) -> Option<Duration> {
        let waiting = self
            .files
            .values()
            .filter(|watched| watched.why == WhyWaiting::Changing);
        let ready = waiting.map(|watched| watched.ready_at(self.patience));
        ready.filter(|at| *at > then).min()
    }

    /// What was read of a file last.
    pub fn content_of(&self, name: &str) -> Option<&Content> {
        self.files.get(name)?.content.as_ref()
    }

    /// The files that are waited for, and why.
    pub fn waiting(&self) -> impl Iterator<Item = (&str, WhyWaiting)> {
        self.files.iter().map(|(name, watched)| (name.as_str(), watched.why))
    }

    fn begin(&mut self, name: &str, sighting: Sighting, now: Duration) -> &mut Watched {
        let watched = Watched {
            sighting,
            since: now,
            content: None,
            why: WhyWaiting::Changing,
            open_since: None,
        };
        let entry = self.files.entry(name.to_owned());
        let known = entry.or_insert_with(|| watched.clone());
        *known = watched;
        known
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PATIENCE: Patience = Patience::of(Duration::from_secs(5));

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn sighting(size: u64) -> Sighting {
        Sighting {
            size,
            modified: None,
            identity: Some((1, 1)),
        }
    }

    fn content(text: &str) -> Content {
        Content {
            sha256: text.to_owned(),
            may_be_cut: text.ends_with("cut"),
        }
    }

    /// A look, and reading if the look asks for it.
    fn looked(watching: &mut Watching, size: u64, text: &str, is_open: bool, second: u64) -> Look {
        match watching.look("a.csv", sighting(size), is_open, at(second)) {
            Look::Read => watching.note("a.csv", sighting(size), Some(content(text)), at(second)),
            look => look,
        }
    }

    const CHANGING: Look = Look::Wait(WhyWaiting::Changing);

    #[test]
    fn a_file_is_taken_once_it_has_stayed_the_same_for_the_whole_span() {
        let mut watching = Watching::new(PATIENCE);
        for (size, text, second, look) in [
            (10, "x", 0, CHANGING),
            (20, "xy", 3, CHANGING),
            (20, "xy", 7, CHANGING),
            (20, "xy", 8, Look::Take),
        ] {
            assert_eq!(looked(&mut watching, size, text, false, second), look, "{second}");
        }
        assert_eq!(watching.next_after(at(7)), Some(at(8)));
        assert_eq!(watching.next_after(at(8)), None);
    }

    #[test]
    fn however_long_the_first_look_takes_what_it_saw_is_waited_for() {
        for seconds in [0, 1, 100] {
            let mut watching = Watching::new(PATIENCE);
            assert_eq!(looked(&mut watching, 10, "x,cut", false, seconds), CHANGING);
            let whole = watching.next_after(at(0)).unwrap();
            assert!(whole <= PATIENCE.deadline(at(seconds)), "{seconds}");
        }
    }

    #[test]
    fn a_change_that_keeps_size_and_time_begins_the_span_again() {
        let mut watching = Watching::new(PATIENCE);
        assert_eq!(looked(&mut watching, 10, "x", false, 0), CHANGING);
        assert_eq!(looked(&mut watching, 10, "y", false, 6), CHANGING);
        assert_eq!(looked(&mut watching, 10, "y", false, 10), CHANGING);
        assert_eq!(looked(&mut watching, 10, "y", false, 11), Look::Take);
    }

    #[test]
    fn what_may_be_cut_off_waits_four_times_as_long_and_is_taken_then() {
        let mut watching = Watching::new(PATIENCE);
        assert_eq!(looked(&mut watching, 10, "cut", false, 0), CHANGING);
        assert_eq!(looked(&mut watching, 10, "cut", false, 19), CHANGING);
        assert_eq!(looked(&mut watching, 10, "cut", false, 20), Look::Take);
    }

    #[test]
    fn a_program_that_has_it_open_is_waited_for_and_a_while_after_that() {
        let mut watching = Watching::new(PATIENCE);
        let open = Look::Wait(WhyWaiting::Open);
        assert_eq!(looked(&mut watching, 10, "x", true, 0), open);
        assert_eq!(looked(&mut watching, 10, "x", true, 60), open);
        assert_eq!(looked(&mut watching, 10, "x", false, 61), CHANGING);
        // The sign is gone for a moment while the program saves.
        assert_eq!(looked(&mut watching, 10, "x", true, 64), open);
        assert_eq!(looked(&mut watching, 10, "x", false, 68), CHANGING);
        assert_eq!(looked(&mut watching, 10, "x", false, 69), Look::Take);
    }

    #[test]
    fn what_has_been_open_for_an_hour_is_no_longer_passed_over_in_silence() {
        let mut watching = Watching::new(PATIENCE);
        for (second, is_open, expected) in [
            (0, true, false),
            (3599, true, false),
            (3600, true, true),
            (3601, false, false),
            (3602, true, false),
            (7202, true, true),
        ] {
            looked(&mut watching, 10, "x", is_open, second);
            assert_eq!(watching.is_open_for_long("a.csv", at(second)), expected, "{second}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_tried_again_and_never_taken_unread() {
        let mut watching = Watching::new(PATIENCE);
        for second in [0, 10, 100] {
            assert_eq!(watching.look("a.csv", sighting(1), false, at(second)), Look::Read);
            let look = watching.note("a.csv", sighting(1), None, at(second));
            assert_eq!(look, Look::Wait(WhyWaiting::Unreadable));
        }
        assert_eq!(looked(&mut watching, 1, "x", false, 101), CHANGING);
        assert_eq!(looked(&mut watching, 1, "x", false, 102), Look::Take);
    }

    #[test]
    fn one_that_is_replaced_while_it_is_read_is_read_again() {
        let mut watching = Watching::new(PATIENCE);
        looked(&mut watching, 10, "x", false, 0);
        assert_eq!(watching.look("a.csv", sighting(10), false, at(6)), Look::Read);
        assert_eq!(
            watching.note("a.csv", sighting(11), Some(content("x")), at(6)),
            CHANGING
        );
        assert_eq!(looked(&mut watching, 11, "xy", false, 10), CHANGING);
        assert_eq!(looked(&mut watching, 11, "xy", false, 11), Look::Take);
    }

    proptest! {
        /// Whatever happens to a file, when it is taken nothing has happened for the whole span.
        #[test]
        fn no_file_is_taken_that_was_seen_to_change_within_the_span(
            looks in proptest::collection::vec((0_u64..4, 0_u64..3, 0_u64..3, proptest::bool::weighted(0.1)), 1..60)
        ) {
            let mut watching = Watching::new(PATIENCE);
            let (mut now, mut quiet_since, mut last) = (0, 0, None);
            for (later, size, text, is_open) in looks {
                now += later;
                // What changes shows in the size: what is put back before it is read again cannot be seen.
                let size = size * 3 + text;
                let text = if text == 2 { "cut".to_owned() } else { text.to_string() };
                let state = (size, text.clone());
                if last.as_ref() != Some(&state) || is_open {
                    quiet_since = now;
                }
                let needed = if text == "cut" { 20 } else { 5 };
                let look = looked(&mut watching, size, &text, is_open, now);
                if look == Look::Take {
                    prop_assert!(now - quiet_since >= needed, "at {now}, quiet since {quiet_since}");
                }
                last = Some(state);
            }
        }
    }
}
