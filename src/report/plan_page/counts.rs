//! What a plan comes to in numbers.

use std::collections::{BTreeMap, HashSet};

use super::super::plan::PlanView;
use crate::model::OperationKind;
use crate::plan::{AccountIndex, Fate, PlannedSheet, RowCode, RowReason, Work};

/// What a plan comes to in numbers.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// Rows that change something.
    pub(super) changing: usize,
    /// The people whom these are about, each counted once.
    pub(super) people: usize,
    /// The rows among them that are about a group and nobody else.
    pub(super) rules: usize,
    /// By operation: the people, or the groups, that its rows are about.
    pub(super) by_operation: BTreeMap<OperationKind, usize>,
    /// Mails that invite somebody.
    pub(super) mails: usize,
    /// Rows that are so already.
    pub(super) already_so: usize,
    /// Rows that wait, for an invitation or for their date.
    pub(super) waiting: usize,
    /// Rows that cannot run, invalid ones among them.
    pub(super) cannot_run: usize,
    /// Rows that stand in the sheet twice.
    pub(super) duplicates: usize,
    /// Rows that get no seat.
    pub(super) short: usize,
    /// Rows that are left alone because the seat is in use.
    pub(super) left_alone: usize,
}

impl Counts {
    pub(super) fn of(view: &PlanView<'_>) -> Self {
        let PlannedSheet { rows, plan, .. } = view.sheet;
        let mut counts = Self {
            mails: plan
                .steps
                .iter()
                .filter(|step| matches!(step.work, Work::Invite(_)))
                .count(),
            waiting: view.not_due.reports().count(),
            short: plan.short.len(),
            cannot_run: view.not_due.invalid().count(),
            ..Self::default()
        };
        let mut everybody: HashSet<AccountIndex> = HashSet::new();
        let mut by_operation: BTreeMap<OperationKind, HashSet<AccountIndex>> = BTreeMap::new();
        let is_short: HashSet<usize> = plan.short.iter().map(|(row, _)| *row).collect();
        let in_use = RowCode::from(RowReason::UsedSince);
        for (index, (row, planned)) in rows.iter().zip(&plan.rows).enumerate() {
            let Some(verdict) = planned.verdict.as_deref() else {
                let kind = row.operation.kind();
                counts.changing += 1;
                match planned.account {
                    Some(account) => {
                        everybody.insert(account);
                        by_operation.entry(kind).or_default().insert(account);
                    }
                    None => {
                        counts.rules += 1;
                        *counts.by_operation.entry(kind).or_default() += 1;
                    }
                }
                continue;
            };
            match Fate::of(verdict.status) {
                Fate::AlreadySo => counts.already_so += 1,
                Fate::Waits => counts.waiting += 1,
                _ if verdict.code == in_use => counts.left_alone += 1,
                _ if is_short.contains(&index) => {}
                _ => counts.cannot_run += 1,
            }
        }
        for (kind, people) in by_operation {
            *counts.by_operation.entry(kind).or_default() += people.len();
        }
        counts.people = everybody.len();
        counts.duplicates = view.invalid.saturating_sub(view.not_due.invalid().count());
        counts
    }
}
