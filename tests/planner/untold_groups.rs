//! Rows about accounts whose groups the service does not tell: not to be told them is not to be in none.

use std::collections::HashMap;

use reseat::api::User;
use reseat::directory::{self, Contents, Snapshot};
use reseat::model::{DeleteWhen, Operation, Status};
use reseat::plan::{Administrators, Begun, OnShortage, PlannedSheet, Rules, plan};

use crate::model::{World, address};
use crate::random::rules;
use crate::sheets::{add, delete, invite, join, leave, like, migrate, offboard, set_groups, sheet, update};

/// What the only row ends with; empty where there is something to be done.
fn end(snapshot: &Snapshot, operation: Operation, administrators: Administrators) -> String {
    let rules = Rules {
        administrators,
        ..rules(OnShortage::Stop)
    };
    let plan = plan(&sheet([operation]), snapshot, &HashMap::new(), &rules);
    let verdict = plan.rows[0].verdict();
    verdict.map_or_else(String::new, |verdict| format!("{} {}", verdict.status, verdict.code))
}

/// Two accounts; whether they come with their groups, and what was read of Administrators.
fn snapshot(tells_groups: bool, administrators: directory::Administrators) -> Snapshot {
    let snapshot = World::of(2).snapshot();
    let users = snapshot.users().iter().cloned();
    Snapshot::from(Contents {
        accounts: users.map(|user| User { tells_groups, ..user }).collect(),
        groups: snapshot.groups().iter().cloned().collect(),
        allocations: Some([].into_iter().collect()),
        administrators,
        ..Contents::default()
    })
}

fn read_members() -> directory::Administrators {
    directory::Administrators {
        members: Some(Vec::new()),
        ..directory::Administrators::default()
    }
}

fn deactivate() -> Operation {
    let Operation::Update(mut row) = update(&address(0), None, &[], &[]) else {
        panic!("an update");
    };
    row.profile.active = Some(false);
    Operation::Update(row)
}

#[test]
fn a_row_that_depends_on_groups_that_are_not_told_ends_before_anything_is_done() {
    let untold = snapshot(false, read_members());
    let (ann, new) = (address(0), "new@x.example");
    let rows = [
        set_groups(&ann, &[1]),
        leave(&ann, &[1]),
        join(&ann, &[1]),
        offboard(&ann),
        update(&ann, None, &[], &[1]),
        update(&ann, None, &[1], &[]),
        invite(&ann, &[1], ""),
        migrate(&ann, new, DeleteWhen::Invited),
        like(&ann, join(&address(1), &[])),
        like(&ann, invite(new, &[1], "")),
    ];
    for row in rows {
        let told = format!("{row:?}");
        assert_eq!(
            end(&untold, row, Administrators::MayGo),
            "rejected groups_unreadable",
            "{told}"
        );
    }
}

#[test]
fn a_move_that_may_have_been_begun_and_is_refused_for_its_old_account_is_not_taken_to_have_made_that_one() {
    let untold = snapshot(false, read_members());
    let rows = sheet([migrate(&address(0), "new@x.example", DeleteWhen::Invited)]);
    let begun = Begun {
        made: true,
        ..Begun::default()
    };
    let begun = HashMap::from([(rows[0].key, begun)]);
    let plan = plan(&rows, &untold, &begun, &rules(OnShortage::Stop));
    let planned = PlannedSheet {
        rows: &rows,
        plan: &plan,
        snapshot: &untold,
    };
    let end = planned.expected_end(0);
    assert_eq!((end.status, end.code.as_str()), (Status::InDoubt, "groups_unreadable"));
    assert_eq!((end.user_id, end.after), (None, None));
}

#[test]
fn a_row_that_needs_no_groups_runs_where_they_are_not_told() {
    let untold = snapshot(false, read_members());
    let ann = address(0);
    for row in [
        add(&ann, "A"),
        update(&ann, Some("Ann"), &[], &[]),
        delete(&ann),
        deactivate(),
    ] {
        let told = format!("{row:?}");
        assert_eq!(end(&untold, row, Administrators::Protected), "", "{told}");
    }
}

#[test]
fn whoever_may_be_an_administrator_is_kept_unless_administrators_may_go() {
    let missing = directory::Administrators {
        is_missing: true,
        ..directory::Administrators::default()
    };
    for snapshot in [
        snapshot(true, missing),
        snapshot(false, directory::Administrators::default()),
    ] {
        let ann = address(0);
        for (row, kept) in [
            (delete(&ann), "skipped administrator"),
            (deactivate(), "skipped last_administrator"),
        ] {
            assert_eq!(end(&snapshot, row.clone(), Administrators::Protected), kept);
            assert_eq!(end(&snapshot, row, Administrators::MayGo), "");
        }
        let renamed = update(&ann, Some("Ann"), &[], &[]);
        assert_eq!(end(&snapshot, renamed, Administrators::Protected), "");
    }
}
