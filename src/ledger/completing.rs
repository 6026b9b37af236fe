//! Completes records with what is known of their rows besides: what earlier runs changed, and, of a sheet of failed rows, the
//! rows that they came from.

use std::collections::HashMap;
use std::sync::Arc;

use super::carry_forward::carry;
use super::{Durable, Journal, Prior, Record};
use crate::model::{Place, RowKey};

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

impl Journal for Completing {
    fn append(&self, mut records: Vec<Record>) -> Durable {
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
