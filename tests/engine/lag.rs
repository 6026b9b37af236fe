//! What this run has just made or freed is not there at once for other services: calls that come too early wait, for as
//! long as such things may take and no longer.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reseat::engine::Stopped;
use reseat::model::{DeleteWhen, Status};
use tokio::time::Instant;

use crate::model::{World, address, bundles};
use crate::server::{Slow, Trouble, What};
use crate::sheets::{add, create, delete, invite, join, migrate, release, set};
use crate::stage::Stage;

fn newcomer(number: usize) -> String {
    format!("n{number}@new.example")
}

#[tokio::test(start_paused = true)]
async fn accounts_that_other_services_do_not_know_for_some_seconds_get_their_licenses() {
    for seconds in [0, 1, 4, 8] {
        for is_invited in [true, false] {
            let rows = (0..30).map(|number| {
                if is_invited {
                    invite(&newcomer(number), &[], "A")
                } else {
                    create(&newcomer(number), &[], "A")
                }
            });
            let known = [set(&address(0), "A"), join(&address(1), &[1])];
            let stage = Stage::new(&World::of(2), rows.chain(known), |_, _| None);
            stage.server.is_slow(Slow::ForOthers, Duration::from_secs(seconds));
            let ran = stage.run().await;
            assert_eq!(ran.stopped, None);
            assert_eq!(stage.not_done(), Vec::<usize>::new(), "{seconds} s");
            let calls = stage.server.writes().len();
            assert!(calls <= 12, "{calls} calls, {seconds} s");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_that_stays_unknown_ends_as_not_found_once_the_time_is_over() {
    let rows = (0..4).map(|number| invite(&newcomer(number), &[], "A"));
    let stage = Stage::new(&World::of(0), rows, |_, _| None);
    stage.server.is_slow(Slow::ForOthers, Duration::from_hours(1));
    let began = Instant::now();
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::NotFound; 4]);
    assert!(began.elapsed() >= Duration::from_secs(9), "{:?}", began.elapsed());
    assert!(began.elapsed() <= Duration::from_secs(20), "{:?}", began.elapsed());
    let calls = stage.server.writes().len();
    assert!(calls <= 1 + 7 + 8, "{calls} calls");
}

#[tokio::test(start_paused = true)]
async fn without_new_accounts_an_account_that_is_not_known_is_not_waited_for() {
    let stage = Stage::new(
        &World::of(3),
        (0..3).map(|number| set(&address(number), "A")),
        |what, _| {
            (what.is_write() && what.users().contains(&crate::model::user_id(1)))
                .then_some(Trouble::Says(404, "The entity was not found."))
        },
    );
    let began = Instant::now();
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done, Status::NotFound, Status::Done]);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_waiting_at_once() {
    let rows = (0..4).map(|number| invite(&newcomer(number), &[], "A"));
    let stage = Stage::new(&World::of(0), rows, |_, _| None);
    stage.server.is_slow(Slow::ForOthers, Duration::from_hours(1));
    let stop = stage.stop.clone();
    let asks = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        stop.cancel();
        Instant::now()
    };
    let (ran, asked) = tokio::join!(stage.run(), asks);
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    assert_eq!(ran.stopped, Some(Stopped::Interrupted));
    assert_eq!(stage.statuses(), [Status::NotRun; 4]);
}

/// One seat of `A`, which the first of two people holds, and a free one of `B`.
fn one_seat() -> World {
    let mut world = World::of(2);
    world.own("A", 1);
    world.own("B", 1);
    world.account(0).held = Some((bundles("A"), false));
    world
}

#[tokio::test(start_paused = true)]
async fn a_seat_that_this_run_freed_is_waited_for() {
    for free in [
        || delete(&address(0)),
        || release(&address(0)),
        || set(&address(0), "B"),
    ] {
        for (late, expected) in [(3, Status::Done), (1000, Status::Conflict)] {
            let refused = AtomicUsize::new(0);
            let stage = Stage::new(
                &one_seat(),
                [free(), add(&address(1), "A")],
                move |what, _| match what {
                    What::Allocate(_, bundles) if bundles.contains(&reseat::model::BundleCode::new("A")) => {
                        let is_late = refused.fetch_add(1, Ordering::Relaxed) < late;
                        is_late.then_some(Trouble::Says(409, "exceeds the quantities"))
                    }
                    _ => None,
                },
            );
            stage.run().await;
            assert_eq!(stage.statuses(), [Status::Done, expected]);
            let calls = stage.server.writes().len();
            assert!(calls <= 1 + 8, "{calls} calls");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn licenses_that_are_handed_over_wait_for_their_seat_too() {
    let mut world = one_seat();
    world.account(0).accepted = true;
    let refused = AtomicUsize::new(0);
    let row = migrate(&address(0), "new@new.example", DeleteWhen::Invited);
    let stage = Stage::new(&world, [row], move |what, world| match what {
        What::Allocate(users, bundles) if bundles.contains(&reseat::model::BundleCode::new("A")) => {
            let is_new = world
                .accounts
                .get(&users[0])
                .is_some_and(|account| account.email.ends_with("new.example"));
            (is_new && refused.fetch_add(1, Ordering::Relaxed) < 2)
                .then_some(Trouble::Says(409, "exceeds the quantities"))
        }
        _ => None,
    });
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done]);
    let world = stage.server.world();
    assert_eq!(world.by_email("new@new.example").unwrap().1.bundles(), bundles("A"));
    assert!(world.by_email(&address(0)).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_seat_that_nobody_freed_is_not_waited_for() {
    let mut world = World::of(2);
    world.own("A", 2);
    let stage = Stage::new(&world, (0..2).map(|number| set(&address(number), "A")), |what, _| {
        matches!(what, What::Allocate(..)).then_some(Trouble::Says(409, "exceeds the quantities"))
    });
    let began = Instant::now();
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Conflict; 2]);
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}
