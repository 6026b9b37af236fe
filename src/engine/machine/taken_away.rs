//! What an answer means to a call that takes a group's licence rule away, or what its members hold by it.

use super::rows::StepFailure;
use super::schedule::{Tries, Waiting};
use super::state::Machine;
use super::steps::StepState;
use crate::engine::reply::TakenAway;
use crate::model::Status;
use crate::plan::{Call, Family, RowCode, RowReason, StepIndex, Verdict};

impl Machine<'_> {
    /// What was to be given back together can only be given back one by one here.
    pub(super) fn go_on_one_by_one(&mut self, waiting: Waiting) {
        let Waiting {
            call, sibling, tries, ..
        } = waiting;
        self.schedule.sizes.shrink(call.kind.family(), 1);
        let parts = std::iter::once(call).chain(sibling);
        self.schedule.put_back(parts.map(|call| Waiting::tried(call, tries)));
    }

    /// A 200 to such a call counts as far as the route is known, or was read back.
    pub(super) fn taken_away(&mut self, call: &Call, taken: &[TakenAway]) {
        let (mut gone, mut alone) = (Vec::with_capacity(call.steps.len()), Vec::new());
        let is_rule = call.kind.family() == Family::RemoveRule;
        for (step, taken) in call.steps.iter().zip(taken) {
            match taken {
                TakenAway::Gone => gone.push(*step),
                TakenAway::NotThere => {
                    let words = if is_rule {
                        "the group has no licence rule any more"
                    } else {
                        "the seat was given back already, or the account has left the group"
                    };
                    self.settle_step(*step, RowCode::None, words);
                }
                TakenAway::StillThere if call.steps.len() > 1 => alone.push(*step),
                TakenAway::StillThere => {
                    let words = if is_rule {
                        "the licence service answered that all is well, and the rule is still there; run the same command \
                         again, or delete the rule in the admin portal"
                    } else {
                        "the licence service did not give back what the account holds by the group's rule; run the same \
                         command again, or release it in the admin portal"
                    };
                    self.fail_with(*step, Verdict::new(Status::Failed, RowReason::ReleaseFailed, words));
                }
                TakenAway::Unknown => {
                    let words = "the server's answer shows nothing, and what is left could not be read; run the same \
                                 command again";
                    let failure = StepFailure::new(Status::Conflict, RowReason::NotConfirmed, words).unclear();
                    self.fail_step(*step, &failure, None);
                }
            }
        }
        self.end_steps(&gone, StepState::Done);
        let single = |step: StepIndex| Call {
            kind: call.kind.clone(),
            steps: vec![step],
        };
        let singles: Vec<Waiting> = alone
            .into_iter()
            .map(|step| Waiting::tried(single(step), Tries::Usual))
            .collect();
        self.schedule.put_first(singles);
    }
}
