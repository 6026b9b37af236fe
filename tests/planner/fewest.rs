//! The number of calls, against the least that any tool could make at these chunk sizes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proptest::prelude::*;
use reseat::model::{GroupId, Operation};
use reseat::plan::{BatchSizes, Call, Family, OnShortage, Plan, Rules, batch, plan};

use crate::model::{Account, World, address, bundles, group_id};
use crate::oracle::read_row_by_row;
use crate::random::{codes, rules, world};
use crate::sheets::{
    add, block, create, delete, invite, join, leave, migrate, release, remove, set, set_external, sheet, update,
};

pub(crate) fn calls(plan: &Plan, sizes: &BatchSizes) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    let calls: Vec<Call> = plan
        .stages()
        .into_iter()
        .flat_map(|stage| batch(plan, plan.steps_of(stage), sizes))
        .collect();
    for call in calls {
        *counts.entry(call.kind.label()).or_default() += 1;
    }
    counts
}

fn user() -> impl Strategy<Value = String> {
    (0_u8..5).prop_map(address)
}

/// The PUTs that the membership changes of `edges` need at least: every way to make each change from
/// either side is tried.
fn fewest_membership_puts(edges: &[(String, GroupId)], by_user: &dyn Fn(GroupId) -> bool, chunk: usize) -> usize {
    let free: Vec<usize> = (0..edges.len()).filter(|place| !by_user(edges[*place].1)).collect();
    let cost = |mask: u32| {
        let mut users = BTreeSet::new();
        let mut groups: BTreeMap<GroupId, usize> = BTreeMap::new();
        for (place, (user, group)) in edges.iter().enumerate() {
            let bit = free.iter().position(|free| *free == place);
            if bit.is_none_or(|bit| mask >> bit & 1 == 1) {
                users.insert(user);
            } else {
                *groups.entry(*group).or_default() += 1;
            }
        }
        users.len() + groups.values().map(|members| members.div_ceil(chunk)).sum::<usize>()
    };
    (0..1_u32 << free.len()).map(cost).min().unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// With seats for all, an allocation is one call for each distinct set in the end, and a release one more.
    #[test]
    fn license_rows_cost_one_call_for_each_set_that_accounts_end_with(
        world in world(),
        operations in proptest::collection::vec(prop_oneof![
            (user(), codes()).prop_map(|(user, codes)| set(&user, &codes)),
            (user(), codes(), any::<bool>()).prop_map(|(user, codes, flag)| set_external(&user, &codes, flag)),
            (user(), codes()).prop_map(|(user, codes)| add(&user, &codes)),
            (user(), codes()).prop_map(|(user, codes)| remove(&user, &codes)),
            user().prop_map(|user| release(&user)),
            user().prop_map(|user| block(&user)),
        ], 1..9),
    ) {
        let rows = sheet(operations);
        let rules = rules(OnShortage::Stop);
        let (before, after) = (world.people(), read_row_by_row(&world, &rows));
        let changed = after.iter().filter(|(email, account)| before[*email].held != account.held);
        let mut ends: BTreeMap<_, usize> = BTreeMap::new();
        for (_, Account { held, .. }) in changed {
            *ends.entry(held.clone()).or_default() += 1;
        }
        let family = |held: &crate::model::Held| if held.is_some() { Family::Allocate } else { Family::Release };
        let least: usize = ends.iter().map(|(held, count)| count.div_ceil(rules.sizes.of(family(held)))).sum();
        let plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
        prop_assert_eq!(calls(&plan, &rules.sizes).values().sum::<usize>(), least);
    }

    #[test]
    fn membership_rows_cost_no_more_puts_than_the_best_choice_of_sides(
        mut world in world(),
        operations in proptest::collection::vec(prop_oneof![
            (user(), proptest::sample::subsequence(vec![0_u8, 1, 2, 3], 1..=3))
                .prop_map(|(user, groups)| join(&user, &groups)),
            (user(), proptest::sample::subsequence(vec![0_u8, 1, 2, 3], 1..=3))
                .prop_map(|(user, groups)| leave(&user, &groups)),
        ], 1..6),
    ) {
        for account in world.accounts.values_mut() {
            account.from_directory = false;
            account.is_newcomer = false;
        }
        let rows = sheet(operations);
        let rules = Rules {
            sizes: BatchSizes::default(),
            ..rules(OnShortage::Stop)
        };
        let (before, after) = (world.people(), read_row_by_row(&world, &rows));
        let mut edges = Vec::new();
        for (email, account) in &after {
            let changed = before[email].groups.symmetric_difference(&account.groups);
            edges.extend(changed.map(|group| (email.clone(), *group)));
        }
        prop_assume!(edges.len() <= 14);
        let least = fewest_membership_puts(&edges, &|group| group == group_id(0), rules.sizes.members_per_group_call);
        let plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
        prop_assert_eq!(calls(&plan, &rules.sizes).values().sum::<usize>(), least);
    }

    #[test]
    fn deletions_cost_full_calls_however_many_of_the_accounts_are_touched(
        mut world in world(),
        deleted in proptest::sample::subsequence(vec![0_u8, 1, 2, 3, 4], 1..=5),
        touched in proptest::sample::subsequence(vec![0_u8, 1, 2, 3, 4], 0..=5),
    ) {
        for account in world.accounts.values_mut() {
            account.is_newcomer = false;
        }
        let rows = sheet(
            touched.iter().map(|user| update(&address(*user), Some("x"), &[], &[])).chain(
                deleted.iter().map(|user| delete(&address(*user))),
            ),
        );
        let rules = rules(OnShortage::Stop);
        let plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
        let least = deleted.len().div_ceil(rules.sizes.users_per_delete);
        prop_assert_eq!(calls(&plan, &rules.sizes)["delete users"], least);
    }
}

/// A sheet of ten thousand rows as administrators have them: who comes, who moves, who goes.
fn ten_thousand_rows(world: &mut World) -> Vec<Operation> {
    let mut number = 0_u128;
    let mut person = |world: &mut World, held: Option<&str>| {
        number += 1;
        let email = format!("p{number}@old.example");
        let account = Account {
            accepted: true,
            held: held.map(|codes| (bundles(codes), false)),
            ..Account::new(&email)
        };
        world
            .accounts
            .insert(reseat::model::UserId(uuid::Uuid::from_u128(number)), account);
        email
    };
    let mut operations = Vec::new();
    for count in 0..2_500_u32 {
        let group = u8::try_from(1 + count % 3).unwrap();
        let codes = ["A", "B", "AB"][count as usize % 3];
        operations.push(invite(&format!("new{count}@new.example"), &[group], codes));
        let joins = person(world, None);
        operations.push(join(&joins, &[group]));
        let changes = person(world, Some("C"));
        operations.push(set(&changes, codes));
        let goes = person(world, Some("A"));
        operations.push(delete(&goes));
    }
    operations
}

#[test]
fn ten_thousand_mixed_rows_stay_within_five_percent_of_the_fewest_calls() {
    let mut world = World::of(0);
    let operations = ten_thousand_rows(&mut world);
    let rules = Rules {
        portal: true,
        ..Rules::default()
    };
    let rows = sheet(operations);
    let plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
    let calls = calls(&plan, &rules.sizes);
    // 2,500 invitations; three groups of some 833; three sets held by 5,000 in the end; 2,500 deletions.
    let least = BTreeMap::from([
        ("invite users", 25),
        ("change a group's members", 3 * 9),
        ("allocate licences to users", 3 * 17),
        ("delete users", 25),
    ]);
    assert_eq!(calls.keys().collect::<Vec<_>>(), least.keys().collect::<Vec<_>>());
    let (sum, floor): (usize, usize) = (calls.values().sum(), least.values().sum());
    assert!(sum * 100 <= floor * 105, "{calls:?} against {least:?}");
}

#[test]
fn rows_that_are_so_already_cost_nothing() {
    let mut world = World::of(2);
    world.account(0).held = Some((bundles("A"), false));
    world.account(0).groups = (1..4).map(group_id).collect();
    let rows = sheet([
        set(&address(0), "A"),
        add(&address(0), "A"),
        remove(&address(0), "B"),
        join(&address(0), &[1, 2, 3]),
        leave(&address(1), &[1]),
        release(&address(1)),
        update(&address(1), Some("Name1"), &[99], &[]),
        delete("nobody@old.example"),
        invite(&address(0), &[1], "A"),
        create(&address(0), &[1], "A"),
    ]);
    let plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules(OnShortage::Stop));
    assert!(plan.steps.is_empty());
}

#[test]
fn the_steps_of_a_migration_share_calls_with_those_of_others() {
    let mut world = World::of(4);
    for number in 0..4 {
        world.account(number).held = Some((bundles("A"), false));
        world.account(number).groups = [group_id(1)].into();
    }
    let rows = sheet((0..4).map(|number| {
        let new = format!("new{number}@new.example");
        migrate(&address(number), &new, reseat::model::DeleteWhen::Invited)
    }));
    let rules = Rules {
        portal: true,
        ..Rules::default()
    };
    let plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
    let expected = BTreeMap::from([
        ("invite users", 1),
        ("allocate licences to users", 1),
        ("delete users", 1),
    ]);
    assert_eq!(calls(&plan, &rules.sizes), expected);
}

#[test]
fn groups_that_later_rows_ask_of_a_newcomer_go_with_its_invitation() {
    let world = World::of(0);
    let rows = sheet([
        invite("new0@new.example", &[1], ""),
        join("new0@new.example", &[0, 2]),
        create("new1@new.example", &[1], ""),
        join("new1@new.example", &[3]),
        leave("new1@new.example", &[1]),
    ]);
    let rules = rules(OnShortage::Stop);
    let mut plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
    assert_eq!(
        calls(&plan, &rules.sizes),
        BTreeMap::from([("invite users", 1), ("create users", 1)])
    );
    assert!(
        plan.rows
            .iter()
            .all(|row| row.verdict().is_none() && row.steps().len() == 1)
    );
    let mut end = world.clone();
    crate::calls::carry_out(&mut plan, &mut end, &rules.sizes, |_| ());
    assert_eq!(end.people(), read_row_by_row(&world, &rows));
}

#[test]
fn a_deletion_that_would_be_a_call_of_its_own_waits_for_those_of_migrations() {
    let world = World::of(4);
    let rows = sheet([
        delete(&address(0)),
        update(&address(1), Some("x"), &[], &[]),
        delete(&address(1)),
        migrate(&address(2), "new2@new.example", reseat::model::DeleteWhen::Invited),
        delete(&address(3)),
    ]);
    let rules = rules(OnShortage::Stop);
    let plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
    // Two fill a call in the first stage already; the other two go together.
    assert_eq!(calls(&plan, &rules.sizes)["delete users"], 2);
    assert_eq!(
        plan.steps_of(reseat::plan::Stage::Change)
            .filter(|step| { matches!(plan.step(*step).work, reseat::plan::Work::Delete) })
            .count(),
        2
    );
}

#[test]
fn one_member_too_many_for_a_groups_call_goes_with_the_put_that_it_gets_anyway() {
    let world = World::of(101);
    let everybody = (0..101).map(|number| join(&address(number), &[1]));
    let rows = sheet(everybody.chain([update(&address(50), Some("x"), &[], &[])]));
    let rules = Rules::default();
    let plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
    assert_eq!(
        calls(&plan, &rules.sizes),
        BTreeMap::from([("update a user", 1), ("change a group's members", 1)])
    );
}
