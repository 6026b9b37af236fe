//! What somebody else changed while the run waited, and what follows for the steps that rest on it.

use super::read_back::DONE_WITHOUT_AN_ANSWER;
use super::state::{Machine, Task};
use super::steps::Change;
use super::unless_changed::ReplacedMeanwhile;
use crate::api::User;
use crate::directory::{Accounts, Allocations, Groups, ReadError};
use crate::engine::recheck::OnChange;
use crate::model::Status;
use crate::plan::{
    Administrators, Direct, Holding, Inactive, LicenseChange, RowReason, Seen, StepIndex, StepSource, Verdict, Work,
};

impl Machine<'_> {
    pub(super) fn allocations_are_now(&mut self, steps: &[StepIndex], held: &Allocations) {
        // What this run has changed it knows better than a listing that may lag behind.
        self.licenses_changed_unanswered(steps, held);
        let steps: Vec<StepIndex> = steps.iter().copied().filter(|step| self.steps.is_open(*step)).collect();
        let mut seen = self.steps.with_changed_licenses();
        let conditional = steps.iter().filter(|step| self.is_for_the_unused(**step));
        let in_use_again = self.used_meanwhile(conditional, |user, seen| {
            Some(seen.in_use_at(held.of(user)?.last_in_use))
        });
        let mut changes = Vec::new();
        let mut replaced = Vec::new();
        for step in steps
            .iter()
            .filter(|step| !in_use_again.iter().any(|(other, _)| other == *step))
        {
            let Some(account) = self.steps.step(*step).account else {
                continue;
            };
            // Later steps of the same account are planned on top of its first one.
            let is_license = matches!(self.steps.step(*step).work, Work::License(_));
            if !is_license || !seen.insert(account) {
                continue;
            }
            let Some((known, now)) = self.holding_now(*step, held) else {
                continue;
            };
            let words = format!(
                "meanwhile somebody else changed the licences from {} to {}",
                in_words(known),
                in_words(&now)
            );
            replaced.extend(self.licenses_replaced_meanwhile(*step, &now, &words));
            changes.push((*step, account, now, words));
        }
        let licenses = changes.iter().map(|(step, _, _, words)| (*step, words.clone()));
        let all: Vec<(StepIndex, String)> = licenses.chain(told(&in_use_again)).collect();
        if self.refuses(&all) {
            return;
        }
        self.fail_each(in_use_again);
        self.end_replaced(replaced);
        for (step, account, now, words) in changes {
            self.steps.learn_holding(account, now);
            if !self.steps.is_open(step) {
                continue;
            }
            if self.steps.build_on_present(step) == Change::Nothing {
                self.was_done_by_somebody_else(step, &words);
                continue;
            }
            self.remark_on(step, &words);
        }
    }

    /// What the account of a licence step was known to hold, and what it holds by now, where that is told and something
    /// else.
    fn holding_now(&self, step: StepIndex, held: &Allocations) -> Option<(&Holding, Holding)> {
        let change = self.steps.step(step).work.license()?;
        let user = self.steps.user_of(step)?;
        let known = self.steps.holding_of(step).unwrap_or(&change.base);
        let allocation = held.of(user);
        // A bulk read does not name those whose account is gone, and perhaps not those who have none yet.
        let is_newcomer = || self.snapshot.user_by_id(user).is_some_and(User::is_newcomer);
        let is_untold = allocation.is_none() && (self.snapshot.orphan(user).is_some() || is_newcomer());
        let before = match &known.direct {
            Direct::Holds(bundles) => Some(bundles),
            Direct::Inherits | Direct::Unknown => None,
        };
        let now = || Holding {
            direct: allocation.map_or(Direct::Inherits, |held| Direct::Holds(held.bundles.clone())),
            external_license: allocation.is_some_and(|held| held.external_license),
        };
        (!is_untold && !held.agrees_with(user, before)).then(|| (known, now()))
    }

    /// Those of these steps end as done that this run has carried out itself, without having heard of it.
    fn licenses_changed_unanswered(&mut self, steps: &[StepIndex], held: &Allocations) {
        let perhaps_done = steps.iter().filter(|step| self.steps.is_perhaps_done(**step));
        let reached = perhaps_done.filter_map(|step| {
            let (_, now) = self.holding_now(*step, held)?;
            let change = self.steps.step(*step).work.license()?;
            let is_reached = LicenseChange::new(now.clone(), change.edits.clone()).is_nothing();
            is_reached.then_some((*step, now))
        });
        for (step, now) in reached.collect::<Vec<_>>() {
            let account = self.steps.step(step).account;
            self.reading_showed_it(step);
            // Somebody else may have changed them too since, and later steps build on that.
            if let Some(account) = account {
                self.steps.learn_holding(account, now);
            }
        }
    }

    pub(super) fn groups_are_now(&mut self, steps: &[StepIndex], groups: &Groups) {
        let mut changes = Vec::new();
        // The group of each as it is now, where it is there still.
        let mut present = Vec::new();
        for step in steps {
            let Work::Member(id, _) = &self.steps.step(*step).work else {
                continue;
            };
            let Some(known) = self.group(**id) else {
                continue;
            };
            let now = groups.get(**id);
            let what = match now {
                None => format!("deleted the group `{}`", known.name),
                Some(now) if known.name != now.name => {
                    format!("renamed the group `{}` to `{}`", known.name, now.name)
                }
                Some(_) => continue,
            };
            changes.push((*step, format!("meanwhile somebody else {what}")));
            present.push(now);
        }
        if self.refuses(&changes) {
            return;
        }
        for ((step, words), now) in changes.into_iter().zip(present) {
            let Some(group) = now else {
                self.fail_with(step, Verdict::new(Status::NotFound, RowReason::GroupNotFound, words));
                continue;
            };
            self.remark_on(step, &words);
            self.renamed.insert(group.id, group.clone());
        }
    }

    pub(super) fn accounts_are_now(&mut self, steps: &[StepIndex], accounts: &Accounts) {
        let is_there = |step: &StepIndex| {
            let address = self.address(*step)?;
            Some((*step, accounts.find(&address).one()?.clone()))
        };
        let there: Vec<_> = steps.iter().filter_map(is_there).collect();
        // Whoever is there after an invitation whose answer was lost was invited by it.
        let (own, there): (Vec<_>, Vec<_>) = there
            .into_iter()
            .partition(|(step, _)| self.steps.is_perhaps_done(*step));
        for (step, user) in own {
            self.found(step, &user, DONE_WITHOUT_AN_ANSWER);
        }
        let words = "meanwhile somebody else made the account";
        let changes: Vec<_> = there.iter().map(|(step, _)| (*step, words.to_owned())).collect();
        if self.refuses(&changes) {
            return;
        }
        for (step, user) in there {
            self.account_was_there(step, &user);
        }
    }

    pub(super) fn people_are_now(&mut self, steps: &[StepIndex], accounts: &Accounts) {
        let (untold, steps): (Vec<StepIndex>, Vec<StepIndex>) = steps
            .iter()
            .partition(|step| self.tells_no_groups_now(**step, accounts));
        if !untold.is_empty() {
            self.could_not_read_again(&untold, &ReadError::Groups);
        }
        let steps = &steps;
        let mut found: Vec<(StepIndex, Verdict)> = Vec::new();
        for step in steps {
            let now = |user, seen: Seen| Some(seen.signed_in_at(accounts.get(user)?.last_login));
            let verdict = match &self.steps.step(*step).work {
                Work::Invite(_) => self.has_left_now(*step, accounts),
                Work::Delete => self.is_protected_now(*step, accounts),
                Work::Update(_) if self.is_a_leavers(*step) => self.is_protected_now(*step, accounts),
                _ => None,
            };
            let verdict = verdict.or_else(|| self.is_used_now(*step, now));
            found.extend(verdict.map(|verdict| (*step, verdict)));
        }
        let last = self.last_administrator_now(steps, accounts);
        let moved: Vec<_> = steps
            .iter()
            .filter_map(|step| self.departure_now(*step, accounts))
            .collect();
        let regrouped = self.moved_meanwhile(steps, accounts);
        let replaced = self.groups_replaced_meanwhile(steps, accounts);
        let changes: Vec<_> = told(found.iter().chain(&last))
            .chain(moved.iter().map(|now| (now.step, now.words.clone())))
            .chain(regrouped.iter().map(|now| (now.step, now.words.clone())))
            .chain(replaced.iter().map(ReplacedMeanwhile::told))
            .collect();
        if self.refuses(&changes) {
            return;
        }
        for now in moved {
            self.departs_from(now);
        }
        for now in regrouped {
            self.moves_back(now);
        }
        self.end_replaced(replaced);
        self.fail_each(found);
        for (step, verdict) in last {
            if self.steps.is_open(step) {
                self.keep_administrator(step, verdict);
            }
        }
    }

    /// Whether the service leaves out by now which groups the step's account is in, so that it may have become anything.
    fn tells_no_groups_now(&self, step: StepIndex, accounts: &Accounts) -> bool {
        let user = self.steps.user_of(step);
        let told = user
            .and_then(|user| self.snapshot.user_by_id(user))
            .is_some_and(|user| user.tells_groups);
        told && user
            .and_then(|user| accounts.get(user))
            .is_some_and(|now| !now.tells_groups)
    }

    /// Somebody who is moved was deactivated meanwhile, or their account deleted: a new one would let them in again.
    fn has_left_now(&self, step: StepIndex, accounts: &Accounts) -> Option<Verdict> {
        let predecessor = self.predecessor(step)?;
        let Some(old) = accounts.get(predecessor) else {
            return Some(Verdict::new(
                Status::NotFound,
                RowReason::UserNotFound,
                "meanwhile somebody else deleted the account, so nobody was invited in its place",
            ));
        };
        let was_active = self
            .snapshot
            .user_by_id(old.id)
            .is_some_and(|user| !user.is_deactivated());
        (self.rules.inactive == Inactive::LeftAlone && was_active && old.is_deactivated()).then(|| {
            Verdict::new(
                Status::Skipped,
                RowReason::Inactive,
                "meanwhile somebody else deactivated the account; `--include-inactive` moves it all the same",
            )
        })
    }

    fn is_protected_now(&self, step: StepIndex, accounts: &Accounts) -> Option<Verdict> {
        let user = accounts.get(self.steps.user_of(step)?)?;
        let was = |user: &User| self.snapshot.is_administrator(user);
        let was = self.snapshot.user_by_id(user.id).is_some_and(was);
        let is = self.rules.administrators == Administrators::Protected && self.snapshot.is_administrator(user);
        let what = if self.is_a_leavers(step) {
            "offboards"
        } else {
            "deletes"
        };
        (is && !was).then(|| Verdict::new(Status::Skipped, RowReason::Administrator, format!(
                "meanwhile somebody else made the account an administrator; `--allow-admins` {what} administrators too"
            )))
    }

    /// Each step ends like this.
    pub(super) fn fail_each(&mut self, ends: Vec<(StepIndex, Verdict)>) {
        for (step, verdict) in ends {
            self.fail_with(step, verdict);
        }
    }

    /// Whether the changes are refused, because only what was approved may be done: before the first write the whole
    /// run, later the rows concerned.
    pub(super) fn refuses(&mut self, changes: &[(StepIndex, String)]) -> bool {
        if changes.is_empty() || self.recheck.on_change == OnChange::PlanAnew {
            return false;
        }
        let is_under_way = self.tasks.values().any(|task| matches!(task, Task::Call { .. }));
        if self.has_written || is_under_way {
            for (step, words) in changes {
                self.fail_with(
                    *step,
                    Verdict::new(Status::Conflict, RowReason::ChangedSincePlan, words.clone()),
                );
            }
        } else {
            let said = changes.iter().map(|(step, words)| {
                let rows = self.steps.rows_of(*step);
                let place = rows.first().map(|row| self.rows.place(*row).to_string());
                format!("{}: {words}", place.unwrap_or_default())
            });
            let said: Vec<String> = said.collect();
            self.changed_since_plan.extend(said);
        }
        true
    }
}

/// What is told of steps that end like this.
pub(super) fn told<'e>(
    ends: impl IntoIterator<Item = &'e (StepIndex, Verdict)>,
) -> impl Iterator<Item = (StepIndex, String)> {
    ends.into_iter().map(|(step, verdict)| (*step, verdict.message.clone()))
}

fn in_words(holding: &Holding) -> String {
    match &holding.direct {
        Direct::Unknown => "unknown".to_owned(),
        Direct::Inherits => "none of its own".to_owned(),
        Direct::Holds(bundles) if bundles.is_empty() => "blocked".to_owned(),
        Direct::Holds(bundles) => bundles.to_string(),
    }
}
