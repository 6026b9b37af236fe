//! A row that says what it replaces is done while that holds, and never undoes what others did since.

use std::collections::HashMap;

use reseat::model::{
    BundleCode, BundleSet, Conditions, GroupLicenses, GroupRef, Operation, Quota, Row, RuledBundle, WrittenState,
};
use reseat::plan::{Begun, BegunRows, OnShortage, Plan, plan};
use serde_json::{Value, json};

use crate::model::{World, address, bundles, group_id};
use crate::random::rules;
use crate::sheets::{add, block, clear_rule, groups, release, remove, set, set_external, set_groups, sheet, update};

/// The row, which is only done while what it replaces is this.
pub(crate) fn unless_changed_from(state: WrittenState, mut row: Row) -> Row {
    row.conditions = Some(Box::new(Conditions {
        unless_changed_from: Some(state),
        ..Conditions::default()
    }));
    row
}

fn one(operation: Operation, state: WrittenState) -> Vec<Row> {
    vec![unless_changed_from(state, sheet([operation]).remove(0))]
}

fn planned(world: &World, rows: &[Row], begun: &BegunRows) -> Plan {
    plan(rows, &world.snapshot(), begun, &rules(OnShortage::Stop))
}

/// How the only row ends: `goes on` where it has a call.
fn fate(plan: &Plan) -> String {
    match plan.rows[0].verdict() {
        None => "goes on".to_owned(),
        Some(verdict) => format!("{} {}", verdict.status, verdict.code).trim().to_owned(),
    }
}

const CHANGED: &str = "conflict changed_since_export";

/// Licences of an account's own: some, none while it is blocked, or no allocation.
type Held = Option<BundleSet>;

#[expect(clippy::unnecessary_wraps, reason = "the tables have those who hold nothing as well")]
fn holds(codes: &str) -> Held {
    Some(bundles(codes))
}

#[test]
fn licences_are_only_replaced_while_they_are_as_they_were() {
    let blocked = || Some(BundleSet::default());
    let rows: [(&str, Operation, Held, Held, &str); 20] = [
        ("as exported", set(&address(0), "B"), holds("A"), holds("A"), "goes on"),
        ("reached", set(&address(0), "B"), holds("A"), holds("B"), "unchanged"),
        (
            "one more since",
            set(&address(0), "B"),
            holds("A"),
            holds("AC"),
            CHANGED,
        ),
        ("both", set(&address(0), "B"), holds("A"), holds("AB"), CHANGED),
        ("released since", set(&address(0), "B"), holds("A"), None, CHANGED),
        ("blocked since", set(&address(0), "B"), holds("A"), blocked(), CHANGED),
        ("none of its own", set(&address(0), "B"), None, None, "goes on"),
        ("none is not blocked", set(&address(0), "B"), None, blocked(), CHANGED),
        ("blocked", set(&address(0), "B"), blocked(), blocked(), "goes on"),
        ("blocked is not none", set(&address(0), "B"), blocked(), None, CHANGED),
        ("unedited", set(&address(0), "A"), holds("A"), holds("A"), "unchanged"),
        (
            "unedited, changed",
            set(&address(0), "A"),
            holds("A"),
            holds("B"),
            CHANGED,
        ),
        (
            "flag",
            set_external(&address(0), "A", true),
            holds("A"),
            holds("A"),
            "goes on",
        ),
        ("add", add(&address(0), "B"), holds("A"), holds("A"), "goes on"),
        ("add, changed", add(&address(0), "B"), holds("A"), holds("AC"), CHANGED),
        (
            "add, there",
            add(&address(0), "B"),
            holds("A"),
            holds("BC"),
            "unchanged",
        ),
        (
            "remove, changed",
            remove(&address(0), "A"),
            holds("A"),
            holds("AC"),
            CHANGED,
        ),
        (
            "remove, gone",
            remove(&address(0), "A"),
            holds("A"),
            holds("C"),
            "unchanged",
        ),
        (
            "release, changed",
            release(&address(0)),
            holds("A"),
            holds("B"),
            CHANGED,
        ),
        ("block, changed", block(&address(0)), holds("A"), None, CHANGED),
    ];
    for (name, operation, written, now, expected) in rows {
        let mut world = World::of(1);
        world.account(0).held = now.map(|held| (held, false));
        let plan = planned(
            &world,
            &one(operation, WrittenState::Licenses(written)),
            &HashMap::new(),
        );
        assert_eq!(fate(&plan), expected, "{name}");
        assert_eq!(plan.steps.is_empty(), expected != "goes on", "{name}");
    }
}

#[test]
fn groups_are_only_replaced_while_they_are_as_they_were() {
    let (everyone, unknown) = (99, GroupRef::Name("Lisbon".into()));
    let by_id = [GroupRef::Id(group_id(1)), GroupRef::Name("OPS".into())]
        .into_iter()
        .collect();
    let with_unknown = groups(&[1, 2]).iter().cloned().chain([unknown]).collect();
    for (name, wanted, written, now, expected) in [
        ("as exported", &[3][..], groups(&[1, 2]), &[1, 2][..], "goes on"),
        (
            "in another order, with Everyone",
            &[3],
            groups(&[2, everyone, 1]),
            &[1, 2],
            "goes on",
        ),
        ("by id and in other case", &[3], by_id, &[1, 2], "goes on"),
        ("reached", &[3], groups(&[1, 2]), &[3], "unchanged"),
        ("one more since", &[3], groups(&[1, 2]), &[1, 2, 4], CHANGED),
        ("one fewer since", &[3], groups(&[1, 2]), &[1], CHANGED),
        ("half done by somebody", &[3], groups(&[1, 2]), &[1, 2, 3], CHANGED),
        (
            "a group that is gone, or called otherwise",
            &[3],
            with_unknown,
            &[1, 2],
            CHANGED,
        ),
        ("none", &[3], groups(&[]), &[], "goes on"),
        ("none, changed", &[3], groups(&[]), &[1], CHANGED),
        ("out of all", &[], groups(&[1]), &[1], "goes on"),
        ("unedited", &[1, 2], groups(&[1, 2]), &[1, 2], "unchanged"),
        ("unedited, changed", &[1, 2], groups(&[1, 2]), &[1, 2, 4], CHANGED),
    ] {
        let mut world = World::of(1);
        world.account(0).groups = now.iter().map(|number| group_id(*number)).collect();
        let rows = one(set_groups(&address(0), wanted), WrittenState::Groups(written));
        let plan = planned(&world, &rows, &HashMap::new());
        assert_eq!(fate(&plan), expected, "{name}");
        assert_eq!(plan.steps.is_empty(), expected != "goes on", "{name}");
    }
}

#[test]
fn a_row_that_is_as_its_sheet_was_written_takes_nothing_from_a_row_above_it() {
    let world = World::of(1);
    let mut rows = sheet([update(&address(0), None, &[1], &[]), set_groups(&address(0), &[])]);
    let last = rows
        .pop()
        .into_iter()
        .map(|row| unless_changed_from(WrittenState::Groups(groups(&[])), row));
    rows.extend(last);
    let plan = planned(&world, &rows, &HashMap::new());
    assert_eq!(plan.rows[1].verdict().unwrap().status.to_string(), "unchanged");
    assert_eq!(plan.rows[0].steps().len(), 1, "the account joins the group");
}

fn rule(codes: &str, limit: Option<u32>) -> Vec<RuledBundle> {
    let code = |code: &BundleCode| RuledBundle {
        code: code.clone(),
        quota: limit,
    };
    bundles(codes).iter().map(code).collect()
}

fn set_rule(codes: &str) -> Operation {
    Operation::SetGroupLicenses(Box::new(GroupLicenses {
        group: groups(&[1])[0].clone(),
        licenses: bundles(codes),
        quotas: None,
        external_license: None,
    }))
}

#[test]
fn rules_are_only_replaced_while_they_are_as_they_were() {
    for (name, operation, written, now, expected) in [
        (
            "as exported",
            set_rule("B"),
            rule("A", None),
            Some(("A", None)),
            "goes on",
        ),
        (
            "with quotas",
            set_rule("B"),
            rule("A", Some(3)),
            Some(("A", Some(3))),
            "goes on",
        ),
        (
            "another quota",
            set_rule("B"),
            rule("A", Some(3)),
            Some(("A", Some(4))),
            CHANGED,
        ),
        (
            "a quota since",
            set_rule("B"),
            rule("A", None),
            Some(("A", Some(4))),
            CHANGED,
        ),
        (
            "a bundle since",
            set_rule("B"),
            rule("A", None),
            Some(("AC", None)),
            CHANGED,
        ),
        ("gone since", set_rule("B"), rule("A", None), None, CHANGED),
        ("none before", set_rule("B"), Vec::new(), None, "goes on"),
        ("one since", set_rule("B"), Vec::new(), Some(("A", None)), CHANGED),
        (
            "reached",
            set_rule("B"),
            rule("A", None),
            Some(("B", None)),
            "unchanged",
        ),
        ("clear", clear_rule(1), rule("A", None), Some(("A", None)), "goes on"),
        (
            "clear, changed",
            clear_rule(1),
            rule("A", None),
            Some(("AB", None)),
            CHANGED,
        ),
        ("clear, gone", clear_rule(1), rule("A", None), None, "unchanged"),
    ] {
        let mut world = World::of(1);
        if let Some((codes, limit)) = now {
            let quota = |code: &BundleCode| {
                Some(Quota {
                    code: code.clone(),
                    limit: limit?,
                })
            };
            let quotas = bundles(codes).iter().filter_map(quota).collect();
            world.rules.insert(group_id(1), (bundles(codes), quotas));
        }
        let plan = planned(&world, &one(operation, WrittenState::Rule(written)), &HashMap::new());
        assert_eq!(fate(&plan), expected, "{name}");
    }
}

/// A run was killed, or some of its calls were refused: this is what its line says.
fn begun(rows: &[Row], before: Value, after: Value, is_on_the_way: bool) -> BegunRows {
    let begun = Begun {
        before: Some(before),
        after: Some(after),
        is_on_the_way,
        ..Begun::default()
    };
    HashMap::from([(rows[0].key, begun)])
}

#[test]
fn a_run_that_was_killed_is_no_change_against_its_own_rows() {
    // From A and B to B and C in two calls, the first of which gives up A.
    let rows = one(set(&address(0), "BC"), WrittenState::Licenses(holds("AB")));
    let earlier = begun(
        &rows,
        json!({"licenses": ["A", "B"]}),
        json!({"licenses": ["B", "C"]}),
        true,
    );
    for (held, expected) in [
        (holds("AB"), "goes on"),
        (holds("B"), "goes on"),
        (holds("BC"), "done"),
        (holds("AC"), CHANGED),
        (None, CHANGED),
    ] {
        let mut world = World::of(1);
        world.account(0).held = held.clone().map(|held| (held, false));
        assert_eq!(fate(&planned(&world, &rows, &earlier)), expected, "{held:?}");
        let fresh = planned(&world, &rows, &HashMap::new());
        assert_eq!(fate(&fresh) == "goes on", held == holds("AB"), "{held:?}");
    }

    // From 1 and 2 to 3 and 4, in calls from the groups' side.
    let rows = one(set_groups(&address(0), &[3, 4]), WrittenState::Groups(groups(&[1, 2])));
    let member = |is: bool| json!({"Sales": !is, "Ops": !is, "Legal": is, "Finance": is});
    let before = json!({"groups": member(false)});
    let ids = json!({"Sales": group_id(1), "Ops": group_id(2), "Legal": group_id(3), "Finance": group_id(4)});
    let after = json!({"groups": member(true), "group_ids": ids});
    let earlier = begun(&rows, before, after, true);
    for (now, expected) in [
        (&[1, 2][..], "goes on"),
        (&[1, 2, 3], "goes on"),
        (&[2], "goes on"),
        (&[4], "goes on"),
        (&[3, 4], "done"),
        (&[1, 2, 5], CHANGED),
        (&[3, 4, 5], CHANGED),
    ] {
        let mut world = World::of(1);
        world.account(0).groups = now.iter().map(|number| group_id(*number)).collect();
        assert_eq!(fate(&planned(&world, &rows, &earlier)), expected, "{now:?}");
    }
}

#[test]
fn the_message_says_what_it_was_and_what_it_is_as_the_cell_would() {
    let mut world = World::of(1);
    world.account(0).groups = [group_id(2), group_id(1)].into();
    world.account(0).held = Some((BundleSet::default(), false));
    let said = |operation, state| {
        let plan = planned(&world, &one(operation, state), &HashMap::new());
        plan.rows[0].verdict().unwrap().message.clone()
    };
    assert_eq!(
        said(set_groups(&address(0), &[3]), WrittenState::Groups(groups(&[]))),
        "the account's groups were `<none>` when the sheet was written and are `Ops; Sales` now, so nothing was changed; if that \
         is to be replaced, write it into `unless_changed_from`"
    );
    assert!(
        said(set(&address(0), "A"), WrittenState::Licenses(holds("BC")))
            .starts_with("the direct licences were `B; C` when the sheet was written and are `<blocked>` now")
    );
    assert!(
        said(set_rule("B"), WrittenState::Rule(rule("A", Some(2))))
            .starts_with("the group's rule was `A=2` when the sheet was written and is `<none>` now")
    );
}

#[test]
fn updates_that_name_fewer_groups_than_now_are_told_once_where_that_is_news() {
    // The groups that somebody is in, and those that the row names.
    type Rows<'a> = &'a [(&'a [u8], &'a [u8])];
    let cases: [(&str, Rows<'_>, &[usize]); 7] = [
        ("an export", &[(&[1, 2], &[1, 2]), (&[3], &[3, 99])], &[]),
        ("a group taken out of a cell", &[(&[1, 2], &[1]), (&[3], &[3])], &[0]),
        ("one swapped for another", &[(&[1, 2], &[1, 4]), (&[3], &[3])], &[0]),
        ("nothing but that", &[(&[1, 2], &[1]), (&[2, 3], &[3])], &[0, 1]),
        (
            "people who are put into a group",
            &[(&[1, 2], &[5]), (&[2], &[5]), (&[2, 5], &[5])],
            &[],
        ),
        (
            "the same, some of them in no other",
            &[(&[1], &[5]), (&[], &[5]), (&[], &[5])],
            &[],
        ),
        ("an empty cell", &[(&[1, 2], &[]), (&[3], &[3])], &[]),
    ];
    for (name, people, expected) in cases {
        let mut world = World::of(3);
        let operations = (0..).zip(people).map(|(number, (now, named))| {
            world.account(number).groups = now.iter().map(|group| group_id(*group)).collect();
            update(&address(number), None, named, &[])
        });
        let rows = sheet(operations.collect::<Vec<_>>());
        let plan = planned(&world, &rows, &HashMap::new());
        let told = plan
            .warnings
            .iter()
            .find(|warning| warning.code == "names-fewer-groups");
        assert_eq!(told.map_or(&[][..], |warning| &warning.rows), expected, "{name}");
    }
    let mut world = World::of(1);
    world.account(0).groups = [group_id(1), group_id(2)].into();
    let leaves_it = sheet([update(&address(0), None, &[1], &[2])]);
    let plan = planned(&world, &leaves_it, &HashMap::new());
    assert!(plan.warnings.iter().all(|warning| warning.code != "names-fewer-groups"));
}
