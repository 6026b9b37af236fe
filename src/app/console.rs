//! The only access to the terminal: data to standard output, everything else to standard error.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

use serde::Serialize;

use super::audience::Audience;
use super::failure::{Failure, caused_by};
use super::next::Typed;
use super::object::{Object, write_failure};
use crate::cli::{OutputFormat, Verbosity};
use crate::report::{Mode, Progress, write_json};
use crate::text::terminal_safe;

/// How this command prints, and to whom. Colours are removed where the terminal or `NO_COLOR` asks for none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Console<'a> {
    pub(super) output: OutputFormat,
    pub(super) verbosity: Verbosity,
    pub(super) audience: &'a Audience,
}

impl<'a> Console<'a> {
    /// In words, to this audience.
    pub(super) fn in_words(audience: &'a Audience) -> Self {
        Self {
            output: OutputFormat::Text,
            verbosity: Verbosity::Normal,
            audience,
        }
    }

    /// The command line that commands to type next are made from.
    pub(super) fn typed(self) -> &'a Typed {
        self.audience.typed()
    }

    /// Says something even with `--quiet`.
    pub(super) fn complain(self, text: impl Display) {
        self.audience.hear(&text.to_string());
    }

    /// Prints something for the user next to the data, unless `--quiet` was given.
    pub(super) fn tell(self, text: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            self.complain(text);
        }
    }

    /// Shows that something that takes its time is done, until what this returns is dropped. Nothing else may be said
    /// meanwhile.
    pub(super) fn busy(self, what: &'static str) -> Progress {
        let progress = Progress::on_stderr(self.progress_mode());
        progress.working(what, 0, None);
        progress
    }

    /// How progress is shown beside what else is said.
    pub(super) fn progress_mode(self) -> Mode {
        match self.verbosity {
            // Nobody is there to watch it.
            _ if !self.audience.is_at_the_terminal() => Mode::Quiet,
            Verbosity::Quiet => Mode::Quiet,
            Verbosity::Normal => Mode::of_stderr(),
            // A bar would be mixed with the lines about calls.
            Verbosity::Verbose => Mode::Plain,
        }
    }

    /// Prints what a command found: `text` for people, `object` for programs. Where standard output cannot be written
    /// the user is warned, and the command ends as it would have; a reader that has closed the pipe
    /// (`reseat plan … | head`) has what it wanted.
    pub(super) fn found(
        self,
        object: &Object<'_, impl Serialize>,
        text: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) {
        match self.print(object, text) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => self.complain(not_written(&error)),
            Ok(()) | Err(_) => {}
        }
    }

    /// The same, for the caller to judge the error. Whoever reads it later is told in words.
    pub(super) fn print(
        self,
        object: &Object<'_, impl Serialize>,
        text: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        if !self.audience.is_at_the_terminal() {
            let mut told = Vec::new();
            text(&mut told)?;
            self.complain(String::from_utf8_lossy(&told));
            return Ok(());
        }
        data(|out| match self.output {
            OutputFormat::Text => text(out),
            OutputFormat::Json => write_json(object, out),
        })
    }
}

/// Writes to standard error, even with `--quiet`. If that fails, there is nowhere to report it.
pub(super) fn complain(text: impl Display) {
    let text = text.to_string();
    let _ = write!(anstream::stderr().lock(), "{}", terminal_safe(&text));
}

/// Shows why a command failed: to people on standard error, and with `--output json` to programs as well.
pub(super) fn complain_of(failure: &Failure, output: OutputFormat) {
    complain(failure);
    if output == OutputFormat::Json
        && let Err(error) = data(|out| write_failure(failure, out))
    {
        complain(not_written(&error));
    }
}

/// The warning that what was to be printed was not.
fn not_written(error: &io::Error) -> String {
    format!("warning: failed to write to standard output: {error}\n")
}

/// Prints data whose printing is all that the command does. A closed pipe (`reseat codes | head`) is no error: the
/// reader has what it wanted.
///
/// # Errors
/// If standard output cannot be written for any other reason.
pub(super) fn deliver(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    match data(write) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let message = "failed to write to standard output";
            let failure = Failure::in_file(message);
            Err(failure.with_details(vec![caused_by(error)]))
        }
        _ => Ok(()),
    }
}

/// How many columns standard output has, if it is a terminal.
pub(super) fn terminal_width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
    Some(usize::from(width.0)).filter(|width| *width > 0)
}

fn data(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = io::BufWriter::new(anstream::stdout().lock());
    write(&mut out).and_then(|()| out.flush())
}
