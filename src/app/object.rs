//! The JSON object that a command prints when it ends, whichever way it ends.

use std::io::{self, Write};

use serde::Serialize;

use super::ending::Ended;
use super::failure::Failure;
use super::organization::label::OrganizationShape;
use crate::problem::Problems;
use crate::report::{ProblemsShape, problems_shape, write_json};
use crate::settings::Finding;

/// How a command ended and why, then what it is about. `docs/json.md` is its contract; the member names are
/// stable.
#[derive(Serialize)]
pub(super) struct Object<'a, T> {
    status: &'static str,
    reason: &'static str,
    exit_code: u8,
    message: &'a str,
    details: Vec<String>,
    help: &'a [String],
    #[serde(skip_serializing_if = "About::is_none")]
    organization: About<'a>,
    /// What was found in the sheet that was planned or run.
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<ProblemsShape<'a>>,
    #[serde(flatten)]
    about: &'a T,
}

/// The organization that was read or worked on.
#[derive(Serialize)]
#[serde(untagged)]
enum About<'a> {
    /// The command is about none.
    None,
    /// It can be about one, and none was asked: `null`.
    Nobody,
    /// This one.
    Organization(OrganizationShape<'a>),
}

impl About<'_> {
    fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

impl<'a, T: Serialize> Object<'a, T> {
    /// Of a command that did its work, however that came out; `message` says it in a sentence.
    pub(super) fn of(ended: Ended, message: &'a str, about: &'a T) -> Self {
        Self {
            status: ended.status().as_str(),
            reason: ended.reason.as_str(),
            exit_code: ended.ending.code(),
            message,
            details: Vec::new(),
            help: &[],
            organization: About::None,
            sheet: None,
            about,
        }
    }

    /// The same, with what to do.
    pub(super) fn with_help(self, help: &'a [String]) -> Self {
        Self { help, ..self }
    }

    /// The same, with the organization that it is about; `None` where none was asked.
    pub(super) fn with_organization(self, organization: impl Into<Option<OrganizationShape<'a>>>) -> Self {
        Self {
            organization: organization.into().map_or(About::Nobody, About::Organization),
            ..self
        }
    }

    /// The same, with what was found in the sheet.
    pub(super) fn with_sheet(self, problems: &'a Problems) -> Self {
        Self {
            sheet: Some(problems_shape(problems)),
            ..self
        }
    }
}

/// Writes a failure as the object that its command prints.
pub(super) fn write_failure(failure: &Failure, out: &mut dyn Write) -> io::Result<()> {
    let plain = |line: &String| anstream::adapter::strip_str(line).to_string();
    let about = OfFailure {
        settings_problems: &failure.findings,
    };
    let object = Object {
        details: failure.details.iter().map(plain).collect(),
        help: &failure.help,
        sheet: failure.problems.as_deref().map(problems_shape),
        ..Object::of(failure.ended, &failure.message, &about)
    };
    write_json(&object, out)
}

/// What is wrong with the configuration or with flags, where that is what is wrong.
#[derive(Serialize)]
struct OfFailure<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    settings_problems: &'a [Finding],
}
