//! Licences that change hands because no seat is free for the overlap: whatever fails, exactly one of the two
//! accounts holds them in the end.

use reseat::model::{BundleCode, DeleteWhen, Status};

use crate::model::{World, address, bundles};
use crate::server::{Trouble, What};
use crate::sheets::migrate;
use crate::stage::Stage;

const NEW: &str = "new0@new.example";

/// One account with the only seat.
fn full() -> World {
    let mut world = World::of(1);
    world.account(0).held = Some((bundles("A"), false));
    world.own("A", 1);
    world
}

fn moved(judge: impl Fn(&What, &mut World) -> Option<Trouble> + Send + 'static) -> Stage {
    Stage::new(&full(), [migrate(&address(0), NEW, DeleteWhen::Invited)], judge)
}

/// Who holds the licence in the end: the old account, the new one.
fn holders(stage: &Stage) -> (bool, bool) {
    let world = stage.server.world();
    let holds = |email: &str| {
        world
            .by_email(email)
            .is_some_and(|(_, account)| account.bundles().contains(&BundleCode::new("A")))
    };
    (holds(&address(0)), holds(NEW))
}

fn is_taken_over(what: &What, world: &World) -> bool {
    let new = world.by_email(NEW).map(|(id, _)| *id);
    matches!(what, What::Allocate(users, _) if new.is_some_and(|new| users.contains(&new)))
}

#[tokio::test(start_paused = true)]
async fn licenses_change_hands_and_the_old_account_goes() {
    let stage = moved(|_, _| None);
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done]);
    assert_eq!(holders(&stage), (false, true));
    assert!(stage.server.world().by_email(&address(0)).is_none());
    assert_eq!(
        stage.record(2).report.before.unwrap()["licenses"],
        serde_json::json!(["A"])
    );
}

#[tokio::test(start_paused = true)]
async fn a_successor_who_is_refused_gives_them_back() {
    let stage = moved(|what, world| is_taken_over(what, world).then_some(Trouble::Refused(400)));
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Rejected]);
    assert_eq!(holders(&stage), (true, false));
    assert!(
        stage.record(2).report.message.contains("given back"),
        "{}",
        stage.record(2).report.message
    );
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_asked_after_before_anything_is_given_back() {
    let took = moved(|what, world| is_taken_over(what, world).then_some(Trouble::LostAfter));
    took.run().await;
    assert_eq!(took.statuses(), [Status::Done], "{}", took.record(2).report.message);
    assert_eq!(holders(&took), (false, true));

    let did_not = moved(|what, world| is_taken_over(what, world).then_some(Trouble::LostBefore));
    did_not.run().await;
    assert_eq!(did_not.statuses(), [Status::Failed]);
    assert_eq!(holders(&did_not), (true, false));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_given_back_while_nobody_knows_who_holds_them() {
    let stage = moved(|what, world| match what {
        What::Allocations => Some(Trouble::LostBefore),
        what => is_taken_over(what, world).then_some(Trouble::LostAfter),
    });
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Failed]);
    assert_eq!(holders(&stage), (false, true));
    assert!(stage.record(2).report.message.contains("run the same command again"));
    assert!(stage.server.world().by_email(&address(0)).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_release_whose_answer_is_lost_is_undone() {
    for trouble in [Trouble::LostAfter, Trouble::LostBefore] {
        let stage = moved(move |what, _| matches!(what, What::Release(_)).then_some(trouble));
        stage.run().await;
        assert_eq!(stage.statuses(), [Status::Failed], "{trouble:?}");
        assert_eq!(holders(&stage), (true, false), "{trouble:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn that_giving_back_failed_as_well_is_said() {
    let stage = moved(|what, _| matches!(what, What::Allocate(..)).then_some(Trouble::Refused(400)));
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Rejected]);
    let message = stage.record(2).report.message;
    assert!(message.contains("giving the licences back failed too"), "{message}");
}
