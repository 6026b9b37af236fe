//! How large calls may be: what the settings say, what the server called too large, and what a server or a gateway in
//! between gives up on. Pure.

use std::collections::{HashMap, HashSet};

use crate::plan::{BatchSizes, CallKind, Family};

/// How large calls may be.
#[derive(Debug)]
pub(super) struct Sizes {
    /// As set, and as the server has shown them to be too large since.
    known: BatchSizes,
    /// The largest call of each family that has passed.
    passed: HashMap<Family, usize>,
    /// Families in which a call of several entries has used up its retries: either one entry of it is at fault, or it
    /// was too large. Until its parts have shown which, calls are no larger than its parts are.
    doubts: HashMap<Family, Doubt>,
}

#[derive(Debug)]
struct Doubt {
    most: usize,
    /// The kinds of the calls in question; others of the same kind wait.
    kinds: HashSet<CallKind>,
    /// It was not the size.
    is_explained: bool,
}

impl Sizes {
    pub(super) fn new(sizes: BatchSizes) -> Self {
        Self {
            known: sizes,
            passed: HashMap::new(),
            doubts: HashMap::new(),
        }
    }

    /// The most entries of a call.
    pub(super) fn of(&self, family: Family) -> usize {
        let doubt = self.doubts.get(&family).filter(|doubt| !doubt.is_explained);
        let doubted = doubt.map_or(usize::MAX, |doubt| doubt.most);
        self.known.of(family).min(doubted.max(1))
    }

    /// The most entries of each call as known for certain, for putting steps into calls.
    pub(super) fn known(&self) -> &BatchSizes {
        &self.known
    }

    /// The server called more than this too large.
    pub(super) fn shrink(&mut self, family: Family, most: usize) {
        self.known.shrink(family, most);
    }

    /// A call with this many entries has passed.
    pub(super) fn passed(&mut self, family: Family, entries: usize) {
        let largest = self.passed.entry(family).or_default();
        *largest = entries.max(*largest);
    }

    /// A call with this many entries has used up its retries, and goes on in parts of at most `part`. Where as many
    /// have passed before, the size is not in question.
    pub(super) fn gave_up(&mut self, kind: &CallKind, entries: usize, part: usize) {
        let family = kind.family();
        let passed = self.passed.get(&family).copied().unwrap_or_default();
        if entries <= passed {
            return;
        }
        let doubt = self.doubts.entry(family).or_insert_with(|| Doubt {
            most: usize::MAX,
            kinds: HashSet::new(),
            is_explained: false,
        });
        doubt.most = doubt.most.min(part.max(passed));
        doubt.kinds.insert(kind.clone());
    }

    /// It is not known yet what became of a call: others of its kind wait for that.
    pub(super) fn is_uncertain(&mut self, kind: &CallKind, entries: usize) {
        self.gave_up(kind, entries, usize::MAX);
    }

    /// The size was not what kept a call from being carried out: a single entry has used up its retries, or the call was
    /// carried out.
    pub(super) fn is_not_the_size(&mut self, family: Family) {
        if let Some(doubt) = self.doubts.get_mut(&family) {
            doubt.is_explained = true;
        }
    }

    /// Whether calls of the kind wait until it is known what their size may be.
    pub(super) fn is_in_doubt(&self, kind: &CallKind) -> bool {
        let doubt = self.doubts.get(&kind.family());
        doubt.is_some_and(|doubt| doubt.kinds.contains(kind))
    }

    /// Whether the next part of a call in question has to wait for the one before it, which may explain it.
    pub(super) fn is_unexplained(&self, kind: &CallKind) -> bool {
        let doubt = self.doubts.get(&kind.family());
        doubt.is_some_and(|doubt| !doubt.is_explained && doubt.kinds.contains(kind))
    }

    pub(super) fn families_in_doubt(&self) -> Vec<Family> {
        self.doubts.keys().copied().collect()
    }

    /// Every part of the calls in question has ended. If none was given up alone, they were too large, and the size
    /// that passed is kept.
    pub(super) fn settle(&mut self, family: Family) {
        if let Some(doubt) = self.doubts.remove(&family)
            && !doubt.is_explained
        {
            self.known.shrink(family, doubt.most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: CallKind = CallKind::Delete;
    const FAMILY: Family = Family::Delete;

    #[test]
    fn a_size_that_no_entry_explains_is_kept_and_one_that_an_entry_explains_is_not() {
        for (an_entrys, expected) in [(false, 25), (true, 100)] {
            let mut sizes = Sizes::new(BatchSizes::default());
            sizes.gave_up(&KIND, 100, 50);
            assert!(sizes.is_in_doubt(&KIND) && !sizes.is_in_doubt(&CallKind::Invite));
            sizes.gave_up(&KIND, 50, 25);
            sizes.passed(FAMILY, 25);
            // Smaller than what has passed: not the size.
            sizes.gave_up(&KIND, 25, 12);
            assert_eq!(sizes.of(FAMILY), 25);
            if an_entrys {
                sizes.is_not_the_size(FAMILY);
                assert_eq!(sizes.of(FAMILY), 100);
            }
            sizes.settle(FAMILY);
            assert_eq!(sizes.of(FAMILY), expected);
            assert!(!sizes.is_in_doubt(&KIND));
        }
    }

    #[test]
    fn a_size_that_has_passed_before_is_never_in_question() {
        let mut sizes = Sizes::new(BatchSizes::default());
        sizes.passed(FAMILY, 100);
        sizes.gave_up(&KIND, 100, 50);
        assert!(!sizes.is_in_doubt(&KIND));
        sizes.settle(FAMILY);
        assert_eq!(sizes.of(FAMILY), 100);
    }
}
