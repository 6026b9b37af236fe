//! Random organizations and questions.

use proptest::prelude::*;
use reseat::api::UserKind;
use reseat::rebalance::Swap;

use crate::model::{ADMINISTRATORS, CODES, EVERYONE, Human, OPS, SALES, Told, World, bundles, code};
use crate::oracle::Question;

fn codes(most: usize) -> impl Strategy<Value = String> {
    proptest::sample::subsequence(CODES.to_vec(), 0..=most).prop_map(|codes| codes.concat())
}

fn told() -> impl Strategy<Value = Told> {
    prop_oneof![
        2 => Just(Told::Ago(5)),
        6 => prop_oneof![Just(100_i64), Just(200), 91_i64..400].prop_map(Told::Ago),
        2 => Just(Told::Never),
        1 => Just(Told::Nothing),
    ]
}

fn created() -> impl Strategy<Value = Told> {
    prop_oneof![
        6 => Just(Told::Ago(1000)),
        1 => Just(Told::Ago(20)),
        1 => Just(Told::Ago(70)),
        1 => Just(Told::Ago(150)),
        1 => Just(Told::Nothing),
    ]
}

/// Somebody who holds something directly, if at all.
fn direct_holder() -> impl Strategy<Value = Human> {
    (records(), proptest::option::weighted(0.8, codes(3))).prop_map(|(human, direct)| Human {
        direct: direct.map(|codes| bundles(&codes)),
        ..human
    })
}

/// Somebody by what is told of them.
fn records() -> impl Strategy<Value = Human> {
    let idle = (told(), told(), created()).prop_map(|(in_use, signed_in, created)| Human {
        created,
        signed_in,
        in_use,
        ..Human::seen(1)
    });
    let both = (91_i64..400).prop_map(Human::seen);
    let kind = prop_oneof![
        12 => Just((UserKind::Person, true, true, false)),
        1 => Just((UserKind::RobotAccount, true, true, false)),
        1 => Just((UserKind::Person, false, true, false)),
        2 => Just((UserKind::Person, true, false, false)),
        1 => Just((UserKind::Person, false, false, true)),
    ];
    (prop_oneof![both, idle], kind).prop_map(|(human, (kind, is_active, accepted, from_directory))| Human {
        kind,
        is_active,
        accepted,
        from_directory,
        ..human
    })
}

fn human() -> impl Strategy<Value = Human> {
    let groups = proptest::sample::subsequence(vec![ADMINISTRATORS, SALES, OPS, 4], 0..=2);
    let leases = proptest::collection::btree_map(prop_oneof![Just(SALES), Just(OPS), Just(EVERYONE)], codes(2), 0..=2);
    let is_gone = proptest::bool::weighted(0.15);
    (direct_holder(), groups, leases, is_gone).prop_map(|(human, groups, leases, is_gone)| {
        let leases = leases.into_iter().filter(|(_, codes)| !codes.is_empty());
        let human = groups.into_iter().fold(human, Human::in_group);
        let human = leases.fold(human, |human, (group, codes)| human.leasing(group, &codes));
        Human { is_gone, ..human }
    })
}

fn organization(people: impl Strategy<Value = Human>) -> impl Strategy<Value = World> {
    let rules = proptest::collection::btree_map(
        prop_oneof![Just(SALES), Just(OPS), Just(4_u8), Just(EVERYONE)],
        codes(2),
        0..=2,
    );
    let people = proptest::collection::vec(people, 1..7);
    let spare = proptest::option::weighted(0.9, proptest::collection::vec(-2_i64..3, 3));
    (people, rules, spare, proptest::option::weighted(0.3, 1_u8..7)).prop_map(|(people, rules, spare, acting)| {
        let mut world = World::of(people);
        world.acting = acting;
        world.rules = rules.iter().map(|(group, codes)| (*group, bundles(codes))).collect();
        match spare {
            Some(spare) => CODES
                .iter()
                .zip(spare)
                .fold(world, |world, (name, spare)| world.spare(name, spare)),
            None => World {
                owned: std::collections::BTreeMap::new(),
                ..world
            },
        }
    })
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    organization(human())
}

/// Nobody is gone, and nobody holds anything by a group's rule.
pub(crate) fn direct_world() -> impl Strategy<Value = World> {
    organization(direct_holder())
}

pub(crate) fn question() -> impl Strategy<Value = Question> {
    let wanted = proptest::collection::vec((1_u8..9, codes(2)), 0..6);
    let seats = || proptest::collection::btree_map(proptest::sample::select(&CODES[..]).prop_map(code), 0_u64..3, 0..2);
    let swap = proptest::sample::subsequence(CODES.to_vec(), 2)
        .prop_shuffle()
        .prop_map(|codes| Swap {
            old: code(codes[0]),
            new: code(codes[1]),
        });
    let only = prop_oneof![4 => Just(String::new()), 1 => codes(2)];
    let people = (
        proptest::collection::btree_set(1_u8..7, 0..2),
        proptest::collection::btree_map(1_u8..7, prop_oneof![Just(3_i64), Just(100)], 0..2),
    );
    let flags = (proptest::bool::weighted(0.8), proptest::bool::weighted(0.15));
    (
        wanted,
        people,
        flags,
        only,
        seats(),
        seats(),
        proptest::option::weighted(0.3, swap),
    )
        .prop_map(
            |(wanted, (kept, granted), (orphans, all), only, free, reserve, swap)| Question {
                wanted: wanted.into_iter().filter(|(_, codes)| !codes.is_empty()).collect(),
                kept,
                granted,
                orphans,
                all,
                only: bundles(&only).iter().cloned().collect(),
                free,
                reserve,
                swap,
            },
        )
}
