//! The state of a run, its input and its output.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use jiff::Timestamp;

use super::freshness::{Facts, Freshness};
use super::giving_up::GivingUp;
use super::progress::{Phase, Reported};
use super::protocol::{Effect, Input, Moment, TaskId};
use super::rows::{Recording, Rows, StepFailure};
use super::schedule::{OneAtATime, Schedule, Touched, Waiting};
use super::seats_left::SeatsLeft;
use super::steps::Steps;
use crate::api::Group;
use crate::directory::Snapshot;
use crate::engine::outcome::{AfterStop, MaxFailures, Stopped};
use crate::engine::recheck::Recheck;
use crate::model::{GroupId, UserId};
use crate::plan::{AccountIndex, Call, Family, PlannedSheet, Rules, StepIndex};

/// What a machine is made from.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    /// The rows, what is to be done for them, and the state that they were planned against.
    pub sheet: PlannedSheet<'a>,
    /// What the user chose.
    pub rules: &'a Rules,
    /// When to give up.
    pub max_failures: Option<MaxFailures>,
    /// How many calls may be in flight.
    pub concurrency: usize,
    /// Whether rows are recorded.
    pub recording: Recording,
    /// When what calls rest on is read again.
    pub recheck: Recheck,
}

/// A run in progress: inputs in, effects out, and every decision in between.
pub struct Machine<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) rules: &'a Rules,
    pub(super) steps: Steps<'a>,
    pub(super) rows: Rows<'a>,
    pub(super) schedule: Schedule,
    pub(super) giving_up: GivingUp,
    pub(super) seats: SeatsLeft,
    pub(super) recheck: Recheck,
    pub(super) freshness: Freshness,
    /// Groups that somebody else has renamed since the state was read, with their names now.
    pub(super) renamed: HashMap<GroupId, Group>,
    /// Calls that come back without having left.
    pub(super) put_off: HashSet<TaskId>,
    /// What has changed since a plan was approved, while more is still being read.
    pub(super) changed_since_plan: Vec<String>,
    /// Whether a changing call has left.
    pub(super) has_written: bool,
    /// Requested tasks that have not been answered.
    pub(super) tasks: HashMap<TaskId, Task>,
    pub(super) next_task: u64,
    /// How often an invitation or a creation was sent.
    pub(super) sendings: HashMap<StepIndex, u32>,
    /// Deletions tried again after an answer was lost.
    pub(super) perhaps_deleted: HashSet<StepIndex>,
    pub(super) phase: Phase,
    pub(super) reported: Reported,
    pub(super) stopped: Option<Stopped>,
    pub(super) after_stop: AfterStop,
    /// Whether steps that a stop leaves half done may still be finished.
    pub(super) has_grace: bool,
    pub(super) now: Timestamp,
    pub(super) elapsed: Duration,
    pub(super) effects: VecDeque<Effect>,
}

/// A requested task.
pub(super) enum Task {
    /// A call is in flight.
    Call { waiting: Waiting, touched: Touched },
    /// Accounts whose creation had no clear answer are being looked for.
    LookForMade {
        call: Call,
        lost: StepFailure,
        most_sendings: u32,
    },
    /// Accounts are being looked for, because calls that would make them were refused as if they were there.
    LookForTaken { refused: Vec<(StepIndex, StepFailure)> },
    /// Allocations are being read, because these accounts were there already.
    ReadHoldings { accounts: Vec<(AccountIndex, UserId)> },
    /// Allocations are being read, because it is unknown what the accounts of these steps hold now.
    LookForHeld { steps: Vec<StepIndex>, lost: StepFailure },
    /// Successors are being read back.
    Verify { steps: Vec<StepIndex> },
    /// The seats are being read, after one was refused.
    Seats,
    /// What calls rest on is being read again.
    Again(Facts),
}

impl<'a> Machine<'a> {
    /// A run that has not begun: the first input is [`Input::Started`].
    pub fn new(setup: Setup<'a>) -> Self {
        let mut schedule = Schedule::new(setup.rules.sizes, setup.concurrency);
        if setup.sheet.snapshot.seats().is_none() {
            // Nobody knows whether there are seats for all.
            schedule.send_one_at_a_time(Family::Allocate, OneAtATime::LastSeats);
        }
        Self {
            snapshot: setup.sheet.snapshot,
            rules: setup.rules,
            steps: Steps::new(setup.sheet.plan),
            rows: Rows::new(setup.sheet, setup.rules, setup.recording),
            schedule,
            giving_up: GivingUp::new(setup.max_failures),
            seats: SeatsLeft::default(),
            recheck: setup.recheck,
            freshness: Freshness::new(setup.recheck),
            renamed: HashMap::new(),
            put_off: HashSet::new(),
            changed_since_plan: Vec::new(),
            has_written: false,
            tasks: HashMap::new(),
            next_task: 0,
            sendings: HashMap::new(),
            perhaps_deleted: HashSet::new(),
            phase: Phase::Settled { next: 0 },
            reported: Reported::default(),
            stopped: None,
            after_stop: AfterStop::default(),
            has_grace: true,
            now: Timestamp::UNIX_EPOCH,
            elapsed: Duration::ZERO,
            effects: VecDeque::new(),
        }
    }

    /// Takes in what happened at `now`; [`next_effect`](Self::next_effect) then says what to do.
    pub fn take_in(&mut self, input: Input, now: Moment) {
        self.now = now.time;
        self.elapsed = now.elapsed;
        match input {
            Input::Started => {}
            Input::Waited(task) => self.waited(task),
            Input::Departing(task) => self.departing(task),
            Input::Answered(task, result) => self.answered(task, result),
            Input::CameBack(task, attempts) => self.came_back(task, attempts),
            Input::AccountsFound(task, found) => self.accounts_found(task, found),
            Input::AllocationsRead(task, held) => self.allocations_read(task, held),
            Input::SuccessorsRead(task, lacks) => self.successors_read(task, lacks),
            Input::ReadAgain(task, present) => self.was_read_again(task, present),
            Input::SeatsRead(task, seats) => self.seats_read(task, seats),
            Input::Recorded(batches) => self.recorded(batches),
            Input::StopAsked => self.stop(Stopped::Interrupted),
            Input::GraceEnded => self.has_grace = false,
            Input::OutageLasted(outage) => self.giving_up.outage_has_lasted(outage),
        }
        self.go_on();
    }

    /// The next thing to do; `None` until something else has happened.
    pub fn next_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    pub(super) fn ask(&mut self, task: Task) -> TaskId {
        let id = TaskId(self.next_task);
        self.next_task += 1;
        self.tasks.insert(id, task);
        id
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopped.is_some()
    }
}
