//! Rows that were begun and have left the sheet while something of them is left undone: nobody may think that the sheet is done.

use std::collections::HashMap;

use crate::ledger::{History, OpenError, Record};
use crate::model::{OperationKind, Place, Row, RowKey, RowReport, Status};
use crate::text::fold;

/// The rows that the sheet has.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    pub(super) rows: &'a [Row],
    /// Those that are not valid.
    pub(super) refused: &'a [Record],
    /// Those that are certainly finished.
    pub(super) finished: &'a [(RowKey, Place)],
}

/// Of the rows that were begun and are not in the sheet as they were, those that are left behind: their numbers, and what is
/// said of them. One that the sheet still does the same operation to is corrected there, and not left behind.
pub(super) fn left_behind<'r>(
    begun: impl Iterator<Item = &'r Record>,
    here: Here<'_>,
    history: &History,
) -> Result<Vec<(u32, String)>, OpenError> {
    let mut behind: HashMap<(OperationKind, String), (u32, String)> = begun.filter_map(left_undone).collect();
    // So it is with nearly every sheet, and the records of a million finished rows are not to be read for it.
    if behind.is_empty() {
        return Ok(Vec::new());
    }
    let mut has_all = |operation: OperationKind, user: &str| {
        behind.remove(&(operation, fold(user)));
        behind.is_empty()
    };
    for row in here.rows {
        if has_all(row.operation.kind(), &row.operation.user_label()) {
            return Ok(Vec::new());
        }
    }
    let finished = here.finished.iter().map(|(key, _)| history.record(key));
    let refused = here.refused.iter().map(|record| Ok(Some(record.clone())));
    for record in refused.chain(finished) {
        if let Some(RowReport {
            operation: Some(operation),
            user,
            ..
        }) = record?.map(|record| record.report)
            && has_all(operation, &user)
        {
            return Ok(Vec::new());
        }
    }
    let mut behind: Vec<(u32, String)> = behind.into_values().collect();
    behind.sort_unstable();
    Ok(behind)
}

/// The row and what is said of it, if something of it is left undone: a call may have been carried out, or a move has come to
/// a stop between its accounts. One that only waited has done what it could.
fn left_undone(record: &Record) -> Option<((OperationKind, String), (u32, String))> {
    let RowReport {
        status, user, place, ..
    } = &record.report;
    let operation = record.report.operation?;
    let is_undone = match status {
        Status::Started | Status::InDoubt => true,
        status => operation.takes_several_runs() && status.is_failure(),
    };
    let words = format!("{place}, `{operation}` of `{user}`");
    is_undone.then(|| ((operation, fold(user)), (place.row, words)))
}
