//! How `intake::check` compares with reading the same file bare.
//!
//! `cargo bench --bench check` prints, for CSVs of 1,000 to 1,000,000 rows and a workbook of 100,000, the time of a bare
//! read (of a CSV by the csv crate with one `StringRecord` reused, of a workbook by calamine into a range), that of `check`,
//! and the ratios of both time and processor time. Bars: 2.0 and 3.5 for the CSV of 1,000,000 rows, 1.0 for the workbook's
//! time. It also prints how much memory `check` of that CSV took beyond the start (bar: 45 bytes a row).
//!
//! A CSV is cut into blocks, which the threads that judge rows take apart themselves, up to the first quote; the csv crate
//! reads the rest on one thread. `csv with quotes` shows that way.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod measure;

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use calamine::Reader;
use measure::Start;
use reseat::intake::{Options, check};
use reseat::sheet::Source;

const CSV_ROWS: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
const WORKBOOK_ROWS: usize = 100_000;
const REPEATS: usize = 15;
/// Less says too little, for it is counted in hundredths of a second.
const LEAST_CPU: Duration = Duration::from_millis(500);
const HEADER: [&str; 6] = ["operation", "user", "name", "surname", "groups", "licenses"];

fn main() {
    if measure::only_compiles() {
        return;
    }
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let [.., most] = CSV_ROWS;
    let csv = folder.path().join("rows.csv");
    write_csv(&csv, most, csv::QuoteStyle::Necessary);
    let before = measure::peak_kib();
    check_file(&csv);
    let used = measure::peak_kib().saturating_sub(before);
    println!(
        "csv: {} KiB more at the peak, {} bytes a row",
        used,
        used * 1024 / most as u64
    );
    for rows in CSV_ROWS {
        write_csv(&csv, rows, csv::QuoteStyle::Necessary);
        report("csv", rows, || bare_csv(&csv), || check_file(&csv));
    }
    write_csv(&csv, most, csv::QuoteStyle::Always);
    report("csv with quotes", most, || bare_csv(&csv), || check_file(&csv));
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

fn write_csv(path: &Path, rows: usize, quotes: csv::QuoteStyle) {
    let mut writer = csv::WriterBuilder::new()
        .quote_style(quotes)
        .from_path(path)
        .expect("a file");
    writer.write_record(HEADER).expect("a row");
    for number in 0..rows {
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

/// The least time of each and their processor time, taken in turns, so that other people's use of the machine falls on both.
fn report(what: &str, rows: usize, bare: impl Fn(), ours: impl Fn()) {
    let (mut least_bare, mut least_ours) = (Duration::MAX, Duration::MAX);
    let (mut cpu_bare, mut cpu_ours) = (Duration::ZERO, Duration::ZERO);
    let cost = |work: &dyn Fn()| {
        let start = Start::now();
        work();
        start.cost()
    };
    for _ in 0..REPEATS {
        let (bare, ours) = (cost(&bare), cost(&ours));
        (least_bare, cpu_bare) = (least_bare.min(bare.time), cpu_bare + bare.cpu);
        (least_ours, cpu_ours) = (least_ours.min(ours.time), cpu_ours + ours.cpu);
    }
    let ratio = least_ours.as_secs_f64() / least_bare.as_secs_f64();
    println!("{what}: {rows} rows, bare {least_bare:.1?}, check {least_ours:.1?}, ratio {ratio:.2}");
    if cpu_bare >= LEAST_CPU {
        let ratio = cpu_ours.div_duration_f64(cpu_bare);
        println!("{what}: {rows} rows, ratio of processor time {ratio:.2}");
    }
}
