//! Calls whose answer is lost: nobody is mailed twice, and nothing that was done is said to have failed.

use std::sync::atomic::{AtomicUsize, Ordering};

use reseat::model::Status;
use reseat::plan::Pending;

use crate::model::{World, address, group_id};
use crate::server::{Trouble, What};
use crate::sheets::{invite, set};
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
