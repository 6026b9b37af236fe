//! After a lost answer and a wait so long that everything is read again, the run knows what it has done itself, and takes
//! it for nobody else's.

use std::sync::Mutex;
use std::time::Duration;

use reseat::engine::{OnChange, Recheck};
use reseat::model::{Conditions, DeleteWhen, Operation, Status, WrittenState};

use crate::model::{World, address, bundles, group_id};
use crate::server::{Slow, Trouble, What};
use crate::sheets::{add, block, delete, groups, invite, join, migrate, offboard, release, remove, set, set_groups};
use crate::stage::Stage;

/// The first try of every such call is carried out and its answer is lost, and the next is asked to come back after longer
/// than it takes for what was read to grow old.
fn lost_then_away(
    wanted: impl Fn(&What) -> bool + Send + 'static,
) -> impl Fn(&What, &mut World) -> Option<Trouble> + Send + 'static {
    let sent: Mutex<Vec<What>> = Mutex::default();
    move |what, _| {
        let mut sent = sent.lock().unwrap();
        if !what.is_write() || !wanted(what) {
            return None;
        }
        let times = sent.iter().filter(|other| *other == what).count();
        sent.push(what.clone());
        [Trouble::LostAfter, Trouble::Closed(12)].get(times).copied()
    }
}

/// Everybody holds A and is in groups 1 and 2.
fn world() -> World {
    let mut world = World::of(8);
    for number in 0..8 {
        world.account(number).held = Some((bundles("A"), false));
        world.account(number).groups = [group_id(1), group_id(2)].into();
    }
    world
}

fn rows() -> Vec<(Operation, Option<WrittenState>)> {
    let held = || Some(WrittenState::Licenses(Some(bundles("A"))));
    vec![
        (release(&address(0)), None),
        (block(&address(1)), None),
        (add(&address(2), "B"), None),
        (remove(&address(3), "A"), held()),
        (set(&address(4), "C"), held()),
        (
            set_groups(&address(5), &[2, 3]),
            Some(WrittenState::Groups(groups(&[1, 2]))),
        ),
        (offboard(&address(6)), None),
        (delete(&address(7)), None),
    ]
}

#[tokio::test(start_paused = true)]
async fn what_the_run_has_done_itself_is_done_and_on_record() {
    for on_change in [OnChange::PlanAnew, OnChange::Refuse] {
        for (operation, written) in rows() {
            let what = format!("{:?} {on_change:?}", operation.kind());
            let undisturbed = Stage::new(&world(), [operation.clone()], |_, _| None);
            undisturbed.run().await;
            let mut stage = Stage::new(&world(), [operation], lost_then_away(|_| true));
            stage.recheck = Recheck {
                on_change,
                ..stage.recheck
            };
            stage.rows[0].conditions = written.map(|state| {
                Box::new(Conditions {
                    unless_changed_from: Some(state),
                    ..Conditions::default()
                })
            });
            stage.run().await;
            let (report, expected) = (stage.record(2).report, undisturbed.record(2).report);
            assert_eq!(report.status, Status::Done, "{what}: {}", report.message);
            assert_eq!(
                (report.before, report.after),
                (expected.before, expected.after),
                "{what}: {}",
                report.message
            );
            assert!(!report.message.contains("somebody else"), "{what}: {}", report.message);
            assert_eq!(stage.server.world(), undisturbed.server.world(), "{what}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_gave_besides_is_kept_and_the_row_is_done() {
    let lost = lost_then_away(|_| true);
    let stage = Stage::new(
        &world(),
        [add(&address(0), "B"), add(&address(0), "C")],
        move |what, world| {
            let trouble = lost(what, world);
            if trouble == Some(Trouble::Closed(12)) {
                world.account(0).held = Some((bundles("ABCD"), false));
            }
            trouble
        },
    );
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Done; 2]);
    assert_eq!(stage.server.world().account(0).held, Some((bundles("ABCD"), false)));
    assert_eq!(
        stage.record(2).report.before.unwrap()["licenses"],
        serde_json::json!(["A"])
    );
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_did_is_theirs_where_no_answer_was_lost() {
    let mut stage = Stage::new(&world(), [release(&address(0))], |what, world| {
        let is_first = what.is_write() && world.account(0).held.is_some();
        is_first.then(|| {
            world.account(0).held = None;
            Trouble::NotSent
        })
    });
    stage.recheck = Recheck::at_once(Duration::ZERO);
    stage.run().await;
    assert_eq!(stage.statuses(), [Status::Unchanged]);
    assert!(stage.record(2).report.message.contains("somebody else"));
}

/// One account with the only seat.
fn full() -> World {
    let mut world = World::of(1);
    world.account(0).held = Some((bundles("A"), false));
    world.own("A", 1);
    world
}

#[tokio::test(start_paused = true)]
async fn licences_that_were_taken_off_unanswered_go_to_the_successor_or_back() {
    for (refused, expected) in [(false, Status::Done), (true, Status::Rejected)] {
        let lost = lost_then_away(|what| matches!(what, What::Release(_)));
        let new = "new0@new.example";
        let stage = Stage::new(
            &full(),
            [migrate(&address(0), new, DeleteWhen::Invited)],
            move |what, world| {
                let id = world.by_email(new).map(|(id, _)| *id);
                let takes_over = matches!(what, What::Allocate(users, _) if id.is_some_and(|id| users.contains(&id)));
                if refused && takes_over {
                    return Some(Trouble::Refused(400));
                }
                lost(what, world)
            },
        );
        stage.run().await;
        assert_eq!(stage.statuses(), [expected]);
        let world = stage.server.world();
        let holder = if refused { address(0) } else { new.to_owned() };
        assert_eq!(world.by_email(&holder).unwrap().1.bundles(), bundles("A"));
        if !refused {
            assert_eq!(
                stage.record(2).report.after.unwrap()["handed_over"],
                serde_json::json!(true)
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_is_listed_late_was_invited_by_the_run_whose_answer_was_lost() {
    let judges: [fn(usize) -> Option<Trouble>; 2] = [
        // Found when everything is read again, and when the next try is refused.
        |times| [Trouble::LostAfter, Trouble::Closed(60)].get(times).copied(),
        |times| {
            [Trouble::LostAfter, Trouble::Says(409, "the user already exists")]
                .get(times)
                .copied()
        },
    ];
    for judge in judges {
        let times = std::sync::atomic::AtomicUsize::new(0);
        let stage = Stage::new(&World::of(1), [invite("new@new.example", &[1], "")], move |what, _| {
            matches!(what, What::Invite(_))
                .then(|| judge(times.fetch_add(1, std::sync::atomic::Ordering::Relaxed)))
                .flatten()
        });
        stage.server.is_slow(Slow::Accounts, Duration::from_secs(14));
        stage.run().await;
        let report = stage.record(2).report;
        assert_eq!(report.status, Status::Done, "{}", report.message);
        assert!(!report.message.contains("somebody else"), "{}", report.message);
        assert_eq!(report.after.unwrap()["made"], serde_json::json!("invited"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_membership_that_is_so_when_it_is_tried_again_was_the_runs_own() {
    let times = std::sync::atomic::AtomicUsize::new(0);
    let stage = Stage::new(&World::of(1), [join(&address(0), &[1])], move |what, _| {
        let answers = [
            Trouble::LostAfter,
            Trouble::Says(409, "The user is already a member of the group."),
        ];
        let is_write = what.is_write();
        is_write
            .then(|| {
                answers
                    .get(times.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                    .copied()
            })
            .flatten()
    });
    stage.run().await;
    let report = stage.record(2).report;
    assert_eq!(report.status, Status::Done, "{}", report.message);
    assert!(report.after.is_some());
}
