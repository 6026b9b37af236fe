//! Rows that were begun and have left the sheet while something of them is left undone: nobody may think that the sheet is done.
//! However the last run left such a row, a call may have been carried out for it, or have made only a part of it so. Only one
//! that waited, for an invitation to be accepted, had done all that it could.

use std::collections::HashMap;

use crate::ledger::{History, OpenError, Record};
use crate::model::{CHANGING, HANDING_OVER, OperationKind, Place, Row, RowKey, RowReport, Status, WAITED};
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
    let mut is_last = |report: &RowReport| {
        report
            .operation
            .is_some_and(|operation| has_all(operation, &report.user))
    };
    if here.refused.iter().any(|record| is_last(&record.report)) {
        return Ok(Vec::new());
    }
    for (key, _) in here.finished {
        if history.record(key)?.is_some_and(|record| is_last(&record.report)) {
            return Ok(Vec::new());
        }
    }
    let mut behind: Vec<(u32, String)> = behind.into_values().collect();
    behind.sort_unstable();
    Ok(behind)
}

/// The address of the account that was made, or may have been, for a row of which `record` tells, where the row that was
/// corrected since makes another one. It is nobody's by then, and whoever has the address may accept the invitation.
pub(super) fn account_left(record: &Record, corrected: &Row) -> Option<String> {
    let RowReport {
        operation,
        user,
        target,
        status,
        code,
        after,
        ..
    } = &record.report;
    let address = match (*operation)? {
        OperationKind::Invite | OperationKind::Create => user,
        OperationKind::Migrate => target,
        _ => return None,
    };
    let is_made = after.as_ref().is_some_and(|after| after.get("made").is_some());
    let may_be_made = match status {
        Status::InDoubt => true,
        Status::Started => code != CHANGING && code != HANDING_OVER,
        _ => false,
    };
    let another = corrected.operation.makes()?;
    ((is_made || may_be_made) && fold(another) != fold(address)).then(|| address.clone())
}

/// The row and what is said of it, unless it only waits.
fn left_undone(record: &Record) -> Option<((OperationKind, String), (u32, String))> {
    let RowReport {
        status, user, place, ..
    } = &record.report;
    let operation = record.report.operation?;
    // A run that refused it since, or did not reach it, notes that it waited before.
    let has_waited = || record.report.after.as_ref().is_some_and(|after| after[WAITED] == true);
    let words = format!("{place}, `{operation}` of `{user}`");
    (*status != Status::Waiting && !has_waited()).then(|| ((operation, fold(user)), (place.row, words)))
}
