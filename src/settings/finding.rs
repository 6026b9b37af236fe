//! What is wrong with the configuration: everything at once, each with its place and its fix.

use std::cell::RefCell;
use std::fmt;

use serde::Serialize;

use crate::problem::Severity;

/// One thing wrong, or odd, about the configuration. Programs read it as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether it stops the command.
    pub severity: Severity,
    /// Where it was set: a flag, a variable, or a key with its file and line; empty for a missing value.
    pub place: String,
    /// What is wrong; reads after the place and a colon, or by itself. Never holds the value of a secret.
    pub what: String,
    /// What to write instead, a line each; may be empty.
    pub help: String,
    /// What nothing sets; `None` for everything else that is wrong, a key that a profile lacks among it.
    #[serde(skip)]
    pub unset: Option<Unset>,
}

/// What nothing sets, and what is worth more than its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unset {
    /// The key of this name, where there is no profile yet that it could stand in.
    Key(String),
    /// The secret of a profile that is there.
    Secret(UnsetSecret),
}

/// A secret that a profile needs and that nothing gives, as in every new terminal where it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsetSecret {
    /// What people call it.
    pub name: &'static str,
    /// The line for the shell that asks for it unseen and puts it into its variable.
    pub typed: String,
    /// What to write into the profile instead, in a sentence without a full stop.
    pub instead: String,
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
