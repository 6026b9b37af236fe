//! Drives the [`Machine`] for a run: carries out its effects and reports the results back.
//!
//! The machine makes all decisions. All waiting happens here: for answers, the disk, a signal, the end of the grace
//! period.

use std::pin::Pin;
use std::time::Duration;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::machine::{Effect, Input, Looks, Machine, Moment, Recording, Setup, TaskId, Tries, Urgency};
use super::outbox::Outbox;
use super::outcome::{MaxFailures, Ran};
use super::read_back::ReadBack;
use super::recheck::Recheck;
use super::shared_look::SharedLook;
use crate::api::{Client, DepartureGate, GateQuestion};
use crate::directory::{Listings, Reader, Snapshot};
use crate::ledger::{Journal, JournalError};
use crate::model::Row;
use crate::plan::{Plan, PlannedSheet, Rules};

/// How often a part of a call that has used up its retries is repeated: the whole call has shown that waiting does not
/// help, and the other parts wait.
const FEW_RETRIES: u32 = 2;

/// Everything a run needs.
pub struct Engine<'a> {
    /// The rows, as they were planned.
    pub rows: &'a [Row],
    /// The state they were planned against.
    pub snapshot: &'a Snapshot,
    /// What the user chose.
    pub rules: &'a Rules,
    /// Where rows are recorded.
    pub journal: &'a dyn Journal,
    /// The organization's API, and how lost answers are settled. Its observer gets every event, and its stop token
    /// stops the run gracefully: nothing new is sent, and calls in flight are awaited.
    pub read_back: ReadBack,
    /// When to give up.
    pub max_failures: Option<MaxFailures>,
    /// How many calls may be in flight.
    pub concurrency: usize,
    /// When what calls rest on is read again.
    pub recheck: Recheck,
}

impl Engine<'_> {
    /// Carries the plan out. Every row has its record on disk when this returns `Ok`; an error means
    /// that the results file could not be written, and nothing more was sent after that.
    pub async fn run(self, plan: &Plan) -> Result<Ran, JournalError> {
        let mut machine = Machine::new(Setup {
            sheet: PlannedSheet {
                rows: self.rows,
                plan,
                snapshot: self.snapshot,
            },
            rules: self.rules,
            max_failures: self.max_failures,
            concurrency: self.concurrency,
            settle: self.read_back.patience.total(),
            recording: Recording::On,
            recheck: self.recheck,
        });
        let mut driver = Driver::new(
            self.journal,
            self.read_back,
            self.recheck.after,
            self.snapshot.listings(),
        );
        let began = tokio::time::Instant::now();
        let mut input = Input::Started;
        loop {
            let now = Moment {
                time: Timestamp::now(),
                elapsed: began.elapsed(),
            };
            machine.take_in(input, now);
            while let Some(effect) = machine.next_effect() {
                if let Some(ran) = driver.carry_out(effect, &machine) {
                    return Ok(ran);
                }
            }
            input = driver.next_input().await?;
        }
    }
}

struct Driver<'a> {
    journal: &'a dyn Journal,
    read_back: ReadBack,
    shared_look: SharedLook,
    /// Cancels what is sent despite a stop.
    grace: CancellationToken,
    /// Calls and reads in flight.
    jobs: FuturesUnordered<BoxFuture<'static, Input>>,
    /// Records on their way to the results file.
    outbox: Outbox,
    /// Waits above this are long.
    recheck: Duration,
    /// How the listings came when the state was read.
    listings: Listings,
    departing: mpsc::UnboundedReceiver<(TaskId, GateQuestion, oneshot::Sender<bool>)>,
    announce: mpsc::UnboundedSender<(TaskId, GateQuestion, oneshot::Sender<bool>)>,
    /// Calls that have announced their departure and wait for permission.
    gates: HashMap<TaskId, oneshot::Sender<bool>>,
    /// Calls that were put off, and end without having left.
    put_off: HashSet<TaskId>,
    /// Resolves once the user asks for a stop; gone when that was reported. Kept from one wait to the next, because a
    /// new one for each answer would cost more than the answer.
    stopping: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
}

impl<'a> Driver<'a> {
    fn new(journal: &'a dyn Journal, read_back: ReadBack, recheck: Duration, listings: Listings) -> Self {
        let (announce, departing) = mpsc::unbounded_channel();
        let stopping = Some(Box::pin(read_back.stop.clone().cancelled_owned()));
        Self {
            journal,
            read_back,
            shared_look: SharedLook::default(),
            grace: CancellationToken::new(),
            jobs: FuturesUnordered::new(),
            outbox: Outbox::default(),
            recheck,
            listings,
            departing,
            announce,
            gates: HashMap::new(),
            put_off: HashSet::new(),
            stopping,
        }
    }

    /// Carries out one effect; returns how the run went once it has ended.
    fn carry_out(&mut self, effect: Effect, machine: &Machine<'_>) -> Option<Ran> {
        match effect {
            Effect::Send {
                task,
                urgency,
                tries,
                departure: _,
            } => self.send(task, urgency, tries, machine),
            Effect::LetGo(task) => self.answer_departure(task, true),
            Effect::Withhold(task) => self.answer_departure(task, false),
            Effect::PutOff(task) => {
                self.put_off.insert(task);
                self.answer_departure(task, false);
            }
            Effect::FindAccounts { task, addresses, looks } => {
                let (read_back, shared) = (self.read_back.despite_stop(&self.grace), self.shared_look.clone());
                let read_back = match looks {
                    Looks::Briefly => read_back.less_patient(),
                    Looks::Patiently => read_back,
                };
                self.start(
                    async move { Input::AccountsFound(task, read_back.settle_together(&addresses, &shared).await) },
                );
            }
            Effect::ReadAllocations { task, users, urgency } => {
                let client = self.client(urgency);
                let (options, observer) = (self.read_back.options, self.read_back.observer.clone());
                self.start(async move {
                    let read = Reader::new(&client, &options, &observer).held_by(&users).await;
                    Input::AllocationsRead(task, read.map(|read| read.allocations))
                });
            }
            Effect::ReadSuccessors(task, successors) => {
                self.look(|read_back| async move { Input::SuccessorsRead(task, read_back.verify(&successors).await) });
            }
            Effect::ReadLeavers(task, leavers) => {
                self.look(|read_back| async move { Input::LeaversRead(task, read_back.remnants(&leavers).await) });
            }
            Effect::ReadAgain(task, again) => {
                let listings = self.listings;
                self.look(move |read_back| async move {
                    let read = read_back.reader().read_again(&again, listings).await;
                    Input::ReadAgain(task, read)
                });
            }
            Effect::FindUsers(task, users) => {
                self.look(|read_back| async move { Input::UsersFound(task, read_back.still_there(&users).await) });
            }
            Effect::CountUsers(task) => self.look(move |ReadBack { client, .. }| async move {
                let page = client.users(0, 1, None).await;
                Input::UsersCounted(task, page.map(|answer| answer.value.total))
            }),
            Effect::Wait(task, length) => self.look(move |read_back| async move {
                read_back.wait(length).await;
                Input::Resumed(task)
            }),
            Effect::ReadSeats(task) => self.look(move |ReadBack { client, .. }| async move {
                Input::SeatsRead(task, client.seats().await.map(|answer| answer.value))
            }),
            Effect::Record(records) => self.outbox.record(records),
            Effect::RecordAhead(task, records) => self.outbox.tell_ahead(task, records),
            Effect::Tell(event) => (self.read_back.observer)(event),
            Effect::CancelWaiting => {
                // The machine itself requested this, so it must not be reported back as a new stop.
                self.stopping = None;
                self.read_back.stop.cancel();
            }
            Effect::StartGrace(length) => {
                let grace = self.grace.clone();
                self.start(async move {
                    tokio::time::sleep(length).await;
                    grace.cancel();
                    Input::GraceEnded
                });
            }
            Effect::TimeOutage(outage, length) => self.start(async move {
                tokio::time::sleep(length).await;
                Input::OutageLasted(outage)
            }),
            Effect::End(ran) => return Some(ran),
        }
        None
    }

    /// Looks at the organization beside the calls.
    fn look<F: Future<Output = Input> + Send + 'static>(&self, job: impl FnOnce(ReadBack) -> F) {
        self.start(job(self.read_back.clone()));
    }

    fn start(&self, job: impl Future<Output = Input> + Send + 'static) {
        self.jobs.push(job.boxed());
    }

    fn send(&mut self, task: TaskId, urgency: Urgency, tries: Tries, machine: &Machine<'_>) {
        let Some(request) = machine.request(task) else {
            return;
        };
        let mut client = self.client(urgency);
        if tries == Tries::Few {
            client = client.with_retries(FEW_RETRIES);
        }
        let announce = self.announce.clone();
        let client = client.with_departure_gate(DepartureGate::new(self.recheck, move |question| {
            let (answer, asked) = oneshot::channel();
            // There is no listener only when the run is over, and then nothing may leave either.
            let is_heard = announce.send((task, question, answer)).is_ok();
            async move { is_heard && asked.await.unwrap_or(false) }.boxed()
        }));
        let options = self.read_back.options;
        self.start(async move { Input::Answered(task, request.perform(&client, &options).await) });
    }

    /// The client, by what may stop it.
    fn client(&self, urgency: Urgency) -> Client {
        match urgency {
            Urgency::Ordinary => self.read_back.client.clone(),
            Urgency::DespiteStop => self.read_back.client.with_stop(self.grace.clone()),
        }
    }

    fn answer_departure(&mut self, task: TaskId, may_leave: bool) {
        if let Some(gate) = self.gates.remove(&task) {
            // The call may be gone already, and then needs no answer.
            let _ = gate.send(may_leave);
        }
    }

    /// Waits for the next input. What has happened already is taken in before anything is handed to the results file:
    /// it may have more to write.
    async fn next_input(&mut self) -> Result<Input, JournalError> {
        if !self.outbox.is_empty() {
            if let Some(input) = self.input().now_or_never() {
                return input;
            }
            self.outbox.hand_over(self.journal);
        }
        self.input().await
    }

    /// A stop is reported before the calls that it cancels, so the machine knows why they ended.
    async fn input(&mut self) -> Result<Input, JournalError> {
        let is_full = self.outbox.is_full();
        tokio::select! {
            biased;
            () = asked_to_stop(&mut self.stopping) => {
                self.stopping = None;
                Ok(Input::StopAsked)
            }
            arrived = self.outbox.arrived() => arrived,
            Some((task, question, gate)) = self.departing.recv() => {
                self.gates.insert(task, gate);
                Ok(match question {
                    GateQuestion::MayGoOn => Input::Waited(task),
                    GateQuestion::MayLeave => Input::Departing(task),
                })
            }
            Some(input) = self.jobs.next(), if !is_full => Ok(match input {
                Input::Answered(task, Err(error)) if self.put_off.remove(&task) => Input::CameBack {
                    task,
                    attempts: error.attempts,
                    perhaps_done: error.perhaps_done,
                },
                input => input,
            }),
        }
    }
}

/// Waits until the user asks for a stop; for ever where that was reported already.
async fn asked_to_stop(stopping: &mut Option<Pin<Box<WaitForCancellationFutureOwned>>>) {
    match stopping {
        Some(stopping) => stopping.await,
        None => std::future::pending().await,
    }
}
