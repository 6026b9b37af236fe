//! What came of writing the configuration file.

use std::path::Path;

use super::{Blame, Check, Finding, Outcome};
use crate::settings::Difference;

/// How the configuration file came to hold what was found, or did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileOutcome {
    /// It was made, with this profile.
    Made,
    /// The profile was added to those that it had.
    Added,
    /// It has the profile already, and says the same.
    TheSame,
    /// It has the profile already, and says this otherwise or not at all.
    Different(Vec<Difference>),
    /// It was not touched, because something failed that it rests on.
    Untried,
    /// It would not be a file that can be read any more, or not mean what was found.
    Unfit,
    /// It could not be written, for this reason.
    Refused(String),
}

/// What is told of it; `next` is the command to go on with.
pub fn file(path: &Path, profile: &str, outcome: FileOutcome, text: &str, next: &str) -> Finding {
    let ok = |what: String| Finding::new(Check::Configuration, Outcome::Ok, what).with_help(format!("next: {next}"));
    let failed = Outcome::Failed(Blame::Surroundings);
    let failure = |what: String| Finding::new(Check::Configuration, failed, what);
    let lines = || text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned);
    let finding = match outcome {
        FileOutcome::Made => ok(format!("written, with the profile `{profile}` and without a secret")),
        FileOutcome::Added => ok(format!(
            "the profile `{profile}` was added, without a secret; the rest is as it was"
        )),
        FileOutcome::TheSame => ok(format!(
            "the profile `{profile}` says all of this already, so nothing was written"
        )),
        FileOutcome::Different(differences) => {
            let mut finding = failure(format!(
                "the profile `{profile}` is there and says otherwise, so nothing was written"
            ));
            finding.details = differences.iter().map(difference).collect();
            finding
                .with_help("change these lines by hand, or leave out the flags and variables that say so")
                .with_help("`--profile NAME` writes a profile of another name, `--config FILE` another file")
        }
        FileOutcome::Untried => Finding::new(
            Check::Configuration,
            Outcome::Skipped,
            "not written, because what failed above may be a wrong value",
        )
        .with_help("mend that, and type the same command again"),
        FileOutcome::Unfit => {
            let mut finding = failure(format!("the profile `{profile}` cannot be added to what is there"));
            finding.details.extend(lines());
            finding.with_help("put these lines in by hand, or name another file with `--config FILE`")
        }
        FileOutcome::Refused(reason) => {
            let mut finding = failure(format!("not written: {reason}"));
            finding.details.extend(lines());
            finding.with_help("name a file that can be written with `--config FILE`, or write these lines by hand")
        }
    };
    finding.about(path.display().to_string())
}

fn difference(difference: &Difference) -> String {
    match &difference.now {
        Some(now) => format!("{} (now: {now})", difference.line),
        None => format!("{} (not in it)", difference.line),
    }
}
