//! The dispatcher: owns the state of every row and step, sends calls, takes in what they answer.

use std::collections::{HashMap, HashSet};

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use jiff::Timestamp;

use super::forbidden::Permissions;
use super::perform::{Reply, Request};
use super::queue::{Busy, Queue, Touch, Waiting};
use super::read_back::{Lack, Successor};
use super::rows::{Fault, RowBook, StepState};
use super::run::{Engine, Ran, Stopped};
use crate::api::{CallError, Receipt, Seats, User};
use crate::directory::ReadError;
use crate::event::Event;
use crate::ledger::{JournalError, Record};
use crate::model::{BundleSet, Place, Status};
use crate::plan::{
    BatchSizes, Call, Direct, Family, LicenseChange, Plan, RowIndex, Stage, Step, StepIndex, Work, batch,
};

/// What an executor tells the dispatcher.
pub(super) enum Message {
    Called {
        waiting: Waiting,
        touch: Touch,
        result: Result<(Reply, Receipt), CallError>,
    },
    Settled {
        call: Call,
        found: Result<HashMap<String, User>, ReadError>,
        lost: Fault,
    },
    Verified {
        steps: Vec<StepIndex>,
        lacks: Result<Vec<Lack>, ReadError>,
    },
    SeatsRead(Result<Vec<Seats>, CallError>),
    JournalFailed(JournalError),
}

type Saved = (Vec<(Place, Status, String)>, Result<(), JournalError>);

pub(super) struct Dispatcher<'a> {
    pub(super) engine: Engine<'a>,
    pub(super) plan: Plan,
    pub(super) book: RowBook<'a>,
    pub(super) queue: Queue,
    pub(super) busy: Busy,
    pub(super) sizes: BatchSizes,
    pub(super) permissions: Permissions,
    /// How often an invitation or a creation was sent.
    pub(super) sendings: HashMap<StepIndex, u32>,
    /// Steps that begin when another one, merged with them before, has ended.
    pub(super) followers: HashMap<StepIndex, StepIndex>,
    /// Bundles that the server has no seat of, as read after a refusal.
    pub(super) exhausted: BundleSet,
    pub(super) reading_seats: bool,
    pub(super) stopped: Option<Stopped>,
    pub(super) jobs: FuturesUnordered<BoxFuture<'static, Message>>,
    saves: FuturesUnordered<BoxFuture<'static, Saved>>,
    failures: usize,
}

impl<'a> Dispatcher<'a> {
    pub(super) fn new(engine: Engine<'a>, plan: Plan) -> Self {
        Self {
            book: RowBook::new(engine.rows, &plan),
            sizes: engine.rules.sizes,
            engine,
            plan,
            queue: Queue::default(),
            busy: Busy::default(),
            permissions: Permissions::default(),
            sendings: HashMap::new(),
            followers: HashMap::new(),
            exhausted: BundleSet::default(),
            reading_seats: false,
            stopped: None,
            jobs: FuturesUnordered::new(),
            saves: FuturesUnordered::new(),
            failures: 0,
        }
    }

    pub(super) async fn run(mut self) -> Result<Ran, JournalError> {
        (self.engine.read_back.observer)(Event::RunStarted {
            rows: self.engine.rows.len(),
        });
        let settled: Vec<RowIndex> = (0..self.plan.rows.len())
            .filter(|row| self.plan.rows[*row].verdict.is_some())
            .collect();
        for rows in settled.chunks(1000) {
            self.end_rows(rows);
            self.flush().await?;
        }
        let mut last: Option<Stage> = None;
        while !self.is_stopping()
            && let Some(stage) = self
                .plan
                .steps
                .iter()
                .map(|step| step.stage)
                .filter(|stage| Some(*stage) > last)
                .min()
        {
            last = Some(stage);
            self.start_stage(stage);
            self.drive().await?;
            // The next stage builds on this one, so this one is on disk first.
            self.flush().await?;
        }
        self.leave_the_rest().await?;
        if self.stopped.is_none() && self.permissions.nothing_was_allowed() {
            self.stopped = Some(Stopped::SignIn(
                "the organization refused every change with 403; check the application's scopes and permissions"
                    .to_owned(),
            ));
        }
        Ok(Ran { stopped: self.stopped })
    }

    fn is_stopping(&mut self) -> bool {
        if self.stopped.is_none() && self.engine.read_back.stop.is_cancelled() {
            self.stop(Stopped::Interrupted, "interrupted");
        }
        self.stopped.is_some()
    }

    /// Sends nothing new from now on.
    pub(super) fn stop(&mut self, why: Stopped, words: &str) {
        if self.stopped.is_none() {
            (self.engine.read_back.observer)(Event::Stopping(words.to_owned()));
            self.stopped = Some(why);
        }
        self.engine.read_back.stop.cancel();
        self.queue.clear();
    }

    fn start_stage(&mut self, stage: Stage) {
        self.exhausted = BundleSet::default();
        let steps: Vec<StepIndex> = self.plan.steps_of(stage).collect();
        let ready: Vec<StepIndex> = steps.into_iter().filter(|step| self.is_ready(*step)).collect();
        if stage == Stage::Verify {
            self.verify(ready);
            return;
        }
        for call in batch(&self.plan, ready, &self.sizes) {
            self.queue.push(call);
        }
    }

    /// Whether a step can be made; ends it where it cannot, or need not.
    fn is_ready(&mut self, index: StepIndex) -> bool {
        if self.book.step(index) != StepState::Open {
            return false;
        }
        let step = self.plan.step(index);
        let rows = step.rows.clone();
        let well: HashSet<RowIndex> = rows.iter().copied().filter(|row| self.book.is_well(*row)).collect();
        if well.is_empty() && step.stage != Stage::GiveBack {
            self.end_step(index, StepState::Dropped);
            return false;
        }
        let made = step
            .account
            .is_none_or(|account| self.plan.account(account).id.is_some());
        if !made && !matches!(step.work, Work::Invite(_) | Work::Create(..)) {
            let label = step.account.map_or("", |account| &self.plan.account(account).label);
            let fault = Fault::new(
                Status::Skipped,
                "no_account",
                format!("the account `{label}` was not made, so nothing could be done to it"),
            );
            for row in rows {
                self.book.fail(row, fault.clone(), None);
            }
            self.end_step(index, StepState::Dropped);
            return false;
        }
        if well.len() < rows.len()
            && let Work::License(change) = &step.work
            && change.edits.len() > 1
        {
            let edits = change
                .edits
                .iter()
                .filter(|(row, _)| well.contains(row))
                .cloned()
                .collect();
            let change = LicenseChange::new(change.base.clone(), change.external_license, edits);
            let nothing_left = change.target == change.base;
            self.plan.steps[index.0].work = Work::License(Box::new(change));
            if nothing_left {
                self.end_step(index, StepState::Done);
                return false;
            }
        }
        true
    }

    async fn drive(&mut self) -> Result<(), JournalError> {
        loop {
            if self.is_stopping() {
                // Answers to what is still in flight may have put halves of their calls back.
                self.queue.clear();
            } else {
                self.send_what_fits();
            }
            if self.jobs.is_empty() && self.queue.is_empty() {
                return Ok(());
            }
            let stop = self.engine.read_back.stop.clone();
            tokio::select! {
                Some(message) = self.jobs.next() => self.take_in(message)?,
                Some(saved) = self.saves.next(), if !self.saves.is_empty() => self.saved(saved)?,
                () = stop.cancelled(), if self.stopped.is_none() => {}
            }
        }
    }

    fn take_in(&mut self, message: Message) -> Result<(), JournalError> {
        match message {
            Message::Called { waiting, touch, result } => {
                self.busy.release(&touch);
                match result {
                    Ok((reply, receipt)) => self.succeeded(waiting, reply, &receipt),
                    Err(error) => self.refused(waiting, &error),
                }
            }
            Message::Settled { call, found, lost } => self.settled(call, found, &lost),
            Message::Verified { steps, lacks } => self.verified(&steps, lacks),
            Message::SeatsRead(seats) => {
                self.reading_seats = false;
                if let Ok(seats) = seats {
                    self.exhausted = seats
                        .into_iter()
                        .filter(|seats| seats.free() == 0)
                        .map(|seats| seats.code)
                        .collect();
                }
            }
            Message::JournalFailed(error) => return Err(error),
        }
        Ok(())
    }

    fn send_what_fits(&mut self) {
        // Calls that wait for a quota or a retry must not keep others from being sent.
        let most = self.engine.concurrency.max(1) * 3;
        while self.jobs.len() < most {
            let Self {
                queue,
                busy,
                plan,
                reading_seats,
                ..
            } = self;
            let next = queue.take(|waiting| {
                let held = *reading_seats && waiting.call.kind.family() == Family::Allocate;
                !held && busy.is_free(&touch(plan, &waiting.call))
            });
            let Some(waiting) = next else { return };
            self.send(waiting);
        }
    }

    fn send(&mut self, waiting: Waiting) {
        let Waiting { mut call, sibling } = waiting;
        let family = call.kind.family();
        let size = self.sizes.of(family);
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
        let request = self.request(&call);
        let (Some(request), false) = (request, call.steps.is_empty()) else {
            self.queue.push_first(sibling.map(Waiting::from));
            return;
        };
        let now = Timestamp::now();
        let rows: Vec<RowIndex> = call
            .steps
            .iter()
            .flat_map(|step| self.plan.step(*step).rows.clone())
            .collect();
        for row in &rows {
            self.book.begin(*row, now);
        }
        let ahead = self.records_ahead(&call, &rows, now);
        for step in &call.steps {
            *self.sendings.entry(*step).or_default() += 1;
        }
        let touch = Touch {
            users: request.users(),
            groups: request.groups(),
            family,
        };
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

    /// Records that have to be on disk before the call is sent: a rerun must know that a mail may have
    /// gone out, and what an old account held before its licences were handed over.
    fn records_ahead(&self, call: &Call, rows: &[RowIndex], now: Timestamp) -> Vec<Record> {
        let hands_over = call
            .steps
            .iter()
            .any(|step| self.plan.step(*step).stage == Stage::HandOver);
        let code = match call.kind.family() {
            Family::Invite => "inviting",
            Family::Create => "creating",
            _ if hands_over => "handing_over",
            _ => return Vec::new(),
        };
        rows.iter()
            .map(|row| self.book.started(&self.plan, self.engine.snapshot, *row, code, now))
            .collect()
    }

    /// Whether a queued step is still to be made: its rows may have failed meanwhile, or its seats run out.
    fn still_wanted(&mut self, index: StepIndex) -> bool {
        if !self.is_ready(index) {
            return false;
        }
        let Work::License(change) = &self.plan.step(index).work else {
            return true;
        };
        let missing = change.gains().common(&self.exhausted);
        if missing.is_empty() {
            return true;
        }
        let message = format!("no seat is left of {missing}: the server refused an earlier row and the pool is empty");
        self.fail_step(index, &Fault::new(Status::Conflict, "seats_short", message), None);
        false
    }

    fn request(&self, call: &Call) -> Option<Request> {
        use crate::plan::CallKind;
        let user = |step: &StepIndex| {
            let account = self.plan.step(*step).account?;
            self.plan.account(account).id
        };
        let users = || call.steps.iter().filter_map(user).collect();
        Some(match &call.kind {
            CallKind::Invite => {
                let invitations = call.steps.iter().filter_map(|step| match &self.plan.step(*step).work {
                    Work::Invite(invitation) => Some((**invitation).clone()),
                    _ => None,
                });
                Request::Invite(invitations.collect())
            }
            CallKind::Create(groups) => {
                let made = call.steps.iter().filter_map(|step| match &self.plan.step(*step).work {
                    Work::Create(user, _) => Some((**user).clone()),
                    _ => None,
                });
                Request::Create(made.collect(), groups.clone())
            }
            CallKind::Update(step) => {
                let Work::Update(parts) = &self.plan.step(*step).work else {
                    return None;
                };
                let parts = parts.iter().filter(|(row, _)| self.book.is_well(*row));
                let update = parts.fold(crate::api::UserUpdate::default(), |sum, (_, part)| sum.then(part));
                Request::Update(user(step)?, update)
            }
            CallKind::Members(group) => {
                let (mut join, mut leave) = (Vec::new(), Vec::new());
                for step in &call.steps {
                    match (&self.plan.step(*step).work, user(step)) {
                        (Work::Member(_, crate::plan::Membership::Join), Some(user)) => join.push(user),
                        (Work::Member(_, crate::plan::Membership::Leave), Some(user)) => leave.push(user),
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
                let Work::GroupRule(change) = &self.plan.step(*step).work else {
                    return None;
                };
                Request::GroupRule((**change).clone())
            }
            CallKind::Delete => Request::Delete(users()),
        })
    }

    fn verify(&mut self, steps: Vec<StepIndex>) {
        let successors: Vec<Successor> = steps
            .iter()
            .filter_map(|index| {
                let step = self.plan.step(*index);
                let (Work::Verify(expected), Some(account)) = (&step.work, step.account) else {
                    return None;
                };
                let account = self.plan.account(account);
                Some(Successor {
                    user: account.id?,
                    address: account.label.clone(),
                    groups: expected.groups.clone(),
                    licenses: expected.licenses.clone(),
                })
            })
            .collect();
        if successors.is_empty() {
            return;
        }
        let read_back = self.engine.read_back.clone();
        self.jobs.push(Box::pin(async move {
            let lacks = read_back.verify(&successors).await;
            Message::Verified { steps, lacks }
        }));
    }

    pub(super) fn end_step(&mut self, index: StepIndex, state: StepState) {
        let rows = self.plan.step(index).rows.clone();
        let complete = self.book.end_step(index, state, &rows);
        self.end_rows(&complete);
        if let Some(follower) = self.followers.remove(&index) {
            self.start_follower(index, state, follower);
        }
    }

    pub(super) fn fail_step(&mut self, index: StepIndex, fault: &Fault, error: Option<&CallError>) {
        for row in self.plan.step(index).rows.clone() {
            self.book.fail(row, fault.clone(), error);
        }
        if self.plan.step(index).stage == Stage::TakeOver {
            self.give_back(index);
        }
        self.end_step(index, StepState::Failed);
    }

    /// A successor could not take the licences over: the old account gets them back.
    fn give_back(&mut self, take_over: StepIndex) {
        let rows = self.plan.step(take_over).rows.clone();
        let handed = rows
            .iter()
            .flat_map(|row| &self.plan.rows[*row].steps)
            .copied()
            .find(|index| self.plan.step(*index).stage == Stage::HandOver && self.book.step(*index) == StepState::Done);
        let Some(handed) = handed.map(|index| self.plan.step(index).clone()) else {
            return;
        };
        let (Work::License(change), Some(row)) = (handed.work, rows.first()) else {
            return;
        };
        let back = LicenseChange {
            base: Direct::Inherits,
            external_license: change.external_license,
            edits: vec![(*row, crate::plan::LicenseEdit::Set(change.base.bundles(), None))],
            target: change.base,
        };
        self.add_step(Step {
            stage: Stage::GiveBack,
            account: handed.account,
            rows,
            work: Work::License(Box::new(back)),
        });
    }

    /// Adds a step for a later stage while the plan runs.
    pub(super) fn add_step(&mut self, step: Step) {
        let index = StepIndex(self.plan.steps.len());
        self.book.add_step(&step.rows);
        for row in &step.rows {
            self.plan.rows[*row].steps.push(index);
        }
        self.plan.steps.push(step);
    }

    fn start_follower(&mut self, index: StepIndex, state: StepState, follower: StepIndex) {
        if let Work::License(ended) = self.plan.step(index).work.clone()
            && let Work::License(change) = &mut self.plan.steps[follower.0].work
        {
            let base = if state == StepState::Done {
                ended.target
            } else {
                ended.base
            };
            **change = LicenseChange::new(base, change.external_license, change.edits.clone());
        }
        if self.is_ready(follower) {
            for call in batch(&self.plan, [follower], &self.sizes) {
                self.queue.push_first([Waiting::from(call)]);
            }
        }
    }

    fn end_rows(&mut self, rows: &[RowIndex]) {
        if rows.is_empty() {
            return;
        }
        let now = Timestamp::now();
        let records: Vec<Record> = rows
            .iter()
            .map(|row| self.book.end(&self.plan, self.engine.snapshot, *row, now))
            .collect();
        self.failures += records.iter().filter(|record| record.status.is_failure()).count();
        self.save(records);
        if let Some(most) = self.engine.max_failures
            && most.reached(self.failures, self.engine.rows.len())
        {
            let words = format!(
                "{} failed, which `--max-failures` allows no more of",
                crate::text::plural(self.failures, "row")
            );
            self.stop(Stopped::MaxFailures(words.clone()), &words);
        }
    }

    /// Hands records to the journal; rows are told as ended once they are on disk.
    pub(super) fn save(&mut self, records: Vec<Record>) {
        let told = records
            .iter()
            .filter(|record| record.status != Status::Started)
            .map(|record| (record.place.clone(), record.status, record.message.clone()))
            .collect();
        let durable = self.engine.journal.append(records);
        self.saves.push(Box::pin(async move { (told, durable.await) }));
    }

    fn saved(&mut self, (told, result): Saved) -> Result<(), JournalError> {
        result?;
        for (place, status, message) in told {
            (self.engine.read_back.observer)(Event::RowEnded { place, status, message });
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), JournalError> {
        while let Some(saved) = self.saves.next().await {
            self.saved(saved)?;
        }
        Ok(())
    }

    async fn leave_the_rest(&mut self) -> Result<(), JournalError> {
        let why = match &self.stopped {
            Some(Stopped::MaxFailures(words)) => format!("not reached: {words}"),
            Some(Stopped::SignIn(words)) => format!("not reached: {words}"),
            Some(Stopped::Interrupted) | None => "not reached before the run was interrupted".to_owned(),
        };
        let open: Vec<RowIndex> = (0..self.plan.rows.len())
            .filter(|row| !self.book.has_ended(*row))
            .collect();
        for rows in open.chunks(1000) {
            let now = Timestamp::now();
            let records = rows
                .iter()
                .map(|row| self.book.leave(&self.plan, self.engine.snapshot, *row, &why, now))
                .collect();
            self.save(records);
            self.flush().await?;
        }
        self.flush().await
    }
}

/// What a call will touch.
fn touch(plan: &Plan, call: &Call) -> Touch {
    let users = call
        .steps
        .iter()
        .filter_map(|step| plan.account(plan.step(*step).account?).id)
        .collect();
    let groups = match &call.kind {
        crate::plan::CallKind::Members(group) => vec![*group],
        _ => Vec::new(),
    };
    Touch {
        users,
        groups,
        family: call.kind.family(),
    }
}
