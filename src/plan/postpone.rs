//! Steps of one kind in several stages: those that would go out in a partly filled call are postponed to a later stage
//! if that saves a call.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{AccountIndex, BatchSizes, CallKind, Stage, Step, StepIndex, Work};

/// Moves licence changes and deletions to later stages if that saves a call. Steps that free scarce seats
/// (`frees_scarce`) are not postponed past the steps that need them.
pub(super) fn postpone(steps: &mut [Step], sizes: &BatchSizes, frees_scarce: impl Fn(&Step) -> bool) {
    let mut kinds: HashMap<CallKind, BTreeMap<Stage, Vec<usize>>> = HashMap::new();
    for (place, step) in steps.iter().enumerate() {
        if may_wait_at(step)
            && let Some(kind) = CallKind::of(StepIndex::new(place), step)
        {
            kinds
                .entry(kind)
                .or_default()
                .entry(step.stage)
                .or_default()
                .push(place);
        }
    }
    kinds.retain(|_, stages| stages.len() > 1);
    if kinds.is_empty() {
        return;
    }
    let busy = later_stages(steps);
    for (kind, stages) in kinds {
        let may_wait_until = |place: usize, until: Stage| {
            let step = &steps[place];
            let is_wanted = until > Stage::Release && frees_scarce(step);
            let comes_next = step
                .account
                .and_then(|account| busy.get(&account))
                .is_some_and(|stages| stages.iter().any(|stage| *stage > step.stage && *stage <= until));
            !is_wanted && !comes_next
        };
        let mut stages: Vec<(Stage, Vec<usize>)> = stages.into_iter().collect();
        for (_, own) in &mut stages {
            own.sort_by_key(|place| &*steps[*place].rows);
        }
        for (place, stage) in fewest_calls(&stages, sizes.of(kind.family()), may_wait_until) {
            steps[place].stage = stage;
        }
    }
}

/// Whether the step's kind and stage allow postponing it, or others to it. Licences taken off an old account have a
/// separate stage.
fn may_wait_at(step: &Step) -> bool {
    match step.work {
        Work::License(_) => matches!(
            step.stage,
            Stage::Change | Stage::Release | Stage::Grant(_) | Stage::TakeOver
        ),
        Work::Delete => true,
        _ => false,
    }
}

/// The stages of the accounts that have several steps.
fn later_stages(steps: &[Step]) -> HashMap<AccountIndex, Vec<Stage>> {
    // Nearly all accounts have one.
    let (mut known, mut several) = (HashSet::new(), HashMap::new());
    for account in steps.iter().filter_map(|step| step.account) {
        if !known.insert(account) {
            several.entry(account).or_insert_with(Vec::new);
        }
    }
    for step in steps {
        if let Some(stages) = step.account.and_then(|account| several.get_mut(&account)) {
            stages.push(step.stage);
        }
    }
    several
}

/// The stages so far, under one assignment.
#[derive(Default, Clone)]
struct Assignment {
    calls: usize,
    /// The steps that wait for the next stage.
    waiting: Vec<usize>,
    moved: Vec<(usize, Stage)>,
}

/// What to move, and where to, for the fewest calls of `size` steps; of equally good assignments, one that moves the
/// fewest steps.
fn fewest_calls(
    stages: &[(Stage, Vec<usize>)],
    size: usize,
    may_wait_until: impl Fn(usize, Stage) -> bool,
) -> Vec<(usize, Stage)> {
    let mut assignments = vec![Assignment::default()];
    for (position, (stage, own)) in stages.iter().enumerate() {
        let next = stages.get(position + 1).map(|(stage, _)| *stage);
        let mut after: Vec<Assignment> = Vec::new();
        for assignment in assignments {
            let count = assignment.waiting.len() + own.len();
            let odd = count % size;
            let late = next.map(|next| {
                let candidates = own.iter().rev().chain(assignment.waiting.iter().rev()).copied();
                candidates
                    .filter(|place| may_wait_until(*place, next))
                    .take(odd)
                    .collect::<Vec<_>>()
            });
            if let Some(late) = late
                && odd > 0
                && late.len() == odd
            {
                let mut other = assignment.clone();
                other.calls += count / size;
                other.settle(*stage, &late);
                other.waiting = late;
                after.push(other);
            }
            let mut assignment = assignment;
            assignment.calls += count.div_ceil(size);
            assignment.settle(*stage, &[]);
            assignment.waiting = Vec::new();
            after.push(assignment);
        }
        // Of assignments that leave as many steps waiting, only the best so far can be part of the best of all.
        after.sort_by_key(|assignment| (assignment.waiting.len(), assignment.calls, assignment.moved.len()));
        after.dedup_by_key(|assignment| assignment.waiting.len());
        assignments = after;
    }
    let best = assignments
        .into_iter()
        .min_by_key(|assignment| (assignment.calls, assignment.moved.len()));
    best.map(|assignment| assignment.moved).unwrap_or_default()
}

impl Assignment {
    /// Steps that have waited go out in this stage, except those that keep waiting.
    fn settle(&mut self, stage: Stage, waits_on: &[usize]) {
        let arrived = self.waiting.iter().filter(|place| !waits_on.contains(place));
        self.moved.extend(arrived.map(|place| (*place, stage)));
    }
}
