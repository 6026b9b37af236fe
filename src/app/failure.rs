//! Why a command failed, and the one way failures are shown.

use std::error::Error;
use std::fmt;

use anstyle::{AnsiColor, Style};

use super::Ending;
use super::ending::{Ended, Reason, Stage};
use crate::cli::Slip;
use crate::doctor::FirstSteps;
use crate::problem::{Problems, Severity};
use crate::saved_plan::SavedPlanError;
use crate::settings::Finding;
use crate::text::{clean, plural};

/// The failure of a command.
#[derive(Debug)]
#[must_use]
pub(super) struct Failure {
    /// How the command ends with it.
    pub(super) ended: Ended,
    /// What of it the user has been shown already.
    pub(super) told: Told,
    /// What is wrong, in a sentence without a full stop.
    pub(super) message: String,
    /// The reasons, or the rows or accounts concerned, a line each.
    pub(super) details: Vec<String>,
    /// What is wrong with the configuration, in detail.
    pub(super) findings: Vec<Finding>,
    /// What is wrong with the sheet, shown when it was read.
    pub(super) problems: Option<Box<Problems>>,
    /// What to do.
    pub(super) help: Vec<String>,
    /// In which form that is.
    pub(super) help_form: HelpForm,
}

/// In which form it is told what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HelpForm {
    /// Suggestions, after all that is wrong.
    Suggestions,
    /// Steps to take one after another where not everything is configured yet, in the place of what is missing.
    FirstSteps,
}

/// How much of a failure was shown when it happened. JSON output has all of it in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// Nothing yet.
    Nothing,
    /// The details.
    Details,
    /// Everything.
    Everything,
}

impl Failure {
    /// A failure with only a message, before anything was changed.
    pub(super) fn new(ending: Ending, reason: Reason, message: impl Into<String>) -> Self {
        Self {
            ended: Ended::before(ending, reason),
            told: Told::Nothing,
            message: message.into(),
            details: Vec::new(),
            findings: Vec::new(),
            problems: None,
            help: Vec::new(),
            help_form: HelpForm::Suggestions,
        }
    }

    /// What was typed or is configured does not do.
    pub(super) fn in_settings(message: impl Into<String>) -> Self {
        Self::new(Ending::CouldNotStart, Reason::Settings, message)
    }

    /// A file or a stream cannot be read or written.
    pub(super) fn in_file(message: impl Into<String>) -> Self {
        Self::new(Ending::CouldNotStart, Reason::File, message)
    }

    /// As [`in_settings`](Self::in_settings), from an error with its causes.
    pub(super) fn of_settings(error: &dyn Error) -> Self {
        Self::of(Ending::CouldNotStart, Reason::Settings, error)
    }

    /// As [`in_file`](Self::in_file), from an error with its causes.
    pub(super) fn of_file(error: &dyn Error) -> Self {
        Self::of(Ending::CouldNotStart, Reason::File, error)
    }

    /// A failure from an error, with its causes.
    pub(super) fn of(ending: Ending, reason: Reason, error: &dyn Error) -> Self {
        let mut failure = Self::new(ending, reason, error.to_string());
        let causes = std::iter::successors(error.source(), |&cause| cause.source());
        for cause in causes.map(ToString::to_string) {
            let told = failure.details.last().unwrap_or(&failure.message);
            // Many errors already include their cause in their message.
            if !told.contains(&cause) {
                failure.details.push(caused_by(cause));
            }
        }
        failure
    }

    /// A command line that cannot be understood, and was said to be so.
    pub(super) fn usage(slip: Slip) -> Self {
        Self {
            told: Told::Everything,
            help: slip.help,
            ..Self::in_settings(slip.message)
        }
    }

    /// A configuration that cannot be used.
    pub(super) fn configuration(findings: Vec<Finding>) -> Self {
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        let message = format!("the configuration has {}", plural(errors.count(), "problem"));
        Self {
            findings,
            ..Self::in_settings(message)
        }
        .with_help("docs/configuration.md explains every key and variable")
    }

    /// A configuration that lacks what has to be known first.
    pub(super) fn not_configured(first: FirstSteps, findings: Vec<Finding>) -> Self {
        Self {
            findings,
            help: first.steps,
            help_form: HelpForm::FirstSteps,
            ..Self::in_settings(first.message)
        }
    }

    /// The same in the middle of a run, or after it. The exit code 1 would promise that nothing was changed.
    pub(super) fn once_begun(mut self) -> Self {
        self.ended.stage = Stage::Begun;
        if self.ended.ending == Ending::CouldNotStart {
            self.ended.ending = Ending::Stopped;
        }
        self
    }

    /// Adds another failure, which has been shown.
    pub(super) fn and_also(mut self, shown: Self) -> Self {
        self.details.push(shown.message);
        self.details.extend(shown.details);
        self.told = Told::Details;
        self
    }

    /// Adds the rows or accounts concerned.
    pub(super) fn with_details(mut self, details: Vec<String>) -> Self {
        self.details = details;
        self
    }

    /// The details have been shown already.
    pub(super) fn without_details(mut self) -> Self {
        self.told = Told::Details;
        self
    }

    /// All of it has been shown already.
    pub(super) fn told(mut self) -> Self {
        self.told = Told::Everything;
        self
    }

    /// Adds what is wrong with the sheet.
    pub(super) fn about(mut self, problems: Problems) -> Self {
        self.problems = Some(Box::new(problems));
        self
    }

    /// Adds a suggestion.
    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

impl From<SavedPlanError> for Failure {
    fn from(error: SavedPlanError) -> Self {
        let (ending, reason) = if error.is_mismatch() {
            (Ending::Stopped, Reason::ChangedSincePlan)
        } else {
            (Ending::CouldNotStart, Reason::File)
        };
        let mut failure = Self::of(ending, reason, &error);
        failure.details.extend_from_slice(error.details());
        failure.help.extend(error.help().map(str::to_owned));
        failure
    }
}

/// Shown as `error: …`, the details, the findings, `help: …`; with colours as ANSI sequences.
impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.told == Told::Everything {
            return Ok(());
        }
        // Quoted text must not look like a separate line of output.
        writeln!(out, "{} {}", label(Severity::Error), clean(&self.message, 2_000))?;
        if self.told == Told::Nothing {
            for detail in &self.details {
                writeln!(out, "  {detail}")?;
            }
        }
        let are_steps = self.help_form == HelpForm::FirstSteps;
        if are_steps {
            for step in &self.help {
                writeln!(out, "  {step}")?;
            }
        }
        let is_in_the_steps = |finding: &&Finding| are_steps && finding.unset.is_some();
        for finding in self.findings.iter().filter(|finding| !is_in_the_steps(finding)) {
            write!(out, "\n{}", told(finding))?;
        }
        if are_steps {
            return Ok(());
        }
        if !self.findings.is_empty() && !self.help.is_empty() {
            writeln!(out)?;
        }
        for help in &self.help {
            writeln!(out, "{} {help}", paint(HELP, "help:"))?;
        }
        Ok(())
    }
}

/// A cause as a detail.
pub(super) fn caused_by(cause: impl fmt::Display) -> String {
    format!("caused by: {cause}")
}

/// A finding as it is shown.
pub(super) fn told(finding: &Finding) -> String {
    let first = format!("{} {finding}\n", label(finding.severity));
    let help = finding.help.lines();
    help.fold(first, |told, help| format!("{told}  {} {help}\n", paint(HELP, "help:")))
}

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();

fn label(severity: Severity) -> String {
    match severity {
        Severity::Error => paint(ERROR, "error:"),
        Severity::Warning => paint(WARNING, "warning:"),
    }
}

fn paint(style: Style, word: &str) -> String {
    format!("{style}{word}{style:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn a_failure_shows_what_why_and_what_to_do() {
        let error = std::io::Error::other("disk full");
        let failure = Failure {
            details: vec![caused_by(&error)],
            ..Failure::new(Ending::CouldNotStart, Reason::File, "failed to write `x`")
        };
        assert_eq!(
            plain(&failure.with_help("free some space").to_string()),
            "error: failed to write `x`\n  caused by: disk full\nhelp: free some space\n"
        );
    }

    #[test]
    fn a_cause_that_the_message_has_told_is_not_told_again() {
        #[derive(Debug, thiserror::Error)]
        #[error("failed to open `x`: {0}")]
        struct Repeating(#[source] std::io::Error);

        let failure = Failure::of(
            Ending::CouldNotStart,
            Reason::File,
            &Repeating(std::io::Error::other("no such file")),
        );
        assert_eq!(plain(&failure.to_string()), "error: failed to open `x`: no such file\n");
    }

    #[test]
    fn a_configuration_shows_every_finding_and_counts_the_errors() {
        let finding = |severity, what: &str| Finding {
            severity,
            place: "`uri`".to_owned(),
            what: what.to_owned(),
            help: "write it".to_owned(),
            unset: None,
        };
        let failure = Failure::configuration(vec![
            finding(Severity::Error, "is missing"),
            finding(Severity::Warning, "is odd"),
        ]);
        assert_eq!(
            plain(&failure.to_string()),
            "error: the configuration has 1 problem\n\
             \nerror: `uri`: is missing\n  help: write it\n\
             \nwarning: `uri`: is odd\n  help: write it\n\
             \nhelp: docs/configuration.md explains every key and variable\n"
        );
    }
}
