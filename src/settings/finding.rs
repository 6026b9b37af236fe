//! What is wrong with the configuration: everything at once, each with its place and its fix.

use std::cell::RefCell;
use std::fmt;

use crate::problem::Severity;

/// One thing wrong, or odd, about the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it stops the command.
    pub severity: Severity,
    /// Where it was set: a flag, a variable, or a key with its file and line; empty for a missing value.
    pub place: String,
    /// What is wrong; reads after the place and a colon, or by itself. Never holds the value of a secret.
    pub what: String,
    /// What to write instead; may be empty.
    pub help: String,
    /// The key that nothing sets, where there is no profile yet that it could stand in.
    pub unset: Option<String>,
}

impl Finding {
    /// Whether something is wrong because nothing says it, rather than because of what is said.
    pub fn is_absence(&self) -> bool {
        self.place.is_empty()
    }

    /// Something that stops the command.
    pub(super) fn error(place: &str, fault: SettingFault) -> Self {
        Self {
            severity: Severity::Error,
            place: place.to_owned(),
            what: fault.what,
            help: fault.help,
            unset: None,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(out, "{}: ", self.place)?;
        }
        out.write_str(&self.what)
    }
}

/// What is wrong with one value, before it is known where it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SettingFault {
    pub(super) what: String,
    pub(super) help: String,
}

impl SettingFault {
    pub(super) fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            help: help.into(),
        }
    }
}

/// Gathers findings while the settings are read, so that one bad value does not hide the next.
#[derive(Debug, Default)]
pub(super) struct Findings(RefCell<Vec<Finding>>);

impl Findings {
    pub(super) fn error(&self, place: &str, fault: SettingFault) {
        self.push(Finding::error(place, fault));
    }

    pub(super) fn warning(&self, place: &str, fault: SettingFault) {
        self.push(Finding {
            severity: Severity::Warning,
            ..Finding::error(place, fault)
        });
    }

    /// The errors and the warnings.
    pub(super) fn split(self) -> (Vec<Finding>, Vec<Finding>) {
        self.0
            .into_inner()
            .into_iter()
            .partition(|finding| finding.severity == Severity::Error)
    }

    pub(super) fn push(&self, finding: Finding) {
        self.0.borrow_mut().push(finding);
    }
}
