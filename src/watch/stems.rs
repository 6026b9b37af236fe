//! A sheet and what lies beside it share the name before the ending, the stem, and keep sharing it wherever they go.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::names::parent_stem;

/// The name without its ending.
pub fn stem_of(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Whether a file belongs to the sheet with this stem: itself, its results, their records, the sheets of its failed rows and
/// its pages. Cases are not told apart, since not every file system does.
pub fn belongs_to(stem: &str, name: &str) -> bool {
    let (stem, name) = (stem.to_lowercase(), name.to_lowercase());
    let Some(rest) = name.strip_prefix(&stem).and_then(|rest| rest.strip_prefix('.')) else {
        return false;
    };
    let is_alone = !rest.contains('.');
    let is_ours = ["results.", "report.html", "plan.html", "plan.json", "note.txt"]
        .iter()
        .any(|own| rest.starts_with(own));
    is_alone || is_ours || parent_stem(&name) == Some(&stem)
}

/// How many jobs these sheets are: sheets of failed rows count with the one that the rows came from.
pub fn count_jobs<'a>(sheets: impl IntoIterator<Item = &'a str>) -> usize {
    let stem = |name: &'a str| parent_stem(name).unwrap_or_else(|| stem_of(name)).to_lowercase();
    sheets.into_iter().map(stem).collect::<BTreeSet<_>>().len()
}

/// The name that a file of a sheet has once the sheet has another stem.
pub fn renamed(name: &str, stem: &str, new: &str) -> String {
    match name.get(stem.len()..) {
        Some(rest)
            if name
                .get(..stem.len())
                .is_some_and(|start| start.to_lowercase() == stem.to_lowercase()) =>
        {
            format!("{new}{rest}")
        }
        _ => name.to_owned(),
    }
}

/// The stem itself, if nobody has it, else with the time; with a number as well if need be.
pub fn free_stem(stem: &str, time: impl Display, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(stem) {
        return stem.to_owned();
    }
    let timed = format!("{stem}-{time}");
    let numbered = (2..).map(|number| format!("{timed}-{number}"));
    std::iter::once(timed.clone())
        .chain(numbered)
        .find(|stem| !is_taken(stem))
        .unwrap_or(timed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_of_failed_rows_are_the_job_that_their_rows_came_from() {
        for (sheets, jobs) in [
            (&[][..], 0),
            (&["joiners.csv", "joiners.failed.csv", "Joiners.failed-2.csv"], 1),
            (&["joiners.failed.csv"], 1),
            (
                &["joiners.csv", "leavers.xlsx", "joiners.failed.csv", "joiners-2.csv"],
                3,
            ),
        ] {
            assert_eq!(count_jobs(sheets.iter().copied()), jobs, "{sheets:?}");
        }
    }

    #[test]
    fn what_belongs_to_a_sheet_is_told_from_what_belongs_to_another() {
        for name in [
            "joiners.csv",
            "joiners.xlsx",
            "Joiners.CSV",
            "joiners.results.csv",
            "joiners.results.csv.runs.jsonl",
            "joiners.results.2026-11-29T10-15-00Z.csv",
            "joiners.failed.csv",
            "joiners.failed-3.xlsx",
            "joiners.report.html",
            "joiners.plan.html",
            "joiners.note.txt",
        ] {
            assert!(belongs_to("joiners", name), "{name}");
        }
        for name in [
            "joiners-2.csv",
            "joiners.berlin.csv",
            "joiners.berlin.results.csv",
            "joiners",
            "all-joiners.csv",
        ] {
            assert!(!belongs_to("joiners", name), "{name}");
        }
        assert!(belongs_to("joiners.berlin", "joiners.berlin.results.csv"));
    }

    #[test]
    fn a_stem_that_is_taken_gets_the_time_and_then_a_number() {
        let free = |taken: &[&str]| free_stem("joiners", "T", |stem| taken.contains(&stem));
        assert_eq!(free(&[]), "joiners");
        assert_eq!(free(&["joiners"]), "joiners-T");
        assert_eq!(free(&["joiners", "joiners-T", "joiners-T-2"]), "joiners-T-3");
    }

    #[test]
    fn all_that_belongs_to_a_sheet_is_renamed_alike() {
        assert_eq!(
            renamed("joiners.results.csv", "joiners", "joiners-T"),
            "joiners-T.results.csv"
        );
        assert_eq!(renamed("Joiners.failed-2.csv", "joiners", "x"), "x.failed-2.csv");
        assert_eq!(renamed("other.csv", "joiners", "x"), "other.csv");
    }
}
