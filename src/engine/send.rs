//! Sending: which call goes next, what its payload is by then, and what has to be on disk before.

use jiff::Timestamp;

use super::dispatch::{Dispatcher, Message};
use super::perform::Request;
use super::queue::{Touch, Waiting};
use super::rows::Fault;
use crate::api::UserUpdate;
use crate::ledger::Record;
use crate::model::{Status, UserId};
use crate::plan::{Call, CallKind, Family, Membership, RowIndex, Stage, StepIndex, Work, batch};

/// How many calls of one lane are handed over for sending at once: more than may be in flight, so that one that waits
/// before it is tried again keeps no other from its place.
pub(super) fn most_at_once(concurrency: usize) -> usize {
    concurrency.max(1) * 3
}

impl Dispatcher<'_> {
    pub(super) fn send_what_fits(&mut self) {
        let most = most_at_once(self.engine.concurrency);
        loop {
            let Self {
                queue,
                busy,
                plan,
                seats,
                ..
            } = self;
            let next = queue.take(
                |lane| busy.has_room(lane, most),
                |waiting| {
                    let held = seats.reading && waiting.call.kind.family() == Family::Allocate;
                    !held && busy.is_free(plan, &waiting.call)
                },
            );
            let Some(waiting) = next else { return };
            self.send(waiting);
        }
    }

    fn send(&mut self, waiting: Waiting) {
        let Waiting { mut call, sibling } = waiting;
        let size = self.sizes.of(call.kind.family());
        if call.steps.len() > size {
            // The chunk size has shrunk since the call was made.
            let parts = call.steps.chunks(size).map(|steps| Call {
                kind: call.kind.clone(),
                steps: steps.to_vec(),
            });
            let parts: Vec<Waiting> = parts.chain(sibling).map(Waiting::from).collect();
            self.queue.push_first(parts);
            return;
        }
        call.steps.retain(|step| self.still_wanted(*step));
        self.part_with_strangers(&mut call);
        let Some(request) = self.request(&call) else {
            self.queue.push_first(sibling.map(Waiting::from));
            return;
        };
        let now = Timestamp::now();
        let mut rows: Vec<RowIndex> = Vec::new();
        for step in &call.steps {
            rows.extend(&self.plan.step(*step).rows);
        }
        for row in &rows {
            self.book.begin(*row, now);
        }
        let ahead = self.records_ahead(&call, &rows, now);
        if matches!(call.kind.family(), Family::Invite | Family::Create) {
            for step in &call.steps {
                *self.sendings.entry(*step).or_default() += 1;
            }
        }
        let touch = Touch::of(&self.plan, &call);
        self.busy.occupy(&touch);
        let durable = (!ahead.is_empty()).then(|| self.engine.journal.append(ahead));
        let client = self.engine.read_back.client.clone();
        self.jobs.push(Box::pin(async move {
            if let Some(durable) = durable
                && let Err(error) = durable.await
            {
                return Message::JournalFailed(error);
            }
            let result = request.perform(&client).await;
            Message::Called {
                waiting: Waiting { call, sibling },
                touch,
                result,
            }
        }));
    }

    /// Whether a queued step is still to be made: its rows may have failed meanwhile, or its seats run out.
    fn still_wanted(&mut self, index: StepIndex) -> bool {
        if !self.is_ready(index) {
            return false;
        }
        let Work::License(change) = &self.plan.step(index).work else {
            return true;
        };
        let missing = change.gains().common(&self.seats.exhausted);
        if missing.is_empty() {
            return true;
        }
        let message = format!("no seat is left of {missing}: the server refused an earlier row and the pool is empty");
        self.fail_step(index, &Fault::new(Status::Conflict, "seats_short", message), None);
        false
    }

    /// A step that has changed since it was batched, because one of its rows failed, may belong elsewhere.
    fn part_with_strangers(&mut self, call: &mut Call) {
        let plan = &self.plan;
        let fits = |step: &StepIndex| CallKind::of(*step, plan.step(*step)).as_ref() == Some(&call.kind);
        let (same, strangers): (Vec<StepIndex>, Vec<StepIndex>) = call.steps.iter().partition(|step| fits(step));
        if !strangers.is_empty() {
            let others = batch(plan, strangers, &self.sizes);
            self.queue
                .push_first(others.into_iter().map(Waiting::from).collect::<Vec<_>>());
        }
        call.steps = same;
    }

    /// Records that have to be on disk before the call is sent: a rerun must know that a mail may have
    /// gone out, and what an old account held before its licences were handed over.
    fn records_ahead(&self, call: &Call, rows: &[RowIndex], now: Timestamp) -> Vec<Record> {
        let hands_over = || {
            let stage = |step: &StepIndex| self.plan.step(*step).stage;
            call.steps.iter().any(|step| stage(step) == Stage::HandOver)
        };
        let code = match call.kind.family() {
            Family::Invite => "inviting",
            Family::Create => "creating",
            Family::Release if hands_over() => "handing_over",
            _ => return Vec::new(),
        };
        rows.iter()
            .map(|row| self.book.started(&self.plan, self.engine.snapshot, *row, code, now))
            .collect()
    }

    /// The call's payload as the steps are now; `None` where no step is left.
    fn request(&self, call: &Call) -> Option<Request> {
        if call.steps.is_empty() {
            return None;
        }
        let work = |step: &StepIndex| &self.plan.step(*step).work;
        let user = |step: &StepIndex| -> Option<UserId> { self.plan.account(self.plan.step(*step).account?).id };
        let users = || call.steps.iter().filter_map(user).collect();
        Some(match &call.kind {
            CallKind::Invite => {
                let invitations = call.steps.iter().filter_map(|step| match work(step) {
                    Work::Invite(invitation) => Some((**invitation).clone()),
                    _ => None,
                });
                Request::Invite(invitations.collect())
            }
            CallKind::Create(groups) => {
                let made = call.steps.iter().filter_map(|step| match work(step) {
                    Work::Create(creation) => Some(creation.user.clone()),
                    _ => None,
                });
                Request::Create(made.collect(), groups.clone())
            }
            CallKind::Update(step) => {
                let Work::Update(parts) = work(step) else { return None };
                let update = parts
                    .iter()
                    .fold(UserUpdate::default(), |sum, (_, part)| sum.then(part));
                Request::Update(user(step)?, update)
            }
            CallKind::Members(group) => {
                let (mut join, mut leave) = (Vec::new(), Vec::new());
                for step in &call.steps {
                    match (work(step), user(step)) {
                        (Work::Member(_, Membership::Join), Some(user)) => join.push(user),
                        (Work::Member(_, Membership::Leave), Some(user)) => leave.push(user),
                        _ => {}
                    }
                }
                Request::Members {
                    group: self.plan.groups.get(group)?.clone(),
                    join,
                    leave,
                }
            }
            CallKind::Allocate(bundles, external_license) => {
                Request::Allocate(users(), bundles.clone(), *external_license)
            }
            CallKind::Release => Request::Release(users()),
            CallKind::GroupRule(step) => {
                let Work::GroupRule(change) = work(step) else {
                    return None;
                };
                Request::GroupRule((**change).clone())
            }
            CallKind::Delete => Request::Delete(users()),
        })
    }
}
