//! Accounts that turned out to be there already, although the plan meant to make them: somebody invited or created them
//! meanwhile. The row goes on with such an account, as it would have had the plan found it.

use std::collections::HashMap;

use super::failed_call::{Sendings, is_taken, says_taken};
use super::protocol::{Effect, Looks};
use super::read_back::DONE_WITHOUT_AN_ANSWER;
use super::rows::StepFailure;
use super::schedule::Tries;
use super::state::{Machine, Task};
use super::steps::StepState;
use crate::api::{CallError, NewAccountReply, User, UserUpdate};
use crate::directory::{Allocations, ReadError};
use crate::model::{GroupId, Operation, Row, Status, UserId};
use crate::plan::{
    AccountIndex, Call, CallKind, Direct, Holding, OneOrMany, RowReason, Stage, Step, StepIndex, StepSource, Verdict,
    Work, goes_on_with,
};
use crate::text::fold;

impl Machine<'_> {
    /// Entries of an invitation call that were refused: those of addresses that are said to have an account are looked
    /// up, those of a migration are tried without the groups, and the others fail.
    pub(super) fn invitations_refused(&mut self, kind: &CallKind, refused: Vec<(StepIndex, String)>) {
        let mut taken = Vec::new();
        let mut again = Vec::new();
        for (step, words) in refused {
            let failure = StepFailure::new(Status::Rejected, RowReason::InvitationRefused, words);
            if self.steps.user_of(step).is_none() && says_taken(failure.message()) {
                taken.push((step, failure));
            } else if self.invite_without_groups(step, failure.message()) {
                again.push(step);
            } else {
                self.fail_step(step, &failure, None);
            }
        }
        if !again.is_empty() {
            let call = Call {
                kind: kind.clone(),
                steps: again,
            };
            self.schedule.put_first([call.into()]);
        }
        self.look_for_taken(taken);
    }

    /// Whether a refused call for a single new account says that there is one already, so that it is looked for.
    pub(super) fn is_looked_for(&mut self, step: StepIndex, error: &CallError) -> bool {
        let makes = matches!(self.steps.step(step).work, Work::Invite(_) | Work::Create(_));
        let is_taken = makes && self.steps.user_of(step).is_none() && is_taken(error);
        if is_taken {
            self.look_for_taken(vec![(step, StepFailure::of(error))]);
        }
        is_taken
    }

    fn look_for_taken(&mut self, refused: Vec<(StepIndex, StepFailure)>) {
        if refused.is_empty() {
            return;
        }
        let addresses = refused.iter().flat_map(|(step, _)| self.names_of(*step)).collect();
        let task = self.ask(Task::LookForTaken { refused });
        self.effects.push_back(Effect::FindAccounts {
            task,
            addresses,
            looks: Looks::Patiently,
        });
    }

    /// The names by which the account that a step makes can be found.
    fn names_of(&self, step: StepIndex) -> Vec<String> {
        match &self.steps.step(step).work {
            Work::Invite(invitation) => vec![invitation.email.clone()],
            Work::Create(creation) => {
                let email = creation.user.email.clone();
                std::iter::once(creation.user.user_name.clone()).chain(email).collect()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn taken_found(
        &mut self,
        refused: Vec<(StepIndex, StepFailure)>,
        found: Result<HashMap<String, User>, ReadError>,
    ) {
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                for (step, failure) in refused {
                    let words = format!(
                        "{}; looking the account up failed too: failed to {error}",
                        failure.message()
                    );
                    self.fail_step(step, &failure.saying(words), error.call());
                }
                return;
            }
        };
        for (step, failure) in refused {
            let names = self.names_of(step);
            match names.iter().find_map(|name| found.get(&fold(name))) {
                Some(user) if self.steps.is_perhaps_done(step) => self.found(step, user, DONE_WITHOUT_AN_ANSWER),
                Some(user) => self.account_was_there(step, user),
                None => self.fail_step(step, &failure, None),
            }
        }
    }

    /// The account that an open invitation or creation would make is there already: nobody is mailed, and the rows go on
    /// with it, unless it is somebody else's or out of use. Its licences are read before any are changed.
    ///
    /// May be called for a step that has not been sent, and for one whose call was refused.
    pub(super) fn account_was_there(&mut self, step: StepIndex, user: &User) {
        self.account_made_by(step, user, "somebody else made the account meanwhile");
    }

    /// The same, where `by_whom` says who made it, as far as that is known.
    pub(super) fn account_made_by(&mut self, step: StepIndex, user: &User, by_whom: &str) {
        let Some(account) = self.steps.step(step).account else {
            return;
        };
        let maker = self.steps.plan().account(account).maker();
        let row = maker.map(|row| &self.rows.sheet().rows[row]);
        let notes = match row.map(|row| goes_on_with(row, user, self.snapshot, self.rules)) {
            Some(Ok(notes)) => notes,
            None => Vec::new(),
            Some(Err(verdict)) => {
                return self.fail_with(step, verdict);
            }
        };
        let is_another = self.snapshot.has_user(user.id);
        if self.steps.learn_id(account, user.id, is_another).is_err() {
            let words = format!(
                "the name is now that of {}, which is another account of the plan",
                user.id
            );
            return self.fail_with(step, Verdict::new(Status::Conflict, RowReason::AnotherAccount, words));
        }
        if let Some(row) = maker {
            self.rows.remark(row, by_whom);
            for note in notes {
                self.rows.remark(row, note);
            }
        }
        self.join_what_is_missing(step, user);
        self.activate(step, row, user);
        self.read_holding(account, user.id);
        // Rows that have nothing else to do end with this step, and nothing was done for them.
        for row in &self.steps.rows_of(step) {
            let others = self.steps.of_row(*row).iter().filter(|other| **other != step);
            let is_all = others.copied().all(|other| !self.steps.is_open(other));
            if is_all && !self.waits(*row) {
                let unchanged = Verdict::unchanged("");
                self.rows.settle(*row, unchanged);
            }
        }
        self.end_step(step, StepState::Dropped);
    }

    /// The groups that the account was to be made with and is not in are joined one stage later.
    pub(super) fn join_what_is_missing(&mut self, step: StepIndex, user: &User) {
        let wanted = match &self.steps.step(step).work {
            Work::Invite(invitation) => &invitation.groups,
            Work::Create(creation) => &creation.groups,
            _ => return,
        };
        let missing: Vec<GroupId> = wanted
            .iter()
            .filter(|group| !user.groups.contains(group))
            .copied()
            .collect();
        self.join_later(step, missing);
    }

    /// An invitation that activates finds an account that is deactivated: it is activated one stage later.
    fn activate(&mut self, step: StepIndex, row: Option<&Row>, user: &User) {
        let activates =
            row.is_some_and(|row| matches!(&row.operation, Operation::Invite(invite) if invite.active == Some(true)));
        if activates && !user.is_active {
            let part = UserUpdate {
                is_active: Some(true),
                ..UserUpdate::default()
            };
            self.update_later(step, part);
        }
    }

    /// Adds groups to the account of a step one stage later.
    pub(super) fn join_later(&mut self, step: StepIndex, groups: Vec<GroupId>) {
        if groups.is_empty() {
            return;
        }
        let part = UserUpdate {
            add_groups: groups,
            ..UserUpdate::default()
        };
        self.update_later(step, part);
    }

    fn update_later(&mut self, step: StepIndex, part: UserUpdate) {
        let rows = self.steps.rows_of(step);
        let Some(row) = rows.first().copied() else {
            return;
        };
        self.add_step(Step {
            stage: Stage::Change,
            account: self.steps.step(step).account,
            rows,
            work: Work::Update(Box::new(OneOrMany::one((row, part)))),
        });
    }

    /// A licence call replaces what an account holds, so what this one holds is read before any of its licences are
    /// changed.
    fn read_holding(&mut self, account: AccountIndex, user: UserId) {
        if !self.steps.changes_licenses(account) {
            return;
        }
        if !self.rules.portal {
            return self.steps.learn_holding(account, unknown());
        }
        // Those of one answer are read together, as long as the read has not left.
        for effect in &mut self.effects {
            let Effect::ReadAllocations { task, users, .. } = effect else {
                continue;
            };
            if let Some(Task::ReadHoldings { accounts }) = self.tasks.get_mut(task) {
                users.push(user);
                accounts.push((account, user));
                return;
            }
        }
        let accounts = vec![(account, user)];
        let task = self.ask(Task::ReadHoldings { accounts });
        self.effects.push_back(Effect::ReadAllocations {
            task,
            users: vec![user],
            urgency: self.urgency(),
        });
    }

    pub(super) fn holdings_read(&mut self, accounts: Vec<(AccountIndex, UserId)>, held: Option<&Allocations>) {
        for (account, user) in accounts {
            let holding = match held {
                Some(held) => held.of(user).map_or_else(Holding::nothing, |allocation| Holding {
                    direct: Direct::Holds(allocation.bundles.clone()),
                    external_license: allocation.external_license,
                }),
                None => unknown(),
            };
            self.steps.learn_holding(account, holding);
        }
    }

    /// Answers in order of the entries: those that were made, those refused, and those the answer does not name.
    pub(super) fn all_made(&mut self, call: &Call, replies: Vec<NewAccountReply>, tries: Tries) {
        let (mut lost, mut misnamed, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        for (step, reply) in call.steps.iter().zip(replies) {
            match reply {
                NewAccountReply::Made(user) => self.made(*step, user),
                NewAccountReply::Refused(words) => refused.push((*step, words)),
                NewAccountReply::Missing => lost.push(*step),
                NewAccountReply::Misnamed => misnamed.push(*step),
            }
        }
        self.invitations_refused(&call.kind, refused);
        self.look_for_missing(call, lost, tries, Some(Sendings::OF_LOST));
        self.look_for_missing(call, misnamed, tries, None);
    }
}

fn unknown() -> Holding {
    Holding {
        direct: Direct::Unknown,
        external_license: false,
    }
}
