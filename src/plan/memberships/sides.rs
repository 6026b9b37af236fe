//! Which side a membership change is made from: one PUT on the group serves many users, one PUT on a
//! user serves many groups. The fewest calls are a smallest vertex cover of the graph whose edges are
//! the changes and whose ends are the users and the groups' calls.

use super::group_calls::{Edge, Groups, Side};
use super::overflow::worth_a_call;
use super::vertex_cover::covering_users;

/// Which accounts get a PUT of their own for all changes that allow it: one flag per element of `riders`, which says
/// whether the account's own PUT is needed anyway.
///
/// The other changes are made from the group's side, `chunk` of them by each PUT. An account that needs a PUT anyway
/// includes all of its changes at no cost. What is left of a group is split into calls of `chunk` changes, and the
/// fewest calls are a smallest cover of all changes by users and such calls. If a group has more than one call, the
/// split decides which changes make up the overflow: first those of the users who make most groups overflow, then those
/// of the users chosen by the previous cover, as long as that saves a call.
pub(in crate::plan) fn senders(edges: &[Edge], mut riders: Vec<bool>, chunk: usize) -> Vec<bool> {
    if edges.is_empty() {
        // Nothing is wanted for any of what may be a million accounts.
        return riders;
    }
    for edge in edges.iter().filter(|edge| edge.side == Side::User) {
        riders[edge.account.position()] = true;
    }
    let mut groups = Groups::of(edges, &riders, chunk);
    let mut chosen = worth_a_call(&groups, riders.len());
    let mut fewest = groups.calls(&chosen);
    loop {
        groups.deal_last(&chosen);
        let senders = covering_users(&groups.calls_to_spare(), riders.len());
        let calls = groups.calls(&senders);
        if calls >= fewest {
            break;
        }
        (chosen, fewest) = (senders, calls);
    }
    for (rider, chosen) in riders.iter_mut().zip(chosen) {
        *rider |= chosen;
    }
    riders
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use uuid::Uuid;

    use super::*;
    use crate::model::GroupId;
    use crate::plan::AccountIndex;

    fn edge(account: usize, group: u128) -> Edge {
        Edge {
            account: AccountIndex::new(account),
            group: GroupId(Uuid::from_u128(group)),
            side: Side::Either,
        }
    }

    fn bound(account: usize, group: u128, side: Side) -> Edge {
        Edge {
            side,
            ..edge(account, group)
        }
    }

    fn riders(of: &[usize], accounts: usize) -> Vec<bool> {
        (0..accounts).map(|account| of.contains(&account)).collect()
    }

    /// Which users get a PUT of their own, when no user needs one anyway.
    fn senders_of(edges: &[Edge], chunk: usize) -> Vec<usize> {
        chosen(senders(edges, vec![false; accounts(edges)], chunk))
    }

    fn chosen(senders: Vec<bool>) -> Vec<usize> {
        (0..)
            .zip(senders)
            .filter(|(_, sends)| *sends)
            .map(|(account, _)| account)
            .collect()
    }

    fn accounts(edges: &[Edge]) -> usize {
        edges
            .iter()
            .map(|edge| edge.account.position() + 1)
            .max()
            .unwrap_or_default()
    }

    /// How many PUTs are needed if these accounts get one; `None` if a change is not covered.
    fn cost(edges: &[Edge], sends: impl Fn(usize) -> bool, chunk: usize) -> Option<usize> {
        let mut sizes: HashMap<GroupId, usize> = HashMap::new();
        for edge in edges {
            match edge.side {
                Side::Group => {}
                Side::User if !sends(edge.account.position()) => return None,
                Side::User | Side::Either if sends(edge.account.position()) => continue,
                Side::User | Side::Either => {}
            }
            *sizes.entry(edge.group).or_default() += 1;
        }
        let own = (0..accounts(edges)).filter(|account| sends(*account)).count();
        Some(own + sizes.values().map(|size| size.div_ceil(chunk)).sum::<usize>())
    }

    #[test]
    fn many_users_into_one_group_is_one_put_on_the_group() {
        let edges: Vec<Edge> = (0..50).map(|user| edge(user, 1)).collect();
        assert!(senders_of(&edges, 100).is_empty());
    }

    #[test]
    fn one_user_into_many_groups_is_one_put_on_the_user() {
        let edges: Vec<Edge> = (0..5).map(|group| edge(0, group)).collect();
        assert_eq!(senders_of(&edges, 100), [0]);
    }

    #[test]
    fn a_built_in_group_is_changed_from_the_users_side_and_the_rest_rides_along() {
        let edges = [bound(0, 1, Side::User), edge(0, 2), edge(1, 2)];
        assert_eq!(senders_of(&edges, 100), [0]);
    }

    #[test]
    fn an_account_of_an_external_directory_is_changed_from_the_groups_side_and_others_go_along() {
        let edges = [
            bound(0, 1, Side::Group),
            bound(0, 2, Side::Group),
            edge(1, 1),
            edge(1, 2),
        ];
        assert!(senders_of(&edges, 100).is_empty());
    }

    #[test]
    fn whoever_is_sent_a_put_anyway_takes_its_other_groups_along() {
        let edges = [edge(0, 1), edge(0, 2), edge(1, 1)];
        assert_eq!(chosen(senders(&edges, riders(&[0], 2), 100)), [0]);
    }

    #[test]
    fn one_member_too_many_for_a_call_goes_by_the_put_that_it_gets_anyway() {
        let edges: Vec<Edge> = (0..101).map(|user| edge(user, 1)).collect();
        let sends = senders(&edges, riders(&[7], 101), 100);
        assert_eq!(
            cost(&edges, |user| sends[user], 100),
            Some(2),
            "one of them was needed anyway"
        );
    }

    #[test]
    fn somebody_who_makes_many_groups_overflow_is_sent_a_put_instead() {
        // Forty groups of a hundred others each: 41 calls, where the groups alone would make 80.
        let mut edges: Vec<Edge> = (0..40).map(|group| edge(4_000, group)).collect();
        edges.extend((0..4_000).map(|user| edge(user, user as u128 / 100)));
        assert_eq!(senders_of(&edges, 100), [4_000]);
    }

    #[test]
    fn room_in_a_call_that_is_made_anyway_costs_nothing() {
        // Each group's call is needed for an account of an external directory and has room for one more.
        let mut edges: Vec<Edge> = (0..4).map(|group| bound(0, group, Side::Group)).collect();
        edges.extend((0..4).map(|group| edge(1, group)));
        assert!(senders_of(&edges, 2).is_empty());
        edges.extend((0..4).map(|group| edge(2, group)));
        assert_eq!(senders_of(&edges, 2).len(), 1);
    }

    fn graph(users: usize, groups: u128) -> impl Strategy<Value = Vec<Edge>> {
        let sides = prop_oneof![8 => Just(Side::Either), 1 => Just(Side::User), 1 => Just(Side::Group)];
        proptest::collection::hash_map((0..users, 0..groups), sides, 1..24).prop_map(|edges| {
            edges
                .into_iter()
                .map(|((user, group), side)| bound(user, group, side))
                .collect()
        })
    }

    fn least(edges: &[Edge], chunk: usize) -> Option<usize> {
        (0_u32..1 << accounts(edges))
            .filter_map(|mask| cost(edges, |user| mask >> user & 1 == 1, chunk))
            .min()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn where_each_group_fits_in_a_call_no_routing_costs_fewer(edges in graph(8, 6)) {
            let sends = senders(&edges, vec![false; accounts(&edges)], 100);
            prop_assert_eq!(cost(&edges, |user| sends[user], 100), least(&edges, 100));
        }

        #[test]
        fn where_groups_overflow_a_routing_costs_one_call_more_than_the_least_at_most(
            edges in graph(9, 4),
            chunk in 1_usize..5,
        ) {
            let sends = senders(&edges, vec![false; accounts(&edges)], chunk);
            let chosen = cost(&edges, |user| sends[user], chunk);
            prop_assert!(chosen <= least(&edges, chunk).map(|least| least + 1));
        }
    }

    #[test]
    fn where_groups_overflow_the_least_is_hardly_ever_missed() {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let (mut found, mut possible) = (0, 0);
        for _ in 0..2000 {
            let tree = (graph(9, 4), 1_usize..5).new_tree(&mut runner).unwrap();
            let (edges, chunk) = tree.current();
            let sends = senders(&edges, vec![false; accounts(&edges)], chunk);
            found += cost(&edges, |user| sends[user], chunk).unwrap_or_default();
            possible += least(&edges, chunk).unwrap_or_default();
        }
        assert!(
            found * 1000 <= possible * 1001,
            "{found} calls, where {possible} would do"
        );
    }
}
