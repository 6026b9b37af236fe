//! Findings as people read them.

use std::fmt::Write;
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::{Finding, Outcome};
use crate::text::{clean, duration, wrapped};

/// Where what was found begins, right of the word that says how it came out.
const MARGIN: usize = 9;

/// The same on a terminal that has no room for it.
const NARROW_MARGIN: usize = 2;

/// A terminal that is less wide is narrow.
const NARROW: usize = 60;

/// The most letters of one line of a finding: more is not read.
const MOST: usize = 2_000;

const GOOD: Style = AnsiColor::Green.on_default();
const WORTH_A_LOOK: Style = AnsiColor::Yellow.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();
const FAINT: Style = Style::new().dimmed();

/// What people read of one finding, or of several that are told together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What was looked at.
    pub title: String,
    /// What came of it, of several as of one.
    pub finding: Finding,
}

impl From<Finding> for Block {
    fn from(finding: Finding) -> Self {
        let title = finding.title();
        Self { title, finding }
    }
}

impl Block {
    /// Its lines for people, with colours as ANSI sequences, in lines of at most `width` characters where that is given.
    /// How it came out is a word at the beginning of the first line.
    pub fn shown(&self, width: Option<usize>) -> String {
        let finding = &self.finding;
        let (word, style) = word(finding.outcome);
        let width = width.unwrap_or(usize::MAX);
        let margin = if width < NARROW { NARROW_MARGIN } else { MARGIN };
        let took = finding
            .took
            .map(|took| format!(" ({})", time(took)))
            .unwrap_or_default();
        let told = clean(&format!("{}: {}{took}", self.title, finding.what), MOST);
        // On a narrow terminal the first line begins farther to the right than the others.
        let begin = margin.max(word.len() + 2);
        let room = |margin: usize| width.saturating_sub(margin).max(1);
        let mut lines = wrapped(&told, room(begin)).into_iter();
        let first = lines.next().unwrap_or_default();
        let rest = lines.collect::<Vec<_>>().join(" ");
        let (indent, padding) = (" ".repeat(margin), " ".repeat(begin - word.len()));
        let mut out = format!("{style}{word}{style:#}{padding}{first}\n");
        for line in wrapped(&rest, room(margin)) {
            let _ = writeln!(out, "{indent}{line}");
        }
        for detail in &finding.details {
            for line in wrapped(&clean(detail, MOST), room(margin + 2)) {
                let _ = writeln!(out, "{indent}  {FAINT}{line}{FAINT:#}");
            }
        }
        for help in &finding.help {
            let mut label = format!("{HELP}help:{HELP:#}");
            for line in wrapped(&clean(help, MOST), room(margin + 6)) {
                let _ = writeln!(out, "{indent}{label} {line}");
                label = " ".repeat(5);
            }
        }
        out
    }
}

/// Told by more than its colour.
fn word(outcome: Outcome) -> (&'static str, Style) {
    match outcome {
        Outcome::Ok => ("ok", GOOD),
        Outcome::Warning => ("warning", WORTH_A_LOOK),
        Outcome::Failed(_) => ("FAILED", BAD),
        Outcome::Skipped => ("skipped", FAINT),
    }
}

fn time(took: Duration) -> String {
    if took < Duration::from_secs(1) {
        format!("{} ms", took.as_millis())
    } else {
        duration(took)
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::super::{Blame, Check};
    use super::*;

    fn plain(finding: &Finding, width: Option<usize>) -> String {
        anstream::adapter::strip_str(&Block::from(finding.clone()).shown(width)).to_string()
    }

    fn failure() -> Finding {
        Finding::failed(
            Check::Token,
            Blame::SignIn,
            "the server gives no token (`invalid_client`)",
        )
        .with_detail("asked at https://cloud.uipath.com/identity_/connect/token")
        .with_help("make a new secret in the portal")
        .after(Duration::from_millis(1_240))
    }

    #[test]
    fn a_finding_has_a_word_what_was_found_how_long_it_took_and_what_to_do() {
        assert_eq!(
            plain(&failure(), None),
            "FAILED   Sign-in: the server gives no token (`invalid_client`) (1.2 s)\n           \
             asked at https://cloud.uipath.com/identity_/connect/token\n         \
             help: make a new secret in the portal\n"
        );
        let found = Finding::ok(Check::Route, "answers").about("users");
        assert_eq!(
            plain(&found.after(Duration::from_millis(12)), None),
            "ok       Routes, users: answers (12 ms)\n"
        );
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_from_thirty_columns_on_but_for_a_word_that_is() {
        for check in Check::iter() {
            for outcome in [
                Outcome::Ok,
                Outcome::Warning,
                Outcome::Failed(Blame::Surroundings),
                Outcome::Skipped,
            ] {
                let finding = Finding {
                    check,
                    outcome,
                    ..failure()
                };
                let whole = plain(&finding, None);
                for width in 30..140 {
                    let shown = plain(&finding, Some(width));
                    for line in shown.lines().filter(|line| line.chars().count() > width) {
                        assert_eq!(line.split_whitespace().count(), 1, "{width}: {line}");
                    }
                    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
                    assert_eq!(words(&shown), words(&whole), "{width}");
                }
            }
        }
    }

    #[test]
    fn each_outcome_has_a_word_of_its_own_besides_its_colour() {
        let outcomes = [
            Outcome::Ok,
            Outcome::Warning,
            Outcome::Failed(Blame::SignIn),
            Outcome::Skipped,
        ];
        let words: std::collections::BTreeSet<_> = outcomes.iter().map(|outcome| word(*outcome).0).collect();
        assert_eq!(words.len(), outcomes.len());
    }
}
