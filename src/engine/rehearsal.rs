//! A plan gone through as the dispatcher would, without sending: the same queue, the same rule of what may be under way at
//! once, and a rehearsed session in place of the real one. Pure.

use std::collections::BTreeMap;

use super::queue::{Alone, Busy, Queue, Touch};
use super::send::most_at_once;
use crate::event::{Method, Service};
use crate::pace::Rehearsal;
use crate::plan::{BatchSizes, Family, Plan, Stage, batch};

/// What is gone through.
#[derive(Debug, Clone, Copy)]
pub struct Script<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The chunk sizes.
    pub sizes: &'a BatchSizes,
    /// The calls that read successors back.
    pub read_back: &'a BTreeMap<(Service, Method), u64>,
    /// How many calls may be in flight.
    pub concurrency: usize,
    /// Whether it is known how many seats there are.
    pub seats: SeatsKnown,
}

/// Whether it is known how many seats there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatsKnown {
    /// It is.
    Yes,
    /// It is not, so licence calls go one after the other.
    No,
}

/// What a rehearsed call touches; `None` for one that only reads.
pub struct Rehearsed(Option<Touch>);

/// Calls of which nothing is known but what they count against, up to the last answer.
pub fn rehearse_all(calls: &BTreeMap<(Service, Method), u64>, session: &mut Rehearsal<Rehearsed>) {
    for ((service, method), count) in calls {
        for _ in 0..*count {
            session.call(*service, *method, Rehearsed(None));
        }
    }
    while session.next_answer().is_some() {}
}

impl Script<'_> {
    /// Goes through every stage; each begins once the one before has ended.
    pub fn rehearse(&self, session: &mut Rehearsal<Rehearsed>) {
        let mut busy = Busy::default();
        if self.seats == SeatsKnown::No {
            busy.queue_up(Family::Allocate, Alone::LastSeats);
        }
        for stage in self.plan.stages() {
            if stage == Stage::Verify {
                rehearse_all(self.read_back, session);
            } else {
                self.change(stage, &mut busy, session);
            }
        }
    }

    fn change(&self, stage: Stage, busy: &mut Busy, session: &mut Rehearsal<Rehearsed>) {
        let most = most_at_once(self.concurrency);
        let mut queue = Queue::default();
        for call in batch(self.plan, self.plan.steps_of(stage), self.sizes) {
            queue.push(call);
        }
        loop {
            while let Some(waiting) = queue.take(
                |lane| busy.has_room(lane, most),
                |waiting| busy.is_free(self.plan, &waiting.call),
            ) {
                let touch = Touch::of(self.plan, &waiting.call);
                busy.occupy(&touch);
                let (service, method) = waiting.call.kind.cost();
                session.call(service, method, Rehearsed(Some(touch)));
            }
            match session.next_answer() {
                Some(Rehearsed(Some(touch))) => busy.succeed(&touch),
                Some(Rehearsed(None)) => {}
                None => return,
            }
        }
    }
}
