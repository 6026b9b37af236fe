//! What is printed when reseat itself has a bug.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};

use super::console::complain;
use crate::sheet::disk_error;

/// Makes a panic say that it is a bug, and where the results file is; called again once that is known. A backtrace is
/// shown only where `RUST_BACKTRACE` asks for it.
pub(super) fn install(results: Option<&Path>) {
    let results = results.map(PathBuf::from);
    std::panic::set_hook(Box::new(move |info| {
        let is_writers = info
            .location()
            .is_some_and(|place| place.file().contains("rust_xlsxwriter"));
        if is_writers && disk_error(message(info)).is_some() {
            // The disk refused a workbook, which is caught and told where it is written.
            return;
        }
        complain(report(message(info), results.as_deref()));
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let backtrace = Backtrace::capture();
        match backtrace.status() {
            BacktraceStatus::Captured => complain(format!("at {place}\n{backtrace}\n")),
            _ => complain(format!("at {place}\n")),
        }
    }));
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
}
