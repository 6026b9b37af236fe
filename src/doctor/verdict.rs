//! What all findings together come to.

use super::{Blame, Check, Finding, Outcome};
use crate::text::{number, plural};

/// What all findings together come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What failed first, and whose fault that is; `None` where nothing failed.
    pub first: Option<(Check, Blame)>,
    /// What to mend or to look at first; `None` where nothing is wrong.
    to_do: Option<String>,
    /// How many came out how.
    counts: String,
}

impl Verdict {
    /// Of these findings, in the order in which they were made.
    pub fn of(findings: &[Finding]) -> Self {
        let mut failures = findings.iter().filter_map(|finding| match finding.outcome {
            Outcome::Failed(blame) => Some((finding, blame)),
            Outcome::Ok | Outcome::Warning | Outcome::Skipped => None,
        });
        let first = failures.next();
        let warning = || findings.iter().find(|finding| finding.outcome == Outcome::Warning);
        let to_do = match first {
            Some((finding, _)) => Some(format!("first mend {}", named(finding))),
            None => warning().map(|finding| format!("worth a look: {}", named(finding))),
        };
        Self {
            first: first.map(|(finding, blame)| (finding.check, blame)),
            to_do,
            counts: counts(findings),
        }
    }

    /// A line for what to do first, if there is anything, and one for the numbers.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.to_do.iter().chain([&self.counts]).map(String::as_str)
    }

    /// The same in a sentence without a full stop.
    pub fn words(&self) -> String {
        self.lines().collect::<Vec<_>>().join("; ")
    }
}

fn named(finding: &Finding) -> String {
    format!("{}: {}", finding.title(), finding.what)
}

fn counts(findings: &[Finding]) -> String {
    let count = |counts: fn(Outcome) -> bool| findings.iter().filter(|finding| counts(finding.outcome)).count();
    let failed = count(Outcome::is_failure);
    let failures = number(failed);
    let warnings = count(|outcome| outcome == Outcome::Warning);
    let skipped = count(|outcome| outcome == Outcome::Skipped);
    let tried = plural(findings.len() - skipped, "check");
    let mut words = match (failed, warnings) {
        (0, 0) => format!("{tried} made, and nothing is wrong"),
        (0, _) => format!("{tried} made, and nothing failed; {}", plural(warnings, "warning")),
        (_, 0) => format!("{failures} of {tried} failed"),
        (_, _) => format!("{failures} of {tried} failed; {}", plural(warnings, "warning")),
    };
    if skipped > 0 {
        words = format!("{words}; {} skipped", number(skipped));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(check: Check, outcome: Outcome) -> Finding {
        Finding::new(check, outcome, "it is so")
    }

    #[test]
    fn the_first_failure_decides_and_is_what_to_mend_first() {
        let ok = found(Check::Configuration, Outcome::Ok);
        let warning = found(Check::StateFolder, Outcome::Warning);
        let token = found(Check::Token, Outcome::Failed(Blame::SignIn));
        let route = found(Check::Route, Outcome::Failed(Blame::Surroundings)).about("users");
        let skipped = found(Check::Quota, Outcome::Skipped);
        for (findings, first, words) in [
            (vec![ok.clone()], None, "1 check made, and nothing is wrong"),
            (
                vec![ok.clone(), warning.clone()],
                None,
                "worth a look: State folder: it is so; 2 checks made, and nothing failed; 1 warning",
            ),
            (
                vec![ok.clone(), warning, token.clone(), route.clone(), skipped],
                Some((Check::Token, Blame::SignIn)),
                "first mend Sign-in: it is so; 2 of 4 checks failed; 1 warning; 1 skipped",
            ),
            (
                vec![route, token, ok],
                Some((Check::Route, Blame::Surroundings)),
                "first mend Routes, users: it is so; 2 of 3 checks failed",
            ),
        ] {
            let verdict = Verdict::of(&findings);
            assert_eq!((verdict.first, verdict.words().as_str()), (first, words));
        }
    }
}
