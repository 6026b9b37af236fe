//! What the machine is told, and what it asks for: the whole conversation between deciding and doing.

use std::collections::HashMap;
use std::time::Duration;

use crate::api::{CallError, Receipt, Seats, User};
use crate::directory::{Allocations, ReadError};
use crate::engine::outcome::Ran;
use crate::engine::read_back::{Lack, Successor};
use crate::engine::request::Reply;
use crate::event::Event;
use crate::ledger::Record;

/// A call or a reading that the machine has asked for and that has not been answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(pub(super) u64);

/// Something that happened.
#[derive(Debug)]
pub enum Input {
    /// The run begins; comes once, first.
    Started,
    /// A call that was sent with [`Departure::Announced`] has passed every wait and would leave now.
    Departing(TaskId),
    /// A call ended.
    Answered(TaskId, Result<(Reply, Receipt), CallError>),
    /// Accounts were looked for; those that are there, by folded address.
    AccountsFound(TaskId, Result<HashMap<String, User>, ReadError>),
    /// The direct allocations were read.
    AllocationsRead(TaskId, Result<Allocations, ReadError>),
    /// Successors were read back; what each lacks, in the order in which they were asked for.
    SuccessorsRead(TaskId, Result<Vec<Lack>, ReadError>),
    /// The organization's seats were read.
    SeatsRead(TaskId, Result<Vec<Seats>, CallError>),
    /// So many more of the batches of [`Effect::Record`] are on disk, in the order in which they were handed over.
    Recorded(usize),
    /// The user asked for an end (Ctrl-C, SIGTERM, SIGHUP).
    StopAsked,
    /// The time of [`Effect::StartGrace`] is over.
    GraceEnded,
}

/// Whether the machine wants to be asked before a call leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// The call leaves when its turn comes.
    Free,
    /// [`Input::Departing`] comes first, and the call leaves or not by the answer: a rerun has to know of it.
    Announced,
}

/// Whether a stop holds a call back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Once the run stops, it is not sent any more.
    Ordinary,
    /// It is sent although the run stops, until the grace is over: without it somebody would be left worse off.
    DespiteStop,
}

/// Something to be done.
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
    },
    /// Let a call go that announced its departure.
    LetGo(TaskId),
    /// Keep a call from leaving that announced its departure; it ends as stopped.
    Withhold(TaskId),
    /// Look for accounts until all are found or patience ends.
    FindAccounts {
        /// Which task.
        task: TaskId,
        /// Their addresses, or user names.
        addresses: Vec<String>,
    },
    /// Read every direct allocation.
    ReadAllocations(TaskId, Urgency),
    /// Read successors back until all are complete or patience ends.
    ReadSuccessors(TaskId, Vec<Successor>),
    /// Read the organization's seats.
    ReadSeats(TaskId),
    /// Hand these records to the results file, in this order.
    Record(Vec<Record>),
    /// Tell whoever watches.
    Tell(Event),
    /// Send nothing more that waits, but for what goes out despite the stop.
    CancelWaiting,
    /// After so long, end what goes out despite the stop, and say so.
    StartGrace(Duration),
    /// The run has ended, and everything is on disk.
    End(Ran),
}
