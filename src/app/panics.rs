//! What is said when reseat itself has a bug.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt::Write as _;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};

use super::console::complain;

/// Lets a panic say that it is a bug, and where the results file is where there is one; called again
/// once that is known. A backtrace is shown only where `RUST_BACKTRACE` asks for it.
pub(super) fn install(results: Option<&Path>) {
    let results = results.map(PathBuf::from);
    std::panic::set_hook(Box::new(move |info| {
        complain(report(info, results.as_deref(), &Backtrace::capture()));
    }));
}

fn report(info: &PanicHookInfo<'_>, results: Option<&Path>, backtrace: &Backtrace) -> String {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let message = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let message = message.unwrap_or("no message");
    let mut text = format!("error: this is a bug in reseat: {message}\n  at {place}\n");
    if let Some(results) = results {
        let path = results.display();
        // A string takes everything that is written to it.
        let _ = writeln!(
            text,
            "help: every finished row is in `{path}`; run the same command again to go on"
        );
    }
    text.push_str("help: please report it with this message, and what RUST_BACKTRACE=1 adds to it\n");
    if backtrace.status() == BacktraceStatus::Captured {
        let _ = writeln!(text, "{backtrace}");
    }
    text
}
