//! A group, a target set or an endpoint that refuses everybody: the rest ends with the refusal instead of being tried row
//! by row, and only where nothing shows that rows are at fault themselves.

use reseat::model::{Operation, Status, UserId};

use crate::crowd::{email, id};
use crate::model::{Account, World, bundles, group_id};
use crate::server::{Trouble, What};
use crate::sheets::{create, delete, invite, join, leave, release, set};
use crate::stage::Stage;

const WORDS: &str = "Group membership is managed by the directory.";

fn crowd(count: usize) -> World {
    let mut world = World::of(0);
    for number in 0..count {
        let mut account = Account::new(&email(number));
        account.held = Some((bundles("B"), false));
        account.groups = [group_id(5)].into();
        world.accounts.insert(id(number), account);
    }
    world
}

fn count(stage: &Stage, wanted: Status) -> usize {
    stage.statuses().iter().filter(|status| **status == wanted).count()
}

#[tokio::test(start_paused = true)]
async fn a_group_that_refuses_everybody_costs_few_calls_and_spoils_no_other_group() {
    for trouble in [
        Trouble::Says(400, WORDS),
        Trouble::Says(403, WORDS),
        Trouble::Says(409, WORDS),
    ] {
        for first in [0, 999] {
            let operations = (0..1000).map(|number| join(&email(number), &[if number == first { 2 } else { 1 }]));
            let stage = Stage::new(&crowd(1000), operations, move |what, _| match what {
                What::Members(group, _) if *group == group_id(1) => Some(trouble),
                _ => None,
            });
            let ran = stage.run().await;
            let note = format!("{trouble:?}, the other row is {first}");
            assert_eq!(ran.stopped, None, "{note}");
            assert_eq!(stage.statuses()[first], Status::Done, "{note}");
            assert_eq!(count(&stage, Status::Done), 1, "{note}");
            let calls = stage.server.writes().len();
            assert!(calls <= 25, "{note}: {calls} calls");
            let records: Vec<_> = (2..1002)
                .filter(|row| *row != first + 2)
                .map(|row| stage.record(u32::try_from(row).unwrap()))
                .collect();
            assert!(
                records.iter().all(|record| record.report.message.contains(WORDS)),
                "{note}"
            );
            let untried = records.iter().filter(|record| record.attempts == 0);
            let are_told = untried
                .clone()
                .all(|record| record.report.message.contains("not tried by itself"));
            assert!(are_told && untried.count() >= 970, "{note}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_call_that_refuses_everybody_costs_few_calls() {
    let kinds: [fn(usize) -> Operation; 7] = [
        |number| set(&email(number), "A"),
        |number| join(&email(number), &[1]),
        |number| leave(&email(number), &[5]),
        |number| delete(&email(number)),
        |number| release(&email(number)),
        |number| invite(&format!("n{number}@new.example"), &[], ""),
        |number| create(&format!("n{number}@new.example"), &[1], ""),
    ];
    for (kind, operation) in kinds.into_iter().enumerate() {
        let stage = Stage::new(&crowd(1000), (0..1000).map(operation), |what, _| {
            what.is_write().then_some(Trouble::Says(400, WORDS))
        });
        let ran = stage.run().await;
        assert_eq!(ran.stopped, None, "kind {kind}");
        assert_eq!(count(&stage, Status::Rejected), 1000, "kind {kind}");
        let calls = stage.server.writes().len();
        assert!(calls <= 25, "kind {kind}: {calls} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_that_fails_for_everybody_while_others_work_costs_few_calls() {
    let operations = (0..1000).map(|number| join(&email(number), &[if number % 20 == 0 { 2 } else { 1 }]));
    let stage = Stage::new(&crowd(1000), operations, |what, _| match what {
        What::Members(group, _) if *group == group_id(1) => Some(Trouble::Says(500, "boom")),
        _ => None,
    });
    stage.run().await;
    let statuses = stage.statuses();
    let others = statuses
        .iter()
        .step_by(20)
        .filter(|status| **status == Status::Done)
        .count();
    assert_eq!(others, 50, "{others} of the other group");
    let calls = stage.server.writes().len();
    // The path to the first entry, and those that are tried alone, each three times.
    assert!(calls <= (8 + 20 + 10) * 3, "{calls} calls");
}

#[tokio::test(start_paused = true)]
async fn several_groups_that_refuse_everybody_stop_the_run_before_each_has_cost_its_calls() {
    let operations = (0..1000).map(|number| join(&email(number), &[u8::try_from(number % 10).unwrap() + 1]));
    let stage = Stage::new(&crowd(1000), operations, |what, _| {
        what.is_write().then_some(Trouble::Says(400, WORDS))
    });
    stage.run().await;
    let calls = stage.server.writes().len();
    assert!(calls <= 4 * 25, "{calls} calls");
    assert_eq!(count(&stage, Status::Done), 0);
}

#[tokio::test(start_paused = true)]
async fn words_that_name_the_row_are_its_own_fault_however_many_there_are() {
    // The server calls each by its address, and every second is at fault.
    let stage = Stage::new(&crowd(40), (0..40).map(|number| set(&email(number), "A")), |what, _| {
        let users = what.users();
        let guilty: Vec<UserId> = users.iter().copied().filter(|user| user.0.as_u128() % 2 == 1).collect();
        match (what.is_write(), guilty.first()) {
            (true, Some(first)) => Some(Trouble::Says(
                400,
                leaked(format!(
                    "{} may not",
                    email(usize::try_from(first.0.as_u128()).unwrap() - 1)
                )),
            )),
            _ => None,
        }
    });
    stage.run().await;
    let odd: Vec<usize> = (0..40).step_by(2).collect();
    assert_eq!(stage.not_done(), odd);
    let records: Vec<_> = odd
        .iter()
        .map(|row| stage.record(u32::try_from(*row).unwrap() + 2))
        .collect();
    assert!(records.iter().all(|record| record.attempts == 1));
}

fn leaked(words: String) -> &'static str {
    Box::leak(words.into_boxed_str())
}

#[tokio::test(start_paused = true)]
async fn memberships_that_are_so_already_are_unchanged() {
    let words = [
        "User is already a member of the group.",
        "The user is no longer a member of the group.",
    ];
    for (words, operation) in words.into_iter().zip([
        (|number| join(&email(number), &[1])) as fn(usize) -> Operation,
        |number| leave(&email(number), &[5]),
    ]) {
        let stage = Stage::new(&crowd(30), (0..30).map(operation), move |what, _| {
            let is_so = what.is_write() && what.users().contains(&id(7));
            is_so.then_some(Trouble::Says(400, words))
        });
        stage.run().await;
        assert_eq!(stage.not_done(), [7]);
        let record = stage.record(9);
        assert_eq!(record.report.status, Status::Unchanged, "{record:?}");
        assert!(record.report.message.contains("so already"), "{record:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_organization_that_the_license_service_does_not_know_ends_licence_calls_and_nothing_else() {
    let words = "No account license is allocated for the indicated organization.";
    let operations = (0..200).map(|number| match number % 2 {
        0 => set(&email(number), if number % 4 == 0 { "A" } else { "AC" }),
        _ => join(&email(number), &[1]),
    });
    let stage = Stage::new(&crowd(200), operations, move |what, _| match what {
        What::Allocate(..) => Some(Trouble::Says(404, words)),
        _ => None,
    });
    let ran = stage.run().await;
    assert_eq!(ran.stopped, None);
    assert_eq!(
        (count(&stage, Status::Rejected), count(&stage, Status::Done)),
        (100, 100)
    );
    let licenses = stage
        .server
        .writes()
        .into_iter()
        .filter(|what| matches!(what, What::Allocate(..)));
    // A whole call, and two of its entries alone; or a call of another set.
    assert!(licenses.count() <= 4);
    let record = stage.record(2);
    assert_eq!(record.report.code, "no_account_licence", "{record:?}");
    assert!(record.report.message.contains("organization_id"), "{record:?}");
}

#[tokio::test(start_paused = true)]
async fn a_license_service_that_knows_none_of_many_who_are_there_does_not_know_the_organization() {
    let stage = Stage::new(
        &crowd(200),
        (0..200).map(|number| set(&email(number), "A")),
        |what, _| what.is_write().then_some(Trouble::Says(404, "Not Found")),
    );
    stage.run().await;
    let calls = stage.server.writes().len();
    assert!(calls <= 8, "{calls} calls");
    assert_eq!(count(&stage, Status::Rejected), 200);
    assert_eq!(stage.record(2).report.code, "no_account_licence");
}

#[tokio::test(start_paused = true)]
async fn a_few_accounts_that_the_license_service_does_not_know_are_not_found_whoever_else_passes() {
    for rest in [0, 20] {
        let stage = Stage::new(
            &crowd(3 + rest),
            (0..3 + rest).map(|number| set(&email(number), "A")),
            |what, _| {
                let is_unknown = |user: &UserId| user.0.as_u128() <= 3;
                (what.is_write() && what.users().iter().any(is_unknown)).then_some(Trouble::Says(404, "Not Found"))
            },
        );
        stage.run().await;
        assert_eq!(count(&stage, Status::NotFound), 3, "{rest}");
        assert_eq!(count(&stage, Status::Done), rest, "{rest}");
    }
}
