//! Of which class somebody is.

use reseat::api::UserKind;
use reseat::rebalance::{Class, Known, OwnGrant, Proposal, Untold, rebalance};

use crate::model::Told::{Ago, Never, Nothing};
use crate::model::{Human, Told, World, days_ago, terms, user_id};

fn all_of(world: &World, known: &Known) -> Proposal {
    let mut rules = terms();
    rules.all = true;
    rebalance(&world.snapshot(), &[], &[], known, &rules)
}

fn class_of(human: &Human, known: &Known) -> Class {
    // Somebody else shows that the installation tells both.
    let world = World::of([human.clone().holding("A"), Human::seen(1).holding("B")]);
    let classes = all_of(&world, known).looked_at.classes;
    let mut others = classes
        .into_iter()
        .flat_map(|(class, count)| vec![class; usize::try_from(count).unwrap()]);
    let found: Vec<Class> = others.by_ref().collect();
    let one_in_use = found.iter().position(|class| *class == Class::InUse).unwrap();
    found[usize::from(one_in_use == 0)]
}

#[test]
fn idle_is_who_is_idle_by_both_and_a_missing_record_is_a_class_of_its_own() {
    use Class::{Idle, InUse, LookAt, New, NoRecord};
    let table: &[(Told, Told, Told, Class)] = &[
        (Ago(91), Ago(91), Ago(1000), Idle),
        // Strictly longer than 90 × 24 hours.
        (Ago(90), Ago(90), Ago(1000), InUse),
        (Ago(91), Ago(90), Ago(1000), LookAt),
        (Ago(1), Ago(400), Ago(1000), LookAt),
        (Ago(400), Ago(1), Ago(1000), LookAt),
        (Ago(400), Never, Ago(1000), LookAt),
        (Never, Ago(400), Ago(1000), NoRecord),
        (Never, Never, Ago(1000), NoRecord),
        (Never, Ago(1), Ago(1000), InUse),
        (Ago(1), Never, Ago(1000), InUse),
        (Nothing, Ago(400), Ago(1000), LookAt),
        (Ago(400), Nothing, Ago(1000), LookAt),
        (Nothing, Never, Ago(1000), LookAt),
        (Nothing, Nothing, Ago(1000), LookAt),
        (Nothing, Ago(1), Ago(1000), InUse),
        // Made of late.
        (Never, Never, Ago(30), New),
        (Never, Never, Ago(31), NoRecord),
        (Ago(400), Ago(1), Ago(3), InUse),
        // Nothing tells how old the account is.
        (Ago(400), Ago(400), Nothing, Idle),
        (Never, Never, Nothing, LookAt),
        (Never, Never, Never, LookAt),
        // A sign-in before the account was made: nobody is idle for longer than the account is old.
        (Ago(400), Ago(400), Ago(60), InUse),
        (Ago(400), Ago(400), Ago(91), Idle),
        // Clocks differ.
        (Ago(-1), Ago(400), Ago(1000), LookAt),
        (Never, Never, Ago(-1), New),
    ];
    for (in_use, signed_in, created, expected) in table {
        let human = Human {
            in_use: *in_use,
            signed_in: *signed_in,
            created: *created,
            ..Human::seen(1)
        };
        let told = format!("in use {in_use:?}, signed in {signed_in:?}, created {created:?}");
        if *expected == InUse {
            let world = World::of([human.holding("A")]);
            let mut with_another = world.clone();
            with_another.people.insert(9, Human::seen(1).holding("B"));
            assert_eq!(
                all_of(&with_another, &Known::default()).looked_at.classes[&InUse],
                2,
                "{told}"
            );
        } else {
            assert_eq!(class_of(&human, &Known::default()), *expected, "{told}");
        }
    }
}

#[test]
fn an_invitation_that_is_pending_for_long_is_a_class_of_its_own_unless_its_owner_was_seen() {
    let invited = |created, directory, signed_in| {
        let human = Human {
            accepted: false,
            is_active: false,
            from_directory: directory,
            in_use: Never,
            signed_in,
            created,
            ..Human::seen(1)
        };
        class_of(&human, &Known::default())
    };
    for (created, directory, signed_in, expected) in [
        (Ago(61), false, Never, Class::Pending),
        (Ago(60), false, Never, Class::New),
        (Ago(20), false, Never, Class::New),
        (Nothing, false, Never, Class::LookAt),
        (Ago(61), true, Never, Class::NoRecord),
        (Ago(161), false, Ago(100), Class::NoRecord),
    ] {
        assert_eq!(
            invited(created, directory, signed_in),
            expected,
            "{created:?} {directory} {signed_in:?}"
        );
    }
}

#[test]
fn a_seat_of_late_is_left_alone_whatever_the_records_say() {
    let idle = Human::seen(400);
    let never = Human {
        in_use: Never,
        signed_in: Never,
        ..Human::seen(1)
    };
    for human in [idle, never] {
        for (days, is_new) in [(30, true), (31, false)] {
            let granted = OwnGrant {
                at: days_ago(days),
                puts_back: true,
            };
            let by_us = Known {
                grants: [(user_id(1), granted)].into(),
                ..Known::default()
            };
            let by_others = Known {
                seats_since: [(user_id(1), days_ago(days))].into(),
                ..Known::default()
            };
            for known in [by_us, by_others] {
                assert_eq!(class_of(&human, &known) == Class::New, is_new, "{human:?} {days}");
            }
        }
    }
}

#[test]
fn where_one_of_the_two_is_told_of_nobody_the_other_alone_decides_and_it_is_said() {
    let world = |in_use: Told, signed_in: Told| {
        let human = |in_use, signed_in| {
            let human = Human {
                signed_in,
                in_use,
                ..Human::seen(1)
            };
            human.holding("A")
        };
        World::of([human(in_use, signed_in)])
    };
    for (in_use, signed_in, expected, uses, sign_ins) in [
        (Nothing, Ago(91), Class::Idle, true, false),
        (Nothing, Ago(90), Class::InUse, true, false),
        (Nothing, Never, Class::NoRecord, true, false),
        (Ago(91), Nothing, Class::Idle, false, true),
        (Never, Nothing, Class::NoRecord, false, true),
        (Nothing, Nothing, Class::LookAt, true, true),
    ] {
        let proposal = all_of(&world(in_use, signed_in), &Known::default());
        let classes: Vec<Class> = proposal.looked_at.classes.keys().copied().collect();
        assert_eq!(classes, [expected], "{in_use:?} {signed_in:?}");
        assert_eq!(proposal.untold, Untold { uses, sign_ins });
        let freed = proposal.rows.iter().filter(|row| row.operation.is_some()).count();
        assert_eq!(freed, usize::from(expected.may_be_freed()));
    }
}

#[test]
fn where_uses_are_told_of_one_way_of_holding_only_the_sign_in_decides_for_the_other() {
    let silent = Human {
        in_use: Nothing,
        ..Human::seen(400)
    };
    let world = World::of([silent.leasing(2, "A"), Human::seen(1).holding("B")]);
    let proposal = all_of(&world, &Known::default());
    assert_eq!(proposal.looked_at.classes, [(Class::Idle, 1), (Class::InUse, 1)].into());
    let note = &proposal.rows[0].note;
    assert!(
        note.contains("not signed in for 400 days; when licences were last in use is not told here"),
        "{note}"
    );
    assert_eq!(proposal.untold, Untold::default());
}

#[test]
fn one_silent_source_of_two_leaves_it_open_whether_a_seat_was_used() {
    let human = Human {
        in_use: Nothing,
        signed_in: Ago(400),
        ..Human::seen(1)
    };
    assert_eq!(
        class_of(&human.clone().leasing(2, "A"), &Known::default()),
        Class::LookAt
    );
    assert_eq!(class_of(&human, &Known::default()), Class::LookAt);
}

#[test]
fn an_account_that_neither_the_directory_nor_the_licence_service_knows_what_to_say_of_is_looked_at() {
    let world = World::of([Human::gone().holding("A")]);
    let unlisted = world.snapshot_of(|allocation| allocation.is_orphan = false);
    for (snapshot, expected) in [(world.snapshot(), Class::Orphan), (unlisted, Class::LookAt)] {
        let mut rules = terms();
        rules.all = true;
        let proposal = rebalance(&snapshot, &[], &[], &Known::default(), &rules);
        let classes: Vec<Class> = proposal.looked_at.classes.into_keys().collect();
        assert_eq!(classes, [expected]);
    }
}

#[test]
fn robots_and_their_like_are_judged_and_left_alone() {
    for kind in [
        UserKind::Robot,
        UserKind::RobotAccount,
        UserKind::Application,
        UserKind::DirectoryGroup,
    ] {
        let human = Human {
            kind,
            ..Human::seen(400)
        };
        let proposal = all_of(&World::of([human.holding("A")]), &Known::default());
        assert_eq!(proposal.looked_at.left_alone, 1, "{kind:?}");
        assert!(proposal.rows.iter().all(|row| row.operation.is_none()), "{kind:?}");
        assert!(
            proposal.rows[0].note.contains(kind.described()),
            "{}",
            proposal.rows[0].note
        );
    }
}
