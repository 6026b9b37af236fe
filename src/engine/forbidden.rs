//! Telling "this one may not be touched" from "nothing may be done": 403 on everything stops the run early.

use std::collections::HashMap;

use crate::plan::{Call, Family};

use super::queue::{Waiting, split};

/// How many single entries have to be forbidden, with nothing of their kind allowed, before the
/// permission is taken to be missing.
const ENOUGH: usize = 3;

/// What has been allowed and forbidden, by kind of call.
#[derive(Debug, Default)]
pub(super) struct Permissions {
    allowed: HashMap<Family, usize>,
    forbidden: HashMap<Family, usize>,
}

impl Permissions {
    pub(super) fn allowed(&mut self, family: Family) {
        *self.allowed.entry(family).or_default() += 1;
    }

    /// Notes a single entry that was forbidden; says whether the permission is missing altogether.
    pub(super) fn forbidden(&mut self, family: Family) -> bool {
        let count = self.forbidden.entry(family).or_default();
        *count += 1;
        *count >= ENOUGH && !self.allowed.contains_key(&family)
    }

    /// Whether calls were forbidden and none of any kind was allowed.
    pub(super) fn nothing_was_allowed(&self) -> bool {
        self.allowed.is_empty() && !self.forbidden.is_empty()
    }

    /// Splits a forbidden call. While nothing of its kind has been allowed, single entries from both
    /// ends and the middle are tried first, so that a missing permission shows within a few calls.
    pub(super) fn split(&self, call: Call) -> Result<Vec<Waiting>, Call> {
        if self.allowed.contains_key(&call.kind.family()) || call.steps.len() < 4 {
            return split(call).map(|halves| vec![halves]);
        }
        let Call { kind, mut steps } = call;
        let middle = steps.len() / 2;
        let last = steps.split_off(steps.len() - 1);
        let behind = steps.split_off(middle + 1);
        let centre = steps.split_off(middle);
        let before = steps.split_off(1);
        let part = |steps| Call {
            kind: kind.clone(),
            steps,
        };
        Ok([steps, centre, last, before, behind]
            .into_iter()
            .filter(|steps| !steps.is_empty())
            .map(|steps| Waiting::from(part(steps)))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{CallKind, StepIndex};

    #[test]
    fn a_forbidden_call_is_probed_at_both_ends_and_in_the_middle_and_loses_nobody() {
        let call = Call {
            kind: CallKind::Delete,
            steps: (0..100).map(StepIndex).collect(),
        };
        let parts = Permissions::default().split(call).unwrap();
        let sizes: Vec<usize> = parts.iter().map(|part| part.call.steps.len()).collect();
        assert_eq!(sizes, [1, 1, 1, 49, 48]);
        let mut all: Vec<usize> = parts
            .iter()
            .flat_map(|part| part.call.steps.iter().map(|step| step.0))
            .collect();
        all.sort_unstable();
        assert_eq!(all, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn three_forbidden_entries_with_none_allowed_mean_a_missing_permission() {
        let mut permissions = Permissions::default();
        assert!(!permissions.forbidden(Family::Delete));
        assert!(!permissions.forbidden(Family::Delete));
        assert!(permissions.forbidden(Family::Delete));
        permissions.allowed(Family::Delete);
        assert!(!permissions.forbidden(Family::Delete));
    }
}
