//! The machine's inputs and effects.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;

use super::schedule::Tries;
use crate::api::{CallError, Receipt, Seats, User};
use crate::directory::{Again, Allocations, Present, ReadError};
use crate::engine::outcome::Ran;
use crate::engine::read_back::{Lack, Leavers, Remnant, Successor};
use crate::engine::reply::Reply;
use crate::event::Event;
use crate::ledger::Record;
use crate::model::UserId;

/// A call or read that the machine has requested and that has not been answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(pub(in crate::engine) u64);

/// When something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The time of day, for records.
    pub time: Timestamp,
    /// How long the run had been going on, by a clock that nobody sets.
    pub elapsed: Duration,
}

/// Something that happened.
#[derive(Debug)]
pub enum Input {
    /// The run begins; always the first input, and only once.
    Started,
    /// A call has been held back for long, and would go on now.
    Waited(TaskId),
    /// A call has passed every wait and is about to leave.
    Departing(TaskId),
    /// A call ended.
    Answered(TaskId, Result<(Reply, Receipt), CallError>),
    /// A call that was put off is back.
    CameBack {
        /// Which.
        task: TaskId,
        /// How often it was sent.
        attempts: u32,
        /// Whether one of the attempts, whose answer was lost, may have been carried out.
        perhaps_done: bool,
    },
    /// Accounts were looked for; those that exist, by folded address.
    AccountsFound(TaskId, Result<HashMap<String, User>, ReadError>),
    /// The direct allocations were read.
    AllocationsRead(TaskId, Result<Allocations, ReadError>),
    /// Successors were read back; what each lacks, in the requested order.
    SuccessorsRead(TaskId, Result<Vec<Lack>, ReadError>),
    /// Leavers were read back; what each still has, in the requested order.
    LeaversRead(TaskId, Result<Vec<Remnant>, ReadError>),
    /// What calls rest on was read again.
    ReadAgain(TaskId, Result<Present, ReadError>),
    /// Accounts were looked for by their ids; those that are there.
    UsersFound(TaskId, Result<HashSet<UserId>, ReadError>),
    /// The organization's accounts were counted; `None` if the server does not say how many there are.
    UsersCounted(TaskId, Result<Option<u64>, CallError>),
    /// The time of [`Effect::Wait`] is over, or the run is being stopped.
    Resumed(TaskId),
    /// The organization's seats were read.
    SeatsRead(TaskId, Result<Vec<Seats>, CallError>),
    /// What [`Effect::RecordAhead`] has for these calls is in the results file.
    ToldAhead(Vec<TaskId>),
    /// This many more batches of [`Effect::Record`] are on disk, in the order they were handed over.
    Recorded(usize),
    /// The user asked for an end (Ctrl-C, SIGTERM, SIGHUP).
    StopAsked,
    /// The grace period of [`Effect::StartGrace`] is over.
    GraceEnded,
    /// The time of [`Effect::TimeOutage`] is over.
    OutageLasted(u64),
}

/// What a call waits for before it leaves. Of every call [`Input::Waited`] tells that it has been held back for long, and
/// [`Input::Departing`] that it is about to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// For its turn alone: it rests on nothing that was read.
    Free,
    /// For its turn, and after a long wait until what it rests on was read again.
    AskedAfterLongWaits,
    /// The same, and then until it is on disk that it leaves: a rerun has to know.
    Recorded,
}

/// Whether a stop holds a call back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// It is not sent once the run stops.
    Ordinary,
    /// It is sent even while the run stops, until the grace period is over: without it somebody would be left without
    /// licences.
    DespiteStop,
}

/// For how long to look for accounts, until all are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// For as long as new accounts usually take to show, where probably nothing was made.
    Briefly,
    /// Until they would have shown by now.
    Patiently,
}

/// Something for the caller to do.
#[derive(Debug)]
pub enum Effect {
    /// Send the call; [`Machine::request`](super::Machine::request) has its payload.
    Send {
        /// Which.
        task: TaskId,
        /// Whether to ask before it leaves.
        departure: Departure,
        /// Whether a stop holds it back.
        urgency: Urgency,
        /// How often to try it.
        tries: Tries,
    },
    /// Allow a call to leave, or to go on after a long wait.
    LetGo(TaskId),
    /// Do not let a call leave or go on; it ends as stopped.
    Withhold(TaskId),
    /// Do not let a call go on that has waited for long; it comes back with [`Input::CameBack`].
    PutOff(TaskId),
    /// Look for accounts until all are found or patience runs out, also while the run stops, until the grace period is
    /// over.
    FindAccounts {
        /// Which task.
        task: TaskId,
        /// Their addresses, or user names.
        addresses: Vec<String>,
        /// For how long.
        looks: Looks,
    },
    /// Read the direct allocations of these users.
    ReadAllocations {
        /// Which task.
        task: TaskId,
        /// Whose.
        users: Vec<UserId>,
        /// Whether a stop holds it back.
        urgency: Urgency,
    },
    /// Read successors back until all are complete or patience runs out.
    ReadSuccessors(TaskId, Vec<Successor>),
    /// Read leavers back until nothing is left of their access or patience runs out.
    ReadLeavers(TaskId, Leavers),
    /// Read again what calls rest on.
    ReadAgain(TaskId, Again),
    /// Look for accounts by their ids, once.
    FindUsers(TaskId, Vec<UserId>),
    /// Count the organization's accounts.
    CountUsers(TaskId),
    /// Report [`Input::Resumed`] after this long, or once the run is being stopped.
    Wait(TaskId, Duration),
    /// Read the organization's seats.
    ReadSeats(TaskId),
    /// Hand these records to the results file, in this order.
    Record(Vec<Record>),
    /// The same, of a call that leaves once the file has them.
    RecordAhead(TaskId, Vec<Record>),
    /// Emit an event.
    Tell(Event),
    /// Cancel everything queued, except what is sent despite the stop.
    CancelWaiting,
    /// After this long, cancel what is sent despite the stop, and report it with [`Input::GraceEnded`].
    StartGrace(Duration),
    /// After this long, report [`Input::OutageLasted`] with this number.
    TimeOutage(u64, Duration),
    /// The run has ended, and everything is on disk.
    End(Ran),
}
