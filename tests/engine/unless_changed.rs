//! Rows that say what they replace: what somebody else changes while the run waits ends them before a call leaves, and
//! what the run itself has done never does.

use std::time::Duration;

use reseat::api::Waited;
use reseat::engine::{OnChange, Recheck, Stopped};
use reseat::event::{Method, Service};
use reseat::model::{BundleSet, Conditions, Operation, Status, WrittenState};
use reseat::pace::Limits;

use crate::model::{World, address, bundles, group_id, user_id};
use crate::server::{Trouble, What};
use crate::sheets::{add, groups, join, leave, remove, set, set_groups, update};
use crate::stage::Stage;

fn held(codes: &str) -> WrittenState {
    WrittenState::Licenses(Some(bundles(codes)))
}

fn in_groups(numbers: &[u8]) -> WrittenState {
    WrittenState::Groups(groups(numbers))
}

/// Three people who hold A and are in group 1.
fn world() -> World {
    let mut world = World::of(3);
    for number in 0..3 {
        world.account(number).held = Some((bundles("A"), false));
        world.account(number).groups = [group_id(1)].into();
    }
    world
}

/// The run asked a question, at which somebody acted.
fn at_a_question(rows: impl IntoIterator<Item = (Operation, Option<WrittenState>)>, act: impl Fn(&mut World)) -> Stage {
    let (operations, states): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let mut stage = Stage::new(&world(), operations, |_, _| None);
    stage.recheck = Recheck {
        waited: Waited::Long,
        ..stage.recheck
    };
    for (row, state) in stage.rows.iter_mut().zip(states) {
        row.conditions = state.map(|state| {
            Box::new(Conditions {
                unless_changed_from: Some(state),
                ..Conditions::default()
            })
        });
    }
    stage.server.change(act);
    stage
}

const CHANGED: &str = "changed_since_export";

#[tokio::test(start_paused = true)]
async fn licences_that_were_changed_at_the_question_are_left_as_they_are() {
    let row = |operation| (operation, Some(held("A")));
    let stage = at_a_question(
        [
            row(set(&address(0), "B")),
            row(add(&address(1), "B")),
            row(remove(&address(2), "A")),
        ],
        |world| {
            world.account(0).held = Some((bundles("AC"), false));
            world.account(1).held = Some((bundles("AB"), false));
        },
    );
    stage.run().await;
    assert_eq!(
        stage.statuses(),
        [Status::Conflict, Status::Unchanged, Status::Done],
        "{:?}",
        stage.record(2)
    );
    let record = stage.record(2).report;
    assert_eq!(record.code, CHANGED);
    assert!(
        record
            .message
            .contains("were `A` when the sheet was written and are `A; C` now")
    );
    let after = stage.server.world();
    assert_eq!(after.accounts[&user_id(0)].bundles(), bundles("AC"));
    assert_eq!(stage.server.writes().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_row_that_asks_nothing_goes_on_where_one_about_the_same_person_ends() {
    let stage = at_a_question(
        [
            (add(&address(0), "B"), Some(held("A"))),
            (remove(&address(0), "A"), None),
            (update(&address(1), Some("Ann"), &[], &[]), None),
            (set_groups(&address(1), &[2]), Some(in_groups(&[1]))),
        ],
        |world| {
            world.account(0).held = Some((bundles("AC"), false));
            world.account(1).groups.insert(group_id(3));
        },
    );
    stage.run().await;
    assert_eq!(
        stage.statuses(),
        [Status::Conflict, Status::Done, Status::Done, Status::Conflict]
    );
    let after = stage.server.world();
    assert_eq!(after.accounts[&user_id(0)].bundles(), bundles("C"));
    assert_eq!(after.accounts[&user_id(1)].name, "Ann");
    assert_eq!(after.accounts[&user_id(1)].groups, [group_id(1), group_id(3)].into());
}

#[tokio::test(start_paused = true)]
async fn groups_that_were_changed_at_the_question_are_left_as_they_are() {
    let row = |number, wanted| (set_groups(&address(number), wanted), Some(in_groups(&[1])));
    let stage = at_a_question([row(0, &[2, 3]), row(1, &[2, 3]), row(2, &[2, 3])], |world| {
        // Half of what the row wants is a change as well.
        world.account(0).groups.insert(group_id(2));
        world.account(1).groups = [group_id(2), group_id(3)].into();
    });
    stage.run().await;
    assert_eq!(
        stage.statuses(),
        [Status::Conflict, Status::Unchanged, Status::Done],
        "{:?}",
        stage.record(3)
    );
    assert_eq!(stage.record(2).report.code, CHANGED);
    let after = stage.server.world();
    assert_eq!(after.accounts[&user_id(0)].groups, [group_id(1), group_id(2)].into());
    assert_eq!(after.accounts[&user_id(2)].groups, [group_id(2), group_id(3)].into());
}

#[tokio::test(start_paused = true)]
async fn without_a_change_everything_is_done_after_a_question() {
    let stage = at_a_question(
        [
            (set(&address(0), "B"), Some(held("A"))),
            (set_groups(&address(0), &[2]), Some(in_groups(&[1]))),
            (set_groups(&address(1), &[]), Some(in_groups(&[1]))),
        ],
        |_| {},
    );
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done; 3]);
}

#[tokio::test(start_paused = true)]
async fn of_two_calls_for_one_row_the_first_is_no_change_against_the_second() {
    // One seat of B: the first gives it up for the second, who has given up A first.
    let mut world = World::of(2);
    world.account(0).held = Some((bundles("AC"), false));
    world.account(1).held = Some((bundles("BC"), false));
    world.own("A", 1);
    world.own("B", 1);
    let mut stage = Stage::new(&world, [set(&address(0), "BC"), set(&address(1), "AC")], |_, _| None);
    for (row, before) in stage.rows.iter_mut().zip(["AC", "BC"]) {
        row.conditions = Some(Box::new(Conditions {
            unless_changed_from: Some(held(before)),
            ..Conditions::default()
        }));
    }
    let mut limits = Limits::none();
    limits.share = 1.0;
    limits.window = Duration::from_mins(1);
    limits.set(Service::License, Method::Put, 1);
    stage.limits = limits;
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done; 2], "{:?}", stage.record(2));
    let after = stage.server.world();
    assert_eq!(after.accounts[&user_id(0)].bundles(), bundles("BC"));
    assert!(stage.server.writes().len() > 2, "one of them gave up first");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_after_a_question_is_not_replaced() {
    let mut stage = at_a_question(
        [
            (set(&address(0), "B"), Some(held("A"))),
            (set_groups(&address(1), &[2]), Some(in_groups(&[1]))),
        ],
        |_| {},
    );
    stage.server = crate::server::Server::new(world(), |what, _| {
        (!what.is_write() && *what != What::Groups).then_some(Trouble::Refused(500))
    });
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Failed; 2]);
    assert!(stage.server.writes().is_empty());
}

#[tokio::test(start_paused = true)]
async fn under_an_approved_plan_a_change_at_the_question_stops_the_run() {
    let mut stage = at_a_question([(set(&address(0), "B"), Some(held("A")))], |world| {
        world.account(0).held = Some((BundleSet::default(), false));
    });
    stage.recheck.on_change = OnChange::Refuse;
    let ran = stage.run().await;
    assert!(matches!(ran.stopped, Some(Stopped::ChangedSincePlan(_))), "{ran:?}");
    assert!(stage.server.writes().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_other_rows_of_the_run_have_done_to_an_account_is_no_change() {
    // Three group PUTs, one a minute; the first is for rows about the account that do not ask.
    let mut world = World::of(3);
    for number in 0..3 {
        world.account(number).groups = [group_id(3)].into();
    }
    let sheet = [
        join(&address(1), &[1]),
        join(&address(2), &[1]),
        set_groups(&address(0), &[4]),
        join(&address(0), &[1]),
        leave(&address(1), &[3]),
        leave(&address(2), &[3]),
        join(&address(1), &[4]),
        join(&address(2), &[4]),
    ];
    let mut stage = Stage::new(&world, sheet, |_, _| None);
    stage.rows[2].conditions = Some(Box::new(Conditions {
        unless_changed_from: Some(in_groups(&[3])),
        ..Conditions::default()
    }));
    stage.limits = Limits::none();
    stage.limits.share = 1.0;
    stage.limits.window = Duration::from_mins(1);
    stage.limits.set(Service::Identity, Method::Put, 1);
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done; 8], "{:?}", stage.record(4));
    let first = stage.server.writes().remove(0);
    assert!(
        matches!(first, What::Members(group, _) if group == group_id(1)),
        "{first:?}"
    );
    let after = stage.server.world();
    assert_eq!(after.accounts[&user_id(0)].groups, [group_id(1), group_id(4)].into());
}
