//! The state of a run, its input and its output.

use std::collections::VecDeque;
use std::time::Duration;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use jiff::Timestamp;

use super::common_cause::CommonCauses;
use super::deletion_count::Deletions;
use super::failed_call::Sendings;
use super::freshness::{Facts, Freshness, PeopleAsked};
use super::giving_up::GivingUp;
use super::progress::{Phase, Reported};
use super::protocol::{Effect, Input, Moment, TaskId};
use super::refused_together::RefusedTogether;
use super::rows::{Recording, Rows, StepFailure};
use super::schedule::{OneAtATime, Schedule, Touched, Tries, Waiting};
use super::seats_left::SeatsLeft;
use super::steps::Steps;
use super::unseating::any_unseats;
use crate::api::{CallError, Group};
use crate::directory::Snapshot;
use crate::engine::outcome::{AfterStop, MaxFailures, Stopped};
use crate::engine::recheck::Recheck;
use crate::model::{GroupId, Operation, UserId};
use crate::plan::{AccountIndex, Call, Family, Plan, PlannedSheet, Rules, StepIndex, Verdict, Work};

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
    /// How long something that this run made or freed may stay unknown to a service.
    pub settle: Duration,
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
    /// What has changed since a plan was approved, while more is still being read.
    pub(super) changed_since_plan: Vec<String>,
    /// Whether a changing call has left.
    pub(super) has_written: bool,
    pub(super) causes: CommonCauses,
    /// Groups that leavers could not leave, and why.
    pub(super) held_by_groups: HashMap<GroupId, Vec<Verdict>>,
    /// Steps that find out with the first leavers whether their groups can be left.
    pub(super) departure_trials: HashSet<StepIndex>,
    /// How many leavers' updates were refused and split.
    pub(super) split_leavers: usize,
    pub(super) deletions: Deletions,
    /// Licence steps of single accounts that were answered 404, until it is known whether it is the organization that the
    /// licence service does not know.
    pub(super) perhaps_unknown: Vec<(StepIndex, CallError)>,
    /// Why no licence call is sent any more: the licence service does not know the organization.
    pub(super) no_license: Option<StepFailure>,
    /// How many users tried alone were refused because of that.
    pub(super) without_license: usize,
    pub(super) settle: Duration,
    /// How long the run had been going on when the latest account was made.
    pub(super) last_made: Option<Duration>,
    /// Accounts that this run has made and that a service did not know in all the time that it may take.
    pub(super) unknown_for_good: HashSet<UserId>,
    /// Requested tasks that have not been answered.
    pub(super) tasks: HashMap<TaskId, Task>,
    pub(super) next_task: u64,
    /// What refused calls of several invitations or creations have shown.
    pub(super) refused_together: HashMap<Family, RefusedTogether>,
    /// How often an invitation or a creation was sent.
    pub(super) sendings: HashMap<StepIndex, u32>,
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
        tries: Tries,
        /// How often its entries are sent at most; `None` if not again.
        most: Option<Sendings>,
    },
    /// Accounts are being looked for, because calls that would make them were refused as if they were there.
    LookForTaken { refused: Vec<(StepIndex, StepFailure)> },
    /// Accounts of a refused call are being looked for, because a part of it may have been done.
    LookForDoneInPart { call: Call, tries: Tries, error: CallError },
    /// Allocations are being read, because these accounts were there already.
    ReadHoldings { accounts: Vec<(AccountIndex, UserId)> },
    /// It is being read which accounts of a deletion are still there.
    LookForDeleted { waiting: Waiting, error: CallError },
    /// It is being read, or read again later, which accounts of a deletion that was answered as carried out are still
    /// there; how often it was put off.
    SeeWhetherGone { call: Call, looks: usize },
    /// The accounts are being counted, because many are deleted at once.
    Count,
    /// The accounts are counted again later.
    CountLater,
    /// A call waits for a service to know what this run has made or freed.
    TooEarly { waiting: Waiting, why: TooEarly },
    /// Allocations are being read, because it is unknown what the accounts of these steps hold now.
    LookForHeld { steps: Vec<(StepIndex, StepFailure)> },
    /// Successors are being read back.
    Verify { steps: Vec<StepIndex> },
    /// Leavers are being read back.
    VerifyLeavers { steps: Vec<StepIndex> },
    /// The seats are being read, after one was refused.
    Seats,
    /// What calls rest on is being read again.
    Again(Facts),
}

/// Why a call came too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooEarly {
    /// A service does not know accounts yet that were just made.
    ForAccounts,
    /// Seats that were freed are not back in the pool.
    ForSeats,
}

impl Task {
    /// Whether it goes on with a call of the family that could not be carried out.
    pub(super) fn is_continued(&self, family: Family) -> bool {
        match self {
            Self::Call { waiting, .. } => waiting.is_continued() && waiting.call.kind.family() == family,
            Self::TooEarly { waiting, .. } | Self::LookForDeleted { waiting, .. } => {
                waiting.call.kind.family() == family
            }
            Self::LookForMade { call, .. } | Self::LookForDoneInPart { call, .. } => call.kind.family() == family,
            Self::LookForTaken { .. }
            | Self::ReadHoldings { .. }
            | Self::LookForHeld { .. }
            | Self::Verify { .. }
            | Self::VerifyLeavers { .. }
            | Self::Seats
            | Self::Again(_)
            | Self::SeeWhetherGone { .. }
            | Self::Count
            | Self::CountLater => false,
        }
    }
}

fn has_leavers(plan: &Plan) -> bool {
    plan.steps.iter().any(|step| matches!(step.work, Work::VerifyLeaver))
}

impl<'a> Machine<'a> {
    /// A run that has not begun: the first input is [`Input::Started`].
    pub fn new(setup: Setup<'a>) -> Self {
        let mut schedule = Schedule::new(setup.rules.sizes, setup.concurrency);
        if setup.sheet.snapshot.seats().is_none() {
            // Nobody knows whether there are seats for all.
            schedule.send_one_at_a_time(Family::Allocate, OneAtATime::LastSeats);
        }
        let are_people_asked = setup
            .sheet
            .rows
            .iter()
            .any(|row| row.unless_used_since().is_some() || matches!(row.operation, Operation::SetGroups { .. }));
        let steps = Steps::new(setup.sheet.plan);
        let asked = PeopleAsked {
            by_rows: are_people_asked,
            of_leavers: has_leavers(setup.sheet.plan),
            of_administrators: any_unseats(&steps, setup.sheet.snapshot),
        };
        Self {
            snapshot: setup.sheet.snapshot,
            rules: setup.rules,
            steps,
            rows: Rows::new(setup.sheet, setup.rules, setup.recording),
            schedule,
            giving_up: GivingUp::new(setup.max_failures),
            seats: SeatsLeft::new(setup.sheet.snapshot.seats().unwrap_or_default()),
            recheck: setup.recheck,
            freshness: Freshness::new(setup.recheck, asked),
            renamed: HashMap::new(),
            changed_since_plan: Vec::new(),
            has_written: false,
            causes: CommonCauses::default(),
            held_by_groups: HashMap::new(),
            departure_trials: HashSet::new(),
            split_leavers: 0,
            deletions: Deletions::new(setup.sheet.snapshot.listings().users, setup.recheck.waited),
            perhaps_unknown: Vec::new(),
            no_license: None,
            without_license: 0,
            settle: setup.settle,
            last_made: None,
            unknown_for_good: HashSet::new(),
            tasks: HashMap::new(),
            next_task: 0,
            refused_together: HashMap::new(),
            sendings: HashMap::new(),
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
            // Of these two nothing else can follow, and they are told of every call that changes something.
            Input::Departing(task) => return self.departing(task),
            Input::ToldAhead(tasks) => return self.effects.extend(tasks.into_iter().map(Effect::LetGo)),
            Input::Answered(task, result) => self.answered(task, result),
            Input::CameBack {
                task,
                attempts,
                perhaps_done,
            } => self.came_back(task, attempts, perhaps_done),
            Input::AccountsFound(task, found) => self.accounts_found(task, found),
            Input::AllocationsRead(task, held) => self.allocations_read(task, held),
            Input::SuccessorsRead(task, lacks) => self.successors_read(task, lacks),
            Input::LeaversRead(task, remnants) => self.leavers_read(task, remnants),
            Input::ReadAgain(task, present) => self.was_read_again(task, present),
            Input::UsersFound(task, there) => self.users_found(task, there),
            Input::UsersCounted(task, count) => self.users_counted(task, count),
            Input::Resumed(task) => self.resumed(task),
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
