//! A run that is stopped sends nothing new, waits for what is under way, and records every row.

use std::time::Duration;

use reseat::engine::{MaxFailures, Stopped};
use reseat::model::Status;

use crate::model::{World, address};
use crate::server::{CALL, Happened, Trouble, What};
use crate::sheets::{invite, update};
use crate::stage::Stage;

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
    assert_eq!(stage.record(2).after.unwrap()["made"], "invited");
    assert!(stage.record(2).user_id.is_some());
}

#[tokio::test(start_paused = true)]
async fn an_invitation_that_is_lost_while_the_run_stops_is_in_doubt() {
    let stage = Stage::new(&World::of(1), [invite("new0@new.example", &[], "")], |what, _| {
        matches!(what, What::Invite(_)).then_some(Trouble::LostAfter)
    });
    let stop = stage.stop.clone();
    let stopping = async {
        while stage.server.writes().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        stop.cancel();
    };
    let (_, ()) = tokio::join!(stage.run(), stopping);
    assert_eq!(stage.statuses(), [Status::InDoubt]);
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
