//! An account whose groups a row says exactly ends in these, also where somebody else has changed them while the run
//! waited.

use std::collections::HashSet;

use super::state::Machine;
use crate::api::UserUpdate;
use crate::directory::{Accounts, Found};
use crate::model::{GroupId, Operation};
use crate::plan::{OneOrMany, RowIndex, Step, StepIndex, StepSource, Work};
use crate::text::listed;

/// What a row has to do beside what was planned, since somebody else has put its account into groups or taken it out.
pub(super) struct MovedMeanwhile {
    /// One of the row's steps.
    pub(super) step: StepIndex,
    pub(super) words: String,
    row: RowIndex,
    joins: Vec<GroupId>,
    leaves: Vec<GroupId>,
}

impl Machine<'_> {
    /// Whether the step is of a row that says exactly which groups its account is in.
    pub(super) fn is_of_exact_groups(&self, step: StepIndex) -> bool {
        let rows = self.steps.rows_of(step);
        rows.iter().any(|row| self.exact_groups_of(*row).is_some())
    }

    fn exact_groups_of(&self, row: RowIndex) -> Option<HashSet<GroupId>> {
        let Operation::SetGroups { groups, .. } = &self.rows.sheet().rows[row].operation else {
            return None;
        };
        let found = groups.iter().filter_map(|group| match self.snapshot.group(group) {
            Found::One(group) => Some(group.id),
            Found::None { .. } | Found::Many(_) => None,
        });
        Some(found.collect())
    }

    /// The rows of these steps whose accounts somebody else has moved between groups. Of accounts that this run has
    /// begun to move it knows better.
    pub(super) fn moved_meanwhile(&self, steps: &[StepIndex], accounts: &Accounts) -> Vec<MovedMeanwhile> {
        let rows = self.steps.rows_once(steps);
        rows.filter_map(|(step, row)| self.row_moved_meanwhile(step, row, accounts))
            .collect()
    }

    /// What somebody else did who put an account into the ones of these groups and took it out of the others.
    pub(super) fn moved_in_words(&self, joined: &[GroupId], left: &[GroupId]) -> Vec<String> {
        let moves = [("put the account into", joined), ("took the account out of", left)];
        let moves = moves.into_iter().filter(|(_, ids)| !ids.is_empty());
        let told = moves.map(|(what, ids)| {
            let groups = ids.iter().filter_map(|id| self.snapshot.group_by_id(*id));
            let names: Vec<&str> = groups.map(|group| group.name.as_str()).collect();
            format!("{what} {}", listed(names.iter(), usize::MAX))
        });
        told.collect()
    }

    fn row_moved_meanwhile(&self, step: StepIndex, row: RowIndex, accounts: &Accounts) -> Option<MovedMeanwhile> {
        let wanted = self.exact_groups_of(row)?;
        if self.rows.sheet().rows[row].unless_changed_from().is_some() {
            // It undoes nothing that somebody else did.
            return None;
        }
        let user = self.steps.user_of(step)?;
        let (before, now) = (self.snapshot.user_by_id(user)?, accounts.get(user)?);
        let steps = self.steps.of_row(row);
        if !steps.iter().all(|step| self.steps.is_open(*step)) {
            return None;
        }
        let is_left = |id: &GroupId| self.snapshot.group_by_id(*id).is_some_and(|group| !group.is_everyone());
        let leaves = now
            .groups
            .iter()
            .filter(|id| !before.groups.contains(id) && !wanted.contains(id));
        let leaves: Vec<GroupId> = leaves.copied().filter(is_left).collect();
        let joins = before
            .groups
            .iter()
            .filter(|id| wanted.contains(id) && !now.groups.contains(id));
        let joins: Vec<GroupId> = joins.copied().filter(is_left).collect();
        let words = self.moved_in_words(&leaves, &joins);
        (!words.is_empty()).then(|| MovedMeanwhile {
            step,
            words: format!("meanwhile somebody else {}", words.join(" and ")),
            row,
            joins,
            leaves,
        })
    }

    /// The row undoes what somebody else did, so that the account ends in the groups that it says.
    pub(super) fn moves_back(&mut self, moved: MovedMeanwhile) {
        let MovedMeanwhile {
            step,
            words,
            row,
            joins,
            leaves,
        } = moved;
        let part = UserUpdate {
            add_groups: joins,
            remove_groups: leaves,
            ..UserUpdate::default()
        };
        let (stage, account) = (self.steps.step(step).stage, self.steps.step(step).account);
        let added = self.add_step(Step {
            stage,
            account,
            rows: OneOrMany::one(row),
            work: Work::Update(Box::new(OneOrMany::one((row, part)))),
        });
        self.rows.remark(row, words);
        self.schedule.add_first(&self.steps, vec![added]);
    }
}
