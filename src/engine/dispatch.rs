//! The dispatcher: owns the state of every row and step, goes through the stages, takes in what calls answer.

use std::collections::{HashMap, HashSet};
use std::pin::pin;

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};

use super::alike::Alike;
use super::forbidden::Permissions;
use super::perform::Reply;
use super::queue::{Alone, Busy, Queue, Touch, Waiting};
use super::read_back::Lack;
use super::record::Saves;
use super::rows::{Fault, RowBook};
use super::run::{Engine, Ran, Stopped};
use crate::api::{CallError, Receipt, Seats, User};
use crate::directory::{Allocations, ReadError};
use crate::event::Event;
use crate::ledger::JournalError;
use crate::model::{BundleSet, UserId};
use crate::plan::{AccountIndex, BatchSizes, Call, Family, Holding, Plan, RowIndex, Stage, StepIndex, Work, batch};

/// What an executor tells the dispatcher.
pub(super) enum Message {
    /// A call ended.
    Called {
        waiting: Waiting,
        touch: Touch,
        result: Result<(Reply, Receipt), CallError>,
    },
    /// Accounts were looked for whose making had no clear answer.
    Settled {
        call: Call,
        found: Result<HashMap<String, User>, ReadError>,
        lost: Fault,
    },
    /// Allocations were read after a take-over had no clear answer.
    TakenOver {
        steps: Vec<StepIndex>,
        held: Result<Allocations, ReadError>,
        lost: Fault,
    },
    /// Successors were read back.
    Verified {
        steps: Vec<StepIndex>,
        lacks: Result<Vec<Lack>, ReadError>,
    },
    /// Seats were read after one was refused.
    SeatsRead(Result<Vec<Seats>, CallError>),
    /// What has to be on disk before a call could not be written.
    JournalFailed(JournalError),
}

/// What is known of the seats that the server has left.
#[derive(Debug, Default)]
pub(super) struct SeatsLeft {
    /// Bundles without any, as read after a refusal.
    pub(super) exhausted: BundleSet,
    /// They are being read.
    pub(super) reading: bool,
    /// They cannot be read here.
    pub(super) unreadable: bool,
}

pub(super) struct Dispatcher<'a> {
    pub(super) engine: Engine<'a>,
    pub(super) plan: Plan,
    pub(super) book: RowBook<'a>,
    pub(super) queue: Queue,
    pub(super) busy: Busy,
    pub(super) sizes: BatchSizes,
    pub(super) permissions: Permissions,
    pub(super) alike: Alike,
    /// How often an invitation or a creation was sent.
    pub(super) sendings: HashMap<StepIndex, u32>,
    /// Deletions that were tried again after an answer was lost.
    pub(super) perhaps_deleted: HashSet<StepIndex>,
    /// The ids of accounts that were made.
    pub(super) made_ids: HashSet<UserId>,
    /// Steps that begin when another one, merged with them before, has ended.
    pub(super) followers: HashMap<StepIndex, StepIndex>,
    /// Accounts whose allocations are changed more than once.
    pub(super) changed_again: HashSet<AccountIndex>,
    /// What these hold by now, and others of which it is not known.
    pub(super) holdings: HashMap<AccountIndex, Holding>,
    pub(super) seats: SeatsLeft,
    pub(super) stopped: Option<Stopped>,
    pub(super) jobs: FuturesUnordered<BoxFuture<'static, Message>>,
    pub(super) saves: Saves,
    pub(super) failures: usize,
}

impl<'a> Dispatcher<'a> {
    pub(super) fn new(engine: Engine<'a>, plan: Plan) -> Self {
        let mut busy = Busy::default();
        if engine.snapshot.seats().is_none() {
            // Nobody knows whether there are seats for all.
            busy.queue_up(Family::Allocate, Alone::LastSeats);
        }
        let changed_again = changed_again(&plan);
        Self {
            book: RowBook::new(engine.rows, &plan),
            sizes: engine.rules.sizes,
            engine,
            plan,
            queue: Queue::default(),
            busy,
            permissions: Permissions::default(),
            alike: Alike::default(),
            sendings: HashMap::new(),
            perhaps_deleted: HashSet::new(),
            made_ids: HashSet::new(),
            followers: HashMap::new(),
            changed_again,
            holdings: HashMap::new(),
            seats: SeatsLeft::default(),
            stopped: None,
            jobs: FuturesUnordered::new(),
            saves: Saves::default(),
            failures: 0,
        }
    }

    pub(super) async fn run(mut self) -> Result<Ran, JournalError> {
        let settled: Vec<RowIndex> = (0..self.plan.rows.len())
            .filter(|row| self.plan.rows[*row].verdict.is_some())
            .collect();
        // The plan has told of them already, so they end before the run is said to begin.
        for rows in settled.chunks(1000) {
            self.end_rows(rows);
            self.flush().await?;
        }
        (self.engine.read_back.observer)(Event::RunStarted {
            rows: self.engine.rows.len() - settled.len(),
        });
        let mut last: Option<Stage> = None;
        while !self.is_stopping()
            && let Some(stage) = self.next_stage(last)
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

    fn next_stage(&self, last: Option<Stage>) -> Option<Stage> {
        let stages = self.plan.steps.iter().map(|step| step.stage);
        stages.filter(|stage| Some(*stage) > last).min()
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
    }

    fn start_stage(&mut self, stage: Stage) {
        self.seats.exhausted = BundleSet::default();
        let steps: Vec<StepIndex> = self.plan.steps_of(stage).collect();
        let ready: Vec<StepIndex> = steps.into_iter().filter(|step| self.is_ready(*step)).collect();
        if stage == Stage::Verify {
            self.verify(&ready);
            return;
        }
        for call in batch(&self.plan, ready, &self.sizes) {
            self.queue.push(call);
        }
    }

    /// Sends what waits and takes in what comes back until nothing does.
    async fn drive(&mut self) -> Result<(), JournalError> {
        let stop = self.engine.read_back.stop.clone();
        let mut stopping = pin!(stop.cancelled());
        loop {
            if self.is_stopping() {
                // What came back since may have put parts of refused calls there.
                self.queue.clear();
            } else {
                self.send_what_fits();
            }
            if self.jobs.is_empty() && self.queue.is_empty() {
                return Ok(());
            }
            tokio::select! {
                Some(message) = self.jobs.next(), if !self.saves.is_full() => self.take_in(message)?,
                Some(saved) = self.saves.next(), if !self.saves.is_empty() => self.saved(saved)?,
                () = &mut stopping, if self.stopped.is_none() => {}
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
            Message::TakenOver { steps, held, lost } => self.taken_over(&steps, held, lost),
            Message::Verified { steps, lacks } => self.verified(&steps, lacks),
            Message::SeatsRead(seats) => {
                self.seats.reading = false;
                match seats {
                    Ok(seats) => {
                        let empty = seats.into_iter().filter(|seats| seats.free() == 0);
                        self.seats.exhausted = empty.map(|seats| seats.code).collect();
                    }
                    Err(_) => self.seats.unreadable = true,
                }
            }
            Message::JournalFailed(error) => return Err(error),
        }
        Ok(())
    }
}

/// Accounts whose allocations are changed more than once, or may be: what is handed over may be given back.
fn changed_again(plan: &Plan) -> HashSet<AccountIndex> {
    let mut once = HashSet::new();
    let mut again = HashSet::new();
    for step in &plan.steps {
        if let (Work::License(_), Some(account)) = (&step.work, step.account)
            && (!once.insert(account) || step.stage == Stage::HandOver)
        {
            again.insert(account);
        }
    }
    again
}
