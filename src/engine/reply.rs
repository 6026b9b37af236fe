//! What came of a call.

use crate::api::{Allocation, NewAccountReply, ReleaseReply};

/// A call's answer, by entry where it has entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Every entry succeeded.
    Done,
    /// The result of each invitation or creation, in their order.
    Made(Vec<NewAccountReply>),
    /// What the users hold now, as far as the answer says.
    Allocated(Vec<Allocation>),
    /// The result of each release, in their order.
    Released(Vec<ReleaseReply>),
    /// What has become of what each entry was to lose, in their order.
    TakenAway(Vec<TakenAway>),
    /// Nothing was done, because here each entry needs a call of its own.
    NotTogether,
}

/// What has become of something that was to be taken away: what a member holds by a group's rule, or the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenAway {
    /// It is gone.
    Gone,
    /// It was not there.
    NotThere,
    /// It is there all the same.
    StillThere,
    /// The answer says nothing, and reading back did not work.
    Unknown,
}
