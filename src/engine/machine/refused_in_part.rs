//! Calls that mail or make several accounts and are refused as a whole. No document says whether nothing of them was done
//! then; a service that goes through the entries and stops at the first that it refuses has done those before it, and
//! these must not be sent again. So it is looked, until it is known how the service does it.

use std::collections::HashMap;

use super::failed_call::is_taken;
use super::protocol::{Effect, Looks};
use super::read_back::mailed_again;
use super::rows::StepFailure;
use super::schedule::{Tries, Waiting};
use super::state::{Machine, Task};
use super::steps::StepState;
use crate::api::{CallError, User};
use crate::directory::ReadError;
use crate::model::Status;
use crate::plan::{Call, StepIndex};
use crate::text::fold;

/// What is said of an account that is there after its call was refused.
const DONE_ALL_THE_SAME: &str = "the call was refused, and reading back showed that this was done all the same";

/// The same, where the call was refused because somebody is there, and the words do not say who.
const MADE_BY_WHOM: &str = "the call was refused because of accounts that are there; this one was made by it, or by somebody else \
                            meanwhile";

impl Machine<'_> {
    /// Whether a part of this call, which was refused as a whole, may have been done all the same.
    pub(super) fn may_be_done_in_part(&self, call: &Call, error: &CallError) -> bool {
        let family = call.kind.family();
        let [first, _, ..] = call.steps.as_slice() else {
            return false;
        };
        family.must_not_be_repeated()
            // Who may not invite at all has invited nobody.
            && error.status != Some(403)
            && call.steps.iter().any(|step| self.steps.user_of(*step).is_none())
            && self.refused_together.get(&family).is_none_or(|known| known.leaves_open(*first, |step| self.steps.state(step) == StepState::Done))
    }

    /// Looks which accounts of a refused call are there all the same.
    pub(super) fn look_for_done_in_part(&mut self, call: Call, tries: Tries, error: &CallError) {
        let new = call.steps.iter().filter(|step| self.steps.user_of(**step).is_none());
        let addresses = new.filter_map(|step| self.address(*step)).collect();
        self.schedule.unexplained(&call.kind);
        let task = self.ask(Task::LookForDoneInPart {
            call,
            tries,
            error: error.clone(),
        });
        self.effects.push_back(Effect::FindAccounts {
            task,
            addresses,
            looks: Looks::Briefly,
        });
    }

    pub(super) fn done_in_part(
        &mut self,
        (call, tries): (Call, Tries),
        error: &CallError,
        found: Result<HashMap<String, User>, ReadError>,
    ) {
        self.schedule.explained(&call.kind);
        let unknown = |words: String| StepFailure::new(Status::InDoubt, &error.code, words);
        let found = match found {
            Ok(found) => found,
            Err(read) => {
                let words = format!(
                    "{}; looking whether a part was done failed too: failed to {read}",
                    error.message
                );
                for step in &call.steps {
                    self.fail_step(*step, &unknown(words.clone()), read.call());
                }
                return;
            }
        };
        let words = fold(&error.message);
        let is_named = |address: &str| words.contains(address);
        let (mut there, mut left, mut names_any) = (Vec::new(), Vec::new(), false);
        for step in &call.steps {
            let address = self.address(*step).map(|address| fold(&address));
            names_any |= address.as_deref().is_some_and(is_named);
            match address.and_then(|address| found.get_key_value(&address)) {
                Some((address, user)) => there.push((*step, address, user)),
                None => left.push(*step),
            }
        }
        if self.is_stopping() && !self.has_grace {
            let words = format!(
                "{}; the run stopped while it was looked whether a part was done",
                error.message
            );
            for step in left.drain(..) {
                self.fail_step(step, &unknown(words.clone()), None);
            }
        }
        let known = self.refused_together.entry(call.kind.family()).or_default();
        if there.is_empty() && !left.is_empty() {
            known.was_not_done(&call.steps);
            return self.split_or_blame(call, None, error);
        }
        // Where it is refused because somebody is there, that account is not of its making.
        let is_others = |address: &str| is_taken(error) && (!names_any || is_named(address));
        let is_in_part = there.iter().any(|(_, address, _)| !is_others(address));
        if is_in_part {
            known.was_done_in_part();
            let was_there = |step: &mut StepIndex| self.steps.user_of(*step).is_some();
            for step in left.extract_if(.., was_there).collect::<Vec<_>>() {
                self.fail_step(step, &unknown(mailed_again(&error.message)), None);
            }
        }
        for (step, address, user) in there {
            if !is_others(address) {
                self.found(step, user, DONE_ALL_THE_SAME);
            } else if names_any {
                self.account_was_there(step, user);
            } else {
                self.account_made_by(step, user, MADE_BY_WHOM);
            }
        }
        if !left.is_empty() {
            let call = Call {
                kind: call.kind,
                steps: left,
            };
            self.schedule.put_back([Waiting::tried(call, tries)]);
        }
    }
}
