//! Which steps take somebody who can administrate the organization out of Administrators, or out of use. Pure.

use super::steps::Steps;
use crate::api::UserUpdate;
use crate::directory::Snapshot;
use crate::model::GroupId;
use crate::plan::{Membership, StepIndex, StepSource, Work};

/// Whether the step keeps the account of somebody who can administrate, and takes that away: it deactivates the account, or
/// takes it out of Administrators.
pub(super) fn unseats(step: StepIndex, steps: &Steps<'_>, snapshot: &Snapshot) -> bool {
    let group = snapshot.administrators().map(|group| group.id);
    let is_unseating = match &steps.step(step).work {
        Work::Update(parts) => parts.iter().any(|(_, part)| stops_administrating(part, group)),
        Work::Member(of, Membership::Leave) => Some(**of) == group,
        _ => false,
    };
    let user = || steps.user_of(step).and_then(|user| snapshot.user_by_id(user));
    is_unseating && user().is_some_and(|user| snapshot.can_administrate(user))
}

/// Whether an account whose update this is part of can no longer administrate after it.
pub(super) fn stops_administrating(part: &UserUpdate, administrators: Option<GroupId>) -> bool {
    [part.is_active, part.invitation_accepted].contains(&Some(false))
        || part.remove_groups.iter().any(|group| Some(*group) == administrators)
}

/// Whether steps of the plan take somebody out of Administrators, or out of use, who can administrate.
pub(super) fn any_unseats(steps: &Steps<'_>, snapshot: &Snapshot) -> bool {
    steps.open().any(|step| unseats(step, steps, snapshot))
}
