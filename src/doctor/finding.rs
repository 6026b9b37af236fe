//! What came of a look.

use std::time::Duration;

use strum::IntoStaticStr;

use super::Check;

/// What came of one look.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// Which of several: a host, a route, a key; empty where there is only one.
    pub subject: String,
    /// How it came out.
    pub outcome: Outcome,
    /// What was found, in a sentence without a full stop. Never holds a secret.
    pub what: String,
    /// More of it, a line each.
    pub details: Vec<String>,
    /// What to do, a line each; nothing where nothing is to be done.
    pub help: Vec<String>,
    /// How long it took; `None` for what was not tried.
    pub took: Option<Duration>,
}

/// How a look came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// As it should be.
    Ok,
    /// Worth knowing, and keeps nothing from working.
    Warning,
    /// Keeps reseat from working.
    Failed(Blame),
    /// Could not be tried because of what failed before, or does not concern this installation.
    Skipped,
}

/// What kind of thing is at fault; it decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// Configuration, network, certificate, files: exit code 1.
    Surroundings,
    /// Credentials, or the organization's name or id: exit code 5.
    SignIn,
    /// What the application may do: exit code 5.
    Permission,
}

impl Outcome {
    /// The word in JSON output.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether it keeps reseat from working.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed(_))
    }
}

impl Finding {
    /// A finding about the whole of what is looked at.
    pub fn new(check: Check, outcome: Outcome, what: impl Into<String>) -> Self {
        Self {
            check,
            subject: String::new(),
            outcome,
            what: what.into(),
            details: Vec::new(),
            help: Vec::new(),
            took: None,
        }
    }

    /// All is as it should be.
    pub fn ok(check: Check, what: impl Into<String>) -> Self {
        Self::new(check, Outcome::Ok, what)
    }

    /// Something is worth knowing.
    pub fn warning(check: Check, what: impl Into<String>) -> Self {
        Self::new(check, Outcome::Warning, what)
    }

    /// Something keeps reseat from working.
    pub fn failed(check: Check, blame: Blame, what: impl Into<String>) -> Self {
        Self::new(check, Outcome::Failed(blame), what)
    }

    /// It was not tried.
    pub fn skipped(check: Check, what: impl Into<String>) -> Self {
        Self::new(check, Outcome::Skipped, what)
    }

    /// What was looked at, for people: the check, and which of several.
    pub fn title(&self) -> String {
        match self.subject.as_str() {
            "" => self.check.title().to_owned(),
            subject => format!("{}, {subject}", self.check.title()),
        }
    }

    /// The same, about one of several.
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    /// The same, with more of it.
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    /// The same, with something to do.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The same, with how long it took.
    pub fn after(mut self, took: Duration) -> Self {
        self.took = Some(took);
        self
    }
}
