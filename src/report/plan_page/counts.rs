//! What a plan comes to in numbers.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::plan::PlanView;
use crate::model::{BundleSet, OperationKind};
use crate::plan::{AccountIndex, Fate, PlannedSheet, RowCode, RowIndex, RowReason, Work};

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
    /// The people who give up a licence by rows that are about licences.
    pub(super) giving_up: usize,
    /// Those who get one by such rows.
    pub(super) getting: usize,
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
            let Some(verdict) = planned.verdict() else {
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
        (counts.giving_up, counts.getting) = licences_change_hands(view.sheet);
        counts.duplicates = view.invalid.saturating_sub(view.not_due.invalid().count());
        counts
    }
}

/// How many people give up a licence, and how many get one, by rows that are about nothing else. What somebody gives up only to
/// take it again is neither, and whoever is blocked is among those who lose access.
fn licences_change_hands(sheet: PlannedSheet<'_>) -> (usize, usize) {
    let is_about_licences = |row: &RowIndex| {
        matches!(
            sheet.rows[*row].operation.kind(),
            OperationKind::SetLicenses
                | OperationKind::AddLicenses
                | OperationKind::RemoveLicenses
                | OperationKind::ReleaseLicenses
                | OperationKind::ReleaseLease
        )
    };
    let mut turns: HashMap<AccountIndex, (BundleSet, BundleSet)> = HashMap::new();
    for step in &sheet.plan.steps {
        let (Some(account), true) = (step.account, step.rows.iter().all(is_about_licences)) else {
            continue;
        };
        let (freed, taken) = match &step.work {
            Work::License(change) => (change.frees().clone(), change.gains().clone()),
            Work::EndLease(end) => (end.bundles.clone(), BundleSet::default()),
            _ => continue,
        };
        let of_account = turns.entry(account).or_default();
        of_account.0 = of_account.0.union(&freed);
        of_account.1 = of_account.1.union(&taken);
    }
    let giving_up = turns.values().filter(|(freed, taken)| !freed.minus(taken).is_empty());
    let getting = turns.values().filter(|(freed, taken)| !taken.minus(freed).is_empty());
    (giving_up.count(), getting.count())
}
