//! One entry that no try gets through, and calls that are too large for a gateway: everybody else is done, and the calls
//! stay few.

use std::collections::BTreeSet;

use proptest::prelude::*;
use reseat::engine::Stopped;
use reseat::model::{Operation, Status};

use crate::crowd::{email, id};
use crate::model::{Account, World, bundles};
use crate::server::{Trouble, What};
use crate::sheets::{create, delete, invite, join, release, set};
use crate::stage::Stage;

/// How often the stage tries a call, and a part of one that was given up.
const TRIES: usize = 3;

fn newcomer(number: usize) -> String {
    format!("n{number}@new.example")
}

fn crowd(count: usize) -> World {
    let mut world = World::of(0);
    for number in 0..count {
        let mut account = Account::new(&email(number));
        account.held = Some((bundles("B"), false));
        world.accounts.insert(id(number), account);
    }
    world
}

/// A row of each kind of call that has several entries.
const KINDS: [fn(usize) -> Operation; 6] = [
    |number| set(&email(number), "A"),
    |number| join(&email(number), &[1]),
    |number| delete(&email(number)),
    |number| release(&email(number)),
    |number| invite(&newcomer(number), &[], ""),
    |number| create(&newcomer(number), &[], ""),
];

/// Whether the kind, by its place in `KINDS`, must not be repeated.
fn is_once_only(kind: usize) -> bool {
    kind >= 4
}

/// Whether a call has one of these people among its entries.
fn has(what: &What, guilty: &BTreeSet<usize>) -> bool {
    match what {
        What::Invite(names) | What::Create(names) => guilty.iter().any(|number| names.contains(&newcomer(*number))),
        other => other
            .users()
            .iter()
            .any(|user| guilty.iter().any(|number| id(*number) == *user)),
    }
}

fn stage(kind: usize, rows: usize, judge: impl Fn(&What) -> Option<Trouble> + Send + 'static) -> Stage {
    Stage::new(&crowd(rows), (0..rows).map(KINDS[kind]), move |what, _| {
        if what.is_write() { judge(what) } else { None }
    })
}

#[tokio::test(start_paused = true)]
async fn one_entry_that_no_try_gets_through_spoils_nobody_elses_row() {
    for kind in 0..KINDS.len() {
        for trouble in [Trouble::Refused(500), Trouble::Refused(504), Trouble::LostBefore] {
            for guilty in [0, 17, 39] {
                let there = BTreeSet::from([guilty]);
                let stage = stage(kind, 40, move |what| has(what, &there).then_some(trouble));
                let ran = stage.run().await;
                let note = format!("kind {kind}, {trouble:?}, entry {guilty}");
                assert_eq!(ran.stopped, None, "{note}");
                assert_eq!(stage.not_done(), [guilty], "{note}");
                let expected = if is_once_only(kind) {
                    Status::InDoubt
                } else {
                    Status::Failed
                };
                assert_eq!(stage.statuses()[guilty], expected, "{note}");
                assert_eq!(stage.server.made_again(), Vec::<String>::new(), "{note}");
                // The whole, and two calls at each of six levels, those with the entry tried as often as each may be; or
                // the whole twice, seven parts, and the seven entries of one of them.
                let most = if is_once_only(kind) { 2 + 6 + 7 } else { 1 + 6 * 2 } * TRIES;
                let calls = stage.server.writes().len();
                assert!(calls <= most, "{note}: {calls} calls");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_size_that_a_gateway_gives_up_on_is_found_once_and_kept() {
    for kind in 0..KINDS.len() {
        let stage = stage(kind, 1000, |what| (what.len() > 25).then_some(Trouble::Refused(504)));
        let ran = stage.run().await;
        let note = format!("kind {kind}");
        assert_eq!((ran.stopped, stage.not_done()), (None, vec![]), "{note}");
        let sizes: Vec<usize> = stage.server.writes().iter().map(What::len).collect();
        let too_large = sizes.iter().filter(|size| **size > 25).count();
        // A hundred and fifty, or a hundred twice; calls of the same kind wait until it is known.
        assert!(too_large <= 2 * TRIES, "{note}: {sizes:?}");
        let kept = if is_once_only(kind) { 10 } else { 25 };
        assert!(sizes.len() <= too_large + 1000 / kept, "{note}: {} calls", sizes.len());
    }
}

#[tokio::test(start_paused = true)]
async fn an_entry_at_fault_is_not_taken_for_a_size() {
    for kind in 0..KINDS.len() {
        let there = BTreeSet::from([17]);
        let stage = stage(kind, 500, move |what| {
            has(what, &there).then_some(Trouble::Refused(500))
        });
        stage.run().await;
        let sizes: Vec<usize> = stage.server.writes().iter().map(What::len).collect();
        let whole = sizes.iter().rev().take_while(|size| **size == 100).count();
        assert_eq!(whole, 4, "kind {kind}: {sizes:?}");
        assert_eq!(stage.not_done(), [17]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_organization_that_fails_for_everybody_stops_the_run_instead_of_being_halved() {
    for kind in 0..KINDS.len() {
        let stage = stage(kind, 1000, |_| Some(Trouble::Refused(500)));
        let ran = stage.run().await;
        assert!(
            matches!(ran.stopped, Some(Stopped::Hopeless(_))),
            "kind {kind}: {ran:?}"
        );
        let calls = stage.server.writes().len();
        // It has to last for some time as well, in which calls that cannot be repeated are taken apart further.
        let most = if is_once_only(kind) { 200 } else { 30 * TRIES };
        assert!(calls <= most, "kind {kind}: {calls} calls");
        let failed = stage.statuses();
        let left = failed.iter().filter(|status| **status == Status::NotRun).count();
        assert!(left >= 800, "kind {kind}: {left}");
    }
}

#[tokio::test(start_paused = true)]
async fn of_rows_merged_for_one_account_only_the_one_that_no_try_gets_through_fails() {
    let rows = [
        crate::sheets::remove(&email(0), "B"),
        crate::sheets::add(&email(0), "C"),
        crate::sheets::add(&email(0), "A"),
    ];
    let stage = Stage::new(&crowd(1), rows, |what, _| match what {
        What::Allocate(_, asked) if asked.contains(&reseat::model::BundleCode::new("C")) => Some(Trouble::Refused(500)),
        _ => None,
    });
    stage.run().await;
    let statuses = stage.statuses();
    assert_eq!(statuses[0], Status::Done);
    assert_eq!(statuses[1], Status::Failed);
    // What the account holds is not certain after that, and the message says so where that matters.
    assert!(matches!(statuses[2], Status::Done | Status::Conflict), "{statuses:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_is_at_fault_fails_alone_within_the_promised_calls(
        rows in 1_usize..150,
        guilty in proptest::collection::btree_set(0_usize..150, 0..4),
        kind in 0_usize..6,
        refused in any::<bool>(),
    ) {
        let guilty: BTreeSet<usize> = guilty.into_iter().filter(|number| *number < rows).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let (expected, there) = (guilty.iter().copied().collect::<Vec<_>>(), guilty.clone());
        let trouble = if refused { Trouble::Refused(400) } else { Trouble::Refused(500) };
        let mut stage = stage(kind, rows, move |what| has(what, &there).then_some(trouble));
        stage.rules.sizes = reseat::plan::BatchSizes {
            users_per_license_call: 150,
            users_per_release: 150,
            members_per_lease_call: 150,
            users_per_invite: 150,
            users_per_create: 150,
            users_per_delete: 150,
            members_per_group_call: 150,
        };
        runtime.block_on(stage.run());
        prop_assert_eq!(stage.not_done(), expected);
        let levels = rows.next_power_of_two().trailing_zeros() as usize;
        let count = guilty.len();
        let most = if refused {
            1 + 2 * count * levels + count
        } else if is_once_only(kind) {
            // Each part and each entry of a part with somebody at fault, and the last sending of who is alone from the start.
            2 + 13 + 13 * count + count
        } else {
            (1 + 2 * count * levels) * TRIES
        };
        let calls = stage.server.writes().len();
        prop_assert!(calls <= most, "{} calls for {:?} of {}", calls, guilty, rows);
    }
}
