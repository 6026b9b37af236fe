//! A licence call that names a bundle of which the organization has no seats at all: the server refuses
//! it whoever it is for, so splitting it would cost two calls a row and find every row guilty.

use super::dispatch::Dispatcher;
use super::rows::Fault;
use crate::api::CallError;
use crate::model::BundleSet;
use crate::plan::{Call, CallKind, Work};

impl Dispatcher<'_> {
    /// Fails the rows that a refusal for such a bundle leaves no hope; gives back what is still to be split.
    pub(super) fn fail_unowned(&mut self, call: Call, error: &CallError) -> Call {
        let Some(missing) = self.unowned(&call, error) else {
            return call;
        };
        let fault = Fault {
            message: format!("the organization has no licences of {missing}: {}", error.message),
            ..Fault::of(error)
        };
        let Call { kind, steps } = call;
        // Of several rows merged into one step, not all may name the bundle.
        let (alone, merged): (Vec<_>, Vec<_>) = steps
            .into_iter()
            .partition(|step| matches!(&self.plan.step(*step).work, Work::License(change) if change.edits.len() == 1));
        for step in alone {
            self.fail_step(step, &fault, Some(error));
        }
        Call { kind, steps: merged }
    }

    /// The bundles of a call answered 404 that the organization's seats, where they are known, do not list.
    fn unowned(&self, call: &Call, error: &CallError) -> Option<BundleSet> {
        let CallKind::Allocate(bundles, _) = &call.kind else {
            return None;
        };
        let seats = self
            .engine
            .snapshot
            .seats()
            .filter(|seats| !seats.is_empty() && error.status == Some(404))?;
        let missing: BundleSet = bundles
            .iter()
            .filter(|code| seats.iter().all(|seats| seats.code != **code))
            .cloned()
            .collect();
        (!missing.is_empty()).then_some(missing)
    }
}
