//! What reading a sheet gives.

use std::sync::Arc;

use super::crew::Shifts;
use super::finish::finish;
use super::options::Options;
use super::pass::{Whole, pass_over};
use super::typist::Keep;
use crate::model::{OperationKind, Place, Row, RowKey, Status};
use crate::problem::{ProblemCode, Problems};
use crate::sheet::{SheetError, Source};

/// A row that cannot run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Where it stands.
    pub place: Place,
    /// What it is known by between runs.
    pub key: RowKey,
    /// Its operation; `None` where that could not be read.
    pub operation: Option<OperationKind>,
    /// The account it is about, as the sheet names it; may be empty.
    pub user: String,
    /// What the account is given or loses; may be empty.
    pub target: String,
    /// `invalid`, or `duplicate` for the repetition of an earlier row.
    pub status: Status,
    /// The first finding's code.
    pub code: ProblemCode,
    /// What is wrong, and the mend.
    pub message: String,
}

/// A worksheet that was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedSheet {
    /// Its name; empty for a CSV.
    pub name: Arc<str>,
    /// Why; reads after "skipped because".
    pub reason: String,
}

/// A whole sheet as typed rows.
#[derive(Debug)]
pub struct Intake {
    /// The rows that can run, in sheet order.
    pub rows: Vec<Row>,
    /// The rows that cannot, in sheet order.
    pub refused: Vec<Refused>,
    /// The findings.
    pub problems: Problems,
    /// Words in licence cells that mean no known bundle; the organization may know them.
    pub unknown_codes: Vec<String>,
    /// Worksheets that were read.
    pub sheets: Vec<Arc<str>>,
    /// Worksheets that were not.
    pub skipped_sheets: Vec<SkippedSheet>,
    /// How many rows say `ignore`.
    pub ignored: usize,
    /// What had to be guessed about the file.
    pub notes: Vec<String>,
}

/// What `check` says of a sheet.
#[derive(Debug)]
pub struct Checked {
    /// The findings.
    pub problems: Problems,
    /// How many rows there are, header, empty and ignored ones aside.
    pub rows: usize,
    /// How many of each operation, in the documents' order, those without any left out.
    pub by_operation: Vec<(OperationKind, usize)>,
    /// Words in licence cells that mean no known bundle; the organization may know them.
    pub unknown_codes: Vec<String>,
    /// Worksheets that were read.
    pub sheets: Vec<Arc<str>>,
    /// Worksheets that were not.
    pub skipped_sheets: Vec<SkippedSheet>,
    /// How many rows say `ignore`.
    pub ignored: usize,
    /// What had to be guessed about the file.
    pub notes: Vec<String>,
}

/// Reads a sheet into typed rows and findings.
///
/// # Errors
///
/// When the file cannot be read at all; everything else is a finding.
pub fn read(source: &Source, options: &Options) -> Result<Intake, SheetError> {
    read_in(source, options, Shifts::for_this_machine())
}

/// [`read`], with the work dealt out like this.
pub(super) fn read_in(source: &Source, options: &Options, shifts: Shifts) -> Result<Intake, SheetError> {
    let mut whole = pass_over(source, options, Keep::Rows, shifts)?;
    finish(&mut whole, options);
    Ok(Intake {
        sheets: names(&whole),
        rows: whole.found.rows,
        refused: whole.found.refused,
        problems: whole.found.problems,
        unknown_codes: whole.found.unknown_codes,
        skipped_sheets: whole.skipped,
        ignored: whole.found.ignored,
        notes: notes(source),
    })
}

/// Validates a sheet, keeping nothing of its rows but what is needed to compare them.
///
/// # Errors
///
/// When the file cannot be read at all; everything else is a finding.
pub fn check(source: &Source, options: &Options) -> Result<Checked, SheetError> {
    let mut whole = pass_over(source, options, Keep::Nothing, Shifts::for_this_machine())?;
    finish(&mut whole, options);
    let counts = OperationKind::ALL.into_iter().zip(whole.found.counts);
    Ok(Checked {
        by_operation: counts.filter(|(_, count)| *count > 0).collect(),
        rows: whole.found.row_count,
        sheets: names(&whole),
        problems: whole.found.problems,
        unknown_codes: whole.found.unknown_codes,
        skipped_sheets: whole.skipped,
        ignored: whole.found.ignored,
        notes: notes(source),
    })
}

fn names(whole: &Whole) -> Vec<Arc<str>> {
    whole.sheets.iter().map(|sheet| sheet.name.clone()).collect()
}

fn notes(source: &Source) -> Vec<String> {
    Some(source.reading())
        .filter(|reading| !reading.is_empty())
        .into_iter()
        .collect()
}
