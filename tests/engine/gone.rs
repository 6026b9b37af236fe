//! Bulk deletions: a lost answer is settled by reading, and after the first one the accounts are counted.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reseat::engine::Stopped;
use reseat::model::{Status, UserId};
use uuid::Uuid;

use crate::crowd::{crowd, email, id};
use crate::model::{Account, World};
use crate::server::{Happened, Trouble, What};
use crate::sheets::{delete, invite};
use crate::stage::Stage;

fn deletions(stage: &Stage) -> usize {
    let writes = stage.server.writes();
    writes.iter().filter(|what| matches!(what, What::Delete(_))).count()
}

/// The first deletion meets this.
fn at_first(trouble: Trouble) -> impl Fn(&What, &mut World) -> Option<Trouble> + Send + 'static {
    let met = AtomicUsize::new(0);
    move |what, _| match what {
        What::Delete(_) if met.fetch_add(1, Ordering::Relaxed) == 0 => Some(trouble),
        _ => None,
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_a_deletion_is_settled_by_reading() {
    for trouble in [Trouble::RefusedAfter(504), Trouble::LostAfter, Trouble::NonsenseAfter] {
        let stage = Stage::new(
            &crowd(150),
            (0..100).map(|number| delete(&email(number))),
            at_first(trouble),
        );
        let ran = stage.run().await;
        assert_eq!((ran.stopped, stage.not_done()), (None, vec![]), "{trouble:?}");
        assert!(deletions(&stage) <= 2, "{trouble:?}: {}", deletions(&stage));
        assert!(stage.record(2).report.message.contains("the answer was lost"));
    }
}

#[tokio::test(start_paused = true)]
async fn people_who_are_gone_cost_one_more_call_however_many_they_are() {
    let stage = Stage::new(
        &crowd(150),
        (0..100).map(|number| delete(&email(number))),
        |what, world| {
            if matches!(what, What::Delete(users) if users.len() == 100) {
                for number in (0..100).step_by(3) {
                    world.accounts.remove(&id(number));
                }
            }
            None
        },
    );
    let ran = stage.run().await;
    // Others are at work, and nobody can tell that from a list that was dropped.
    assert!(matches!(ran.stopped, Some(Stopped::MoreGone(_)) | None), "{ran:?}");
    assert_eq!(deletions(&stage), 2);
    let statuses = stage.statuses();
    assert!(statuses.iter().step_by(3).all(|status| *status == Status::Unchanged));
    assert_eq!(statuses.iter().filter(|status| **status == Status::Done).count(), 66);
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_takes_more_with_it_than_it_names_stops_the_run() {
    let stage = Stage::new(
        &crowd(500),
        (0..300).map(|number| delete(&email(number))),
        |what, world| {
            if matches!(what, What::Delete(_)) {
                // Who is named is deleted by the call itself.
                world.accounts.retain(|user, _| what.users().contains(user));
            }
            None
        },
    );
    let ran = stage.run().await;
    let Some(Stopped::MoreGone(words)) = &ran.stopped else {
        panic!("{ran:?}");
    };
    assert!(words.contains("400 fewer"), "{words}");
    assert_eq!(deletions(&stage), 1);
    let statuses = stage.statuses();
    assert_eq!(statuses.iter().filter(|status| **status == Status::NotRun).count(), 200);
}

#[tokio::test(start_paused = true)]
async fn accounts_that_come_meanwhile_do_not_hide_nor_cause_an_alarm() {
    let rows = (0..5).map(|number| invite(&format!("n{number}@new.example"), &[], ""));
    let rows = rows.chain((0..300).map(|number| delete(&email(number))));
    let stage = Stage::new(&crowd(500), rows, |what, world| {
        if matches!(what, What::Delete(_)) {
            let newcomer = UserId(Uuid::from_u128(0xbeef + world.accounts.len() as u128));
            world.accounts.insert(newcomer, Account::new("somebody@else.example"));
        }
        None
    });
    let ran = stage.run().await;
    assert_eq!((ran.stopped, stage.not_done()), (None, vec![]));
}

/// A world in which every deletion leaves some of the named people there, or shows them for a while.
fn leaving(stays: impl Fn(usize) -> bool + Send + 'static) -> impl Fn(&What, &mut World) -> Option<Trouble> + Send {
    move |what, world| {
        let What::Delete(users) = what else { return None };
        for (_, user) in users.iter().enumerate().filter(|(place, _)| !stays(*place)) {
            world.accounts.remove(user);
        }
        Some(Trouble::Claimed)
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_is_still_there_after_a_bulk_deletion_is_not_done() {
    let rows = || (0..300).map(|number| delete(&email(number)));
    let stage = Stage::new(&crowd(500), rows(), leaving(|place| place % 4 == 0));
    let ran = stage.run().await;
    assert_eq!((ran.stopped, deletions(&stage)), (None, 3));
    let statuses = stage.statuses();
    let left = statuses.iter().filter(|status| **status == Status::Failed);
    assert_eq!(left.count(), stage.server.world().accounts.len() - 200);
    for (number, status) in statuses.iter().enumerate() {
        let is_there = stage.server.world().accounts.contains_key(&id(number));
        let expected = if is_there { Status::Failed } else { Status::Done };
        assert_eq!(*status, expected, "{number}");
    }
    let failed = stage.record(2);
    assert_eq!(failed.report.code, "still_there");
    assert!(failed.report.message.contains("is still there"), "{failed:?}");
    // The accounts were counted and looked for before any row was called done.
    let happened = stage.server.happened();
    let since = happened
        .iter()
        .skip_while(|it| !matches!(it, Happened::Answered(What::Delete(_), _)));
    let before = since.take_while(|it| !matches!(it, Happened::Recorded(_, status) if status == "done"));
    assert_eq!(before.filter(|it| matches!(it, Happened::Sent(What::List))).count(), 2);
}

#[tokio::test(start_paused = true)]
async fn one_bulk_deletion_alone_is_looked_at_as_well() {
    let rows = (0..2).map(|number| delete(&email(number)));
    let stage = Stage::new(&crowd(5), rows, leaving(|place| place == 1));
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done, Status::Failed]);
}

#[tokio::test(start_paused = true)]
async fn people_whom_the_listing_shows_for_a_while_are_gone() {
    let rows = (0..300).map(|number| delete(&email(number)));
    let stage = Stage::new(&crowd(500), rows, leaving(|_| true));
    let server = stage.server.clone();
    let (ran, ()) = tokio::join!(stage.run(), async {
        for _ in 0..40 {
            tokio::time::sleep(Duration::from_secs(5)).await;
            let deleted: Vec<UserId> = server.writes().iter().flat_map(What::users).collect();
            server.change(|world| world.accounts.retain(|user, _| !deleted.contains(user)));
        }
    });
    assert_eq!((ran.stopped, stage.not_done()), (None, vec![]));
}

#[tokio::test(start_paused = true)]
async fn a_bulk_deletion_after_which_the_count_fits_is_believed() {
    let stage = Stage::new(&crowd(500), (0..300).map(|number| delete(&email(number))), |_, _| None);
    stage.run().await;
    let reads = stage.server.happened();
    let reads = reads
        .iter()
        .filter(|it| matches!(it, Happened::Sent(what) if !what.is_write()));
    // Counted before and after, and nothing else.
    assert_eq!((reads.count(), stage.not_done()), (2, vec![]));
}

#[tokio::test(start_paused = true)]
async fn single_deletions_are_not_counted() {
    let stage = Stage::new(&crowd(5), [delete(&email(0))], |_, _| None);
    stage.run().await;
    let happened = stage.server.happened();
    assert_eq!(
        happened
            .iter()
            .filter(|it| matches!(it, Happened::Sent(What::List)))
            .count(),
        0
    );
}
