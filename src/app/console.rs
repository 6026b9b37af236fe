//! The one door to the terminal: data to standard output, everything else to standard error.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

use super::Ending;
use super::failure::{Failure, caused_by};
use crate::cli::{OutputFormat, Verbosity};
use crate::text::terminal_safe;

/// How this command talks. Colours are taken out where the terminal, or `NO_COLOR`, wants none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Console {
    pub(super) output: OutputFormat,
    pub(super) verbosity: Verbosity,
}

impl Console {
    /// Tells a person something beside the data, unless they asked for quiet.
    pub(super) fn tell(self, text: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            complain(text);
        }
    }
}

/// Writes to standard error whatever was asked for. Where even that fails there is nobody to tell.
pub(super) fn complain(text: impl Display) {
    let text = text.to_string();
    let _ = write!(anstream::stderr().lock(), "{}", terminal_safe(&text));
}

/// Writes data. A reader that has gone away (`reseat codes | head`) has what it wanted.
///
/// # Errors
/// Standard output cannot be written for another reason.
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
