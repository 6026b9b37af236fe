//! Random organizations and sheets.

use proptest::prelude::*;
use reseat::model::{Conditions, DeleteWhen, GroupRef, Operation, OperationKind, Row, WrittenState};
use reseat::plan::{BatchSizes, OnShortage, Rules};
use strum::IntoEnumIterator;

use crate::model::{CODES, World, address, bundles, group_id};
use crate::sheets::{
    add, block, clear_rule, create, delete, groups, invite, join, leave, like, migrate, migrate_with, offboard,
    release, release_lease, remove, set, set_external, set_groups, update,
};

/// Small chunks, so that small sheets have full ones.
pub(crate) fn small_sizes() -> BatchSizes {
    BatchSizes {
        users_per_license_call: 3,
        users_per_release: 2,
        members_per_lease_call: 2,
        users_per_invite: 2,
        users_per_create: 2,
        users_per_delete: 2,
        members_per_group_call: 3,
    }
}

pub(crate) fn rules(on_shortage: OnShortage) -> Rules {
    Rules {
        sizes: small_sizes(),
        on_shortage,
        portal: true,
        // The random people move to each other's addresses; whose account one is has tests of its own.
        onto_existing: "1-1000000".parse().ok(),
        ..Rules::default()
    }
}

pub(crate) fn codes() -> impl Strategy<Value = String> {
    proptest::sample::subsequence(CODES.to_vec(), 1..=2).prop_map(|codes| codes.concat())
}

fn some_groups() -> impl Strategy<Value = Vec<u8>> {
    proptest::sample::subsequence(vec![0_u8, 1, 2, 3, 99], 0..=3)
}

fn old() -> impl Strategy<Value = String> {
    // One more than there are, who is not found.
    (0_u8..6).prop_map(address)
}

fn fresh() -> impl Strategy<Value = String> {
    (0_u8..4).prop_map(|number| format!("new{number}@new.example"))
}

fn anybody() -> impl Strategy<Value = String> {
    prop_oneof![3 => old(), 1 => fresh()]
}

/// Groups with a rule, and what it gives.
const RULED: [(u8, &str); 2] = [(1, "A"), (2, "AB")];

fn ruled() -> impl Strategy<Value = u8> {
    proptest::sample::select(vec![1_u8, 2, 3])
}

pub(crate) fn lease_row() -> impl Strategy<Value = Operation> {
    prop_oneof![
        3 => (old(), ruled()).prop_map(|(user, group)| release_lease(&user, group)),
        1 => ruled().prop_map(clear_rule),
    ]
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    let account = (
        proptest::option::of(proptest::sample::subsequence(CODES.to_vec(), 0..=3)),
        any::<bool>(),
        proptest::sample::subsequence(vec![0_u8, 1, 2, 3], 0..=3),
        any::<bool>(),
        proptest::bool::weighted(0.2),
        proptest::bool::weighted(0.2),
        proptest::sample::subsequence(RULED.to_vec(), 0..=2),
    );
    proptest::collection::vec(account, 5).prop_map(|accounts| {
        let mut world = World::of(5);
        for (number, (held, external, groups, accepted, from_directory, is_newcomer, leasing)) in (0..).zip(accounts) {
            let account = world.account(number);
            let has_own = held.is_some();
            account.held = held.map(|codes| (bundles(&codes.concat()), external));
            account.groups = groups.iter().copied().map(group_id).collect();
            account.accepted = accepted;
            account.from_directory = from_directory;
            account.is_newcomer = is_newcomer;
            // Whoever has licences of their own, or no account, takes none by a rule.
            let leasing = leasing
                .into_iter()
                .filter(|(group, _)| groups.contains(group) && !has_own && !is_newcomer);
            account.leases = leasing
                .map(|(group, codes)| (group_id(group), bundles(codes)))
                .collect();
        }
        for (group, codes) in RULED {
            world.rules.insert(group_id(group), (bundles(codes), Vec::new()));
        }
        world
    })
}

fn license_row() -> impl Strategy<Value = Operation> {
    prop_oneof![
        (anybody(), codes()).prop_map(|(user, codes)| set(&user, &codes)),
        (anybody(), codes(), any::<bool>()).prop_map(|(user, codes, flag)| set_external(&user, &codes, flag)),
        (anybody(), codes()).prop_map(|(user, codes)| add(&user, &codes)),
        (anybody(), codes()).prop_map(|(user, codes)| remove(&user, &codes)),
        anybody().prop_map(|user| release(&user)),
        anybody().prop_map(|user| block(&user)),
    ]
}

/// Rows that copy, alone or beside what they name.
fn copying_row() -> impl Strategy<Value = Operation> {
    let row = prop_oneof![
        2 => (anybody(), some_groups(), proptest::option::of(codes()))
            .prop_map(|(user, groups, codes)| invite(&user, &groups, &codes.unwrap_or_default())),
        1 => (fresh(), some_groups()).prop_map(|(user, groups)| create(&user, &groups, "")),
        1 => (anybody(), proptest::option::of(codes()))
            .prop_map(|(user, codes)| add(&user, &codes.unwrap_or_default())),
        1 => (anybody(), some_groups()).prop_map(|(user, groups)| join(&user, &groups)),
    ];
    (anybody(), row).prop_map(|(model, row)| like(&model, row))
}

/// What rows say they replace: nothing, what is there, or something else.
pub(crate) type Said = Option<(bool, Vec<u8>, Option<String>)>;

pub(crate) fn said() -> impl Strategy<Value = Said> {
    let codes = proptest::sample::subsequence(CODES.to_vec(), 0..=2).prop_map(|codes| codes.concat());
    proptest::option::of((
        proptest::bool::weighted(0.7),
        some_groups(),
        proptest::option::of(codes),
    ))
}

/// The rows, some of which say what they replace.
pub(crate) fn saying(mut rows: Vec<Row>, world: &World, said: &[Said]) -> Vec<Row> {
    for (row, said) in rows.iter_mut().zip(said) {
        let Some((is_true, numbers, codes)) = said else {
            continue;
        };
        let account = world.by_email(&row.operation.user_label()).filter(|_| *is_true);
        let state = match row.operation.kind() {
            OperationKind::SetGroups => WrittenState::Groups(account.map_or_else(
                || groups(numbers),
                |(_, account)| account.groups.iter().copied().map(GroupRef::Id).collect(),
            )),
            OperationKind::SetLicenses
            | OperationKind::AddLicenses
            | OperationKind::RemoveLicenses
            | OperationKind::ReleaseLicenses
            | OperationKind::BlockLicenses => WrittenState::Licenses(account.map_or_else(
                || codes.as_deref().map(bundles),
                |(_, account)| account.held.as_ref().map(|(held, _)| held.clone()),
            )),
            _ => continue,
        };
        row.conditions = Some(Box::new(Conditions {
            unless_changed_from: Some(state),
            ..Conditions::default()
        }));
    }
    rows
}

fn when() -> impl Strategy<Value = DeleteWhen> {
    proptest::sample::select(DeleteWhen::iter().collect::<Vec<_>>())
}

pub(crate) fn row() -> impl Strategy<Value = Operation> {
    let without_everyone =
        || some_groups().prop_map(|groups| groups.into_iter().filter(|group| *group != 99).collect());
    prop_oneof![
        2 => (anybody(), some_groups(), proptest::option::of(codes()))
            .prop_map(|(user, groups, codes)| invite(&user, &groups, &codes.unwrap_or_default())),
        1 => (fresh(), some_groups(), codes()).prop_map(|(user, groups, codes)| create(&user, &groups, &codes)),
        2 => (anybody(), proptest::option::of("[xyz]"), some_groups(), without_everyone())
            .prop_map(|(user, name, add, remove): (_, _, _, Vec<u8>)| {
                update(&user, name.as_deref(), &add, &remove)
            }),
        1 => anybody().prop_map(|user| delete(&user)),
        5 => license_row(),
        2 => copying_row(),
        2 => (anybody(), some_groups()).prop_map(|(user, groups)| join(&user, &groups)),
        2 => (anybody(), without_everyone()).prop_map(|(user, groups): (_, Vec<u8>)| leave(&user, &groups)),
        1 => (anybody(), some_groups()).prop_map(|(user, groups)| set_groups(&user, &groups)),
        1 => anybody().prop_map(|user| offboard(&user)),
        2 => lease_row(),
        2 => (old(), anybody(), when()).prop_map(|(user, new, when)| migrate(&user, &new, when)),
        1 => (old(), fresh(), some_groups(), codes())
            .prop_map(|(user, new, groups, codes)| migrate_with(&user, &new, &groups, bundles(&codes))),
    ]
}
