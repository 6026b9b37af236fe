//! Reading and checking a sheet.

use std::collections::{BTreeSet, HashMap};

use strum::IntoEnumIterator;

use super::across_rows::{HiddenRows, Parallelism, ParsedFile, SkippedSheet, cross_check, parse_file};
use super::cells::Column;
use super::options::{FinishedRows, Options};
use super::rows::{Keep, MaybeGroups};
use super::waiting_rows::WaitingRows;
use crate::model::{BundleCode, OperationKind, Place, Row, RowKey, RowReport, Shared};
use crate::problem::{Location, Problems, Severity};
use crate::sheet::{Rewrites, SheetError, Source};

/// A whole sheet as typed rows.
#[derive(Debug)]
pub struct Intake {
    /// The rows that can run, in sheet order.
    pub rows: Vec<Row>,
    /// The rows that are finished, as far as [`Options::finished`] knows.
    pub finished: Vec<(RowKey, Place)>,
    /// The rows that cannot, in sheet order.
    pub refused: Vec<RowReport>,
    /// What is wrong with the sheet, or worth a look.
    pub problems: Problems,
    /// Words in licence cells that mean no known bundle; the organization may know them.
    pub unknown_codes: Vec<String>,
    /// Worksheets that were read.
    pub sheets: Vec<Shared<str>>,
    /// Worksheets that were not.
    pub skipped_sheets: Vec<SkippedSheet>,
    /// How many rows say `ignore`.
    pub ignored: usize,
    /// The columns that are not used and whose cells may be names of groups; the organization knows.
    pub maybe_groups: Vec<MaybeGroups>,
    /// The number of the header row of each worksheet that was read.
    pub headers: HashMap<Shared<str>, u32>,
    /// How many rows the spreadsheet program hides.
    pub hidden: HiddenRows,
    /// Those of `rows` that are not due yet.
    pub waiting: WaitingRows,
    /// The columns, by worksheet, whose cells have to be written otherwise where they leave the sheet.
    pub rewrites: Rewrites,
    /// Where worksheets have a column of passwords.
    pub passwords: HashMap<Shared<str>, usize>,
    /// Whether a worksheet has the column by which reseat knows a sheet of failed rows.
    pub is_marked: bool,
    /// What had to be guessed about the file.
    pub notes: Vec<String>,
}

impl Intake {
    /// Whether an error is of no row below a header, so that the sheet is not valid without any: two headers may mean one
    /// column, or the command line a header that is not there.
    pub fn has_errors_of_no_row(&self) -> bool {
        let is_of_a_row = |place: &Location| {
            let header = self.headers.get(&place.sheet);
            place
                .rows
                .first()
                .zip(header)
                .is_some_and(|(row, header)| row > *header)
        };
        let mut problems = self.problems.iter();
        problems.any(|problem| problem.severity == Severity::Error && !is_of_a_row(&problem.location))
    }
}

/// What `check` says of a sheet.
#[derive(Debug)]
pub struct Checked {
    /// What is wrong with the sheet, or worth a look.
    pub problems: Problems,
    /// How many rows there are, header, empty and ignored ones aside.
    pub rows: usize,
    /// How many of each operation, in the documents' order, those without any left out.
    pub by_operation: Vec<(OperationKind, usize)>,
    /// The codes that are known only from what is remembered of the organization.
    pub remembered_codes: BTreeSet<BundleCode>,
    /// Worksheets that were not.
    pub skipped_sheets: Vec<SkippedSheet>,
    /// How many rows say `ignore`.
    pub ignored: usize,
    /// How many rows the spreadsheet program hides.
    pub hidden: HiddenRows,
    /// The rows that are not due yet.
    pub waiting: WaitingRows,
    /// What had to be guessed about the file.
    pub notes: Vec<String>,
}

/// Reads a sheet into typed rows and problems.
///
/// # Errors
///
/// When the file cannot be read at all; everything else is a problem.
pub fn read(source: &Source, options: &Options) -> Result<Intake, SheetError> {
    let mut file = parse(source, options, Keep::Rows)?;
    if file.lacks_rows {
        let finished = FinishedRows::default();
        let all = Options {
            finished,
            ..options.clone()
        };
        file = parse(source, &all, Keep::Rows)?;
    }
    Ok(Intake {
        sheets: names(&file),
        maybe_groups: file.maybe_groups,
        headers: file
            .worksheets
            .iter()
            .map(|sheet| (sheet.name.clone(), sheet.header_row))
            .collect(),
        passwords: file
            .worksheets
            .iter()
            .filter_map(|sheet| Some((sheet.name.clone(), sheet.header.position(Column::Password)?)))
            .collect(),
        rewrites: file.rewrites,
        is_marked: file
            .worksheets
            .iter()
            .any(|sheet| sheet.header.position(Column::ReseatKey).is_some()),
        rows: file.parsed.rows,
        finished: file.parsed.finished,
        refused: file.parsed.refused,
        problems: file.parsed.problems,
        unknown_codes: file.parsed.unknown_codes,
        skipped_sheets: file.skipped,
        ignored: file.parsed.ignored,
        hidden: file.hidden,
        waiting: file.parsed.waiting,
        notes: notes(source),
    })
}

/// Validates a sheet, keeping only what is needed to compare its rows.
///
/// # Errors
///
/// When the file cannot be read at all; everything else is a problem.
pub fn check(source: &Source, options: &Options) -> Result<Checked, SheetError> {
    let file = parse(source, options, Keep::Nothing)?;
    let counts = OperationKind::iter().zip(file.parsed.operation_counts);
    Ok(Checked {
        by_operation: counts.filter(|(_, count)| *count > 0).collect(),
        rows: file.parsed.row_count,
        problems: file.parsed.problems,
        remembered_codes: file.parsed.remembered_codes,
        skipped_sheets: file.skipped,
        ignored: file.parsed.ignored,
        hidden: file.hidden,
        waiting: file.parsed.waiting,
        notes: notes(source),
    })
}

fn parse(source: &Source, options: &Options, keep: Keep) -> Result<ParsedFile, SheetError> {
    let parallelism = Parallelism::for_this_machine();
    let mut file = parse_file(source, options, keep, parallelism)?;
    cross_check(&mut file, options, parallelism);
    Ok(file)
}

fn names(file: &ParsedFile) -> Vec<Shared<str>> {
    file.worksheets.iter().map(|sheet| sheet.name.clone()).collect()
}

fn notes(source: &Source) -> Vec<String> {
    Some(source.assumptions())
        .filter(|reading| !reading.is_empty())
        .into_iter()
        .collect()
}
