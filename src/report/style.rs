//! The few text styles; colour is never the only signal.

use anstyle::{AnsiColor, Style};

/// What went wrong.
pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// What is worth a look.
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// What to do.
pub(super) const HELP: Style = AnsiColor::Cyan.on_default();
/// Headings.
pub(super) const HEADING: Style = Style::new().bold();
