//! What came of writing the configuration file.

use std::path::Path;

use super::{Blame, Check, Finding};
use crate::settings::Contradiction;

/// How the configuration file came to hold what was found, or did not. Lines are those that would have been written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileOutcome {
    /// It was made, with this profile.
    Made,
    /// The profile was added to those that it had.
    Added,
    /// It has the profile, to which these lines were added.
    Completed(Vec<String>),
    /// It has the profile already, and says the same.
    TheSame,
    /// It has the profile already, and says this otherwise.
    Contradicted(Vec<Contradiction>),
    /// It was not touched, because something failed that it rests on.
    Untried,
    /// It would not be a file that can be read any more, or not mean what was found.
    Unfit(Vec<String>),
    /// It could not be written.
    Refused {
        /// Why not.
        reason: String,
        /// What it would have held.
        lines: Vec<String>,
    },
}

/// What is told of it; `next` is the command to go on with.
pub fn file(path: &Path, profile: &str, outcome: FileOutcome, next: &str) -> Finding {
    let ok = |what: String| Finding::ok(Check::Configuration, what).with_help(format!("next: {next}"));
    let failure = |what: String, details: Vec<String>| Finding {
        details,
        ..Finding::failed(Check::Configuration, Blame::Surroundings, what)
    };
    let finding = match outcome {
        FileOutcome::Made => ok(format!("written, with the profile `{profile}` and without a secret")),
        FileOutcome::Added => ok(format!(
            "the profile `{profile}` was added, without a secret; the rest is as it was"
        )),
        FileOutcome::Completed(lines) => Finding {
            details: lines,
            ..ok(format!(
                "the profile `{profile}` did not say all of this yet, which was added; the rest is as it was"
            ))
        },
        FileOutcome::TheSame => ok(format!(
            "the profile `{profile}` says all of this already, so nothing was written"
        )),
        FileOutcome::Contradicted(contradictions) => failure(
            format!("the profile `{profile}` is there and says otherwise, so nothing was written"),
            contradictions.iter().map(contradiction).collect(),
        )
        .with_help(
            "change these lines by hand, or leave out the flags and variables that say so, and type the same again",
        )
        .with_help("`--profile NAME` writes a profile of another name, `--config FILE` another file"),
        FileOutcome::Untried => Finding::skipped(
            Check::Configuration,
            "not written, because what failed above may be a wrong value",
        )
        .with_help("mend that, and type the same command again"),
        FileOutcome::Unfit(lines) => failure(
            format!("what the profile `{profile}` has to say cannot be added to what is there"),
            lines,
        )
        .with_help("put these lines in by hand, or name another file with `--config FILE`"),
        FileOutcome::Refused { reason, lines } => failure(format!("not written: {reason}"), lines)
            .with_help("name a file that can be written with `--config FILE`, or write these lines by hand"),
    };
    finding.about(path.display().to_string())
}

fn contradiction(contradiction: &Contradiction) -> String {
    let Contradiction { line, now, place } = contradiction;
    format!("{line} (now: {now}, {place})")
}
