//! What a plan will cost: calls by what they do and by the quota that they count against.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::{AccountIndex, BatchSizes, CallKind, Direct, Plan, Stage, StepIndex, Work, batch};
use crate::directory::{Snapshot, read_back_calls};
use crate::event::{Method, Service};

/// Calls by the quota that they count against.
pub type Calls = BTreeMap<(Service, Method), u64>;

/// What a run of the plan sends if every step succeeds; signing in is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forecast {
    /// Changing calls by what they do.
    pub by_label: BTreeMap<&'static str, u64>,
    /// The calls that read the present state, which a run makes before anything else.
    pub reads: Calls,
    /// The changing calls.
    pub writes: Calls,
    /// The calls that read new accounts back before old ones are deleted.
    pub read_back: Calls,
    /// The changing calls that a tool with one call for each change would send.
    pub one_by_one: Calls,
}

/// How long a run takes if every step succeeds and nobody else spends the quotas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timing {
    /// In all, from now.
    pub takes: Duration,
    /// How long each quota lets none of its calls go; waits of several quotas may overlap.
    pub waits: BTreeMap<(Service, Method), Duration>,
    /// How long one call for each change would take.
    pub one_by_one: Duration,
}

impl Forecast {
    /// Every call of the run, reads included.
    pub fn calls(&self) -> Calls {
        let mut calls = Calls::new();
        for (of, count) in self.reads.iter().chain(&self.writes).chain(&self.read_back) {
            *calls.entry(*of).or_default() += count;
        }
        calls
    }

    /// Calls in all, reads included.
    pub fn total(&self) -> u64 {
        self.calls().values().sum()
    }
}

/// What else the forecast depends on.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// The state that was planned against.
    pub snapshot: &'a Snapshot,
    /// The chunk sizes.
    pub sizes: &'a BatchSizes,
    /// The method that allocates licences.
    pub allocate_method: Method,
    /// How many pages of a listing are read at once.
    pub concurrency: usize,
    /// What reading the present state took.
    pub reads: &'a Calls,
}

/// What the plan will cost if every step succeeds.
pub fn forecast(plan: &Plan, circumstances: &Circumstances<'_>) -> Forecast {
    let reads = circumstances.reads.iter();
    let mut forecast = Forecast {
        reads: reads
            .filter(|((service, _), _)| *service != Service::Token)
            .map(|(of, count)| (*of, *count))
            .collect(),
        ..Forecast::default()
    };
    for stage in plan.stages() {
        let steps: Vec<StepIndex> = plan.steps_of(stage).collect();
        if stage == Stage::Verify {
            forecast.read_back = read_back(plan, &steps, circumstances);
        }
        for call in batch(plan, steps, circumstances.sizes) {
            let of = match &call.kind {
                CallKind::Allocate(..) => (Service::License, circumstances.allocate_method),
                CallKind::GroupRule(step) if !has_quotas(plan, *step) => {
                    (Service::License, circumstances.allocate_method)
                }
                other => other.cost(),
            };
            *forecast.by_label.entry(call.kind.label()).or_default() += 1;
            *forecast.writes.entry(of).or_default() += 1;
            *forecast.one_by_one.entry(of).or_default() += call.steps.len() as u64;
        }
    }
    forecast
}

/// Whether a group's rule comes with quotas, for which there is a route of its own.
fn has_quotas(plan: &Plan, step: StepIndex) -> bool {
    matches!(&plan.step(step).work, Work::GroupRule(change) if change.quotas.is_some())
}

/// The calls of the stage that reads successors back: the listings as they will have grown and shrunk by then.
fn read_back(plan: &Plan, steps: &[StepIndex], circumstances: &Circumstances<'_>) -> Calls {
    let snapshot = circumstances.snapshot;
    let listings = snapshot.listings();
    let Some(users) = listings.users else {
        return Calls::new();
    };
    let wants_licenses = steps.iter().any(|step| match &plan.step(*step).work {
        Work::Verify(expected) => !expected.licenses.is_empty(),
        _ => false,
    });
    let before = plan.steps.iter().filter(|step| step.stage < Stage::Verify);
    let (mut made, mut deleted) = (0, 0);
    // Whether each account has a direct allocation before and afterwards.
    let mut held: HashMap<AccountIndex, (bool, bool)> = HashMap::new();
    for step in before {
        let Some(index) = step.account else { continue };
        let id = plan.account(index).id;
        let holds_now = || id.is_some_and(|id| snapshot.direct(id).is_some());
        match &step.work {
            Work::Invite(_) | Work::Create(..) => made += u64::from(id.is_none()),
            Work::License(change) => {
                let holds = matches!(change.target.direct, Direct::Holds(_));
                held.entry(index).or_insert_with(|| (holds_now(), holds)).1 = holds;
            }
            Work::Delete => {
                deleted += 1;
                held.entry(index).or_insert_with(|| (holds_now(), false)).1 = false;
            }
            _ => {}
        }
    }
    let count = |change: (bool, bool)| held.values().filter(|held| **held == change).count() as u64;
    let allocations = listings.allocations.filter(|_| wants_licenses);
    read_back_calls(
        users.changed(made, deleted),
        allocations.map(|pages| pages.changed(count((false, true)), count((true, false)))),
        steps.len() as u64,
        circumstances.concurrency as u64,
    )
}
