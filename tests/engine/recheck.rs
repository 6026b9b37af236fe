//! What somebody else changes while a run waits: it stays as they left it, and rows say so.

use std::time::Duration;

use reseat::api::Waited;
use reseat::engine::{OnChange, Recheck, Stopped};
use reseat::event::{Method, Service};
use reseat::model::{DeleteWhen, Operation, Status};
use reseat::pace::Limits;

use crate::model::{Account, World, address, bundles, group_id, user_id};
use crate::server::{Happened, What};
use crate::sheets::{add, delete, invite, join, migrate, remove, set, update};
use crate::stage::Stage;

/// One call of this kind a minute.
fn one_a_minute(service: Service, method: Method) -> Limits {
    let mut limits = Limits::none();
    limits.share = 1.0;
    limits.window = Duration::from_mins(1);
    limits.set(service, method, 1);
    limits
}

/// A run in which somebody else acts once the first changing call was answered.
fn while_it_waits(
    world: &World,
    operations: impl IntoIterator<Item = Operation>,
    limits: Limits,
    act: impl Fn(&mut World) + Send + 'static,
) -> Stage {
    let has_acted = std::sync::atomic::AtomicBool::new(false);
    let mut stage = Stage::new(world, operations, move |what, world| {
        if what.is_write() && !has_acted.swap(true, std::sync::atomic::Ordering::Relaxed) {
            // The server's own turn comes first.
            act(world);
        }
        None
    });
    stage.limits = limits;
    stage
}

fn after_a_question(stage: &mut Stage, on_change: OnChange) {
    stage.recheck = Recheck {
        waited: Waited::Long,
        on_change,
        ..stage.recheck
    };
}

fn reads(stage: &Stage) -> usize {
    let happened = stage.server.happened();
    happened
        .iter()
        .filter(|happened| matches!(happened, Happened::Sent(what) if !what.is_write()))
        .count()
}

fn held(world: &World, number: u8) -> Option<String> {
    let (held, _) = world.accounts[&user_id(number)].held.clone()?;
    Some(held.to_string())
}

#[tokio::test(start_paused = true)]
async fn licenses_that_somebody_else_granted_during_a_pause_are_kept() {
    let mut world = World::of(3);
    world.account(0).held = Some((bundles("AC"), false));
    world.account(1).held = Some((bundles("A"), false));
    world.account(2).held = Some((bundles("AB"), false));
    let sheet = [
        remove(&address(0), "A"),
        add(&address(1), "C"),
        remove(&address(2), "A"),
    ];
    let stage = while_it_waits(&world, sheet, one_a_minute(Service::License, Method::Put), |world| {
        world.account(1).held = Some((bundles("AB"), false));
        world.account(2).held = Some((bundles("ABC"), true));
    });
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done; 3]);
    let after = stage.server.world();
    assert_eq!(held(&after, 1).as_deref(), Some("A; B; C"));
    assert_eq!(held(&after, 2).as_deref(), Some("B; C"));
    let record = stage.record(3);
    assert!(
        record
            .report
            .message
            .contains("somebody else changed the licences from A to A; B"),
        "{}",
        record.report.message
    );
    assert_eq!(record.report.before.unwrap()["licenses"], serde_json::json!(["A", "B"]));
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_calls_that_rest_on_nothing_counts_for_those_that_come_after_them() {
    let world = World::of(3);
    let sheet = [
        update(&address(0), Some("Ann"), &[], &[]),
        update(&address(1), Some("Bob"), &[], &[]),
        add(&address(2), "C"),
    ];
    let stage = while_it_waits(&world, sheet, one_a_minute(Service::Identity, Method::Put), |world| {
        world.account(2).held = Some((bundles("B"), false));
    });
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done; 3]);
    assert_eq!(held(&stage.server.world(), 2).as_deref(), Some("B; C"));
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_has_done_already_is_unchanged_and_costs_no_call() {
    let world = World::of(2);
    let sheet = [set(&address(0), "A"), add(&address(1), "B")];
    let stage = while_it_waits(&world, sheet, one_a_minute(Service::License, Method::Put), |world| {
        world.account(1).held = Some((bundles("B"), false));
    });
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done, Status::Unchanged]);
    assert_eq!(stage.server.writes().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_group_that_was_renamed_during_a_pause_keeps_its_new_name() {
    let world = World::of(4);
    let sheet = [
        join(&address(0), &[1]),
        join(&address(1), &[1]),
        join(&address(2), &[2]),
        join(&address(3), &[2]),
    ];
    let stage = while_it_waits(&world, sheet, one_a_minute(Service::Identity, Method::Put), |world| {
        world.renamed.insert(group_id(2), "Operations".to_owned());
    });
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done; 4]);
    let after = stage.server.world();
    assert_eq!(after.renamed[&group_id(2)], "Operations");
    assert!(after.accounts[&user_id(3)].groups.contains(&group_id(2)));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_mailed_who_was_invited_by_somebody_else_during_a_pause() {
    let world = World::of(1);
    let new = |number: u8| format!("new{number}@new.example");
    let sheet = (0..4).map(|number| invite(&new(number), &[1], "A"));
    let mut stage = while_it_waits(
        &world,
        sheet,
        one_a_minute(Service::Identity, Method::Post),
        move |world| {
            world.accounts.insert(user_id(200), Account::new(&new(3)));
        },
    );
    stage.rules.sizes.users_per_invite = 2;
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done; 4]);
    assert!(stage.server.made_again().is_empty(), "somebody was mailed twice");
    let after = stage.server.world();
    let (_, account) = after.by_email("new3@new.example").unwrap();
    assert!(account.groups.contains(&group_id(1)) && account.bundles() == bundles("A"));
    let message = stage.record(5).report.message;
    assert!(
        message.contains("already invited, so nobody was invited again"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_without_a_question_or_a_long_pause_reads_nothing_twice() {
    let world = World::of(6);
    let sheet = || {
        [
            add(&address(0), "B"),
            set(&address(1), "C"),
            join(&address(2), &[1]),
            invite("new@new.example", &[1], ""),
            delete(&address(3)),
        ]
    };
    let stage = Stage::new(&world, sheet(), |_, _| None);
    stage.run().await;
    assert_eq!(reads(&stage), 0);
    let mut stage = Stage::new(&world, [add(&address(0), "B"), add(&address(1), "C")], |_, _| None);
    stage.limits = one_a_minute(Service::License, Method::Put);
    stage.limits.window = Duration::from_secs(9);
    stage.run().await;
    assert_eq!((reads(&stage), stage.server.writes().len()), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn after_a_question_everything_that_calls_rest_on_is_read_once_before_the_first_of_them() {
    let mut world = World::of(6);
    world.account(0).held = Some((bundles("A"), false));
    let sheet = [
        add(&address(0), "B"),
        set(&address(1), "C"),
        join(&address(2), &[1]),
        join(&address(4), &[1]),
        invite("new@new.example", &[1], ""),
        delete(&address(3)),
    ];
    let stage = Stage::new(&world, sheet, |_, _| None);
    stage.run().await;
    let writes = stage.server.writes().len();
    let mut stage = Stage::new(
        &stage.world,
        stage.rows.iter().map(|row| row.operation.clone()),
        |_, _| None,
    );
    after_a_question(&mut stage, OnChange::PlanAnew);
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done; 6]);
    assert_eq!(stage.server.writes().len(), writes);
    let sent: Vec<What> = stage
        .server
        .happened()
        .into_iter()
        .filter_map(|happened| match happened {
            Happened::Sent(what) => Some(what),
            _ => None,
        })
        .collect();
    let first_write = sent.iter().position(What::is_write).unwrap();
    assert_eq!(reads(&stage), first_write, "{sent:?}");
    assert_eq!(first_write, 4, "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn under_an_approved_plan_a_change_before_the_first_write_stops_the_run_with_nothing_changed() {
    type Act = fn(&mut World);
    let acts: [(&str, Act); 3] = [
        ("licences", |world| world.account(0).held = Some((bundles("AB"), false))),
        ("renamed", |world| {
            world.renamed.insert(group_id(1), "Revenue".to_owned());
        }),
        ("made the account", |world| {
            world.accounts.insert(user_id(200), Account::new("new@new.example"));
        }),
    ];
    for (what, act) in acts {
        let mut world = World::of(4);
        world.account(0).held = Some((bundles("A"), false));
        let sheet = [
            add(&address(0), "C"),
            join(&address(1), &[1]),
            join(&address(2), &[1]),
            invite("new@new.example", &[], ""),
        ];
        let mut stage = Stage::new(&world, sheet, |_, _| None);
        stage.server.change(act);
        after_a_question(&mut stage, OnChange::Refuse);
        let ran = stage.run().await;
        assert!(
            matches!(&ran.stopped, Some(Stopped::ChangedSincePlan(words)) if words.contains(what)),
            "{ran:?}"
        );
        assert_eq!(stage.statuses(), [Status::NotRun; 4]);
        assert!(stage.server.writes().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn under_an_approved_plan_a_later_change_ends_only_its_own_rows() {
    let mut world = World::of(3);
    for number in 0..3 {
        world.account(number).held = Some((bundles("A"), false));
    }
    let sheet = [set(&address(0), "B"), add(&address(1), "C"), set(&address(2), "")];
    let mut stage = while_it_waits(&world, sheet, one_a_minute(Service::License, Method::Put), |world| {
        world.account(1).held = Some((bundles("AB"), false));
    });
    stage.recheck.on_change = OnChange::Refuse;
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done, Status::Conflict, Status::Done]);
    let record = stage.record(3);
    assert_eq!(record.report.code, "changed_since_plan");
    assert_eq!(held(&stage.server.world(), 1).as_deref(), Some("A; B"));
}

#[tokio::test(start_paused = true)]
async fn rows_whose_present_state_cannot_be_read_after_a_pause_are_not_guessed_at() {
    let world = World::of(2);
    let sheet = [set(&address(0), "A"), add(&address(1), "B")];
    let mut stage = Stage::new(&world, sheet, |what, _| {
        (*what == What::Allocations).then_some(crate::server::Trouble::Refused(500))
    });
    stage.limits = one_a_minute(Service::License, Method::Put);
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done, Status::Failed]);
    assert_eq!(stage.record(3).report.code, "not_read_again");
    assert_eq!(held(&stage.server.world(), 1), None);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_moved_who_was_deactivated_at_the_question() {
    let world = World::of(2);
    let sheet = [0, 1].map(|number| {
        migrate(
            &address(number),
            &format!("new{number}@new.example"),
            DeleteWhen::Accepted,
        )
    });
    let mut stage = Stage::new(&world, sheet, |_, _| None);
    stage.server.change(|world| world.account(1).active = false);
    after_a_question(&mut stage, OnChange::PlanAnew);
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Waiting, Status::Skipped]);
    assert_eq!(stage.record(3).report.code, "inactive");
    assert!(
        stage.server.world().by_email("new1@new.example").is_none(),
        "somebody was let in again"
    );
}
