//! Which side a membership change is made from: one PUT on the group serves many users, one PUT on a
//! user serves many groups. The fewest calls are a smallest vertex cover of the graph whose edges are
//! the changes.

use std::collections::{HashMap, HashSet};

use super::AccountIndex;
use crate::model::GroupId;

/// A membership change to be routed: an edge between an account and a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Edge {
    /// The account.
    pub(super) account: AccountIndex,
    /// The group.
    pub(super) group: GroupId,
}

/// Which side some of the changes have to be made from.
#[derive(Debug, Clone, Default)]
pub(super) struct Sides {
    /// Changes that only the user's side can make: those of built-in groups.
    pub(super) by_user: HashSet<Edge>,
    /// Changes that are better made from the group's side: those of accounts of an external directory.
    pub(super) by_group: HashSet<Edge>,
    /// Accounts whose own PUT is needed anyway, so that their memberships cost nothing more there.
    pub(super) riders: HashSet<AccountIndex>,
}

/// Decides which edges are made from the user's side.
///
/// Where there is a choice the fewest PUTs win, a group costing one for each `chunk` members. Groups of more
/// than `chunk` changes are made from the group's side: there a PUT serves `chunk` users, and a user's PUT
/// no more than its own edges. Whoever needs an own PUT takes all of its edges along, for nothing.
pub(super) fn user_side(edges: &[Edge], sides: &Sides, chunk: usize) -> HashSet<Edge> {
    let movable: Vec<Edge> = edges
        .iter()
        .filter(|edge| !sides.by_group.contains(edge))
        .copied()
        .collect();
    let mut senders: HashSet<AccountIndex> = sides.by_user.iter().map(|edge| edge.account).collect();
    senders.extend(&sides.riders);

    let mut members: HashMap<GroupId, usize> = HashMap::new();
    for edge in movable.iter().filter(|edge| !senders.contains(&edge.account)) {
        *members.entry(edge.group).or_default() += 1;
    }
    // A group that some members have to be changed from sends its own PUT anyway.
    let asked: HashSet<GroupId> = sides.by_group.iter().map(|edge| edge.group).collect();
    let open: Vec<Edge> = movable
        .iter()
        .filter(|edge| !senders.contains(&edge.account) && !asked.contains(&edge.group))
        .filter(|edge| members.get(&edge.group).is_some_and(|size| *size <= chunk))
        .copied()
        .collect();
    senders.extend(covering_users(&open));
    movable
        .into_iter()
        .filter(|edge| senders.contains(&edge.account))
        .collect()
}

/// The accounts in a smallest vertex cover of `edges` (König: a maximum matching tells), preferring groups.
fn covering_users(edges: &[Edge]) -> HashSet<AccountIndex> {
    let mut groups_of: HashMap<AccountIndex, Vec<GroupId>> = HashMap::new();
    let mut users_of: HashMap<GroupId, Vec<AccountIndex>> = HashMap::new();
    let mut groups = Vec::new();
    for edge in edges {
        groups_of.entry(edge.account).or_default().push(edge.group);
        let users = users_of.entry(edge.group).or_insert_with(|| {
            groups.push(edge.group);
            Vec::new()
        });
        users.push(edge.account);
    }
    // There are few groups and many users, so paths are grown from the groups.
    let mut user_match: HashMap<AccountIndex, GroupId> = HashMap::new();
    let mut group_match: HashMap<GroupId, AccountIndex> = HashMap::new();
    for group in &groups {
        augment(*group, &users_of, &mut user_match, &mut group_match);
    }
    // Reachable by alternating paths from unmatched groups: the cover is (groups not reached) and (users reached).
    let mut reached_users: HashSet<AccountIndex> = HashSet::new();
    let mut reached_groups: HashSet<GroupId> = HashSet::new();
    let mut frontier: Vec<GroupId> = groups
        .iter()
        .copied()
        .filter(|group| !group_match.contains_key(group))
        .collect();
    while let Some(group) = frontier.pop() {
        if !reached_groups.insert(group) {
            continue;
        }
        for user in &users_of[&group] {
            if reached_users.insert(*user)
                && let Some(next) = user_match.get(user)
            {
                frontier.push(*next);
            }
        }
    }
    reached_users
}

/// Grows the matching by one path from `root`, if there is one; breadth first, so no deep recursion.
fn augment(
    root: GroupId,
    users_of: &HashMap<GroupId, Vec<AccountIndex>>,
    user_match: &mut HashMap<AccountIndex, GroupId>,
    group_match: &mut HashMap<GroupId, AccountIndex>,
) {
    let mut came_from: HashMap<AccountIndex, GroupId> = HashMap::new();
    let mut frontier = std::collections::VecDeque::from([root]);
    while let Some(group) = frontier.pop_front() {
        for user in &users_of[&group] {
            if came_from.contains_key(user) {
                continue;
            }
            came_from.insert(*user, group);
            let Some(next) = user_match.get(user) else {
                let mut user = *user;
                loop {
                    let group = came_from[&user];
                    user_match.insert(user, group);
                    match group_match.insert(group, user) {
                        Some(previous) if group != root => user = previous,
                        _ => return,
                    }
                }
            };
            frontier.push_back(*next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn edge(account: usize, group: u128) -> Edge {
        Edge {
            account: AccountIndex(account),
            group: GroupId(Uuid::from_u128(group)),
        }
    }

    fn cost(edges: &[Edge], from_user: &HashSet<Edge>, chunk: usize) -> usize {
        let users: HashSet<_> = from_user.iter().map(|edge| edge.account).collect();
        let mut sizes: HashMap<GroupId, usize> = HashMap::new();
        for edge in edges.iter().filter(|edge| !from_user.contains(edge)) {
            *sizes.entry(edge.group).or_default() += 1;
        }
        users.len() + sizes.values().map(|size| size.div_ceil(chunk)).sum::<usize>()
    }

    #[test]
    fn many_users_into_one_group_is_one_put_on_the_group() {
        let edges: Vec<Edge> = (0..50).map(|user| edge(user, 1)).collect();
        assert!(user_side(&edges, &Sides::default(), 100).is_empty());
    }

    #[test]
    fn one_user_into_many_groups_is_one_put_on_the_user() {
        let edges: Vec<Edge> = (0..5).map(|group| edge(0, group)).collect();
        assert_eq!(user_side(&edges, &Sides::default(), 100).len(), 5);
    }

    #[test]
    fn a_built_in_group_is_changed_from_the_users_side_and_the_rest_rides_along() {
        let edges = [edge(0, 1), edge(0, 2), edge(1, 2)];
        let sides = Sides {
            by_user: HashSet::from([edge(0, 1)]),
            ..Sides::default()
        };
        assert_eq!(user_side(&edges, &sides, 100), HashSet::from([edge(0, 1), edge(0, 2)]));
    }

    #[test]
    fn an_account_of_an_external_directory_is_changed_from_the_groups_side_and_others_go_along() {
        let edges = [edge(0, 1), edge(0, 2), edge(1, 1)];
        let sides = Sides {
            by_group: HashSet::from([edge(0, 1), edge(0, 2)]),
            ..Sides::default()
        };
        assert!(user_side(&edges, &sides, 100).is_empty());
    }

    #[test]
    fn whoever_is_sent_a_put_anyway_takes_its_other_groups_along() {
        let edges = [edge(0, 1), edge(0, 2), edge(1, 1)];
        let sides = Sides {
            riders: HashSet::from([AccountIndex(0)]),
            ..Sides::default()
        };
        assert_eq!(user_side(&edges, &sides, 100), HashSet::from([edge(0, 1), edge(0, 2)]));
    }

    proptest! {
        #[test]
        fn no_routing_costs_fewer_calls_on_small_sheets(
            pairs in proptest::collection::hash_set((0_usize..4, 0_u128..4), 1..9),
        ) {
            let edges: Vec<Edge> = pairs.into_iter().map(|(user, group)| edge(user, group)).collect();
            let chosen = cost(&edges, &user_side(&edges, &Sides::default(), 100), 100);
            let least = (0_u32..1 << edges.len())
                .map(|mask| {
                    let from_user =
                        edges.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, edge)| *edge);
                    cost(&edges, &from_user.collect(), 100)
                })
                .min();
            prop_assert_eq!(Some(chosen), least);
        }
    }
}
