//! The changes of each group, and the calls needed to make them from the groups' side.

use std::collections::HashMap;

use crate::model::GroupId;
use crate::plan::AccountIndex;

/// A membership change: an edge between an account and a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plan) struct Edge {
    /// The account.
    pub(in crate::plan) account: AccountIndex,
    /// The group.
    pub(in crate::plan) group: GroupId,
    /// The sides it can be made from.
    pub(in crate::plan) side: Side,
}

/// The sides a membership change can be made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plan) enum Side {
    /// From either.
    Either,
    /// From the user's only: changes of built-in groups.
    User,
    /// From the group's only: changes of accounts of an external directory.
    Group,
}

/// The changes of each group that can still be made from either side.
pub(super) struct Groups {
    pub(super) list: Vec<Group>,
    pub(super) chunk: usize,
}

#[derive(Default)]
pub(super) struct Group {
    /// How many of its changes can only be made from its side.
    pub(super) bound: usize,
    /// The users of its other changes.
    pub(super) members: Vec<usize>,
}

impl Groups {
    pub(super) fn of(edges: &[Edge], riders: &[bool], chunk: usize) -> Self {
        let mut list: Vec<Group> = Vec::new();
        let mut places: HashMap<GroupId, usize> = HashMap::new();
        for Edge { account, group, side } in edges {
            if *side == Side::User || *side == Side::Either && riders[account.position()] {
                continue;
            }
            let place = *places.entry(*group).or_insert_with(|| {
                list.push(Group::default());
                list.len() - 1
            });
            match side {
                Side::Group => list[place].bound += 1,
                Side::Either | Side::User => list[place].members.push(account.position()),
            }
        }
        Self { list, chunk }
    }

    /// Puts these users' changes after those of the others.
    pub(super) fn deal_last(&mut self, last: &[bool]) {
        for group in &mut self.list {
            group.members.sort_unstable_by_key(|user| (last[*user], *user));
        }
    }

    /// The calls that the groups would need, each with its users, except those needed anyway.
    pub(super) fn calls_to_spare(&self) -> Vec<&[usize]> {
        let spare = |group: &'_ Group| {
            let room = group.bound.next_multiple_of(self.chunk) - group.bound;
            room.min(group.members.len())
        };
        self.list
            .iter()
            .flat_map(|group| group.members[spare(group)..].chunks(self.chunk))
            .collect()
    }

    /// How many PUTs there are if these users make their changes themselves.
    pub(super) fn calls(&self, senders: &[bool]) -> usize {
        let of_group = |group: &Group| {
            let left = group.members.iter().filter(|user| !senders[**user]).count();
            (group.bound + left).div_ceil(self.chunk)
        };
        let own = senders.iter().filter(|sends| **sends).count();
        own + self.list.iter().map(of_group).sum::<usize>()
    }
}
