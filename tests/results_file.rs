//! What a user relies on of a results file: nothing finished is lost or repeated, and nobody's file is harmed.
#![expect(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use reseat::api::OwnCode;
use reseat::ledger::{
    COLUMNS, FORMAT_VERSION, FinishError, History, Known, LockedResults, OpenError, Opened, Order, Record, ResultsFile,
    Resume, RunId, Sheet, StartedAnew, continues, results_path,
};
use reseat::model::{OperationKind, OrganizationId, Place, Rerun, RowKey, RowReport, Status, UserId};
use reseat::plan::RowReason;
use reseat::wire::TransportCode;
use serde_json::json;
use strum::IntoEnumIterator;
use tempfile::TempDir;
use uuid::Uuid;

const OURS: OrganizationId = OrganizationId(Uuid::from_u128(0x6f1c_0000_0000_4000_8000_0000_0000_0001));
const THEIRS: OrganizationId = OrganizationId(Uuid::from_u128(0x6f1c_0000_0000_4000_8000_0000_0000_0002));

fn run() -> RunId {
    RunId::new("2026-11-21T10:00:00.7Z".parse().unwrap(), OURS, 0x00a1_b2c3)
}

fn later_run() -> RunId {
    RunId::new("2026-11-22T08:30:00Z".parse().unwrap(), OURS, 0x00d4_e5f6)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

fn folder() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("joiners.results.csv");
    (folder, path)
}

fn key(row: u32) -> RowKey {
    RowKey::of("row", row)
}

fn place(row: u32) -> Place {
    Place {
        sheet: "Joiners".into(),
        row,
    }
}

/// A record of the `n`-th row of a sheet.
fn record(n: u32, status: Status) -> Record {
    Record {
        report: RowReport {
            place: place(n + 2),
            operation: Some(OperationKind::Invite),
            user: format!("person{n}@x.example"),
            target: "Automation Users; \"Café, Köln\"".to_owned(),
            status,
            code: String::new(),
            message: "=said \"the server\", -twice".to_owned(),
            before: Some(json!({"groups": [], "note": "a\nb"})),
            after: Some(json!(-5)),
            user_id: Some(UserId(Uuid::from_u128(u128::from(n) + 1))),
            key: key(n),
        },
        corrects: None,
        http_status: Some(200),
        attempts: 1,
        calls: 2,
        trace_id: Some("@trace".to_owned()),
        started_at: Some("2026-11-21T10:00:01.250Z".parse().unwrap()),
        finished_at: Some("2026-11-21T10:00:02Z".parse().unwrap()),
    }
}

/// A record of a row for which nothing was brought about.
fn bare(n: u32, status: Status) -> Record {
    Record {
        report: RowReport {
            after: None,
            user_id: None,
            ..record(n, status).report
        },
        calls: 0,
        ..record(n, status)
    }
}

fn open(path: &Path) -> Opened {
    ResultsFile::open(path, &run(), None).unwrap()
}

/// A run that records these and is killed before it could finish.
fn killed_run(path: &Path, records: Vec<Record>) {
    let opened = open(path);
    block_on(opened.file.journal().append(records)).unwrap();
}

fn finished_run(path: &Path, records: Vec<Record>, order: &[u32]) {
    let opened = open(path);
    drop(opened.file.journal().append(records));
    opened.file.finish(Order::of_sheet(&in_order(order))).unwrap();
}

fn in_order(rows: &[u32]) -> Vec<(RowKey, Place)> {
    rows.iter()
        .enumerate()
        .map(|(position, row)| (key(*row), place(u32::try_from(position).unwrap() + 2)))
        .collect()
}

fn records(path: &Path) -> Vec<Record> {
    let history = History::read(path).unwrap();
    history.entries().map(|entered| entered.unwrap().record).collect()
}

fn lines(path: &Path) -> Vec<String> {
    fs_err::read_to_string(path)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_file_begins_with_the_columns_that_the_documents_name() {
    let (_folder, path) = folder();
    open(&path).file.finish(Order::of_sheet(&[])).unwrap();
    assert_eq!(fs_err::read_to_string(&path).unwrap(), COLUMNS.join(",") + "\n");
}

#[test]
fn a_record_is_read_back_as_it_was_written() {
    let (_folder, path) = folder();
    killed_run(&path, vec![record(0, Status::Done), record(1, Status::Waiting)]);
    assert_eq!(records(&path), [record(0, Status::Done), record(1, Status::Waiting)]);

    let history = History::read(&path).unwrap();
    assert_eq!(history.last_run(), Some(&run()));
    assert_eq!(history.record(&key(1)).unwrap(), Some(record(1, Status::Waiting)));
    assert_eq!(history.record(&key(2)).unwrap(), None);
    assert_eq!(
        history.counts(),
        BTreeMap::from([(Status::Done, 1), (Status::Waiting, 1)])
    );
}

#[test]
fn a_cell_that_a_spreadsheet_would_run_is_defused_in_the_file() {
    let (_folder, path) = folder();
    killed_run(&path, vec![record(0, Status::Done)]);
    let line = &lines(&path)[1];
    assert!(line.contains(r#""'=said ""the server"", -twice""#), "{line}");
    assert!(line.contains(",'@trace,") && line.contains(",'-5,"), "{line}");
}

#[test]
fn the_last_record_of_a_row_counts() {
    let (_folder, path) = folder();
    killed_run(&path, vec![record(0, Status::Started), record(0, Status::Done)]);
    let history = History::read(&path).unwrap();
    assert_eq!(history.status(&key(0)), Some(Status::Done));
    assert_eq!(records(&path).len(), 1);
}

#[test]
fn a_row_that_a_later_run_did_not_reach_keeps_what_it_is_waiting_for() {
    let (_folder, path) = folder();
    killed_run(&path, vec![record(0, Status::Waiting), bare(0, Status::NotRun)]);
    let history = History::read(&path).unwrap();
    assert_eq!(history.status(&key(0)), Some(Status::Waiting));
}

#[test]
fn a_rerun_gets_the_facts_of_a_row_that_it_goes_on_with() {
    let (_folder, path) = folder();
    killed_run(
        &path,
        vec![
            record(0, Status::Done),
            bare(1, Status::Failed),
            record(2, Status::Waiting),
            record(3, Status::Started),
            record(4, Status::Failed),
        ],
    );
    let history = open(&path).history;
    assert_eq!(history.resume(&key(0)).unwrap(), Resume::Skip);
    assert_eq!(history.resume(&key(1)).unwrap(), Resume::Run);
    assert_eq!(history.resume(&key(9)).unwrap(), Resume::Run);
    for (row, status) in [(2, Status::Waiting), (4, Status::Failed)] {
        let Resume::GoOn(prior) = history.resume(&key(row)).unwrap() else {
            panic!("row {row} starts over");
        };
        assert_eq!(prior.status, status);
        assert_eq!(prior.before, record(row, status).report.before);
        assert_eq!(prior.after, record(row, status).report.after);
        assert_eq!(prior.user_id, record(row, status).report.user_id);
    }
    let Resume::Settle(prior) = history.resume(&key(3)).unwrap() else {
        panic!("a row that may have been mailed is run again blind");
    };
    assert_eq!(prior.started_at, record(3, Status::Started).started_at);
}

#[test]
fn a_finished_file_has_one_line_per_row_in_the_order_of_the_sheet() {
    let (_folder, path) = folder();
    let opened = open(&path);
    let order = [3, 0, 1];
    drop(opened.file.journal().append(vec![
        record(0, Status::Started),
        record(1, Status::Rejected),
        record(0, Status::Done),
        record(3, Status::Unchanged),
    ]));
    let finished = opened.file.finish(Order::of_sheet(&in_order(&order))).unwrap();
    assert_eq!(
        finished.counts,
        BTreeMap::from([(Status::Done, 1), (Status::Unchanged, 1), (Status::Rejected, 1)])
    );
    assert_eq!(finished.kept, 0);
    let found = records(&path);
    assert_eq!(
        found.iter().map(|record| record.report.key).collect::<Vec<_>>(),
        order.map(key)
    );
    assert_eq!(
        found.iter().map(|record| record.report.place.row).collect::<Vec<_>>(),
        [2, 3, 4],
        "rows are told where the sheet now has them"
    );
    assert_eq!(lines(&path).len(), 4);
}

#[test]
fn lines_of_rows_that_left_the_sheet_stay_after_the_others_where_something_was_done() {
    let (_folder, path) = folder();
    let statuses = Status::iter().zip(1..);
    let opened = open(&path);
    drop(
        opened
            .file
            .journal()
            .append(statuses.map(|(status, row)| bare(row, status)).collect()),
    );
    drop(
        opened
            .file
            .journal()
            .append(vec![record(50, Status::Failed), record(0, Status::Done)]),
    );
    let finished = opened.file.finish(Order::of_sheet(&in_order(&[0]))).unwrap();
    let left: Vec<_> = records(&path).into_iter().map(|record| record.report.status).collect();
    assert_eq!(
        left,
        [
            Status::Done,
            Status::Done,
            Status::Waiting,
            Status::InDoubt,
            Status::Started,
            Status::Failed,
        ]
    );
    assert_eq!(finished.kept, 5);
}

#[test]
fn whoever_lost_something_in_a_row_that_was_not_finished_is_told_of_after_the_row_has_left_the_sheet() {
    for kind in OperationKind::iter() {
        for status in [Status::Conflict, Status::NotRun, Status::Unchanged] {
            let (_folder, path) = folder();
            let released = Record {
                report: RowReport {
                    operation: Some(kind),
                    before: Some(json!({"licenses": ["ATTUNU"]})),
                    after: Some(json!({"licenses": null})),
                    ..record(1, status).report
                },
                ..record(1, status)
            };
            let blank = Record {
                report: RowReport {
                    before: None,
                    ..bare(1, Status::NotRun).report
                },
                ..bare(1, Status::NotRun)
            };
            killed_run(&path, vec![released.clone(), blank]);
            let finished = open(&path).file.finish(Order::of_sheet(&in_order(&[]))).unwrap();
            assert_eq!(finished.kept, 1, "{kind} {status}");
            assert_eq!(records(&path), std::slice::from_ref(&released), "{kind} {status}");
            if status != Status::Unchanged {
                let resume = History::read(&path).unwrap().resume(&key(1)).unwrap();
                assert!(
                    matches!(&resume, Resume::GoOn(prior) if prior.before == released.report.before),
                    "{kind} {status}: {resume:?}"
                );
            }
        }
    }
}

#[test]
fn each_line_keeps_the_run_that_made_it() {
    let (_folder, path) = folder();
    finished_run(&path, vec![record(0, Status::Done)], &[0]);
    let opened = ResultsFile::open(&path, &later_run(), None).unwrap();
    drop(opened.file.journal().append(vec![record(1, Status::Done)]));
    opened.file.finish(Order::of_sheet(&in_order(&[1, 0]))).unwrap();

    let history = History::read(&path).unwrap();
    let runs: Vec<_> = history.entries().map(|entered| entered.unwrap().run).collect();
    assert_eq!(runs, [later_run(), run()]);
    assert_eq!(history.last_run(), Some(&later_run()));
}

#[test]
fn finishing_a_finished_file_changes_no_byte() {
    let (_folder, path) = folder();
    finished_run(
        &path,
        vec![record(0, Status::Done), record(1, Status::Waiting)],
        &[0, 1],
    );
    let before = fs_err::read(&path).unwrap();
    finished_run(&path, Vec::new(), &[0, 1]);
    assert_eq!(fs_err::read(&path).unwrap(), before);
}

#[test]
fn a_crash_at_any_byte_leaves_a_file_that_can_be_resumed() {
    let (_folder, path) = folder();
    killed_run(
        &path,
        vec![
            record(0, Status::Started),
            record(0, Status::Done),
            record(1, Status::Waiting),
            record(2, Status::Failed),
        ],
    );
    let whole = fs_err::read(&path).unwrap();
    for cut in 0..=whole.len() {
        fs_err::write(&path, &whole[..cut]).unwrap();
        let opened = open(&path);
        // A line that lacks nothing but its line end is whole; the first is the header.
        let ended = whole[..cut].split(|byte| *byte == b'\n').count() - 1;
        let kept = (ended + usize::from(whole.get(cut) == Some(&b'\n'))).saturating_sub(1);
        let expected = [
            [None, None, None],
            [Some(Status::Started), None, None],
            [Some(Status::Done), None, None],
            [Some(Status::Done), Some(Status::Waiting), None],
            [Some(Status::Done), Some(Status::Waiting), Some(Status::Failed)],
        ][kept];
        assert_eq!(
            [0, 1, 2].map(|row| opened.history.status(&key(row))),
            expected,
            "cut at {cut}"
        );
        assert_eq!(opened.notice.is_some(), opened.history.is_torn());

        // Going on costs several waits for the disk, so it is tried for some of the cuts.
        if cut % 23 == 0 {
            drop(opened.file.journal().append(vec![record(3, Status::Done)]));
            opened.file.finish(Order::of_sheet(&in_order(&[0, 1, 2, 3]))).unwrap();
            assert_eq!(History::read(&path).unwrap().status(&key(3)), Some(Status::Done));
            assert!(!History::read(&path).unwrap().is_torn());
        }
    }
}

#[test]
fn a_torn_last_line_is_dropped_with_a_notice() {
    let (_folder, path) = folder();
    killed_run(&path, vec![record(0, Status::Done), record(1, Status::Done)]);
    let whole = fs_err::read(&path).unwrap();
    fs_err::write(&path, &whole[..whole.len() - 20]).unwrap();
    let opened = open(&path);
    assert!(opened.notice.unwrap().contains("cut off"));
    assert_eq!(opened.history.status(&key(1)), None);
    drop(opened.file);
    assert_eq!(records(&path), [record(0, Status::Done)]);
}

#[test]
fn a_second_run_on_the_same_file_ends_with_an_error_that_names_the_first() {
    let (_folder, path) = folder();
    let first = open(&path);
    let refusal = ResultsFile::open(&path, &later_run(), None).unwrap_err();
    assert!(matches!(refusal, OpenError::Locked { .. }));
    if cfg!(unix) {
        let told = refusal.to_string();
        assert!(
            told.contains("run a1b2c3") && told.contains(&std::process::id().to_string()),
            "{told}"
        );
        assert!(told.contains("2026-11-21T10:00:00Z"), "{told}");
    }
    first.file.finish(Order::of_sheet(&[])).unwrap();
    ResultsFile::open(&path, &later_run(), None).unwrap();
}

#[cfg(unix)]
#[test]
fn nothing_but_the_results_file_is_left_in_the_folder() {
    let (folder, path) = folder();
    finished_run(&path, vec![record(0, Status::Done)], &[0]);
    let names: Vec<_> = fs_err::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["joiners.results.csv"]);
}

#[test]
fn what_a_crashed_rewrite_left_behind_is_cleared_away() {
    let (_folder, path) = folder();
    killed_run(&path, vec![record(0, Status::Done)]);
    let rest = path.with_file_name("joiners.results.csv.rewriting");
    fs_err::write(&rest, "half of it").unwrap();
    drop(open(&path));
    assert!(!rest.exists());
    assert_eq!(records(&path), [record(0, Status::Done)]);
}

#[test]
fn a_file_that_is_not_a_results_file_is_refused_and_left_alone() {
    for content in [
        "email,name\nann@x.example,Ann\n",
        "row,sheet\n",
        "row;sheet;operation\n",
        "\u{0}\u{1}\n",
    ] {
        let (_folder, path) = folder();
        fs_err::write(&path, content).unwrap();
        let refusal = ResultsFile::open(&path, &run(), None).unwrap_err();
        assert!(matches!(refusal, OpenError::NotResults { .. }), "{refusal}");
        assert_eq!(fs_err::read_to_string(&path).unwrap(), content);
    }
}

#[test]
fn a_file_of_a_newer_version_is_refused_by_its_version() {
    let (_folder, path) = folder();
    killed_run(&path, vec![record(0, Status::Done)]);
    let newer_line = fs_err::read_to_string(&path).unwrap().replace(" v1\n", " v3\n");
    let newer_columns = "row,sheet,mood,key,run\n2,,good,0,2027-01-01 whatever v4\n".to_owned();
    for (content, expected) in [(newer_line, 3), (newer_columns, 4)] {
        fs_err::write(&path, &content).unwrap();
        let refusal = ResultsFile::open(&path, &run(), None).unwrap_err();
        assert!(
            matches!(refusal, OpenError::Newer { version, .. } if version == expected),
            "{refusal}"
        );
        assert_eq!(fs_err::read_to_string(&path).unwrap(), content);
    }
}

#[test]
fn results_of_another_organization_are_refused_and_can_still_be_read() {
    let (_folder, path) = folder();
    killed_run(&path, vec![record(0, Status::Done)]);
    let stranger = RunId::new(later_run().started(), THEIRS, 1);
    let refusal = ResultsFile::open(&path, &stranger, None).unwrap_err();
    let OpenError::OtherOrganization { run, ours: THEIRS, .. } = refusal else {
        panic!("{refusal}")
    };
    assert_eq!(run.organization(), OURS);
    assert_eq!(records(&path).len(), 1);
}

#[test]
fn a_damaged_line_is_named_by_its_number_and_nothing_is_guessed() {
    let (_folder, path) = folder();
    killed_run(
        &path,
        vec![
            record(0, Status::Done),
            record(1, Status::Done),
            record(2, Status::Done),
        ],
    );
    let whole = fs_err::read_to_string(&path).unwrap();
    for (from, to) in [
        (",done,", ",dnoe,"),
        (" v1\n", "\n"),
        ("2026-11-21T10:00:00Z", "21/11/2026"),
    ] {
        let second = whole.lines().nth(2).unwrap().to_owned() + "\n";
        fs_err::write(&path, whole.replace(&second, &second.replacen(from, to, 1))).unwrap();
        let refusal = ResultsFile::open(&path, &run(), None).unwrap_err();
        assert!(matches!(refusal, OpenError::Damaged { line: 3, .. }), "{refusal}");
    }
}

#[test]
fn a_line_is_held_to_the_same_rules_whatever_its_status() {
    for status in Status::iter() {
        for (from, to) in [
            ("3,Joiners", "x,Joiners"),
            (r#"{""groups"":[]"#, r#"{""groups"":["#),
            (",'-5,", ",\"{\"\"cut\","),
            ("-000000000002,", "-00000002,"),
        ] {
            let (_folder, path) = folder();
            killed_run(&path, vec![record(0, Status::Done), record(1, status)]);
            let whole = fs_err::read_to_string(&path).unwrap();
            let line = whole.lines().nth(2).unwrap();
            assert!(line.contains(from), "{line}");
            fs_err::write(&path, whole.replace(line, &line.replace(from, to))).unwrap();
            let refusal = History::read(&path).unwrap_err();
            assert!(
                matches!(refusal, OpenError::Damaged { line: 3, .. }),
                "{status} {to}: {refusal}"
            );
        }
    }
}

#[test]
fn a_file_saved_by_a_spreadsheet_program_is_still_read() {
    let (_folder, path) = folder();
    killed_run(&path, vec![record(0, Status::Done), record(1, Status::Failed)]);
    let saved = fs_err::read_to_string(&path).unwrap().replace('\n', "\r\n");
    fs_err::write(&path, format!("\u{feff}{saved}")).unwrap();
    assert_eq!(records(&path), [record(0, Status::Done), record(1, Status::Failed)]);
    finished_run(&path, vec![record(1, Status::Done)], &[0, 1]);
    assert_eq!(
        records(&path),
        [
            record(0, Status::Done),
            Record {
                report: RowReport {
                    place: place(3),
                    ..record(1, Status::Done).report
                },
                ..record(1, Status::Done)
            }
        ]
    );
}

#[test]
fn a_missing_folder_is_named_with_what_to_do() {
    let (folder, _) = folder();
    let path = folder.path().join("nowhere").join("joiners.results.csv");
    let told = ResultsFile::open(&path, &run(), None).unwrap_err().to_string();
    assert!(told.contains("nowhere") && told.contains("create the folder"), "{told}");
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_only_unless_the_owner_has_said_otherwise() {
    use std::os::unix::fs::PermissionsExt;

    let (_folder, path) = folder();
    let mode = |path: &Path| fs_err::metadata(path).unwrap().permissions().mode() & 0o777;
    finished_run(&path, vec![record(0, Status::Done)], &[0]);
    assert_eq!(mode(&path), 0o600);
    fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    finished_run(&path, vec![record(1, Status::Done)], &[0, 1]);
    assert_eq!(mode(&path), 0o640);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_results_file_stays_a_link() {
    let (folder, path) = folder();
    open(&path).file.finish(Order::of_sheet(&[])).unwrap();
    let link = folder.path().join("link.csv");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    finished_run(&link, vec![record(0, Status::Done)], &[0]);
    assert!(link.is_symlink());
    assert_eq!(records(&path), [record(0, Status::Done)]);
}

#[cfg(unix)]
#[test]
fn a_link_to_where_there_is_no_results_file_yet_stays_a_link() {
    let (folder, path) = folder();
    let link = folder.path().join("link.csv");
    std::os::unix::fs::symlink(path.file_name().unwrap(), &link).unwrap();
    finished_run(&link, vec![record(0, Status::Started), record(0, Status::Done)], &[0]);
    assert!(link.is_symlink());
    assert_eq!(records(&path), [record(0, Status::Done)]);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_results_file_and_nobody_waits_for_it() {
    let (_folder, path) = folder();
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    let refused = History::read(&path).unwrap_err().to_string();
    assert!(refused.contains("is no file"), "{refused}");
    let refused = ResultsFile::open(&path, &run(), None).unwrap_err().to_string();
    assert!(refused.contains("is no file"), "{refused}");
}

#[test]
fn a_rewrite_that_fails_is_a_warning_and_loses_nothing() {
    let (_folder, path) = folder();
    let opened = open(&path);
    let both = vec![record(0, Status::Started), record(0, Status::Done)];
    drop(opened.file.journal().append(both));
    fs_err::create_dir(path.with_file_name("joiners.results.csv.rewriting")).unwrap();
    let warning = opened.file.finish(Order::of_sheet(&in_order(&[0]))).unwrap_err();
    assert!(matches!(warning, FinishError::Ordering { .. }), "{warning}");
    assert_eq!(records(&path), [record(0, Status::Done)]);
}

#[test]
fn the_results_lie_beside_the_sheet_under_its_name() {
    for (sheet, results) in [
        ("joiners.csv", "joiners.results.csv"),
        ("in/q4.licences.xlsx", "in/q4.licences.results.csv"),
        ("joiners", "joiners.results.csv"),
    ] {
        assert_eq!(results_path(Path::new(sheet)), Path::new(results));
    }
}

/// Starts anew; says where the old file is kept.
fn anew(path: &Path) -> Option<PathBuf> {
    let StartedAnew { opened, kept } = LockedResults::take(path, &later_run())
        .unwrap()
        .start_anew(&later_run())
        .unwrap();
    assert!(opened.history.is_empty());
    kept
}

#[test]
fn starting_anew_keeps_every_old_file_under_its_date() {
    let (folder, path) = folder();
    assert_eq!(anew(&path), None);
    for name in [
        "joiners.results.2026-11-21T10-00-00Z.csv",
        "joiners.results.2026-11-21T10-00-00Z-2.csv",
    ] {
        killed_run(&path, vec![record(0, Status::Done)]);
        assert_eq!(anew(&path), Some(folder.path().join(name)));
        assert!(!path.exists());
        assert_eq!(records(&folder.path().join(name)), [record(0, Status::Done)]);
    }
}

#[test]
fn a_file_to_be_put_away_is_locked_and_left_as_it_was_until_that_is_certain() {
    let (folder, path) = folder();
    killed_run(&path, vec![record(0, Status::Done)]);
    let before = fs_err::read(&path).unwrap();
    let locked = LockedResults::take(&path, &later_run()).unwrap();
    locked.may_start_anew().unwrap();
    assert!(matches!(
        ResultsFile::open(&path, &run(), None),
        Err(OpenError::Locked { .. })
    ));
    drop(locked);
    assert_eq!(fs_err::read(&path).unwrap(), before);
    assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 1);
    open(&path);
}

#[test]
fn a_strangers_file_is_not_put_away_and_a_running_one_neither() {
    let (_folder, path) = folder();
    let opened = open(&path);
    assert!(matches!(
        LockedResults::take(&path, &later_run()),
        Err(OpenError::Locked { .. })
    ));
    drop(opened);
    fs_err::write(&path, "email,name\n").unwrap();
    let locked = LockedResults::take(&path, &later_run()).unwrap();
    assert!(matches!(locked.may_start_anew(), Err(OpenError::NotResults { .. })));
    assert!(matches!(
        locked.start_anew(&later_run()),
        Err(OpenError::NotResults { .. })
    ));
    assert_eq!(fs_err::read_to_string(&path).unwrap(), "email,name\n");
}

/// Three finished rows as bytes.
fn three() -> (TempDir, PathBuf, Vec<u8>) {
    let (folder, path) = folder();
    finished_run(&path, (0..3).map(|row| record(row, Status::Done)).collect(), &[0, 1, 2]);
    let bytes = fs_err::read(&path).unwrap();
    (folder, path, bytes)
}

#[test]
fn nuls_that_a_loss_of_power_left_at_the_end_are_dropped_with_a_notice() {
    let (_folder, path, whole) = three();
    for cut in [whole.len(), whole.len() - 1, whole.len() - 40, 5, 0] {
        for nuls in [1, 4096, 10_000] {
            let mut bytes = whole[..cut].to_vec();
            bytes.resize(cut + nuls, 0);
            fs_err::write(&path, &bytes).unwrap();
            let opened = open(&path);
            // Of a line that lacks its end nobody knows whether it was on disk before what followed it.
            let left = match cut {
                cut if cut == whole.len() => 3,
                cut if cut > 100 => 2,
                _ => 0,
            };
            assert_eq!(opened.history.len(), left, "{cut} bytes and {nuls} NULs");
            assert_eq!(opened.notice.is_some(), cut > 5, "{cut} bytes and {nuls} NULs");
            let mended = fs_err::read(&path).unwrap();
            assert!(mended.ends_with(b"\n") && !mended.contains(&0));
            assert!(whole.starts_with(&mended));
        }
    }
}

#[test]
fn a_file_that_begins_with_nuls_is_emptied_only_where_it_can_be_nothing_but_a_fresh_one() {
    let (_folder, path, whole) = three();
    let zeroed = |nuls: usize| [&vec![0; nuls], &whole[nuls.min(whole.len())..]].concat();
    for bytes in [
        // The first block never came back from the disk, and the records behind it did.
        zeroed(COLUMNS.join(",").len() + 1),
        zeroed(whole.len() - 1),
        // Something else: an image of a disk, or one that nothing has been put on yet.
        [&vec![0; 446][..], b"\x55\xaa"].concat(),
        vec![0; (1 << 20) + 1],
        [&b"row,"[..], &vec![0; 1 << 20]].concat(),
    ] {
        fs_err::write(&path, &bytes).unwrap();
        let refusal = ResultsFile::open(&path, &run(), None).unwrap_err();
        assert!(matches!(refusal, OpenError::NotResults { .. }), "{refusal}");
        assert!(fs_err::read(&path).unwrap() == bytes);
    }
    for nuls in [1, 4096, 1 << 20] {
        fs_err::write(&path, vec![0; nuls]).unwrap();
        assert!(open(&path).history.is_empty(), "{nuls} NULs");
    }
}

#[test]
fn a_file_that_tells_of_no_row_is_taken_away_unless_the_run_came_to_its_end() {
    let (folder, path) = folder();
    drop(open(&path));
    assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 0);
    killed_run(&path, vec![record(0, Status::Done)]);
    drop(open(&path));
    assert_eq!(records(&path), [record(0, Status::Done)]);
}

#[test]
fn damage_in_the_middle_is_refused_with_the_line_and_the_ways_out_and_nothing_is_dropped() {
    let (_folder, path, whole) = three();
    let text = String::from_utf8(whole.clone()).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let nuls = "\0".repeat(lines[2].len() - 1) + "\n";
    let half = &lines[2][..lines[2].len() / 2];
    for (damage, tail) in [
        // A block that never came to the disk, before one that did.
        (nuls.as_str(), ""),
        // Half a line, the other half and the line end gone.
        (half, ""),
        // What a person typed.
        ("done\n", ""),
        // A quotation mark that lost its partner, and an end that was cut off besides.
        (&format!("\"{}", lines[2]), "7,,invite"),
    ] {
        let damaged = [lines[0], lines[1], damage, lines[3], tail].concat();
        fs_err::write(&path, &damaged).unwrap();
        let refusal = ResultsFile::open(&path, &run(), None).unwrap_err();
        let told = refusal.to_string();
        assert!(matches!(refusal, OpenError::Damaged { line: 3, .. }), "{told}");
        assert!(told.contains("restore the file") && told.contains("--again"), "{told}");
        assert_eq!(fs_err::read_to_string(&path).unwrap(), damaged);
        let kept = anew(&path).unwrap();
        assert_eq!(fs_err::read_to_string(&kept).unwrap(), damaged);
        fs_err::remove_file(kept).unwrap();
    }
}

#[test]
#[cfg(unix)]
fn a_file_that_was_deleted_or_moved_while_it_was_written_is_never_said_to_be_good() {
    let (folder, path) = folder();
    let opened = open(&path);
    fs_err::remove_file(&path).unwrap();
    let told = block_on(opened.file.journal().append(vec![record(0, Status::Done)])).unwrap_err();
    assert!(
        told.to_string().contains("deleted while it was being written"),
        "{told}"
    );
    let told = opened.file.finish(Order::of_sheet(&in_order(&[0]))).unwrap_err();
    assert!(matches!(told, FinishError::Writing(_)), "{told}");

    let opened = open(&path);
    block_on(opened.file.journal().append(vec![record(0, Status::Done)])).unwrap();
    fs_err::rename(&path, folder.path().join("elsewhere.csv")).unwrap();
    let told = opened.file.finish(Order::of_sheet(&in_order(&[0]))).unwrap_err();
    assert!(matches!(told, FinishError::Writing(_)), "{told}");
    assert!(told.to_string().contains("moved or deleted"), "{told}");
}

#[test]
fn a_clock_that_was_set_back_makes_no_row_end_before_it_began() {
    let (_folder, path) = folder();
    let early = "2026-11-21T09:00:00Z".parse().unwrap();
    let made = Record {
        finished_at: Some(early),
        ..record(0, Status::Done)
    };
    killed_run(&path, vec![made.clone()]);
    assert_eq!(made.duration_ms(), Some(0));
    assert_eq!(records(&path), [made]);
    // A run that began before the last one by the clock goes on with its file all the same.
    killed_run(&path, vec![record(1, Status::Done)]);
    drop(ResultsFile::open(&path, &RunId::new(early, run().organization(), 9), None).unwrap());
    assert_eq!(records(&path).len(), 2);
}

/// A file that the first released version wrote: one line of each status, in the documents' order.
const FROZEN: &str = include_str!("data/results-v1.csv");

#[test]
fn a_file_of_the_first_released_version_is_always_readable() {
    let (_folder, path) = folder();
    fs_err::write(&path, FROZEN).unwrap();
    let found = records(&path);
    assert_eq!(
        found.iter().map(|record| record.report.status).collect::<Vec<_>>(),
        Status::iter().collect::<Vec<_>>()
    );
    assert_eq!(found[0].report.place.to_string(), "Q4, all row 2");
    assert_eq!(found[0].report.target, "Automation Users; \"Robots, Köln\"");
    assert_eq!(found[0].duration_ms(), Some(412));
    assert_eq!(found[2].report.before.as_ref().unwrap()["licenses"], json!(["ATTUNU"]));
    assert_eq!(found[6].report.message, "=HYPERLINK(\"x\") is not a name");
    assert_eq!(found[10].report.user, "@joe");
    assert!(found[9].started_at.is_some() && found[9].finished_at.is_none());
    let history = History::read(&path).unwrap();
    assert_eq!(history.last_run().unwrap().short(), "a1b2c3");
    for record in found {
        let expected = match record.report.status {
            Status::Done | Status::Unchanged => "skip",
            Status::Waiting => "go on",
            Status::InDoubt | Status::Started => "settle",
            _ => "run",
        };
        let resume = match history.resume(&record.report.key).unwrap() {
            Resume::Skip => "skip",
            Resume::Run => "run",
            Resume::GoOn(_) => "go on",
            Resume::Settle(_) => "settle",
            Resume::Leave => "leave",
        };
        assert_eq!(resume, expected, "{}", record.report.status);
    }
}

#[test]
fn a_file_of_the_first_released_version_is_written_back_as_it_was() {
    let (_folder, path) = folder();
    fs_err::write(&path, FROZEN).unwrap();
    let order: Vec<_> = records(&path)
        .into_iter()
        .map(|record| (record.report.key, record.report.place))
        .collect();
    let frozen = History::read(&path).unwrap().last_run().unwrap().clone();
    let opened = ResultsFile::open(&path, &frozen, None).unwrap();
    drop(opened.file.journal().append(records(&path)));
    opened.file.finish(Order::of_sheet(&order)).unwrap();
    assert_eq!(fs_err::read_to_string(&path).unwrap(), FROZEN.replace("\r\n", "\n"));
}

#[test]
fn the_documents_tell_of_every_column_and_every_status_with_what_a_rerun_does() {
    let page = include_str!("../docs/results.md");
    for column in COLUMNS {
        assert!(page.contains(&format!("| `{column}` |")), "{column}");
    }
    for status in Status::iter() {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{status}` |")));
        let said = row
            .and_then(|row| row.split('|').nth(3))
            .map(str::trim)
            .unwrap_or_default();
        let begins = match status.rerun() {
            Rerun::Skip => "skipped",
            Rerun::Run => "run",
            Rerun::GoOn => "goes on",
            Rerun::Settle => "settled",
        };
        assert!(said.starts_with(begins), "{status}: {said}");
    }
    assert!(page.contains(&format!("format version {FORMAT_VERSION}")));
}

#[test]
fn the_documents_tell_of_every_code() {
    let page = include_str!("../docs/results.md");
    let told: HashSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next())
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    let reasons = RowReason::iter().map(<&str>::from);
    let found = OwnCode::iter().map(<&str>::from);
    let without_answer = TransportCode::iter().map(<&str>::from);
    let codes = reasons.chain(found).chain(without_answer);
    let untold: Vec<&str> = codes.filter(|code| !told.contains(code)).collect();
    assert!(untold.is_empty(), "{untold:?}");
}

fn text() -> impl Strategy<Value = String> {
    "[-=+@']{0,3}[a-zé\",;|]{0,6}( [a-z'=]{1,4})?"
}

prop_compose! {
    fn any_record()(
        row in 0u32..40,
        status in proptest::sample::select(Status::iter().collect::<Vec<_>>()),
        operation in proptest::option::of(proptest::sample::select(OperationKind::iter().collect::<Vec<_>>())),
        texts in proptest::array::uniform6(text()),
        http_status in proptest::option::of(100u16..600),
        json in proptest::option::of("\\PC{0,8}"),
        times in proptest::option::of((0i64..4_000_000_000_000, -5i64..100_000)),
        id in proptest::option::of(any::<u128>()),
        counts in (0u32..9, 0u32..9),
    ) -> Record {
        let [sheet, user, target, code, message, trace] = texts;
        let time = |millisecond| jiff::Timestamp::from_millisecond(millisecond).unwrap();
        Record { report: RowReport { place: Place { sheet: sheet.trim().into(), row }, operation, user: user.trim().to_owned(), target: target.trim().to_owned(), status, code: code.trim().to_owned(), message: message.trim().to_owned(), before: json.as_ref().map(|text| json!({ "name": text })), after: json.map(|text| json!(text)), user_id: id.map(|id| UserId(Uuid::from_u128(id))), key: key(row) }, corrects: None, http_status, attempts: counts.0, calls: counts.1, trace_id: Some(trace.trim().to_owned()).filter(|trace| !trace.is_empty()), started_at: times.map(|(start, _)| time(start)), finished_at: times.map(|(start, length)| time((start + length).max(0))) }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_record_is_read_back_as_it_was_written(made in any_record()) {
        let (_folder, path) = folder();
        killed_run(&path, vec![made.clone()]);
        prop_assert_eq!(records(&path), vec![made]);
    }

    #[test]
    fn any_file_cut_anywhere_is_a_whole_file_of_fewer_records(
        made in proptest::collection::vec(any_record(), 1..12),
        cut in any::<proptest::sample::Index>(),
    ) {
        let (_folder, path) = folder();
        killed_run(&path, made);
        let whole = fs_err::read(&path).unwrap();
        let cut = cut.index(whole.len() + 1);
        fs_err::write(&path, &whole[..cut]).unwrap();
        let kept: Vec<_> = records(&path);
        let _opened = open(&path);
        prop_assert_eq!(records(&path), kept);
        let mended = fs_err::read(&path).unwrap();
        prop_assert!(mended.ends_with(b"\n"));
        prop_assert!(whole.starts_with(&mended) || cut < whole.len());
    }

    #[test]
    fn a_sheet_that_was_sorted_and_extended_repeats_no_finished_row(
        made in proptest::collection::vec(any_record(), 1..40),
        now in Just((0u32..60).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let (_folder, path) = folder();
        finished_run(&path, made.clone(), &(0..40).collect::<Vec<_>>());
        let done: HashSet<RowKey> = records(&path)
            .into_iter()
            .filter(|record| matches!(record.report.status, Status::Done | Status::Unchanged))
            .map(|record| record.report.key)
            .collect();
        let opened = open(&path);
        for (key, _) in in_order(&now) {
            let skips = opened.history.resume(&key).unwrap() == Resume::Skip;
            prop_assert_eq!(skips, done.contains(&key));
        }
        let finished = opened.file.finish(Order::of_sheet(&in_order(&now))).unwrap();
        let keys: HashSet<RowKey> = made.iter().map(|record| record.report.key).collect();
        prop_assert_eq!(finished.counts.values().sum::<usize>(), keys.len());
    }
}

/// What another program may make of a file without changing what it says, its header aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edit {
    None,
    Quotes,
    ReturnFeeds,
    EmptyLines,
    NoLastEnd,
}

impl Edit {
    fn of(self, text: &str) -> String {
        let (header, lines) = text.split_once('\n').unwrap();
        let edited = match self {
            Self::None => lines.to_owned(),
            Self::Quotes => {
                let mut reader = csv::ReaderBuilder::new()
                    .has_headers(false)
                    .from_reader(lines.as_bytes());
                let mut writer = csv::WriterBuilder::new()
                    .quote_style(csv::QuoteStyle::Always)
                    .from_writer(Vec::new());
                for line in reader.records() {
                    writer.write_record(&line.unwrap()).unwrap();
                }
                String::from_utf8(writer.into_inner().unwrap()).unwrap()
            }
            Self::ReturnFeeds => lines.replace('\n', "\r\n"),
            Self::EmptyLines => lines.replace('\n', "\n\n"),
            Self::NoLastEnd => lines.trim_end().to_owned(),
        };
        format!("{header}\n{edited}")
    }
}

/// A run: what it records, when somebody edits the file and how, and how it ends; `None` if it is killed.
#[derive(Debug, Clone)]
struct AnyRun {
    records: Vec<Record>,
    edited: (Edit, Edit),
    ends: Option<(Vec<u32>, Sheet, Vec<u32>)>,
}

prop_compose! {
    /// A record of one of a few rows, which may correct another.
    fn few_rows()(
        row in 0u32..7,
        status in proptest::sample::select(Status::iter().collect::<Vec<_>>()),
        corrects in proptest::option::weighted(0.3, 0u32..7),
        user in 0u32..3,
        is_bare in any::<bool>(),
    ) -> Record {
        let mut made = if is_bare { bare(row, status) } else { record(row, status) };
        made.report.user = format!("person{user}@x.example");
        made.corrects = corrects.map(key);
        made
    }
}

prop_compose! {
    fn any_run()(
        records in proptest::collection::vec(few_rows(), 0..8),
        edits in proptest::array::uniform2(proptest::sample::select(vec![
            Edit::None, Edit::None, Edit::None, Edit::Quotes, Edit::ReturnFeeds, Edit::EmptyLines, Edit::NoLastEnd,
        ])),
        is_killed in proptest::bool::weighted(0.2),
        order in proptest::sample::subsequence((0u32..9).collect::<Vec<_>>(), 0..9).prop_shuffle(),
        is_sorted in any::<bool>(),
        sheet in proptest::sample::select(vec![Sheet::Whole, Sheet::Whole, Sheet::Part]),
        replaced in proptest::sample::subsequence(vec![0u32, 3, 5], 0..2),
    ) -> AnyRun {
        let mut order = order;
        if is_sorted {
            order.sort_unstable();
        }
        AnyRun { records, edited: (edits[0], edits[1]), ends: (!is_killed).then_some((order, sheet, replaced)) }
    }
}

/// What a file with these records, in this order, is to have after a run that ended: a second opinion, of records.
fn in_final_order(records: &[Record], rows: &[(RowKey, Place)], sheet: Sheet, replaced: &[RowKey]) -> Vec<Record> {
    let gives_way = |earlier: usize, later: &Record| Known::of(&records[earlier]).gives_way_to(Known::of(later));
    let mut counting: BTreeMap<RowKey, usize> = BTreeMap::new();
    let mut first: BTreeMap<RowKey, usize> = BTreeMap::new();
    // The last correction of a row, and where the first one is.
    let mut corrections: BTreeMap<RowKey, (RowKey, usize)> = BTreeMap::new();
    for (position, record) in records.iter().enumerate() {
        let key = record.report.key;
        first.entry(key).or_insert(position);
        if counting.get(&key).is_some_and(|earlier| !gives_way(*earlier, record)) {
            continue;
        }
        counting.insert(key, position);
        let about = record.corrects.unwrap_or(key);
        let latest = corrections.get(&about).map_or(about, |correction| correction.0);
        if counting.get(&latest).is_some_and(|line| !gives_way(*line, record)) {
            continue;
        }
        match record.corrects {
            None => drop(corrections.remove(&key)),
            Some(row) if row != key => corrections.entry(row).or_insert((key, position)).0 = key,
            Some(_) => {}
        }
    }
    let outlives = |key: &RowKey| Known::of(&records[counting[key]]).outlives_its_row();
    let is_still_told = |key: &RowKey, correction: &RowKey| {
        let goes_on = counting.get(correction).is_some_and(|later| {
            let later = &records[*later].report;
            let same = |operation| continues(&records[counting[key]], operation, &later.user, &later.target);
            later.operation.is_some_and(same)
        });
        outlives(key) && !goes_on
    };
    let current: HashSet<RowKey> = corrections.values().map(|correction| correction.0).collect();
    let as_it_stays = |key: &RowKey| {
        let record = records[counting[key]].clone();
        let corrects = record.corrects.filter(|_| current.contains(key));
        Record { corrects, ..record }
    };
    let mut left: Vec<RowKey> = counting.keys().copied().collect();
    let mut lines = Vec::new();
    if sheet == Sheet::Part {
        let mut places: BTreeMap<RowKey, usize> = BTreeMap::new();
        for (row, correction) in &corrections {
            let place = first.get(row).map_or(correction.1, |first| correction.1.min(*first));
            let earliest = places.entry(correction.0).or_insert(place);
            *earliest = place.min(*earliest);
        }
        left.retain(|key| match corrections.get(key) {
            Some(correction) => is_still_told(key, &correction.0),
            None if places.contains_key(key) => true,
            None => (records[counting[key]].corrects.is_none() || outlives(key)) && !replaced.contains(key),
        });
        left.sort_by_key(|key| {
            let place = places.get(key).copied();
            (place.unwrap_or(first[key]), place.is_some(), counting[key])
        });
        return left.iter().map(as_it_stays).collect();
    }
    let mut take = |key: &RowKey| {
        let position = left.iter().position(|other| other == key)?;
        Some(left.remove(position))
    };
    for (key, place) in rows {
        let correction = corrections.get(key).map(|correction| correction.0);
        if let Some(correction) = correction
            && take(key).is_some()
            && is_still_told(key, &correction)
        {
            lines.push(records[counting[key]].clone());
        }
        if let Some(key) = take(&correction.unwrap_or(*key)) {
            let mut moved = records[counting[&key]].clone();
            moved.report.place = place.clone();
            lines.push(moved);
        }
    }
    left.retain(|key| outlives(key) && !replaced.contains(key));
    left.sort_by_key(|key| counting[key]);
    lines.extend(left.iter().map(as_it_stays));
    lines
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// However a file came to be, and whatever is known of it when the run ends.
    #[test]
    fn a_file_is_in_its_final_order_after_each_run_to_the_byte(runs in proptest::collection::vec(any_run(), 1..6)) {
        let (_folder, path) = folder();
        let (_other, expected) = folder();
        let mut made: Vec<Record> = Vec::new();
        for AnyRun { records, edited, ends } in runs {
            if path.exists() {
                fs_err::write(&path, edited.0.of(&fs_err::read_to_string(&path).unwrap())).unwrap();
            }
            let opened = open(&path);
            if !records.is_empty() {
                block_on(opened.file.journal().append(records.clone())).unwrap();
            }
            made.extend(records);
            let Some((order, sheet, replaced)) = ends else {
                continue;
            };
            // Somebody may be at it while it is written.
            if edited.1 != Edit::None {
                fs_err::write(&path, edited.1.of(&fs_err::read_to_string(&path).unwrap())).unwrap();
            }
            let rows = in_order(&order);
            let replaced: Vec<RowKey> = replaced.into_iter().map(key).collect();
            made = in_final_order(&made, &rows, sheet, &replaced);
            let order = Order { rows: &rows, of: sheet, replaced: &replaced };
            let finished = opened.file.finish(order).unwrap();

            let _ = fs_err::remove_file(&expected);
            killed_run(&expected, made.clone());
            if made.is_empty() {
                fs_err::write(&expected, COLUMNS.join(",") + "\n").unwrap();
            }
            let (found, expected) = (fs_err::read_to_string(&path).unwrap(), fs_err::read_to_string(&expected).unwrap());
            prop_assert_eq!(found, expected);

            let read = History::read(&path).unwrap();
            let known = |history: &History| {
                let entries: Vec<_> = history.entries().map(Result::unwrap).collect();
                let rows: Vec<_> = (0..9).map(|row| (history.status(&key(row)), history.is_corrected(&key(row)))).collect();
                (entries, rows, history.counts())
            };
            prop_assert_eq!(known(&finished.history), known(&read));
        }
    }
}

/// A record of row `n` that corrects row `of`.
fn correction(n: u32, of: u32, status: Status) -> Record {
    Record {
        corrects: Some(key(of)),
        ..record(n, status)
    }
}

/// Ends a run of a sheet of failed rows.
fn finish_part(opened: Opened, rows: &[u32]) {
    let rows = in_order(rows);
    let order = Order {
        rows: &rows,
        of: Sheet::Part,
        replaced: &[],
    };
    opened.file.finish(order).unwrap();
}

fn keys(path: &Path) -> Vec<RowKey> {
    records(path).into_iter().map(|record| record.report.key).collect()
}

#[test]
fn a_corrected_row_takes_the_place_of_the_one_that_it_corrects_and_the_others_keep_theirs() {
    let (_folder, path) = folder();
    let statuses = [Status::Done, Status::NotFound, Status::Waiting, Status::NotFound];
    finished_run(
        &path,
        (0..).zip(statuses).map(|(row, status)| bare(row, status)).collect(),
        &[0, 1, 2, 3],
    );
    let opened = open(&path);
    drop(
        opened
            .file
            .journal()
            .append(vec![bare(3, Status::NotFound), correction(11, 1, Status::Done)]),
    );
    finish_part(opened, &[11, 3]);
    assert_eq!(keys(&path), [0, 11, 2, 3].map(key));

    let history = History::read(&path).unwrap();
    assert_eq!(
        history.resume(&key(1)).unwrap(),
        Resume::Skip,
        "the sheet itself leaves it alone"
    );
    assert_eq!(history.status(&key(1)), Some(Status::Done));
    finished_run(&path, Vec::new(), &[0, 1, 2, 3]);
    assert_eq!(keys(&path), [0, 11, 2, 3].map(key));
    // The sheet itself is corrected as well, to something else.
    finished_run(&path, vec![record(12, Status::Done)], &[0, 12, 2, 3]);
    assert_eq!(keys(&path), [0, 12, 2, 3, 11].map(key));
}

#[test]
fn a_row_that_is_run_itself_after_a_correction_that_failed_counts_again() {
    let (_folder, path) = folder();
    killed_run(
        &path,
        vec![
            bare(1, Status::NotFound),
            correction(11, 1, Status::Failed),
            bare(1, Status::Done),
        ],
    );
    for _ in 0..2 {
        let history = History::read(&path).unwrap();
        assert_eq!(history.status(&key(1)), Some(Status::Done));
        finished_run(&path, Vec::new(), &[1]);
    }
    // What was done for the correction is still told, and not taken for the row.
    assert_eq!(keys(&path), [1, 11].map(key));
}

#[test]
fn a_correction_that_was_not_attempted_hides_nothing_that_was_done_for_the_row() {
    for later in [Status::NotRun, Status::Invalid, Status::Skipped] {
        let (_folder, path) = folder();
        let unattempted = Record {
            corrects: Some(key(1)),
            ..bare(11, later)
        };
        killed_run(&path, vec![record(1, Status::Failed), unattempted]);
        let history = History::read(&path).unwrap();
        assert!(matches!(history.resume(&key(1)).unwrap(), Resume::GoOn(_)), "{later}");
        finish_part(open(&path), &[11]);
        assert_eq!(keys(&path), [key(1)], "{later}");
    }
}

#[test]
fn a_row_whose_correction_is_on_its_way_is_left_to_that() {
    for status in [Status::Waiting, Status::InDoubt, Status::Started] {
        let (_folder, path) = folder();
        killed_run(&path, vec![bare(1, Status::NotFound), correction(11, 1, status)]);
        let history = History::read(&path).unwrap();
        assert_eq!(history.resume(&key(1)).unwrap(), Resume::Leave, "{status}");
    }
}

#[test]
fn a_corrected_row_that_had_been_done_for_somebody_else_is_still_told() {
    let (_folder, path) = folder();
    let other = Record {
        report: RowReport {
            user: "somebody.else@x.example".to_owned(),
            ..record(11, Status::Done).report
        },
        ..correction(11, 1, Status::Done)
    };
    killed_run(&path, vec![record(1, Status::Failed), other]);
    for _ in 0..2 {
        finish_part(open(&path), &[11]);
        assert_eq!(keys(&path), [1, 11].map(key));
        assert_eq!(History::read(&path).unwrap().status(&key(1)), Some(Status::Done));
    }
    finished_run(&path, Vec::new(), &[1]);
    assert_eq!(History::read(&path).unwrap().status(&key(1)), Some(Status::Done));
}

#[test]
fn results_of_another_sheet_of_the_same_name_are_told_apart() {
    let (_folder, path) = folder();
    let ours = run().of_sheet("joiners.csv");
    let opened = ResultsFile::open(&path, &ours, None).unwrap();
    block_on(opened.file.journal().append(vec![record(0, Status::Done)])).unwrap();
    drop(opened);
    let history = History::read(&path).unwrap();
    history.is_of_sheet("Joiners.CSV").unwrap();
    let told = history.is_of_sheet("joiners.xlsx").unwrap_err().to_string();
    assert!(told.contains("`joiners.csv`") && told.contains("--results"), "{told}");
    finished_run(&path, vec![record(1, Status::Done)], &[0, 1]);
}
