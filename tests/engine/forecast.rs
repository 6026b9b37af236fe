//! What is foretold of a plan, calls and time, is what the engine then needs, quotas or none.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use reseat::engine::{Circumstances, Forecast, Reading, forecast};
use reseat::event::{Method, Service};
use reseat::model::{DeleteWhen, Operation};
use reseat::pace::{Limits, Pacer, SimulatedTraffic};
use reseat::plan::{Plan, PlannedSheet};
use tokio::time::Instant;

use crate::model::{World, address, bundles};
use crate::server::{CALL, What};
use crate::sheets::{add, delete, invite, join, migrate, set, update};
use crate::stage::{RECORDING, Stage};

/// Fifty people about whom much is to be done, in several stages.
fn much() -> (World, Vec<Operation>) {
    let mut world = World::of(50);
    for number in 0..20 {
        world.account(number).held = Some((bundles("A"), false));
    }
    let mut operations: Vec<Operation> = (0..10)
        .map(|number| update(&address(number), Some("x"), &[], &[]))
        .collect();
    operations.extend((0..30).map(|number| join(&address(number), &[1, 2])));
    operations.extend((10..20).map(|number| set(&address(number), "B")));
    operations.extend((20..30).map(|number| add(&address(number), "C")));
    operations.extend((30..44).map(|number| delete(&address(number))));
    operations.extend((0..5).map(|number| invite(&format!("new{number}@new.example"), &[1], "A")));
    operations.extend((44..47).map(|number| {
        migrate(
            &address(number),
            &format!("moved{number}@new.example"),
            DeleteWhen::Invited,
        )
    }));
    (world, operations)
}

fn limits(calls: u32) -> Limits {
    let mut limits = Limits::none();
    limits.share = 1.0;
    for method in [Method::Get, Method::Post, Method::Put, Method::Delete] {
        limits.set(Service::Identity, method, calls);
    }
    limits
}

fn foretold(stage: &Stage, plan: &Plan) -> (Forecast, Duration) {
    let snapshot = stage.world.snapshot();
    let places = u32::try_from(stage.concurrency).unwrap();
    let pacer = Pacer::new(stage.limits.clone());
    let circumstances = Circumstances {
        sheet: PlannedSheet {
            rows: &stage.rows,
            plan,
            snapshot: &snapshot,
        },
        rules: &stage.rules,
        concurrency: stage.concurrency,
        reads: &BTreeMap::new(),
        reading: Reading::Done,
        recheck: stage.recheck.after,
        traffic: SimulatedTraffic::new(pacer, places, CALL, Instant::now().into_std()),
    };
    let (forecast, timing) = forecast(&circumstances);
    (forecast, timing.takes)
}

fn writes(stage: &Stage) -> BTreeMap<(Service, Method), u64> {
    let mut calls = BTreeMap::new();
    for what in stage.server.writes() {
        let of = match what {
            What::Invite(_) | What::Create(_) => (Service::Identity, Method::Post),
            What::Update(_) | What::Members(..) => (Service::Identity, Method::Put),
            What::Allocate(..) | What::Rule(..) => (Service::License, Method::Put),
            What::Release(_) => (Service::Portal, Method::Delete),
            What::Delete(_) => (Service::Identity, Method::Delete),
            _ => continue,
        };
        *calls.entry(of).or_default() += 1;
    }
    calls
}

#[tokio::test(start_paused = true)]
async fn a_run_needs_the_calls_and_the_time_that_were_foretold() {
    for (calls, chunk, concurrency) in [(0, 100, 8), (0, 2, 8), (0, 2, 2), (7, 2, 8), (3, 1, 8), (5, 3, 1)] {
        let (world, operations) = much();
        let mut stage = Stage::new(&world, operations, |_, _| None);
        stage.rules.sizes.members_per_group_call = chunk;
        stage.rules.sizes.users_per_license_call = chunk;
        stage.rules.sizes.users_per_delete = chunk;
        stage.limits = limits(calls);
        stage.concurrency = concurrency;
        let plan = stage.plan();
        let (forecast, time) = foretold(&stage, &plan);
        let start = Instant::now();
        stage.run().await;
        let took = start.elapsed();
        assert_eq!(writes(&stage), forecast.writes);
        let stages: HashSet<_> = plan.stages().into_iter().collect();
        // Recording, which takes time here, goes on between the stages and ahead of invitations; and the world of
        // these tests does not say how its listings come, so that reading back is not foretold.
        let more = (RECORDING + CALL) * u32::try_from(stages.len() + 4).unwrap();
        assert!(took + CALL >= time, "took {took:?}, foretold {time:?}");
        assert!(
            took <= time + more,
            "took {took:?}, foretold {time:?} ({calls}, {chunk}, {concurrency})"
        );
    }
}
