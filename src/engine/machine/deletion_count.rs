//! What is known of how many accounts there are, before and after the first bulk deletion.

use std::collections::HashSet;

use crate::api::Waited;
use crate::directory::ListingShape;
use crate::plan::{Call, StepIndex};

/// What is known of how many accounts there are.
#[derive(Debug)]
pub(super) struct Deletions {
    pub(super) check: Check,
    /// How many accounts there were before any deletion, and how many this run had made by then.
    pub(super) before: Option<(u64, usize)>,
    /// The deletions that were sent, until they have been checked.
    pub(super) sent: HashSet<StepIndex>,
    /// How many accounts were deleted since there were so many, as the answers say.
    pub(super) answered: u64,
    /// How often counting was put off.
    pub(super) put_off: usize,
    /// The first bulk deletion that was answered, until the accounts have been counted after it.
    pub(super) unconfirmed: Option<Call>,
    /// Whether bulk deletions are read back, because the service has said of somebody who is there that they are deleted.
    pub(super) are_read_back: bool,
}

/// How far the check is that as many accounts are gone as were to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    /// No bulk deletion has been sent.
    Due,
    /// The accounts are being counted before the first one.
    Before,
    /// The first one was sent.
    Begun,
    /// The accounts are being counted after it.
    After,
    /// It was made, or cannot be made.
    Over,
}

impl Deletions {
    /// `listed` is the listing of the accounts, where it was read; `waited` says how long ago.
    pub(super) fn new(listed: Option<ListingShape>, waited: Waited) -> Self {
        let is_untold = listed.is_some_and(|shape| !shape.tells_total);
        Self {
            // A server that does not say how many accounts there are will not say so later.
            check: if is_untold { Check::Over } else { Check::Due },
            before: listed
                .filter(|_| waited == Waited::Briefly)
                .map(|shape| (shape.entries, 0)),
            sent: HashSet::new(),
            answered: 0,
            put_off: 0,
            unconfirmed: None,
            are_read_back: false,
        }
    }

    /// Before any bulk deletion somebody else may have deleted accounts during a long wait.
    pub(super) fn waited(&mut self) {
        if self.check == Check::Due {
            self.before = None;
        }
    }

    /// Whether deletions wait until the accounts have been counted.
    pub(super) fn hold_others(&self) -> bool {
        matches!(self.check, Check::Before | Check::After)
    }
}
