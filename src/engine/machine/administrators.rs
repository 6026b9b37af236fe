//! Keeps somebody who can administrate the organization, where that rests on what the run itself does.

use super::Machine;
use super::steps::StepState;
use super::unseating::{stops_administrating, unseats};
use crate::directory::Accounts;
use crate::model::{Status, UserId};
use crate::plan::{Membership, RowIndex, RowReason, Stage, StepIndex, StepSource, Verdict, Work};

impl Machine<'_> {
    /// Whether the step takes somebody out of Administrators, or out of use, who could administrate when the plan was made.
    pub(super) fn unseats_an_administrator(&self, step: StepIndex) -> bool {
        unseats(step, &self.steps, self.snapshot)
    }

    /// Who could administrate the organization when the plan was made, and whom this run has taken into Administrators since.
    pub(super) fn known_administrators(&self) -> Vec<UserId> {
        let users = self.snapshot.users().iter();
        let administrators = users.filter(|user| self.snapshot.can_administrate(user));
        let mut known: Vec<UserId> = administrators.map(|user| user.id).collect();
        let Some(group) = self.snapshot.administrators().map(|group| group.id) else {
            return known;
        };
        let joins = |step: &StepIndex| match &self.steps.step(*step).work {
            Work::Member(of, Membership::Join) => **of == group,
            Work::Update(parts) => parts.iter().any(|(_, part)| part.add_groups.contains(&group)),
            _ => false,
        };
        let joined = self.steps.done().filter(joins);
        known.extend(joined.filter_map(|step| self.steps.user_of(step)));
        known
    }

    /// The steps by which the last administrator that the run knows of would go although another could have stayed when the
    /// plan was made, because somebody else has taken away the others since. Whom somebody else has made an administrator
    /// meanwhile is not known: that would take reading the whole directory again.
    pub(super) fn last_administrator_now(&self, steps: &[StepIndex], accounts: &Accounts) -> Vec<(StepIndex, Verdict)> {
        let departures = steps.iter().filter(|step| {
            matches!(self.steps.step(**step).work, Work::Delete)
                || self.is_a_leavers(**step)
                || self.unseats_an_administrator(**step)
        });
        let going: Vec<(StepIndex, UserId)> = departures
            .filter_map(|step| Some((*step, self.steps.user_of(*step)?)))
            .collect();
        let known = self.known_administrators();
        let Some((_, last)) = going.iter().rev().find(|(_, user)| known.contains(user)) else {
            return Vec::new();
        };
        let stays = |user: &&UserId| !going.iter().any(|(_, goes)| goes == *user);
        let can = |user: &UserId| {
            accounts
                .get(*user)
                .is_some_and(|user| self.snapshot.can_administrate(user))
        };
        let is_left = known.iter().filter(stays).any(can);
        let was_left = known.iter().any(|user| stays(&user));
        if !was_left || is_left {
            return Vec::new();
        }
        let verdict = Verdict::new(
            Status::Skipped,
            RowReason::LastAdministrator,
            "meanwhile somebody else took away the other administrators that there were when the plan was made; \
                      if there is another one by now, the same command finds it and goes on; if not, make somebody else an \
                      administrator first",
        );
        let of_last = going.iter().filter(|(_, user)| user == last);
        of_last.map(|(step, _)| (*step, verdict.clone())).collect()
    }

    /// Keeps the last administrator: of an update that rows share, only those rows end that would take them away.
    pub(super) fn keep_administrator(&mut self, step: StepIndex, verdict: Verdict) {
        let rows = self.steps.rows_of(step);
        let group = self.snapshot.administrators().map(|group| group.id);
        let unseating: Vec<RowIndex> = match &self.steps.step(step).work {
            Work::Update(parts) if !self.is_a_leavers(step) => {
                let unseating = parts.iter().filter(|(_, part)| stops_administrating(part, group));
                unseating.map(|(row, _)| *row).collect()
            }
            _ => Vec::new(),
        };
        if unseating.is_empty() || rows.iter().all(|row| unseating.contains(row)) {
            return self.fail_with(step, verdict);
        }
        for row in unseating {
            self.rows.fail(row, verdict.clone(), None);
            for other in self.steps.of_row(row).to_vec() {
                if self.steps.is_open(other) {
                    self.leave_out(other, &[row]);
                }
            }
        }
    }

    /// Whether whoever is to administrate after this step has become an administrator; ends the step if not.
    pub(super) fn leaves_an_administrator(&mut self, step: StepIndex) -> bool {
        let after = &self.steps.plan().last_administrators.after;
        if after.is_empty() || self.steps.step(step).stage < Stage::Leave {
            return true;
        }
        let rows = self.steps.rows_of(step);
        let newcomers = rows.iter().filter_map(|row| after.get(row)).flatten();
        let has_become_one = |row: &usize| {
            let mut steps = self.steps.of_row(*row).iter();
            steps.all(|step| self.steps.step(*step).stage > Stage::Change || self.steps.state(*step) == StepState::Done)
        };
        if newcomers.into_iter().all(has_become_one) {
            return true;
        }
        let message = "whom the sheet makes an administrator has not become one, so nobody could administrate the \
                       organization any more";
        self.fail_with(
            step,
            Verdict::new(Status::Skipped, RowReason::LastAdministrator, message),
        );
        false
    }
}
