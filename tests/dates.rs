//! What the dates of a sheet are read as, and what is said of those that may be another day.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fmt::Write;

use jiff::tz::TimeZone;
use proptest::prelude::*;
use reseat::intake::{Intake, Options, WaitingRows, check, read};
use reseat::model::{AsOf, Status};
use reseat::problem::{Problem, ProblemCode, Severity};
use reseat::sheet::Source;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

fn in_berlin() -> Options {
    Options {
        as_of: AsOf {
            now: "2026-11-30T12:00:00Z".parse().unwrap(),
            zone: TimeZone::get("Europe/Berlin").unwrap(),
        },
        ..Options::default()
    }
}

fn intake_of(bytes: &[u8]) -> Intake {
    let source = Source::from_reader(&mut &*bytes).unwrap();
    let options = in_berlin();
    let intake = read(&source, &options).unwrap();
    let checked = check(&source, &options).unwrap();
    let told = |problems: &reseat::problem::Problems| problems.iter().cloned().collect::<Vec<_>>();
    assert_eq!(told(&checked.problems), told(&intake.problems));
    assert_eq!(checked.waiting, intake.waiting);
    assert_eq!(checked.rows, intake.rows.len() + intake.refused.len());
    intake
}

/// A sheet whose rows have these dates and differ otherwise.
fn sheet(dates: &[&str]) -> String {
    let mut text = "operation,user,groups,not_before\n".to_owned();
    for (number, date) in dates.iter().enumerate() {
        writeln!(text, "add-to-groups,user{number}@x.example,HR,\"{date}\"").unwrap();
    }
    text
}

fn intake(dates: &[&str]) -> Intake {
    intake_of(sheet(dates).as_bytes())
}

/// The instants of the rows that can run; `-` where one has none.
fn instants(intake: &Intake) -> Vec<String> {
    let rows = intake.rows.iter();
    rows.map(|row| row.not_before().map_or("-".to_owned(), |instant| instant.to_string()))
        .collect()
}

fn problems(intake: &Intake, severity: Severity) -> Vec<&Problem> {
    let all = intake.problems.iter();
    all.filter(|problem| problem.severity == severity).collect()
}

#[test]
fn a_date_alone_is_midnight_in_the_zone_of_the_profile() {
    let intake = intake(&["2026-12-01", "2026-07-01", "2026-12-01 24:00", "2026-12-01T08:30:00Z"]);
    assert_eq!(
        instants(&intake),
        [
            "2026-11-30T23:00:00Z",
            "2026-06-30T22:00:00Z",
            "2026-12-01T23:00:00Z",
            "2026-12-01T08:30:00Z"
        ]
    );
    assert_eq!(intake.problems.iter().count(), 0, "{:?}", intake.problems);
    // The second is past.
    let WaitingRows { count, due } = intake.waiting;
    let (first, last) = due.unwrap();
    assert_eq!(count, 3);
    let shown = in_berlin().as_of;
    assert_eq!(shown.show(first), "2026-12-01T00:00:00+01:00");
    assert_eq!(shown.show(last), "2026-12-02T00:00:00+01:00");
}

#[test]
fn one_cell_that_leaves_no_doubt_decides_for_those_of_its_column_that_are_written_like_it() {
    for (dates, instant) in [
        (["01/12/2026", "13/12/2026"], "2026-11-30T23:00:00Z"),
        (["01/12/2026", "12/13/2026"], "2026-01-11T23:00:00Z"),
        (["01-12-2026", "13-12-2026"], "2026-11-30T23:00:00Z"),
    ] {
        let before = intake(&dates);
        assert_eq!(problems(&before, Severity::Error).len(), 0, "{:?}", before.problems);
        assert_eq!(instants(&before)[0], instant, "{dates:?}");
        // Whichever comes first.
        let [one, other] = dates;
        assert_eq!(instants(&intake(&[other, one]))[1], instant, "{dates:?}");
    }
}

#[test]
fn dates_that_may_be_two_days_are_refused_with_both_and_only_they_are() {
    let intake = intake(&["01/12/2026", "2026-12-24", "02/12/2026", "12/12/2026"]);
    let [problem] = problems(&intake, Severity::Error)[..] else {
        panic!("{:?}", intake.problems)
    };
    assert_eq!((problem.code.as_str(), problem.count), ("date-order", 2));
    assert_eq!(
        problem.location.to_string(),
        "rows 2 and 4, column not_before (column D)"
    );
    assert!(
        problem.what.contains("2026-12-01") && problem.what.contains("2026-01-12"),
        "{problem:?}"
    );
    assert!(problem.help.contains("2026-12-01"));
    assert_eq!(intake.waiting.count, 2, "of those that are refused nobody knows");
    let refused: Vec<_> = intake.refused.iter().map(|row| (row.place.row, row.status)).collect();
    assert_eq!(refused, [(2, Status::Invalid), (4, Status::Invalid)]);
    assert_eq!(instants(&intake), ["2026-12-23T23:00:00Z", "2026-12-11T23:00:00Z"]);
}

#[test]
fn dates_with_another_separator_show_nothing_of_the_order() {
    for (dates, refused) in [
        (["31.12.2026", "12/01/2027"], &[3][..]),
        (["1.12.2026", "12-01-2027"], &[3]),
        (["31-12-2026", "12/01/2027"], &[3]),
        (["12/31/2026", "12-01-2027"], &[3]),
        (["12-01-2027", "12/01/2027"], &[2, 3]),
        // These need nobody to show it.
        (["31.12.2026", "12/31/2026"], &[]),
        (["12.12.2026", "1.2.2027"], &[]),
    ] {
        let intake = intake(&dates);
        let rows: Vec<_> = intake.refused.iter().map(|row| row.place.row).collect();
        assert_eq!(rows, refused, "{dates:?}");
        assert_eq!(intake.rows.len() + refused.len(), 2, "{dates:?}");
        let told = problems(&intake, Severity::Error);
        assert!(
            told.iter().all(|problem| problem.code == ProblemCode::DateOrder),
            "{told:?}"
        );
    }
    // Each has an order of its own.
    let intake = intake(&["1.2.2027", "03/04/2027", "04/13/2027", "03-04-2027", "13-04-2027"]);
    assert_eq!(intake.problems.errors(), 0, "{:?}", intake.problems);
    assert_eq!(
        instants(&intake)[..4],
        [
            "2027-01-31T23:00:00Z",
            "2027-03-03T23:00:00Z",
            "2027-04-12T22:00:00Z",
            "2027-04-02T22:00:00Z"
        ]
    );
    assert_eq!(intake.waiting.count, 5);
}

#[test]
fn a_column_that_contradicts_itself_is_refused_with_a_row_of_each_order() {
    for dates in [
        ["13/12/2026", "2026-12-24", "01/12/2026", "12/31/2026"],
        ["13-12-2026", "2026-12-24", "01-12-2026", "12-31-2026"],
        ["12.31.2026", "2026-12-24", "12.30.2026", "1.12.2026"],
    ] {
        let intake = intake(&dates);
        let [problem] = problems(&intake, Severity::Error)[..] else {
            panic!("{:?}", intake.problems)
        };
        assert_eq!((problem.code.as_str(), problem.count), ("date-order", 3));
        assert!(
            problem.what.contains("row 2") && problem.what.contains("row 5"),
            "{problem:?}"
        );
        assert_eq!(intake.rows.len(), 1);
        assert_eq!(intake.refused.len(), 3);
    }
}

#[test]
fn each_worksheet_and_each_column_has_an_order_of_its_own() {
    let mut workbook = Workbook::new();
    for (name, dates) in [
        ("German", ["01/12/2026", "31/12/2026"]),
        ("American", ["01/12/2026", "12/31/2026"]),
    ] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        for (column, header) in ["operation", "user", "not_before", "unless_used_since"]
            .iter()
            .enumerate()
        {
            sheet.write(0, u16::try_from(column).unwrap(), *header).unwrap();
        }
        for (row, date) in (1..).zip(dates) {
            sheet.write(row, 0, "release-licenses").unwrap();
            sheet.write(row, 1, format!("{name}{row}@x.example")).unwrap();
            sheet.write(row, 2, date).unwrap();
            sheet
                .write(row, 3, ["10/09/2026", "10/30/2026"][row as usize - 1])
                .unwrap();
        }
    }
    let intake = intake_of(&workbook.save_to_buffer().unwrap());
    assert_eq!(intake.problems.iter().count(), 0, "{:?}", intake.problems);
    assert_eq!(
        instants(&intake),
        [
            "2026-11-30T23:00:00Z",
            "2026-12-30T23:00:00Z",
            "2026-01-11T23:00:00Z",
            "2026-12-30T23:00:00Z"
        ]
    );
    let since: Vec<String> = intake
        .rows
        .iter()
        .filter_map(reseat::model::Row::unless_used_since)
        .map(|since| since.to_string())
        .collect();
    assert_eq!(
        since,
        [
            "2026-10-08T22:00:00Z",
            "2026-10-29T23:00:00Z",
            "2026-10-08T22:00:00Z",
            "2026-10-29T23:00:00Z"
        ]
    );
}

#[test]
fn a_cell_that_is_a_date_to_the_spreadsheet_program_is_read_however_it_shows_and_a_bare_number_is_refused() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, header) in ["operation", "user", "Hire date"].iter().enumerate() {
        sheet.write(0, u16::try_from(column).unwrap(), *header).unwrap();
    }
    let day = ExcelDateTime::from_ymd(2026, 12, 1).unwrap();
    let moment = ExcelDateTime::from_ymd(2026, 12, 1).unwrap().and_hms(8, 30, 0).unwrap();
    for (row, format) in (1..).zip(["yyyy-mm-dd", "dd.mm.yy", "m/d/yy", "d. mmmm yyyy h:mm"]) {
        sheet.write(row, 0, "delete").unwrap();
        sheet.write(row, 1, format!("user{row}@x.example")).unwrap();
        let value = if row == 4 { &moment } else { &day };
        sheet
            .write_with_format(row, 2, value, &Format::new().set_num_format(format))
            .unwrap();
    }
    sheet.write(5, 0, "delete").unwrap();
    sheet.write(5, 1, "user5@x.example").unwrap();
    sheet.write(5, 2, 46357).unwrap();
    let intake = intake_of(&workbook.save_to_buffer().unwrap());
    let midnight = "2026-11-30T23:00:00Z";
    assert_eq!(
        instants(&intake),
        [midnight, midnight, midnight, "2026-12-01T07:30:00Z"]
    );
    let [problem] = problems(&intake, Severity::Error)[..] else {
        panic!("{:?}", intake.problems)
    };
    assert_eq!(
        (problem.code.as_str(), problem.location.rows.first()),
        ("bad-date", Some(6))
    );
    assert!(problem.help.contains("write 2026-12-01 if"), "{problem:?}");
}

/// A cell of a workbook.
#[derive(Clone, Copy)]
enum Cell {
    Date(u16, u8, u8),
    Text(&'static str),
}

#[test]
fn dates_that_a_program_may_have_turned_round_are_doubted() {
    let doubts = |cells: &[Cell]| {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        for (column, header) in ["operation", "user", "not_before"].iter().enumerate() {
            sheet.write(0, u16::try_from(column).unwrap(), *header).unwrap();
        }
        let format = Format::new().set_num_format("m/d/yyyy");
        for (row, cell) in (1..).zip(cells) {
            sheet.write(row, 0, "delete").unwrap();
            sheet.write(row, 1, format!("user{row}@x.example")).unwrap();
            match cell {
                Cell::Date(year, month, day) => {
                    let day = ExcelDateTime::from_ymd(*year, *month, *day).unwrap();
                    sheet.write_with_format(row, 2, &day, &format).unwrap()
                }
                Cell::Text(text) => sheet.write(row, 2, *text).unwrap(),
            };
        }
        let intake = intake_of(&workbook.save_to_buffer().unwrap());
        let told = intake.problems.iter();
        told.map(|problem| problem.code.as_str()).collect::<Vec<_>>()
    };
    let (january, late) = (Cell::Date(2027, 1, 12), Cell::Date(2026, 12, 24));
    let none: [&str; 0] = [];
    assert_eq!(doubts(&[january, Cell::Text("13/12/2026")]), ["doubtful-dates"]);
    assert_eq!(doubts(&[january, late, Cell::Text("13/12/2026")]), none);
    assert_eq!(
        doubts(&[january, Cell::Text("13/12/2026"), Cell::Text("1.12.2026")]),
        none
    );
    assert_eq!(doubts(&[january, Cell::Text("2026-12-13")]), none);
}

#[test]
fn rows_without_a_date_among_dated_ones_are_warned_of_once_and_named() {
    let intake = intake(&["2026-12-01", "", "2026-12-02", ""]);
    let [problem] = problems(&intake, Severity::Warning)[..] else {
        panic!("{:?}", intake.problems)
    };
    assert_eq!((problem.code.as_str(), problem.count), ("no-date", 2));
    assert_eq!(problem.location.rows.to_string(), "rows 3 and 5");
    assert!(problem.help.contains("at once"));
    assert_eq!(instants(&intake)[1], "-");
    // A column that nobody has filled in says nothing.
    assert_eq!(super_quiet(&["", ""]), 0);
    assert_eq!(super_quiet(&["2026-12-01"]), 0);
}

fn super_quiet(dates: &[&str]) -> usize {
    intake(dates).problems.iter().count()
}

#[test]
fn every_operation_may_wait_and_a_date_is_no_part_of_a_rows_key() {
    let key = |dates: &[&str]| intake(dates).rows[0].key;
    let without = key(&[""]);
    for date in ["2026-12-01", "2027-01-15 08:30", "1.12.2026"] {
        assert_eq!(key(&[date]), without, "{date}");
    }
    // The day since which a seat must not have been used is one, whatever the computer's zone.
    let since = |cell: &str| {
        let text = format!("operation,user,unless_used_since\ndelete,ann@x.example,{cell}\n");
        let source = Source::from_reader(&mut text.as_bytes()).unwrap();
        let keys = [in_berlin(), Options::default()].map(|options| read(&source, &options).unwrap().rows[0].key);
        assert_eq!(keys[0], keys[1]);
        keys[0]
    };
    assert_eq!(since("2026-10-01"), since("1.10.2026"));
    assert_ne!(since("2026-10-01"), since("2026-10-02"));
    assert_ne!(since("2026-10-01"), since(""));
}

#[test]
fn a_date_that_cannot_be_read_refuses_its_row() {
    for cell in [
        "asap",
        "never",
        "<clear>",
        "46357",
        "1796083200",
        "1.12.26",
        "1900-01-01",
        "N/A",
        "2026-02-30",
    ] {
        let intake = intake(&[cell, "2026-12-01"]);
        let [problem] = problems(&intake, Severity::Error)[..] else {
            panic!("{cell} {:?}", intake.problems)
        };
        assert_eq!(problem.location.rows.first(), Some(2), "{problem:?}");
        assert!(!problem.help.is_empty());
        assert_eq!((intake.rows.len(), intake.refused.len()), (1, 1), "{cell}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However many threads share the rows.
    #[test]
    fn the_order_that_a_far_cell_shows_holds_for_all(rows in 2_usize..3_000, place in 0_usize..3_000, month_first: bool) {
        let mut dates = vec!["03/04/2027"; rows];
        dates[place % rows] = if month_first { "04/13/2027" } else { "13/04/2027" };
        let intake = intake(&dates);
        prop_assert_eq!(intake.problems.errors(), 0);
        let expected = if month_first { "2027-03-03T23:00:00Z" } else { "2027-04-02T22:00:00Z" };
        let as_expected = instants(&intake).iter().filter(|instant| *instant == expected).count();
        prop_assert_eq!(as_expected, rows - 1);
        prop_assert_eq!(intake.waiting.count, rows);
    }
}
