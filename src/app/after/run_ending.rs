//! How a run has ended, by what stopped it or by what became of its rows. Pure, but for asking which signal came.

use std::collections::BTreeMap;

use crate::app::Ending;
use crate::app::ending::{Ended, Reason};
use crate::app::signals::Signals;
use crate::engine::{Ran, Stopped};
use crate::ledger::History;
use crate::model::{Place, RowKey, Status};

/// How the run has ended.
pub(in crate::app) fn ended(
    ran: &Ran,
    signals: &Signals,
    history: &History,
    order: &[(RowKey, Place)],
    counts: &BTreeMap<Status, usize>,
) -> Ended {
    match &ran.stopped {
        Some(Stopped::Interrupted) => Ended::begun(signals.interrupted(), Reason::Interrupted),
        Some(Stopped::MaxFailures(_)) => Ended::begun(Ending::Stopped, Reason::MaxFailures),
        Some(Stopped::Hopeless(_)) => Ended::begun(Ending::Stopped, Reason::SameFailure),
        Some(Stopped::MoreGone(_)) => Ended::begun(Ending::Stopped, Reason::Guard),
        Some(Stopped::ChangedSincePlan(_)) => Ended::before(Ending::Stopped, Reason::ChangedSincePlan),
        Some(Stopped::SignIn(_)) => Ended::begun(Ending::SignIn, Reason::SignIn),
        Some(Stopped::Permission(_)) => Ended::begun(Ending::SignIn, Reason::Permission),
        None => by_rows(history, order, counts),
    }
}

/// How a run ended that nothing has stopped.
pub(in crate::app) fn by_rows(history: &History, order: &[(RowKey, Place)], counts: &BTreeMap<Status, usize>) -> Ended {
    let has = |is_so: fn(Status) -> bool| {
        let mut statuses = order.iter().filter_map(|(key, _)| history.status(key));
        among(counts, is_so) && statuses.any(is_so)
    };
    if has(Status::needs_a_person) {
        Ended::begun(Ending::NeedsPerson, Reason::Rows)
    } else if has(is_waiting) {
        Ended::begun(Ending::Waiting, Reason::Rows)
    } else {
        Ended::DONE
    }
}

/// What stopped the run, in words that follow "stopped".
pub(in crate::app) fn stopped(ran: &Ran, signals: &Signals) -> Option<String> {
    match &ran.stopped {
        None => None,
        Some(Stopped::Interrupted) => Some(match signals.interrupted() {
            Ending::Terminated => "by SIGTERM".to_owned(),
            Ending::HungUp => "because the terminal was closed".to_owned(),
            _ => "by Ctrl-C".to_owned(),
        }),
        Some(stopped) => Some(stopped.to_string()),
    }
}

pub(in crate::app) fn is_waiting(status: Status) -> bool {
    status == Status::Waiting
}

/// Whether any row has such a status; where none has, a million rows need not be looked at.
pub(in crate::app) fn among(counts: &BTreeMap<Status, usize>, is_so: fn(Status) -> bool) -> bool {
    counts.keys().copied().any(is_so)
}
