//! The column `like`: what a row copies of somebody else, and of whom it copies nothing.

use std::collections::HashMap;

use reseat::api::{Group, User, UserKind};
use reseat::directory::{Contents, Snapshot};
use reseat::model::{GroupId, Operation, Status};
use reseat::plan::{
    Administrators, Begun, BegunRows, Course, OnShortage, Plan, PlannedSheet, RowCode, Rules, Verdict, plan, row_end,
};
use serde_json::json;
use uuid::Uuid;

use crate::calls::carry_out;
use crate::model::{EVERYONE, World, address, bundles, group_id, user_id};
use crate::random::rules;
use crate::sheets::{
    add, block, create, delete, invite, join, leave, like, migrate_with, offboard, set, set_groups, sheet, update,
};

const NEW: &str = "new@new.example";

fn rule() -> Rules {
    rules(OnShortage::Stop)
}

fn planned(world: &World, operations: Vec<Operation>) -> Plan {
    plan(&sheet(operations), &world.snapshot(), &HashMap::new(), &rule())
}

/// Somebody in two groups and Everyone, who holds A.
fn world() -> World {
    let mut world = World::of(4);
    let model = world.account(0);
    model.groups = [group_id(1), group_id(2), group_id(EVERYONE)].into();
    model.held = Some((bundles("A"), false));
    world
}

fn carried_out(world: &World, operations: Vec<Operation>) -> World {
    let mut plan = planned(world, operations);
    let mut end = world.clone();
    carry_out(&mut plan, &mut end, &rule().sizes, |_| {});
    end
}

fn verdict(plan: &Plan, row: usize) -> (Status, String, &str) {
    let verdict = plan.rows[row].verdict().unwrap();
    (verdict.status, verdict.code.to_string(), &verdict.message)
}

#[test]
fn each_operation_copies_what_its_name_says_beside_what_the_row_names() {
    let world = world();
    for (row, groups, held) in [
        (invite(NEW, &[3], "B"), vec![1, 2, 3], Some("AB")),
        (invite(NEW, &[1], "A"), vec![1, 2], Some("A")),
        (create(NEW, &[], ""), vec![1, 2], Some("A")),
        (join(&address(1), &[2, 3]), vec![1, 2, 3], None),
        (join(&address(1), &[]), vec![1, 2], None),
        (add(&address(1), "B"), vec![], Some("AB")),
        (add(&address(1), ""), vec![], Some("A")),
    ] {
        let words = format!("{row:?}");
        let end = carried_out(&world, vec![like(&address(0), row)]);
        let (_, account) = end.by_email(NEW).or_else(|| end.by_email(&address(1))).unwrap();
        assert_eq!(account.groups, groups.into_iter().map(group_id).collect(), "{words}");
        assert_eq!(
            account.held.as_ref().map(|(held, _)| held.clone()),
            held.map(bundles),
            "{words}"
        );
    }
}

#[test]
fn the_message_says_whose_like_and_what_was_copied() {
    let world = world();
    let rows = sheet([
        like(&address(0), invite(NEW, &[3], "B")),
        like(&address(0), join(&address(1), &[])),
    ]);
    let snapshot = world.snapshot();
    let plan = plan(&rows, &snapshot, &HashMap::new(), &rule());
    let planned = PlannedSheet {
        rows: &rows,
        plan: &plan,
        snapshot: &snapshot,
    };
    let report = planned.expected_end(0);
    assert_eq!(
        report.message,
        "invited; joined Legal, Sales, Ops; holds A; B; like user0@old.example: groups Sales, Ops and direct licence A"
    );
    let after = report.after.unwrap();
    assert_eq!(after["groups"], json!({ "Legal": true, "Sales": true, "Ops": true }));
    assert_eq!(after["licenses"], json!(["A", "B"]));
    let other = planned.expected_end(1);
    assert_eq!(
        other.message,
        "joined Sales, Ops; like user0@old.example: groups Sales, Ops"
    );
    assert_eq!(other.target, "like user0@old.example");
}

#[test]
fn whoever_has_it_all_already_costs_no_call() {
    let mut world = world();
    let model = world.account(0).clone();
    let twin = world.account(1);
    twin.groups = model.groups.iter().copied().chain([group_id(3)]).collect();
    twin.held = Some((bundles("AB"), false));
    for row in [
        invite(&address(1), &[], ""),
        join(&address(1), &[]),
        add(&address(1), ""),
    ] {
        let plan = planned(&world, vec![like(&address(0), row)]);
        let (status, _, message) = verdict(&plan, 0);
        assert_eq!(status, Status::Unchanged);
        assert!(message.starts_with("already so; "), "{message}");
    }
}

#[test]
fn the_account_counts_as_it_is_before_the_sheet_whichever_row_comes_first() {
    let (mut world, model) = (world(), address(0));
    // Nobody leaves Everyone, and whoever looks at a leaver expects no group.
    world.account(0).groups.remove(&group_id(EVERYONE));
    for change in [
        update(&model, None, &[3], &[1]),
        leave(&model, &[1, 2]),
        set_groups(&model, &[]),
        set(&model, "B"),
        block(&model),
        offboard(&model),
        delete(&model),
        migrate_with(&model, "moved@new.example", &[], bundles("")),
    ] {
        for copy_first in [true, false] {
            let words = format!("{change:?} {copy_first}");
            let mut rows = vec![change.clone(), like(&model, invite(NEW, &[], ""))];
            if copy_first {
                rows.reverse();
            }
            let end = carried_out(&world, rows);
            let (_, account) = end.by_email(NEW).unwrap();
            assert_eq!(account.groups, [group_id(1), group_id(2)].into(), "{words}");
            assert_eq!(account.bundles(), bundles("A"), "{words}");
        }
    }
}

#[test]
fn without_a_direct_allocation_none_is_made() {
    let mut world = world();
    world.account(0).held = None;
    let end = carried_out(&world, vec![like(&address(0), invite(NEW, &[], ""))]);
    let (_, account) = end.by_email(NEW).unwrap();
    assert_eq!((account.held.clone(), account.groups.len()), (None, 2));
}

#[test]
fn nobody_is_like_somebody_who_is_missing_deactivated_blocked_or_has_nothing() {
    type Change = fn(&mut World);
    let table: [(&str, Change, Operation, &str); 8] = [
        (
            "nobody",
            |world| world.account(0).email = "user9@old.example".into(),
            invite(NEW, &[1], "A"),
            "not_found like_not_found in `like`: there is no user `user0@old.example`",
        ),
        (
            "two",
            |world| world.account(1).email = address(0),
            invite(NEW, &[1], "A"),
            "ambiguous like_ambiguous in `like`: `user0@old.example` could be more than one user",
        ),
        (
            "deactivated",
            |world| world.account(0).active = false,
            join(&address(2), &[]),
            "rejected like_inactive the account `user0@old.example`, which `like` names, is deactivated",
        ),
        (
            "blocked",
            |world| world.account(0).held = Some((bundles(""), false)),
            add(&address(2), "B"),
            "rejected like_blocked the account `user0@old.example`, which `like` names, is blocked from every licence",
        ),
        (
            "blocked, and only groups are copied",
            |world| world.account(0).held = Some((bundles(""), false)),
            join(&address(2), &[]),
            "",
        ),
        (
            "without a licence",
            |world| world.account(0).held = None,
            add(&address(2), ""),
            "rejected like_empty the account `user0@old.example`, which `like` names, has no direct licence",
        ),
        (
            "in Everyone only",
            |world| world.account(0).groups = [group_id(EVERYONE)].into(),
            join(&address(2), &[1]),
            "rejected like_empty the account `user0@old.example`, which `like` names, is in no group that is copied",
        ),
        (
            "pending",
            |world| {
                world.account(0).accepted = false;
                world.account(0).active = false;
            },
            invite(NEW, &[], ""),
            "",
        ),
    ];
    for (state, change, row, expected) in table {
        let mut world = world();
        change(&mut world);
        let plan = planned(&world, vec![like(&address(0), row)]);
        let found = plan.rows[0]
            .verdict()
            .map(|verdict| format!("{} {} {}", verdict.status, verdict.code, verdict.message));
        let found = found.unwrap_or_default();
        assert!(
            found.starts_with(expected) && found.is_empty() == expected.is_empty(),
            "{state}: {found}"
        );
        assert_eq!(plan.steps.is_empty(), !expected.is_empty(), "{state}");
    }
}

#[test]
fn nobody_is_like_itself_or_like_somebody_whose_account_the_sheet_makes_under_whatever_name() {
    let world = world();
    let by_id = user_id(0).to_string();
    for own in [address(0), address(0).to_uppercase(), by_id.clone()] {
        for row in [join(&address(0), &[1]), add(&by_id, "B"), invite(&address(0), &[1], "")] {
            let plan = planned(&world, vec![like(&own, row)]);
            let (status, code, _) = verdict(&plan, 0);
            assert_eq!((status, code.as_str()), (Status::Invalid, "like-itself"), "{own}");
        }
    }
    let made = "made@new.example";
    for maker in [
        invite(made, &[1], "A"),
        create(made, &[1], "A"),
        migrate_with(&address(1), made, &[1], bundles("A")),
    ] {
        for rows in [
            vec![maker.clone(), like(made, join(&address(2), &[]))],
            vec![like(&made.to_uppercase(), join(&address(2), &[])), maker],
        ] {
            let at = usize::from(rows[0].like().is_none());
            let plan = planned(&world, rows);
            let (status, code, message) = verdict(&plan, at);
            assert_eq!((status, code.as_str()), (Status::Invalid, "like-made-here"));
            assert!(message.contains(&format!("row {}", 3 - at)), "{message}");
        }
    }
    // By its id, an account that is there and that a row invites again.
    let plan = planned(
        &world,
        vec![invite(&address(0), &[3], ""), like(&by_id, join(&address(2), &[]))],
    );
    assert_eq!(verdict(&plan, 1).1, "like-made-here");
}

#[test]
fn nobody_is_like_somebody_whom_another_row_makes_like_somebody_else_under_whatever_name() {
    let by_id = user_id(0).to_string();
    let rows = vec![
        like(&by_id, join(&address(2), &[])),
        like(&address(1), join(&address(0), &[])),
    ];
    let plan = planned(&world(), rows);
    let (status, code, message) = verdict(&plan, 0);
    assert_eq!((status, code.as_str()), (Status::Invalid, "like-chain"));
    assert!(message.contains("row 3"), "{message}");
    assert_ne!(verdict(&plan, 1).1, "like-chain", "the one who is copied last may be");
}

/// The same organization, where somebody is in Administrators and in a group that the organization does not list.
fn with_administrators(world: &World) -> (Snapshot, GroupId) {
    let snapshot = world.snapshot();
    let administrators = Group {
        id: GroupId(Uuid::from_u128(0x9001)),
        name: "Administrators".to_owned(),
        built_in: true,
    };
    let unknown = GroupId(Uuid::from_u128(0x9002));
    let users = snapshot.users().iter().cloned().map(|user| {
        if user.id == user_id(0) {
            let groups = user
                .groups
                .iter()
                .copied()
                .chain([administrators.id, unknown])
                .collect();
            User { groups, ..user }
        } else {
            user
        }
    });
    let with = Snapshot::from(Contents {
        accounts: users.collect(),
        groups: snapshot
            .groups()
            .iter()
            .cloned()
            .chain([administrators.clone()])
            .collect(),
        allocations: snapshot.allocations().cloned(),
        ..Contents::default()
    });
    (with, administrators.id)
}

#[test]
fn administrators_are_named_and_only_copied_where_that_is_allowed() {
    let (snapshot, administrators) = with_administrators(&world());
    let rows = sheet([like(&address(0), join(&address(1), &[]))]);
    for (allowed, count) in [(Administrators::Protected, 2), (Administrators::MayGo, 3)] {
        let rules = Rules {
            administrators: allowed,
            ..rule()
        };
        let plan = plan(&rows, &snapshot, &HashMap::new(), &rules);
        let note = plan.rows[0].note();
        let says = "Administrators is not copied (`--allow-admins` copies it)";
        assert_eq!(note.contains(says), allowed == Administrators::Protected, "{note}");
        assert!(
            note.contains("not copied, since the organization's own groups do not have it"),
            "{note}"
        );
        let planned = PlannedSheet {
            rows: &rows,
            plan: &plan,
            snapshot: &snapshot,
        };
        let after = planned.expected_end(0).after.unwrap();
        assert_eq!(after["groups"].as_object().unwrap().len(), count);
        assert_eq!(plan.groups.contains_key(&administrators), count == 3);
    }
}

#[test]
fn somebody_who_has_nothing_but_administrators_is_said_to_have_that() {
    let mut world = world();
    world.account(0).groups.clear();
    let (snapshot, _) = with_administrators(&world);
    let rows = sheet([like(&address(0), join(&address(1), &[]))]);
    let plan = plan(&rows, &snapshot, &HashMap::new(), &rule());
    let (_, code, message) = verdict(&plan, 0);
    assert_eq!(code, "like_empty");
    assert!(message.contains("--allow-admins"), "{message}");
}

#[test]
fn a_robot_is_nobody_to_be_like() {
    let snapshot = world().snapshot();
    let users = snapshot.users().iter().cloned().map(|user| User {
        kind: UserKind::RobotAccount,
        ..user
    });
    let snapshot = Snapshot::from(Contents {
        accounts: users.collect(),
        ..Contents::default()
    });
    let rows = sheet([like(&address(0), invite(NEW, &[], ""))]);
    let plan = plan(&rows, &snapshot, &HashMap::new(), &rule());
    assert_eq!(verdict(&plan, 0).1, "like_not_a_user");
}

#[test]
fn where_nobody_can_say_what_the_account_holds_no_row_copies_it() {
    let snapshot = world().snapshot();
    let unread = Snapshot::from(Contents {
        accounts: snapshot.users().iter().cloned().collect(),
        groups: snapshot.groups().iter().cloned().collect(),
        ..Contents::default()
    });
    let rows = sheet([
        like(&address(0), invite(NEW, &[], "")),
        like(&address(0), add(&address(1), "B")),
        like(&address(0), join(&address(1), &[])),
    ]);
    let plan = plan(&rows, &unread, &HashMap::new(), &rule());
    assert_eq!(verdict(&plan, 0).1, "licenses_unreadable");
    assert_eq!(verdict(&plan, 1).1, "licenses_unreadable");
    assert!(plan.rows[2].verdict().is_none());
}

#[test]
fn a_row_that_was_begun_ends_with_what_was_planned_then_although_the_account_is_stripped_by_now() {
    let mut world = world();
    let rows = sheet([like(&address(0), invite(&address(1), &[], ""))]);
    let stripped = world.account(0);
    stripped.active = false;
    stripped.groups.clear();
    stripped.held = None;
    let begun = Begun {
        account: Some(user_id(1)),
        made: true,
        after: Some(json!({
            "made": "invited",
            "like": { "group_ids": [group_id(1), group_id(2)], "licenses": ["A"] },
        })),
        ..Begun::default()
    };
    let begun: BegunRows = HashMap::from([(rows[0].key, begun)]);
    let mut plan = plan(&rows, &world.snapshot(), &begun, &rule());
    assert!(plan.rows[0].note().contains("as it was when the row was begun"));
    carry_out(&mut plan, &mut world, &rule().sizes, |_| {});
    let account = world.account(1);
    assert_eq!(account.groups, [group_id(1), group_id(2)].into());
    assert_eq!(account.bundles(), bundles("A"));
}

#[test]
fn the_line_ahead_of_a_mail_says_what_is_copied_and_a_row_for_which_nothing_was_done_says_nothing() {
    let (world, rows) = (world(), sheet([like(&address(0), invite(NEW, &[], ""))]));
    let snapshot = world.snapshot();
    let plan = plan(&rows, &snapshot, &HashMap::new(), &rule());
    let planned = PlannedSheet {
        rows: &rows,
        plan: &plan,
        snapshot: &snapshot,
    };
    let after = |status| {
        let verdict = Verdict::new(status, RowCode::None, "");
        let course = Course {
            steps: std::iter::empty(),
            verdict: Some(&verdict),
            remarks: &[],
        };
        row_end(planned, &plan, 0, course).after
    };
    let copied = json!({ "like": { "group_ids": [group_id(1), group_id(2)], "licenses": ["A"] } });
    assert_eq!(after(Status::Started), Some(copied.clone()));
    assert_eq!(after(Status::InDoubt), Some(copied));
    assert_eq!(after(Status::Failed), None);
}

#[test]
fn a_thousand_rows_like_one_person_cost_the_calls_of_rows_that_name_it_all() {
    let mut world = World::of(0);
    let model = World::of(1);
    world.accounts.extend(model.accounts);
    let model = world.account(0);
    model.groups = [group_id(1), group_id(2)].into();
    model.held = Some((bundles("A"), false));
    let fresh = |number: usize| format!("new{number}@new.example");
    let rows = |copies: bool| -> Vec<Operation> {
        let row = |number| {
            if copies {
                like(&address(0), invite(&fresh(number), &[], ""))
            } else {
                invite(&fresh(number), &[1, 2], "A")
            }
        };
        (0..1000).map(row).collect()
    };
    let calls = |operations| {
        let plan = planned(&world, operations);
        let sizes = rule().sizes;
        let stages = plan.stages();
        let calls = stages
            .iter()
            .map(|stage| reseat::plan::batch(&plan, plan.steps_of(*stage), &sizes).len());
        calls.sum::<usize>()
    };
    assert_eq!(calls(rows(true)), calls(rows(false)));
}
