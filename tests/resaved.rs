//! A results file that another program has saved: read as long as what a rerun or an undo needs is whole, and kept in
//! the form in which it was saved.
#![expect(clippy::unwrap_used, reason = "a test that cannot set its stage fails")]

use std::path::{Path, PathBuf};

use encoding_rs::WINDOWS_1252;
use proptest::prelude::*;
use reseat::ledger::{COLUMNS, History, OpenError, Opened, Order, Record, ResultsFile, Resume, RunId};
use reseat::model::{OperationKind, OrganizationId, Place, RowKey, RowReport, Status, UserId};
use serde_json::json;
use strum::IntoEnumIterator;
use tempfile::TempDir;
use uuid::Uuid;

/// As reseat wrote it.
const OURS: &[u8] = include_bytes!("data/resaved/ours.csv");

/// The same file as programs saved it that had opened it. All people in it are invented.
const RESAVED: [(&str, &[u8]); 16] = [
    // pandas 2: `to_csv` as it is by default, with `index=False`, and as `;`, decimal commas and UTF-16.
    (
        "pandas, with its index",
        include_bytes!("data/resaved/pandas-index.csv"),
    ),
    ("pandas", include_bytes!("data/resaved/pandas.csv")),
    ("pandas in German", include_bytes!("data/resaved/pandas-de.csv")),
    // DuckDB: `copy (select * from read_csv(…)) to …`
    ("DuckDB", include_bytes!("data/resaved/duckdb.csv")),
    // csvkit 2: `csvformat -U 1 -D ';'` and `csvsort -c status`
    ("csvkit, quoted", include_bytes!("data/resaved/csvkit.csv")),
    ("csvkit, sorted", include_bytes!("data/resaved/csvkit-sort.csv")),
    // Miller 6: `--ocsv --quote-all cat`, and `--otsv sort -f status then reorder -f key`
    ("Miller", include_bytes!("data/resaved/miller.csv")),
    ("Miller, reordered", include_bytes!("data/resaved/miller.tsv")),
    // R 4: `write.csv2(read.csv(…))`, and `write.csv(…, row.names=FALSE, fileEncoding="latin1")`
    ("R in German", include_bytes!("data/resaved/r.csv")),
    ("R", include_bytes!("data/resaved/r-norow.csv")),
    // Gnumeric 1.12: `ssconvert` with `;`, ISO 8859-1, CRLF, everything quoted
    ("Gnumeric", include_bytes!("data/resaved/gnumeric.csv")),
    // SheetJS 0.18: `sheet_to_csv` with `FS: ';'`
    ("SheetJS", include_bytes!("data/resaved/sheetjs.csv")),
    // exceljs 4: `csv.readFile`, `csv.writeFile`
    ("exceljs", include_bytes!("data/resaved/exceljs.csv")),
    // LibreOffice 7.4: German, `;`, Windows-1252; and Unicode (UTF-16) with tabs and quoted text
    (
        "LibreOffice in German",
        include_bytes!("data/resaved/libreoffice-de.csv"),
    ),
    (
        "LibreOffice, UTF-16",
        include_bytes!("data/resaved/libreoffice-utf16.tsv"),
    ),
    ("reseat", OURS),
];

const ORGANIZATION: OrganizationId = OrganizationId(Uuid::from_u128(0x6f1c_0d1e_2222_4333_8444_5555_6666_777a));

fn run() -> RunId {
    let run = RunId::new("2026-11-22T08:30:00Z".parse().unwrap(), ORGANIZATION, 0x00d4_e5f6);
    run.of_sheet("joiners.csv")
}

fn stored(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("joiners.results.csv");
    fs_err::write(&path, bytes).unwrap();
    (folder, path)
}

fn open(path: &Path) -> Opened {
    ResultsFile::open(path, &run(), None).unwrap()
}

/// What a rerun and an undo need of each line.
type Needed = (
    RowKey,
    Status,
    Option<OperationKind>,
    u32,
    Option<UserId>,
    [Option<serde_json::Value>; 2],
);

fn needed(path: &Path) -> Vec<Needed> {
    let history = History::read(path).unwrap();
    let mut lines: Vec<Needed> = history
        .entries()
        .map(|entered| {
            let Record { report, calls, .. } = entered.unwrap().record;
            let json = [report.before, report.after];
            (report.key, report.status, report.operation, calls, report.user_id, json)
        })
        .collect();
    lines.sort_by_key(|line| line.0);
    lines
}

fn record(row: u32, status: Status) -> Record {
    let place = Place { sheet: "".into(), row };
    let report = RowReport {
        operation: Some(OperationKind::Update),
        user: "zoë@acme.example".to_owned(),
        message: "the name, \"Zoë\"; 日本".to_owned(),
        before: Some(json!({"name": "Łukasz; \"日本\"\t𝄞"})),
        after: Some(json!({"name": "Zoë"})),
        ..RowReport::blank(place, RowKey::of("row", row), status)
    };
    Record {
        calls: 1,
        ..Record::from(report)
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

#[test]
fn what_other_programs_saved_is_read_and_says_the_same() {
    let (_folder, ours) = stored(OURS);
    let expected = needed(&ours);
    assert_eq!(expected.len(), 10);
    for (program, bytes) in RESAVED {
        let (_folder, path) = stored(bytes);
        assert_eq!(needed(&path), expected, "{program}");
        let history = open(&path).history;
        let run: RunId = history.last_run().unwrap().clone();
        assert_eq!(
            (run.organization(), run.sheet()),
            (ORGANIZATION, Some("joiners.csv")),
            "{program}"
        );
    }
}

/// The text of a file, whatever its encoding, and what ends its lines.
fn text(bytes: &[u8]) -> (String, &'static str) {
    let utf_16: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|unit| u16::from_le_bytes([unit[0], unit[1]]))
        .collect();
    let text = if bytes.starts_with(&[0xff, 0xfe]) {
        String::from_utf16(&utf_16).unwrap()
    } else {
        match String::from_utf8(bytes.to_vec()) {
            Ok(text) => text,
            Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        }
    };
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    (text, line_end)
}

#[test]
fn a_resaved_file_is_appended_to_and_rewritten_in_the_form_that_it_has() {
    for (program, bytes) in RESAVED {
        let (_folder, path) = stored(bytes);
        let (before, line_end) = text(bytes);
        let opened = open(&path);
        block_on(opened.file.journal().append(vec![record(20, Status::Done)])).unwrap();

        // A run that is killed now leaves this.
        let appended = fs_err::read(&path).unwrap();
        let ended = if before.ends_with(line_end) { "" } else { line_end };
        assert!(text(&appended).0.starts_with(&(before.clone() + ended)), "{program}");
        assert!(appended.starts_with(bytes), "{program}: what was there is not touched");
        let added = &text(&appended).0[before.len() + ended.len()..];
        assert!(
            added.ends_with(line_end) && added.trim().lines().count() == 1,
            "{program}: {added}"
        );
        let lines = needed(&path);
        let ours = lines.iter().find(|line| line.0 == RowKey::of("row", 20)).unwrap();
        let made = record(20, Status::Done).report;
        assert_eq!(ours.5, [made.before, made.after], "{program}");

        let history = History::read(&path).unwrap();
        let order: Vec<_> = history
            .entries()
            .map(|entered| entered.unwrap().record.report)
            .map(|report| (report.key, report.place))
            .collect();
        opened.file.finish(Order::of_sheet(&order)).unwrap();
        assert_eq!(needed(&path), lines, "{program}");
        let (after, line_end_after) = text(&fs_err::read(&path).unwrap());
        assert_eq!(line_end_after, line_end, "{program}");
        let header = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        assert_eq!(header(&after), header(&before), "{program}");
        for line in before.lines() {
            // Some quote what needs no quotation marks, and none of them is wrong.
            let bare = |line: &str| line.replace('"', "");
            let is_there = after.lines().any(|other| cells(&bare(other)).eq(&cells(&bare(line))));
            assert!(is_there, "{program}: {line} is not in {after}");
        }
    }
}

/// The cells of a line without backslashes, which Miller doubles, and the first one, in which rows are numbered.
fn cells(line: &str) -> Vec<String> {
    let cells = line.split([',', ';', '\t']);
    cells
        .map(|cell| cell.replace('\\', "").replace("\u{feff}", ""))
        .collect()
}

#[test]
fn a_resaved_file_that_is_cut_anywhere_in_its_last_line_loses_that_line_and_no_other() {
    for (program, bytes) in RESAVED {
        let (_folder, path) = stored(bytes);
        let opened = open(&path);
        let started = fs_err::metadata(&path).unwrap().len();
        block_on(opened.file.journal().append(vec![record(20, Status::Done)])).unwrap();
        drop(opened);
        let whole = fs_err::read(&path).unwrap();
        let before = 10;
        let start = usize::try_from(started).unwrap();
        // A line that lacks no more than its end is whole.
        for (number, cut) in (start..whole.len() - 4).step_by(61).enumerate() {
            let mut bytes = whole[..cut].to_vec();
            bytes.resize(cut + [0, 64][number % 2], 0);
            fs_err::write(&path, &bytes).unwrap();
            let opened = open(&path);
            assert_eq!(opened.history.len(), before, "{program} cut at {cut}");
            block_on(opened.file.journal().append(vec![record(21, Status::Done)])).unwrap();
            drop(opened);
            let history = History::read(&path).unwrap();
            assert_eq!(history.len(), before + 1, "{program} cut at {cut}");
            assert_eq!(history.status(&RowKey::of("row", 21)), Some(Status::Done));
        }
    }
}

fn damaged(bytes: &[u8]) -> (u64, String) {
    let (_folder, path) = stored(bytes);
    let refusal = ResultsFile::open(&path, &run(), None).unwrap_err();
    assert_eq!(fs_err::read(&path).unwrap(), bytes, "a refused file is left as it is");
    let told = refusal.to_string();
    assert!(!told.contains("move"), "{told}");
    match refusal {
        OpenError::Damaged { line, .. } => (line, told),
        other => panic!("{other}"),
    }
}

#[test]
fn what_a_rerun_needs_and_has_lost_is_refused_with_the_line_that_an_editor_shows() {
    let ours = std::str::from_utf8(OURS).unwrap();
    for line_end in ["\n", "\r\n", "\r"] {
        let (line, told) = damaged(
            ours.replacen(",failed,", ",Failed,", 1)
                .replace('\n', line_end)
                .as_bytes(),
        );
        assert_eq!(line, 10, "{told}");
        assert!(
            told.contains("`status` is `Failed`, where reseat writes `failed`"),
            "{told}"
        );

        // Line breaks within a cell, empty lines, and lines of cleared cells count as an editor counts them.
        let broken = ours.replacen("licences set", "\"licences\nset\"", 1);
        let broken = broken.replacen("\n4,", "\n\n,,,,,,,,,,,,,,,,,,,\n4,", 1);
        let broken = broken.replacen(",failed,", ",fehlgeschlagen,", 1);
        let (line, told) = damaged(broken.replace('\n', line_end).as_bytes());
        assert_eq!(line, 13, "{told}");
        assert!(told.contains("`status` cannot be `fehlgeschlagen`"), "{told}");
    }
    let german = include_bytes!("data/resaved/libreoffice-de.csv");
    let changed: Vec<u8> = WINDOWS_1252
        .decode(german)
        .0
        .replacen(";failed;", ";Failed;", 1)
        .chars()
        .map(|letter| letter as u8)
        .collect();
    assert_eq!(damaged(&changed).0, 10);
    for (from, to, said) in [
        ("5faa268bbc7d579f91ad69b7a4c8ad5b", "5.00E+31", "digits are lost"),
        (
            "5faa268bbc7d579f91ad69b7a4c8ad5b",
            "5faa268bbc7d579f",
            "`key` cannot be",
        ),
        (",duplicate,", ",,", "`status` is empty"),
        ("a1b2c3 joiners.csv v2", "", "`run` is not as reseat writes it"),
        ("0a1b2c3d-1111-4222-8333-000000000001", "#NAME?", "`user_id` cannot be"),
    ] {
        let position = ours.rfind(from).unwrap();
        let changed = format!("{}{to}{}", &ours[..position], &ours[position + from.len()..]);
        let (_, told) = damaged(changed.as_bytes());
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn a_column_that_is_gone_is_named_if_something_was_in_it_that_a_rerun_needs() {
    let ours = std::str::from_utf8(OURS).unwrap();
    let without = |gone: &str| {
        let mut reader = csv::Reader::from_reader(ours.as_bytes());
        let kept: Vec<usize> = (0..COLUMNS.len()).filter(|column| COLUMNS[*column] != gone).collect();
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(kept.iter().map(|column| COLUMNS[*column])).unwrap();
        for line in reader.records() {
            let line = line.unwrap();
            writer.write_record(kept.iter().map(|column| &line[*column])).unwrap();
        }
        writer.into_inner().unwrap()
    };
    let (_folder, whole) = stored(OURS);
    for column in COLUMNS {
        let bytes = without(column);
        let (_folder, path) = stored(&bytes);
        let is_for_people = [
            "sheet",
            "http_status",
            "code",
            "message",
            "attempts",
            "trace_id",
            "started_at",
            "finished_at",
            "duration_ms",
        ];
        match ResultsFile::open(&path, &run(), None) {
            Ok(opened) => {
                assert!(is_for_people.contains(&column), "{column}");
                drop(opened);
                assert_eq!(needed(&path), needed(&whole));
            }
            Err(OpenError::LostColumn { column: named, .. }) => {
                assert_eq!(named, column);
                assert!(!is_for_people.contains(&column));
            }
            Err(other) => panic!("{column}: {other}"),
        }
    }
}

#[test]
fn a_workbook_under_the_name_of_the_results_is_told_from_other_files() {
    let (_folder, path) = stored(b"PK\x03\x04 and so on");
    let told = ResultsFile::open(&path, &run(), None).unwrap_err().to_string();
    assert!(told.contains("it is a workbook: save it as CSV"), "{told}");
}

#[test]
fn times_that_a_program_rewrote_are_kept_and_do_no_harm() {
    let ours = std::str::from_utf8(OURS).unwrap();
    let rewritten = ours.replace("2026-11-21T10:00:03.250Z", "21.11.2026 10:00");
    let (_folder, path) = stored(rewritten.as_bytes());
    let history = History::read(&path).unwrap();
    let waiting: RowKey = "071535859cb356e993a1f7ef6461bd64".parse().unwrap();
    let Resume::GoOn(prior) = history.resume(&waiting).unwrap() else {
        panic!("it does not go on")
    };
    assert_eq!(prior.started_at, None);
    let order = [(
        waiting,
        Place {
            sheet: "".into(),
            row: 5,
        },
    )];
    open(&path).file.finish(Order::of_sheet(&order)).unwrap();
    assert!(fs_err::read_to_string(&path).unwrap().contains(",21.11.2026 10:00,"));
}

/// How a program may write a file.
#[derive(Debug, Clone)]
struct Dialect {
    delimiter: u8,
    encoding: &'static str,
    has_mark: bool,
    line_end: csv::Terminator,
    quotes_all: bool,
    names_separator: bool,
    empty_columns: usize,
    rotated: usize,
}

prop_compose! {
    fn any_dialect()(
        delimiter in proptest::sample::select(b",;\t|".to_vec()),
        encoding in proptest::sample::select(vec!["utf-8", "windows-1252", "utf-16le", "utf-16be"]),
        has_mark in any::<bool>(),
        line_end in proptest::sample::select(vec![csv::Terminator::Any(b'\n'), csv::Terminator::CRLF, csv::Terminator::Any(b'\r')]),
        quotes_all in any::<bool>(),
        names_separator in any::<bool>(),
        empty_columns in 0usize..3,
        rotated in 0usize..20,
    ) -> Dialect {
        Dialect { delimiter, encoding, has_mark: has_mark && encoding != "windows-1252", line_end, quotes_all, names_separator, empty_columns, rotated }
    }
}

impl Dialect {
    fn save(&self, ours: &[u8]) -> Vec<u8> {
        let style = if self.quotes_all {
            csv::QuoteStyle::Always
        } else {
            csv::QuoteStyle::Necessary
        };
        let mut writer = csv::WriterBuilder::new()
            .delimiter(self.delimiter)
            .terminator(self.line_end)
            .quote_style(style)
            .from_writer(Vec::new());
        for line in csv::ReaderBuilder::new().has_headers(false).from_reader(ours).records() {
            let mut cells: Vec<String> = line.unwrap().iter().map(str::to_owned).collect();
            cells.rotate_left(self.rotated);
            cells.resize(COLUMNS.len() + self.empty_columns, String::new());
            writer.write_record(&cells).unwrap();
        }
        let mut text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        if self.names_separator {
            let line_end = match self.line_end {
                csv::Terminator::Any(byte) => char::from(byte).to_string(),
                _ => "\r\n".to_owned(),
            };
            text = format!("sep={}{line_end}{text}", char::from(self.delimiter));
        }
        if self.has_mark {
            text.insert(0, '\u{feff}');
        }
        match self.encoding {
            "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            "windows-1252" => WINDOWS_1252.encode(&text).0.into_owned(),
            _ => text.into_bytes(),
        }
    }
}

fn any_record() -> impl Strategy<Value = Record> {
    let status = proptest::sample::select(Status::iter().collect::<Vec<_>>());
    let text = || "[-=+@']{0,2}[a-zéß\",;|]{0,6}( [a-z'=]{1,4})?";
    (
        0u32..12,
        status,
        [text(), text()],
        proptest::option::of("[^\\x00]{0,8}"),
        any::<u128>(),
        0u32..9,
    )
        .prop_map(|(row, status, [user, message], name, id, calls)| {
            let blank = record(row, status);
            Record {
                report: RowReport {
                    user: user.trim().to_owned(),
                    message: message.trim().to_owned(),
                    before: name.as_ref().map(|name| json!({ "name": name })),
                    after: name.map(|name| json!([name])),
                    user_id: (id % 3 > 0).then_some(UserId(Uuid::from_u128(id))),
                    ..blank.report.clone()
                },
                calls,
                ..blank
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_records_in_any_dialect_are_read_appended_to_and_written_back(
        made in proptest::collection::vec(any_record(), 1..10),
        more in proptest::collection::vec(any_record(), 1..4),
        dialect in any_dialect(),
    ) {
        let (_folder, plain) = stored(b"");
        let opened = open(&plain);
        block_on(opened.file.journal().append(made)).unwrap();
        drop(opened);
        let saved = dialect.save(&fs_err::read(&plain).unwrap());
        let (_folder, path) = stored(&saved);
        prop_assert_eq!(needed(&path), needed(&plain));

        for path in [&plain, &path] {
            let opened = open(path);
            block_on(opened.file.journal().append(more.clone())).unwrap();
            drop(opened);
        }
        prop_assert!(fs_err::read(&path).unwrap().starts_with(&saved));
        prop_assert_eq!(needed(&path), needed(&plain));

        let order: Vec<_> = (0..12).map(|row| (RowKey::of("row", row), Place { sheet: "".into(), row: row + 2 })).collect();
        for path in [&plain, &path] {
            open(path).file.finish(Order::of_sheet(&order)).unwrap();
        }
        prop_assert_eq!(needed(&path), needed(&plain));
        let ours = fs_err::read(&plain).unwrap();
        // The same bytes as a program would have saved, but for letters that the encoding lacks.
        if dialect.encoding != "windows-1252" {
            prop_assert_eq!(fs_err::read(&path).unwrap(), dialect.save(&ours));
        }
    }
}
