//! How a browser takes a page of 100,000 rows of 12 cells, beside one plain table of the same rows.
//!
//! Bars: ready in at most 1/30 of the table's time, with at most 1/20 of its memory; filtering and sorting under a second.
//! `cargo bench --bench page` writes both files, opens one after the other in a Chromium of its own, and prints times,
//! memory and ratios, and what writing the page took. Ready is when the first picture of the loaded page has been drawn;
//! memory is what the process that shows it holds then (its proportional share). `ROWS=10000` in the environment takes
//! fewer rows. It needs Chromium and Node.
//!
//! What was found stands in `docs/performance.md`.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod measure;

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use reseat::page::{Column, ColumnKind, Page, PageCell, PageRows, PageTable, Tone, write_page};

const ROWS: usize = 100_000;

const HEADERS: [(&str, ColumnKind); 12] = [
    ("row", ColumnKind::Number),
    ("operation", ColumnKind::Choice),
    ("name", ColumnKind::Text),
    ("user", ColumnKind::Text),
    ("target", ColumnKind::Text),
    ("status", ColumnKind::Choice),
    ("code", ColumnKind::Choice),
    ("message", ColumnKind::Text),
    ("before", ColumnKind::Text),
    ("after", ColumnKind::Text),
    ("finished", ColumnKind::Moment),
    ("milliseconds", ColumnKind::Number),
];

const NAMES: [&str; 6] = [
    "Ann Taylor",
    "Łukasz Żółć",
    "Дмитрий Щербаков",
    "小明 王",
    "محمد عبد الله",
    "Zoë Müller",
];

fn row(number: usize) -> [String; 12] {
    let (status, code, message) = match number % 53 {
        7 => (
            "not_found",
            "user_not_found",
            "Nobody has this address: look for a second spelling",
        ),
        19 => (
            "conflict",
            "seats_exceeded",
            "There was no seat of ATTUNU left when its turn came",
        ),
        n if n % 9 == 4 => ("unchanged", "already_so", ""),
        _ => ("done", "done", ""),
    };
    [
        (number + 2).to_string(),
        "set-licenses".to_owned(),
        NAMES[number % NAMES.len()].to_owned(),
        format!("person.{number}@acme.example"),
        format!("Team {:02}", number % 40),
        status.to_owned(),
        code.to_owned(),
        message.to_owned(),
        "ATTUNU".to_owned(),
        "ATTUNU; TSTNU".to_owned(),
        format!("2026-11-29T10:{:02}:{:02}Z", number / 60 % 60, number % 60),
        (number * 7919 % 1201).to_string(),
    ]
}

struct Rows(usize);

impl PageRows for Rows {
    fn each(&self, write: &mut dyn FnMut(&[PageCell<'_>]) -> io::Result<()>) -> io::Result<()> {
        for number in 0..self.0 {
            let texts = row(number);
            let tone = |column: usize| match (column, texts[5].as_str()) {
                (5, "done") => Tone::Good,
                (5, "not_found" | "conflict") => Tone::Bad,
                _ => Tone::Plain,
            };
            let cells: [PageCell<'_>; 12] = std::array::from_fn(|column| PageCell {
                text: Cow::Borrowed(texts[column].as_str()),
                tone: tone(column),
            });
            write(&cells)?;
        }
        Ok(())
    }
}

fn main() {
    if measure::only_compiles() {
        return;
    }
    let count = measure::number("ROWS", ROWS);
    let folder = tempfile::TempDir::new().expect("a folder");
    let ours = folder.path().join("page.html");
    let plain = folder.path().join("table.html");

    let before = measure::peak_kib();
    let start = Instant::now();
    write_ours(&ours, count).expect("a page");
    let took = start.elapsed();
    let length = fs_err::metadata(&ours).expect("the page").len();
    println!(
        "writing {count} rows: {took:.2?}, {} kB, {} kB of memory more than before",
        length / 1000,
        measure::peak_kib().saturating_sub(before)
    );
    write_plain(&plain, count).expect("a table");

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page/browser/measure.mjs");
    let mut node = Command::new("node");
    node.arg(script).args([&ours, &plain]);
    let ended = node.status().expect("Node, as in `apt-get install nodejs`");
    assert!(ended.success());
}

fn write_ours(path: &Path, count: usize) -> io::Result<()> {
    let columns = HEADERS.map(|(header, kind)| Column { header, kind });
    let page = Page {
        title: "joiners.xlsx".to_owned(),
        kind: "Report",
        verdict: "All rows are done.".to_owned(),
        tone: Tone::Good,
        facts: Vec::new(),
        figures: Vec::new(),
        sections: Vec::new(),
        table: Some(PageTable {
            heading: "All rows".to_owned(),
            columns: columns.into(),
            rows: &Rows(count),
        }),
        folded: Vec::new(),
        footer: String::new(),
    };
    let mut out = BufWriter::new(fs_err::File::create(path)?);
    write_page(&page, &mut out)?;
    out.flush()
}

/// The same rows in one table, as one would write it without further thought. No cell of them needs escaping.
fn write_plain(path: &Path, count: usize) -> io::Result<()> {
    let mut out = BufWriter::new(fs_err::File::create(path)?);
    writeln!(
        out,
        "<!DOCTYPE html><meta charset=utf-8><title>joiners.xlsx</title><table><thead><tr>"
    )?;
    for (header, _) in HEADERS {
        write!(out, "<th>{header}</th>")?;
    }
    writeln!(out, "</tr></thead><tbody>")?;
    for number in 0..count {
        write!(out, "<tr>")?;
        for cell in row(number) {
            write!(out, "<td>{cell}</td>")?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody></table>")?;
    out.flush()
}
