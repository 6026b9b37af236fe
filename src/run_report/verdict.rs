//! What results come to, in one sentence that a head of department understands.

use super::fold::RunReport;
use super::outcome::Counts;
use super::words::in_words;
use crate::model::{OperationKind, Status};
use crate::page::Tone;
use crate::text::{choose, joined, number};

/// How many sheets are named.
const MOST_NAMED: usize = 5;

/// The sentence, and how it is meant.
pub fn verdict(report: &RunReport) -> (String, Tone) {
    let rows = &report.rows;
    if rows.asked() + rows.twice == 0 {
        return (
            "Nothing was asked for: the results hold no row.".to_owned(),
            Tone::Plain,
        );
    }
    let subject = Subject::of(report);
    let counts = subject.counts(report);
    let mut parts = vec![headline(&subject, counts)];
    let unknown = unknown(report);
    // Of people, the worst of their rows counts.
    let needs = counts.needs_attention;
    if needs > 0 && needs != counts.asked() {
        parts.push(in_words(needs, "needs attention", "need attention"));
    }
    if counts.waits > 0 && counts.waits != counts.asked() {
        parts.push(in_words(counts.waits, "waits", "wait") + for_what(report));
    }
    if counts.not_reached > 0 && counts.not_reached != counts.asked() {
        parts.push(in_words(counts.not_reached, "was not reached", "were not reached"));
    }
    let mut sentences = vec![format!("{}.", parts.join("; "))];
    if unknown > 0 {
        let rows = choose(unknown, "one row".to_owned(), format!("{} rows", number(unknown)));
        sentences.push(format!("What became of {rows} is not certain yet."));
    }
    if report.runs.last().is_some_and(super::runs::RunFacts::was_cut_off) {
        sentences.push("The last run was cut off.".to_owned());
    }
    let undone = report.files.iter().filter_map(|file| file.undone_by.as_deref());
    let undone: Vec<&str> = undone.collect();
    if !undone.is_empty() {
        let runs = choose(undone.len(), "a run", "runs");
        let by = joined(&undone, MOST_NAMED);
        sentences.push(format!("Since then {runs} of {by} undid what was done, or part of it."));
    }
    (sentences.join(" "), tone(counts))
}

/// What the sentence counts: people, groups or rows.
pub(super) fn counted(report: &RunReport) -> &Counts {
    Subject::of(report).counts(report)
}

fn tone(counts: &Counts) -> Tone {
    if counts.needs_attention > 0 {
        Tone::Bad
    } else if counts.waits + counts.not_reached > 0 {
        Tone::Waiting
    } else {
        Tone::Good
    }
}

fn unknown(report: &RunReport) -> u64 {
    let of = |status: Status| report.statuses.get(&status).copied().unwrap_or_default();
    of(Status::InDoubt) + of(Status::Started)
}

fn for_what(report: &RunReport) -> &'static str {
    match (report.waits.invitations, report.waits.dates) {
        (_, 0) => " for an invitation to be accepted",
        (0, _) => " for a date",
        _ => "",
    }
}

/// What is counted, and what it is to be.
struct Subject {
    what: What,
    /// `set up`, of somebody for whom everything was done.
    is: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    People,
    Groups,
    Rows,
}

impl Subject {
    fn of(report: &RunReport) -> Self {
        let (people, groups) = (report.people.asked(), report.groups.asked());
        let what = match (people, groups) {
            (0, 0) => What::Rows,
            (_, 0) => What::People,
            (0, _) => What::Groups,
            _ => What::Rows,
        };
        let kinds = report.operations.keys().copied();
        Self {
            what,
            is: brought_about(kinds),
        }
    }

    fn counts<'r>(&self, report: &'r RunReport) -> &'r Counts {
        match self.what {
            What::People => &report.people,
            What::Groups => &report.groups,
            What::Rows => &report.rows,
        }
    }

    fn noun(&self, count: u64) -> &'static str {
        match (self.what, count) {
            (What::People, 1) => "person",
            (What::People, _) => "people",
            (What::Groups, 1) => "group",
            (What::Groups, _) => "groups",
            (What::Rows, 1) => "row",
            (What::Rows, _) => "rows",
        }
    }
}

/// What is so of somebody for whom all of these were done.
fn brought_about(kinds: impl Iterator<Item = Option<OperationKind>>) -> &'static str {
    let mut all: Option<&'static str> = None;
    for kind in kinds.flatten() {
        let one = match kind {
            OperationKind::Invite | OperationKind::Create => "set up",
            // A newcomer gets groups and licences in rows of their own.
            OperationKind::AddToGroups | OperationKind::AddLicenses if all == Some("set up") => "set up",
            OperationKind::Delete => "deleted",
            OperationKind::Offboard => "offboarded",
            OperationKind::Migrate => "moved",
            _ => "as asked for",
        };
        match all {
            Some(other) if other != one => return "as asked for",
            _ => all = Some(one),
        }
    }
    all.unwrap_or("as asked for")
}

fn headline(subject: &Subject, counts: &Counts) -> String {
    let (asked, well, is) = (counts.asked(), counts.well(), subject.is);
    let noun = subject.noun(asked);
    match (well, asked) {
        (_, 0) => format!("Every {} stands twice", subject.noun(1)),
        (1, 1) => format!("The one {noun} is {is}"),
        (0, 1) if counts.needs_attention == 1 => format!("The one {noun} is not {is}, and needs attention"),
        (0, 1) if counts.waits == 1 => format!("The one {noun} waits"),
        (0, 1) => format!("The one {noun} was not reached"),
        (0, _) if counts.waits == asked => format!("All {} {noun} wait", number(asked)),
        (0, _) if counts.not_reached == asked => format!("None of the {} {noun} was reached", number(asked)),
        (0, _) if counts.needs_attention == asked => {
            format!("None of the {} {noun} is {is}: all need attention", number(asked))
        }
        (0, _) => format!("None of the {} {noun} is {is} yet", number(asked)),
        (well, asked) if well == asked && asked == 2 => format!("Both {noun} are {is}"),
        (well, asked) if well == asked => format!("All {} {noun} are {is}", number(asked)),
        (1, _) => format!("1 of {} {noun} is {is}", number(asked)),
        (well, _) => format!("{} of {} {noun} are {is}", number(well), number(asked)),
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::run_report::{Masking, Outcome, fold};

    /// What so many people of each outcome come to, by rows of this operation.
    fn told(kind: OperationKind, outcomes: &[(Outcome, u64)]) -> String {
        let (mut report, _) = fold(&[], Masking::Shown, &mut |_| ControlFlow::Continue(())).unwrap();
        for (outcome, count) in outcomes {
            for _ in 0..*count {
                report.people.add(*outcome);
                report.rows.add(*outcome);
                report.operations.entry(Some(kind)).or_default().add(*outcome);
            }
        }
        verdict(&report).0
    }

    #[test]
    fn a_job_comes_to_a_sentence_that_says_for_how_many_it_is_done_and_what_is_left() {
        use Outcome::{AlreadySo, Done, Needs, NotReached, Waits};
        for (kind, outcomes, expected) in [
            (
                OperationKind::Invite,
                &[][..],
                "Nothing was asked for: the results hold no row.",
            ),
            (OperationKind::Invite, &[(Done, 1)], "The one person is set up."),
            (
                OperationKind::Create,
                &[(Done, 1), (AlreadySo, 1)],
                "Both people are set up.",
            ),
            (
                OperationKind::Invite,
                &[(Done, 36), (AlreadySo, 2), (Needs, 2)],
                "38 of 40 people are set up; 2 need attention.",
            ),
            (
                OperationKind::Offboard,
                &[(Done, 1_200)],
                "All 1,200 people are offboarded.",
            ),
            (
                OperationKind::Delete,
                &[(Needs, 3)],
                "None of the 3 people is deleted: all need attention.",
            ),
            (
                OperationKind::Delete,
                &[(Needs, 1)],
                "The one person is not deleted, and needs attention.",
            ),
            (OperationKind::Migrate, &[(Waits, 5)], "All 5 people wait."),
            (
                OperationKind::Migrate,
                &[(Waits, 1), (Done, 1), (NotReached, 2)],
                "1 of 4 people is moved; 1 waits for an invitation to be accepted; 2 were not reached.",
            ),
            (
                OperationKind::Update,
                &[(NotReached, 3)],
                "None of the 3 people was reached.",
            ),
        ] {
            assert_eq!(told(kind, outcomes), expected, "{kind} {outcomes:?}");
        }
    }
}
