//! What is told when reseat itself has a bug: each run has a thread of its own, so that a bug in one of many that go side
//! by side is told where its results are, and ends no other.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::console::complain;
use crate::sheet::disk_error;

thread_local! {
    /// What a panic on this thread would interrupt.
    static AT_RISK: RefCell<AtRisk> = RefCell::default();
}

/// What a panic would interrupt: a run, on all threads that work for it.
#[derive(Debug, Clone, Default)]
pub(super) struct AtRisk(Arc<Run>);

#[derive(Debug, Default)]
struct Run {
    /// Where its results are, once there are any.
    results: OnceLock<PathBuf>,
    /// What was told, where nobody is at the terminal.
    record: Option<Mutex<String>>,
}

/// Makes a panic say that it is a bug, and where the results of the run are. A backtrace is shown only where
/// `RUST_BACKTRACE` asks for it.
pub(super) fn install() {
    std::panic::set_hook(Box::new(|info| {
        let is_writers = info
            .location()
            .is_some_and(|place| place.file().contains("rust_xlsxwriter"));
        if is_writers && disk_error(message(info)).is_some() {
            // The disk refused a workbook, which is caught and told where it is written.
            return;
        }
        let at_risk = AtRisk::here();
        at_risk.tell(&report(message(info), at_risk.0.results.get().map(PathBuf::as_path)));
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let backtrace = Backtrace::capture();
        at_risk.tell(&match backtrace.status() {
            BacktraceStatus::Captured => format!("at {place}\n{backtrace}\n"),
            _ => format!("at {place}\n"),
        });
    }));
}

/// The results of the run on this thread are there from now on.
pub(super) fn results_are(path: &Path) {
    // There is one results file a run.
    let _ = AtRisk::here().0.results.set(path.to_owned());
}

/// Does the work of one of many runs. A panic ends that run alone.
///
/// # Errors
/// What is told of the panic.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let at_risk = AtRisk(Arc::new(Run {
        record: Some(Mutex::default()),
        ..Run::default()
    }));
    // Whatever was half done is dropped with the run, and nothing of it is looked at again.
    let done = at_risk.during(|| catch_unwind(AssertUnwindSafe(work)));
    done.map_err(|_| {
        let record = at_risk.0.record.as_ref().map(Mutex::lock);
        record.map_or_else(String::new, |told| told.unwrap_or_else(PoisonError::into_inner).clone())
    })
}

impl AtRisk {
    /// What this thread works for.
    pub(super) fn here() -> Self {
        // A thread that is ending works for nothing any more.
        AT_RISK.try_with(|at_risk| at_risk.borrow().clone()).unwrap_or_default()
    }

    /// Does something on this thread for the same run.
    pub(super) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        /// Puts back what was there, also after a panic.
        struct Before(AtRisk);
        impl Drop for Before {
            fn drop(&mut self) {
                AT_RISK.set(std::mem::take(&mut self.0));
            }
        }
        let _before = Before(AT_RISK.replace(self.clone()));
        work()
    }

    fn tell(&self, text: &str) {
        match &self.0.record {
            None => complain(text),
            Some(record) => record.lock().unwrap_or_else(PoisonError::into_inner).push_str(text),
        }
    }
}

fn message<'a>(info: &'a PanicHookInfo<'_>) -> &'a str {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message")
}

fn report(message: &str, results: Option<&Path>) -> String {
    let help = results.map_or_else(String::new, |results| {
        let path = results.display();
        format!("help: every finished row is in `{path}`; run the same command again to continue\n")
    });
    format!(
        "error: this is a bug in reseat: {message}\n{help}\
         help: please report it with this message and with what RUST_BACKTRACE=1 adds to it\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bug_says_that_it_is_one_and_where_the_results_are() {
        let told = report("index out of bounds", Some(Path::new("joiners.results.csv")));
        assert!(
            told.starts_with("error: this is a bug in reseat: index out of bounds\n"),
            "{told}"
        );
        assert!(told.contains("`joiners.results.csv`"), "{told}");
        assert!(!report("x", None).contains("finished row"));
    }

    #[test]
    fn each_of_many_runs_has_results_of_its_own_on_whichever_thread_works_for_it() {
        let seen = || AtRisk::here().0.results.get().cloned();
        let run = |name: &'static str| {
            std::thread::spawn(move || {
                caught(|| {
                    results_are(Path::new(name));
                    let helper = AtRisk::here();
                    std::thread::spawn(move || helper.during(seen)).join().unwrap()
                })
            })
        };
        let (first, second) = (run("a.results.csv"), run("b.results.csv"));
        assert_eq!(first.join().unwrap(), Ok(Some("a.results.csv".into())));
        assert_eq!(second.join().unwrap(), Ok(Some("b.results.csv".into())));
        assert_eq!(seen(), None);
    }

    #[test]
    fn a_panic_ends_one_run_and_leaves_the_thread_to_the_next() {
        // The hook is the whole process's, so that no other test may have its words taken.
        assert!(caught(|| -> () { std::panic::resume_unwind(Box::new("a bug")) }).is_err());
        assert_eq!(caught(|| 7), Ok(7));
    }
}
