//! A whole sheet as a plan sees it: the rows that are planned, and those that are not.

use std::collections::HashMap;

use serde::{Serialize, Serializer};

use super::choice::Choice;
use crate::directory::Snapshot;
use crate::ledger::Record;
use crate::model::{Place, RowKey, Status};
use crate::plan::{Fate, Plan, RowPlan, review};

/// A whole sheet as a plan sees it. Serialized as a list, row by row, so that none but the one at hand is in
/// memory.
#[derive(Clone, Copy)]
pub(super) struct Review<'a> {
    /// Every row of the sheet, in its order.
    pub(super) order: &'a [(RowKey, Place)],
    pub(super) choice: &'a Choice,
    pub(super) plan: &'a Plan,
    pub(super) snapshot: &'a Snapshot,
}

impl<'a> Review<'a> {
    /// What the plan says of each row, in the sheet's order.
    pub(super) fn rows(self) -> impl Iterator<Item = RowPlan> + 'a {
        let Self {
            order,
            choice,
            plan,
            snapshot,
        } = self;
        let planned = choice.rows.iter().enumerate();
        let planned: HashMap<RowKey, usize> = planned.map(|(index, row)| (row.key, index)).collect();
        let left: HashMap<RowKey, &Record> = choice.left.iter().map(|record| (record.key, record)).collect();
        order.iter().map(move |(key, place)| {
            if let Some(index) = planned.get(key) {
                review(&choice.rows, plan, snapshot, *index)
            } else if let Some(record) = left.get(key) {
                not_attempted(record)
            } else {
                RowPlan::bare(place.clone(), *key, Fate::Finished)
            }
        })
    }
}

impl Serialize for Review<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(self.rows())
    }
}

fn not_attempted(record: &Record) -> RowPlan {
    let fate = match record.status {
        Status::NotRun => Fate::LeftOut,
        _ => Fate::Invalid,
    };
    RowPlan {
        operation: record.operation,
        user: record.user.clone(),
        target: record.target.clone(),
        status: Some(record.status),
        code: record.code.clone(),
        message: record.message.clone(),
        ..RowPlan::bare(record.place.clone(), record.key, fate)
    }
}
