//! The report as a web page.

use std::io;
use std::ops::ControlFlow;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::fold::{CauseFacts, MOST_EXAMPLES, RunReport};
use super::masking::Masking;
use super::outcome::{Counts, Outcome};
use super::people::People;
use super::reported_file::ReportedFile;
use super::row::{RowInWords, status, tone};
use super::runs::RunFacts;
use super::seats::SeatFacts;
use super::verdict::{counted, verdict};
use super::words::{asked, how_many};
use crate::page::{
    Cause, Column, ColumnKind, Fact, Figure, Folded, Page, PageCell, PageRows, PageTable, SeatBar, Section,
    SectionBody, Tone,
};
use crate::text::{choose, clean, joined, number, plural};

/// How much of a name is shown.
const MOST: usize = 200;
/// How many names stand in a heading.
const MOST_NAMES: usize = 3;
/// How many sheets are named where all are.
const MOST_SHEETS: usize = 50;

/// What is said of a report that is not written to its end.
pub(super) const STOPPED: &str = "interrupted";

/// A report that is written: what it comes to, and the files from which its rows are read once more.
pub struct WrittenReport<'a> {
    /// What it comes to.
    pub report: &'a RunReport,
    /// The people.
    pub people: &'a People,
    /// The files.
    pub files: &'a [ReportedFile],
    /// The zone of whoever reads it.
    pub zone: TimeZone,
    /// When it is written.
    pub now: Timestamp,
    /// Is told how many rows have been written, and says whether to go on.
    pub tick: &'a (dyn Fn(u64) -> ControlFlow<()> + Sync),
}

impl WrittenReport<'_> {
    /// The page, whose rows are read as they are written.
    pub fn page(&self) -> Page<'_> {
        let (verdict, tone) = verdict(self.report);
        Page {
            title: self.title(),
            kind: "Report: what became of it",
            verdict,
            tone,
            facts: self.facts(),
            figures: figures(counted(self.report)),
            sections: self.sections(),
            table: (self.report.rows != Counts::default()).then(|| PageTable {
                heading: "Every row".to_owned(),
                columns: self.columns(),
                rows: self,
            }),
            folded: self.folded(),
            footer: format!(
                "Made by reseat {} on {}, from {}.",
                env!("CARGO_PKG_VERSION"),
                self.moment(self.now),
                self.names(|file| &file.name, MOST_SHEETS)
            ),
        }
    }

    /// What it is about.
    pub fn title(&self) -> String {
        let files = self.report.files.len();
        if files <= MOST_NAMES {
            return self.names(super::fold::FileFacts::label, MOST_NAMES);
        }
        let sheets = plural(files, "sheet");
        let runs = &self.report.runs;
        match (runs.first(), runs.last()) {
            (Some(first), Some(last)) => {
                let day = |run: &RunFacts| self.zoned(run.started_at).date().to_string();
                match (day(first), day(last)) {
                    (first, last) if first == last => format!("{sheets}, {first}"),
                    (first, last) => format!("{sheets}, {first} to {last}"),
                }
            }
            _ => sheets,
        }
    }

    fn names(&self, name: impl Fn(&super::fold::FileFacts) -> &str, most: usize) -> String {
        let names: Vec<String> = self.report.files.iter().map(|file| clean(name(file), MOST)).collect();
        joined(&names, most)
    }

    fn count(&self) -> u64 {
        let rows = &self.report.rows;
        rows.asked() + rows.twice
    }

    /// A moment on the reader's clock, without its zone, which is named once.
    fn moment(&self, at: Timestamp) -> String {
        self.zoned(at).strftime("%Y-%m-%d %H:%M").to_string()
    }

    pub(super) fn zoned(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.clone())
    }

    /// What the reader's clock is called.
    pub(super) fn zone_name(&self) -> String {
        let offset = self.zoned(self.now).strftime("UTC%:z").to_string();
        match self.zone.iana_name() {
            Some("UTC") | None => offset,
            Some(name) => format!("{name}, {offset}"),
        }
    }

    /// From when to when the runs went.
    fn period(&self) -> String {
        let runs = &self.report.runs;
        let Some(first) = runs.first() else {
            return String::new();
        };
        let last = runs.iter().filter_map(RunFacts::finished_at).max();
        let from = self.moment(first.started_at);
        let last = last.unwrap_or_else(|| runs.last().map_or(first.started_at, |run| run.started_at));
        match self.moment(last) {
            to if to == from => from,
            to => format!("{from} to {to}"),
        }
    }

    /// Where, when, in how many runs.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let report = self.report;
        let mut facts = Vec::new();
        let organizations: Vec<String> = report
            .organizations
            .iter()
            .map(|(id, name)| name.as_deref().map_or_else(|| id.to_string(), |name| clean(name, MOST)))
            .collect();
        let label = choose(organizations.len(), "organization", "organizations");
        if !organizations.is_empty() {
            facts.push(Fact::new(label, joined(&organizations, MOST_NAMES)));
        }
        let label = choose(report.files.len(), "sheet", "sheets");
        let rows = plural(self.count(), "row");
        let names = self.names(super::fold::FileFacts::label, MOST_SHEETS);
        facts.push(Fact::new(label, format!("{names}, {rows}")));
        if !report.runs.is_empty() {
            let period = format!("{} ({})", self.period(), self.zone_name());
            let runs = match report.runs.len() {
                1 => period,
                several => format!("{period}, in {}", plural(several, "run")),
            };
            facts.push(Fact::new("when", runs));
        }
        if report.masking == Masking::Masked {
            let words = "names and addresses are hidden; the same person has the same number throughout";
            facts.push(Fact::new("people", words));
        }
        facts
    }

    fn sections(&self) -> Vec<Section> {
        let report = self.report;
        let mut sections = Vec::new();
        let causes = |outcomes: &[Outcome]| -> Vec<Cause> {
            let of = report.causes.iter().filter(|facts| outcomes.contains(&facts.outcome));
            of.map(|facts| self.cause(facts)).collect()
        };
        let needs = causes(&[Outcome::Needs, Outcome::NotReached]);
        if !needs.is_empty() {
            let heading = "What is not done, and what to do";
            sections.push(Section::new(heading, SectionBody::Causes(needs)));
        }
        let waits = causes(&[Outcome::Waits]);
        if !waits.is_empty() {
            sections.push(Section::new("What waits", SectionBody::Causes(waits)).with_lead(self.until()));
        }
        if !report.seats.is_empty() {
            let bars = report.seats.iter().map(|seats| self.bar(seats)).collect();
            sections.push(Section::new("Seats", SectionBody::Seats(bars)).with_lead(self.about_seats()));
        }
        let missed = &report.missed_out;
        if !missed.people.is_empty() {
            let mut points = missed.people.clone();
            if missed.more > 0 {
                points.push(format!("and {} more, whom the table below names", number(missed.more)));
            }
            sections.push(Section::new("Who got no seat", SectionBody::Points(points)));
        }
        let points = report
            .operations
            .iter()
            .map(|(kind, counts)| asked(*kind, counts))
            .collect();
        if !report.operations.is_empty() {
            sections.push(Section::new("What was asked for", SectionBody::Points(points)));
        }
        let points = report.access.points();
        if !points.is_empty() {
            sections.push(Section::new("What became of accounts", SectionBody::Points(points)));
        }
        if report.files.len() > 1 {
            let facts = report.files.iter().map(|file| {
                let rows = plural(file.rows.asked() + file.rows.twice, "row");
                Fact::new(clean(file.label(), MOST), format!("{rows}: {}", how_many(&file.rows)))
            });
            sections.push(Section::new("Each sheet", SectionBody::Facts(facts.collect())));
        }
        sections
    }

    fn cause(&self, facts: &CauseFacts) -> Cause {
        Cause {
            what: format!("{}{}", facts.cause.what, self.which(facts)),
            rows: facts.rows,
            help: facts.cause.help.to_owned(),
            tone: tone(facts.outcome),
            filter: Some(status(facts.outcome, Some(facts.cause)).into_owned()),
        }
    }

    /// Which rows a cause is of, where they are few, and what they say.
    fn which(&self, facts: &CauseFacts) -> String {
        if facts.outcome == Outcome::Waits || facts.outcome == Outcome::NotReached {
            return String::new();
        }
        let said = facts.words.as_deref().filter(|_| facts.rows > 1);
        if let Some(said) = said
            && self.report.masking == Masking::Shown
        {
            let are_few = usize::try_from(facts.rows).is_ok_and(|rows| rows <= MOST_EXAMPLES);
            let people: Vec<&str> = facts.examples.iter().map(|example| example.who.as_str()).collect();
            let whose = if are_few {
                joined(&people, MOST_EXAMPLES)
            } else {
                "All say".to_owned()
            };
            return format!(" {whose}: {}.", quoted(said));
        }
        let rows = facts.examples.iter().map(|example| {
            let sheet = match &self.report.files[..] {
                [] | [_] => String::new(),
                files => format!(" of {}", clean(files[example.file].label(), MOST)),
            };
            let row = format!("row {}{sheet}, {}", example.row, example.who);
            let row = row.trim_end_matches([',', ' ']);
            if example.words.is_empty() {
                row.to_owned()
            } else {
                format!("{row}: {}", quoted(&example.words))
            }
        });
        let mut rows: Vec<String> = rows.collect();
        let more = facts.rows.saturating_sub(rows.len() as u64);
        if more > 0 {
            rows.push(format!("and {} more in the table", number(more)));
        }
        format!(" In {}.", rows.join("; "))
    }

    /// Until when rows wait for their dates.
    fn until(&self) -> String {
        let waits = &self.report.waits;
        match (waits.first, waits.last) {
            (Some(first), Some(last)) if first == last => format!("The date is {}.", self.day(first)),
            (Some(first), Some(last)) => format!("The dates are from {} to {}.", self.day(first), self.day(last)),
            _ => String::new(),
        }
    }

    fn day(&self, at: Timestamp) -> String {
        let zoned = self.zoned(at);
        match zoned.start_of_day() {
            Ok(beginning) if beginning.timestamp() == at => zoned.date().to_string(),
            Ok(_) | Err(_) => self.moment(at),
        }
    }

    pub(super) fn about_seats(&self) -> String {
        let seats = &self.report.seats;
        let unknown = |known: fn(&SeatFacts) -> Option<u64>| seats.iter().any(|seats| known(seats).is_none());
        let unknown = unknown(|seats| seats.before) || unknown(|seats| seats.after);
        let told = "Before: as the first run found them. After: with what the runs did; what others did meanwhile is not \
                    in it.";
        if unknown {
            format!(
                "{told} Where a number is missing, it is not known: a run was cut off, an answer was lost, or there is no \
                 record of a run beside the results."
            )
        } else {
            told.to_owned()
        }
    }

    fn bar(&self, seats: &SeatFacts) -> SeatBar {
        let note = match seats.missed {
            0 => String::new(),
            1 => "1 misses out".to_owned(),
            several => format!("{} miss out", number(several)),
        };
        SeatBar {
            name: self.bundle(seats),
            code: seats.code.to_string(),
            owned: seats.owned,
            before: seats.before,
            after: seats.after,
            given: seats.given,
            taken_away: seats.freed,
            note,
        }
    }

    /// What a bundle is called; with its organization, where there are several.
    pub(super) fn bundle(&self, seats: &SeatFacts) -> String {
        let name = seats
            .name
            .as_deref()
            .map_or_else(|| seats.code.to_string(), |name| clean(name, MOST));
        if self.report.organizations.len() < 2 {
            return name;
        }
        let organization = self.report.organizations.get(&seats.organization).cloned().flatten();
        let organization = organization.unwrap_or_else(|| seats.organization.to_string());
        format!("{name} ({})", clean(&organization, MOST))
    }

    fn columns(&self) -> Vec<Column> {
        let column = |header, kind| Column { header, kind };
        let sheet = (self.report.files.len() > 1).then(|| column("sheet", ColumnKind::Choice));
        let worksheet = self
            .report
            .has_worksheets
            .then(|| column("worksheet", ColumnKind::Choice));
        let first = [column("row", ColumnKind::Number)]
            .into_iter()
            .chain(sheet)
            .chain(worksheet);
        let rest = [
            column("operation", ColumnKind::Choice),
            column("person", ColumnKind::Text),
            column("target", ColumnKind::Text),
            column("status", ColumnKind::Choice),
            column("why", ColumnKind::Text),
            column("finished", ColumnKind::Moment),
        ];
        first.chain(rest).collect()
    }

    fn folded(&self) -> Vec<Folded> {
        let report = self.report;
        let mut sections = Vec::new();
        if !report.runs.is_empty() {
            let facts = report
                .runs
                .iter()
                .map(|run| Fact::new(self.moment(run.started_at), self.run(run)));
            let section = Section::new("Runs", SectionBody::Facts(facts.collect()));
            sections.push(section.with_lead(format!("Times are those of {}.", self.zone_name())));
        }
        let gaps = self.report.gaps();
        if !gaps.is_empty() {
            sections.push(Section::new("What could not be read", SectionBody::Points(gaps)));
        }
        if sections.is_empty() {
            return Vec::new();
        }
        vec![Folded {
            summary: format!("{}: when, how long, at what cost", plural(report.runs.len(), "run")),
            sections,
        }]
    }

    /// A run in a sentence.
    fn run(&self, run: &RunFacts) -> String {
        let mut parts = Vec::new();
        if let Some(sheet) = &run.sheet
            && *sheet != self.report.files[run.file].label()
        {
            parts.push(format!("of {}", clean(sheet, MOST)));
        }
        parts.push(run.how_it_ended());
        let labelled = [
            ("took ", run.how_long()),
            ("calls: ", run.calls()),
            ("waits: ", run.waits()),
        ];
        parts.extend(
            labelled
                .into_iter()
                .filter(|(_, words)| !words.is_empty())
                .map(|(label, words)| format!("{label}{words}")),
        );
        parts.join("; ")
    }
}

impl PageRows for WrittenReport<'_> {
    fn each(&self, write: &mut dyn FnMut(&[PageCell<'_>]) -> io::Result<()>) -> io::Result<()> {
        let mut count = 0;
        for (file, facts) in self.files.iter().zip(&self.report.files) {
            let sheet = clean(facts.label(), MOST);
            for record in file.history.entries() {
                count += 1;
                if (self.tick)(count).is_break() {
                    return Err(io::Error::other(STOPPED));
                }
                let record = record.map_err(io::Error::other)?.record;
                let row = RowInWords::of(&record, self.people, self.report.masking);
                let mut cells = vec![PageCell::from(row.row.to_string())];
                if self.report.files.len() > 1 {
                    cells.push(sheet.clone().into());
                }
                if self.report.has_worksheets {
                    cells.push(row.worksheet.into());
                }
                let finished = row
                    .finished
                    .map(|at| self.zoned(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string());
                cells.extend([
                    row.operation.to_owned().into(),
                    row.person.into(),
                    row.target.into(),
                    PageCell {
                        text: row.status,
                        tone: row.tone,
                    },
                    row.why.into(),
                    finished.unwrap_or_default().into(),
                ]);
                write(&cells)?;
            }
        }
        Ok(())
    }
}

/// The service's words, or reseat's, for somebody who does not know a terminal's marks.
fn quoted(words: &str) -> String {
    let mut out = String::from("“");
    let mut is_open = false;
    for letter in words.trim_end_matches('.').chars() {
        if letter == '`' {
            out.push(if is_open { '’' } else { '‘' });
            is_open = !is_open;
        } else {
            out.push(letter);
        }
    }
    out.push('”');
    out
}

fn figures(counts: &Counts) -> Vec<Figure> {
    let verb = |count: u64, one: &'static str, many: &'static str| choose(count, one, many);
    let mut figures = vec![Figure::new(counts.done, "done", Tone::Good)];
    let others = [
        (counts.already_so, "already so", Tone::Plain),
        (counts.waits, verb(counts.waits, "waits", "wait"), Tone::Waiting),
        (counts.not_reached, "not reached", Tone::Waiting),
        (
            counts.needs_attention,
            verb(counts.needs_attention, "needs attention", "need attention"),
            Tone::Bad,
        ),
    ];
    figures.extend(
        others
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, label, tone)| Figure::new(count, label, tone)),
    );
    figures
}
