//! Refused calls are split until each guilty row stands alone, within the calls that are promised.

use std::collections::BTreeSet;

use reseat::engine::Stopped;
use reseat::model::{Status, UserId};
use reseat::plan::BatchSizes;

use crate::crowd::{crowd, email, id};
use crate::model::bundles;
use crate::server::{Trouble, What};
use crate::sheets::{delete, join, set, update};
use crate::stage::Stage;

/// At most 1 + 2·k·⌈log₂ n⌉ + k calls.
fn promised(rows: usize, guilty: usize) -> usize {
    let logarithm = rows.next_power_of_two().trailing_zeros() as usize;
    1 + 2 * guilty * logarithm + guilty
}

fn one_call() -> BatchSizes {
    BatchSizes {
        users_per_license_call: 1000,
        users_per_release: 1000,
        members_per_lease_call: 1000,
        users_per_invite: 1000,
        users_per_create: 1000,
        users_per_delete: 1000,
        members_per_group_call: 1000,
    }
}

#[tokio::test(start_paused = true)]
async fn exactly_the_guilty_rows_fail_within_the_promised_calls() {
    let table: [(usize, &[usize]); 7] = [
        (1, &[0]),
        (2, &[1]),
        (64, &[0]),
        (100, &[99]),
        (100, &[3, 4, 70]),
        (1000, &[999]),
        (1000, &[0, 1, 333, 500, 998]),
    ];
    for (count, guilty) in table {
        let there: BTreeSet<UserId> = guilty.iter().map(|number| id(*number)).collect();
        let operations = (0..count).map(|number| set(&email(number), "A"));
        let mut stage = Stage::new(&crowd(count), operations, move |what, _| {
            let is_guilty = what.users().iter().any(|user| there.contains(user));
            (what.is_write() && is_guilty).then_some(Trouble::Refused(400))
        });
        stage.rules.sizes = one_call();
        stage.run().await;
        assert_eq!(stage.not_done(), guilty, "of {count}");
        let calls = stage.server.writes().len();
        assert!(
            calls <= promised(count, guilty.len()),
            "{calls} calls for {guilty:?} of {count}"
        );
        let record = stage.record(u32::try_from(guilty[0]).unwrap() + 2);
        assert_eq!(
            (record.report.status, record.http_status),
            (Status::Rejected, Some(400))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn members_who_left_meanwhile_spoil_nobody_elses_membership() {
    let operations = (0..100).map(|number| join(&email(number), &[1]));
    let stage = Stage::new(&crowd(100), operations, |what, world| {
        if what.is_write() {
            world.accounts.remove(&id(41));
        }
        None
    });
    stage.run().await;
    assert_eq!(stage.not_done(), [41]);
    assert_eq!(stage.record(43).report.status, Status::NotFound);
    assert!(stage.server.writes().len() <= promised(100, 1));
}

#[tokio::test(start_paused = true)]
async fn a_size_that_is_refused_is_halved_for_good() {
    let operations = (0..1000).map(|number| set(&email(number), "A"));
    let mut stage = Stage::new(&crowd(1000), operations, |what, _| {
        (what.is_write() && what.len() > 30).then_some(Trouble::Refused(413))
    });
    stage.rules.sizes.users_per_license_call = 100;
    stage.run().await;
    assert!(stage.statuses().iter().all(|status| *status == Status::Done));
    let sizes: Vec<usize> = stage.server.writes().iter().map(What::len).collect();
    assert_eq!(sizes[..3], [100, 50, 25]);
    assert!(sizes[2..].iter().all(|size| *size == 25));
    assert_eq!(sizes.len(), 2 + 40);
}

#[tokio::test(start_paused = true)]
async fn a_missing_permission_stops_the_run_within_twelve_calls() {
    for count in [1, 2, 3, 5, 100, 1000] {
        for operation in [
            (|email: &str| delete(email)) as fn(&str) -> reseat::model::Operation,
            |email| update(email, Some("x"), &[], &[]),
            |email| set(email, "A"),
        ] {
            let operations = (0..count).map(|number| operation(&email(number)));
            let stage = Stage::new(&crowd(count), operations, |what, _| {
                what.is_write().then_some(Trouble::Refused(403))
            });
            let ran = stage.run().await;
            let calls = stage.server.writes().len();
            assert!(calls <= 12, "{calls} calls for {count} rows");
            assert!(matches!(ran.stopped, Some(Stopped::Permission(_))), "{ran:?}");
            let tried = stage
                .statuses()
                .iter()
                .filter(|status| **status == Status::Rejected)
                .count();
            assert!(tried <= 3);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_account_that_may_not_be_touched_stops_nobody_else() {
    let operations = (0..300).map(|number| delete(&email(number)));
    let stage = Stage::new(&crowd(300), operations, |what, _| {
        (what.is_write() && what.users().contains(&id(7))).then_some(Trouble::Refused(403))
    });
    let ran = stage.run().await;
    assert_eq!(ran.stopped, None);
    assert_eq!(stage.not_done(), [7]);
}

#[tokio::test(start_paused = true)]
async fn when_seats_are_fewer_than_was_read_the_earlier_rows_get_them() {
    for (count, seats) in [(10, 3), (100, 40), (250, 101)] {
        let mut world = crowd(count);
        world.own("A", count as u64);
        let operations = (0..count).map(|number| set(&email(number), "A"));
        let stage = Stage::new(&world, operations, move |_, world| {
            world.own("A", seats);
            None
        });
        stage.run().await;
        let statuses = stage.statuses();
        let (served, missed) = statuses.split_at(usize::try_from(seats).unwrap());
        assert!(
            served.iter().all(|status| *status == Status::Done),
            "{seats} of {count}"
        );
        assert!(missed.iter().all(|status| *status == Status::Conflict));
        assert_eq!(stage.server.world().taken(&reseat::model::BundleCode::new("A")), seats);
        // Once the pool is known to be empty the rows that are left cost nothing.
        assert!(stage.server.writes().len() <= 1 + count / 100 + 2 * 8 + 2);
    }
}

#[tokio::test(start_paused = true)]
async fn of_rows_merged_for_one_account_only_the_guilty_one_fails() {
    let mut world = crowd(1);
    world.accounts.get_mut(&id(0)).unwrap().held = Some((bundles("A"), false));
    let operations = [
        crate::sheets::remove(&email(0), "A"),
        crate::sheets::add(&email(0), "C"),
        crate::sheets::add(&email(0), "B"),
    ];
    let stage = Stage::new(&world, operations, |what, _| match what {
        What::Allocate(_, asked) if asked.contains(&reseat::model::BundleCode::new("C")) => Some(Trouble::Refused(400)),
        _ => None,
    });
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done, Status::Rejected, Status::Done]);
    assert_eq!(stage.server.world().accounts[&id(0)].held, Some((bundles("B"), false)));
}
