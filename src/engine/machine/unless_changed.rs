//! Rows that are only done while what they replace is as it was when their sheet was written: what somebody else has
//! changed since the plan was made ends them, before a call leaves.

use std::collections::BTreeSet;

use super::state::Machine;
use crate::api::GroupRule;
use crate::directory::{Accounts, Again};
use crate::model::{GroupId, GroupRef, Operation, WrittenState};
use crate::plan::{
    Holding, LicenseEdit, RowIndex, StepIndex, StepSource, Verdict, Work, changed_since_export, groups_in_words,
    licenses_in_words, listed_groups, rule_in_words, rule_is_as_written,
};

/// More rules than these are read by their listing.
const MOST_SINGLE_RULES: usize = 20;

/// A row whose object somebody else has changed while the run waited.
pub(super) struct ReplacedMeanwhile {
    /// One of its steps.
    pub(super) step: StepIndex,
    pub(super) row: RowIndex,
    /// How it ends, unless all is as it wants it by now.
    pub(super) conflict: Option<Verdict>,
    /// What the other did.
    pub(super) words: String,
}

impl Machine<'_> {
    /// What the row replaces, as it was when its sheet was written.
    fn written(&self, row: RowIndex) -> Option<&WrittenState> {
        self.rows.sheet().rows[row].unless_changed_from()
    }

    /// Whether the step is of a row that says what it replaces.
    pub(super) fn is_unless_changed(&self, step: StepIndex) -> bool {
        self.steps.rows_of(step).iter().any(|row| self.written(*row).is_some())
    }

    /// The step's rows that say what they replace, where the account holds this by now.
    pub(super) fn licenses_replaced_meanwhile(
        &self,
        step: StepIndex,
        now: &Holding,
        words: &str,
    ) -> Vec<ReplacedMeanwhile> {
        let rows = self.steps.rows_of(step);
        let replaced = rows.iter().filter_map(|row| {
            let written = self.written(*row)?;
            let is_reached = self.edit_of(*row).is_some_and(|edit| edit.apply(now).is_like(now));
            Some(ReplacedMeanwhile {
                step,
                row: *row,
                conflict: (!is_reached).then(|| changed_since_export(written, &licenses_in_words(&now.direct))),
                words: words.to_owned(),
            })
        });
        replaced.collect()
    }

    /// What the row does to a direct allocation. Where it gives up seats first, that is the last of its steps.
    fn edit_of(&self, row: RowIndex) -> Option<&LicenseEdit> {
        let steps = self.steps.of_row(row).iter().rev();
        let mut edits = steps
            .map(|step| self.steps.step(*step))
            .filter_map(|step| step.work.license()?.edits_of(&step.rows).find(|(of, _)| *of == row));
        edits.next().map(|(_, edit)| edit)
    }

    /// The rows of these steps that say what groups they replace, and whose accounts are in others by now. Of accounts that
    /// this run has begun to move it knows better.
    pub(super) fn groups_replaced_meanwhile(&self, steps: &[StepIndex], accounts: &Accounts) -> Vec<ReplacedMeanwhile> {
        let rows = self.steps.rows_once(steps);
        rows.filter_map(|(step, row)| self.row_replaced_meanwhile(step, row, accounts))
            .collect()
    }

    fn row_replaced_meanwhile(&self, step: StepIndex, row: RowIndex, accounts: &Accounts) -> Option<ReplacedMeanwhile> {
        let Operation::SetGroups { groups, .. } = &self.rows.sheet().rows[row].operation else {
            return None;
        };
        let written = self.written(row)?;
        let user = self.steps.user_of(step)?;
        let listed = |groups: &[GroupId]| listed_groups(groups, self.snapshot);
        let before = listed(&self.snapshot.user_by_id(user)?.groups);
        let now = listed(&accounts.get(user)?.groups);
        let is_begun = !self.steps.of_row(row).iter().all(|step| self.steps.is_open(*step));
        if is_begun || now == before {
            return None;
        }
        // Other rows of this run may be about the same account.
        let own = self.steps.moved_between(self.steps.step(step).account?);
        if now.symmetric_difference(&before).all(|group| own.contains(group)) {
            return None;
        }
        let in_words = |groups: &BTreeSet<GroupId>| groups_in_words(groups, self.snapshot);
        let is_reached = now == listed(&self.resolved(groups));
        Some(ReplacedMeanwhile {
            step,
            row,
            conflict: (!is_reached).then(|| changed_since_export(written, &in_words(&now))),
            words: "meanwhile somebody else changed the account's groups".to_owned(),
        })
    }

    fn resolved(&self, groups: &[GroupRef]) -> Vec<GroupId> {
        let found = groups.iter().filter_map(|group| self.snapshot.group(group).one());
        found.map(|group| group.id).collect()
    }

    /// The rules that these steps change, to be read again.
    pub(super) fn rules_again(&self, steps: &[StepIndex]) -> Again {
        let groups: BTreeSet<GroupId> = steps
            .iter()
            .filter_map(|step| self.steps.step(*step).work.ruled_group())
            .collect();
        // Only the listing has the rule of a group that is gone.
        let is_gone = |group: &GroupId| self.snapshot.group_by_id(*group).is_none();
        let by_listing = groups.len() > MOST_SINGLE_RULES || groups.iter().any(is_gone);
        Again::Rules {
            listed: by_listing.then(|| self.snapshot.rules().map_or(0, <[_]>::len) as u64),
            groups: groups.into_iter().collect(),
        }
    }

    /// Rules were read again: a row that says what it replaces is not done where that is otherwise by now.
    pub(super) fn rules_are_now(&mut self, steps: &[StepIndex], rules: &[GroupRule]) {
        let mut replaced = Vec::new();
        let mut own = Vec::new();
        for step in steps {
            let Some(group) = self.steps.step(*step).work.ruled_group() else {
                continue;
            };
            let now = rules.iter().find(|rule| rule.group == group);
            if rule_in_words(now) == rule_in_words(self.snapshot.rule(group)) {
                continue;
            }
            let is_reached = match &self.steps.step(*step).work {
                Work::GroupRule(change) => now.is_some_and(|rule| change.is_so(rule)),
                _ => now.is_none_or(GroupRule::is_empty),
            };
            if is_reached && self.steps.is_perhaps_done(*step) {
                own.push(*step);
                continue;
            }
            for row in self.steps.rows_of(*step) {
                let Some(written @ WrittenState::Rule(was)) = self.written(row) else {
                    continue;
                };
                if !is_reached && rule_is_as_written(was, now) {
                    continue;
                }
                replaced.push(ReplacedMeanwhile {
                    step: *step,
                    row,
                    conflict: (!is_reached).then(|| changed_since_export(written, &rule_in_words(now))),
                    words: "meanwhile somebody else changed the group's rule".to_owned(),
                });
            }
        }
        for step in own {
            self.reading_showed_it(step);
        }
        let changes: Vec<(StepIndex, String)> = replaced.iter().map(ReplacedMeanwhile::told).collect();
        if !self.refuses(&changes) {
            self.end_replaced(replaced);
        }
    }

    /// Ends the rows: as conflicts, or as they wanted it.
    pub(super) fn end_replaced(&mut self, replaced: Vec<ReplacedMeanwhile>) {
        for ReplacedMeanwhile {
            step: _,
            row,
            conflict,
            words,
        } in replaced
        {
            let steps: Vec<StepIndex> = self.steps.of_row(row).to_vec();
            match conflict {
                Some(conflict) => self.rows.fail(row, conflict, None),
                None => {
                    let verdict = Verdict::unchanged(format!("already so: {words}"));
                    self.rows.settle(row, verdict);
                }
            }
            for step in steps {
                if self.steps.is_open(step) {
                    self.leave_out(step, &[row]);
                }
            }
        }
    }
}

impl ReplacedMeanwhile {
    /// What a plan that was approved is refused for.
    pub(super) fn told(&self) -> (StepIndex, String) {
        let words = self.conflict.as_ref().map_or(&self.words, |verdict| &verdict.message);
        (self.step, words.clone())
    }
}
