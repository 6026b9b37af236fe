//! Calls that wait to be sent, and the rule that no two calls at once touch the same user or group.

use std::collections::{BTreeMap, HashSet, VecDeque};

use crate::event::{Method, Service};
use crate::model::{GroupId, UserId};
use crate::plan::{Call, CallKind, Family, Plan, Work};

/// A call that waits.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) call: Call,
    /// The other half of a refused call. If this half passes, the fault is known to be in the other,
    /// which is then split without being tried whole.
    pub(super) sibling: Option<Call>,
}

impl From<Call> for Waiting {
    fn from(call: Call) -> Self {
        Self { call, sibling: None }
    }
}

/// How far down a lane a call is looked for that can be sent now.
const LOOK_AHEAD: usize = 4096;

/// Service and method: calls that one quota may hold back, and that must not hold back others.
type Lane = (Service, Method);

/// Calls that wait to be sent, in lanes that do not wait for each other.
#[derive(Debug, Default)]
pub(super) struct Queue {
    lanes: BTreeMap<Lane, VecDeque<Waiting>>,
}

impl Queue {
    pub(super) fn push(&mut self, call: Call) {
        self.lane(&call).push_back(call.into());
    }

    /// Puts calls before all others of their lanes, keeping their order.
    pub(super) fn push_first(&mut self, calls: impl IntoIterator<Item = Waiting, IntoIter: DoubleEndedIterator>) {
        for call in calls.into_iter().rev() {
            self.lane(&call.call).push_front(call);
        }
    }

    /// Puts what is left of a call back. Licence calls keep the order of the sheet among themselves, for
    /// seats may run out; others go before all.
    pub(super) fn put_back(&mut self, calls: Vec<Waiting>) {
        let is_license = |waiting: &Waiting| waiting.call.kind.family() == Family::Allocate;
        if !calls.iter().all(is_license) {
            return self.push_first(calls);
        }
        for call in calls {
            let lane = self.lane(&call.call);
            let first = call.call.steps.first().copied();
            let later = |waiting: &Waiting| is_license(waiting) && waiting.call.steps.first().copied() > first;
            let place = lane.iter().position(later).unwrap_or(lane.len());
            lane.insert(place, call);
        }
    }

    /// Brings a call of a kind from further down to the front: the last one, then one from the middle, by turns.
    pub(super) fn sample(&mut self, family: Family, turn: usize) {
        let is_of_kind = |waiting: &Waiting| waiting.call.kind.family() == family;
        let lane = self.lanes.values_mut().find(|lane| lane.iter().any(is_of_kind));
        let Some(lane) = lane else { return };
        let of_kind = lane.iter().enumerate().filter(|(_, waiting)| is_of_kind(waiting));
        let places: Vec<usize> = of_kind.map(|(place, _)| place).collect();
        let place = if turn.is_multiple_of(2) {
            places.last()
        } else {
            places.get(places.len() / 2)
        };
        if let Some(waiting) = place.and_then(|place| lane.remove(*place)) {
            lane.push_front(waiting);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lanes.values().all(VecDeque::is_empty)
    }

    pub(super) fn clear(&mut self) {
        self.lanes.clear();
    }

    /// Takes the first call near the front of a lane that `is_open` which `fits`.
    pub(super) fn take(
        &mut self,
        is_open: impl Fn(Lane) -> bool,
        mut fits: impl FnMut(&Waiting) -> bool,
    ) -> Option<Waiting> {
        let open = self.lanes.iter_mut().filter(|(lane, _)| is_open(**lane));
        open.into_iter().find_map(|(_, waiting)| {
            let place = waiting.iter().take(LOOK_AHEAD).position(&mut fits)?;
            waiting.remove(place)
        })
    }

    fn lane(&mut self, call: &Call) -> &mut VecDeque<Waiting> {
        self.lanes.entry(call.kind.cost()).or_default()
    }
}

/// Splits a refused call: the left half is tried next, the right half is its sibling.
pub(super) fn split(call: Call) -> Result<Waiting, Call> {
    let (left, right) = call.halves()?;
    Ok(Waiting {
        call: left,
        sibling: Some(right),
    })
}

/// What is to be tried of a sibling once its other half has ended.
pub(super) fn after(other_half_passed: bool, sibling: Call) -> Waiting {
    if other_half_passed {
        split(sibling).unwrap_or_else(Waiting::from)
    } else {
        sibling.into()
    }
}

/// What the calls in flight touch.
#[derive(Debug, Default)]
pub(super) struct Busy {
    users: HashSet<UserId>,
    groups: HashSet<GroupId>,
    families: Vec<Family>,
    lanes: Vec<Lane>,
    /// Families that an answer has shown to work here. The first call of each goes alone, so that what is
    /// wrong with all of them (permission, route, size) shows by one call and not by many.
    proven: HashSet<Family>,
    /// Families of which only one call may be in flight, and why.
    one_at_a_time: HashSet<(Family, Alone)>,
}

/// Why calls of a kind are sent one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Alone {
    /// Seats have run out, or nobody knows how many there are, and earlier rows are to get the last ones.
    LastSeats,
    /// A call was too large, and the size that passes is not known yet.
    Measuring,
}

impl Alone {
    const ALL: [Self; 2] = [Self::LastSeats, Self::Measuring];
}

/// What one call touches.
#[derive(Debug, Clone)]
pub(super) struct Touch {
    users: Vec<UserId>,
    group: Option<GroupId>,
    family: Family,
    lane: Lane,
}

impl Touch {
    pub(super) fn of(plan: &Plan, call: &Call) -> Self {
        Self {
            users: users(plan, call).collect(),
            group: group(plan, call),
            family: call.kind.family(),
            lane: call.kind.cost(),
        }
    }
}

fn users<'a>(plan: &'a Plan, call: &'a Call) -> impl Iterator<Item = UserId> + 'a {
    call.steps
        .iter()
        .filter_map(|step| plan.account(plan.step(*step).account?).id)
}

fn group(plan: &Plan, call: &Call) -> Option<GroupId> {
    match &call.kind {
        CallKind::Members(group) => Some(*group),
        CallKind::GroupRule(step) => match &plan.step(*step).work {
            Work::GroupRule(change) => Some(change.group),
            _ => None,
        },
        _ => None,
    }
}

impl Busy {
    /// Whether fewer than `most` calls of the lane are under way or wait for their quota.
    pub(super) fn has_room(&self, lane: Lane, most: usize) -> bool {
        self.lanes.iter().filter(|other| **other == lane).count() < most
    }

    /// Whether the call may be sent now. What is cheap to know is asked first.
    pub(super) fn is_free(&self, plan: &Plan, call: &Call) -> bool {
        let family = call.kind.family();
        let alone = !self.proven.contains(&family)
            || Alone::ALL
                .into_iter()
                .any(|why| self.one_at_a_time.contains(&(family, why)));
        !(alone && self.families.contains(&family))
            && group(plan, call).is_none_or(|group| !self.groups.contains(&group))
            && users(plan, call).all(|user| !self.users.contains(&user))
    }

    pub(super) fn occupy(&mut self, touch: &Touch) {
        self.users.extend(&touch.users);
        self.groups.extend(touch.group);
        self.families.push(touch.family);
        self.lanes.push(touch.lane);
    }

    pub(super) fn release(&mut self, touch: &Touch) {
        for user in &touch.users {
            self.users.remove(user);
        }
        if let Some(group) = &touch.group {
            self.groups.remove(group);
        }
        if let Some(place) = self.families.iter().position(|family| *family == touch.family) {
            self.families.swap_remove(place);
        }
        if let Some(place) = self.lanes.iter().position(|lane| *lane == touch.lane) {
            self.lanes.swap_remove(place);
        }
    }

    /// A call went well.
    pub(super) fn succeed(&mut self, touch: &Touch) {
        self.release(touch);
        self.prove(touch.family);
    }

    /// Calls of the family work here.
    pub(super) fn prove(&mut self, family: Family) {
        self.proven.insert(family);
    }

    /// Calls of the family are sent one after the other from now on.
    pub(super) fn queue_up(&mut self, family: Family, why: Alone) {
        self.one_at_a_time.insert((family, why));
    }

    /// Whether earlier rows are to come first because there may not be enough for all.
    pub(super) fn keeps_order(&self, family: Family) -> bool {
        self.one_at_a_time.contains(&(family, Alone::LastSeats))
    }

    /// The reason to send calls of the family one after the other is gone.
    pub(super) fn spread_out(&mut self, family: Family, why: Alone) {
        self.one_at_a_time.remove(&(family, why));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::StepIndex;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// Carries a call out against a server that refuses every call with a guilty entry; says who was
    /// blamed and how many calls it took.
    fn attribute(entries: usize, guilty: &BTreeSet<usize>) -> (BTreeSet<usize>, usize) {
        let mut queue = Queue::default();
        queue.push(Call {
            kind: CallKind::Delete,
            steps: (0..entries).map(StepIndex).collect(),
        });
        let (mut blamed, mut calls) = (BTreeSet::new(), 0);
        while let Some(Waiting { call, sibling }) = queue.take(|_| true, |_| true) {
            calls += 1;
            let passed = !call.steps.iter().any(|step| guilty.contains(&step.0));
            let sibling = sibling.map(|sibling| after(passed, sibling));
            let own = match (passed, split(call)) {
                (true, _) => None,
                (false, Ok(halves)) => Some(halves),
                (false, Err(single)) => {
                    blamed.extend(single.steps.iter().map(|step| step.0));
                    None
                }
            };
            queue.push_first(own.into_iter().chain(sibling).collect::<Vec<_>>());
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
