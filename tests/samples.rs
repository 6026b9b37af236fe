//! The samples do what they show.

use std::path::Path;

use reseat::intake::{Checked, Intake, Options, check, read};
use reseat::model::OperationKind;
use reseat::sheet::Source;
use rust_xlsxwriter::{Format, Workbook};

fn sample(name: &str) -> Intake {
    let source = Source::open(&Path::new("samples").join(name)).expect("a sample");
    read(&source, &Options::default()).expect("a sample")
}

#[test]
fn every_sample_but_the_bad_one_has_nothing_to_complain_of() {
    for entry in fs_err::read_dir("samples").unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("bad.csv") {
            continue;
        }
        let Checked { problems, rows, .. } = check(&Source::open(&path).unwrap(), &Options::default()).unwrap();
        assert_eq!(
            (problems.errors(), problems.warnings()),
            (0, 0),
            "{} {problems:?}",
            path.display()
        );
        assert!(rows > 2, "{}", path.display());
    }
}

#[test]
fn the_onboarding_workbook_says_the_same_as_the_csv() {
    let keys = |name| sample(name).rows.iter().map(|row| row.key).collect::<Vec<_>>();
    assert_eq!(keys("onboarding.xlsx"), keys("onboarding.csv"));
    assert_eq!(sample("onboarding.xlsx").sheets.len(), 2);
}

#[test]
fn the_portals_import_file_invites() {
    let rows = sample("portal-import.csv").rows;
    assert!(rows.iter().all(|row| row.operation.kind() == OperationKind::Invite));
}

#[test]
fn the_bad_sample_has_every_kind_of_mistake_told_at_its_place() {
    let bad = sample("bad.csv");
    let told: Vec<&str> = bad.problems.iter().map(|problem| problem.code.as_str()).collect();
    for code in [
        "unknown-header",
        "bad-email",
        "missing-cell",
        "unknown-operation",
        "unknown-bundle-code",
        "not-a-user-bundle",
        "cannot-clear",
        "quota-zero",
        "quota-without-licence",
        "email-change",
        "bad-flag",
        "joins-and-leaves",
        "error-value",
        "lost-digits",
        "list-quote",
        "same-address",
        "bad-delete-when",
        "bad-language",
        "work-after-delete",
        "different-licenses",
        "duplicate-row",
        "address-twice",
        "no-operation",
        "too-many-cells",
    ] {
        assert!(told.contains(&code), "{code} is not told: {told:?}");
    }
    assert_eq!(bad.ignored, 1);
    assert_eq!(bad.rows.len(), 1, "only the first of the two equal rows can run");
}

/// Run with `cargo test --test samples -- --ignored` after a change of `samples/onboarding.csv`.
#[test]
#[ignore = "writes samples/onboarding.xlsx"]
fn write_the_onboarding_workbook() {
    let mut reader = csv::Reader::from_path("samples/onboarding.csv").unwrap();
    let header = reader.headers().unwrap().clone();
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    for (name, invites) in [("Joiners", true), ("Moves", false)] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        sheet.set_freeze_panes(1, 0).unwrap();
        sheet.write_row_with_format(0, 0, header.iter(), &bold).unwrap();
        let rows = rows.iter().filter(|row| (&row[0] == "invite") == invites);
        for (number, row) in (1..).zip(rows) {
            for (column, cell) in (0..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(number, column, cell).unwrap();
            }
        }
        sheet.autofit();
    }
    workbook.save("samples/onboarding.xlsx").unwrap();
}
