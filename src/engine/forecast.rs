//! What a run will cost, before it begins: the run's own [`Machine`] on a simulated clock, with every call succeeding.
//!
//! The same code decides for the run which calls are sent and when, so the two cannot drift apart. Pure.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use uuid::Builder;

use super::machine::{Departure, Effect, Input, Machine, Moment, Recording, Setup, TaskId};
use super::read_back::{Lack, Remnant, Successor};
use super::recheck::{OnChange, Recheck};
use super::reply::Reply;
use crate::api::{LeaseRoute, NewAccountReply, Receipt, Waited};
use crate::directory::{Again, Allocations, HowRead, Present, lease_pages, read_back_calls};
use crate::event::{Method, Service};
use crate::model::UserId;
use crate::pace::{Simulated, SimulatedTraffic};
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
    /// The calls that read new accounts back before old ones are deleted, those that look again after a long wait, and
    /// those that count the accounts once many have been deleted.
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
    /// A call that was held back for longer is preceded by another reading.
    pub recheck: Duration,
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
    /// One that reads again, for this task.
    Again(TaskId),
    /// One that counts the accounts.
    Count(TaskId),
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
    let longest = traffic.held().values().max().copied().unwrap_or_default();
    let waited = Waited::of(longest, circumstances.recheck);
    let mut one_by_one = traffic.clone();
    let mut simulation = Simulation {
        circumstances,
        machine: Machine::new(Setup {
            sheet: circumstances.sheet,
            rules: circumstances.rules,
            max_failures: None,
            concurrency: circumstances.concurrency,
            settle: Duration::ZERO,
            recording: Recording::Off,
            recheck: Recheck {
                after: circumstances.recheck,
                waited,
                on_change: OnChange::PlanAnew,
            },
        }),
        departures: HashMap::new(),
        waiting_for_word: HashSet::new(),
        reading_again: BTreeMap::new(),
        traffic,
        inputs: VecDeque::from([Input::Started]),
        reading_back: VecDeque::new(),
        accounts_made: 0,
        seen_at_work: HashSet::new(),
        forecast,
    };
    simulation.run();
    let Simulation { traffic, forecast, .. } = simulation;
    // Where every call is for one change, the run is just that.
    let one_by_one = if forecast.one_by_one == forecast.writes {
        traffic.elapsed()
    } else {
        one_by_one.go_through(&forecast.one_by_one, &SimulatedCall::Read);
        one_by_one.elapsed()
    };
    let timing = Timing {
        takes: traffic.elapsed(),
        waits: traffic.held().clone(),
        one_by_one,
    };
    (forecast, timing)
}

/// A run in which every call succeeds.
struct Simulation<'a> {
    circumstances: &'a Circumstances<'a>,
    machine: Machine<'a>,
    traffic: SimulatedTraffic<SimulatedCall>,
    /// When each call under way is asked about, and what it counts against.
    departures: HashMap<TaskId, (Departure, (Service, Method))>,
    /// Calls that have waited for long, and wait for the word.
    waiting_for_word: HashSet<TaskId>,
    /// How many calls of another reading are unanswered.
    reading_again: BTreeMap<TaskId, u64>,
    /// Inputs not yet taken in.
    inputs: VecDeque<Input>,
    /// What is being read back, the first one first: what is known then, and how many calls are unanswered.
    reading_back: VecDeque<(Input, u64)>,
    accounts_made: u128,
    /// The routes, for several members or not, that have been seen at work.
    seen_at_work: HashSet<(bool, Service)>,
    forecast: Forecast,
}

impl Simulation<'_> {
    fn run(&mut self) {
        while let Some(input) = self.next_input() {
            let now = Moment {
                // No record is written, so the time of day does not matter.
                time: Timestamp::UNIX_EPOCH,
                elapsed: self.traffic.elapsed(),
            };
            self.machine.take_in(input, now);
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
            match self.traffic.next_event()? {
                Simulated::Answered(SimulatedCall::Change(task)) => return Some(self.answer(task)),
                Simulated::Answered(SimulatedCall::Read) => self.read(),
                Simulated::Answered(SimulatedCall::Again(task)) => self.read_again(task),
                Simulated::Answered(SimulatedCall::Count(task)) => {
                    let count = self.machine.accounts_expected();
                    return Some(Input::UsersCounted(task, Ok(Some(count))));
                }
                Simulated::Released(lane, held) => self.released(lane, held),
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Send { task, departure, .. } => self.send(task, departure),
            Effect::ReadSuccessors(task, successors) => {
                let holders = successors.iter().map(|successor| successor.holders().count() as u64);
                let accounts = successors.iter().map(Successor::accounts).sum();
                let complete = Ok(vec![Lack::default(); successors.len()]);
                self.read_back(Input::SuccessorsRead(task, complete), accounts, holders.sum());
            }
            Effect::ReadLeavers(task, leavers) => {
                let count = leavers.users.len();
                let nothing = Ok(vec![Remnant::default(); count]);
                self.read_back(Input::LeaversRead(task, nothing), count as u64, count as u64);
            }
            // These reads only follow lost, refused or short answers, which do not occur here; the reply is that
            // nothing was found.
            Effect::FindAccounts { task, .. } => self.inputs.push_back(Input::AccountsFound(task, Ok(HashMap::new()))),
            Effect::ReadAllocations { task, .. } => {
                self.inputs
                    .push_back(Input::AllocationsRead(task, Ok(Allocations::default())));
            }
            Effect::FindUsers(task, _) => self.inputs.push_back(Input::UsersFound(task, Ok(HashSet::new()))),
            Effect::Wait(task, _) => self.inputs.push_back(Input::Resumed(task)),
            Effect::CountUsers(task) => {
                let of = (Service::Identity, Method::Get);
                *self.forecast.read_back.entry(of).or_default() += 1;
                self.traffic.call(of.0, of.1, SimulatedCall::Count(task));
            }
            Effect::ReadSeats(task) => self.inputs.push_back(Input::SeatsRead(task, Ok(Vec::new()))),
            Effect::RecordAhead(task, _) => self.inputs.push_back(Input::ToldAhead(vec![task])),
            Effect::Record(_) => self.inputs.push_back(Input::Recorded(1)),
            Effect::ReadAgain(task, again) => self.begin_reading_again(task, &again),
            Effect::LetGo(task) => {
                if self.waiting_for_word.remove(&task) {
                    self.line_up(task);
                }
            }
            Effect::PutOff(task) => self.put_off(task),
            Effect::Withhold(_)
            | Effect::Tell(_)
            | Effect::CancelWaiting
            | Effect::StartGrace(_)
            | Effect::TimeOutage(..)
            | Effect::End(_) => {}
        }
    }

    fn send(&mut self, task: TaskId, departure: Departure) {
        let Some(kind) = self.machine.kind(task) else { return };
        let label = kind.label();
        let entries = self.machine.entries(task) as u64;
        let has_portal = self.circumstances.rules.portal;
        let of = match kind {
            // Without a portal the licence service releases.
            CallKind::Release | CallKind::RemoveRule(_) if !has_portal => (Service::License, Method::Delete),
            // Where there is one it gives a single seat back.
            CallKind::EndLeases(_) if has_portal && entries == 1 => (Service::Portal, Method::Delete),
            other => other.cost(),
        };
        let kind = kind.clone();
        *self.forecast.by_label.entry(label).or_default() += 1;
        *self.forecast.writes.entry(of).or_default() += 1;
        *self.forecast.one_by_one.entry(of).or_default() += entries;
        if departure == Departure::Recorded {
            self.inputs.push_back(Input::Departing(task));
        }
        self.departures.insert(task, (departure, of));
        self.line_up(task);
        for ((service, method), count) in self.look_at_what_is_left(&kind, of.0, entries) {
            *self.forecast.read_back.entry((service, method)).or_default() += count;
            for _ in 0..count {
                self.traffic.call(service, method, SimulatedCall::Again(task));
            }
        }
    }

    /// The calls that read what a call has left, because the licence accountant's route that it takes has not been seen at
    /// work.
    fn look_at_what_is_left(&mut self, kind: &CallKind, service: Service, entries: u64) -> Calls {
        let snapshot = self.circumstances.sheet.snapshot;
        let group = match kind {
            CallKind::EndLeases(group) if service == Service::License => Some(*group),
            CallKind::RemoveRule(_) if service == Service::License => None,
            _ => return Calls::new(),
        };
        let leases = snapshot.leases();
        let is_known = leases.is_some_and(|leases| leases.route() == Some(LeaseRoute::Together)) && entries > 1;
        let route = (group.is_some() && entries > 1, service);
        if is_known || !self.seen_at_work.insert(route) {
            return Calls::new();
        }
        let (service, count) = match group.zip(leases) {
            Some((group, leases)) => {
                let held = leases.of_group(group).map_or(0, <[_]>::len) as u64;
                let service = leases.service().unwrap_or(Service::License);
                (service, lease_pages(held.saturating_sub(entries)))
            }
            None => (Service::License, 1),
        };
        Calls::from([((service, Method::Get), count)])
    }

    fn line_up(&mut self, task: TaskId) {
        if let Some((_, (service, method))) = self.departures.get(&task) {
            self.traffic.call(*service, *method, SimulatedCall::Change(task));
        }
    }

    /// A quota lets calls go on: those that have waited for long ask first.
    fn released(&mut self, (service, method): (Service, Method), held: Duration) {
        if Waited::of(held, self.circumstances.recheck) == Waited::Briefly {
            return;
        }
        for call in self.traffic.take_back(service, method) {
            let departure = match call {
                SimulatedCall::Change(task) => self.departures.get(&task).map(|(departure, _)| (task, *departure)),
                SimulatedCall::Read | SimulatedCall::Again(_) | SimulatedCall::Count(_) => None,
            };
            match departure {
                Some((task, Departure::Recorded | Departure::AskedAfterLongWaits)) => {
                    self.waiting_for_word.insert(task);
                    self.inputs.push_back(Input::Waited(task));
                }
                Some((_, Departure::Free)) | None => self.traffic.call(service, method, call),
            }
        }
    }

    /// The call has not left after all.
    fn put_off(&mut self, task: TaskId) {
        self.waiting_for_word.remove(&task);
        let Some((_, of)) = self.departures.remove(&task) else {
            return;
        };
        let Some(kind) = self.machine.kind(task) else { return };
        let entries = self.machine.entries(task) as u64;
        let take_off = |count: Option<&mut u64>, by: u64| {
            if let Some(count) = count {
                *count = count.saturating_sub(by);
            }
        };
        take_off(self.forecast.by_label.get_mut(kind.label()), 1);
        take_off(self.forecast.writes.get_mut(&of), 1);
        take_off(self.forecast.one_by_one.get_mut(&of), entries);
        self.inputs.push_back(Input::CameBack {
            task,
            attempts: 0,
            perhaps_done: false,
        });
    }

    /// What calls rest on is read again; nothing has changed.
    fn begin_reading_again(&mut self, task: TaskId, again: &Again) {
        let listings = self.circumstances.sheet.snapshot.listings();
        let calls = again.calls(listings, self.circumstances.concurrency as u64);
        self.reading_again.insert(task, calls.values().sum::<u64>() + 1);
        for ((service, method), count) in calls {
            *self.forecast.read_back.entry((service, method)).or_default() += count;
            for _ in 0..count {
                self.traffic.call(service, method, SimulatedCall::Again(task));
            }
        }
        self.read_again(task);
    }

    /// One more call of another reading was answered; after the last one it is complete.
    fn read_again(&mut self, task: TaskId) {
        let Some(left) = self.reading_again.get_mut(&task) else {
            return;
        };
        *left -= 1;
        if *left == 0 {
            self.reading_again.remove(&task);
            self.inputs.push_back(Input::ReadAgain(task, Ok(Present::NotRead)));
        }
    }

    /// The call succeeds for every entry.
    fn answer(&mut self, task: TaskId) -> Input {
        let entries = self.machine.entries(task);
        let reply = match self.machine.kind(task) {
            Some(CallKind::Invite | CallKind::Create(_)) => {
                Reply::Made(self.make_accounts(entries).map(NewAccountReply::Made).collect())
            }
            _ => Reply::Done,
        };
        let receipt = Receipt {
            http_status: 200,
            trace_id: None,
            attempts: 1,
            perhaps_done: false,
        };
        Input::Answered(task, Ok((reply, receipt)))
    }

    /// Ids that no account has: UUID version 8 is reserved for custom use.
    fn make_accounts(&mut self, count: usize) -> impl Iterator<Item = UserId> + use<> {
        let first = self.accounts_made;
        self.accounts_made += count as u128;
        (first..self.accounts_made).map(|number| UserId(Builder::from_custom_bytes(number.to_be_bytes()).into_uuid()))
    }

    /// Reads this many accounts back, and what the holders among them hold, after which the input is taken in.
    fn read_back(&mut self, after: Input, accounts: u64, holders: u64) {
        let calls = read_back(accounts, holders, self.circumstances);
        self.reading_back.push_back((after, calls.values().sum::<u64>() + 1));
        for ((service, method), count) in &calls {
            for _ in 0..*count {
                self.traffic.call(*service, *method, SimulatedCall::Read);
            }
        }
        for (of, count) in calls {
            *self.forecast.read_back.entry(of).or_default() += count;
        }
        self.read();
    }

    /// Another read was answered; after the last one everybody has been read back.
    fn read(&mut self) {
        let Some((after, left)) = self.reading_back.pop_front() else {
            return;
        };
        if left > 1 {
            self.reading_back.push_front((after, left - 1));
        } else {
            self.inputs.push_back(after);
        }
    }
}

/// The calls of the stage that reads successors back: the listings as they will have grown and shrunk by then.
fn read_back(accounts: u64, holders: u64, circumstances: &Circumstances<'_>) -> Calls {
    let PlannedSheet { plan, snapshot, .. } = circumstances.sheet;
    let listings = snapshot.listings();
    // The listing is not begun only where one account is all that there is to read.
    if listings.users.is_none() && accounts > 1 {
        return Calls::new();
    }
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
        listings.users.map(|users| users.changed(made, deleted)),
        allocations,
        (accounts, holders),
        circumstances.concurrency as u64,
    )
}
