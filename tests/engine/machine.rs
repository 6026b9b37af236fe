//! The machine without a runtime: random organizations and sheets, random answers in random order, records that take
//! their time, and a stop at any moment. Whatever comes, every row ends exactly once, no step runs before what it builds
//! on, nothing is repeated that must not be, and the machine ends.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::seq::IteratorRandom;
use rand::{RngExt, SeedableRng};
use reseat::api::{Allocation, CallError, ErrorCode, Failure, NewAccountReply, Receipt, ReleaseReply, User, UserTexts};
use reseat::directory::{Again, Present};
use reseat::engine::{
    Effect, Input, Lack, Leavers, Machine, Moment, Ran, Recheck, Recording, Remnant, Reply, Request, Setup, Stopped,
    Successor, TakenAway, TaskId, Urgency,
};
use reseat::event::{Event, Method, Service};
use reseat::ledger::Record;
use reseat::model::{BundleCode, Operation, Row, Status, UserId};
use reseat::plan::{OnShortage, Plan, PlannedRow, PlannedSheet, plan};
use uuid::Uuid;

use crate::model::{Account, CODES, World};
use crate::oracle::read_row_by_row;
use crate::random::{row, rules, said, saying, world};
use crate::sheets::sheet;

/// What may go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    /// Every call is answered by what the organization does.
    Fair,
    /// Calls are refused, lost, answered in part.
    Foul,
}

/// A call or a reading that was asked for.
enum Asked {
    Call { urgency: Urgency, gate: Gate },
    Accounts(Vec<String>),
    Allocations,
    Successors(Vec<Successor>),
    Leavers(Leavers),
    Users(Vec<UserId>),
    Count,
    Later,
    Seats,
    Again(Again),
}

/// How far a call is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gate {
    /// It may leave when its turn comes.
    Open,
    /// It has to announce its departure.
    Announced,
    /// It has waited for long, and waits for the word.
    Waited,
    /// It has, and waits for the word.
    Waiting,
    /// It must not leave.
    Closed,
    /// It comes back without having left.
    PutOff,
}

/// The machine, the organization, and what is between them.
struct Play<'a> {
    machine: Machine<'a>,
    plan: &'a Plan,
    world: World,
    weather: Weather,
    dice: StdRng,
    asked: BTreeMap<TaskId, Asked>,
    /// Requests whose call is on its way, by task.
    payloads: BTreeMap<TaskId, Request>,
    records: VecDeque<Vec<Record>>,
    /// Calls of which the results file has what is told ahead of them.
    told_ahead: Vec<TaskId>,
    ended: HashMap<u32, Vec<Record>>,
    told: BTreeMap<u32, usize>,
    /// New accounts that were seen to be complete.
    verified: BTreeSet<UserId>,
    made: u128,
    elapsed: Duration,
    has_stopped: bool,
    may_grace_end: bool,
    /// Outages whose time may be over.
    outages: Vec<u64>,
    ran: Option<Ran>,
}

impl<'a> Play<'a> {
    fn new(setup: Setup<'a>, world: World, weather: Weather, seed: u64) -> Self {
        Self {
            machine: Machine::new(setup),
            plan: setup.sheet.plan,
            world,
            weather,
            dice: StdRng::seed_from_u64(seed),
            asked: BTreeMap::new(),
            payloads: BTreeMap::new(),
            records: VecDeque::new(),
            told_ahead: Vec::new(),
            ended: HashMap::new(),
            told: BTreeMap::new(),
            verified: BTreeSet::new(),
            made: 0,
            elapsed: Duration::ZERO,
            has_stopped: false,
            may_grace_end: false,
            outages: Vec::new(),
            ran: None,
        }
    }

    /// Plays to the end; the user asks for a stop before input number `stop_at`.
    fn play(&mut self, stop_at: usize) {
        self.put(Input::Started);
        for number in 0.. {
            assert!(number < 20_000, "the machine does not end");
            if self.ran.is_some() {
                return;
            }
            if number == stop_at {
                self.has_stopped = true;
                self.put(Input::StopAsked);
                continue;
            }
            let input = self
                .next_input()
                .expect("the machine waits for nothing and has not ended");
            self.put(input);
        }
    }

    fn put(&mut self, input: Input) {
        // A second passes from one input to the next.
        self.elapsed += Duration::from_secs(1);
        let now = Moment {
            time: Timestamp::UNIX_EPOCH,
            elapsed: self.elapsed,
        };
        self.machine.take_in(input, now);
        while let Some(effect) = self.machine.next_effect() {
            assert!(self.ran.is_none(), "something is to be done after the end");
            self.take(effect);
        }
    }

    fn take(&mut self, effect: Effect) {
        match effect {
            Effect::Send { task, urgency, .. } => {
                let request = self.machine.request(task).expect("a call has a payload");
                self.is_free(&request);
                self.payloads.insert(task, request);
                if self.has_stopped {
                    assert_eq!(urgency, Urgency::DespiteStop, "something begins after the stop");
                }
                self.asked.insert(
                    task,
                    Asked::Call {
                        urgency,
                        gate: Gate::Announced,
                    },
                );
            }
            Effect::LetGo(task) => {
                let gate = match self.asked.get(&task) {
                    Some(Asked::Call { gate: Gate::Waited, .. }) => Gate::Announced,
                    _ => Gate::Open,
                };
                self.gate(task, gate);
            }
            Effect::Withhold(task) => self.gate(task, Gate::Closed),
            Effect::PutOff(task) => self.gate(task, Gate::PutOff),
            Effect::ReadAgain(task, again) => {
                assert!(!self.has_stopped, "something is read again after the stop");
                self.asked.insert(task, Asked::Again(again));
            }
            Effect::FindAccounts { task, addresses, .. } => {
                self.asked.insert(task, Asked::Accounts(addresses));
            }
            Effect::ReadAllocations { task, .. } => {
                self.asked.insert(task, Asked::Allocations);
            }
            Effect::ReadSuccessors(task, successors) => {
                self.asked.insert(task, Asked::Successors(successors));
            }
            Effect::ReadLeavers(task, leavers) => {
                self.asked.insert(task, Asked::Leavers(leavers));
            }
            Effect::FindUsers(task, users) => {
                self.asked.insert(task, Asked::Users(users));
            }
            Effect::CountUsers(task) => {
                self.asked.insert(task, Asked::Count);
            }
            Effect::Wait(task, length) => {
                assert!(!length.is_zero(), "a call is put off for no time");
                self.asked.insert(task, Asked::Later);
            }
            Effect::ReadSeats(task) => {
                self.asked.insert(task, Asked::Seats);
            }
            Effect::Record(records) => self.records.push_back(records),
            Effect::RecordAhead(task, records) => {
                for record in records {
                    self.ended.entry(record.report.place.row).or_default().push(record);
                }
                self.told_ahead.push(task);
            }
            Effect::Tell(Event::RowEnded { place, .. }) => *self.told.entry(place.row).or_default() += 1,
            Effect::Tell(_) => {}
            Effect::CancelWaiting => self.has_stopped = true,
            Effect::StartGrace(_) => self.may_grace_end = true,
            Effect::TimeOutage(outage, _) => self.outages.push(outage),
            Effect::End(ran) => {
                assert!(self.records.is_empty(), "records are on their way when the run ends");
                assert!(self.asked.is_empty(), "answers are outstanding when the run ends");
                self.ran = Some(ran);
            }
        }
    }

    fn gate(&mut self, task: TaskId, to: Gate) {
        match self.asked.get_mut(&task) {
            Some(Asked::Call { gate, .. }) => *gate = to,
            _ => panic!("a word for a call that is not there"),
        }
    }

    /// No call is sent for somebody for whom another one is on its way, or who is not there, and nobody is made twice.
    fn is_free(&self, request: &Request) {
        let (users, group) = touched(request);
        for user in &users {
            assert!(
                self.world.accounts.contains_key(user) || self.weather == Weather::Foul,
                "a call for somebody who is not there: {request:?}"
            );
        }
        for (task, other) in &self.payloads {
            if self.asked.contains_key(task) {
                let (others, other_group) = touched(other);
                assert!(users.is_disjoint(&others), "two calls for one account at once");
                assert!(
                    group.is_none() || group != other_group,
                    "two calls for one group at once"
                );
            }
        }
        for address in made_by(request) {
            assert!(self.world.by_email(&address).is_none(), "{address} is made again");
        }
        if let Request::Delete(users) = request {
            for user in users {
                assert!(
                    !self.is_moving(*user),
                    "an old account goes before its successor was seen"
                );
            }
        }
    }

    /// Whether the account is a migration's old one whose successor was not seen to be complete.
    fn is_moving(&self, user: UserId) -> bool {
        let successors: Vec<&String> = self.successors_of(user).collect();
        let is_seen = |address: &String| {
            let successor = self.world.by_email(address);
            successor.is_some_and(|(id, _)| self.verified.contains(id))
        };
        !successors.is_empty() && !successors.into_iter().any(is_seen)
    }

    /// The addresses of accounts that this plan checks before it deletes this one.
    fn successors_of(&self, user: UserId) -> impl Iterator<Item = &String> {
        use reseat::plan::Work;
        let is_deleted = move |row: &&PlannedRow| {
            row.steps().iter().any(|step| {
                let step = self.plan.step(*step);
                matches!(step.work, Work::Delete)
                    && step.account.and_then(|one| self.plan.account(one).id) == Some(user)
            })
        };
        let rows = self.plan.rows.iter().filter(is_deleted);
        rows.flat_map(PlannedRow::steps)
            .filter_map(|step| match &self.plan.step(*step).work {
                Work::Verify(expected) => Some(&expected.address),
                _ => None,
            })
    }

    fn next_input(&mut self) -> Option<Input> {
        if let Some(task) = self.told_ahead.pop() {
            return Some(Input::ToldAhead(vec![task]));
        }
        let task = self.asked.keys().copied().choose(&mut self.dice);
        let is_recorded_next = !self.records.is_empty() && (task.is_none() || self.dice.random_bool(0.3));
        if is_recorded_next {
            let count = self.dice.random_range(1..=self.records.len());
            for record in self.records.drain(..count).flatten() {
                self.ended.entry(record.report.place.row).or_default().push(record);
            }
            return Some(Input::Recorded(count));
        }
        if self.dice.random_bool(0.05)
            && let Some(outage) = self.outages.pop()
        {
            return Some(Input::OutageLasted(outage));
        }
        if self.may_grace_end && self.weather == Weather::Foul && self.dice.random_bool(0.05) {
            self.may_grace_end = false;
            return Some(Input::GraceEnded);
        }
        self.answer(task?)
    }

    fn answer(&mut self, task: TaskId) -> Option<Input> {
        if let Some(Asked::Call { urgency, gate }) = self.asked.get_mut(&task) {
            // Of what waits, a stop brings back what is not urgent; what is on the wire is answered.
            let is_held = *gate == Gate::Closed || (self.has_stopped && *urgency == Urgency::Ordinary);
            match gate {
                Gate::Announced if !is_held && self.dice.random_bool(0.3) => {
                    *gate = Gate::Waited;
                    return Some(Input::Waited(task));
                }
                Gate::Announced if !is_held => {
                    *gate = Gate::Waiting;
                    return Some(Input::Departing(task));
                }
                // The word comes once records are on disk.
                Gate::Waiting => {
                    return match self.asked.keys().copied().find(|other| *other != task) {
                        Some(other) if self.records.is_empty() => self.answer(other),
                        _ => self.next_input(),
                    };
                }
                Gate::PutOff => {
                    self.asked.remove(&task);
                    self.payloads.remove(&task);
                    return Some(Input::CameBack {
                        task,
                        attempts: 0,
                        perhaps_done: false,
                    });
                }
                _ => {}
            }
            let has_left = *gate == Gate::Open && self.dice.random_bool(0.5);
            self.asked.remove(&task);
            let request = self.payloads.remove(&task)?;
            if is_held && !has_left {
                return Some(Input::Answered(task, Err(error(Failure::Stopped, None, 0))));
            }
            return Some(Input::Answered(task, self.carry_out(&request)));
        }
        Some(match self.asked.remove(&task)? {
            Asked::Call { .. } => return None,
            Asked::Accounts(addresses) => {
                let found = addresses.iter().filter_map(|address| {
                    let (id, account) = self.world.by_email(address)?;
                    let texts = UserTexts {
                        user_name: address,
                        email: address,
                        ..UserTexts::default()
                    };
                    let user = User {
                        groups: account.groups.iter().copied().collect(),
                        ..User::new(*id, texts)
                    };
                    Some((address.to_lowercase(), user))
                });
                Input::AccountsFound(task, Ok(found.collect()))
            }
            Asked::Allocations => {
                let held = self.world.accounts.iter().filter_map(|(id, account)| {
                    let (bundles, external_license) = account.held.clone()?;
                    Some(Allocation {
                        user: *id,
                        bundles,
                        external_license,
                        is_orphan: false,
                        last_in_use: reseat::api::ToldTime::UNTOLD,
                    })
                });
                Input::AllocationsRead(task, Ok(held.collect()))
            }
            Asked::Successors(successors) => {
                let lacks = successors
                    .iter()
                    .map(|successor| self.lack(successor))
                    .collect::<Vec<_>>();
                for (successor, lack) in successors.iter().zip(&lacks) {
                    if *lack == Lack::default() {
                        self.verified.insert(successor.user);
                    }
                }
                Input::SuccessorsRead(task, Ok(lacks))
            }
            Asked::Leavers(leavers) => {
                let remnants = leavers.users.iter().map(|user| self.remnant(*user, &leavers.kept));
                Input::LeaversRead(task, Ok(remnants.collect()))
            }
            Asked::Again(again) => Input::ReadAgain(task, Ok(self.present(&again))),
            Asked::Users(users) => {
                let there = users.into_iter().filter(|user| self.world.accounts.contains_key(user));
                Input::UsersFound(task, Ok(there.collect()))
            }
            Asked::Count => Input::UsersCounted(task, Ok(Some(self.world.accounts.len() as u64))),
            Asked::Later => Input::Resumed(task),
            Asked::Seats => {
                let seats = self.world.snapshot().seats().map(<[_]>::to_vec);
                Input::SeatsRead(task, Ok(seats.unwrap_or_default()))
            }
        })
    }

    /// Nobody but the run has changed anything.
    fn present(&self, again: &Again) -> Present {
        let snapshot = self.world.snapshot();
        match again {
            Again::Allocations { .. } => Present::Allocations(snapshot.allocations().cloned().unwrap_or_default()),
            Again::Groups => Present::Groups(snapshot.groups().iter().cloned().collect()),
            Again::LastUses(_) => Present::NotRead,
            Again::Rules { .. } => Present::Rules(snapshot.rules().unwrap_or_default().to_vec()),
            Again::Leases { .. } => snapshot.leases().cloned().map_or(Present::NotRead, Present::Leases),
            Again::Accounts(_) | Again::Users(_) => Present::Accounts(snapshot.users().iter().cloned().collect()),
        }
    }

    fn remnant(&self, user: UserId, kept: &[reseat::model::GroupId]) -> Remnant {
        let Some(account) = self.world.accounts.get(&user) else {
            return Remnant {
                is_gone: true,
                ..Remnant::default()
            };
        };
        let is_left = |group: &&reseat::model::GroupId| !kept.contains(group);
        Remnant {
            is_gone: false,
            is_active: account.active,
            groups: account.groups.iter().filter(is_left).copied().collect(),
            are_groups_untold: false,
            licenses: account.bundles(),
            inherited: None,
            given_by: Vec::new(),
        }
    }

    fn lack(&self, successor: &Successor) -> Lack {
        let Some(account) = self.world.accounts.get(&successor.user) else {
            return Lack {
                account: true,
                ..Lack::default()
            };
        };
        Lack {
            account: false,
            groups: (successor.groups.iter().copied())
                .filter(|group| !account.groups.contains(group))
                .collect(),
            licenses: successor.licenses.minus(&account.bundles()),
            ..Lack::default()
        }
    }

    /// The organization carries the request out, or not, and answers, or not.
    fn carry_out(&mut self, request: &Request) -> Result<(Reply, Receipt), CallError> {
        let foul = self.weather == Weather::Foul && self.dice.random_bool(0.35);
        let trouble = if foul { self.dice.random_range(0..7) } else { 99 };
        match trouble {
            0 => {
                return Err(error(
                    Failure::Refused,
                    Some([400, 403, 404, 409][self.dice.random_range(0..4)]),
                    1,
                ));
            }
            1 => return Err(error(Failure::TooLarge, Some(413), 1)),
            2 => return Err(error(Failure::NotDone, Some(503), 3)),
            // Lost on its way.
            3 => return Err(error(Failure::Unclear, None, 3)),
            _ => {}
        }
        let reply = match request {
            // It is said to be done, and done only for some.
            Request::Delete(users) if trouble == 6 && users.len() > 1 => {
                self.apply(&Request::Delete(users[1..].to_vec()))?
            }
            _ => self.apply(request)?,
        };
        let receipt = Receipt {
            http_status: 200,
            trace_id: None,
            attempts: 1,
            perhaps_done: false,
        };
        match trouble {
            // Its answer is lost.
            4 => Err(error(Failure::Unclear, None, 3)),
            // Its answer names nobody.
            5 => Ok((without_entries(reply), receipt)),
            _ => Ok((reply, receipt)),
        }
    }

    fn apply(&mut self, request: &Request) -> Result<Reply, CallError> {
        let missing = || error(Failure::Refused, Some(404), 1);
        let (users, _) = touched(request);
        if users.iter().any(|user| !self.world.accounts.contains_key(user)) {
            return Err(missing());
        }
        Ok(match request {
            Request::Invite(invitations) => {
                let made = invitations.iter().map(|one| self.make(&one.email, &one.groups));
                Reply::Made(made.map(NewAccountReply::Made).collect())
            }
            Request::Create(users, groups) => {
                let made = users
                    .iter()
                    .map(|one| self.make(one.email.as_deref().unwrap_or(&one.user_name), groups));
                Reply::Made(made.map(NewAccountReply::Made).collect())
            }
            Request::Update(user, update) => {
                let account = self.account(*user);
                account.active = update.is_active.unwrap_or(account.active);
                account.groups.extend(&update.add_groups);
                update.remove_groups.iter().for_each(|group| account.leave(*group));
                Reply::Done
            }
            Request::Members { group, join, leave } => {
                for user in join {
                    self.account(*user).groups.insert(group.id);
                }
                for user in leave {
                    self.account(*user).leave(group.id);
                }
                Reply::Done
            }
            Request::Allocate(users, bundles, external_license) => {
                let before = self.world.clone();
                for user in users {
                    self.account(*user).held = Some((bundles.clone(), *external_license));
                }
                let is_short = |(code, owned): (&BundleCode, &u64)| {
                    self.world.taken(code) > *owned && self.world.taken(code) > before.taken(code)
                };
                if self.world.owned.iter().any(is_short) {
                    self.world = before;
                    return Err(error(Failure::Refused, Some(409), 1));
                }
                let confirmed = users.iter().map(|user| Allocation {
                    user: *user,
                    bundles: bundles.clone(),
                    external_license: *external_license,
                    is_orphan: false,
                    last_in_use: reseat::api::ToldTime::UNTOLD,
                });
                Reply::Allocated(confirmed.collect())
            }
            Request::Release(users) => {
                for user in users {
                    self.account(*user).held = None;
                }
                Reply::Released(vec![ReleaseReply::Released; users.len()])
            }
            Request::GroupRule(_) => Reply::Done,
            Request::RemoveRule(group) => {
                self.world.remove_rule(*group);
                Reply::TakenAway(vec![TakenAway::Gone])
            }
            Request::EndLeases(group, users) => {
                let taken = users.iter().map(|user| match self.account(*user).leases.remove(group) {
                    Some(_) => TakenAway::Gone,
                    None => TakenAway::NotThere,
                });
                Reply::TakenAway(taken.collect())
            }
            Request::Delete(users) => {
                for user in users {
                    self.world.accounts.remove(user);
                }
                Reply::Done
            }
        })
    }

    fn account(&mut self, user: UserId) -> &mut Account {
        self.world.accounts.get_mut(&user).unwrap()
    }

    fn make(&mut self, address: &str, groups: &[reseat::model::GroupId]) -> UserId {
        assert!(self.world.by_email(address).is_none(), "{address} is made twice");
        self.made += 1;
        let id = UserId(Uuid::from_u128(0x7777_0000 + self.made));
        let account = Account {
            groups: groups.iter().copied().collect(),
            ..Account::new(address)
        };
        self.world.accounts.insert(id, account);
        id
    }

    /// Every row ends exactly once, and says so once it is on disk.
    fn every_row_has_ended_once(&self, rows: &[Row]) {
        for row in rows {
            let number = row.place.row;
            let records = self
                .ended
                .get(&number)
                .unwrap_or_else(|| panic!("row {number} has no record"));
            let finals = records.iter().filter(|record| record.report.status != Status::Started);
            assert_eq!(finals.count(), 1, "row {number} ends {records:?}");
            assert_ne!(
                records.last().unwrap().report.status,
                Status::Started,
                "row {number} is begun after its end"
            );
            assert_eq!(self.told.get(&number), Some(&1), "row {number}");
        }
    }
}

fn error(failure: Failure, status: Option<u16>, attempts: u32) -> CallError {
    CallError {
        failure,
        method: Method::Put,
        service: Service::Identity,
        status,
        code: ErrorCode::Status(status.unwrap_or(500)),
        message: "so it is".to_owned(),
        server_words: None,
        trace_id: None,
        attempts,
        perhaps_done: failure == Failure::Unclear,
    }
}

fn without_entries(reply: Reply) -> Reply {
    match reply {
        Reply::Done => Reply::Done,
        Reply::Made(replies) => Reply::Made(vec![NewAccountReply::Missing; replies.len()]),
        Reply::Allocated(_) => Reply::Allocated(Vec::new()),
        Reply::Released(replies) => Reply::Released(vec![ReleaseReply::Missing; replies.len()]),
        Reply::TakenAway(taken) => Reply::TakenAway(vec![TakenAway::Unknown; taken.len()]),
        Reply::NotTogether => Reply::NotTogether,
    }
}

/// The accounts and the group that a request is about.
fn touched(request: &Request) -> (BTreeSet<UserId>, Option<reseat::model::GroupId>) {
    match request {
        Request::Invite(_) | Request::Create(..) => (BTreeSet::new(), None),
        Request::Update(user, _) => (BTreeSet::from([*user]), None),
        Request::Members { group, join, leave } => (join.iter().chain(leave).copied().collect(), Some(group.id)),
        Request::Allocate(users, ..) | Request::Release(users) | Request::Delete(users) => {
            (users.iter().copied().collect(), None)
        }
        Request::GroupRule(change) => (BTreeSet::new(), Some(change.group)),
        Request::RemoveRule(group) => (BTreeSet::new(), Some(*group)),
        Request::EndLeases(group, users) => (users.iter().copied().collect(), Some(*group)),
    }
}

fn made_by(request: &Request) -> Vec<String> {
    match request {
        Request::Invite(invitations) => invitations.iter().map(|one| one.email.clone()).collect(),
        Request::Create(users, _) => users.iter().filter_map(|one| one.email.clone()).collect(),
        _ => Vec::new(),
    }
}

/// What a person holds, on the old account or on its successor.
fn held(people: &BTreeMap<String, Account>, names: &[String]) -> BTreeSet<BundleCode> {
    let accounts = names.iter().filter_map(|name| people.get(name));
    accounts
        .flat_map(|account| account.bundles().iter().cloned().collect::<Vec<_>>())
        .collect()
}

/// An organization, a sheet for it, the dice, and when the user asks for a stop.
#[derive(Debug, Clone)]
struct Case {
    world: World,
    rows: Vec<Row>,
    seed: u64,
    stop_at: usize,
}

/// Seats are without end, or hardly more than are taken.
fn case() -> impl Strategy<Value = Case> {
    let operations = proptest::collection::vec(row(), 1..9);
    let spare = proptest::option::of(0_u64..2);
    let said = proptest::collection::vec(said(), 9);
    let parts = (world(), operations, said, spare, any::<u64>(), 0_usize..60);
    parts.prop_map(|(mut world, operations, said, spare, seed, stop_at)| {
        for code in CODES.iter().filter(|_| spare.is_some()) {
            let taken = world.taken(&BundleCode::new(code));
            world.own(code, taken + spare.unwrap_or_default());
        }
        Case {
            rows: saying(sheet(operations), &world, &said),
            world,
            seed,
            stop_at,
        }
    })
}

/// What is left once a case has been played to its end.
struct Played {
    world: World,
    ran: Ran,
    /// Whether some rows got no seat.
    is_short: bool,
}

/// Plays a case; every row ends exactly once.
fn play(case: &Case, weather: Weather) -> Played {
    let rules = rules(OnShortage::Fill);
    let snapshot = case.world.snapshot();
    let plan = plan(&case.rows, &snapshot, &HashMap::new(), &rules);
    let setup = Setup {
        sheet: PlannedSheet {
            rows: &case.rows,
            plan: &plan,
            snapshot: &snapshot,
        },
        rules: &rules,
        max_failures: None,
        concurrency: 3,
        settle: Duration::from_mins(1),
        recording: Recording::On,
        recheck: Recheck::at_once(Duration::from_secs(5)),
    };
    let mut game = Play::new(setup, case.world.clone(), weather, case.seed);
    game.play(case.stop_at);
    game.every_row_has_ended_once(&case.rows);
    Played {
        world: game.world,
        ran: game.ran.unwrap(),
        is_short: !plan.short.is_empty(),
    }
}

/// The accounts of one person: the one that a row is about, and the one that it leads to.
fn accounts_of(name: &str, rows: &[Row]) -> Vec<String> {
    let successors = rows.iter().filter_map(|row| match &row.operation {
        Operation::Migrate(migrate) if migrate.user.to_string() == name => Some(migrate.new_email.to_string()),
        _ => None,
    });
    std::iter::once(name.to_owned()).chain(successors).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_every_row_ends_once_and_nothing_is_done_twice(case in case()) {
        play(&case, Weather::Foul);
    }

    #[test]
    fn a_stop_at_any_moment_leaves_nobody_without_licenses_that_the_sheet_gives(case in case()) {
        let Played { world, ran, is_short } = play(&case, Weather::Fair);
        // Rows that miss out change what the sheet as a whole comes to.
        prop_assume!(!is_short);
        prop_assert!(ran.after_stop.left.is_empty(), "{:?}", ran.after_stop);
        prop_assert!(matches!(ran.stopped, None | Some(Stopped::Interrupted)));

        let (before, after) = (case.world.people(), world.people());
        let planned = read_row_by_row(&case.world, &case.rows);
        for (name, account) in &before {
            let accounts = accounts_of(name, &case.rows);
            // Where several rows are about somebody, on the old account or its successor, one may take what the other
            // would have given.
            let is_about = |row: &&Row| {
                let row = format!("{:?}", row.operation);
                accounts.iter().any(|account| row.contains(account.as_str()))
            };
            if case.rows.iter().filter(is_about).count() > 1 {
                continue;
            }
            let (planned, now) = (held(&planned, &accounts), held(&after, &accounts));
            for code in account.bundles().iter().filter(|code| planned.contains(code)) {
                prop_assert!(now.contains(code), "{name} has lost {code} by the stop");
            }
            if !account.bundles().is_empty() && !planned.is_empty() {
                prop_assert!(!now.is_empty(), "{name} is left without any licence by the stop");
            }
        }
    }
}
