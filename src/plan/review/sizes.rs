//! Chunk sizes that are no longer those that a plan was saved with.

use crate::plan::{BatchSizes, Plan, batch};

/// The chunk sizes that have changed since the plan was saved, a sentence each; none where the plan comes to
/// as many calls with the one as with the other.
pub fn size_differences(plan: &Plan, saved: &BatchSizes, now: &BatchSizes) -> Vec<String> {
    if saved == now || calls(plan, saved) == calls(plan, now) {
        return Vec::new();
    }
    let pairs = named(saved).into_iter().zip(named(now));
    pairs
        .filter(|((_, then), (_, is))| then != is)
        .map(|((name, then), (_, is))| format!("`{name}` is {is} now; the plan was made with {then}"))
        .collect()
}

fn calls(plan: &Plan, sizes: &BatchSizes) -> usize {
    let stages = plan.stages().into_iter();
    stages.map(|stage| batch(plan, plan.steps_of(stage), sizes).len()).sum()
}

/// The sizes under their names in a profile.
fn named(sizes: &BatchSizes) -> [(&'static str, usize); 6] {
    let BatchSizes {
        users_per_license_call,
        users_per_release,
        users_per_invite,
        users_per_create,
        users_per_delete,
        members_per_group_call,
    } = *sizes;
    [
        ("users_per_license_call", users_per_license_call),
        ("users_per_release", users_per_release),
        ("users_per_invite", users_per_invite),
        ("users_per_create", users_per_create),
        ("users_per_delete", users_per_delete),
        ("members_per_group_call", members_per_group_call),
    ]
}
