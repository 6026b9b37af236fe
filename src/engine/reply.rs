//! What came of a call.

use crate::api::{Allocation, InviteReply, ReleaseReply};
use crate::model::UserId;

/// A call's answer, by entry where it has entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Every entry succeeded.
    Done,
    /// The result of each invitation, in their order.
    Invited(Vec<InviteReply>),
    /// The ids of the accounts that were made, in their order; `None` if the answer does not name one.
    Created(Vec<Option<UserId>>),
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
