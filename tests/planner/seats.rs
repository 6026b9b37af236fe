//! Tight pools: never more seats are used than owned, whatever the order of the calls within a stage, and
//! nobody misses out where there would be seats for all in the end.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use proptest::prelude::*;
use reseat::model::{BundleCode, BundleSet, DeleteWhen, Operation, Row};
use reseat::plan::{Call, CallKind, Ending, OnShortage, Rules, Stage, Work, plan};

use crate::calls::carry_out;
use crate::model::{CODES, World, address, bundles, group_id, user_id};
use crate::oracle::read_row_by_row;
use crate::property::{differences, is_complete};
use crate::random::{codes, lease_row, rules, world};
use crate::sheets::{add, block, clear_rule, delete, migrate, release, release_lease, remove, set, sheet, update};

/// A world whose pools have hardly a seat to spare, or even fewer seats than are taken.
fn tight_world() -> impl Strategy<Value = World> {
    tight((world(), any::<bool>()).prop_map(|(mut world, besides)| {
        // Who holds directly may hold by the rules of groups besides.
        let rules = world.rules.clone();
        let accounts = world.accounts.values_mut();
        for account in accounts.filter(|account| besides && !account.is_newcomer) {
            let own = rules.iter().filter(|(group, _)| account.groups.contains(group));
            account.leases = own.map(|(group, (bundles, _))| (*group, bundles.clone())).collect();
        }
        world
    }))
}

/// The same, where nobody holds anything by a group's rule.
fn tight_world_without_leases() -> impl Strategy<Value = World> {
    tight(world().prop_map(|mut world| {
        world.accounts.values_mut().for_each(|account| account.leases.clear());
        world
    }))
}

fn tight(world: impl Strategy<Value = World>) -> impl Strategy<Value = World> {
    (world, proptest::collection::vec(-2_i64..3, 3)).prop_map(|(mut world, spare)| {
        for (code, spare) in CODES.iter().zip(spare) {
            let code = BundleCode::new(code);
            let taken = world.taken(&code);
            world.owned.insert(code, taken.saturating_add_signed(spare));
        }
        world
    })
}

fn user() -> impl Strategy<Value = String> {
    (0_u8..5).prop_map(address)
}

fn license_row() -> impl Strategy<Value = Operation> {
    prop_oneof![
        3 => (user(), codes()).prop_map(|(user, codes)| set(&user, &codes)),
        2 => (user(), codes()).prop_map(|(user, codes)| add(&user, &codes)),
        1 => (user(), codes()).prop_map(|(user, codes)| remove(&user, &codes)),
        1 => user().prop_map(|user| release(&user)),
        1 => user().prop_map(|user| block(&user)),
    ]
}

fn any_row() -> impl Strategy<Value = Operation> {
    prop_oneof![
        6 => license_row(),
        2 => lease_row(),
        1 => user().prop_map(|user| delete(&user)),
        1 => user().prop_map(|user| update(&user, Some("x"), &[], &[])),
        2 => (user(), 0_u8..3).prop_map(|(user, number)| {
            migrate(&user, &format!("new{number}@new.example"), DeleteWhen::Invited)
        }),
    ]
}

/// The calls that take most go first: the worst order for the pools.
fn takers_first(calls: &mut [Call]) {
    calls.sort_by_key(|call| match &call.kind {
        CallKind::Allocate(bundles, _) => Reverse(bundles.len()),
        _ => Reverse(0),
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_pool_is_ever_overdrawn_and_rows_that_do_not_miss_out_come_true(
        world in tight_world(),
        operations in proptest::collection::vec(any_row(), 1..10),
    ) {
        let rows = sheet(operations);
        let rules = rules(OnShortage::Fill);
        let mut plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
        prop_assert!(is_complete(&plan));
        let short: BTreeSet<usize> = plan.short.iter().map(|(row, _)| *row).collect();
        let mut end = world.clone();
        carry_out(&mut plan, &mut end, &rules.sizes, takers_first);
        // What a migration passes on of a row that misses out is a matter of taste.
        let moves = |row: &&Row| matches!(row.operation, Operation::Migrate(_));
        let moved: BTreeSet<String> = rows.iter().filter(moves).map(|row| row.operation.user_label()).collect();
        // Where the old account is kept, there may be no seat for both.
        let is_kept = plan.rows.iter().any(|row| matches!(row.ending(), Ending::Overtaken(_)));
        if !is_kept && short.iter().all(|row| !moved.contains(&rows[*row].operation.user_label())) {
            let served: Vec<Row> = (0..)
                .zip(&rows)
                .filter(|(row, _)| !short.contains(row))
                .map(|(_, row)| row.clone())
                .collect();
            prop_assert_eq!(differences(&end.people(), &read_row_by_row(&world, &served)), Vec::new());
        }
    }

    #[test]
    fn nobody_misses_out_where_there_are_seats_for_all_in_the_end(
        world in tight_world_without_leases(),
        operations in proptest::collection::vec(license_row(), 1..10),
    ) {
        let rows = sheet(operations);
        let end = read_row_by_row(&world, &rows);
        let fits = world.owned.iter().all(|(code, owned)| {
            let holders = end.values().filter(|account| account.bundles().contains(code));
            holders.count() as u64 <= *owned
        });
        let plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules(OnShortage::Fill));
        prop_assert!(!fits || plan.short.is_empty(), "{:?} miss out", plan.short);
    }
}

#[test]
fn of_two_rows_of_one_account_only_the_one_without_a_seat_misses_out() {
    let mut world = World::of(1);
    world.account(0).held = Some((bundles("AB"), false));
    world.own("A", 1);
    world.own("B", 1);
    world.own("C", 0);
    let rows = sheet([remove(&address(0), "A"), add(&address(0), "C")]);
    let rules = rules(OnShortage::Fill);
    let mut plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
    assert_eq!(plan.short, [(1, bundles("C"))]);
    carry_out(&mut plan, &mut world, &rules.sizes, |_| ());
    assert_eq!(world.accounts[&user_id(0)].held, Some((bundles("B"), false)));
}

#[test]
fn a_migration_without_a_seat_for_the_overlap_hands_the_licenses_over() {
    let mut world = World::of(1);
    world.account(0).held = Some((bundles("A"), true));
    world.own("A", 1);
    let rows = sheet([migrate(&address(0), "new0@new.example", DeleteWhen::Invited)]);
    let rules = rules(OnShortage::Stop);
    let mut plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
    assert_eq!(plan.short, []);
    let stages = [
        Stage::Enter,
        Stage::HandOver,
        Stage::TakeOver,
        Stage::Verify,
        Stage::Farewell,
    ];
    assert_eq!(plan.stages(), stages);
    carry_out(&mut plan, &mut world, &rules.sizes, |_| ());
    let (_, successor) = world.by_email("new0@new.example").unwrap();
    assert_eq!(successor.held, Some((bundles("A"), true)));
    assert_eq!(world.accounts.len(), 1);
}

#[test]
fn a_migration_that_waits_is_foretold_its_licenses_only_where_they_can_come() {
    for (owned, is_warned) in [(1, true), (2, false)] {
        let mut world = World::of(2);
        for number in 0..2 {
            world.account(number).held = Some((bundles("A"), true));
        }
        world.own("A", owned);
        let rows = sheet([migrate(&address(0), "new0@new.example", DeleteWhen::Accepted)]);
        let plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules(OnShortage::Stop));
        assert_eq!(plan.short, [], "{owned}");
        let later: &[usize] = if is_warned { &[] } else { &[0] };
        assert_eq!(plan.handed_over_later, later, "{owned}");
        let warned = plan.warnings.iter().find(|warning| warning.code == "seats-in-excess");
        assert_eq!(
            warned.map(|warning| &*warning.rows),
            is_warned.then_some(&[0][..]),
            "{owned}"
        );
    }
}

#[test]
fn a_migration_leaves_the_last_seat_to_a_row_that_cannot_do_without() {
    let mut world = World::of(2);
    world.account(0).held = Some((bundles("A"), false));
    world.own("A", 2);
    let rows = sheet([
        migrate(&address(0), "new0@new.example", DeleteWhen::Invited),
        set(&address(1), "A"),
    ]);
    let plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules(OnShortage::Stop));
    assert_eq!(plan.short, []);
    assert!(plan.stages().contains(&Stage::HandOver));
}

#[test]
fn a_migration_that_is_not_to_end_misses_out_without_a_seat() {
    let mut world = World::of(1);
    world.account(0).held = Some((bundles("A"), false));
    world.own("A", 1);
    let rows = sheet([migrate(&address(0), "new0@new.example", DeleteWhen::Never)]);
    let plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules(OnShortage::Fill));
    assert_eq!(plan.short, [(0, bundles("A"))]);
}

#[test]
fn seats_of_a_deleted_account_serve_the_same_sheet_even_where_other_rows_touch_it() {
    let mut world = World::of(2);
    world.account(0).held = Some((bundles("A"), false));
    world.own("A", 1);
    let rows = sheet([
        update(&address(0), Some("x"), &[], &[]),
        delete(&address(0)),
        set(&address(1), "A"),
    ]);
    let rules = rules(OnShortage::Stop);
    let mut plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
    assert_eq!(plan.short, []);
    carry_out(&mut plan, &mut world, &rules.sizes, takers_first);
    assert_eq!(world.account(1).bundles(), bundles("A"));
}

#[test]
fn forty_released_seats_serve_forty_others_where_none_is_free() {
    let mut world = World::of(80);
    for number in 0..40 {
        world.account(number).held = Some((bundles("A"), false));
    }
    world.own("A", 40);
    let takes = (40..80).map(|number| set(&address(number), "A"));
    let rows = sheet(takes.chain((0..40).map(|number| release(&address(number)))));
    let rules = Rules {
        portal: true,
        ..Rules::default()
    };
    let mut plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
    assert_eq!(plan.short, []);
    let calls = carry_out(&mut plan, &mut world, &rules.sizes, takers_first);
    assert_eq!(calls.len(), 2);
}

#[test]
fn seats_given_back_of_a_rule_serve_the_same_sheet_each_of_them_once() {
    let mut world = World::of(4);
    for number in 0..3 {
        world.account(number).leases.insert(group_id(1), bundles("A"));
    }
    // This one takes the same seat by two rules, and keeps one of them.
    world.account(2).leases.insert(group_id(2), bundles("A"));
    world.own("A", 3);
    let gives_back = |number| release_lease(&address(number), 1);
    let rows = sheet([set(&address(3), "A"), gives_back(2)]);
    let rules = rules(OnShortage::Fill);
    let short = plan(&rows, &world.snapshot(), &HashMap::new(), &rules).short;
    assert_eq!(short, [(0, bundles("A"))]);
    let rows = sheet([set(&address(3), "A"), gives_back(0), gives_back(0), gives_back(1)]);
    let mut plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
    assert_eq!(plan.short, []);
    assert_eq!((plan.seats[0].freed, plan.seats[0].taken), (2, 1));
    let calls = carry_out(&mut plan, &mut world, &rules.sizes, takers_first);
    assert_eq!(calls.len(), 2);
    assert_eq!(world.account(3).bundles(), bundles("A"));
}

#[test]
fn a_rule_that_is_taken_away_frees_what_its_members_do_not_hold_otherwise() {
    let mut world = World::of(5);
    world.rules.insert(group_id(1), (bundles("AB"), Vec::new()));
    for number in 0..3 {
        world.account(number).leases.insert(group_id(1), bundles("AB"));
    }
    world.account(0).held = Some((bundles("A"), false));
    world.own("A", 3);
    world.own("B", 3);
    let rows = sheet([set(&address(3), "A"), clear_rule(1), release_lease(&address(1), 1)]);
    let rules = rules(OnShortage::Fill);
    let mut plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
    let freed: Vec<u64> = plan.seats.iter().map(|line| line.freed).collect();
    assert_eq!((plan.short.as_slice(), freed.as_slice()), (&[][..], &[2, 3][..]));
    carry_out(&mut plan, &mut world, &rules.sizes, takers_first);
    assert_eq!(world.taken(&BundleCode::new("A")), 2);
}

#[test]
fn a_row_that_waits_for_one_seat_does_not_lose_the_other_to_a_later_row() {
    let mut world = World::of(3);
    world.account(1).held = Some((bundles("B"), false));
    for code in CODES {
        world.own(code, 1);
    }
    let rows = sheet([set(&address(0), "AB"), set(&address(1), "C"), set(&address(2), "A")]);
    let plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules(OnShortage::Fill));
    assert_eq!(plan.short, [(2, bundles("A"))]);
}

#[test]
fn a_migration_does_not_pass_on_what_its_owner_missed_out_on() {
    let mut world = World::of(1);
    world.account(0).held = Some((bundles("A"), false));
    world.own("A", 2);
    world.own("B", 0);
    let rows = sheet([
        add(&address(0), "B"),
        migrate(&address(0), "new0@new.example", DeleteWhen::Invited),
    ]);
    let rules = rules(OnShortage::Fill);
    let mut plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
    assert_eq!(plan.short, [(0, bundles("B"))]);
    assert_eq!(plan.rows[1].captured().unwrap()["licenses"], serde_json::json!(["A"]));
    carry_out(&mut plan, &mut world, &rules.sizes, |_| ());
    let (_, successor) = world.by_email("new0@new.example").unwrap();
    assert_eq!(successor.bundles(), bundles("A"));
}

#[test]
fn the_first_seats_freed_only_cure_an_excess_and_the_last_rows_miss_out() {
    let world = |owned| {
        let mut world = World::of(10);
        for number in 0..8 {
            world.account(number).held = Some((bundles("A"), false));
        }
        world.own("A", owned);
        world
    };
    let rows = sheet([
        release(&address(0)),
        release(&address(1)),
        add(&address(8), "A"),
        add(&address(9), "A"),
    ]);
    for (owned, short, lacking) in [(5, vec![2, 3], 3), (6, vec![2, 3], 2), (7, vec![3], 1), (8, vec![], 0)] {
        let rules = rules(OnShortage::Fill);
        let mut world = world(owned);
        let mut plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
        let missing: Vec<usize> = plan.short.iter().map(|(row, _)| *row).collect();
        assert_eq!((missing, plan.seats[0].short), (short, lacking), "{owned} owned");
        carry_out(&mut plan, &mut world, &rules.sizes, takers_first);
    }
}

#[test]
fn whoever_holds_directly_and_by_a_rule_takes_one_seat_until_both_are_given_back() {
    let mut world = World::of(3);
    world.account(0).held = Some((bundles("A"), false));
    world.account(0).groups.insert(group_id(1));
    world.account(0).leases.insert(group_id(1), bundles("A"));
    world.account(1).leases.insert(group_id(1), bundles("A"));
    world.own("A", 2);
    world.own("B", 1);
    let wants = || add(&address(2), "A");
    let table = [
        (vec![release(&address(0)), wants()], vec![1], (0, 0)),
        (vec![release_lease(&address(0), 1), wants()], vec![1], (0, 0)),
        (
            vec![release(&address(0)), release_lease(&address(0), 1), wants()],
            vec![],
            (1, 1),
        ),
        (
            vec![wants(), set(&address(0), "B"), release_lease(&address(0), 1)],
            vec![],
            (1, 1),
        ),
        (vec![add(&address(1), "A")], vec![], (0, 0)),
    ];
    for (operations, short, seats) in table {
        let rules = rules(OnShortage::Fill);
        let mut world = world.clone();
        let rows = sheet(operations);
        let mut plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
        let missing: Vec<usize> = plan.short.iter().map(|(row, _)| *row).collect();
        assert_eq!(missing, short, "{rows:?}");
        let line = plan.seats.iter().find(|line| line.code == BundleCode::new("A"));
        assert_eq!(line.map_or((0, 0), |line| (line.freed, line.taken)), seats, "{rows:?}");
        carry_out(&mut plan, &mut world, &rules.sizes, takers_first);
    }
}

#[test]
fn licenses_are_not_handed_over_where_more_seats_are_taken_than_owned() {
    let mut world = World::of(3);
    for number in 0..3 {
        world.account(number).held = Some((bundles("A"), false));
    }
    world.own("A", 2);
    let rules = rules(OnShortage::Fill);
    let moves = migrate(&address(0), "new0@new.example", DeleteWhen::Invited);
    let planned = |rows: &[Row]| plan(rows, &world.snapshot(), &HashMap::new(), &rules);
    let alone = planned(&sheet([moves.clone()]));
    assert_eq!(alone.short, [(0, bundles("A"))]);
    assert_eq!(alone.seats[0].short, 1);
    assert!(
        alone
            .steps
            .iter()
            .all(|step| !matches!(step.work, Work::License(_) | Work::Delete))
    );
    let cured = planned(&sheet([moves, release(&address(1))]));
    assert_eq!(cured.short, []);
    assert!(cured.stages().contains(&Stage::HandOver));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Rows that take and nothing else: each gets its seats, or misses out, before the next is looked at.
    #[test]
    fn who_misses_out_is_decided_in_the_order_of_the_rows_whatever_sets_they_end_with(
        world in tight_world(),
        wants in proptest::collection::vec((user(), codes()), 1..12),
    ) {
        let rows = sheet(wants.iter().map(|(user, codes)| add(user, codes)));
        let mut free: BTreeMap<BundleCode, i64> = BTreeMap::new();
        for (code, owned) in &world.owned {
            free.insert(code.clone(), owned.cast_signed() - world.taken(code).cast_signed());
        }
        let mut people = world.people();
        let mut short = Vec::new();
        for (row, (user, codes)) in wants.iter().enumerate() {
            let account = people.get_mut(user).unwrap();
            let held = account.bundles();
            let gains = bundles(codes).minus(&held);
            // Whoever holds it by a rule takes a seat of it anyway.
            let needs: BundleSet = gains.iter().filter(|code| !account.takes(code)).cloned().collect();
            if needs.iter().all(|code| free[code] > 0) {
                needs.iter().for_each(|code| *free.get_mut(code).unwrap() -= 1);
                account.held = Some((held.union(&gains), false));
            } else {
                short.push(row);
            }
        }
        let plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules(OnShortage::Fill));
        prop_assert_eq!(plan.short.iter().map(|(row, _)| *row).collect::<Vec<_>>(), short);
    }
}
