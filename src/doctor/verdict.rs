//! What all findings together come to.

use super::{Blame, Check, Finding, Outcome};
use crate::text::plural;

/// What all findings together come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What failed first, and whose fault that is; `None` where nothing failed.
    pub first: Option<(Check, Blame)>,
    /// In a sentence without a full stop.
    pub words: String,
}

impl Verdict {
    /// Of these findings, in the order in which they were made.
    pub fn of(findings: &[Finding]) -> Self {
        let count = |counts: fn(Outcome) -> bool| findings.iter().filter(|finding| counts(finding.outcome)).count();
        let failed = count(Outcome::is_failure);
        let warnings = count(|outcome| outcome == Outcome::Warning);
        let skipped = count(|outcome| outcome == Outcome::Skipped);
        let tried = findings.len() - skipped;
        let mut words = match (failed, warnings) {
            (0, 0) => format!("{} made, and nothing is wrong", plural(tried, "check")),
            (0, _) => format!(
                "{} made, and nothing failed; {}",
                plural(tried, "check"),
                plural(warnings, "warning")
            ),
            (_, 0) => format!("{failed} of {} failed", plural(tried, "check")),
            (_, _) => format!(
                "{failed} of {} failed; {}",
                plural(tried, "check"),
                plural(warnings, "warning")
            ),
        };
        if skipped > 0 {
            words = format!("{words}; {skipped} skipped");
        }
        let mut failures = findings.iter().filter_map(|finding| match finding.outcome {
            Outcome::Failed(blame) => Some((finding, blame)),
            Outcome::Ok | Outcome::Warning | Outcome::Skipped => None,
        });
        let first = failures.next();
        if let Some((finding, _)) = first {
            let subject = match finding.subject.as_str() {
                "" => String::new(),
                subject => format!(", {subject}"),
            };
            words = format!(
                "{words}; first mend {}{subject}: {}",
                finding.check.title(),
                finding.what
            );
        }
        Self {
            first: first.map(|(finding, blame)| (finding.check, blame)),
            words,
        }
    }
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
                "2 checks made, and nothing failed; 1 warning",
            ),
            (
                vec![ok.clone(), warning, token.clone(), route.clone(), skipped],
                Some((Check::Token, Blame::SignIn)),
                "2 of 4 checks failed; 1 warning; 1 skipped; first mend Sign-in: it is so",
            ),
            (
                vec![route, token, ok],
                Some((Check::Route, Blame::Surroundings)),
                "2 of 3 checks failed; first mend Routes, users: it is so",
            ),
        ] {
            let verdict = Verdict::of(&findings);
            assert_eq!((verdict.first, verdict.words.as_str()), (first, words));
        }
    }
}
