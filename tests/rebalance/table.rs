//! What is proposed of small organizations.

use jiff::civil::date;
use reseat::api::{ReleaseRoute, UserKind};
use reseat::draft::DraftRow;
use reseat::intake::{Column, FactColumn};
use reseat::model::{UserId, UserRef};
use reseat::rebalance::{Kept, Known, MissingOut, Obstacle, OwnGrant, Proposal, Rules, Swap, WantedSeat, rebalance};
use reseat::sheet::WrittenCell;

use crate::model::{
    ADMINISTRATORS, EVERYONE, Human, OPS, SALES, Told, World, address, bundles, code, days_ago, terms, user_id, wanted,
};
use crate::sheet::{planned, read_back, turnover};

fn propose(world: &World, wants: &[(u8, &str)], change: impl FnOnce(&mut Rules)) -> Proposal {
    let mut rules = terms();
    change(&mut rules);
    rebalance(
        &world.snapshot(),
        &wanted(wants.iter().copied()),
        &[],
        &Known::default(),
        &rules,
    )
}

/// A row: what is done, to whom, and the licences or the group.
fn short(row: &DraftRow) -> String {
    let user = row.cells.get(&Column::User).map_or("", String::as_str);
    let what = [Column::Licenses, Column::Group].map(|column| row.cells.get(&column).map_or("", String::as_str));
    let user = user.split('@').next().unwrap_or_default();
    format!("{} {user} {}", row.operation_name(), what.concat())
        .trim_end()
        .to_owned()
}

fn orders(proposal: &Proposal) -> Vec<String> {
    proposal
        .rows
        .iter()
        .filter(|row| row.operation.is_some())
        .map(short)
        .collect()
}

/// Of the rows that are only to be read, whom they are about and what they say.
fn told(proposal: &Proposal) -> Vec<(String, &str)> {
    let told = proposal.rows.iter().filter(|row| row.operation.is_none());
    told.map(|row| (short(row), row.note.as_str())).collect()
}

/// Owned, taken, to be freed, freed, given up in swaps, wanted, granted.
fn line(proposal: &Proposal, name: &str) -> [u64; 7] {
    let line = proposal.bundles.iter().find(|line| line.code == code(name)).unwrap();
    let (owned, taken) = (line.owned.unwrap_or(999), line.taken.unwrap_or(999));
    [
        owned,
        taken,
        line.to_free,
        line.freed,
        line.swapped,
        line.wanted,
        line.granted,
    ]
}

fn note<'p>(proposal: &'p Proposal, start: &str) -> &'p str {
    &proposal
        .rows
        .iter()
        .find(|row| short(row).starts_with(start))
        .unwrap()
        .note
}

#[test]
fn no_more_is_freed_than_is_wanted_and_the_longest_idle_first() {
    let world = World::of([
        Human::seen(100).holding("A"),
        Human::seen(300).holding("A"),
        Human::seen(200).holding("A"),
        Human::seen(1).holding("A"),
        Human::seen(1),
    ]);
    let proposal = propose(&world, &[(5, "A")], |_| ());
    assert_eq!(orders(&proposal), ["release-licenses user2", "add-licenses user5 A"]);
    assert_eq!(line(&proposal, "A"), [4, 4, 1, 1, 0, 1, 1]);
    assert_eq!(proposal.missing_out, []);
    assert_eq!(told(&proposal), []);
    let world = world.spare("A", 1);
    assert_eq!(orders(&propose(&world, &[(5, "A")], |_| ())), ["add-licenses user5 A"]);
    assert_eq!(orders(&propose(&world, &[], |_| ())), [] as [&str; 0]);
}

/// Somebody without a record, somebody invited, somebody idle and an orphan, who hold the same bundle.
fn one_of_each_class() -> World {
    let never = Human {
        in_use: Told::Never,
        signed_in: Told::Never,
        ..Human::seen(1)
    };
    let invited = Human {
        accepted: false,
        created: Told::Ago(70),
        ..never.clone()
    };
    World::of([
        never.holding("A"),
        invited.holding("A"),
        Human::seen(100).holding("A"),
        Human::gone().holding("A"),
    ])
}

#[test]
fn orphans_come_first_then_the_idle_then_invitations_then_those_without_a_record() {
    let world = one_of_each_class();
    let freed = |count| orders(&propose(&world, &[], |rules| rules.free = [(code("A"), count)].into()));
    let expected: Vec<String> = [user_id(4).to_string(), "user3".into(), "user2".into(), "user1".into()]
        .iter()
        .map(|user| format!("release-licenses {user}"))
        .collect();
    for count in 0..=4 {
        assert_eq!(freed(count), expected[..usize::try_from(count).unwrap()]);
    }
    assert_eq!(freed(9), expected);
    assert_eq!(orders(&propose(&world, &[], |rules| rules.all = true)), expected);
    let without = propose(&world, &[], |rules| (rules.all, rules.orphans) = (true, false));
    assert_eq!(orders(&without), expected[1..]);
}

#[test]
fn of_whom_nothing_tells_since_when_is_the_last_of_those_without_a_record() {
    let never = |created| {
        let human = Human {
            in_use: Told::Never,
            signed_in: Told::Never,
            created,
            ..Human::seen(1)
        };
        human.holding("A")
    };
    let world = World::of([never(Told::Nothing), never(Told::Ago(200))]);
    let grant = OwnGrant {
        at: days_ago(100),
        puts_back: false,
    };
    let known = Known {
        grants: [(user_id(1), grant)].into(),
        ..Known::default()
    };
    let rules = Rules { all: true, ..terms() };
    let proposal = rebalance(&world.snapshot(), &[], &[], &known, &rules);
    assert_eq!(orders(&proposal), ["release-licenses user2", "release-licenses user1"]);
}

#[test]
fn the_first_seats_freed_only_cure_an_excess() {
    let world = World::of([
        Human::seen(100).holding("A"),
        Human::seen(200).holding("A"),
        Human::seen(300).holding("A"),
        Human::seen(1),
    ])
    .spare("A", -2);
    let proposal = propose(&world, &[(4, "A")], |_| ());
    assert_eq!(line(&proposal, "A"), [1, 3, 3, 3, 0, 1, 1]);
    let proposal = propose(&world.clone().spare("A", -3), &[(4, "A")], |_| ());
    assert_eq!(line(&proposal, "A"), [0, 3, 4, 3, 0, 1, 0]);
    let missing = MissingOut {
        label: address(4),
        user: Some(user_id(4)),
        licenses: bundles("A"),
        place: Some(wanted([(4, "A")])[0].place.clone()),
        why: Obstacle::NoSeat,
    };
    assert_eq!(proposal.missing_out, [missing]);
    // Even where nobody wants one.
    assert_eq!(line(&propose(&world, &[], |_| ()), "A"), [1, 3, 2, 2, 0, 0, 0]);
}

#[test]
fn seats_are_freed_besides_and_left_free() {
    let world = World::of(
        (1..=6)
            .map(|number| Human::seen(100 + number).holding("A"))
            .chain([Human::seen(1)]),
    );
    let proposal = propose(&world, &[(7, "A")], |rules| {
        rules.free = [(code("A"), 2)].into();
        rules.reserve = [(code("a"), 1)].into();
    });
    assert_eq!(line(&proposal, "A"), [6, 6, 4, 4, 0, 1, 1]);
    // What is to be left free is not given to anybody.
    let proposal = propose(&world.spare("A", 1), &[(7, "A")], |rules| {
        rules.reserve = [(code("A"), 9)].into();
    });
    assert_eq!(line(&proposal, "A"), [7, 6, 9, 6, 0, 1, 0]);
    assert_eq!(proposal.missing_out.len(), 1);
}

#[test]
fn what_is_held_of_a_group_is_given_back_by_lease_and_what_comes_free_besides_is_said_and_counted() {
    let world = World::of([
        Human::seen(300).leasing(SALES, "AB"),
        Human::seen(200).holding("BC"),
        Human::seen(1),
        Human::seen(1),
    ]);
    let proposal = propose(&world, &[(3, "A")], |_| ());
    assert_eq!(orders(&proposal), ["release-lease user1 Sales", "add-licenses user3 A"]);
    assert_eq!(line(&proposal, "B"), [2, 2, 0, 1, 0, 0, 0]);
    let note = note(&proposal, "release-lease");
    assert!(note.contains("frees A; B; B comes free besides"), "{note}");
    assert!(
        note.contains("neither signed in nor used a licence for 300 days"),
        "{note}"
    );
    assert!(note.contains("the rule of Sales, which gives it again"), "{note}");
    // The seat that comes free besides serves somebody else.
    let proposal = propose(&world, &[(3, "A"), (4, "B")], |_| ());
    assert_eq!(orders(&proposal)[0], "release-lease user1 Sales");
    assert_eq!(orders(&proposal).len(), 3);
}

#[test]
fn whoever_was_asked_for_nothing_after_all_is_spared() {
    // The one who is idle for longer has only A; the other's lease frees both.
    let world = World::of([
        Human::seen(300).holding("A"),
        Human::seen(200).leasing(SALES, "AB"),
        Human::seen(1),
    ]);
    let proposal = propose(&world, &[(3, "AB")], |_| ());
    assert_eq!(
        orders(&proposal),
        [
            "release-lease user2 Sales",
            "add-licenses user3 AB".replace("AB", "A; B").as_str()
        ]
    );
}

#[test]
fn a_seat_held_in_several_ways_is_one_and_free_once_all_are_given_back() {
    let world = World::of([
        Human::seen(300).holding("A").leasing(SALES, "A").leasing(OPS, "AB"),
        Human::seen(1),
    ])
    .rule(SALES, "A");
    let proposal = propose(&world, &[(2, "A")], |_| ());
    let expected = [
        "release-licenses user1",
        "release-lease user1 Sales",
        "release-lease user1 Ops",
        "add-licenses user2 A",
    ];
    assert_eq!(orders(&proposal), expected);
    assert_eq!(line(&proposal, "A"), [1, 1, 1, 1, 0, 1, 1]);
    assert_eq!(line(&proposal, "B"), [1, 1, 0, 1, 0, 0, 0]);
    let note = note(&proposal, "release-licenses");
    assert!(
        note.contains("one seat of A, held in several ways, is free once all 3 rows of this person are done"),
        "{note}"
    );
    // The other bundle can be had without the one that is held directly as well.
    let proposal = propose(&world, &[(2, "B")], |_| ());
    assert_eq!(orders(&proposal), ["release-lease user1 Ops", "add-licenses user2 B"]);
    assert_eq!(line(&proposal, "A"), [1, 1, 0, 0, 0, 0, 0]);
}

#[test]
fn nothing_is_gained_by_taking_what_a_groups_rule_gives_again() {
    for group in [SALES, EVERYONE] {
        let member = Human::seen(300).holding("AB");
        let member = if group == SALES { member.in_group(SALES) } else { member };
        let world = World::of([member, Human::seen(1)]).rule(group, "A").rule(OPS, "B");
        let proposal = propose(&world, &[(2, "AB")], |_| ());
        assert_eq!(orders(&proposal), ["set-licenses user1 A", "add-licenses user2 B"]);
        let (told_of, words) = &told(&proposal)[1];
        assert_eq!(told_of, "ignore user1");
        assert!(words.contains("nothing is gained by taking A"), "{words}");
        assert!(
            words.contains(if group == SALES {
                "rule of Sales"
            } else {
                "rule of Everyone"
            }),
            "{words}"
        );
    }
}

#[test]
fn what_cannot_be_released_here_is_not_proposed_to_be_and_that_is_said() {
    let people = || {
        [
            Human::gone().holding("A").leasing(SALES, "AB"),
            Human::seen(400).holding("A"),
            Human::seen(300).holding("A").leasing(SALES, "A"),
            Human::seen(200).holding("AC"),
            Human::seen(100).leasing(SALES, "A"),
            Human::seen(1),
            Human::seen(1),
            Human::seen(1),
        ]
    };
    for (release_route, reason) in [
        (
            ReleaseRoute::MissingPortal,
            "A is held directly, and the portal, which alone",
        ),
        (
            ReleaseRoute::LicenseService,
            "A is held directly, and there is no portal here",
        ),
    ] {
        let world = World {
            release_route,
            ..World::of(people()).rule(SALES, "A")
        };
        let proposal = propose(&world, &[(6, "A"), (7, "A"), (8, "AB")], |_| ());
        let expected = [
            format!("release-lease {} Sales", user_id(1)),
            "set-licenses user4 C".to_owned(),
            "release-lease user5 Sales".to_owned(),
            "add-licenses user6 A".to_owned(),
            "add-licenses user7 A".to_owned(),
            "add-licenses user8 B".to_owned(),
        ];
        assert_eq!(orders(&proposal), expected);
        assert_eq!(line(&proposal, "A"), [5, 5, 3, 2, 0, 3, 2]);
        let words = told(&proposal);
        let gone = format!("ignore {}", user_id(1));
        for who in [gone.as_str(), "ignore user2", "ignore user3"] {
            assert!(
                words
                    .iter()
                    .any(|(about, words)| about == who && words.contains(reason)),
                "{who}: {words:#?}"
            );
        }
        assert_eq!(line(&propose(&world, &[], |rules| rules.all = true), "A")[3], 2);
    }
}

#[test]
fn for_how_long_somebody_was_idle_is_told_only_where_there_is_a_record() {
    let world = one_of_each_class();
    let proposal = propose(&world, &[], |rules| rules.all = true);
    let days: Vec<(String, Option<&WrittenCell>)> = proposal
        .rows
        .iter()
        .map(|row| (short(row), row.facts.get(&FactColumn::DaysIdle)))
        .collect();
    let days_of = |number| Some(WrittenCell::Number(number));
    let expected = [
        (format!("release-licenses {}", user_id(4)), days_of(400)),
        ("release-licenses user3".to_owned(), days_of(100)),
        ("release-licenses user2".to_owned(), None),
        ("release-licenses user1".to_owned(), None),
    ];
    assert_eq!(
        days,
        expected.each_ref().map(|(row, days)| (row.clone(), days.as_ref()))
    );
    assert!(note(&proposal, "release-licenses user2").contains("invited 70 days ago"));
}

#[test]
fn whatever_takes_of_a_direct_set_says_what_it_was() {
    let world = World::of([
        Human::seen(300).holding("A"),
        Human::seen(200).holding("B"),
        Human::seen(1),
    ]);
    let proposal = propose(&world, &[(2, "A"), (1, "C"), (2, "B")], |rules| rules.all = true);
    for row in &proposal.rows {
        let takes = ["release-licenses", "set-licenses", "remove-licenses"]
            .iter()
            .any(|kind| row.operation.is_some_and(|operation| operation.as_str() == *kind));
        assert_eq!(takes, row.cells.contains_key(&Column::UnlessChangedFrom), "{row:?}");
    }
    assert_eq!(proposal.rows[0].cells[&Column::UnlessChangedFrom], "A");
}

#[test]
fn only_the_needed_part_of_a_direct_set_is_taken() {
    let world = World::of([Human::seen(300).holding("ABC"), Human::seen(1)]);
    let proposal = propose(&world, &[(2, "AC")], |_| ());
    assert_eq!(orders(&proposal), ["set-licenses user1 B", "add-licenses user2 A; C"]);
    let row = &proposal.rows[0];
    assert_eq!(row.cells[&Column::UnlessChangedFrom], "A; B; C");
    assert!(
        row.note
            .contains("keeps B: when a licence was last in use is told of the person"),
        "{}",
        row.note
    );
    // Whatever the rest is, an orphan's is given back as a whole.
    let world = World::of([Human::gone().holding("AB").leasing(SALES, "C"), Human::seen(1)]);
    let proposal = propose(&world, &[(2, "A")], |_| ());
    let id = user_id(1);
    let expected = [
        format!("release-licenses {id}"),
        format!("release-lease {id} Sales"),
        "add-licenses user2 A".into(),
    ];
    assert_eq!(orders(&proposal), expected);
    assert_eq!(line(&proposal, "C"), [1, 1, 0, 1, 0, 0, 0]);
}

#[test]
fn nobody_is_taken_from_who_administrates_is_kept_or_wants_that_very_seat() {
    let world = World {
        acting: Some(4),
        ..World::of([
            Human::seen(500).holding("A").in_group(ADMINISTRATORS),
            Human::seen(400).holding("A"),
            Human::seen(300).holding("AB"),
            Human::seen(200).holding("A"),
            Human::seen(1),
        ])
    };
    let kept = [Kept {
        user: user_id(2),
        reason: "parental leave".into(),
        until: Some(date(2027, 2, 1)),
    }];
    let wants = wanted([(5, "A"), (3, "A")]);
    let proposal = rebalance(&world.snapshot(), &wants, &kept, &Known::default(), &terms());
    assert_eq!(orders(&proposal), [] as [&str; 0]);
    assert_eq!(line(&proposal, "A"), [4, 4, 1, 0, 0, 1, 0]);
    let words: Vec<(String, &str)> = told(&proposal);
    for (user, expected) in [
        ("ignore user1", "is a member of Administrators"),
        ("ignore user2", "is on the keep list until 2027-02-01: parental leave"),
        ("ignore user3 A", "holds A already"),
        ("ignore user4", "is the account that reseat is signed in as"),
        ("ignore user5 A", "misses out on A: no seat is left"),
    ] {
        assert!(
            words.iter().any(|(who, words)| who == user && words.contains(expected)),
            "{user}: {words:#?}"
        );
    }
    assert_eq!(words.len(), 5);
    assert_eq!(proposal.looked_at.left_alone, 3);
    // The other seat of the one who wants A may go.
    let wants = wanted([(5, "B"), (3, "A")]);
    let proposal = rebalance(&world.snapshot(), &wants, &kept, &Known::default(), &terms());
    assert_eq!(orders(&proposal), ["set-licenses user3 A", "add-licenses user5 B"]);
}

#[test]
fn whoever_loses_one_seat_and_is_granted_another_has_rows_that_do_not_contradict_each_other() {
    let world = World::of([
        Human::seen(300).holding("AC"),
        Human::seen(300).holding("A"),
        Human::seen(1),
    ])
    .spare("B", 2);
    let proposal = propose(&world, &[(3, "A"), (1, "B"), (2, "B")], |rules| {
        rules.free = [(code("A"), 1)].into();
    });
    let expected = [
        "remove-licenses user1 A",
        "remove-licenses user2 A",
        "add-licenses user3 A",
        "add-licenses user1 B",
        "add-licenses user2 B",
    ];
    assert_eq!(orders(&proposal), expected);
    let rows = read_back(&proposal.rows);
    let plan = planned(&rows, &world);
    assert_eq!(plan.short, []);
    assert_eq!(turnover(&plan), [(code("A"), (1, 2)), (code("B"), (2, 0))].into());
}

#[test]
fn what_a_group_would_give_at_the_next_sign_in_is_only_said_of_whom_nothing_is_left_directly() {
    let world = World::of([Human::seen(300).holding("A").in_group(SALES), Human::seen(1)])
        .rule(SALES, "C")
        .spare("B", 1)
        .spare("C", 1);
    let would_take = |wants: &[(u8, &str)]| {
        let proposal = propose(&world, wants, |rules| rules.free = [(code("A"), 1)].into());
        proposal.rows[0].note.contains("the next sign-in would take C")
    };
    assert!(would_take(&[(2, "B")]));
    assert!(!would_take(&[(1, "B")]));
}

#[test]
fn only_what_is_looked_at_is_touched() {
    let world = World::of([
        Human::seen(500).leasing(SALES, "AB"),
        Human::seen(300).holding("AB"),
        Human::seen(200).holding("B"),
        Human::seen(1),
    ]);
    let proposal = propose(&world, &[(4, "AB")], |rules| rules.only = [code("A")].into());
    assert_eq!(orders(&proposal), ["set-licenses user2 B", "add-licenses user4 A"]);
    let codes: Vec<&str> = proposal.bundles.iter().map(|line| line.code.as_str()).collect();
    assert_eq!(codes, ["A"]);
    let words = note(&proposal, "ignore user4");
    assert!(words.contains("B is not among what is looked at"), "{words}");
    let words = note(&proposal, "ignore user1");
    assert!(
        words.contains("together with licences that are wanted or not looked at"),
        "{words}"
    );
    let proposal = propose(&world, &[], |rules| {
        rules.only = [code("A")].into();
        rules.all = true;
        rules.free = [(code("B"), 3)].into();
    });
    assert_eq!(orders(&proposal), ["set-licenses user2 B"]);
}

#[test]
fn wanted_rows_come_in_their_order_and_say_what_becomes_of_each() {
    let world = World {
        owned: [(code("A"), 4), (code("B"), 1)].into(),
        ..World::of([
            Human::seen(1).holding("A"),
            Human::seen(1).leasing(SALES, "A"),
            Human {
                is_active: false,
                ..Human::seen(1)
            },
            Human {
                accepted: false,
                ..Human::seen(1)
            },
            Human::seen(1).holding(""),
            Human::seen(1),
        ])
    };
    let wants = [
        (1, "A"),
        (2, "A"),
        (3, "A"),
        (4, "A"),
        (5, "AC"),
        (5, "A"),
        (6, "AB"),
        (9, "A"),
    ];
    let proposal = propose(&world, &wants, |_| ());
    assert_eq!(
        orders(&proposal),
        ["add-licenses user4 A", "add-licenses user5 A", "add-licenses user6 B"]
    );
    assert_eq!(line(&proposal, "A"), [4, 2, 1, 0, 0, 3, 2]);
    assert!(note(&proposal, "add-licenses user5").contains("was blocked from every licence until now"));
    let missing: Vec<(&str, Obstacle, String)> = proposal
        .missing_out
        .iter()
        .map(|missing| {
            (
                missing.label.split('@').next().unwrap(),
                missing.why,
                missing.licenses.to_string(),
            )
        })
        .collect();
    let expected = [
        ("user3", Obstacle::Inactive, "A".to_owned()),
        ("user5", Obstacle::NotOwned, "C".to_owned()),
        ("user6", Obstacle::NoSeat, "A".to_owned()),
        ("user9", Obstacle::NotFound, "A".to_owned()),
    ];
    assert_eq!(missing, expected);
    for (row, words) in [
        ("ignore user1", "holds A already"),
        ("ignore user2", "holds A already, by the rule of Sales"),
        ("ignore user3", "the account is deactivated"),
        ("ignore user6", "misses out on A"),
        ("ignore user9", "there is no user"),
    ] {
        assert!(note(&proposal, row).contains(words), "{}", note(&proposal, row));
    }
    let repeated = told(&proposal)
        .into_iter()
        .filter(|(row, _)| row.starts_with("ignore user5"));
    let repeated: Vec<&str> = repeated.map(|(_, words)| words).collect();
    assert!(repeated[0].contains("does not own C"), "{repeated:?}");
    assert!(repeated[1].contains("an earlier row wants A as well"), "{repeated:?}");
}

#[test]
fn everybody_who_holds_the_old_directly_gets_the_new_by_one_row() {
    let world = World::of([
        Human::seen(5).holding("AC"),
        Human::seen(9).holding("A"),
        Human::seen(1).holding("AB"),
        Human::seen(1).leasing(SALES, "A"),
        Human::seen(1).holding("").in_group(SALES),
        Human::gone().holding("A"),
        Human::seen(1),
    ])
    .rule(SALES, "A")
    .spare("B", 1);
    let swap = |rules: &mut Rules| {
        rules.swaps = vec![Swap {
            old: code("A"),
            new: code("B"),
        }];
    };
    let proposal = propose(&world, &[(7, "A")], swap);
    // One seat of B: whoever was seen last gets it; who holds both needs none.
    let expected = [
        "set-licenses user1 B; C",
        "set-licenses user3 B",
        "add-licenses user7 A",
    ];
    assert_eq!(orders(&proposal), expected);
    assert_eq!(line(&proposal, "A"), [5, 5, 0, 0, 2, 1, 1]);
    assert_eq!(line(&proposal, "B"), [2, 1, 0, 0, 0, 2, 1]);
    assert_eq!(proposal.rows[0].cells[&Column::UnlessChangedFrom], "A; C");
    for (row, words) in [
        ("ignore user2", "no seat of B is left for the swap"),
        ("ignore user4", "holds it by the rule of Sales"),
        ("ignore user5", "is blocked from every licence"),
    ] {
        assert!(note(&proposal, row).contains(words), "{}", note(&proposal, row));
    }
    assert_eq!(proposal.missing_out.len(), 1);
    assert_eq!(proposal.missing_out[0].why, Obstacle::NoSeat);
    // An idle seat of the new one is freed for the other.
    let mut more = world.clone();
    more.people.insert(8, Human::seen(300).holding("B"));
    let proposal = propose(&more.spare("B", 1), &[], swap);
    assert_eq!(orders(&proposal)[0], "release-licenses user8");
    assert_eq!(proposal.missing_out, []);
}

#[test]
fn swaps_in_a_chain_or_of_one_for_itself_have_no_effect() {
    let swap = |old: &str, new: &str| Swap {
        old: code(old),
        new: code(new),
    };
    let rules = |swaps: &[Swap], only: &str| Rules {
        swaps: swaps.to_vec(),
        only: bundles(only).iter().cloned().collect(),
        ..terms()
    };
    let (ab, ac, bc, cb) = (swap("A", "B"), swap("A", "C"), swap("B", "C"), swap("C", "B"));
    let all = [ab.clone(), ac, bc, swap("C", "A"), swap("c", "C"), cb.clone()];
    assert_eq!(rules(&all, "").swaps_in_force(), [&ab, &cb]);
    assert_eq!(rules(&all, "AC").swaps_in_force(), [&all[1]]);
}

#[test]
fn a_wanted_seat_of_somebody_who_is_swapped_is_in_the_row_of_the_swap() {
    let world = World::of([Human::seen(1).holding("A")]).spare("B", 1).spare("C", 1);
    let proposal = propose(&world, &[(1, "BC")], |rules| {
        rules.swaps = vec![Swap {
            old: code("A"),
            new: code("B"),
        }];
    });
    assert_eq!(orders(&proposal), ["set-licenses user1 B; C"]);
    assert!(note(&proposal, "ignore user1").contains("C is in the row of the swap"));
    let plan = planned(&read_back(&proposal.rows), &world);
    assert_eq!(
        turnover(&plan),
        [(code("A"), (0, 1)), (code("B"), (1, 0)), (code("C"), (1, 0))].into()
    );
}

#[test]
fn a_row_is_for_whoever_has_used_nothing_since_what_was_seen() {
    let world = World::of([
        Human {
            signed_in: Told::Ago(100),
            ..Human::seen(300)
        }
        .holding("A"),
        Human {
            in_use: Told::Never,
            signed_in: Told::Never,
            created: Told::Ago(500),
            ..Human::seen(1)
        }
        .holding("A"),
        Human::gone().holding("A"),
    ]);
    let proposal = propose(&world, &[], |rules| rules.all = true);
    let since = |place: usize| {
        proposal.rows[place]
            .cells
            .get(&Column::UnlessUsedSince)
            .map(String::as_str)
    };
    assert_eq!(since(0), None);
    assert_eq!(since(1), Some("2026-08-22T12:00:00+00:00"));
    assert_eq!(since(2), Some("2025-07-18T12:00:00+00:00"));
    for row in &proposal.rows[1..] {
        assert_eq!(row.cells[&Column::UserId].len(), 36);
    }
    // Somebody comes back before the run.
    let rows = read_back(&proposal.rows);
    let mut later = world.clone();
    later.people.get_mut(&1).unwrap().in_use = Told::Ago(0);
    let plan = planned(&rows, &later);
    let kept: Vec<String> = plan
        .rows
        .iter()
        .filter_map(|row| Some(row.verdict()?.code.to_string()))
        .collect();
    assert_eq!(kept, ["used_since"]);
}

#[test]
fn where_uses_are_not_told_a_run_would_refuse_the_condition_so_the_row_has_none_and_says_so() {
    let world = World::of([Human {
        in_use: Told::Nothing,
        ..Human::seen(300)
    }
    .holding("A")]);
    let proposal = propose(&world, &[], |rules| rules.all = true);
    assert_eq!(proposal.rows[0].cells.get(&Column::UnlessUsedSince), None);
    assert!(
        proposal.rows[0]
            .note
            .contains("whoever comes back before the run loses the seat all the same")
    );
    let plan = planned(&read_back(&proposal.rows), &world);
    assert_eq!(turnover(&plan), [(code("A"), (0, 1))].into());
}

#[test]
fn a_row_says_why_a_seat_is_not_freed_that_reseat_gave_of_late_and_none_where_it_would_not_be_freed_anyway() {
    let world = World::of([
        Human::seen(300).holding("A"),
        Human::seen(200).holding("A"),
        Human::seen(10).holding("A"),
        Human {
            created: Told::Ago(5),
            in_use: Told::Never,
            signed_in: Told::Never,
            ..Human::seen(1)
        }
        .holding("A"),
        Human::seen(1),
        Human::seen(1),
    ]);
    let grant = OwnGrant {
        at: days_ago(5),
        puts_back: true,
    };
    let known = Known {
        grants: [1, 3, 4].map(|number| (user_id(number), grant)).into(),
        ..Known::default()
    };
    let proposal = rebalance(&world.snapshot(), &wanted([(5, "A"), (6, "A")]), &[], &known, &terms());
    let alone: Vec<&str> = proposal
        .rows
        .iter()
        .map(|row| row.note.as_str())
        .filter(|note| note.contains("left alone"))
        .collect();
    assert_eq!(alone.len(), 1, "{alone:?}");
    assert!(
        alone[0].contains("left alone: reseat gave it a seat within `--grace`"),
        "{alone:?}"
    );
    assert_eq!(proposal.looked_at.left_alone, 1);
    // Somebody who wants another seat is no reason to look for this one.
    let nothing_sought = rebalance(&world.snapshot(), &[], &[], &known, &terms());
    assert!(nothing_sought.rows.is_empty());
}

#[test]
fn a_seat_that_was_put_back_before_is_marked_as_such() {
    let world = World::of([Human::seen(300).holding("A")]);
    let grant = OwnGrant {
        at: days_ago(100),
        puts_back: true,
    };
    let known = Known {
        grants: [(user_id(1), grant)].into(),
        ..Known::default()
    };
    let rules = Rules { all: true, ..terms() };
    let proposal = rebalance(&world.snapshot(), &[], &[], &known, &rules);
    let note = &proposal.rows[0].note;
    assert!(
        note.contains("a seat was taken from this person before and put back on 2026-08-22"),
        "{note}"
    );
}

#[test]
fn where_seats_are_not_told_one_is_freed_for_each_that_is_wanted() {
    let world = World {
        owned: [].into(),
        ..World::of([
            Human::seen(300).holding("A"),
            Human::seen(200).holding("A"),
            Human::seen(1),
            Human::seen(1),
        ])
    };
    let proposal = propose(&world, &[(3, "A")], |_| ());
    assert_eq!(orders(&proposal), ["release-licenses user1", "add-licenses user3 A"]);
    assert_eq!(line(&proposal, "A"), [999, 999, 1, 1, 0, 1, 1]);
    assert_eq!(proposal.bundles[0].taken_then(), None);
}

#[test]
fn who_is_to_be_looked_at_is_listed_where_a_seat_of_theirs_was_looked_for_and_never_freed() {
    let odd = Human {
        signed_in: Told::Ago(1),
        ..Human::seen(300)
    };
    let world = World::of([odd.clone().holding("A"), odd.holding("B"), Human::seen(1)]);
    let proposal = propose(&world, &[(3, "A")], |_| ());
    assert_eq!(orders(&proposal), [] as [&str; 0]);
    let words = note(&proposal, "ignore user1");
    assert!(
        words.contains("look at this one; only one of last use and last sign-in is long ago"),
        "{words}"
    );
    assert!(proposal.rows.iter().all(|row| !short(row).starts_with("ignore user2")));
    let line = &proposal.bundles[0];
    assert_eq!((line.look_at, line.all_idle()), (1, 0));
}

#[test]
fn a_wanted_row_means_the_account_that_a_run_would_take() {
    let robot = Human {
        kind: UserKind::RobotAccount,
        ..Human::seen(1)
    };
    let world = World::of([Human::seen(1), Human::seen(1), robot]).spare("A", 9);
    let row = |user: &str, user_id: Option<UserId>| WantedSeat {
        user: UserRef::parse(user),
        user_id,
        ..wanted([(1, "A")]).remove(0)
    };
    let (first, second) = (address(1), address(2));
    for (row, expected) in [
        (row(&first, None), Ok(user_id(1))),
        (row(&first, Some(user_id(1))), Ok(user_id(1))),
        (row(&user_id(2).to_string(), None), Ok(user_id(2))),
        (row(&first, Some(user_id(2))), Err(Obstacle::AnotherAccount)),
        (row("nobody@x.example", Some(user_id(2))), Err(Obstacle::AnotherAccount)),
        (row("nobody@x.example", None), Err(Obstacle::NotFound)),
        (row(&address(3), None), Err(Obstacle::NoPerson)),
    ] {
        let proposal = rebalance(
            &world.snapshot(),
            std::slice::from_ref(&row),
            &[],
            &Known::default(),
            &terms(),
        );
        let granted = proposal.rows.iter().find(|row| row.operation.is_some());
        let granted = granted.map(|row| row.cells[&Column::UserId].clone());
        let missing = proposal.missing_out.first().map(|missing| missing.why);
        assert_eq!(granted, expected.ok().map(|id| id.to_string()), "{row:?}");
        assert_eq!(missing, expected.err(), "{row:?}");
        assert_eq!(proposal.bundles[0].wanted, u64::from(expected.is_ok()), "{row:?}");
    }
    // Of two accounts of one name the id says which is meant.
    let mut twins = world.clone();
    twins.same_name = Some((1, 2));
    let propose = |row: WantedSeat| {
        let proposal = rebalance(&twins.snapshot(), &[row], &[], &Known::default(), &terms());
        let why = proposal.missing_out.first().map(|missing| missing.why);
        (why, proposal.rows[0].cells.get(&Column::UserId).cloned())
    };
    assert_eq!(propose(row(&first, None)), (Some(Obstacle::Ambiguous), None));
    assert_eq!(
        propose(row(&first, Some(user_id(2)))),
        (None, Some(user_id(2).to_string()))
    );
    assert_eq!(propose(row(&second, None)).0, Some(Obstacle::NotFound));
}

#[test]
fn who_is_not_swapped_is_told_with_the_reason() {
    let world = World {
        acting: Some(7),
        ..World::of([
            Human {
                kind: UserKind::RobotAccount,
                ..Human::seen(1)
            }
            .holding("A"),
            Human::seen(1).holding("A"),
            Human {
                is_active: false,
                ..Human::seen(1)
            }
            .holding("A"),
            Human {
                is_active: false,
                ..Human::seen(1)
            }
            .holding("AB"),
            Human::seen(1).holding("A"),
            Human::seen(1).holding("A").leasing(SALES, "A"),
            // Whoever is asked to swap is not taken from, so an administrator is swapped as everybody is.
            Human::seen(1).holding("A").in_group(ADMINISTRATORS),
        ])
    }
    .spare("B", 9);
    let kept = [Kept {
        user: user_id(2),
        reason: String::new(),
        until: None,
    }];
    let rules = |new: &str| Rules {
        swaps: vec![Swap {
            old: code("A"),
            new: code(new),
        }],
        ..terms()
    };
    let wants = wanted([(5, "A")]);
    let proposal = rebalance(&world.snapshot(), &wants, &kept, &Known::default(), &rules("B"));
    assert_eq!(orders(&proposal), ["set-licenses user4 B", "set-licenses user7 B"]);
    for (row, words) in [
        ("ignore user1", "is a robot account and no user"),
        ("ignore user2", "is on the keep list"),
        ("ignore user3", "is deactivated"),
        ("ignore user6", "holds it by the rule of Sales as well"),
    ] {
        assert!(note(&proposal, row).contains(words), "{}", note(&proposal, row));
    }
    let told_of_the_fifth = told(&proposal)
        .into_iter()
        .filter(|(row, _)| row.starts_with("ignore user5"));
    let words: Vec<&str> = told_of_the_fifth.map(|(_, words)| words).collect();
    assert!(words[0].contains("holds A already"), "{words:?}");
    assert!(
        words[1].contains("is among the wanted with this very licence"),
        "{words:?}"
    );
    let proposal = rebalance(&world.snapshot(), &wants, &kept, &Known::default(), &rules("X"));
    assert_eq!(orders(&proposal), [] as [&str; 0]);
    assert!(note(&proposal, "ignore user7").contains("the organization does not own X"));
    let missing = proposal
        .missing_out
        .iter()
        .filter(|missing| missing.why == Obstacle::NotOwned);
    let missing: Vec<_> = missing.map(|missing| (missing.user, missing.place.as_ref())).collect();
    assert_eq!(missing, [(Some(user_id(7)), None)]);
}
