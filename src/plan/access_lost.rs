//! The people who lose access by a plan.

use std::collections::HashSet;

use super::{AccessLost, Direct, Membership, Plan, RowIndex, Stage, Step, Work};
use crate::api::Allocation;
use crate::directory::Snapshot;

/// What one account loses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "ways that do not exclude each other")]
struct Losses {
    deleted: bool,
    offboarded: bool,
    deactivated: bool,
    blocked: bool,
    left_a_group: bool,
}

/// Who loses access if the plan, whose steps are in order, is carried out.
pub(super) fn access_lost(plan: &Plan, snapshot: &Snapshot) -> AccessLost {
    let successors = plan.steps.iter().filter(|step| matches!(step.work, Work::Verify(_)));
    let accepted = successors.filter(|step| {
        let user = step.account.and_then(|account| plan.account(account).id);
        user.and_then(|id| snapshot.user_by_id(id))
            .is_some_and(|user| user.invitation_accepted)
    });
    let moved_on: HashSet<RowIndex> = accepted.flat_map(|step| step.rows.iter().copied()).collect();
    let mut losses = vec![Losses::default(); plan.accounts.len()];
    for step in &plan.steps {
        if let Some(account) = step.account
            && let Some(id) = plan.account(account).id
        {
            losses[account.position()].add(step, snapshot.direct(id), &moved_on);
        }
    }
    for step in plan.steps.iter().filter(|step| matches!(step.work, Work::VerifyLeaver)) {
        if let Some(account) = step.account {
            losses[account.position()].are_a_leavers();
        }
    }
    let count = |is_so: fn(&Losses) -> bool| losses.iter().filter(|losses| is_so(losses)).count();
    AccessLost {
        people: count(|losses| *losses != Losses::default()),
        deleted: count(|losses| losses.deleted),
        offboarded: count(|losses| losses.offboarded),
        deactivated: count(|losses| losses.deactivated),
        blocked: count(|losses| losses.blocked),
        taken_out_of_groups: count(|losses| losses.left_a_group),
    }
}

impl Losses {
    /// The account is offboarded. Who was deactivated before and in no group has no access to lose.
    fn are_a_leavers(&mut self) {
        self.offboarded = self.deactivated || self.left_a_group;
        self.deactivated = false;
        self.left_a_group = false;
    }

    /// Adds what a step takes from the account, which held this before the sheet.
    fn add(&mut self, step: &Step, held: Option<&Allocation>, moved_on: &HashSet<RowIndex>) {
        match &step.work {
            Work::Delete => self.deleted |= !step.rows.iter().any(|row| moved_on.contains(row)),
            Work::Update(parts) => {
                for (_, part) in parts.iter() {
                    self.deactivated = part.is_active.map_or(self.deactivated, |is_active| !is_active);
                    self.left_a_group |= !part.remove_groups.is_empty();
                }
            }
            Work::Member(_, change) => self.left_a_group |= *change == Membership::Leave,
            // Of a change in several steps, the last says what is held in the end.
            Work::License(change) if step.stage != Stage::GiveBack => {
                let is_blocked = |direct: &Direct| matches!(direct, Direct::Holds(bundles) if bundles.is_empty());
                let was_blocked = held.is_some_and(|allocation| allocation.bundles.is_empty());
                self.blocked = is_blocked(&change.target.direct) && !was_blocked;
            }
            // What is held by a rule may be taken again; who loses a whole rule is warned of by the group's name.
            Work::EndLease(_) | Work::RemoveRule(_) => {}
            Work::License(_)
            | Work::Invite(_)
            | Work::Create(_)
            | Work::GroupRule(_)
            | Work::Verify(_)
            | Work::VerifyLeaver => {}
        }
    }
}
