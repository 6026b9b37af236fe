//! What refused calls of several invitations or creations have shown: whether the service does nothing of a call that it
//! refuses, or stops at the first entry that it refuses.

use crate::plan::StepIndex;

/// What refused calls of a kind have shown.
#[derive(Debug, Default)]
pub(super) struct RefusedTogether {
    /// The first entries of those of which nothing was done.
    undone: Vec<StepIndex>,
    /// Whether of one the entries before the refused one were done.
    is_in_part: bool,
}

impl RefusedTogether {
    /// Whether it is not known that nothing was done of another one that begins with this entry. A call that begins with
    /// the entry at fault says nothing of those behind it; one whose first entry passed later says that nothing of it had
    /// been done although it could.
    pub(super) fn leaves_open(&self, first: StepIndex, has_passed: impl Fn(StepIndex) -> bool) -> bool {
        let is_whole = !self.is_in_part && self.undone.iter().any(|first| has_passed(*first));
        !is_whole && !self.undone.contains(&first)
    }

    /// One was refused of which entries were done.
    pub(super) fn was_done_in_part(&mut self) {
        self.is_in_part = true;
    }

    /// One with these entries was refused of which nothing was done.
    pub(super) fn was_not_done(&mut self, entries: &[StepIndex]) {
        self.undone.extend(entries.first());
    }
}
