//! What a run will cost, before it begins: the run's own [`Machine`] on a simulated clock, with every call succeeding.
//!
//! The same code decides for the run which calls are sent and when, so the two cannot drift apart. Pure.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use uuid::Builder;

use super::machine::{Departure, Effect, Input, Machine, Recording, Setup, TaskId};
use super::read_back::{Lack, Successor};
use super::request::Reply;
use crate::api::{InviteReply, Receipt};
use crate::directory::{Allocations, HowRead, read_back_calls};
use crate::event::{Method, Service};
use crate::model::UserId;
use crate::pace::SimulatedTraffic;
use crate::plan::{AccountIndex, CallKind, Direct, PlannedSheet, Rules, Stage, Work};

/// Calls by the quota that they count against.
pub type Calls = BTreeMap<(Service, Method), u64>;

/// What a run of the plan sends if every step succeeds; signing in is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forecast {
    /// Changing calls by purpose.
    pub by_label: BTreeMap<&'static str, u64>,
    /// The calls that read the present state, which a run makes before anything else.
    pub reads: Calls,
    /// The changing calls.
    pub writes: Calls,
    /// The calls that read new accounts back before old ones are deleted.
    pub read_back: Calls,
    /// The changing calls that a tool with one call per change would send.
    pub one_by_one: Calls,
}

/// How long a run takes if every step succeeds and nobody else spends the quotas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timing {
    /// In all, from now.
    pub takes: Duration,
    /// How long each quota holds all of its calls back; waits of several quotas may overlap.
    pub waits: BTreeMap<(Service, Method), Duration>,
    /// How long one call per change would take.
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

/// What else a forecast depends on.
pub struct Circumstances<'a> {
    /// What is forecast: the rows, what is planned for them, and the state that they were planned against.
    pub sheet: PlannedSheet<'a>,
    /// What the user chose.
    pub rules: &'a Rules,
    /// How many calls may be in flight.
    pub concurrency: usize,
    /// The calls that reading the present state took.
    pub reads: &'a Calls,
    /// Whether those reads are still to come.
    pub reading: Reading,
    /// The quotas as spent so far, and how long a call takes.
    pub traffic: SimulatedTraffic<SimulatedCall>,
}

/// Whether the present state is still to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// It has been read for the run.
    Done,
    /// The run reads it again, which takes at least this long.
    Ahead(Duration),
}

/// A call of the simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimulatedCall {
    /// One that changes something.
    Change(TaskId),
    /// One that reads.
    Read,
}

/// What the plan will cost if every step succeeds.
pub fn forecast(circumstances: &Circumstances<'_>) -> (Forecast, Timing) {
    let mut forecast = Forecast::default();
    let reads = circumstances.reads.iter();
    forecast.reads = reads
        .filter(|((service, _), _)| *service != Service::Token)
        .map(|(of, count)| (*of, *count))
        .collect();
    let mut traffic = circumstances.traffic.clone();
    if let Reading::Ahead(least) = circumstances.reading {
        traffic.go_through(&forecast.reads, &SimulatedCall::Read);
        traffic.lasts(least);
    }
    let mut one_by_one = traffic.clone();
    let mut simulation = Simulation {
        circumstances,
        machine: Machine::new(Setup {
            sheet: circumstances.sheet,
            rules: circumstances.rules,
            max_failures: None,
            concurrency: circumstances.concurrency,
            recording: Recording::Off,
        }),
        traffic,
        inputs: VecDeque::from([Input::Started]),
        reading_back: None,
        accounts_made: 0,
        forecast,
    };
    simulation.run();
    let Simulation { traffic, forecast, .. } = simulation;
    one_by_one.go_through(&forecast.one_by_one, &SimulatedCall::Read);
    let timing = Timing {
        takes: traffic.elapsed(),
        waits: traffic.held().clone(),
        one_by_one: one_by_one.elapsed(),
    };
    (forecast, timing)
}

/// A run in which every call succeeds.
struct Simulation<'a> {
    circumstances: &'a Circumstances<'a>,
    machine: Machine<'a>,
    traffic: SimulatedTraffic<SimulatedCall>,
    /// Inputs not yet taken in.
    inputs: VecDeque<Input>,
    /// Successors being read back: how many, and how many calls are unanswered.
    reading_back: Option<(TaskId, usize, u64)>,
    accounts_made: u128,
    forecast: Forecast,
}

impl Simulation<'_> {
    fn run(&mut self) {
        while let Some(input) = self.next_input() {
            // No record is written, so the time of day does not matter.
            self.machine.take_in(input, Timestamp::UNIX_EPOCH);
            while let Some(effect) = self.machine.next_effect() {
                self.carry_out(effect);
            }
        }
    }

    fn next_input(&mut self) -> Option<Input> {
        loop {
            if let Some(input) = self.inputs.pop_front() {
                return Some(input);
            }
            match self.traffic.next_answer()? {
                SimulatedCall::Change(task) => return Some(self.answer(task)),
                SimulatedCall::Read => self.read(),
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Send { task, departure, .. } => self.send(task, departure),
            Effect::ReadSuccessors(task, successors) => self.read_back(task, &successors),
            // These reads only follow lost, refused or short answers, which do not occur here; the reply is that
            // nothing was found.
            Effect::FindAccounts { task, .. } => self.inputs.push_back(Input::AccountsFound(task, Ok(HashMap::new()))),
            Effect::ReadAllocations { task, .. } => {
                self.inputs
                    .push_back(Input::AllocationsRead(task, Ok(Allocations::default())));
            }
            Effect::ReadSeats(task) => self.inputs.push_back(Input::SeatsRead(task, Ok(Vec::new()))),
            Effect::Record(_) => self.inputs.push_back(Input::Recorded(1)),
            Effect::LetGo(_)
            | Effect::Withhold(_)
            | Effect::Tell(_)
            | Effect::CancelWaiting
            | Effect::StartGrace(_)
            | Effect::End(_) => {}
        }
    }

    fn send(&mut self, task: TaskId, departure: Departure) {
        let Some(kind) = self.machine.kind(task) else { return };
        let label = kind.label();
        let of = match kind {
            // Without a portal the licence service releases.
            CallKind::Release if !self.circumstances.rules.portal => (Service::License, Method::Delete),
            other => other.cost(),
        };
        let entries = self.machine.entries(task) as u64;
        *self.forecast.by_label.entry(label).or_default() += 1;
        *self.forecast.writes.entry(of).or_default() += 1;
        *self.forecast.one_by_one.entry(of).or_default() += entries;
        if departure == Departure::Announced {
            self.inputs.push_back(Input::Departing(task));
        }
        self.traffic.call(of.0, of.1, SimulatedCall::Change(task));
    }

    /// The call succeeds for every entry.
    fn answer(&mut self, task: TaskId) -> Input {
        let entries = self.machine.entries(task);
        let reply = match self.machine.kind(task) {
            Some(CallKind::Invite) => {
                let invited = self.make_accounts(entries).map(InviteReply::Invited);
                Reply::Invited(invited.collect())
            }
            Some(CallKind::Create(_)) => Reply::Created(self.make_accounts(entries).map(Some).collect()),
            _ => Reply::Done,
        };
        let receipt = Receipt {
            http_status: 200,
            trace_id: None,
            attempts: 1,
        };
        Input::Answered(task, Ok((reply, receipt)))
    }

    /// Ids that no account has: UUID version 8 is reserved for custom use.
    fn make_accounts(&mut self, count: usize) -> impl Iterator<Item = UserId> + use<> {
        let first = self.accounts_made;
        self.accounts_made += count as u128;
        (first..self.accounts_made).map(|number| UserId(Builder::from_custom_bytes(number.to_be_bytes()).into_uuid()))
    }

    fn read_back(&mut self, task: TaskId, successors: &[Successor]) {
        let holders = successors.iter().filter(|successor| !successor.licenses.is_empty());
        let calls = read_back(successors.len(), holders.count(), self.circumstances);
        self.reading_back = Some((task, successors.len(), calls.values().sum::<u64>() + 1));
        for ((service, method), count) in &calls {
            for _ in 0..*count {
                self.traffic.call(*service, *method, SimulatedCall::Read);
            }
        }
        self.forecast.read_back = calls;
        self.read();
    }

    /// Another read was answered; after the last one the successors have been read.
    fn read(&mut self) {
        let Some((task, successors, left)) = self.reading_back else {
            return;
        };
        if left > 1 {
            self.reading_back = Some((task, successors, left - 1));
            return;
        }
        self.reading_back = None;
        let lacks = vec![Lack::default(); successors];
        self.inputs.push_back(Input::SuccessorsRead(task, Ok(lacks)));
    }
}

/// The calls of the stage that reads successors back: the listings as they will have grown and shrunk by then.
fn read_back(accounts: usize, holders: usize, circumstances: &Circumstances<'_>) -> Calls {
    let PlannedSheet { plan, snapshot, .. } = circumstances.sheet;
    let listings = snapshot.listings();
    let Some(users) = listings.users else {
        return Calls::new();
    };
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
    let allocations = listings.allocations.map(|how| match how {
        HowRead::ByPages(shape) => HowRead::ByPages(shape.changed(count((false, true)), count((true, false)))),
        HowRead::InBulk | HowRead::OneByOne => how,
    });
    // What was not readable before is not read back.
    let holders = if snapshot.allocations().is_some() { holders } else { 0 };
    read_back_calls(
        users.changed(made, deleted),
        allocations,
        (accounts as u64, holders as u64),
        circumstances.concurrency as u64,
    )
}
