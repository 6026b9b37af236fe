//! The only access to the terminal: data to standard output, everything else to standard error.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

use super::Ending;
use super::failure::{Failure, caused_by};
use crate::cli::{OutputFormat, Verbosity};
use crate::text::terminal_safe;

/// How this command prints. Colours are removed where the terminal or `NO_COLOR` asks for none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Console {
    pub(super) output: OutputFormat,
    pub(super) verbosity: Verbosity,
}

impl Console {
    /// Prints something for the user next to the data, unless `--quiet` was given.
    pub(super) fn tell(self, text: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            complain(text);
        }
    }
}

/// Writes to standard error, even with `--quiet`. If that fails, there is nowhere to report it.
pub(super) fn complain(text: impl Display) {
    let text = text.to_string();
    let _ = write!(anstream::stderr().lock(), "{}", terminal_safe(&text));
}

/// Writes data. A closed pipe (`reseat codes | head`) is no error: the reader has what it wanted.
///
/// # Errors
/// If standard output cannot be written for any other reason.
pub(super) fn data(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(anstream::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let failure = Failure::new(Ending::CouldNotStart, "failed to write to standard output");
            Err(failure.with_details(vec![caused_by(error)]))
        }
        _ => Ok(()),
    }
}
