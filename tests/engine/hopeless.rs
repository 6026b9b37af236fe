//! What would fail for every row stops the run within a few calls; rows that are at fault themselves never do.

use reseat::engine::{MaxFailures, Stopped};
use reseat::model::{Operation, Status};

use crate::crowd::{crowd, email};
use crate::model::{World, address};
use crate::server::{Trouble, What};
use crate::sheets::{create, delete, invite, release, set, update};
use crate::stage::Stage;

fn updates(count: usize) -> impl Iterator<Item = Operation> {
    (0..count).map(|number| update(&email(number), Some("x"), &[], &[]))
}

fn count(stage: &Stage, wanted: Status) -> usize {
    stage.statuses().iter().filter(|status| **status == wanted).count()
}

/// The number of the person whom a call is about.
fn number(what: &What) -> usize {
    usize::try_from(what.users()[0].0.as_u128()).unwrap() - 1
}

#[tokio::test(start_paused = true)]
async fn pages_for_every_call_stop_the_run_within_four_calls() {
    let kinds: [fn(usize) -> Operation; 5] = [
        |number| update(&email(number), Some("x"), &[], &[]),
        |number| delete(&email(number)),
        |number| set(&email(number), "A"),
        |number| invite(&format!("n{number}@new.example"), &[], ""),
        |number| create(&format!("n{number}@new.example"), &[], ""),
    ];
    for (kind, operation) in kinds.into_iter().enumerate() {
        for status in [200, 302, 404] {
            if status == 200 && matches!(kind, 1 | 3 | 4) {
                // The directory is counted before deletions and read after invitations without an answer, so that pages
                // come from a service that has answered: they are waited for.
                continue;
            }
            let mut stage = Stage::new(&crowd(1000), (0..1000).map(operation), move |what, _| {
                what.is_write().then_some(Trouble::Page(status))
            });
            // Before several are deleted at once the accounts are counted, and a service that has answered that is
            // waited for.
            stage.rules.sizes.users_per_delete = 1;
            stage.rules.sizes.users_per_license_call = 10;
            stage.rules.sizes.users_per_invite = 10;
            stage.rules.sizes.users_per_create = 10;
            let ran = stage.run().await;
            let Some(Stopped::SignIn(words)) = &ran.stopped else {
                panic!("kind {kind}, status {status}: {ran:?}");
            };
            assert!(words.contains("check `uri`"), "{words}");
            // Invitations whose answer was a page are read back, and sent again where nothing was done.
            assert!(
                stage.server.writes().len() <= 12,
                "kind {kind}, status {status}: {}",
                stage.server.writes().len()
            );
            assert!(count(&stage, Status::NotRun) >= 900, "kind {kind}, status {status}");
            assert_eq!(
                count(&stage, Status::Unchanged),
                0,
                "nobody is gone because a page says 404"
            );
            assert_eq!(stage.server.made_again(), Vec::<String>::new());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_organization_that_goes_away_in_the_middle_stops_the_run_too() {
    let stage = Stage::new(&crowd(500), updates(500), |what, _| {
        (what.is_write() && number(what) > 100).then_some(Trouble::Page(404))
    });
    let ran = stage.run().await;
    assert!(matches!(ran.stopped, Some(Stopped::SignIn(_))), "{ran:?}");
    assert!(count(&stage, Status::Done) > 80);
    assert!(
        stage.server.writes().len() <= 101 + 8,
        "{}",
        stage.server.writes().len()
    );
}

#[tokio::test(start_paused = true)]
async fn one_page_among_answers_is_one_rows_bad_luck() {
    let stage = Stage::new(&crowd(300), updates(300), |what, _| {
        (what.is_write() && number(what).is_multiple_of(10)).then_some(Trouble::Page(200))
    });
    let ran = stage.run().await;
    assert_eq!(ran.stopped, None);
    assert_eq!((count(&stage, Status::Done), count(&stage, Status::Failed)), (270, 30));
}

#[tokio::test(start_paused = true)]
async fn rows_that_are_all_refused_alike_stop_the_run_unless_the_user_set_a_limit() {
    // Of the second, each row has a target of its own.
    let kinds: [fn(usize) -> Operation; 2] = [
        |number| update(&email(number), Some("x"), &[], &[]),
        |number| set(&email(number), &format!("A{number}")),
    ];
    for (kind, operation) in kinds.into_iter().enumerate() {
        let refuse = |what: &What, _: &mut World| what.is_write().then_some(Trouble::Refused(400));
        let stage = Stage::new(&crowd(400), (0..400).map(operation), refuse);
        let ran = stage.run().await;
        let Some(Stopped::Hopeless(words)) = &ran.stopped else {
            panic!("kind {kind}: {ran:?}");
        };
        assert!(
            words.contains("20 rows were refused") && words.contains("--max-failures"),
            "{words}"
        );
        assert!(
            stage.server.writes().len() <= 60,
            "kind {kind}: {}",
            stage.server.writes().len()
        );
        assert!(count(&stage, Status::NotRun) >= 370, "kind {kind}");

        let mut patient = Stage::new(&crowd(40), (0..40).map(operation), refuse);
        patient.max_failures = Some(MaxFailures::Percent(100.0));
        patient.run().await;
        assert_eq!(count(&patient, Status::Rejected), 40, "kind {kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_bad_stretch_of_the_sheet_is_not_taken_for_the_whole() {
    // The first fifty are at fault, or all but the last ten, or nine of ten.
    let guilty: [fn(usize) -> bool; 3] = [
        |number| number < 50,
        |number| number < 290,
        |number| !number.is_multiple_of(10),
    ];
    for (case, is_guilty) in guilty.into_iter().enumerate() {
        for set_licenses in [false, true] {
            let operations: Vec<Operation> = (0..300)
                .map(|number| {
                    if set_licenses {
                        set(&email(number), "A")
                    } else {
                        update(&email(number), Some("x"), &[], &[])
                    }
                })
                .collect();
            let stage = Stage::new(&crowd(300), operations, move |what, _| {
                let numbers = what
                    .users()
                    .into_iter()
                    .map(|user| usize::try_from(user.0.as_u128()).unwrap() - 1);
                (what.is_write() && numbers.into_iter().any(is_guilty)).then_some(Trouble::Refused(400))
            });
            let ran = stage.run().await;
            assert_eq!(ran.stopped, None, "case {case}, licences {set_licenses}");
            let bad: Vec<usize> = (0..300).filter(|number| is_guilty(*number)).collect();
            assert_eq!(stage.not_done(), bad, "case {case}, licences {set_licenses}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answers_nobody_is_given_up_after_twenty_calls() {
    let mut stage = Stage::new(&crowd(500), updates(500), |what, _| {
        (what.is_write() && number(what) >= 30).then_some(Trouble::LostBefore)
    });
    stage.concurrency = 4;
    let ran = stage.run().await;
    let Some(Stopped::Hopeless(words)) = &ran.stopped else {
        panic!("{ran:?}");
    };
    assert!(words.contains("run the same command again"), "{words}");
    assert_eq!(count(&stage, Status::Done), 30);
    // Each of these was tried three times.
    assert!(
        stage.server.writes().len() <= 30 + (20 + 12) * 3,
        "{}",
        stage.server.writes().len()
    );
    assert_eq!(count(&stage, Status::NotRun) + count(&stage, Status::Failed), 470);
    assert!(count(&stage, Status::NotRun) > 400);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_takes_no_invitation_is_given_up_after_a_while_and_nobody_is_left_in_doubt() {
    let kinds: [fn(usize) -> Operation; 2] = [
        |number| invite(&format!("n{number}@new.example"), &[], ""),
        |number| create(&format!("n{number}@new.example"), &[], ""),
    ];
    for (kind, operation) in kinds.into_iter().enumerate() {
        for concurrency in [1, 32] {
            let mut stage = Stage::new(&World::of(1), (0..3000).map(operation), |what, _| {
                matches!(what, What::Invite(_) | What::Create(..)).then_some(Trouble::Refused(503))
            });
            stage.rules.sizes.users_per_invite = 10;
            stage.rules.sizes.users_per_create = 10;
            stage.concurrency = concurrency;
            let begun = tokio::time::Instant::now();
            let ran = stage.run().await;
            let Some(Stopped::Hopeless(words)) = &ran.stopped else {
                panic!("kind {kind}: {ran:?}");
            };
            assert!(
                words.contains("503") && words.contains("run the same command again"),
                "{words}"
            );
            let took = begun.elapsed().as_secs();
            assert!(
                (60..600).contains(&took),
                "kind {kind}, {concurrency} at once: {took} s"
            );
            let calls = stage.server.writes().len();
            assert!(calls <= 80, "kind {kind}, {concurrency} at once: {calls}");
            assert_eq!(
                count(&stage, Status::NotRun),
                3000,
                "the directory shows that nothing was done"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_longer_pause_than_is_waited_for_stops_the_run_at_once() {
    let stage = Stage::new(
        &World::of(1),
        (0..3000).map(|number| invite(&format!("n{number}@new.example"), &[], "")),
        |what, _| matches!(what, What::Invite(_)).then_some(Trouble::Closed(7200)),
    );
    let begun = tokio::time::Instant::now();
    let ran = stage.run().await;
    assert!(matches!(ran.stopped, Some(Stopped::Hopeless(_))), "{ran:?}");
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
    assert!(count(&stage, Status::NotRun) >= 900);
}

#[tokio::test(start_paused = true)]
async fn seats_that_run_out_and_accounts_that_are_gone_are_no_reason_to_stop() {
    let mut world = crowd(60);
    world.own("A", 60);
    let stage = Stage::new(&world, (0..60).map(|number| set(&email(number), "A")), |_, world| {
        world.own("A", 0);
        None
    });
    assert_eq!(stage.run().await.stopped, None);
    assert_eq!(count(&stage, Status::Conflict), 60);

    let stage = Stage::new(
        &crowd(60),
        (0..60).map(|number| delete(&email(number))),
        |what, world| {
            if what.is_write() {
                world.accounts.clear();
            }
            None
        },
    );
    assert_eq!(stage.run().await.stopped, None);
    assert_eq!(count(&stage, Status::Unchanged), 60);

    let world = World::of(1);
    let stage = Stage::new(&world, [release(&address(0))], |_, _| None);
    assert_eq!(stage.run().await.stopped, None);
}
