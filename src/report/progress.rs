//! Progress of a run: takes events on the run's thread, draws on a separate one.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::display::Display;
use super::run_state::RunState;
use crate::event::{Event, Observer, Service};

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A bar, redrawn in place.
    Terminal,
    /// Occasional lines.
    Plain,
    /// Not at all.
    Quiet,
}

impl Mode {
    /// What suits the standard error stream: a bar on a terminal that can move its cursor and that somebody looks at, else
    /// plain lines.
    pub fn of_stderr() -> Self {
        let (term, ci) = (std::env::var_os("TERM"), std::env::var_os("CI"));
        Self::of(
            std::io::stderr().is_terminal(),
            term.as_deref(),
            ci.as_deref(),
            cfg!(windows),
        )
    }

    /// The same with what the variables say. Pure.
    fn of(is_terminal: bool, term: Option<&OsStr>, ci: Option<&OsStr>, is_windows: bool) -> Self {
        let moves_its_cursor = match term.map(OsStr::as_encoded_bytes) {
            Some(b"dumb") => false,
            // Windows does not set it.
            None | Some(b"") => is_windows,
            Some(_) => true,
        };
        // Some services that build and test give their jobs a terminal, and keep what is written there as a log.
        let is_a_log = ci.is_some_and(|ci| !ci.is_empty() && ci != "false");
        if is_terminal && moves_its_cursor && !is_a_log {
            Self::Terminal
        } else {
            Self::Plain
        }
    }
}

/// Shows how a run goes, from its events until [`finish`](Self::finish).
///
/// Use one per phase during which nothing else is printed: one while the organization is read, another while the rows
/// are carried out.
pub struct Progress {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    ended: Condvar,
    began: Instant,
}

struct State {
    run_state: RunState,
    is_over: bool,
}

impl Shared {
    /// Held while recording one event or taking one snapshot, never while drawing.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    /// Shows progress on the standard error stream.
    pub fn on_stderr(mode: Mode) -> Self {
        Self::new(mode, Box::new(anstream::stderr()))
    }

    /// Shows progress, with its lines written to `out` (a bar is always drawn on the standard error stream).
    pub fn new(mode: Mode, out: Box<dyn Write + Send>) -> Self {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                run_state: RunState::default(),
                is_over: false,
            }),
            ended: Condvar::new(),
            began: Instant::now(),
        });
        let display = match mode {
            Mode::Terminal => Some(Display::bar(out)),
            Mode::Plain => Some(Display::plain(out)),
            Mode::Quiet => None,
        };
        let thread = display.and_then(|display| {
            let shared = Arc::clone(&shared);
            let draw = move || keep_drawing(&shared, display);
            // Failing to show progress does not stop the run.
            std::thread::Builder::new().name("progress".to_owned()).spawn(draw).ok()
        });
        Self { shared, thread }
    }

    /// Takes the events; never blocks on the terminal.
    pub fn observer(&self) -> Observer {
        let shared = Arc::clone(&self.shared);
        Arc::new(move |event| {
            let now = shared.began.elapsed();
            shared.state().run_state.take(event, now);
        })
    }

    /// Says what is done now, how much of it, and how much there is, as far as that is known.
    pub fn working(&self, what: &'static str, done: u64, total: Option<u64>) {
        let now = self.shared.began.elapsed();
        self.shared
            .state()
            .run_state
            .take(Event::Working { what, done, total }, now);
    }

    /// Sets how long the rows are predicted to take.
    pub fn expect(&self, forecast: Duration) {
        self.shared.state().run_state.expect(forecast);
    }

    /// Prints what is left to print and removes the bar. Returns the number of answers by service and HTTP status, for the
    /// hints.
    pub fn finish(mut self) -> BTreeMap<(Service, u16), u64> {
        self.end();
        self.shared.state().run_state.answers()
    }

    fn end(&mut self) {
        let mut state = self.shared.state();
        state.run_state.end();
        state.is_over = true;
        drop(state);
        self.shared.ended.notify_all();
        if let Some(thread) = self.thread.take() {
            // A drawing thread that panicked has nothing left to draw.
            let _ = thread.join();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

fn keep_drawing(shared: &Shared, mut display: Display) {
    let mut is_over = false;
    while !is_over {
        let (mut state, _) = shared
            .ended
            .wait_timeout_while(shared.state(), display.interval(), |state| !state.is_over)
            .unwrap_or_else(PoisonError::into_inner);
        is_over = state.is_over;
        let now = shared.began.elapsed();
        let picture = state.run_state.view(now);
        let lines = state.run_state.take_lines();
        drop(state);
        display.show(&picture, &lines, now);
        if is_over {
            display.finish(&picture);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Method;
    use crate::model::{Place, Status};

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn shown(mode: Mode) -> (String, BTreeMap<(Service, u16), u64>) {
        let page = Page::default();
        let progress = Progress::new(mode, Box::new(page.clone()));
        let tell = progress.observer();
        tell(Event::RunStarted { rows: 2 });
        tell(Event::CallEnded {
            method: Method::Put,
            service: Service::License,
            status: Some(403),
            took: Duration::ZERO,
        });
        for (row, status) in [(2, Status::Done), (3, Status::Rejected)] {
            tell(Event::RowEnded {
                place: Place { sheet: "".into(), row },
                status,
                message: "the server said no".to_owned(),
            });
        }
        let answers = progress.finish();
        let text = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
        (anstream::adapter::strip_str(&text).to_string(), answers)
    }

    #[test]
    fn everything_that_happened_is_told_by_the_time_it_is_finished() {
        let (text, answers) = shown(Mode::Plain);
        assert_eq!(
            text, "row 3: rejected: the server said no\n",
            "nothing more of what is over at once"
        );
        assert_eq!(answers, BTreeMap::from([((Service::License, 403), 1)]));
    }

    #[test]
    fn a_bar_is_drawn_only_where_somebody_sees_it_and_the_cursor_can_be_moved() {
        let of = |is_terminal, term: Option<&str>, ci: Option<&str>, is_windows| {
            Mode::of(is_terminal, term.map(OsStr::new), ci.map(OsStr::new), is_windows)
        };
        for (is_terminal, term, ci, is_windows, mode) in [
            (true, Some("xterm"), None, false, Mode::Terminal),
            (true, Some("xterm"), Some(""), false, Mode::Terminal),
            (true, Some("xterm"), Some("false"), false, Mode::Terminal),
            (true, Some("xterm"), Some("true"), false, Mode::Plain),
            (true, Some("dumb"), None, false, Mode::Plain),
            (true, Some(""), None, false, Mode::Plain),
            (true, None, None, false, Mode::Plain),
            (true, None, None, true, Mode::Terminal),
            (false, Some("xterm"), None, false, Mode::Plain),
        ] {
            assert_eq!(of(is_terminal, term, ci, is_windows), mode, "{term:?} {ci:?}");
        }
    }

    #[test]
    fn a_quiet_run_says_nothing_and_still_learns_what_the_hints_need() {
        let (text, answers) = shown(Mode::Quiet);
        assert_eq!(text, "");
        assert_eq!(answers.len(), 1);
    }
}
