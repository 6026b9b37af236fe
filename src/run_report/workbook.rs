//! The report as a workbook, for whoever goes on calculating with it.

use std::io;
use std::sync::Mutex;

use jiff::Timestamp;

use super::fold::RunReport;
use super::page::{STOPPED, WrittenReport};
use super::row::{RowInWords, status};
use super::runs::RunFacts;
use super::verdict::verdict;
use super::words::{asked, how_many};
use crate::sheet::{
    MOST_ROWS, PageLine, WrittenCell, WrittenColumn, WrittenPage, WrittenPart, WrittenRows, WrittenTable,
};
use crate::text::{self, clean, plural};

/// How much of a name is shown.
const MOST: usize = 200;

/// Whether rows could be read as they were written.
#[derive(Debug, Default)]
pub struct RowFault(Mutex<Option<String>>);

impl RowFault {
    /// Makes sure that no row is missing.
    pub fn is_none(&self) -> io::Result<()> {
        let fault = self.0.lock().map(|mut fault| fault.take());
        match fault {
            Ok(None) => Ok(()),
            Ok(Some(fault)) => Err(io::Error::other(fault)),
            Err(_) => Err(io::Error::other("a row could not be read")),
        }
    }

    fn note(&self, fault: String) {
        if let Ok(mut first) = self.0.lock() {
            first.get_or_insert(fault);
        }
    }
}

impl<'a> WrittenReport<'a> {
    /// The worksheets, whose rows are read as they are written.
    pub fn worksheets(&'a self, fault: &'a RowFault) -> Vec<WrittenPart<'a>> {
        let mut parts = vec![
            WrittenPart::Page(self.summary()),
            WrittenPart::Table(self.seats_table()),
            WrittenPart::Table(self.causes_table()),
        ];
        let rows = usize::try_from(self.report.rows.asked() + self.report.rows.twice).unwrap_or(usize::MAX);
        for (number, first) in (1..).zip((0..rows.max(1)).step_by(MOST_ROWS)) {
            let name = match number {
                1 => "Rows".to_owned(),
                _ => format!("Rows {number}"),
            };
            parts.push(WrittenPart::Table(self.rows_table(name, first, fault)));
        }
        parts.push(WrittenPart::Table(self.runs_table()));
        parts
    }

    fn summary(&self) -> WrittenPage<'static> {
        let report: &RunReport = self.report;
        let (sentence, _) = verdict(report);
        let mut lines = vec![PageLine::Title(self.title()), PageLine::Text(sentence), PageLine::Blank];
        let facts = self.facts().into_iter();
        lines.extend(facts.map(|fact| PageLine::Entry(fact.label, fact.value)));
        lines.push(PageLine::Heading("What was asked for".to_owned()));
        lines.extend(
            report
                .operations
                .iter()
                .map(|(kind, counts)| PageLine::Text(asked(*kind, counts))),
        );
        if report.files.len() > 1 {
            lines.push(PageLine::Heading("Each sheet".to_owned()));
            lines.extend(
                report
                    .files
                    .iter()
                    .map(|file| PageLine::Entry(clean(file.label(), MOST), how_many(&file.rows))),
            );
        }
        if !report.causes.is_empty() {
            lines.push(PageLine::Heading("What is not done, or waits".to_owned()));
            lines.extend(report.causes.iter().map(|facts| {
                let rows = plural(facts.rows, "row");
                let words = format!("{} {}", facts.cause.what, facts.cause.help);
                PageLine::Entry(format!("{}: {rows}", facts.cause.label), words.trim().to_owned())
            }));
        }
        if !report.missed_out.people.is_empty() {
            lines.push(PageLine::Heading("Who got no seat".to_owned()));
            lines.extend(report.missed_out.people.iter().cloned().map(PageLine::Text));
            if report.missed_out.more > 0 {
                lines.push(PageLine::Text(format!(
                    "and {} more",
                    text::number(report.missed_out.more)
                )));
            }
        }
        let gaps = report.gaps();
        if !gaps.is_empty() {
            lines.push(PageLine::Heading("What could not be read".to_owned()));
            lines.extend(gaps.into_iter().map(PageLine::Text));
        }
        lines.push(PageLine::Blank);
        lines.push(PageLine::Aside(format!("Times are those of {}.", self.zone_name())));
        WrittenPage {
            name: "Summary".into(),
            lines,
        }
    }

    fn seats_table(&self) -> WrittenTable<'a> {
        let rows: Vec<Vec<WrittenCell>> = self
            .report
            .seats
            .iter()
            .map(|seats| {
                vec![
                    text(&self.bundle(seats)),
                    text(seats.code.as_str()),
                    number(seats.owned),
                    number(seats.before),
                    number(seats.after),
                    number(Some(seats.given)),
                    number(Some(seats.freed)),
                    number(Some(seats.missed)),
                ]
            })
            .collect();
        let columns = vec![
            column("licence"),
            column("code"),
            column("owned").with_bars(),
            column("taken before").with_bars(),
            column("taken after").with_bars(),
            column("given"),
            column("freed"),
            column("missed out"),
        ];
        table("Seats".to_owned(), columns, rows)
    }

    fn causes_table(&self) -> WrittenTable<'a> {
        let rows: Vec<Vec<WrittenCell>> = self
            .report
            .causes
            .iter()
            .flat_map(|facts| {
                facts.codes.iter().map(|((of, code), rows)| {
                    vec![
                        text(&status(facts.outcome, Some(facts.cause))),
                        number(Some(*rows)),
                        text(facts.cause.what),
                        text(facts.cause.help),
                        text(of.as_str()),
                        text(code),
                    ]
                })
            })
            .collect();
        let headers = ["in the table", "rows", "why", "what to do", "status", "code"];
        table("Causes".to_owned(), headers.map(column).into(), rows)
    }

    fn rows_table(&'a self, name: String, first: usize, fault: &'a RowFault) -> WrittenTable<'a> {
        let (several, has_worksheets) = (self.report.files.len() > 1, self.report.has_worksheets);
        let mut columns = vec![column("row")];
        columns.extend(several.then(|| column("sheet")));
        columns.extend(has_worksheets.then(|| column("worksheet")));
        columns.extend(["operation", "person", "target", "status", "why", "finished"].map(column));
        WrittenTable {
            name: name.into(),
            columns,
            rows: Box::new(move || -> WrittenRows<'a> {
                let of_files = self
                    .files
                    .iter()
                    .zip(&self.report.files)
                    .flat_map(move |(file, facts)| {
                        let entries = file.history.entries();
                        entries.map(move |record| (record, facts.label()))
                    });
                let rows = (1..).zip(of_files).skip(first).take(MOST_ROWS);
                let read = rows.map_while(move |(count, (record, sheet))| {
                    if (self.tick)(count).is_break() {
                        fault.note(STOPPED.to_owned());
                        return None;
                    }
                    let record = match record {
                        Ok(record) => record.record,
                        Err(error) => {
                            fault.note(format!("failed to {error}"));
                            return None;
                        }
                    };
                    let row = RowInWords::of(&record, self.people, self.report.masking);
                    let mut cells = vec![number(Some(u64::from(row.row)))];
                    cells.extend(several.then(|| text(&clean(sheet, MOST))));
                    cells.extend(has_worksheets.then(|| text(&row.worksheet)));
                    cells.extend([
                        text(row.operation),
                        text(&row.person),
                        text(&row.target),
                        text(&row.status),
                        text(&row.why),
                        self.time(row.finished),
                    ]);
                    Some(cells)
                });
                Box::new(read)
            }),
        }
    }

    fn runs_table(&self) -> WrittenTable<'a> {
        let row = |run: &RunFacts| {
            let record = run.record.as_ref();
            let seconds = |milliseconds: Option<u64>| number(milliseconds.map(|length| length.div_ceil(1000)));
            vec![
                text(run.sheet.as_deref().unwrap_or(&self.report.files[run.file].name)),
                self.time(Some(run.started_at)),
                self.time(run.finished_at()),
                text(&run.how_it_ended()),
                seconds(record.and_then(|record| record.elapsed_ms)),
                text(&run.calls()),
                number(record.and_then(|record| record.retries)),
                number(record.and_then(|record| record.throttled)),
                seconds(record.and_then(|record| record.waited_ms)),
            ]
        };
        let rows: Vec<Vec<WrittenCell>> = self.report.runs.iter().map(row).collect();
        let headers = [
            "sheet",
            "began",
            "ended",
            "how it ended",
            "seconds",
            "calls",
            "sent again",
            "answered 429",
            "seconds held back",
        ];
        table("Runs".to_owned(), headers.map(column).into(), rows)
    }

    /// A moment on the reader's clock, in whole seconds.
    fn time(&self, at: Option<Timestamp>) -> WrittenCell {
        let second = at.and_then(|at| Timestamp::from_second(at.as_second()).ok());
        second.map_or(WrittenCell::Empty, |at| WrittenCell::Time(self.zoned(at).datetime()))
    }
}

fn table<'a>(name: String, columns: Vec<WrittenColumn<'a>>, rows: Vec<Vec<WrittenCell>>) -> WrittenTable<'a> {
    WrittenTable {
        name: name.into(),
        columns,
        rows: Box::new(move || -> WrittenRows<'a> { Box::new(rows.clone().into_iter()) }),
    }
}

/// Nothing of a report is run.
fn column(header: &'static str) -> WrittenColumn<'static> {
    WrittenColumn::new(header).for_people()
}

fn text(text: &str) -> WrittenCell {
    WrittenCell::text(text)
}

fn number(number: Option<u64>) -> WrittenCell {
    number.map_or(WrittenCell::Empty, WrittenCell::Number)
}
