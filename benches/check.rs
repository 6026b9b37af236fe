//! How `intake::check` compares with reading the same file bare.
//!
//! `cargo bench --bench check` prints, for a CSV of 1,000,000 rows, the time of a bare csv crate
//! read (one `StringRecord` reused), of `check` and their ratio (bar: at most 3), and the memory
//! that `check` took beyond the start (bar: 64 MiB and 200 bytes a row); for a workbook of
//! 100,000 rows the same against a bare calamine read (bar: at most 1.5).
//!
//! Found on 2026-11-22 on two hardware threads of an EPYC with nothing else to do:
//!
//! | file | bare | check | ratio | memory |
//! | --- | --- | --- | --- | --- |
//! | csv | 78 ms | 312 ms | 4.0 | 42 bytes a row |
//! | xlsx | 161 ms | 187 ms | 1.17 | |
//!
//! and on 2026-11-29, with readers of workbooks of our own, which know merged cells, rows struck through and formulas that
//! nobody computed:
//!
//! | file | bare | check | ratio | memory |
//! | --- | --- | --- | --- | --- |
//! | csv | 79 ms | 304 ms | 3.9 | 45 bytes a row |
//! | xlsx | 155 ms | 204 ms | 1.32 | |
//!
//! Of a workbook's time most is spent by quick-xml, on the one thread that takes the worksheet apart; looking for merged
//! cells beforehand is 6 %.
//!
//! The ratio for a CSV is above its bar. Of processor time `check` takes 5.0 to 5.3 times as much as the bare read: 1.3 to
//! take the rows apart, some 3.3 to judge them, the rest to compare them with each other, which is done by one thread. The
//! judging is dealt out to threads; where others kept both processors busy the ratio was 4.5 to 4.8. A release build with
//! `lto = "fat"` and one codegen unit took the same time.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use calamine::Reader;
use reseat::intake::{Options, check};
use reseat::sheet::Source;

const CSV_ROWS: usize = 1_000_000;
const WORKBOOK_ROWS: usize = 100_000;
const REPEATS: usize = 15;
const HEADER: [&str; 6] = ["operation", "user", "name", "surname", "groups", "licenses"];

fn main() {
    // `cargo test --benches` runs this too, to see that it compiles.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let csv = folder.path().join("rows.csv");
    write_csv(&csv);
    let before = peak_kib();
    check_file(&csv);
    let used = peak_kib().saturating_sub(before);
    report("csv", CSV_ROWS, || bare_csv(&csv), || check_file(&csv));
    println!(
        "csv: {} KiB more at the peak, {} bytes a row",
        used,
        used * 1024 / CSV_ROWS as u64
    );
    let workbook = folder.path().join("rows.xlsx");
    write_workbook(&workbook);
    report(
        "xlsx",
        WORKBOOK_ROWS,
        || bare_workbook(&workbook),
        || check_file(&workbook),
    );
}

fn row(number: usize) -> [String; 6] {
    const GROUPS: [&str; 3] = ["Finance", "HR Robots; Finance", "Invoice Team"];
    const LICENSES: [&str; 3] = ["ATTUNU", "TSTNU; RPADEVPRONU", "Attended - Named User"];
    let user = format!("first{number}.last{number}@contoso.example");
    let pick = number % 3;
    match number % 4 {
        0 => ["invite", &user, "First", "Last", GROUPS[pick], LICENSES[pick]],
        1 => ["set-licenses", &user, "", "", "", LICENSES[pick]],
        2 => ["add-to-groups", &user, "", "", GROUPS[pick], ""],
        _ => ["delete", &user, "", "", "", ""],
    }
    .map(str::to_owned)
}

fn write_csv(path: &Path) {
    let mut writer = csv::Writer::from_path(path).expect("a file");
    writer.write_record(HEADER).expect("a row");
    for number in 0..CSV_ROWS {
        writer.write_record(row(number)).expect("a row");
    }
    writer.flush().expect("a file");
}

fn write_workbook(path: &Path) {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, HEADER).expect("a row");
    for number in 0..WORKBOOK_ROWS {
        let at = u32::try_from(number + 1).expect("few rows");
        for (column, cell) in (0..).zip(row(number)).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(at, column, cell).expect("a cell");
        }
    }
    workbook.save(path).expect("a file");
}

fn bare_csv(path: &Path) {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(path)
        .expect("a file");
    let mut record = csv::StringRecord::new();
    let mut cells = 0;
    while reader.read_record(&mut record).expect("a row") {
        cells += black_box(&record).len();
    }
    black_box(cells);
}

fn bare_workbook(path: &Path) {
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook(path).expect("a workbook");
    let range = workbook.worksheet_range("Sheet1").expect("a worksheet");
    black_box(range.used_cells().count());
}

fn check_file(path: &Path) {
    let source = Source::open(path).expect("a sheet");
    let checked = check(&source, &Options::default()).expect("a sheet");
    assert_eq!(checked.problems.errors(), 0, "{:?}", checked.problems.iter().next());
    black_box(checked.rows);
}

/// The least time of each, taken in turns, so that other people's use of the machine falls on both.
fn report(what: &str, rows: usize, bare: impl Fn(), ours: impl Fn()) {
    let (mut least_bare, mut least_ours) = (Duration::MAX, Duration::MAX);
    for _ in 0..REPEATS {
        least_bare = least_bare.min(time(&bare));
        least_ours = least_ours.min(time(&ours));
    }
    let ratio = least_ours.as_secs_f64() / least_bare.as_secs_f64();
    println!("{what}: {rows} rows, bare {least_bare:.0?}, check {least_ours:.0?}, ratio {ratio:.2}");
}

fn time(work: impl Fn()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// The most memory the process ever held; 0 where the system does not say.
fn peak_kib() -> u64 {
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
