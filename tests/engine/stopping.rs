//! A run that is stopped sends nothing new, waits for what is under way, and records every row.

use std::time::Duration;

use reseat::engine::{MaxFailures, Ran, Stopped};
use reseat::event::{Method, Service};
use reseat::model::{DeleteWhen, Status};

use crate::model::{World, address, bundles};
use crate::server::{CALL, Happened, Slow, Trouble, What};
use crate::sheets::{invite, migrate, update};
use crate::stage::Stage;

/// Runs until the organization has been sent `what`, and asks for a stop then.
async fn stopped_at(stage: &Stage, what: impl Fn(&What) -> bool) -> Ran {
    let stop = stage.stop.clone();
    let stopping = async {
        while !stage.server.writes().iter().any(&what) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        stop.cancel();
    };
    tokio::join!(stage.run(), stopping).0
}

/// Two people who move to new accounts, and as many seats as they hold.
fn two_move(judge: impl Fn(&What, &mut World) -> Option<Trouble> + Send + 'static) -> Stage {
    let mut world = World::of(2);
    for number in 0..2 {
        world.account(number).held = Some((bundles("A"), false));
    }
    world.own("A", 2);
    let moves = (0..2).map(|number| {
        let new = format!("new{number}@new.example");
        migrate(&address(number), &new, DeleteWhen::Invited)
    });
    Stage::new(&world, moves, judge)
}

fn holds(stage: &Stage, email: &str) -> bool {
    let world = stage.server.world();
    world
        .by_email(email)
        .is_some_and(|(_, account)| !account.bundles().is_empty())
}

#[tokio::test(start_paused = true)]
async fn licenses_that_were_taken_off_are_given_on_although_the_run_stops() {
    let stage = two_move(|_, _| None);
    let ran = stopped_at(&stage, |what| matches!(what, What::Release(_))).await;
    assert_eq!(ran.stopped, Some(Stopped::Interrupted));
    assert_eq!(ran.after_stop.finished.len(), 2);
    assert!(ran.after_stop.left.is_empty());
    for (row, number) in [(2, 0), (3, 1)] {
        assert!(holds(&stage, &format!("new{number}@new.example")));
        // Nothing new begins: the old account stays.
        assert!(stage.server.world().by_email(&address(number)).is_some());
        let record = stage.record(row);
        assert_eq!(record.report.status, Status::NotRun);
        assert!(
            record.report.message.contains("although the run was stopping"),
            "{}",
            record.report.message
        );
    }
}

#[tokio::test(start_paused = true)]
async fn licenses_that_a_successor_is_refused_go_back_although_the_run_stops() {
    let stage = two_move(|what, world| {
        let is_new = |user| {
            world
                .accounts
                .get(user)
                .is_some_and(|account| account.email.starts_with("new"))
        };
        matches!(what, What::Allocate(users, _) if users.iter().any(is_new)).then_some(Trouble::Refused(400))
    });
    let ran = stopped_at(&stage, |what| matches!(what, What::Release(_))).await;
    assert_eq!(ran.stopped, Some(Stopped::Interrupted));
    assert!(ran.after_stop.left.is_empty());
    for (row, number) in [(2, 0), (3, 1)] {
        assert!(holds(&stage, &address(number)), "the old account has its licences back");
        assert!(
            stage.record(row).report.message.contains("given back"),
            "{}",
            stage.record(row).report.message
        );
    }
}

#[tokio::test(start_paused = true)]
async fn licenses_that_nobody_takes_are_said_to_be_on_nobody() {
    let stage = two_move(|what, _| matches!(what, What::Allocate(..)).then_some(Trouble::Refused(503)));
    let ran = stopped_at(&stage, |what| matches!(what, What::Release(_))).await;
    let (finished, left) = (ran.after_stop.finished.len(), ran.after_stop.left.len());
    assert_eq!((finished, left), (0, 2));
    for row in [2, 3] {
        let message = stage.record(row).report.message;
        assert!(message.contains("giving the licences back failed too"), "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_owed_is_waited_for_no_longer_than_the_grace() {
    let mut stage = two_move(|_, _| None);
    // The two releases are of the portal; of the licence service's calls only the first leaves within the grace.
    stage.rules.sizes.users_per_license_call = 1;
    stage.limits.share = 1.0;
    stage.limits.set(Service::License, Method::Put, 1);
    let start = tokio::time::Instant::now();
    let ran = stopped_at(&stage, |what| matches!(what, What::Release(_))).await;
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert_eq!((ran.after_stop.finished.len(), ran.after_stop.left.len()), (1, 1));
    let left = stage.record(ran.after_stop.left[0].row);
    assert_eq!(left.report.status, Status::NotRun);
    assert!(
        left.report.message.contains("taken off and could not be handed on"),
        "{}",
        left.report.message
    );
    // A rerun knows what the old account held.
    assert_eq!(left.report.before.unwrap()["licenses"], serde_json::json!(["A"]));
}

#[tokio::test(start_paused = true)]
async fn an_invitation_that_never_left_is_not_called_begun() {
    let mut stage = Stage::new(
        &World::of(1),
        (0..6).map(|number| invite(&format!("new{number}@new.example"), &[], "")),
        |_, _| None,
    );
    stage.rules.sizes.users_per_invite = 1;
    stage.limits.share = 1.0;
    stage.limits.set(Service::Identity, Method::Post, 2);
    let sent = |stage: &Stage| stage.server.writes().len();
    let stop = stage.stop.clone();
    let stopping = async {
        while sent(&stage) < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // The others wait for their quota by now.
        tokio::time::sleep(CALL * 5).await;
        stop.cancel();
    };
    let (ran, ()) = tokio::join!(stage.run(), stopping);
    assert_eq!(ran.stopped, Some(Stopped::Interrupted));
    assert_eq!(sent(&stage), 2);
    let begun = stage
        .server
        .happened()
        .into_iter()
        .filter_map(|happened| match happened {
            Happened::Recorded(row, status) if status == "started" => Some(row),
            _ => None,
        });
    assert_eq!(begun.collect::<Vec<_>>(), [2, 3]);
    for row in 4..8 {
        let record = stage.record(row);
        assert_eq!(
            (record.report.status, record.calls, record.attempts),
            (Status::NotRun, 0, 0)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_under_way_is_waited_for_and_the_rest_is_not_run() {
    let operations = (0..60).map(|number| update(&address(number), Some("x"), &[], &[]));
    let stage = Stage::new(&World::of(60), operations, |_, _| None);
    let stop = stage.stop.clone();
    let stopping = async {
        // The first call goes alone, then eight at a time.
        tokio::time::sleep(CALL * 5 / 2).await;
        stop.cancel();
    };
    let (ran, ()) = tokio::join!(stage.run(), stopping);
    assert_eq!(ran.stopped, Some(Stopped::Interrupted));
    let sent = stage.server.writes().len();
    assert_eq!(sent, 17);
    let statuses = stage.statuses();
    let done = statuses.iter().filter(|status| **status == Status::Done).count();
    assert_eq!(done, sent, "a call that was sent is lost");
    assert_eq!(
        statuses.iter().filter(|status| **status == Status::NotRun).count(),
        60 - sent
    );
    let answered = |happened: &&Happened| matches!(happened, Happened::Answered(_, 200));
    assert_eq!(stage.server.happened().iter().filter(answered).count(), sent);
}

#[tokio::test(start_paused = true)]
async fn a_call_refused_while_the_run_stops_is_not_tried_in_halves() {
    let operations = (0..50).map(|number| invite(&format!("new{number}@new.example"), &[], "A"));
    let stage = Stage::new(&World::of(1), operations, |what, _| {
        matches!(what, What::Allocate(..)).then_some(Trouble::Refused(400))
    });
    let stop = stage.stop.clone();
    let stopping = async {
        while !stage
            .server
            .writes()
            .iter()
            .any(|what| matches!(what, What::Allocate(..)))
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        stop.cancel();
    };
    let (ran, ()) = tokio::join!(stage.run(), stopping);
    assert_eq!(ran.stopped, Some(Stopped::Interrupted));
    let allocations = stage
        .server
        .writes()
        .into_iter()
        .filter(|what| matches!(what, What::Allocate(..)));
    assert_eq!(allocations.count(), 1);
    assert!(stage.statuses().iter().all(|status| *status == Status::NotRun));
    // What was made is known to the next run.
    assert_eq!(stage.record(2).report.after.unwrap()["made"], "invited");
    assert!(stage.record(2).report.user_id.is_some());
}

#[tokio::test(start_paused = true)]
async fn an_invitation_that_is_lost_while_the_run_stops_is_looked_for_and_in_doubt_if_that_takes_too_long() {
    for (lag, expected) in [(0, Status::Done), (3, Status::Done), (60, Status::InDoubt)] {
        let stage = Stage::new(&World::of(1), [invite("new0@new.example", &[], "")], |what, _| {
            matches!(what, What::Invite(_)).then_some(Trouble::LostAfter)
        });
        stage.server.is_slow(Slow::Accounts, Duration::from_secs(lag));
        let stop = stage.stop.clone();
        let stopping = async {
            while stage.server.writes().is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            stop.cancel();
        };
        let begun = tokio::time::Instant::now();
        let (_, ()) = tokio::join!(stage.run(), stopping);
        assert_eq!(stage.statuses(), [expected], "readable after {lag} s");
        assert!(begun.elapsed() < Duration::from_secs(10), "a second signal would come");
    }
}

#[tokio::test(start_paused = true)]
async fn enough_failures_stop_the_run() {
    let operations = (0..60).map(|number| update(&address(number), Some("x"), &[], &[]));
    let mut stage = Stage::new(&World::of(60), operations, |what, _| {
        what.is_write().then_some(Trouble::Refused(400))
    });
    stage.max_failures = Some(MaxFailures::Count(5));
    let ran = stage.run().await;
    assert!(matches!(ran.stopped, Some(Stopped::MaxFailures(_))));
    // One alone, then eight at a time: the ninth failure comes in with the fifth.
    assert_eq!(stage.server.writes().len(), 9);
    assert_eq!(
        stage
            .statuses()
            .iter()
            .filter(|status| **status == Status::NotRun)
            .count(),
        51
    );
}
