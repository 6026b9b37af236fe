//! What is queued, what is in flight, and how large calls may be.
//!
//! No two concurrent calls touch the same user or group, because the service might carry them out in either order.

use std::collections::{BTreeMap, VecDeque};

use foldhash::{HashSet, HashSetExt};

use super::sizes::Sizes;
use crate::event::{Method, Service};
use crate::model::{GroupId, UserId};
use crate::plan::{BatchSizes, Call, CallKind, Family, StepIndex, StepSource, batch};

/// A queued call.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) call: Call,
    /// The other half of a refused call. If this half passes, the fault must be in the other, which is then split
    /// without being tried whole.
    pub(super) sibling: Option<Call>,
    /// How often it is tried.
    pub(super) tries: Tries,
    /// How often it was put off, or sent again because reading back showed that it did nothing.
    pub(super) put_off: usize,
}

/// How often a call is tried after faults of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tries {
    /// As often as the settings say.
    Usual,
    /// A few times: it is part of a call that has used up the usual number, and its other parts wait.
    Few,
}

impl From<Call> for Waiting {
    fn from(call: Call) -> Self {
        Self {
            call,
            sibling: None,
            tries: Tries::Usual,
            put_off: 0,
        }
    }
}

impl Waiting {
    /// Whether it goes on after it, or what it is part of, could not be carried out.
    pub(super) fn is_continued(&self) -> bool {
        self.tries == Tries::Few || self.put_off > 0
    }

    /// A part of a call that has used up its retries.
    pub(super) fn part(call: Call) -> Self {
        Self::tried(call, Tries::Few)
    }

    /// A call that is tried this often.
    pub(super) fn tried(call: Call, tries: Tries) -> Self {
        Self {
            tries,
            ..Self::from(call)
        }
    }
}

/// How far down a lane to look for a call that can be sent now.
const LOOK_AHEAD: usize = 4096;

/// Service and method: calls that share a quota, and must not hold back others.
type Lane = (Service, Method);

/// Splits a refused call: the left half is tried next, the right half is its sibling.
pub(super) fn split(call: Call) -> Result<Waiting, Call> {
    let (left, right) = call.halves()?;
    Ok(Waiting {
        sibling: Some(right),
        ..Waiting::from(left)
    })
}

/// Splits a refused call of which nothing shows yet whether it is about its entries: the last entry is tried alone, and
/// the others are its sibling. A call of few entries is halved.
pub(super) fn split_off_one(mut call: Call) -> Result<Waiting, Call> {
    if call.steps.len() < FEW {
        return split(call);
    }
    let last = call.steps.split_off(call.steps.len() - 1);
    let single = Call {
        kind: call.kind.clone(),
        steps: last,
    };
    Ok(Waiting {
        sibling: Some(call),
        ..Waiting::from(single)
    })
}

/// Calls of fewer entries are halved at once.
const FEW: usize = 4;

/// Where in a queue a single entry is tried at each turn, in thousandths: first at its end, then as far as possible from
/// those tried before (the golden section does that, however many turns there are).
fn place_to_try(turn: usize) -> usize {
    if turn == 0 { 1000 } else { turn * 618 % 1000 }
}

/// What to try of a sibling whose other half has passed: the fault is in the sibling, so it is split untried.
pub(super) fn after_its_half_passed(sibling: Call) -> Waiting {
    split(sibling).unwrap_or_else(Waiting::from)
}

/// Why calls of a kind are sent one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum OneAtATime {
    /// Seats have run out, or their number is unknown, and earlier rows should get the last ones.
    LastSeats,
    /// A call was too large, and the size that passes is not known yet.
    Measuring,
    /// The accounts are to be counted after the first bulk deletion.
    Counting,
    /// Whether a group can be left is being found out with one of the first leavers who could not leave theirs.
    Departing,
}

/// What one call touches while it is in flight.
#[derive(Debug, Clone)]
pub(super) struct Touched {
    users: Vec<UserId>,
    group: Option<GroupId>,
    family: Family,
    /// The kind, where calls of the kind have several entries.
    kind: Option<CallKind>,
    lane: Lane,
}

/// What is queued, what is in flight, and how large calls may be.
#[derive(Debug)]
pub(super) struct Schedule {
    waiting: BTreeMap<Lane, VecDeque<Waiting>>,
    pub(super) sizes: Sizes,
    /// How many calls of one lane may be handed over for sending at a time.
    most: usize,
    users: HashSet<UserId>,
    groups: HashSet<GroupId>,
    families: Vec<Family>,
    kinds: Vec<CallKind>,
    lanes: Vec<Lane>,
    /// Families that an answer has shown to work here. The first call of each goes alone, so that what is wrong with
    /// all of them (permission, route, size) costs one call rather than many.
    proven: HashSet<Family>,
    /// The same of kinds whose calls have several entries: what is wrong with a group or a target set is wrong with every
    /// call of the kind.
    proven_kinds: HashSet<CallKind>,
    one_at_a_time: HashSet<(Family, OneAtATime)>,
}

impl Schedule {
    /// An empty schedule. A lane hands over more calls than the `concurrency` that may be in flight, so that one
    /// waiting for a retry does not take another's place.
    pub(super) fn new(sizes: BatchSizes, concurrency: usize) -> Self {
        Self {
            waiting: BTreeMap::new(),
            sizes: Sizes::new(sizes),
            most: concurrency.max(1) * 3,
            users: HashSet::new(),
            groups: HashSet::new(),
            families: Vec::new(),
            kinds: Vec::new(),
            lanes: Vec::new(),
            proven: HashSet::new(),
            proven_kinds: HashSet::new(),
            one_at_a_time: HashSet::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.values().all(VecDeque::is_empty)
    }

    /// Whether a call of a family that is `wanted` is queued.
    pub(super) fn has_any(&self, wanted: impl Fn(Family) -> bool) -> bool {
        let mut queued = self.waiting.values().flatten();
        queued.any(|waiting| wanted(waiting.call.kind.family()))
    }

    /// Puts steps into calls, behind all queued ones.
    pub(super) fn add(&mut self, source: &dyn StepSource, steps: impl IntoIterator<Item = StepIndex>) {
        for call in batch(source, steps, self.sizes.known()) {
            self.lane(&call).push_back(call.into());
        }
    }

    /// Puts steps into calls, before all queued ones.
    pub(super) fn add_first(&mut self, source: &dyn StepSource, steps: impl IntoIterator<Item = StepIndex>) {
        let calls = batch(source, steps, self.sizes.known());
        self.put_first(calls.into_iter().map(Waiting::from));
    }

    /// Puts calls before all others of their lanes, keeping their order.
    pub(super) fn put_first(&mut self, calls: impl IntoIterator<Item = Waiting, IntoIter: DoubleEndedIterator>) {
        for call in calls.into_iter().rev() {
            self.lane(&call.call).push_front(call);
        }
    }

    /// Puts what is left of a call back. Licence calls keep the sheet's order among themselves, because seats may run
    /// out; others go first.
    pub(super) fn put_back(&mut self, calls: impl IntoIterator<Item = Waiting>) {
        let calls: Vec<Waiting> = calls.into_iter().collect();
        let is_license = |waiting: &Waiting| waiting.call.kind.family() == Family::Allocate;
        if !calls.iter().all(is_license) {
            return self.put_first(calls);
        }
        for call in calls {
            let lane = self.lane(&call.call);
            let first = call.call.steps.first().copied();
            let later = |waiting: &Waiting| is_license(waiting) && waiting.call.steps.first().copied() > first;
            let place = lane.iter().position(later).unwrap_or(lane.len());
            lane.insert(place, call);
        }
    }

    /// Brings a call of a kind from further down to the front: alternately the last one and one from the middle.
    pub(super) fn sample(&mut self, family: Family, turn: usize) {
        let is_of_kind = |waiting: &Waiting| waiting.call.kind.family() == family;
        let lane = self.waiting.values_mut().find(|lane| lane.iter().any(is_of_kind));
        let Some(lane) = lane else { return };
        let of_kind = lane.iter().enumerate().filter(|(_, waiting)| is_of_kind(waiting));
        let places: Vec<usize> = of_kind.map(|(place, _)| place).collect();
        // Bad rows often follow each other, so calls far apart show sooner whether the fault is common to all.
        let place = if turn.is_multiple_of(2) {
            places.last()
        } else {
            places.get(places.len() / 2)
        };
        if let Some(waiting) = place.and_then(|place| lane.remove(*place)) {
            lane.push_front(waiting);
        }
    }

    /// Takes the first call near the front of a lane that can be sent now and that `fits`.
    pub(super) fn take(&mut self, source: &dyn StepSource, fits: impl Fn(Family) -> bool) -> Option<Waiting> {
        let can_go = |waiting: &Waiting| fits(waiting.call.kind.family()) && self.is_free(source, waiting);
        let open = self.waiting.iter().filter(|(lane, _)| self.has_room(**lane));
        let (lane, place) = open.into_iter().find_map(|(lane, waiting)| {
            let place = waiting.iter().take(LOOK_AHEAD).position(can_go)?;
            Some((*lane, place))
        })?;
        self.waiting.get_mut(&lane)?.remove(place)
    }

    /// Takes a single entry out of the queued calls of a kind, and puts it before all others: another one from all over
    /// the queue at each turn.
    pub(super) fn probe(&mut self, kind: &CallKind, turn: usize) {
        let Some(lane) = self.waiting.get_mut(&kind.cost()) else {
            return;
        };
        let entries =
            |waiting: &Waiting| waiting.call.steps.len() + waiting.sibling.as_ref().map_or(0, |it| it.steps.len());
        let is_of_kind = |waiting: &&Waiting| waiting.call.kind == *kind;
        let total: usize = lane.iter().filter(is_of_kind).map(entries).sum();
        let Some(most) = total.checked_sub(1) else { return };
        let mut position = most * place_to_try(turn) / 1000;
        let mut found = None;
        for (place, waiting) in lane.iter().enumerate().filter(|(_, waiting)| is_of_kind(waiting)) {
            let count = entries(waiting);
            if position < count {
                found = Some(place);
                break;
            }
            position -= count;
        }
        let Some(mut waiting) = found.and_then(|place| lane.remove(place)) else {
            return;
        };
        let place = found.unwrap_or_default();
        let own = waiting.call.steps.len();
        let tries = waiting.tries;
        let step = match &mut waiting.sibling {
            Some(sibling) if position >= own => sibling.steps.remove(position - own),
            _ => waiting.call.steps.remove(position),
        };
        waiting.sibling.take_if(|sibling| sibling.steps.is_empty());
        let rest = if waiting.call.steps.is_empty() {
            waiting.sibling.map(|call| Waiting {
                tries,
                ..Waiting::from(call)
            })
        } else {
            Some(waiting)
        };
        if let Some(rest) = rest {
            lane.insert(place, rest);
        }
        let single = Call {
            kind: kind.clone(),
            steps: vec![step],
        };
        lane.push_front(Waiting {
            tries,
            ..Waiting::from(single)
        });
    }

    /// Takes every queued step of a kind out, in sheet order.
    pub(super) fn take_all(&mut self, kind: &CallKind) -> Vec<StepIndex> {
        let mut steps = Vec::new();
        if let Some(lane) = self.waiting.get_mut(&kind.cost()) {
            lane.retain(|waiting| {
                let is_of_kind = waiting.call.kind == *kind;
                if is_of_kind {
                    steps.extend(&waiting.call.steps);
                    steps.extend(waiting.sibling.iter().flat_map(|sibling| &sibling.steps));
                }
                !is_of_kind
            });
        }
        steps.sort_unstable();
        steps
    }

    /// Puts a call of the same family and another kind before all others, if one is queued: what is refused for one group
    /// may pass for another.
    pub(super) fn try_another_kind(&mut self, kind: &CallKind) {
        let Some(lane) = self.waiting.get_mut(&kind.cost()) else {
            return;
        };
        let is_another = |waiting: &Waiting| waiting.call.kind.family() == kind.family() && waiting.call.kind != *kind;
        if let Some(another) = lane.iter().position(is_another).and_then(|place| lane.remove(place)) {
            lane.push_front(another);
        }
    }

    /// Whether calls of the family are queued that go on after they, or what they are part of, could not be carried out.
    pub(super) fn has_continued(&self, family: Family) -> bool {
        let is_continued = |waiting: &Waiting| waiting.is_continued() && waiting.call.kind.family() == family;
        self.waiting.values().any(|lane| lane.iter().any(is_continued))
    }

    /// The call in parts, if the chunk size has shrunk since it was made.
    pub(super) fn cut(&self, call: Call) -> Result<Call, Vec<Call>> {
        let size = self.sizes.of(call.kind.family());
        if call.steps.len() <= size {
            return Ok(call);
        }
        Err(call.chunks(size))
    }

    /// Calls of the family have at most this many entries from now on.
    pub(super) fn shrink(&mut self, family: Family, most: usize) {
        self.sizes.shrink(family, most);
        // Until a size passes, other calls of the kind would only be refused as well.
        self.send_one_at_a_time(family, OneAtATime::Measuring);
    }

    /// The call is in flight.
    pub(super) fn occupy(&mut self, source: &dyn StepSource, call: &Call) -> Touched {
        let touched = Touched {
            users: users(source, call).collect(),
            group: group(source, call),
            family: call.kind.family(),
            kind: call.kind.has_entries().then(|| call.kind.clone()),
            lane: call.kind.cost(),
        };
        self.users.extend(&touched.users);
        self.groups.extend(touched.group);
        self.families.push(touched.family);
        self.kinds.extend(touched.kind.clone());
        self.lanes.push(touched.lane);
        touched
    }

    /// The call has ended.
    pub(super) fn release(&mut self, touched: &Touched) {
        for user in &touched.users {
            self.users.remove(user);
        }
        if let Some(group) = &touched.group {
            self.groups.remove(group);
        }
        if let Some(place) = self.families.iter().position(|family| *family == touched.family) {
            self.families.swap_remove(place);
        }
        if let Some(kind) = &touched.kind {
            self.explained(kind);
        }
        if let Some(place) = self.lanes.iter().position(|lane| *lane == touched.lane) {
            self.lanes.swap_remove(place);
        }
    }

    /// It is being found out what the refusal of a call of the kind means: until then others of the kind wait for it as if
    /// it were still in flight.
    pub(super) fn unexplained(&mut self, kind: &CallKind) {
        self.kinds.push(kind.clone());
    }

    /// Nothing is open about a call of the kind any more.
    pub(super) fn explained(&mut self, kind: &CallKind) {
        if let Some(place) = self.kinds.iter().position(|other| other == kind) {
            self.kinds.swap_remove(place);
        }
    }

    /// Calls of the family work here.
    pub(super) fn prove(&mut self, family: Family) {
        self.proven.insert(family);
    }

    /// Calls of the kind work here, or are refused for faults of their entries.
    pub(super) fn prove_kind(&mut self, kind: &CallKind) {
        if kind.has_entries() && !self.proven_kinds.contains(kind) {
            self.proven_kinds.insert(kind.clone());
        }
    }

    /// Whether it is known that calls of the kind work here, or are refused for faults of their entries.
    pub(super) fn is_proven(&self, kind: &CallKind) -> bool {
        self.proven_kinds.contains(kind)
    }

    /// A call of this size and kind has passed.
    pub(super) fn passed(&mut self, call: &Call) {
        let family = call.kind.family();
        self.prove(family);
        self.prove_kind(&call.kind);
        self.sizes.passed(family, call.steps.len());
        self.one_at_a_time.remove(&(family, OneAtATime::Measuring));
    }

    /// Calls of the family are sent one after the other from now on.
    pub(super) fn send_one_at_a_time(&mut self, family: Family, why: OneAtATime) {
        self.one_at_a_time.insert((family, why));
    }

    /// This reason to send calls of the family one after the other is gone.
    pub(super) fn send_freely(&mut self, family: Family, why: OneAtATime) {
        self.one_at_a_time.remove(&(family, why));
    }

    /// Whether earlier rows must go first because there may not be enough for all.
    pub(super) fn keeps_order(&self, family: Family) -> bool {
        self.one_at_a_time.contains(&(family, OneAtATime::LastSeats))
    }

    fn lane(&mut self, call: &Call) -> &mut VecDeque<Waiting> {
        self.waiting.entry(call.kind.cost()).or_default()
    }

    fn has_room(&self, lane: Lane) -> bool {
        self.lanes.iter().filter(|other| **other == lane).count() < self.most
    }

    /// Whether the call may be sent now. The cheap checks come first.
    fn is_free(&self, source: &dyn StepSource, waiting: &Waiting) -> bool {
        let call = &waiting.call;
        let family = call.kind.family();
        let goes_alone = !self.proven.contains(&family) || self.one_at_a_time.iter().any(|(of, _)| *of == family);
        let waits_for_its_family = goes_alone && self.families.contains(&family);
        let waits_for_its_kind = || {
            let is_unsure = !self.proven_kinds.contains(&call.kind) || self.sizes.is_unexplained(&call.kind);
            (is_unsure && self.kinds.contains(&call.kind))
                || (self.sizes.is_in_doubt(&call.kind) && !waiting.is_continued())
        };
        !(waits_for_its_family || waits_for_its_kind())
            && group(source, call).is_none_or(|group| !self.groups.contains(&group))
            && users(source, call).all(|user| !self.users.contains(&user))
    }
}

fn users<'a>(source: &'a dyn StepSource, call: &'a Call) -> impl Iterator<Item = UserId> + 'a {
    let accounts = call.steps.iter().filter_map(|step| source.step(*step).account);
    accounts.filter_map(|account| source.account_id(account))
}

fn group(source: &dyn StepSource, call: &Call) -> Option<GroupId> {
    match &call.kind {
        CallKind::Members(group) | CallKind::EndLeases(group) => Some(*group),
        CallKind::GroupRule(step) | CallKind::RemoveRule(step) => source.step(*step).work.ruled_group(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Plan, Stage, Step, Work};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn deletions(count: usize) -> Plan {
        let deletion = Step {
            stage: Stage::Change,
            account: None,
            rows: crate::plan::OneOrMany::default(),
            work: Work::Delete,
        };
        Plan {
            steps: vec![deletion; count],
            ..Plan::default()
        }
    }

    /// Carries a call out against a server that refuses every call with a guilty entry; says who was
    /// blamed and how many calls it took.
    fn attribute(entries: usize, guilty: &BTreeSet<usize>) -> (BTreeSet<usize>, usize) {
        let plan = deletions(entries);
        let mut schedule = Schedule::new(
            BatchSizes {
                users_per_delete: 1000,
                ..BatchSizes::default()
            },
            8,
        );
        schedule.add(&plan, (0..entries).map(StepIndex::new));
        let (mut blamed, mut calls) = (BTreeSet::new(), 0);
        while let Some(Waiting { call, sibling, .. }) = schedule.take(&plan, |_| true) {
            calls += 1;
            let passed = !call.steps.iter().any(|step| guilty.contains(&step.position()));
            let sibling = sibling.map(|sibling| {
                if passed {
                    after_its_half_passed(sibling)
                } else {
                    sibling.into()
                }
            });
            let own = match (passed, split(call)) {
                (true, _) => None,
                (false, Ok(halves)) => Some(halves),
                (false, Err(single)) => {
                    blamed.extend(single.steps.iter().map(|step| step.position()));
                    None
                }
            };
            schedule.put_first(own.into_iter().chain(sibling).collect::<Vec<_>>());
        }
        (blamed, calls)
    }

    #[test]
    fn one_guilty_row_of_a_hundred_costs_no_more_than_its_logarithm_twice() {
        for guilty in 0..100 {
            let (blamed, calls) = attribute(100, &BTreeSet::from([guilty]));
            assert_eq!(blamed, BTreeSet::from([guilty]));
            assert!(calls <= 1 + 2 * 7, "{calls} calls for entry {guilty}");
        }
    }

    proptest! {
        #[test]
        fn splitting_blames_exactly_the_guilty_within_the_promised_calls(
            entries in 1_usize..200,
            guilty in proptest::collection::btree_set(0_usize..200, 0..6),
        ) {
            let guilty: BTreeSet<usize> = guilty.into_iter().filter(|entry| *entry < entries).collect();
            let (blamed, calls) = attribute(entries, &guilty);
            prop_assert_eq!(&blamed, &guilty);
            let logarithm = entries.next_power_of_two().trailing_zeros() as usize;
            prop_assert!(calls <= 1 + 2 * guilty.len() * logarithm.max(1));
        }
    }
}
