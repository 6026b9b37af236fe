//! The run as a state machine: what happened comes in as an [`Input`], what is to be done goes out as [`Effect`]s.
//!
//! Nothing here touches a socket, a file, a clock or a task: the time comes with each input, and whoever drives the
//! machine does what the effects say and reports back. [`drive`](super::driver::drive) does so for a run, and
//! [`forecast`](super::forecast::forecast) on a simulated clock for a plan.
//!
//! | question | file |
//! | --- | --- |
//! | which stage comes next, what a stop means, when a row's record is written | `flow` |
//! | what an answer means: done, split (a 409), smaller (a 413), read back, failed | `answers` |
//! | whether a step can be sent, and with which payload | `sending` |
//! | what reading back showed | `read_back` |
//! | licences taken off one account and owed to another | `transfers` |
//!
//! Its state is in parts that keep their fields to themselves: [`Steps`], [`Rows`], [`Schedule`] and [`GivingUp`].

mod answers;
mod failed_call;
mod flow;
mod giving_up;
mod protocol;
mod read_back;
mod rows;
mod schedule;
mod sending;
mod steps;
mod transfers;

pub use protocol::{Departure, Effect, Input, TaskId, Urgency};
pub use rows::Recording;

use std::collections::{HashMap, HashSet, VecDeque};

use jiff::Timestamp;

use self::flow::{Phase, Reported};
use self::giving_up::GivingUp;
use self::rows::{Rows, StepFailure};
use self::schedule::{OneAtATime, Schedule, Touched, Waiting};
use self::steps::Steps;
use super::run::{AfterStop, MaxFailures, Stopped};
use crate::directory::Snapshot;
use crate::model::{BundleSet, Row};
use crate::plan::{Call, Family, Plan, RowIndex, Rules, StepIndex, StepSource};

/// What a machine is made from.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    /// The rows, as they were planned.
    pub rows: &'a [Row],
    /// What is to be done for them.
    pub plan: &'a Plan,
    /// The state they were planned against.
    pub snapshot: &'a Snapshot,
    /// What the user chose.
    pub rules: &'a Rules,
    /// When to give up.
    pub max_failures: Option<MaxFailures>,
    /// How many calls may be under way.
    pub concurrency: usize,
    /// Whether rows get records.
    pub recording: Recording,
}

/// A run, as far as it has come. See the [module](self).
pub struct Machine<'a> {
    snapshot: &'a Snapshot,
    steps: Steps<'a>,
    rows: Rows<'a>,
    schedule: Schedule,
    giving_up: GivingUp,
    seats: SeatsLeft,
    /// What was asked for and has not been answered.
    tasks: HashMap<TaskId, Task>,
    next_task: u64,
    /// How often an invitation or a creation was sent.
    sendings: HashMap<StepIndex, u32>,
    /// Deletions that were tried again after an answer was lost.
    perhaps_deleted: HashSet<StepIndex>,
    phase: Phase,
    reported: Reported,
    stopped: Option<Stopped>,
    after_stop: AfterStop,
    /// Whether what a stop leaves half done may still be finished.
    has_grace: bool,
    now: Timestamp,
    effects: VecDeque<Effect>,
}

/// What was asked for.
enum Task {
    /// A call is on its way.
    Call { waiting: Waiting, touched: Touched },
    /// Accounts are looked for whose making had no clear answer.
    LookForMade { call: Call, lost: StepFailure },
    /// Allocations are read, for it is not known whether successors have taken their licences over.
    LookForTakenOver { steps: Vec<StepIndex>, lost: StepFailure },
    /// Successors are read back.
    Verify { steps: Vec<StepIndex> },
    /// The seats are read, after one was refused.
    Seats,
}

/// What is known of the seats that the server has left.
#[derive(Debug, Default)]
struct SeatsLeft {
    /// Bundles without any, as read after a refusal.
    exhausted: BundleSet,
    /// They are being read.
    are_being_read: bool,
    /// They cannot be read here.
    are_unreadable: bool,
}

impl<'a> Machine<'a> {
    /// A run that has not begun: the first input is [`Input::Started`].
    pub fn new(setup: Setup<'a>) -> Self {
        let mut schedule = Schedule::new(setup.rules.sizes, setup.concurrency);
        if setup.snapshot.seats().is_none() {
            // Nobody knows whether there are seats for all.
            schedule.send_one_at_a_time(Family::Allocate, OneAtATime::LastSeats);
        }
        Self {
            snapshot: setup.snapshot,
            steps: Steps::new(setup.plan),
            rows: Rows::new(setup.rows, setup.plan, setup.snapshot, setup.recording),
            schedule,
            giving_up: GivingUp::new(setup.max_failures),
            seats: SeatsLeft::default(),
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
            effects: VecDeque::new(),
        }
    }

    /// Takes in what happened at `now`; [`next_effect`](Self::next_effect) then says what is to be done.
    pub fn take_in(&mut self, input: Input, now: Timestamp) {
        self.now = now;
        match input {
            Input::Started => {}
            Input::Departing(task) => self.departing(task),
            Input::Answered(task, result) => self.answered(task, result),
            Input::AccountsFound(task, found) => self.accounts_found(task, found),
            Input::AllocationsRead(task, held) => self.allocations_read(task, held),
            Input::SuccessorsRead(task, lacks) => self.successors_read(task, lacks),
            Input::SeatsRead(task, seats) => self.seats_read(task, seats),
            Input::Recorded(batches) => self.recorded(batches),
            Input::StopAsked => self.stop(Stopped::Interrupted),
            Input::GraceEnded => self.has_grace = false,
        }
        self.go_on();
    }

    /// The next thing to be done; `None` until something else has happened.
    pub fn next_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    fn ask(&mut self, task: Task) -> TaskId {
        let id = TaskId(self.next_task);
        self.next_task += 1;
        self.tasks.insert(id, task);
        id
    }

    fn is_stopping(&self) -> bool {
        self.stopped.is_some()
    }

    /// The rows that several steps are for, each as often as it has a part in one.
    fn rows_of(&self, steps: &[StepIndex]) -> Vec<RowIndex> {
        let mut rows = Vec::with_capacity(steps.len());
        for step in steps {
            rows.extend(&self.steps.step(*step).rows);
        }
        rows
    }
}
