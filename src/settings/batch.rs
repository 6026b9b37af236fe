//! How many users or members one call takes.

use super::section::Section;
use crate::plan::BatchSizes;

/// Chunk sizes, each at least 1. No document states the largest that the services take
/// (`uipath-api`, 6.2), so each can be set; a size that is too large is halved while running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Of the calls of a plan. Where the organization ends leases one by one only, that is not known here.
    pub sizes: BatchSizes,
    /// Users in a page of the directory.
    pub users_per_page: u32,
}

pub(super) fn batch(mut section: Section<'_>) -> Batch {
    const MOST: u32 = 10_000;
    let mut size = |key, usual: usize| section.whole(key, 1, MOST).map_or(usual, |size| size as usize);
    let usual = BatchSizes::default();
    // What was read is shown in the order of reading.
    let users_per_license_call = size("users_per_license_call", usual.users_per_license_call);
    let users_per_release = size("users_per_release", usual.users_per_release);
    let sizes = BatchSizes {
        users_per_license_call,
        users_per_release,
        members_per_lease_call: users_per_release,
        users_per_invite: size("users_per_invite", usual.users_per_invite),
        users_per_create: size("users_per_create", usual.users_per_create),
        users_per_delete: size("users_per_delete", usual.users_per_delete),
        members_per_group_call: size("members_per_group_call", usual.members_per_group_call),
    };
    let batch = Batch {
        sizes,
        users_per_page: section.whole("users_per_page", 1, MOST).unwrap_or(1000),
    };
    section.finish();
    batch
}
