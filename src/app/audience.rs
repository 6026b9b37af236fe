//! Who hears what a command says, and what they would have to type next.

use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use super::next::Typed;
use crate::text::terminal_safe;

/// Who hears what a command says.
#[derive(Debug)]
pub(super) struct Audience {
    typed: Typed,
    /// What was said so far, where nobody is there to hear it; `None` on a terminal.
    record: Option<Mutex<String>>,
}

impl Audience {
    /// Whoever typed this command line.
    pub(super) fn at_the_terminal(typed: Typed) -> Self {
        Self { typed, record: None }
    }

    /// Whoever reads it later, and would have typed this command line.
    pub(super) fn later(typed: Typed) -> Self {
        Self {
            typed,
            record: Some(Mutex::default()),
        }
    }

    /// The command line that commands to type next are made from.
    pub(super) fn typed(&self) -> &Typed {
        &self.typed
    }

    /// Whether somebody may be watching.
    pub(super) fn is_at_the_terminal(&self) -> bool {
        self.record.is_none()
    }

    /// Says this, without colours where it is read later. Failing to leaves nowhere to report it.
    pub(super) fn hear(&self, text: &str) {
        match &self.record {
            None => {
                let _ =
                    std::io::Write::write_fmt(&mut anstream::stderr().lock(), format_args!("{}", terminal_safe(text)));
            }
            Some(record) => {
                let plain = anstream::adapter::strip_str(text).to_string();
                let mut record = record.lock().unwrap_or_else(PoisonError::into_inner);
                // Writing to a string cannot fail.
                let _ = write!(record, "{}", terminal_safe(&plain));
            }
        }
    }

    /// What was said, where it is read later.
    pub(super) fn into_record(self) -> String {
        let record = self.record.map(Mutex::into_inner);
        record.map_or_else(String::new, |record| record.unwrap_or_else(PoisonError::into_inner))
    }
}
