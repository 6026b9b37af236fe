//! Completes records with what is known of their rows besides: what earlier runs changed, and, of a sheet of failed rows, the
//! rows that they came from.

use std::collections::HashMap;
use std::sync::Arc;

use super::carry_forward::carry;
use super::{Durable, Journal, Prior, Record};
use crate::model::{Place, RowKey, Status};

/// The row that another came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// What it is known by.
    pub key: RowKey,
    /// Where it is, as its own sheet has it.
    pub place: Place,
}

/// A journal that completes records before it passes them on.
pub struct Completing {
    /// Where they go.
    pub journal: Arc<dyn Journal>,
    /// What is known of rows that earlier runs changed.
    pub earlier: HashMap<RowKey, Prior>,
    /// Which rows corrected ones correct, and where these are.
    pub origins: HashMap<RowKey, Origin>,
}

impl Completing {
    /// Whether the row's line says it all: an earlier run finished the row, and this one has looked at it again and found
    /// nothing to do. The line stays that of the run which did it, since an undo goes by the order of the runs.
    fn is_on_record(&self, record: &Record) -> bool {
        let report = &record.report;
        let is_told = |prior: &Prior| {
            matches!(prior.status, Status::Done | Status::Unchanged)
                && (report.user_id.is_none() || report.user_id == prior.user_id)
        };
        // After a call the line ahead of it has to give way to one that says what came of it.
        report.status == Status::Unchanged && record.calls == 0 && self.earlier.get(&report.key).is_some_and(is_told)
    }
}

impl Journal for Completing {
    fn append(&self, mut records: Vec<Record>) -> Durable {
        records.retain(|record| !self.is_on_record(record));
        for record in &mut records {
            if let Some(prior) = self.earlier.get(&record.report.key) {
                carry(prior, record);
            }
            if let Some(origin) = self.origins.get(&record.report.key) {
                record.corrects = (origin.key != record.report.key).then_some(origin.key);
                record.report.place = origin.place.clone();
            }
        }
        self.journal.append(records)
    }
}
