//! What people are told of findings that belong together: where all is well a line for several, and where one cause shows
//! in several places its help once.

use strum::IntoEnumIterator;

use super::shown::Block;
use super::{Check, Finding, LicenseRead, Outcome, Route};
use crate::text::joined;

/// What is told of the way to servers and of what the services answer. `in_full` tells each finding for itself.
pub fn overview(findings: &[Finding], in_full: bool) -> Vec<Block> {
    if in_full {
        return findings.iter().cloned().map(Block::from).collect();
    }
    let (of_the_way, others): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().partition(|finding| WAY.contains(&finding.check));
    let (of_routes, others): (Vec<&Finding>, Vec<&Finding>) =
        others.into_iter().partition(|finding| ROUTES.contains(&finding.check));
    let (before, after): (Vec<&Finding>, Vec<&Finding>) =
        others.into_iter().partition(|finding| finding.check < ROUTES[0]);
    let mut blocks = way(&of_the_way);
    blocks.extend(before.into_iter().map(in_brief));
    blocks.extend(routes(&of_routes));
    blocks.extend(after.into_iter().map(in_brief));
    folded(blocks)
}

/// What could not be tried one after another for the same reason, in one.
fn folded(blocks: Vec<Block>) -> Vec<Block> {
    let mut folded = Vec::<Block>::new();
    for block in blocks {
        match folded.last_mut() {
            Some(last) if is_skipped_alike(&last.finding, &block.finding) => {
                last.title = format!("{}; {}", last.title, block.title);
            }
            _ => folded.push(block),
        }
    }
    folded
}

fn is_skipped_alike(one: &Finding, other: &Finding) -> bool {
    one.outcome == Outcome::Skipped && other.outcome == one.outcome && other.what == one.what
}

/// What is looked at by asking route after route.
const ROUTES: [Check; 2] = [Check::Route, Check::LicenseReads];

/// What is looked at for each server.
const WAY: [Check; 4] = [Check::Proxy, Check::Dns, Check::Tls, Check::Clock];

/// Where a server is reached as it should be, a line for it.
fn way(findings: &[&Finding]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let of_servers = findings.chunk_by(|one, other| one.subject == other.subject);
    for of_server in of_servers {
        let is_well = of_server.len() > 1 && of_server.iter().all(|finding| finding.outcome == Outcome::Ok);
        let connection = of_server.iter().find(|finding| finding.check == Check::Tls);
        match connection {
            Some(connection) if is_well => blocks.push(Block {
                title: format!("Network, {}", connection.subject),
                finding: Finding {
                    what: format!("{}; proxy, name and clock are right", connection.what),
                    details: Vec::new(),
                    ..(*connection).clone()
                },
            }),
            _ => blocks.extend(of_server.iter().map(|finding| in_brief(finding))),
        }
    }
    blocks
}

/// One finding, without what only matters where something is wrong.
fn in_brief(finding: &Finding) -> Block {
    let mut finding = finding.clone();
    let is_told_where_wrong = matches!(finding.check, Check::Tls | Check::Clock | Check::Dns | Check::Quota);
    if finding.outcome == Outcome::Ok && is_told_where_wrong {
        finding.details.clear();
    }
    finding.into()
}

fn routes(findings: &[&Finding]) -> Vec<Block> {
    let mut blocks = Vec::new();
    blocks.extend(well(findings, Check::Route, |subjects| format!("{subjects} answer")));
    let mut left: Vec<&Finding> = findings
        .iter()
        .copied()
        .filter(|finding| finding.outcome != Outcome::Ok && !is_told_by_read(finding))
        .collect();
    while !left.is_empty() {
        let first = left.remove(0);
        let is_of_one_cause =
            |other: &&Finding| first.outcome != Outcome::Skipped && !first.help.is_empty() && other.help == first.help;
        let (same, others) = left.into_iter().partition::<Vec<_>, _>(is_of_one_cause);
        left = others;
        blocks.push(of_one_cause(first, &same));
    }
    blocks.extend(well(findings, Check::LicenseReads, |subjects| {
        format!("{subjects} as they should be")
    }));
    blocks
}

/// Whether a finding is about one of several routes that tell the same: how it stands with what they tell is said where
/// they are looked at together.
fn is_told_by_read(finding: &Finding) -> bool {
    let of_reads = |read: LicenseRead| read.routes().iter().copied().map(Route::as_str);
    let mut routes = LicenseRead::iter().flat_map(of_reads);
    finding.check == Check::Route && routes.any(|route| route == finding.subject)
}

/// All of a check that are as they should be, in a line.
fn well(findings: &[&Finding], check: Check, words: impl Fn(&str) -> String) -> Option<Block> {
    let is_well =
        |finding: &&&Finding| finding.check == check && finding.outcome == Outcome::Ok && !is_told_by_read(finding);
    let subjects: Vec<&str> = findings
        .iter()
        .filter(is_well)
        .map(|finding| finding.subject.as_str())
        .collect();
    (!subjects.is_empty()).then(|| Finding::ok(check, words(&joined(&subjects, subjects.len()))).into())
}

/// The first of them with its title, and a line for each of the others among its details; the help once.
fn of_one_cause(first: &Finding, others: &[&Finding]) -> Block {
    let (alike, others): (Vec<&Finding>, Vec<&Finding>) = others
        .iter()
        .copied()
        .partition(|finding| finding.check == first.check && finding.what == first.what);
    let mut finding = first.clone();
    if !alike.is_empty() {
        let subjects: Vec<&str> = std::iter::once(first)
            .chain(alike.iter().copied())
            .map(|finding| finding.subject.as_str())
            .collect();
        finding.subject = joined(&subjects, subjects.len());
        finding.took = None;
    }
    for detail in alike.iter().flat_map(|finding| &finding.details) {
        if !finding.details.contains(detail) {
            finding.details.push(detail.clone());
        }
    }
    finding.details.extend(others.iter().map(|finding| in_a_line(finding)));
    let all = alike.iter().chain(&others).map(|finding| finding.outcome);
    // What fails is said before what is only worth knowing.
    finding.outcome = all
        .chain([first.outcome])
        .find(|outcome| outcome.is_failure())
        .unwrap_or(first.outcome);
    finding.into()
}

/// What it means, where the cause has been told.
fn in_a_line(finding: &Finding) -> String {
    let read = LicenseRead::iter().find(|read| read.as_str() == finding.subject);
    match read {
        Some(read) if finding.check == Check::LicenseReads => read.consequence(),
        _ => format!("{}: {}", finding.subject, finding.what),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Blame;
    use super::*;

    fn found(check: Check, subject: &str, outcome: Outcome, help: &str) -> Finding {
        let finding = Finding::new(check, outcome, "it is so")
            .about(subject)
            .with_detail("more of it");
        if help.is_empty() {
            finding
        } else {
            finding.with_help(help)
        }
    }

    #[test]
    fn findings_of_one_cause_are_one_block_with_the_worst_outcome_and_every_help_is_told_once() {
        let failed = Outcome::Failed(Blame::Permission);
        let findings = [
            found(Check::Route, "users", Outcome::Warning, "mend this"),
            found(Check::Route, "groups", failed, "mend this"),
            found(Check::Route, "names", Outcome::Warning, "mend that"),
            found(Check::LicenseReads, "seats", failed, "mend this"),
            found(Check::LicenseReads, "rules", Outcome::Ok, ""),
        ];
        let blocks = overview(&findings, false);
        let told: Vec<_> = blocks
            .iter()
            .map(|block| (block.title.as_str(), block.finding.outcome))
            .collect();
        assert_eq!(
            told,
            [
                ("Routes, users and groups", failed),
                ("Routes, names", Outcome::Warning),
                ("Licences", Outcome::Ok)
            ]
        );
        assert_eq!(
            blocks[0].finding.details,
            ["more of it".to_owned(), LicenseRead::Seats.consequence()]
        );
        let helps: Vec<&String> = blocks.iter().flat_map(|block| &block.finding.help).collect();
        assert_eq!(helps, ["mend this", "mend that"]);
    }

    #[test]
    fn nothing_that_is_wrong_is_left_out_of_what_people_read_unless_it_is_told_with_what_it_belongs_to() {
        for check in Check::iter() {
            for outcome in [Outcome::Warning, Outcome::Failed(Blame::Surroundings)] {
                let finding = found(check, "somewhere", outcome, "mend it");
                for in_full in [false, true] {
                    assert_eq!(
                        overview(std::slice::from_ref(&finding), in_full),
                        [Block::from(finding.clone())]
                    );
                }
            }
        }
    }
}
