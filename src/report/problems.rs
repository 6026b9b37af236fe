//! Findings about the input, as text and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::style::{ERROR, HELP, WARNING};
use crate::problem::{Problem, Problems, Severity};
use crate::text::{clean, number, plural};

/// The maximum length of a finding, which may quote a cell.
const LONGEST: usize = 1_000;

/// How many rows of a finding a program is told by number.
const MOST_ROWS: usize = 1_000;

/// Writes each finding with its location and what to write instead, and how many there are in all: cells or rows, and in
/// how many messages where that is fewer. Writes nothing if there are none.
pub fn write_problems(problems: &Problems, out: &mut dyn Write) -> io::Result<()> {
    for problem in problems.iter() {
        write_problem(problem, out)?;
    }
    if problems.errors() + problems.warnings() == 0 {
        return Ok(());
    }
    let mut counts = Vec::new();
    if problems.errors() > 0 {
        counts.push(plural(problems.errors(), "error"));
    }
    if problems.warnings() > 0 {
        counts.push(plural(problems.warnings(), "warning"));
    }
    let left_out = match problems.left_out() {
        0 => String::new(),
        count => format!("; {} more not shown", number(count)),
    };
    let messages = problems.iter().count();
    let shown = problems.errors() + problems.warnings() - problems.left_out();
    let in_messages = if shown > messages {
        format!(" in {}", plural(messages, "message"))
    } else {
        String::new()
    };
    writeln!(out, "{}{in_messages}{left_out}", counts.join(" and "))
}

fn write_problem(problem: &Problem, out: &mut dyn Write) -> io::Result<()> {
    let word = problem.severity.as_str();
    let style = match problem.severity {
        Severity::Error => ERROR,
        Severity::Warning => WARNING,
    };
    let location = problem.location.to_string();
    let (location, what) = (clean(&location, LONGEST), clean(&problem.what, LONGEST));
    let separator = if location.is_empty() { "" } else { ": " };
    writeln!(
        out,
        "{style}{word}[{}]{style:#}: {location}{separator}{what}",
        problem.code
    )?;
    if !problem.help.is_empty() {
        writeln!(out, "  {HELP}help{HELP:#}: {}", clean(&problem.help, LONGEST))?;
    }
    Ok(())
}

/// The findings as members of a JSON object; their names are stable.
#[derive(Serialize)]
pub struct ProblemsShape<'a> {
    errors: usize,
    warnings: usize,
    left_out: usize,
    problems: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    severity: Severity,
    code: &'static str,
    sheet: Option<&'a str>,
    row: Option<u32>,
    rows: Vec<u32>,
    count: usize,
    column: Option<&'a str>,
    what: &'a str,
    help: Option<&'a str>,
}

/// These findings as members of a JSON object.
pub fn problems_shape(problems: &Problems) -> ProblemsShape<'_> {
    ProblemsShape {
        errors: problems.errors(),
        warnings: problems.warnings(),
        left_out: problems.left_out(),
        problems: problems.iter().map(Finding::of).collect(),
    }
}

impl<'a> Finding<'a> {
    fn of(problem: &'a Problem) -> Self {
        Self {
            severity: problem.severity,
            code: problem.code.as_str(),
            sheet: Some(&*problem.location.sheet).filter(|sheet| !sheet.is_empty()),
            row: problem.location.rows.first(),
            rows: problem.location.rows.iter().take(MOST_ROWS).collect(),
            count: problem.count,
            column: problem.location.column.as_deref(),
            what: &problem.what,
            help: Some(&*problem.help).filter(|help| !help.is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Location, ProblemCode};

    fn problem(severity: Severity, row: u32) -> Problem {
        Problem {
            severity,
            code: ProblemCode::UnknownBundleCode,
            location: Location {
                sheet: "Joiners".into(),
                rows: row.into(),
                column: Some("licenses (D)".to_owned()),
            },
            what: "`ATUNU` is not a known bundle code".to_owned(),
            help: "write `ATTUNU`".to_owned(),
            count: 1,
        }
    }

    fn text(problems: &Problems) -> String {
        let mut out = anstream::StripStream::new(Vec::new());
        write_problems(problems, &mut out).unwrap();
        String::from_utf8(out.into_inner()).unwrap()
    }

    #[test]
    fn a_finding_says_where_it_is_what_is_wrong_and_what_to_write() {
        let mut problems = Problems::default();
        problems.push(problem(Severity::Error, 7));
        problems.push(Problem {
            location: Location::default(),
            help: String::new(),
            ..problem(Severity::Warning, 1)
        });
        assert_eq!(
            text(&problems),
            "error[unknown-bundle-code]: sheet `Joiners`, row 7, column licenses (D): `ATUNU` is not a known bundle code\n  \
             help: write `ATTUNU`\n\
             warning[unknown-bundle-code]: `ATUNU` is not a known bundle code\n\
             1 error and 1 warning\n"
        );
    }

    #[test]
    fn a_sheet_without_findings_says_nothing_and_a_hopeless_one_is_cut_short() {
        assert_eq!(text(&Problems::default()), "");
        let mut problems = Problems::default();
        for row in 0..1_200 {
            problems.push(Problem {
                what: format!("`FOO{row}` is not a known bundle code"),
                ..problem(Severity::Error, row)
            });
        }
        let told = text(&problems);
        assert!(told.ends_with("1,200 errors; 1,100 more not shown\n"), "{told}");
    }

    #[test]
    fn the_same_finding_in_many_rows_is_shown_once_and_counted_by_cell() {
        let mut problems = Problems::default();
        for row in [4, 9, 31, 32, 33] {
            problems.push(problem(Severity::Error, row));
        }
        assert_eq!(
            text(&problems),
            "error[unknown-bundle-code]: sheet `Joiners`, rows 4, 9 and 31–33, column licenses (D): `ATUNU` is not a known bundle code\n  \
             help: write `ATTUNU`\n\
             5 errors in 1 message\n"
        );
        let found = serde_json::to_value(problems_shape(&problems)).unwrap();
        let finding = &found["problems"][0];
        assert_eq!(
            (&found["errors"], &finding["row"], &finding["count"]),
            (&5.into(), &4.into(), &5.into())
        );
        assert_eq!(finding["rows"], serde_json::json!([4, 9, 31, 32, 33]));
    }

    #[test]
    fn a_program_gets_every_part_of_a_finding_by_name() {
        let mut problems = Problems::default();
        problems.push(problem(Severity::Error, 7));
        let found = serde_json::to_value(problems_shape(&problems)).unwrap();
        assert_eq!(found["errors"], 1);
        assert_eq!(
            found["problems"][0],
            serde_json::json!({
                "severity": "error", "code": "unknown-bundle-code", "sheet": "Joiners", "row": 7, "rows": [7], "count": 1,
                "column": "licenses (D)", "what": "`ATUNU` is not a known bundle code", "help": "write `ATTUNU`",
            })
        );
    }
}
