//! The people who lose access by a plan.

use std::collections::HashSet;

use super::{AccessLost, AccountIndex, Direct, Membership, Plan, RowIndex, Stage, Step, Work};
use crate::api::Allocation;
use crate::directory::Snapshot;
use crate::model::{GroupId, UserId};

/// In which ways an account loses access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "ways that do not exclude each other")]
pub struct WaysLost {
    /// The account is deleted.
    pub deleted: bool,
    /// It is offboarded: deactivated or taken out of groups, which is not said once more.
    pub offboarded: bool,
    /// It is deactivated.
    pub deactivated: bool,
    /// It is blocked from every licence.
    pub blocked: bool,
    /// It is taken out of a group.
    pub left_a_group: bool,
}

/// Somebody who loses access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loser {
    /// The account.
    pub account: AccountIndex,
    /// In which ways.
    pub ways: WaysLost,
    /// The groups that it leaves.
    pub groups: Vec<GroupId>,
    /// The rows by which, in sheet order.
    pub rows: Vec<RowIndex>,
}

/// How many lose access if the plan, whose steps are in order, is carried out.
pub(super) fn access_lost(plan: &Plan, snapshot: &Snapshot) -> AccessLost {
    let lost = ways_lost(plan, snapshot);
    let count = |is_so: fn(&WaysLost) -> bool| lost.iter().filter(|ways| is_so(ways)).count();
    AccessLost {
        people: count(|ways| ways.are_any()),
        deleted: count(|ways| ways.deleted),
        offboarded: count(|ways| ways.offboarded),
        deactivated: count(|ways| ways.deactivated),
        blocked: count(|ways| ways.blocked),
        taken_out_of_groups: count(|ways| ways.left_a_group),
    }
}

/// Who loses access if the plan is carried out, those whose accounts are deleted first.
pub fn losers(plan: &Plan, snapshot: &Snapshot) -> Vec<Loser> {
    let ways = ways_lost(plan, snapshot);
    let mut losers: Vec<Option<Loser>> = ways
        .iter()
        .enumerate()
        .map(|(position, ways)| {
            ways.are_any().then(|| Loser {
                account: AccountIndex::new(position),
                ways: *ways,
                groups: Vec::new(),
                rows: Vec::new(),
            })
        })
        .collect();
    for step in &plan.steps {
        let loser = step.account.and_then(|account| losers[account.position()].as_mut());
        if let Some(loser) = loser {
            loser.add(step);
        }
    }
    let mut losers: Vec<Loser> = losers.into_iter().flatten().collect();
    for loser in &mut losers {
        loser.rows.sort_unstable();
        loser.rows.dedup();
    }
    losers.sort_by_key(|loser| (loser.ways.rank(), loser.rows.first().copied()));
    losers
}

/// The ways of each account of the plan.
fn ways_lost(plan: &Plan, snapshot: &Snapshot) -> Vec<WaysLost> {
    let successors = plan.steps.iter().filter(|step| matches!(step.work, Work::Verify(_)));
    let accepted = successors.filter(|step| {
        let user = step.account.and_then(|account| plan.account(account).id);
        user.and_then(|id| snapshot.user_by_id(id))
            .is_some_and(|user| user.invitation_accepted)
    });
    let moved_on: HashSet<RowIndex> = accepted.flat_map(|step| step.rows.iter().copied()).collect();
    // Rows that go on with an account which an earlier run made for them take nothing from anybody, as in a single run.
    let is_of_its_makers = |step: &Step, id: UserId| {
        let makes = |row: &RowIndex| plan.rows[*row].earlier().is_some_and(|begun| begun.made(id));
        !matches!(step.work, Work::Delete) && step.rows.iter().all(makes)
    };
    let mut lost = vec![WaysLost::default(); plan.accounts.len()];
    for step in &plan.steps {
        if let Some(account) = step.account
            && let Some(id) = plan.account(account).id
            && !is_of_its_makers(step, id)
        {
            lost[account.position()].add(step, || snapshot.direct(id), &moved_on);
        }
    }
    for step in plan.steps.iter().filter(|step| matches!(step.work, Work::VerifyLeaver)) {
        if let Some(account) = step.account {
            lost[account.position()].are_a_leavers();
        }
    }
    lost
}

impl Loser {
    /// Adds what a step that takes something away from the account says of it.
    fn add(&mut self, step: &Step) {
        match &step.work {
            Work::Delete | Work::VerifyLeaver => self.rows.extend(step.rows.iter().copied()),
            Work::Update(parts) => {
                for (row, part) in parts.iter() {
                    self.groups.extend(part.remove_groups.iter().copied());
                    if part.is_active == Some(false) || !part.remove_groups.is_empty() {
                        self.rows.push(*row);
                    }
                }
            }
            Work::Member(group, Membership::Leave) => {
                self.groups.push(**group);
                self.rows.extend(step.rows.iter().copied());
            }
            Work::License(change) if self.ways.blocked => {
                self.rows.extend(change.edits_of(&step.rows).map(|(row, _)| row));
            }
            Work::Member(_, Membership::Join)
            | Work::License(_)
            | Work::EndLease(_)
            | Work::RemoveRule(_)
            | Work::Invite(_)
            | Work::Create(_)
            | Work::GroupRule(_)
            | Work::Verify(_) => {}
        }
    }
}

impl WaysLost {
    /// Whether access is lost at all.
    fn are_any(self) -> bool {
        self != Self::default()
    }

    /// What cannot be taken back comes first.
    fn rank(self) -> u8 {
        // Without `..`, so that a new way is given its place.
        let Self {
            deleted,
            offboarded,
            deactivated,
            blocked,
            left_a_group: _,
        } = self;
        match (deleted, offboarded, deactivated, blocked) {
            (true, ..) => 0,
            (_, true, ..) => 1,
            (_, _, true, _) => 2,
            (.., true) => 3,
            (.., false) => 4,
        }
    }

    /// The account is offboarded. Who was deactivated before and in no group has no access to lose.
    fn are_a_leavers(&mut self) {
        self.offboarded = self.deactivated || self.left_a_group;
        self.deactivated = false;
        self.left_a_group = false;
    }

    /// Adds what a step takes from the account, which held this before the sheet.
    fn add<'a>(&mut self, step: &Step, held: impl FnOnce() -> Option<&'a Allocation>, moved_on: &HashSet<RowIndex>) {
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
                let was_blocked = || held().is_some_and(|allocation| allocation.bundles.is_empty());
                self.blocked = is_blocked(&change.target.direct) && !was_blocked();
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
