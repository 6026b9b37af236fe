//! Calls whose answer is lost: nobody is mailed twice, and nothing that was done is said to have failed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reseat::engine::Stopped;
use reseat::model::{Operation, Status};
use reseat::plan::Pending;

use crate::model::{World, address, group_id};
use crate::server::{Happened, Trouble, What};
use crate::sheets::{create, invite, set, update};
use crate::stage::Stage;

fn invitations(stage: &Stage) -> usize {
    let mails = stage.server.writes();
    mails.iter().filter(|what| matches!(what, What::Invite(_))).count()
}

/// The first `count` invitations meet this.
fn at_first(count: usize, trouble: Trouble) -> impl Fn(&What, &mut World) -> Option<Trouble> + Send + 'static {
    let met = AtomicUsize::new(0);
    move |what, _| match what {
        What::Invite(_) if met.fetch_add(1, Ordering::Relaxed) < count => Some(trouble),
        _ => None,
    }
}

#[tokio::test(start_paused = true)]
async fn an_invitation_that_was_carried_out_is_found_and_not_sent_again() {
    let rows = [
        invite("new0@new.example", &[1], "A"),
        invite("new1@new.example", &[], ""),
    ];
    let stage = Stage::new(&World::of(1), rows, at_first(1, Trouble::LostAfter));
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done; 2]);
    assert_eq!(invitations(&stage), 1);
    assert!(stage.record(2).report.message.contains("reading back showed"));
    assert!(stage.record(2).report.user_id.is_some());
}

#[tokio::test(start_paused = true)]
async fn an_invitation_that_got_lost_is_sent_again_once_that_is_certain() {
    let stage = Stage::new(
        &World::of(1),
        [invite("new0@new.example", &[1], "")],
        at_first(1, Trouble::LostBefore),
    );
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done]);
    assert_eq!(invitations(&stage), 2);
}

#[tokio::test(start_paused = true)]
async fn an_invitation_that_is_lost_again_and_again_is_in_doubt() {
    let stage = Stage::new(
        &World::of(1),
        [invite("new0@new.example", &[1], "")],
        at_first(9, Trouble::LostBefore),
    );
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::InDoubt]);
    assert_eq!(invitations(&stage), 3);
}

#[tokio::test(start_paused = true)]
async fn a_repeated_invitation_whose_answer_is_lost_is_in_doubt_because_nothing_can_tell() {
    let mut world = World::of(1);
    world.account(0).accepted = false;
    let mut stage = Stage::new(&world, [invite(&address(0), &[], "")], at_first(1, Trouble::LostAfter));
    stage.rules.pending = Pending::Resend;
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::InDoubt]);
    assert_eq!(invitations(&stage), 1);
}

#[tokio::test(start_paused = true)]
async fn groups_that_a_found_account_lacks_are_added() {
    let stage = Stage::new(
        &World::of(1),
        [invite("new0@new.example", &[1, 2], "")],
        |what, world| match what {
            What::Invite(_) => Some(Trouble::LostAfter),
            What::List => {
                let id = world.by_email("new0@new.example").map(|(id, _)| *id);
                if let Some(account) = id.and_then(|id| world.accounts.get_mut(&id)) {
                    account.groups = [group_id(1)].into();
                }
                None
            }
            _ => None,
        },
    );
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done]);
    let world = stage.server.world();
    let (_, account) = world.by_email("new0@new.example").unwrap();
    assert_eq!(account.groups, [1, 2].map(group_id).into());
}

/// From `from` seconds after the run's first write on, for so many seconds.
fn during(
    from: u64,
    seconds: u64,
    is_hit: fn(&What) -> bool,
    trouble: Trouble,
) -> impl Fn(&What, &mut World) -> Option<Trouble> + Send + 'static {
    let begun = std::sync::OnceLock::new();
    move |what, _| {
        let now = tokio::time::Instant::now();
        if !what.is_write() {
            return None;
        }
        let since = (now - *begun.get_or_init(|| now)).as_secs_f64();
        let (from, to) = (Duration::from_secs(from), Duration::from_secs(from + seconds));
        let is_then = since > from.as_secs_f64() && since <= to.as_secs_f64();
        (is_then && is_hit(what)).then_some(trouble)
    }
}

#[tokio::test(start_paused = true)]
async fn two_bad_seconds_cost_some_calls_and_nobody_an_invitation_or_a_second_mail() {
    let kinds: [fn(usize) -> Operation; 2] = [
        |number| invite(&format!("n{number}@new.example"), &[], ""),
        |number| create(&format!("n{number}@new.example"), &[], ""),
    ];
    for (kind, operation) in kinds.into_iter().enumerate() {
        for trouble in [
            Trouble::Refused(503),
            Trouble::Refused(502),
            Trouble::Refused(504),
            Trouble::Refused(408),
            Trouble::Refused(425),
            Trouble::RefusedAfter(503),
            Trouble::LostBefore,
            Trouble::LostAfter,
            Trouble::Page(200),
            Trouble::PageAfter(200),
            Trouble::Closed(1),
        ] {
            let mut stage = Stage::new(
                &World::of(1),
                (0..260).map(operation),
                during(0, 2, |what| matches!(what, What::Invite(_) | What::Create(..)), trouble),
            );
            stage.rules.sizes.users_per_invite = 10;
            stage.rules.sizes.users_per_create = 10;
            let ran = stage.run().await;
            let case = format!("kind {kind}, {trouble:?}");
            assert_eq!(ran.stopped, None, "{case}");
            assert_eq!(stage.not_done(), Vec::<usize>::new(), "{case}");
            assert_eq!(stage.server.made_again(), Vec::<String>::new(), "{case}");
            let calls = stage.server.writes().len();
            assert!(calls <= 26 + 15, "{case}: {calls} calls");
            let happened = stage.server.happened();
            let is_read = |happened: &&Happened| matches!(happened, Happened::Sent(what) if !what.is_write());
            let reads = happened.iter().filter(is_read).count();
            assert!(reads <= 100, "{case}: {reads} readings");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_one_invitation_call_a_second_gets_them_all_in_one_run() {
    let last = std::sync::Mutex::new(None);
    let stage = Stage::new(
        &World::of(1),
        (0..2600).map(|number| invite(&format!("n{number}@new.example"), &[], "")),
        move |what, _| {
            let What::Invite(_) = what else { return None };
            let now = tokio::time::Instant::now();
            let mut last = last.lock().unwrap();
            if last.is_some_and(|last| now - last < Duration::from_secs(1)) {
                return Some(Trouble::Refused(503));
            }
            *last = Some(now);
            None
        },
    );
    assert_eq!(stage.run().await.stopped, None);
    assert_eq!(stage.not_done(), Vec::<usize>::new());
    assert_eq!(stage.server.made_again(), Vec::<String>::new());
    let calls = invitations(&stage);
    assert!(calls <= 26 * 3, "{calls}");
}

#[tokio::test(start_paused = true)]
async fn pages_for_a_while_in_the_middle_of_a_run_are_waited_for_like_a_503() {
    // Two retries, and a second and a half at most.
    let stage = Stage::new(
        &World::of(250),
        (0..250).map(|number| update(&address(number), Some("x"), &[], &[])),
        during(1, 1, What::is_write, Trouble::Page(200)),
    );
    assert_eq!(stage.run().await.stopped, None);
    let failed = stage.not_done().len();
    assert!(failed <= 8, "{failed}");

    let stage = Stage::new(
        &World::of(250),
        (0..250).map(|number| update(&address(number), Some("x"), &[], &[])),
        during(1, 10_000, What::is_write, Trouble::Page(200)),
    );
    let ran = stage.run().await;
    let Some(Stopped::Hopeless(words)) = &ran.stopped else {
        panic!("{ran:?}");
    };
    assert!(
        words.contains("page for people") && words.contains("Sign in"),
        "{words}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_change_that_may_be_repeated_is_repeated() {
    let met = AtomicUsize::new(0);
    let stage = Stage::new(&World::of(1), [set(&address(0), "A")], move |what, _| {
        let is_early = what.is_write() && met.fetch_add(1, Ordering::Relaxed) < 2;
        is_early.then_some(Trouble::LostAfter)
    });
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done]);
    assert_eq!(stage.record(2).attempts, 3);
}
