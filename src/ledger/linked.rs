//! Records of a sheet of failed rows, written as those of the rows that they came from.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Durable, Journal, Record};
use crate::model::{Place, RowKey};

/// The row that another came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// What it is known by.
    pub key: RowKey,
    /// Where it is, as its own sheet has it.
    pub place: Place,
}

/// A journal that says of corrected rows which ones they correct, and where these are.
pub struct Linked {
    journal: Arc<dyn Journal>,
    origins: HashMap<RowKey, Origin>,
}

impl Linked {
    /// Completes the records of these rows, and passes all records on to `journal`.
    pub fn new(journal: Arc<dyn Journal>, origins: HashMap<RowKey, Origin>) -> Self {
        Self { journal, origins }
    }
}

impl Journal for Linked {
    fn append(&self, mut records: Vec<Record>) -> Durable {
        for record in &mut records {
            if let Some(origin) = self.origins.get(&record.report.key) {
                record.corrects = (origin.key != record.report.key).then_some(origin.key);
                record.report.place = origin.place.clone();
            }
        }
        self.journal.append(records)
    }
}
