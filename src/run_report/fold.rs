//! Results files and the records of their runs, read once from end to end and added up. Rows are not kept.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use jiff::Timestamp;
use serde::Serialize;

use super::access::AccessChanges;
use super::cause::Cause;
use super::changed::Changed;
use super::masking::Masking;
use super::outcome::{Counts, Outcome};
use super::people::{People, called, is_about_a_group};
use super::reported_file::ReportedFile;
use super::runs::{RunFacts, runs_of};
use super::seats::{SeatFacts, SeatSums, misses_out};
use super::words::is_said_of_people;
use crate::ledger::{OpenError, Record, RunEntry, RunId, RunRecord};
use crate::model::{OperationKind, OrganizationId, RowReport, Status};
use crate::text::clean;

/// What results come to.
#[derive(Debug, Default)]
pub struct RunReport {
    /// Each file.
    pub files: Vec<FileFacts>,
    /// All rows.
    pub rows: Counts,
    /// All rows by status.
    pub statuses: BTreeMap<Status, u64>,
    /// What was asked for, by operation; `None` where it could not be read. People count once, however many rows are about
    /// them; changes of profiles, seats of groups and groups' rules by row.
    pub operations: BTreeMap<Option<OperationKind>, Counts>,
    /// Everybody whom rows are about.
    pub people: Counts,
    /// The rows that are about nobody, but about a group.
    pub groups: Counts,
    /// What rows wait for.
    pub waits: Waits,
    /// Why rows are not done, the most frequent first.
    pub causes: Vec<CauseFacts>,
    /// The seats of each bundle.
    pub seats: Vec<SeatFacts>,
    /// Who got no seat.
    pub missed_out: MissedOut,
    /// What became of accounts.
    pub access: AccessChanges,
    /// The runs, in the order of time.
    pub runs: Vec<RunFacts>,
    /// The organizations.
    pub organizations: BTreeMap<OrganizationId, Option<String>>,
    /// The lines of the records of runs that say nothing.
    pub unread_records: UnreadRecords,
    /// Whether rows are on worksheets that have names.
    pub has_worksheets: bool,
    /// Whether people are shown.
    pub masking: Masking,
}

/// How many lines of the records of runs say nothing.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub struct UnreadRecords {
    /// They cannot be read.
    pub damaged: usize,
    /// They are of a later version.
    pub newer: usize,
}

/// What a results file comes to.
#[derive(Debug)]
pub struct FileFacts {
    /// Its name.
    pub name: String,
    /// The name of its sheet, where that is known.
    pub sheet: Option<String>,
    /// Its rows.
    pub rows: Counts,
    /// Whether its last line was cut off, and is left out.
    pub is_torn: bool,
    /// The name of the sheet whose run has undone what was done, where one has.
    pub undone_by: Option<String>,
}

impl FileFacts {
    /// What it is called: by its sheet, where that is known.
    pub fn label(&self) -> &str {
        self.sheet.as_deref().unwrap_or(&self.name)
    }
}

/// What rows wait for.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Waits {
    /// An invitation to be accepted.
    pub invitations: u64,
    /// A date.
    pub dates: u64,
    /// The first of these dates.
    #[serde(rename = "first_due")]
    pub first: Option<Timestamp>,
    /// The last.
    #[serde(rename = "last_due")]
    pub last: Option<Timestamp>,
}

/// Rows that are not done for one reason.
#[derive(Debug, Clone)]
pub struct CauseFacts {
    /// Why, and what to do.
    pub cause: Cause,
    /// What that means for them.
    pub outcome: Outcome,
    /// How many rows.
    pub rows: u64,
    /// The same by status and code.
    pub codes: BTreeMap<(Status, String), u64>,
    /// The words of all of them, if they are the same.
    pub words: Option<String>,
    /// The first of the rows.
    pub examples: Vec<Example>,
}

/// One of the rows that are not done for one reason.
#[derive(Debug, Clone)]
pub struct Example {
    /// Which file it is of, by position.
    pub file: usize,
    /// Its number.
    pub row: u32,
    /// Whom it is about, or which group.
    pub who: String,
    /// Its words; where they are hidden, at most what it lacks.
    pub words: String,
}

/// People who got no seat.
#[derive(Debug, Default, Clone, Serialize)]
pub struct MissedOut {
    /// The first of them.
    pub people: Vec<String>,
    /// How many more there are.
    pub more: u64,
}

/// What an organization is called that is not a real one.
pub(super) const SIMULATED: &str = "a simulated organization";
/// How many people who miss out are named.
const MOST_NAMED: usize = 100;
/// How many rows of a reason are named, if there are no more.
pub(super) const MOST_EXAMPLES: usize = 3;
/// How much of a text is shown.
const MOST_WORDS: usize = 300;
/// How many codes are told apart.
const MOST_CODES: usize = 200;

/// Adds the files up. `tick` is told how many rows have been read, and says whether to go on; the sums are of what was
/// read.
pub fn fold(
    files: &[ReportedFile],
    masking: Masking,
    tick: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<(RunReport, People), OpenError> {
    let mut folding = Folding::default();
    folding.report.masking = masking;
    for file in files {
        folding.begin(file);
        for record in file.history.entries() {
            folding.take(&record?);
            if tick(folding.count).is_break() {
                break;
            }
        }
    }
    Ok(folding.finish(files))
}

#[derive(Default)]
struct Folding {
    report: RunReport,
    people: People,
    /// What became of each person, by operation and number.
    fates: BTreeMap<Option<OperationKind>, Vec<Option<Outcome>>>,
    causes: BTreeMap<(Outcome, Cause), CauseFacts>,
    codes: usize,
    seats: SeatSums,
    missed_out: HashSet<u32>,
    count: u64,
}

impl Folding {
    fn begin(&mut self, file: &ReportedFile) {
        let runs = file.history.runs();
        let sheet = runs.iter().rev().find_map(RunId::sheet).map(str::to_owned);
        self.report.files.push(FileFacts {
            name: file.name.clone(),
            sheet,
            rows: Counts::default(),
            is_torn: file.history.is_torn(),
            undone_by: file.undone_by.clone(),
        });
        for run in runs {
            self.report.organizations.entry(run.organization()).or_default();
        }
        let UnreadRecords { damaged, newer } = &mut self.report.unread_records;
        *damaged += file.log.damaged;
        *newer += file.log.newer;
    }

    fn take(&mut self, RunRecord { record, run }: &RunRecord) {
        let report = &record.report;
        let outcome = Outcome::of(record);
        self.count += 1;
        self.report.has_worksheets |= !report.place.sheet.is_empty();
        self.report.rows.add(outcome);
        if let Some(file) = self.report.files.last_mut() {
            file.rows.add(outcome);
        }
        *self.report.statuses.entry(report.status).or_default() += 1;
        let number = self.people.meet(report);
        self.report
            .access
            .take(number, &Changed::of(report), record.finished_at);
        match number {
            Some(number) => self.met(number, outcome, record),
            None if is_about_a_group(report) => self.report.groups.add(outcome),
            None => {}
        }
        if number.is_none() || !is_said_of_people(report.operation) {
            self.report.operations.entry(report.operation).or_default().add(outcome);
        }
        if let Some(cause) = Cause::of_record(record) {
            self.caused(outcome, cause, report, number);
        }
        if report.status == Status::Waiting {
            self.waits(report);
        }
        self.seats.take(record, run);
    }

    fn met(&mut self, number: u32, outcome: Outcome, record: &Record) {
        let at = number as usize - 1;
        let fates = self.fates.entry(record.report.operation).or_default();
        if at >= fates.len() {
            fates.resize(at + 1, None);
        }
        fates[at] = fates[at].max(Some(outcome));
        if !misses_out(record) || !self.missed_out.insert(number) {
            return;
        }
        let missed_out = &mut self.report.missed_out;
        if missed_out.people.len() < MOST_NAMED {
            missed_out.people.push(match self.report.masking {
                Masking::Shown => clean(&record.report.user, MOST_WORDS),
                Masking::Masked => called(number),
            });
        } else {
            missed_out.more += 1;
        }
    }

    fn caused(&mut self, outcome: Outcome, cause: Cause, report: &RowReport, number: Option<u32>) {
        let is_masked = self.report.masking == Masking::Masked;
        let words = || Some(clean(&report.message, MOST_WORDS)).filter(|words| !words.is_empty());
        let facts = self.causes.entry((outcome, cause)).or_insert_with(|| CauseFacts {
            cause,
            outcome,
            rows: 0,
            codes: BTreeMap::new(),
            words: words(),
            examples: Vec::new(),
        });
        facts.rows += 1;
        if facts.examples.len() < MOST_EXAMPLES {
            let who = match number {
                Some(number) if is_masked => called(number),
                Some(_) => clean(&report.user, MOST_WORDS),
                None if is_masked && !is_about_a_group(report) => String::new(),
                None => clean(&report.target, MOST_WORDS),
            };
            let words = if is_masked { thing(report) } else { words() };
            let words = words.unwrap_or_default();
            facts.examples.push(Example {
                file: self.report.files.len().saturating_sub(1),
                row: report.place.row,
                who,
                words,
            });
        }
        if facts.words.is_some() && facts.words != words() {
            facts.words = None;
        }
        let key = (report.status, clean(&report.code, MOST_WORDS));
        if let Some(rows) = facts.codes.get_mut(&key) {
            *rows += 1;
        } else {
            // A server that makes up codes does not fill the memory.
            self.codes += 1;
            let code = if self.codes > MOST_CODES {
                "…".to_owned()
            } else {
                key.1
            };
            *facts.codes.entry((key.0, code)).or_default() += 1;
        }
    }

    fn waits(&mut self, report: &RowReport) {
        let waits = &mut self.report.waits;
        if report.code != crate::model::NOT_BEFORE {
            waits.invitations += 1;
            return;
        }
        waits.dates += 1;
        let due = report.message.rsplit_once("waits until ").map(|(_, due)| due);
        let due = due.and_then(|due| due.split(';').next()?.trim().parse::<Timestamp>().ok());
        if let Some(due) = due {
            waits.first = Some(waits.first.map_or(due, |first| first.min(due)));
            waits.last = Some(waits.last.map_or(due, |last| last.max(due)));
        }
    }

    fn finish(self, files: &[ReportedFile]) -> (RunReport, People) {
        let Self {
            mut report,
            people,
            fates,
            causes,
            seats,
            ..
        } = self;
        let mut worst: Vec<Option<Outcome>> = Vec::new();
        for (operation, fates) in fates {
            worst.resize(worst.len().max(fates.len()), None);
            for (worst, fate) in worst.iter_mut().zip(&fates) {
                *worst = (*worst).max(*fate);
            }
            if is_said_of_people(operation) {
                let counts = report.operations.entry(operation).or_default();
                fates.into_iter().flatten().for_each(|fate| counts.add(fate));
            }
        }
        worst.into_iter().flatten().for_each(|fate| report.people.add(fate));
        report.causes = causes.into_values().collect();
        report
            .causes
            .sort_by_key(|facts| (std::cmp::Reverse((facts.outcome, facts.rows)), facts.cause));
        report.runs = runs_of(files);
        let mut recorded: Vec<&RunEntry> = files.iter().flat_map(|file| &file.log.runs).collect();
        recorded.sort_by_key(|run| run.started_at);
        for run in &recorded {
            let name = report.organizations.entry(run.organization.id).or_default();
            let simulated = || run.organization.uri.is_none().then(|| SIMULATED.to_owned());
            *name = run.organization.name.clone().or_else(simulated).or(name.take());
        }
        let unrecorded: Vec<RunId> = files.iter().flat_map(ReportedFile::unrecorded).cloned().collect();
        report.seats = seats.facts(&recorded, &unrecorded);
        if report.masking == Masking::Masked {
            // The service's words may name anybody.
            for facts in &mut report.causes {
                facts.words = None;
                // What stands where a group's name belongs may be an address.
                for example in &mut facts.examples {
                    example.words = people.masked(&example.words);
                }
            }
        }
        (report, people)
    }
}

/// The licence or group that a row lacks, of words that name nobody.
fn thing(report: &RowReport) -> Option<String> {
    let message = report.message.as_str();
    let words = match report.code.as_str() {
        "seats_short" => message
            .split_inclusive(" for this row")
            .next()
            .filter(|words| words.starts_with("no seat is left of")),
        "group_not_found" => message
            .split(';')
            .next()
            .filter(|words| words.starts_with("there is no group `")),
        _ => None,
    };
    words.map(|words| clean(words, MOST_WORDS))
}
