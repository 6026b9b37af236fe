//! Events, and who takes them.

use std::sync::Arc;
use std::time::Duration;

use super::{Method, Service};
use crate::model::{Place, Status};

/// Why nothing is being sent just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitReason {
    /// The quota of this method and service is used up for now.
    Quota(Service, Method),
    /// The server asked for a pause (429 or 503).
    Asked(Service, Method),
    /// Calls that must not be repeated were turned away or lost just now, and the next ones keep their distance.
    SetBack(Service, Method),
    /// A call is tried again after a fault; the text says which.
    Retry(String),
    /// What this run has just changed does not show yet: a fresh account, a freed seat.
    ReadBack,
}

/// What happens in a run.
#[derive(Debug, Clone)]
pub enum Event {
    /// Something is being read from the organization: what, how many so far, how many in all if known.
    Reading {
        /// `users`, `groups`, `licensed users`, …
        what: &'static str,
        /// How many have been read.
        read: u64,
        /// How many there are, once the server has said.
        total: Option<u64>,
    },
    /// Something takes its time that asks nobody: a large file is read or written. Told again as it gets on.
    Working {
        /// What is done, as in `reading the sheet`.
        what: &'static str,
        /// How much of it is done; 0 where that is not counted.
        done: u64,
        /// How much there is, if known.
        total: Option<u64>,
    },
    /// The rows are about to be carried out. Those that the plan has settled without a call have ended before.
    RunStarted {
        /// How many rows there are to carry out.
        rows: usize,
    },
    /// A request left.
    CallSent {
        /// Its method.
        method: Method,
        /// Its service.
        service: Service,
    },
    /// A request was answered, or failed.
    CallEnded {
        /// Its method.
        method: Method,
        /// Its service.
        service: Service,
        /// The HTTP status, if there was an answer.
        status: Option<u16>,
        /// How long it took.
        took: Duration,
    },
    /// Something waits; sent again when the reason or the length changes.
    Waiting {
        /// Why.
        reason: WaitReason,
        /// How long.
        length: Duration,
    },
    /// A row has its final status for this run.
    RowEnded {
        /// Where it is in the sheet.
        place: Place,
        /// Its status.
        status: Status,
        /// The message of the results file.
        message: String,
    },
    /// Something the user should know, once.
    Notice(String),
    /// The run stops early and sends nothing new; the text says why.
    Stopping(String),
}

/// Takes every event, at once and in order; must not block.
pub type Observer = Arc<dyn Fn(Event) + Send + Sync>;

/// An observer that drops everything.
pub fn silent() -> Observer {
    Arc::new(|_| ())
}
